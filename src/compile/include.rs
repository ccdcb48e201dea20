//! Recipes: the run list, and `include_recipe`.

use std::collections::HashSet;
use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use crate::model::english::{nearest, suggestion};
use crate::model::error::Diagnostic;

use super::convert::{describe, text};
use super::engine::Engine;
use super::session::{Frame, Place};

/// Adds `include_recipe`.
pub(super) fn install(engine: &Rc<Engine>, lua: &Lua, into: &Table) -> mlua::Result<()> {
    let this = Rc::clone(engine);
    let include = move |lua: &Lua, name: LuaValue| {
        let Some(name) = text(&name) else {
            let message = format!("`include_recipe` takes the name of a recipe, not {}", describe(&name));
            return Err(this.refuse(lua, Diagnostic::error(message).hint("include_recipe \"nginx\"")));
        };
        let frame = this.session.borrow().frame().cloned();
        let Some(frame) = frame.filter(|frame| frame.place == Place::Recipe) else {
            let message = "a recipe can only be included by a recipe";
            return Err(this.refuse(lua, Diagnostic::error(message)));
        };
        this.close();
        let (book, recipe) = match this.locate(&frame.cookbook, &name) {
            Ok(found) => found,
            Err(diagnostic) => return Err(this.refuse(lua, *diagnostic)),
        };
        if let Some(cycle) = this.cycle(&book, &recipe) {
            return Err(this.refuse(lua, cycle));
        }
        this.recipe(&book, &recipe)
    };
    into.raw_set("include_recipe", lua.create_function(include)?)
}

/// `cookbook::recipe`, or the bare recipe of the project.
fn label(book: &str, recipe: &str) -> String {
    if book.is_empty() { recipe.to_owned() } else { format!("{book}::{recipe}") }
}

impl Engine {
    /// Evaluates an entry of the run list. What goes wrong is on the list of errors.
    pub(super) fn run_entry(self: &Rc<Self>, entry: &str) {
        match self.entry(entry) {
            Err(problem) => {
                self.refuse_at(None, problem);
            }
            // Recorded already; the next entry may have mistakes of its own.
            Ok((book, recipe)) => {
                let _recorded = self.recipe(book, recipe);
            }
        }
    }

    /// The cookbook and the recipe that an entry of the run list means.
    pub(super) fn entry<'a>(&self, entry: &'a str) -> Result<(&'a str, &'a str), Diagnostic> {
        let own = self.own.names("recipes", "lua");
        let (book, recipe) = match entry.split_once("::") {
            Some((book, recipe)) => (book, recipe),
            None if own.iter().any(|name| name == entry) => ("", entry),
            None => (entry, "default"),
        };
        let problem = if !book.is_empty() && !self.books.contains_key(book) {
            let diagnostic = Diagnostic::error(format!(
                "the run list names `{entry}`, and there is no such recipe or cookbook"
            ));
            let names = own.iter().map(String::as_str).chain(self.books.keys().map(String::as_str));
            Some(with_near(diagnostic, entry, names.collect()))
        } else {
            self.missing_recipe(book, recipe)
        };
        problem.map_or(Ok((book, recipe)), Err)
    }

    /// Evaluates a recipe unless it was seen before.
    fn recipe(self: &Rc<Self>, book: &str, recipe: &str) -> mlua::Result<()> {
        let label = label(book, recipe);
        if !self.session.borrow_mut().seen.insert(label.clone()) {
            return Ok(());
        }
        self.load_attributes(book)?;
        let frame = Frame { cookbook: book.to_owned(), recipe: label, place: Place::Recipe, parent: None };
        self.evaluate(&format!("recipes/{recipe}.lua"), frame).map(|_| ())
    }

    /// The cookbook and the recipe that a name means in a cookbook.
    fn locate(&self, from: &str, name: &str) -> Result<(String, String), Box<Diagnostic>> {
        let dependencies = self.dependencies(from);
        let (book, recipe) = match name.split_once("::") {
            Some(("", recipe)) => (from.to_owned(), recipe.to_owned()),
            Some((alias, recipe)) => match dependencies.get(alias) {
                Some(book) => (book.clone(), recipe.to_owned()),
                None if alias == from => (from.to_owned(), recipe.to_owned()),
                None => return Err(Box::new(self.not_a_dependency(from, alias))),
            },
            None => {
                let own = self.book(from).map(|book| book.names("recipes", "lua")).unwrap_or_default();
                match dependencies.get(name) {
                    // A cookbook goes first; `::name` always means the recipe beside this one.
                    Some(book) => (book.clone(), "default".to_owned()),
                    _ if from.is_empty() && own.iter().any(|recipe| recipe == name) => {
                        (String::new(), name.to_owned())
                    }
                    _ if name == from => (from.to_owned(), "default".to_owned()),
                    _ if from.is_empty() => {
                        let diagnostic =
                            Diagnostic::error(format!("there is no cookbook and no recipe `{name}`"));
                        let names =
                            own.iter().map(String::as_str).chain(self.books.keys().map(String::as_str));
                        return Err(Box::new(with_near(diagnostic, name, names.collect())));
                    }
                    _ => return Err(Box::new(self.not_a_dependency(from, name))),
                }
            }
        };
        match self.missing_recipe(&book, &recipe) {
            Some(diagnostic) => Err(Box::new(diagnostic)),
            None => Ok((book, recipe)),
        }
    }

    fn missing_recipe(&self, book: &str, recipe: &str) -> Option<Diagnostic> {
        let Some(found) = self.book(book) else { return Some(self.missing_cookbook(book)) };
        let names = found.names("recipes", "lua");
        if names.iter().any(|name| name == recipe) {
            return None;
        }
        let owner = if book.is_empty() { "the project".to_owned() } else { format!("cookbook `{book}`") };
        let diagnostic = Diagnostic::error(format!("{owner} has no recipe `{recipe}`"));
        Some(with_near(diagnostic, recipe, names.iter().map(String::as_str).collect()))
    }

    /// The message for a dependency that is declared and nowhere to be found.
    pub(super) fn missing_cookbook(&self, book: &str) -> Diagnostic {
        let diagnostic = Diagnostic::error(format!("the cookbook `{book}` is not there"))
            .hint(format!("put it into cookbooks/{book}/ of the project"));
        match nearest(book, self.books.keys().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("or did you mean `{near}`?")),
            None => diagnostic,
        }
    }

    /// The message for a recipe that leads back to itself.
    fn cycle(&self, book: &str, recipe: &str) -> Option<Diagnostic> {
        let label = label(book, recipe);
        let session = self.session.borrow();
        let walk: Vec<&str> = session
            .frames
            .iter()
            .filter(|frame| frame.place == Place::Recipe)
            .map(|frame| frame.recipe.as_str())
            .collect();
        let from = walk.iter().position(|name| *name == label)?;
        let walk = [&walk[from..], &[label.as_str()]].concat().join(" -> ");
        Some(
            Diagnostic::error(format!("cyclic include: {walk}"))
                .hint("move what both need into a third recipe"),
        )
    }

    /// The message for a cookbook that another one may not use.
    pub(super) fn not_a_dependency(&self, from: &str, alias: &str) -> Diagnostic {
        let dependencies = self.dependencies(from);
        if from.is_empty() {
            let diagnostic = Diagnostic::error(format!("there is no cookbook `{alias}`"));
            return with_near(diagnostic, alias, dependencies.keys().map(String::as_str).collect());
        }
        let diagnostic =
            Diagnostic::error(format!("cookbook `{from}` does not declare the dependency `{alias}`"));
        match nearest(alias, dependencies.keys().map(String::as_str)) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None => diagnostic.hint(format!("declare `{alias}` under [dependencies] in its cookbook.toml")),
        }
    }
}

fn with_near(diagnostic: Diagnostic, word: &str, mut names: Vec<&str>) -> Diagnostic {
    // A recipe of the project may have the name of a cookbook.
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(*name));
    // A long list helps nobody, unless one of it was meant.
    if names.is_empty() || (names.len() > 40 && nearest(word, names.iter().copied()).is_none()) {
        return diagnostic;
    }
    diagnostic.hint(suggestion(word, &names, "there are"))
}
