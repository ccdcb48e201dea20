//! Tells the project's own attributes from those of a shipped cookbook with the same name.

use crate::cookbook::Cookbook;

use super::compilation::Compilation;

/// Folders with the code of a cookbook.
const CODE: [&str; 3] = ["recipes", "resources", "libraries"];

impl Compilation {
    /// Whether a key that the project reads is its own, though a shipped cookbook has that name: the project sets it, and
    /// uses no recipe and no library of the cookbook. So a new shipped cookbook takes no attribute away from anybody.
    pub(super) fn is_own_key(&self, key: &str) -> bool {
        if self.session.borrow().own_keys.contains(key) {
            return true;
        }
        let is_set = self.layers.iter().any(|source| source.values.contains_key(key));
        if !is_set || !self.books.is_shipped(key) || self.attributes.borrow().is_loaded(key) {
            return false;
        }
        // A cookbook without recipes may be there for its attributes alone.
        let has_recipes = |book: &Cookbook| !book.names("recipes", "lua").is_empty();
        let is_own = self.books.book(key).is_some_and(has_recipes)
            && !self.session.borrow().run_list.contains(key)
            && !self.books.all().filter(|book| !book.is_shipped()).any(|book| is_user(book, key));
        if is_own {
            self.session.borrow_mut().own_keys.insert(key.to_owned());
        }
        is_own
    }
}

/// Whether a cookbook depends on another one, or uses it as the project may, without saying so.
fn is_user(book: &Cookbook, other: &str) -> bool {
    // The project may use all.
    let depends = !book.name.is_empty() && book.dependencies.values().any(|name| name == other);
    depends
        || CODE.iter().any(|folder| {
            book.names(folder, "lua").iter().any(|name| {
                let text = book.text(&format!("{folder}/{name}.lua")).ok().flatten();
                text.is_some_and(|text| names_code(&text, other))
            })
        })
}

/// Whether a text has `include_recipe "name"`, `include_recipe "name::…"`, `require "@name"` or `require "@name/…"`.
fn names_code(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        if !after.starts_with(['"', '\'', '`', ':', '/']) {
            return false;
        }
        let opened = before.strip_suffix('@').unwrap_or(before);
        let Some(call) = opened.strip_suffix(['"', '\'', '`']) else { return false };
        before.ends_with('@') || call.trim_end().trim_end_matches('(').trim_end().ends_with("include_recipe")
    })
}
