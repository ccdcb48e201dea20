//! Evaluates files: creates the Lua state of a cookbook on first use, and runs files in frames.

use std::rc::Rc;

use mlua::{Table, Value as LuaValue};

use crate::model::error::{Diagnostic, Location};

use super::authority::BookOfState;
use super::compilation::Compilation;
use super::fault::{self, recorded};
use super::script::Script;
use super::session::{FileFrame, ScriptKind};
use super::vm::Vm;
use super::{foreign, place, sandbox, syntax};

/// Some editors write this invisible character at the start of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Deepest nesting of recipes, actions and libraries. Each level needs native stack.
const FRAMES: usize = 64;

impl Compilation {
    /// The Lua state of a cookbook, created on first use.
    pub(super) fn vm(self: &Rc<Self>, book: &str) -> mlua::Result<Rc<Vm>> {
        if let Some(vm) = self.vms.borrow().get(book) {
            return Ok(Rc::clone(vm));
        }
        let vm = Rc::new(Vm::new(sandbox::state(self)?, book));
        vm.lua.set_app_data(BookOfState(book.to_owned()));
        self.vms.borrow_mut().insert(book.to_owned(), Rc::clone(&vm));
        Ok(vm)
    }

    /// Loads a file of a cookbook. None if it does not exist. Errors are recorded.
    pub(super) fn load(self: &Rc<Self>, path: &str, frame: &FileFrame) -> mlua::Result<Option<Script>> {
        let Some(book) = self.book(&frame.cookbook) else { return Ok(None) };
        let label = book.label(path);
        let text = match book.text(path) {
            Ok(Some(text)) => text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text).to_owned(),
            Ok(None) => return Ok(None),
            Err(diagnostic) => return Err(self.refuse_at(None, diagnostic)),
        };
        let checked = {
            let mut session = self.session.borrow_mut();
            session.sources.insert(label.clone(), place::SourceText::new(&text));
            syntax::checked(&text).map(|checked| {
                session.quoted(&label, checked.literals);
                // An included recipe may be empty on purpose. One in the run list was meant to do something.
                if checked.is_empty && frame.kind == ScriptKind::Recipe && session.frames.is_empty() {
                    session.warnings.push(
                        Diagnostic::warning("this recipe is empty: there is nothing to run")
                            .at(Location::new(&label, 0))
                            .hint("declare a resource in it: `package \"nginx\"`"),
                    );
                }
                checked.text.into_owned()
            })
        };
        let vm = self.vm(&frame.cookbook)?;
        let environment = self.file_environment(&vm, frame.kind)?;
        Ok(Some(Script { label, text, checked, lua: vm.lua.clone(), environment }))
    }

    /// Creates the globals of one file, so that its assignments to globals stay its own.
    fn file_environment(self: &Rc<Self>, vm: &Vm, kind: ScriptKind) -> mlua::Result<Table> {
        let known = vm.environments.borrow().get(&kind).cloned();
        let words = if let Some(table) = known {
            table
        } else {
            let table = (self.words)(self, vm, kind)?;
            vm.environments.borrow_mut().insert(kind, table.clone());
            table
        };
        let meta = vm.lua.create_table()?;
        meta.raw_set("__index", words)?;
        meta.raw_set("__newindex", self.new_global(&vm.lua)?)?;
        meta.raw_set("__metatable", "locked")?;
        let table = vm.lua.create_table()?;
        table.set_metatable(Some(meta))?;
        Ok(table)
    }

    /// Evaluates a file that declares no resources. None if it does not exist. Errors are recorded.
    pub(super) fn evaluate(self: &Rc<Self>, path: &str, frame: FileFrame) -> mlua::Result<Option<LuaValue>> {
        let Some(file) = self.load(path, &frame)? else { return Ok(None) };
        self.within(frame, &file.label, || file.call::<LuaValue>()).map(Some)
    }

    /// Runs `work` inside a frame. Errors are recorded.
    pub(super) fn within<R>(
        self: &Rc<Self>,
        frame: FileFrame,
        file: &str,
        work: impl FnOnce() -> mlua::Result<R>,
    ) -> mlua::Result<R> {
        self.attempt(frame, file, || {
            let result = work();
            result.map_err(|error| {
                if let Some(diagnostic) = self.settle(&error, file) {
                    self.session.borrow_mut().record(diagnostic);
                }
                recorded("recorded")
            })
        })
        .map_err(|_| recorded("recorded"))
    }

    /// Runs `work` inside a frame. Returns the error that came out of Lua, or none if it is recorded already.
    pub(super) fn attempt<R>(
        self: &Rc<Self>,
        frame: FileFrame,
        file: &str,
        work: impl FnOnce() -> mlua::Result<R>,
    ) -> Result<R, Option<Diagnostic>> {
        {
            let mut session = self.session.borrow_mut();
            if session.frames.len() >= FRAMES {
                drop(session);
                self.refuse_at(
                    Some(Location::new(file, 0)),
                    Diagnostic::error("recipes, custom resources and libraries are nested too deeply"),
                );
                return Err(None);
            }
            session.frames.push(frame);
        }
        self.allowance.settle();
        let result = work().map_err(|error| self.settle(&error, file));
        self.session.borrow_mut().frames.pop();
        self.allowance.settle();
        result
    }

    /// The diagnostic for an error that came out of Lua. None if it is recorded already.
    fn settle(&self, error: &mlua::Error, file: &str) -> Option<Diagnostic> {
        // After a stop, every error is caused by the stop. The flag decides, because the text could be forged.
        if self.budget.is_stopped() {
            return None;
        }
        let diagnostic = fault::translate(error, file)?;
        if fault::is_memory(error) {
            self.budget.stop();
        }
        Some(foreign::explained(&self.session.borrow(), &self.facts, diagnostic))
    }
}
