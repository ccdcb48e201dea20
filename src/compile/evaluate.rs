//! Evaluation: a cookbook's Lua state is made when it is first needed, and its files run in frames.

use std::rc::Rc;

use mlua::{Table, Value as LuaValue};

use crate::model::error::{Diagnostic, Location};

use super::compilation::Compilation;
use super::fault::{self, recorded};
use super::script::Script;
use super::session::{FileFrame, Place};
use super::vm::Vm;
use super::{foreign, place, sandbox, syntax};

/// What some editors put before the text of a file, and nobody sees.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// How deep recipes, actions and libraries may lead into each other: each level costs native stack.
const FRAMES: usize = 64;

impl Compilation {
    /// The Lua state of a cookbook, made when it is first needed.
    pub(super) fn vm(self: &Rc<Self>, book: &str) -> mlua::Result<Rc<Vm>> {
        if let Some(vm) = self.vms.borrow().get(book) {
            return Ok(Rc::clone(vm));
        }
        let vm = Rc::new(Vm::new(sandbox::state(self)?, book));
        self.vms.borrow_mut().insert(book.to_owned(), Rc::clone(&vm));
        Ok(vm)
    }

    /// A file of a cookbook, ready to run; nothing if it has none of that path. What goes wrong is on the list of errors.
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
                // What is included may have nothing to do yet; what is named to be run is named for something.
                if checked.is_empty && frame.place == Place::Recipe && session.frames.is_empty() {
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
        let environment = self.file_environment(&vm, frame.place)?;
        Ok(Some(Script { label, text, checked, lua: vm.lua.clone(), environment }))
    }

    /// Globals for one file: its own writes stay its own.
    fn file_environment(self: &Rc<Self>, vm: &Vm, place: Place) -> mlua::Result<Table> {
        let known = vm.environments.borrow().get(&place).cloned();
        let words = if let Some(table) = known {
            table
        } else {
            let table = (self.words)(self, vm, place)?;
            vm.environments.borrow_mut().insert(place, table.clone());
            table
        };
        let meta = vm.lua.create_table()?;
        meta.raw_set("__index", words)?;
        meta.raw_set("__metatable", "locked")?;
        let table = vm.lua.create_table()?;
        table.set_metatable(Some(meta))?;
        Ok(table)
    }

    /// Evaluates a file that declares nothing; nothing if the cookbook has none of that path. What goes wrong is on the
    /// list of errors.
    pub(super) fn evaluate(self: &Rc<Self>, path: &str, frame: FileFrame) -> mlua::Result<Option<LuaValue>> {
        let Some(file) = self.load(path, &frame)? else { return Ok(None) };
        self.within(frame, &file.label, || file.call::<LuaValue>()).map(Some)
    }

    /// Works inside a frame. An error that comes out of it is on the list of errors.
    pub(super) fn within<R>(
        self: &Rc<Self>,
        frame: FileFrame,
        file: &str,
        work: impl FnOnce() -> mlua::Result<R>,
    ) -> mlua::Result<R> {
        {
            let mut session = self.session.borrow_mut();
            if session.frames.len() >= FRAMES {
                drop(session);
                return Err(self.refuse_at(
                    Some(Location::new(file, 0)),
                    Diagnostic::error(
                        "recipes, custom resources and libraries lead into each other without end",
                    ),
                ));
            }
            session.frames.push(frame);
        }
        self.allowance.settle();
        let result = work();
        let result = result.map_err(|error| self.settle(&error, file));
        self.session.borrow_mut().frames.pop();
        self.allowance.settle();
        result
    }

    /// Puts an error that left Lua on the list, and gives what stands for it from there on.
    fn settle(&self, error: &mlua::Error, file: &str) -> mlua::Error {
        // Once stopped, whatever comes out was caused by the stop: the flag counts, not the text.
        if !self.budget.is_stopped()
            && let Some(diagnostic) = fault::translate(error, file)
        {
            if fault::is_memory(error) {
                self.budget.stop();
            }
            let mut session = self.session.borrow_mut();
            let diagnostic = foreign::explained(&session, &self.facts, diagnostic);
            session.record(diagnostic);
        }
        recorded("recorded")
    }
}
