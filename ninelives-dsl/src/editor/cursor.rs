//! What may stand at a place, decided from the tokens before it: the text behind it may be missing, and
//! the text before it need not be right.

use super::tokens::{Token, TokenKind, tokens};

/// A place in a text, and what may stand there.
#[derive(Clone, Debug)]
pub struct Cursor<'t> {
    /// What may stand there.
    pub slot: Slot<'t>,
    /// The token that it is in, or at the end of.
    pub token: Option<Token<'t>>,
    /// The token behind that one, comments apart.
    pub next: Option<Token<'t>>,
    /// Where the word begins that is being written.
    pub start: usize,
    /// Where it ends: behind the place when that is in the middle of a word, or in front of one.
    pub end: usize,
    /// The call whose parentheses it is in.
    pub call: Option<Call<'t>>,
    /// The parameters of the template that it is in: names and types.
    pub parameters: Vec<(&'t str, &'t str)>,
    /// The name that is being declared, which cannot be mentioned.
    pub declaring: Option<&'t str>,
    /// The words before of the same value: classes that are named already.
    pub named: Vec<&'t str>,
    /// It is in an arm of `|` or `&`, as far as the text before says.
    pub in_arm: bool,
}

/// What may stand at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot<'t> {
    /// A declaration.
    Declaration,
    /// A policy.
    Policy,
    /// An argument: a value, or the name of a parameter.
    Argument(Call<'t>),
    /// The value of an argument.
    Value(Call<'t>),
    /// The value of a `let`.
    Let,
    /// The default of a template's parameter, which has this type.
    Default(&'t str),
    /// The type of a template's parameter.
    Type,
    /// The name of a thing of the host, behind `@`, in the place of this.
    Host(Box<Self>),
    /// The path of a `use`.
    Path,
    /// `allow` or `deny`.
    Level,
    /// The name of a finding.
    Finding,
    /// A name of the author's choice, or something that no name is for.
    Nothing,
}

/// A call that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call<'t> {
    /// What is called.
    pub callee: &'t str,
    /// The names of the arguments before, empty for those without.
    pub before: Vec<&'t str>,
    /// The name of this argument.
    pub name: Option<&'t str>,
    /// Nothing of this argument is written yet.
    fresh: bool,
}

impl<'t> Cursor<'t> {
    /// The place at a byte offset.
    pub fn at(text: &'t str, offset: usize) -> Self {
        let mut machine = Machine::default();
        let mut tokens = tokens(text);
        let (mut token, mut next) = (None, None);
        for it in tokens.by_ref() {
            if it.start > offset || it.start == offset && !touches(it) {
                next = Some(it);
                break;
            }
            if it.end() > offset || it.end() == offset && touches(it) {
                token = Some(it);
                break;
            }
            machine.step(it);
        }
        let next = next.into_iter().chain(tokens).find(|token| !token.is_comment());
        let slot = match token {
            Some(token) if token.start < offset => match (token.kind, machine.slot(Some(token))) {
                (TokenKind::Word, slot) | (TokenKind::Text, slot @ Slot::Path) => slot,
                _ => Slot::Nothing,
            },
            token => machine.slot(token),
        };
        let is_part = |letter: char| {
            let hyphen = letter == '-' && slot == Slot::Finding;
            letter.is_ascii_alphanumeric() || letter == '_' || hyphen
        };
        let before = text.get(..offset).unwrap_or(text);
        let word = token.filter(|token| token.kind == TokenKind::Word);
        let start = before.trim_end_matches(is_part).len();
        let start = word.map_or(start, |word| word.start.min(start));
        let behind = text.get(offset..).unwrap_or("");
        let end = offset + behind.len() - behind.trim_start_matches(is_part).len();
        let end = word.map_or(end, |word| word.end().max(end));
        let call = machine.call();
        let in_arm = machine.in_arm();
        let Machine { parameters, name: declaring, named, .. } = machine;
        Self { slot, token, next, start, end, call, parameters, declaring, named, in_arm }
    }
}

/// True for a token that goes on when something is written at its end.
fn touches(token: Token<'_>) -> bool {
    match token.kind {
        TokenKind::Word | TokenKind::Number => true,
        TokenKind::Text => token.text.len() == 1 || !token.text.ends_with('"'),
        TokenKind::Comment | TokenKind::Documentation => !token.text.ends_with("*/"),
        TokenKind::Mark => false,
    }
}

/// The state behind a token.
#[derive(Debug, Default)]
pub(super) struct Machine<'t> {
    head: Head,
    frames: Vec<Frame<'t>>,
    parameters: Vec<(&'t str, &'t str)>,
    name: Option<&'t str>,
    /// The words of the value that is being written.
    named: Vec<&'t str>,
    /// The operators of the body outside of any bracket.
    arms: Arms,
    /// An operand was read: an operator comes next.
    operand: bool,
    last: Option<Token<'t>>,
}

/// How far a declaration is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Head {
    #[default]
    None,
    Policy {
        named: bool,
    },
    Let {
        named: bool,
    },
    Use,
    /// Behind `=`.
    PolicyBody,
    LetBody,
}

/// What stands left of a place, of a body or in parentheses.
#[derive(Clone, Copy, Debug, Default)]
struct Arms {
    /// A `|`.
    fallback: bool,
    /// An `&`, and no `+` behind it: it binds tighter.
    fork: bool,
}

/// What an open bracket holds.
#[derive(Debug)]
enum Frame<'t> {
    Group(Arms),
    Call(Call<'t>),
    Parameters(Parameter),
    Attribute,
    Findings,
    /// A host expression.
    Rust,
}

/// What comes next of a template's parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parameter {
    Name,
    Type,
    Default,
}

impl<'t> Machine<'t> {
    /// What may stand behind the last token; `next` is what stands there.
    pub(super) fn slot(&self, next: Option<Token<'t>>) -> Slot<'t> {
        let is_host = self.last.is_some_and(|last| last.is_mark("@"));
        match self.written(next) {
            slot @ (Slot::Nothing | Slot::Level | Slot::Finding | Slot::Type) => slot,
            slot if is_host => Slot::Host(Box::new(slot)),
            slot => slot,
        }
    }

    fn written(&self, next: Option<Token<'t>>) -> Slot<'t> {
        let last = |mark: &str| self.last.is_some_and(|last| last.is_mark(mark));
        match self.frames.last() {
            Some(Frame::Attribute) if last("[") => return Slot::Level,
            Some(Frame::Findings) => return Slot::Finding,
            Some(Frame::Attribute | Frame::Rust) => return Slot::Nothing,
            Some(Frame::Parameters(Parameter::Name)) => return Slot::Nothing,
            Some(Frame::Parameters(Parameter::Type)) => return Slot::Type,
            _ => {}
        }
        let begins_line = next.is_some_and(|next| next.begins_line);
        if self.operand {
            let unfinished = begins_line && self.frames.is_empty();
            return if unfinished { Slot::Declaration } else { Slot::Nothing };
        }
        let frame = self.frames.iter().rev().find(|frame| !matches!(frame, Frame::Group(_)));
        match (frame, self.head) {
            (Some(Frame::Call(call)), _) => {
                let fresh = call.fresh && !matches!(self.frames.last(), Some(Frame::Group(_)));
                if fresh { Slot::Argument(call.clone()) } else { Slot::Value(call.clone()) }
            }
            (Some(Frame::Rust), _) => Slot::Nothing,
            (Some(Frame::Parameters(_)), _) => {
                Slot::Default(self.parameters.last().map_or("", |(_, kind)| *kind))
            }
            (_, Head::None) => Slot::Declaration,
            (_, Head::Use) => Slot::Path,
            (_, Head::PolicyBody) => Slot::Policy,
            (_, Head::LetBody) => Slot::Let,
            (_, Head::Policy { .. } | Head::Let { .. }) => Slot::Nothing,
        }
    }

    fn call(&self) -> Option<Call<'t>> {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Call(call) => Some(call.clone()),
            _ => None,
        })
    }

    fn in_arm(&self) -> bool {
        let groups = self.frames.iter().filter_map(|frame| match frame {
            Frame::Group(arms) => Some(arms),
            _ => None,
        });
        groups.chain([&self.arms]).any(|arms| arms.fallback || arms.fork)
    }

    pub(super) fn step(&mut self, token: Token<'t>) {
        if token.is_comment() {
            return;
        }
        match token.kind {
            TokenKind::Word => self.word(token),
            TokenKind::Number | TokenKind::Text => self.operand(),
            _ => self.mark(token.text),
        }
        self.last = Some(token);
    }

    /// An operand was read.
    fn operand(&mut self) {
        match self.frames.last_mut() {
            Some(Frame::Attribute | Frame::Findings | Frame::Rust) => return,
            Some(Frame::Call(call)) => call.fresh = false,
            _ => {}
        }
        self.operand = true;
    }

    fn word(&mut self, token: Token<'t>) {
        let head = match token.text {
            "policy" => Some(Head::Policy { named: false }),
            "let" => Some(Head::Let { named: false }),
            "use" => Some(Head::Use),
            "pub" => Some(Head::None),
            _ => None,
        };
        let is_type = matches!(self.frames.last(), Some(Frame::Parameters(Parameter::Type)));
        if let Some(head) = head
            && (self.head == Head::None && self.frames.is_empty() || token.begins_line && !is_type)
        {
            *self = Self { head, ..Self::default() };
            return;
        }
        match (self.frames.last_mut(), &mut self.head) {
            (Some(Frame::Parameters(Parameter::Name)), _) => self.parameters.push((token.text, "")),
            (Some(Frame::Parameters(Parameter::Type)), _) => {
                if let Some((_, kind)) = self.parameters.last_mut() {
                    *kind = token.text;
                }
            }
            (None, Head::Policy { named } | Head::Let { named }) => {
                *named = true;
                self.name = Some(token.text);
            }
            (None, Head::None | Head::Use) => {}
            _ => {
                self.named.push(token.text);
                self.operand();
            }
        }
    }

    fn mark(&mut self, mark: &'t str) {
        match mark {
            ";" => *self = Self::default(),
            "#" => self.frames.push(Frame::Attribute),
            "(" | "{" => self.open(mark),
            ")" | "}" => {
                let closed = self.frames.pop();
                if let Some(Frame::Group(_) | Frame::Call(_) | Frame::Rust) = closed {
                    self.operand();
                }
            }
            "]" => {
                self.frames.pop();
            }
            "=" => self.equals(),
            "," => self.comma(),
            ":" => match self.frames.last_mut() {
                Some(Frame::Parameters(part)) => *part = Parameter::Type,
                _ => self.operand = false,
            },
            "+" | "|" | "&" | "~" | ".." => self.operator(mark),
            _ => {}
        }
    }

    fn operator(&mut self, mark: &str) {
        let arms = match self.frames.last_mut() {
            Some(Frame::Group(arms)) => Some(arms),
            Some(_) => None,
            None => Some(&mut self.arms),
        };
        match (mark, arms) {
            ("|", Some(arms)) => arms.fallback = true,
            ("&", Some(arms)) => arms.fork = true,
            ("+", Some(arms)) => arms.fork = false,
            _ => {}
        }
        self.operand = false;
    }

    fn open(&mut self, mark: &str) {
        let callee = self.last.filter(|last| self.operand && last.kind == TokenKind::Word);
        let frame = match (self.frames.last(), self.head, callee) {
            (Some(Frame::Attribute), ..) => Frame::Findings,
            _ if mark == "{" => Frame::Rust,
            (None, Head::Policy { named: true }, _) => Frame::Parameters(Parameter::Name),
            (_, _, Some(callee)) => {
                self.named.clear();
                Frame::Call(Call { callee: callee.text, fresh: true, ..Call::default() })
            }
            _ => Frame::Group(Arms::default()),
        };
        self.frames.push(frame);
        self.operand = false;
    }

    fn equals(&mut self) {
        let word = self.last.filter(|last| last.kind == TokenKind::Word);
        match (self.frames.last_mut(), self.head) {
            (Some(Frame::Call(call)), _) => call.name = word.map(|word| word.text),
            (Some(Frame::Parameters(part)), _) => *part = Parameter::Default,
            (None, Head::Policy { .. }) => self.head = Head::PolicyBody,
            (None, Head::Let { .. }) => self.head = Head::LetBody,
            _ => {}
        }
        self.named.clear();
        self.operand = false;
    }

    fn comma(&mut self) {
        self.named.clear();
        match self.frames.last_mut() {
            Some(Frame::Call(call)) => {
                call.before.push(call.name.take().unwrap_or(""));
                call.fresh = true;
            }
            Some(Frame::Parameters(part)) => *part = Parameter::Name,
            _ => {}
        }
        self.operand = false;
    }
}
