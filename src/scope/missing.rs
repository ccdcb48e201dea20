//! Words that name nothing in a collection, each with what may have been meant.

use std::collections::BTreeSet;

use crate::model::collection::{Collection, Row};
use crate::model::english::{list_some, nearest};
use crate::model::error::Diagnostic;

use super::word::ScopeWord;

/// A word that names nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its index among all words of the scope.
    pub index: usize,
    /// What is wrong with it.
    pub finding: Diagnostic,
}

/// The names in a collection.
struct NamesOfRun<'a> {
    rows: &'a [Row],
    tags: BTreeSet<&'a str>,
    recipes: BTreeSet<&'a str>,
}

/// Finds the words that name nothing, or two things.
pub(super) fn find<'w>(
    words: impl Iterator<Item = (&'static str, &'w ScopeWord)>,
    collection: &Collection,
) -> Vec<Missing> {
    let rows = &collection.rows;
    let names = NamesOfRun {
        rows,
        tags: rows.iter().flat_map(|row| &row.tags).map(String::as_str).collect(),
        recipes: rows.iter().map(Row::recipe_as_named).collect(),
    };
    let mut missing = Vec::new();
    for (index, (option, word)) in words.enumerate() {
        let finding = names.finding(word, collection);
        missing.extend(finding.map(|finding| Missing {
            index,
            finding: Diagnostic { message: format!("{option}: {}", finding.message), ..finding },
        }));
    }
    missing
}

impl NamesOfRun<'_> {
    fn finding(&self, word: &ScopeWord, collection: &Collection) -> Option<Diagnostic> {
        if let ScopeWord::TagOrRecipe(name) = word
            && self.tags.contains(name.as_str())
            && self.rows.iter().any(|row| ScopeWord::Recipe(name.clone()).names(row))
        {
            return Some(
                Diagnostic::error(format!("`{name}` is a tag and a recipe"))
                    .hint(format!("write `tag:{name}` or `recipe:{name}`")),
            );
        }
        if self.rows.iter().any(|row| word.names(row)) {
            return None;
        }
        Some(match word {
            ScopeWord::Tag(tag) => self.hinted(format!("nothing in this run has the tag `{tag}`"), tag),
            ScopeWord::Recipe(recipe) | ScopeWord::TagOrRecipe(recipe)
                if collection.run_list.contains(recipe) =>
            {
                Diagnostic::error(format!("the recipe `{recipe}` declares no resource itself"))
                    .hint(format!("name the recipes that it includes: {}", named(&self.recipes)))
            }
            ScopeWord::Recipe(recipe) => {
                self.hinted(format!("this run has no resource of the recipe `{recipe}`"), recipe)
            }
            ScopeWord::TagOrRecipe(name) => {
                self.hinted(format!("nothing in this run has the tag `{name}` or is of such a recipe"), name)
            }
            ScopeWord::Resource { r#type, name } => self.resource(r#type, name),
        })
    }

    /// Adds the nearest tag, recipe or resource, or else what there is.
    fn hinted(&self, message: String, word: &str) -> Diagnostic {
        let wrong = Diagnostic::error(message);
        let names = || self.tags.iter().chain(&self.recipes).copied();
        if let Some(near) = nearest(word, names()) {
            return wrong.hint(format!("did you mean `{near}`?"));
        }
        if let Some(row) = self.rows.iter().find(|row| row.name == word) {
            return wrong.hint(format!("did you mean `{}`?", row.id()));
        }
        let wrong = if self.tags.is_empty() {
            wrong.hint("no resource in this run has a tag")
        } else {
            wrong.hint(format!("tags in this run: {}", named(&self.tags)))
        };
        if self.recipes.is_empty() {
            return wrong;
        }
        wrong.hint(format!("recipes in this run: {}", named(&self.recipes)))
    }

    fn resource(&self, r#type: &str, name: &str) -> Diagnostic {
        let id = format!("{type}[{name}]");
        let wrong = Diagnostic::error(format!("nothing in this run declares {id}"));
        let ids: Vec<String> = self.rows.iter().map(Row::id).collect();
        if let Some(near) = nearest(&id, ids.iter().map(String::as_str)) {
            return wrong.hint(format!("did you mean `{near}`?"));
        }
        if let Some(row) = self.rows.iter().find(|row| row.name == name) {
            return wrong.hint(format!("did you mean `{}`?", row.id()));
        }
        let same = self.rows.iter().filter(|row| row.r#type == r#type).map(|row| row.name.as_str());
        let same: BTreeSet<&str> = same.collect();
        if same.is_empty() {
            return wrong.hint("`chefrs plan -v` lists the resources of a run");
        }
        wrong.hint(format!("resources of type {type} in this run: {}", named(&same)))
    }
}

/// Names for a message; of many the first ones.
fn named(names: &BTreeSet<&str>) -> String {
    const MOST: usize = 12;
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    list_some(&quoted, MOST)
}
