//! One compile: the cookbooks at hand, the Lua states, the budgets, and the way from a run list to a collection.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use mlua::{Lua, MetaMethod, Table, Value as LuaValue};
use serde_json::{Map, Value};

use crate::cookbook::Cookbook;
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::node::AttributeSource;
use crate::model::schema::Schema;
use crate::provider::ResourceType;

use super::attributes::Attributes;
use super::convert::Allowance;
use super::fault::{self, fresh, recorded};
use super::input::{Compiled, Input, Limits};
use super::session::{Frame, Place, Session};
use super::tell::Teller;
use super::vm::Vm;
use super::{place, sandbox};

mod budget;

use budget::processor_time;

/// How deep recipes, actions and libraries may lead into each other: each level costs native stack.
const FRAMES: usize = 64;
/// Findings reported at most.
const ERRORS: usize = 100;

/// All that callbacks out of Lua need.
pub(super) struct Engine {
    pub(super) own: Cookbook,
    pub(super) books: BTreeMap<String, Cookbook>,
    pub(super) facts: Map<String, Value>,
    /// Attributes above the cookbooks' defaults, lowest layer first.
    pub(super) layers: Vec<AttributeSource>,
    pub(super) limits: Limits,
    pub(super) allowance: Allowance,
    pub(super) session: RefCell<Session>,
    pub(super) teller: Teller,
    pub(super) attributes: RefCell<Attributes>,
    schemas: RefCell<BTreeMap<&'static str, Rc<Schema>>>,
    vms: RefCell<BTreeMap<String, Rc<Vm>>>,
    began: Instant,
    /// What the thread had used before.
    used: Duration,
    ticks: Cell<u32>,
    stopped: Cell<bool>,
    /// How many mistakes are there whatever the facts; nothing where the facts are known.
    pub(super) sure: Cell<Option<usize>>,
}

/// Compiles on the thread it is called on.
pub(super) fn run(input: &Input<'_>, limits: Limits, teller: Teller) -> Result<Compiled, Diagnostics> {
    Rc::new(Engine::new(input, limits, teller)).compile(input.run_list)
}

impl Engine {
    pub(super) fn new(input: &Input<'_>, limits: Limits, teller: Teller) -> Self {
        let project = input.project;
        let mut layers: Vec<AttributeSource> =
            project.attributes().into_iter().chain(input.attributes).cloned().collect();
        layers.sort_by_key(|source| source.layer);
        Self {
            own: project.own().clone(),
            books: project
                .cookbook_names()
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), project.cookbook(name)?.clone())))
                .collect(),
            facts: input.facts.clone(),
            layers,
            limits,
            allowance: Allowance::default(),
            session: RefCell::default(),
            teller,
            attributes: RefCell::default(),
            schemas: RefCell::default(),
            vms: RefCell::default(),
            began: Instant::now(),
            used: processor_time(),
            ticks: Cell::new(0),
            stopped: Cell::new(false),
            sure: Cell::new(None),
        }
    }

    /// From the run list to the collection.
    pub(super) fn compile(self: &Rc<Self>, run_list: &[String]) -> Result<Compiled, Diagnostics> {
        sandbox::prepare()?;
        for entry in run_list {
            if self.stopped.get() {
                break;
            }
            self.run_entry(entry);
        }
        self.teller.end();
        let compiled = self.finish(run_list);
        // The callbacks inside each Lua state hold the engine, which holds the states.
        self.vms.take();
        self.attributes.take();
        self.session.take();
        compiled
    }

    fn finish(self: &Rc<Self>, run_list: &[String]) -> Result<Compiled, Diagnostics> {
        if !self.stopped.get() {
            self.resolve_notifications();
        }
        let attributes = self.attribute_report();
        let (collection, rows, mut warnings) = self.collection(run_list);
        let mut session = self.session.borrow_mut();
        if !session.errors.is_empty() {
            let mut errors = std::mem::take(&mut session.errors);
            if errors.len() > ERRORS {
                let more = errors.len() - ERRORS;
                errors.truncate(ERRORS);
                errors.push(Diagnostic::error(format!("{more} further errors are not shown")));
            }
            return Err(Diagnostics(errors));
        }
        let mut all = std::mem::take(&mut session.warnings);
        all.append(&mut warnings);
        Ok(Compiled {
            collection,
            rows,
            blobs: std::mem::take(&mut session.blobs),
            warnings: all,
            attributes,
            messages: std::mem::take(&mut session.messages),
        })
    }

    /// The cookbook of that name; the empty one is the project.
    pub(super) fn book(&self, name: &str) -> Option<&Cookbook> {
        if name.is_empty() { Some(&self.own) } else { self.books.get(name) }
    }

    /// Aliases and names of the cookbooks that one may use. The project may use all.
    pub(super) fn dependencies(&self, of: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        if of.is_empty() {
            found.extend(self.books.keys().map(|name| (name.clone(), name.clone())));
        }
        if let Some(book) = self.book(of) {
            found.extend(book.dependencies.clone());
        }
        found
    }

    /// Properties of a type of the roster.
    pub(super) fn schema(&self, kind: &'static ResourceType) -> Rc<Schema> {
        Rc::clone(self.schemas.borrow_mut().entry(kind.name).or_insert_with(|| Rc::new((kind.schema)())))
    }

    /// The Lua state of a cookbook, made when it is first needed.
    pub(super) fn vm(self: &Rc<Self>, book: &str) -> mlua::Result<Rc<Vm>> {
        if let Some(vm) = self.vms.borrow().get(book) {
            return Ok(Rc::clone(vm));
        }
        let vm = Rc::new(Vm::new(self, book)?);
        self.vms.borrow_mut().insert(book.to_owned(), Rc::clone(&vm));
        Ok(vm)
    }

    /// Gives a state all the memory that the others leave: only one runs at a time.
    fn grant(&self, book: &str) {
        let vms = self.vms.borrow();
        let others: usize =
            vms.iter().filter(|(name, _)| *name != book).map(|(_, vm)| vm.lua.used_memory()).sum();
        if let Some(vm) = vms.get(book) {
            // Zero would mean no limit at all.
            let limit = self.limits.memory.saturating_sub(others).max(1);
            vm.lua.set_memory_limit(limit).ok();
        }
    }

    /// Evaluates a file of a cookbook; nothing if it has none of that path. What goes wrong is on the list of errors.
    pub(super) fn evaluate(self: &Rc<Self>, path: &str, frame: Frame) -> mlua::Result<Option<LuaValue>> {
        let Some(book) = self.book(&frame.cookbook) else { return Ok(None) };
        let label = book.label(path);
        let text = match book.text(path) {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(None),
            Err(diagnostic) => return Err(self.refuse_at(None, diagnostic)),
        };
        self.session.borrow_mut().sources.insert(label.clone(), place::Source::new(&text));
        let vm = self.vm(&frame.cookbook)?;
        let environment = vm.file_environment(self, frame.place)?;
        let chunk = vm
            .lua
            .load(&*text)
            .set_name(format!("@{label}"))
            .set_mode(mlua::chunk::ChunkMode::Text)
            .set_environment(environment);
        self.within(frame, &label, || chunk.call::<LuaValue>(())).map(Some)
    }

    /// Works inside a frame. An error that comes out of it is on the list of errors.
    pub(super) fn within<R>(
        self: &Rc<Self>,
        frame: Frame,
        file: &str,
        work: impl FnOnce() -> mlua::Result<R>,
    ) -> mlua::Result<R> {
        let declares = frame.place == Place::Recipe || frame.parent.is_some();
        let outer = {
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
            let outer = session.frame().map(|frame| frame.cookbook.clone());
            session.frames.push(frame.clone());
            outer
        };
        self.grant(&frame.cookbook);
        let result = work();
        let result = result.map_err(|error| self.settle(&error, file));
        if declares {
            match &result {
                Ok(_) => self.close(),
                Err(_) => self.abandon(),
            }
        }
        self.session.borrow_mut().frames.pop();
        if let Some(outer) = outer {
            self.grant(&outer);
        }
        result
    }

    /// Puts an error that left Lua on the list, and gives what stands for it from there on.
    pub(super) fn settle(&self, error: &mlua::Error, file: &str) -> mlua::Error {
        // Once stopped, whatever comes out was caused by the stop: the flag counts, not the text.
        if !self.stopped.get()
            && let Some(diagnostic) = fault::translate(error, file)
        {
            if diagnostic.message.contains("more memory than a compile may") {
                self.stopped.set(true);
            }
            self.session.borrow_mut().record(diagnostic);
        }
        recorded("recorded")
    }

    /// Refuses what a callback was asked to do: on the list of errors for good, whatever the caller catches.
    pub(super) fn refuse(&self, lua: &Lua, diagnostic: Diagnostic) -> mlua::Error {
        let location = diagnostic.location.clone().or_else(|| place::here(lua));
        self.refuse_at(location, diagnostic)
    }

    /// The same for a place that is known, or for none.
    pub(super) fn refuse_at(&self, location: Option<Location>, mut diagnostic: Diagnostic) -> mlua::Error {
        diagnostic.location = diagnostic.location.or(location);
        let message = diagnostic.message.clone();
        self.session.borrow_mut().record(diagnostic);
        recorded(message)
    }

    /// Makes a table read-only, and reading what it lacks an error.
    pub(super) fn make_strict(
        lua: &Lua,
        table: &Table,
        missing: impl Fn(&str) -> Diagnostic + 'static,
    ) -> mlua::Result<()> {
        let index =
            lua.create_function(move |lua, (_, key): (LuaValue, LuaValue)| -> mlua::Result<LuaValue> {
                let key = match &key {
                    LuaValue::String(text) => text.to_string_lossy(),
                    LuaValue::Number(number) => number.to_string(),
                    LuaValue::Integer(number) => number.to_string(),
                    other => super::convert::describe(other),
                };
                let diagnostic = missing(&key);
                Err(fresh(match place::here(lua) {
                    Some(location) => diagnostic.at(location),
                    None => diagnostic,
                }))
            })?;
        let meta = lua.create_table()?;
        meta.raw_set(MetaMethod::Index.name(), index)?;
        meta.raw_set("__metatable", "locked")?;
        table.set_metatable(Some(meta))?;
        table.set_readonly(true);
        Ok(())
    }
}
