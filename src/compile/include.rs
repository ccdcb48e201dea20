//! Evaluates recipes: the run list, and `include_recipe`.

use std::rc::Rc;

use mlua::{Lua, Table, Value as LuaValue};

use crate::model::error::Diagnostic;

use super::compilation::Compilation;
use super::convert::{describe, text};
use super::session::{FileFrame, ScriptKind};

/// Adds the function `include_recipe` to the globals.
pub(super) fn install(compilation: &Rc<Compilation>, lua: &Lua, into: &Table) -> mlua::Result<()> {
    let this = Rc::clone(compilation);
    let include = move |lua: &Lua, name: LuaValue| {
        let Some(name) = text(&name) else {
            let message = format!("`include_recipe` takes the name of a recipe, not {}", describe(&name));
            return Err(this.refuse(lua, Diagnostic::error(message).hint("include_recipe \"nginx\"")));
        };
        let frame = this.session.borrow().frame().cloned();
        let Some(frame) = frame.filter(|frame| frame.kind == ScriptKind::Recipe) else {
            let message = "a recipe can only be included by a recipe";
            return Err(this.refuse(lua, Diagnostic::error(message)));
        };
        this.close();
        let (book, recipe) = match this.books.locate(&frame.cookbook, &name) {
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

/// `cookbook::recipe`, or just the recipe for the project.
fn label(book: &str, recipe: &str) -> String {
    if book.is_empty() { recipe.to_owned() } else { format!("{book}::{recipe}") }
}

impl Compilation {
    /// Evaluates an entry of the run list. Errors are recorded.
    pub(super) fn run_entry(self: &Rc<Self>, entry: &str) {
        match self.books.entry(entry) {
            Err(problem) => {
                self.refuse_at(None, problem);
            }
            // Errors are recorded already, and the next entry may have errors of its own.
            Ok((book, recipe)) => {
                let _recorded = self.recipe(book, recipe);
            }
        }
    }

    /// Evaluates a recipe, if it was not evaluated before.
    fn recipe(self: &Rc<Self>, book: &str, recipe: &str) -> mlua::Result<()> {
        let label = label(book, recipe);
        if !self.session.borrow_mut().seen.insert(label.clone()) {
            return Ok(());
        }
        self.load_attributes(book)?;
        let frame =
            FileFrame { cookbook: book.to_owned(), recipe: label, kind: ScriptKind::Recipe, parent: None };
        match self.declare_all(&format!("recipes/{recipe}.lua"), frame) {
            // The error is recorded. The including recipe does not depend on data of the included one, so it can go on
            // to find more errors.
            Err(_) if !self.budget.is_stopped() => Ok(()),
            ended => ended,
        }
    }

    /// The error for a recipe that includes itself, directly or through others.
    fn cycle(&self, book: &str, recipe: &str) -> Option<Diagnostic> {
        let label = label(book, recipe);
        let session = self.session.borrow();
        let walk: Vec<&str> = session
            .frames
            .iter()
            .filter(|frame| frame.kind == ScriptKind::Recipe)
            .map(|frame| frame.recipe.as_str())
            .collect();
        let from = walk.iter().position(|name| *name == label)?;
        let walk = [&walk[from..], &[label.as_str()]].concat().join(" -> ");
        Some(
            Diagnostic::error(format!("cyclic include: {walk}"))
                .hint("move the common part to a third recipe"),
        )
    }
}
