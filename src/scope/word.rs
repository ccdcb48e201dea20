//! A word that names resources: a tag, a recipe, or a single resource.

use std::fmt;

use crate::model::collection::{Row, is_tag};
use crate::model::english::one_line;
use crate::model::error::Diagnostic;

/// What `--only` and `--skip` take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeWord {
    /// `tag:config`.
    Tag(String),
    /// `nginx::default`, or `recipe:nginx`.
    Recipe(String),
    /// A tag or a recipe, whichever there is.
    TagOrRecipe(String),
    /// `type[name]`.
    Resource { r#type: String, name: String },
}

impl ScopeWord {
    /// Reads a word.
    ///
    /// # Errors
    /// It can't be the name of anything.
    pub fn read(text: &str) -> Result<Self, Diagnostic> {
        let wrong = || {
            Diagnostic::error(format!("`{}` is no tag, recipe or resource", one_line(text)))
                .hint("write a tag, a recipe, or a resource as `type[name]`: `--only 'service[nginx]'`")
        };
        if let Some((kind, rest)) = text.split_once('[') {
            let name = rest.strip_suffix(']').filter(|name| !name.is_empty());
            let is_kind =
                !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            return match name {
                Some(name) if is_kind => {
                    Ok(Self::Resource { r#type: kind.to_owned(), name: name.to_owned() })
                }
                _ => Err(wrong()),
            };
        }
        if let Some(tag) = text.strip_prefix("tag:") {
            return if is_tag(tag) { Ok(Self::Tag(tag.to_owned())) } else { Err(wrong()) };
        }
        let (recipe, is_surely) = match text.strip_prefix("recipe:") {
            Some(recipe) => (recipe, true),
            None => (text, text.contains("::")),
        };
        let may_be = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
        match recipe {
            _ if recipe.is_empty() || !recipe.bytes().all(may_be) => Err(wrong()),
            _ if is_surely => Ok(Self::Recipe(recipe.to_owned())),
            _ => Ok(Self::TagOrRecipe(recipe.to_owned())),
        }
    }

    /// Reads a word that must be a resource.
    ///
    /// # Errors
    /// It is something else.
    pub fn read_resource(text: &str) -> Result<Self, Diagnostic> {
        match Self::read(text) {
            Ok(resource @ Self::Resource { .. }) => Ok(resource),
            _ => Err(Diagnostic::error(format!("`{}` is no resource", one_line(text)))
                .hint("write it as `type[name]`: `--start-at 'service[nginx]'`")),
        }
    }

    /// Whether it names this row, apart from the custom resources around it.
    pub(super) fn names(&self, row: &Row) -> bool {
        match self {
            Self::Tag(tag) => row.tags.contains(tag),
            Self::Recipe(recipe) => is_recipe(row, recipe),
            Self::TagOrRecipe(word) => row.tags.contains(word) || is_recipe(row, word),
            Self::Resource { r#type, name } => row.r#type == *r#type && row.name == *name,
        }
    }
}

/// Whether a recipe has declared the row. A cookbook's name is that of its recipe `default`.
fn is_recipe(row: &Row, recipe: &str) -> bool {
    row.recipe == recipe || row.recipe_as_named() == recipe
}

impl fmt::Display for ScopeWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(word) | Self::Recipe(word) | Self::TagOrRecipe(word) => f.write_str(word),
            Self::Resource { r#type, name } => write!(f, "{type}[{name}]"),
        }
    }
}

/// Separates words at the commas outside of brackets: the name of a resource may have commas, too.
#[must_use]
pub fn words(text: &str) -> Vec<&str> {
    let (mut words, mut start, mut is_inside) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        match c {
            '[' => is_inside = true,
            ']' if rest.is_empty() || rest.starts_with(',') => is_inside = false,
            ',' if !is_inside => {
                words.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[start..]);
    words
}
