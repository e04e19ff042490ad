//! Semantic tokens: what each word is, where its letters alone do not say.

use super::failure::Failure;
use super::text::ClientText;
use super::workspace::{Checked, Document, Workspace};
use gen_lsp_types::{
    Position, SemanticToken, SemanticTokenModifiers, SemanticTokenTypes, SemanticTokens,
    SemanticTokensLegend, SemanticTokensParams, SemanticTokensRangeParams,
};
use ninelives_dsl::editor::{Role, SymbolKind, Token, TokenKind, roles};
use ninelives_dsl::source::{FileId, Span};
use std::collections::HashMap;

/// Answers `textDocument/semanticTokens/full`.
pub(super) fn tokens(
    workspace: &Workspace<'_>,
    params: &SemanticTokensParams,
) -> Result<Option<SemanticTokens>, Failure> {
    let (document, checked) = workspace.document(&params.text_document.uri)?;
    Ok(Some(within(document, checked, 0, usize::MAX)))
}

/// Answers `textDocument/semanticTokens/range`: of a large text what is seen comes first.
pub(super) fn range(
    workspace: &Workspace<'_>,
    params: &SemanticTokensRangeParams,
) -> Result<Option<SemanticTokens>, Failure> {
    let (document, checked) = workspace.document(&params.text_document.uri)?;
    let start = document.offset(params.range.start)?;
    // Editors ask for whole lines, and the last one may end the text.
    let end = document.offset(params.range.end).unwrap_or(usize::MAX);
    Ok(Some(within(document, checked, start, end)))
}

/// The tokens that have a part between two places.
fn within(document: &Document, checked: &Checked, start: usize, end: usize) -> SemanticTokens {
    let symbols = symbols(checked);
    let mut data = Vec::new();
    let mut before = Position::default();
    for (token, role) in roles(checked.text()) {
        if token.end() <= start {
            continue;
        }
        if token.start >= end {
            break;
        }
        let span = Span::new(FileId::default(), token.start, token.end());
        let Some((kind, modifiers)) = what(token, role, symbols.get(&span).copied()) else {
            continue;
        };
        for (start, length) in lines(&document.text, span) {
            let same_line = start.line == before.line;
            data.push(SemanticToken {
                delta_line: start.line - before.line,
                delta_start: start.character - if same_line { before.character } else { 0 },
                length,
                token_type: index(&TYPES, &kind),
                token_modifiers_bitset: modifiers
                    .iter()
                    .fold(0, |bits, modifier| bits | 1 << index(&MODIFIERS, modifier)),
            });
            before = start;
        }
    }
    SemanticTokens { result_id: None, data }
}

/// The kinds of tokens, by their numbers.
const TYPES: [SemanticTokenTypes; 14] = [
    SemanticTokenTypes::Keyword,
    SemanticTokenTypes::Comment,
    SemanticTokenTypes::String,
    SemanticTokenTypes::Number,
    SemanticTokenTypes::Operator,
    SemanticTokenTypes::Function,
    SemanticTokenTypes::Class,
    SemanticTokenTypes::Macro,
    SemanticTokenTypes::Variable,
    SemanticTokenTypes::Parameter,
    SemanticTokenTypes::Property,
    SemanticTokenTypes::EnumMember,
    SemanticTokenTypes::Type,
    SemanticTokenTypes::Decorator,
];

const MODIFIERS: [SemanticTokenModifiers; 4] = [
    SemanticTokenModifiers::Declaration,
    SemanticTokenModifiers::Readonly,
    SemanticTokenModifiers::Documentation,
    SemanticTokenModifiers::DefaultLibrary,
];

/// The legend that the numbers are read by.
pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: TYPES.iter().map(|it| it.as_str().to_owned()).collect(),
        token_modifiers: MODIFIERS.iter().map(|it| it.as_str().to_owned()).collect(),
    }
}

fn index<T: PartialEq>(of: &[T], it: &T) -> u32 {
    let at = of.iter().position(|known| known == it).unwrap_or_default();
    u32::try_from(at).unwrap_or_default()
}

/// The symbols of the document's own text, and where they are declared.
fn symbols(checked: &Checked) -> HashMap<Span, (SymbolKind, bool)> {
    let symbols = checked.symbols();
    let own = symbols.mentioned_in(FileId::default());
    own.map(|(span, symbol)| (span, (symbol.kind, symbol.span == span))).collect()
}

type What = (SemanticTokenTypes, &'static [SemanticTokenModifiers]);

fn what(token: Token<'_>, role: Role, symbol: Option<(SymbolKind, bool)>) -> Option<What> {
    use SemanticTokenModifiers as Modifier;
    use SemanticTokenTypes as Type;
    if let Some((kind, declared)) = symbol {
        let kind = match kind {
            SymbolKind::Policy | SymbolKind::Broken => Type::Class,
            SymbolKind::Template => Type::Macro,
            SymbolKind::Let => Type::Variable,
            SymbolKind::Parameter => Type::Parameter,
            SymbolKind::Label => Type::Property,
        };
        return Some((kind, if declared { &[Modifier::Declaration] } else { &[] }));
    }
    Some(match (token.kind, role) {
        (TokenKind::Comment, _) => (Type::Comment, &[]),
        (TokenKind::Documentation, _) => (Type::Comment, &[Modifier::Documentation]),
        (TokenKind::Text, _) => (Type::String, &[]),
        (TokenKind::Number, _) | (_, Role::Unit | Role::Quantile) => (Type::Number, &[]),
        (TokenKind::Mark, _) => match token.text {
            "+" | "|" | "&" | "~" | ".." | "=" => (Type::Operator, &[]),
            _ => return None,
        },
        (TokenKind::Word, role) => match role {
            Role::Keyword => (Type::Keyword, &[]),
            Role::Layer => (Type::Function, &[Modifier::DefaultLibrary]),
            Role::Value => (Type::EnumMember, &[Modifier::Readonly]),
            Role::Argument | Role::Label => (Type::Property, &[]),
            Role::Type => (Type::Type, &[Modifier::DefaultLibrary]),
            Role::Host => (Type::Variable, &[Modifier::DefaultLibrary]),
            Role::Attribute => (Type::Decorator, &[]),
            Role::Unit | Role::Quantile | Role::Other => return None,
        },
    })
}

/// A token line by line: no other may go over the end of one.
fn lines(text: &ClientText, span: Span) -> Vec<(Position, u32)> {
    let range = text.raw_range(span);
    let written = text.raw().get(range.clone()).unwrap_or("");
    let mut at = range.start;
    let mut lines = Vec::new();
    for line in written.split_inclusive(['\n', '\r']) {
        let end = at + line.trim_end_matches(['\n', '\r']).len();
        let (start, end) = (text.raw_position(at), text.raw_position(end));
        if end.character > start.character {
            lines.push((start, end.character - start.character));
        }
        at += line.len();
    }
    lines
}
