//! Compiles the text of a file to a Lua function, after adding the checks.

use mlua::chunk::{ChunkMode, Compiler};
use mlua::{Error, FromLuaMulti, Function, Lua, Table};

use crate::model::error::{Diagnostic, Location};

use super::fault::fresh;
use super::language;
use super::syntax::{self, RESERVED, Unread};

/// A file that is ready to run.
pub(super) struct Script {
    /// Name of the file in messages.
    pub(super) label: String,
    pub(super) text: String,
    /// The text with the checks, or why they could not be added.
    pub(super) checked: Result<String, (u32, Unread)>,
    pub(super) lua: Lua,
    pub(super) environment: Table,
}

impl Script {
    /// Runs the file.
    ///
    /// # Errors
    /// The syntax error that Luau reports, or the error that the file raises.
    pub(super) fn call<R: FromLuaMulti>(&self) -> mlua::Result<R> {
        self.function()?.call(())
    }

    fn function(&self) -> mlua::Result<Function> {
        let line = match &self.checked {
            Ok(checked) => match self.compiled(checked) {
                Ok(function) => return Ok(function),
                // A syntax error must be reported for the text that the cook wrote.
                Err(_) => 0,
            },
            Err((line, Unread::Syntax)) => *line,
            Err((line, Unread::Reserved(name))) => {
                let diagnostic = Diagnostic::error(format!("the name `{name}` is reserved"));
                return Err(
                    self.refuse(*line, diagnostic.hint(format!("names can't begin with `{RESERVED}`")))
                );
            }
            Err((line, Unread::Weak)) => return Err(self.refuse(*line, language::weak())),
        };
        if let Err(error) = self.compiled(&self.text) {
            let recognised =
                matches!(error, Error::SyntaxError { .. }).then(|| syntax::mistake(&self.text)).flatten();
            return Err(recognised.map_or(error, |(line, diagnostic)| self.refuse(line, diagnostic)));
        }
        let diagnostic = Diagnostic::error("this file is too large, or has unknown syntax")
            .hint("simplify it, or split it into several files");
        Err(self.refuse(line, diagnostic))
    }

    fn compiled(&self, text: &str) -> mlua::Result<Function> {
        // The code runs once, so optimising it takes longer than it saves.
        let compiler = Compiler::new().set_optimization_level(0);
        let chunk = self
            .lua
            .load(text)
            .set_compiler(compiler)
            .set_name(format!("@{}", self.label))
            .set_mode(ChunkMode::Text);
        chunk.set_environment(self.environment.clone()).into_function()
    }

    fn refuse(&self, line: u32, diagnostic: Diagnostic) -> mlua::Error {
        fresh(diagnostic.at(Location::new(&self.label, line)))
    }
}
