//! Entries of a run list, with the file that lists them.

use super::error::Location;

/// A recipe, cookbook or `cookbook::recipe` to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRecipe {
    /// The entry as written.
    pub recipe: String,
    /// The file and line that list it. `None`: the command line.
    pub location: Option<Location>,
}

impl ListedRecipe {
    /// An entry of the command line.
    #[must_use]
    pub fn typed(recipe: &str) -> Self {
        Self { recipe: recipe.to_owned(), location: None }
    }
}

/// The entries as written, in order.
#[must_use]
pub fn names(run_list: &[ListedRecipe]) -> Vec<String> {
    run_list.iter().map(|listed| listed.recipe.clone()).collect()
}
