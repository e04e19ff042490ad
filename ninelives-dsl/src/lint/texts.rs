//! What the warnings need of the texts beside the plan, which holds neither attributes, nor
//! parentheses, nor what nothing uses.

use super::levels::Levels;
use super::{Warnings, mixed_operators, unused};
use crate::ast::{Declaration, File};
use crate::resolve::Unused;

/// Read once, when the texts are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts {
    /// What the attributes say.
    pub(super) levels: Levels,
    /// What can be said already.
    pub(super) warnings: Warnings,
}

impl Texts {
    pub(crate) fn read(files: &[File], unused: &[Unused]) -> Self {
        let mut texts = Self::default();
        for file in files {
            texts.levels.read(file);
            for declaration in &file.declarations {
                if let Declaration::Policy(policy) = declaration {
                    mixed_operators::check(&policy.body, &mut texts.warnings);
                }
            }
        }
        unused::check(unused, &mut texts.warnings);
        texts
    }
}
