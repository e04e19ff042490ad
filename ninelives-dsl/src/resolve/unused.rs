//! What nothing mentions. Of the first file: what another file declares may be for a third. A file
//! without a policy to run is a library, and what it declares is for others too.

use super::Resolver;
use super::names::{Declared, Item};
use crate::ast::PolicyDeclaration;
use crate::source::{FileId, Span};

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Unused {
    pub(crate) kind: UnusedKind,
    /// Its name; for an import that of the file.
    pub(crate) name: String,
    pub(crate) span: Span,
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnusedKind {
    Let,
    Template,
    /// Of a template.
    Parameter,
    /// Where others are `pub` and it is not.
    Policy,
    /// A `use`.
    Import,
}

impl Resolver<'_, '_> {
    /// All of them; `some_public` where a policy of the first file is `pub`.
    pub(super) fn unused(&self, some_public: bool) -> Vec<Unused> {
        let first = FileId::default();
        let own = || self.names.declared.iter().zip(&self.references.used);
        let own = || own().filter(|(declared, _)| declared.name.span.file == first);
        let is_library = !own().any(|(declared, _)| matches!(declared.item, Item::Policy(_)));
        let mut unused = Vec::new();
        for (declared, used) in own() {
            if let Item::Template(template) = declared.item {
                unused.extend(self.unused_parameters(template));
            }
            if let (false, Some(kind)) = (*used, kind_of(declared, is_library, some_public)) {
                let (name, span) = (declared.name.text.clone(), declared.name.span);
                unused.push(Unused { kind, name, span });
            }
        }
        for (of, span) in self.names.imports(first).into_iter().flat_map(|it| &it.files) {
            if !self.references.used_files.contains(&(first, *of)) {
                let name = self.file_names.get(of.index()).copied().unwrap_or_default();
                unused.push(Unused {
                    kind: UnusedKind::Import,
                    name: name.to_owned(),
                    span: *span,
                });
            }
        }
        unused
    }

    fn unused_parameters(&self, template: &PolicyDeclaration) -> impl Iterator<Item = Unused> {
        let parameters = template.parameters.iter().flatten().map(|parameter| &parameter.name);
        let unused =
            parameters.filter(|name| !self.references.used_parameters.contains(&name.span));
        unused.map(|name| Unused {
            kind: UnusedKind::Parameter,
            name: name.text.clone(),
            span: name.span,
        })
    }
}

/// What is unused of a declaration that nothing mentions; `None` where it is for others.
fn kind_of(declared: &Declared<'_>, is_library: bool, some_public: bool) -> Option<UnusedKind> {
    match declared.item {
        Item::Let(_) if !is_library => Some(UnusedKind::Let),
        Item::Template(template) if !is_library && template.public.is_none() => {
            Some(UnusedKind::Template)
        }
        Item::Policy(policy) if some_public && policy.public.is_none() => Some(UnusedKind::Policy),
        _ => None,
    }
}
