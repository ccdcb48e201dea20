//! Completes declarations: checks and reports them, and runs the actions of custom resources, which declare the rows
//! below them.

use std::borrow::Cow;
use std::rc::Rc;

use mlua::{Lua, Table};
use serde_json::Value;

use crate::model::collection::Row;
use crate::model::english::nearest;
use crate::model::error::Diagnostic;
use crate::model::schema::Kind;

use super::check::{check, lacking};
use super::compilation::Compilation;
use super::convert::to_lua;
use super::input::Complete;
use super::reference;
use super::seal::Files;
use super::session::{CompileSession, FileFrame, ScriptKind};
use super::types::{CustomType, Declared};

impl Compilation {
    /// Evaluates a file that declares resources. Errors are recorded.
    pub(super) fn declare_all(self: &Rc<Self>, path: &str, frame: FileFrame) -> mlua::Result<()> {
        let Some(file) = self.load(path, &frame)? else { return Ok(()) };
        self.declaring(frame, &file.label, || file.call())
    }

    /// Runs `work` inside a frame that declares resources. The last declaration is closed at the end.
    fn declaring(
        self: &Rc<Self>,
        frame: FileFrame,
        file: &str,
        work: impl FnOnce() -> mlua::Result<()>,
    ) -> mlua::Result<()> {
        self.within(frame, file, || {
            let result = work();
            match &result {
                Ok(()) => self.close(),
                Err(_) => self.abandon(),
            }
            result
        })
    }

    /// Drops the open declaration of a file that ended with an error. Its mistakes are reported, but not what is
    /// missing.
    fn abandon(&self) {
        let open = {
            let mut session = self.session.borrow_mut();
            session.aborted = true;
            session.open.take()
        };
        let Some(draft) = open else { return };
        self.session.borrow_mut().drafts[draft].cut_off = true;
        if !self.budget.is_stopped() {
            self.complete(draft);
        }
        self.session.borrow_mut().drafts[draft].broken = true;
    }

    /// Closes the open declaration: checks it, and expands it if it is a custom resource.
    pub(super) fn close(self: &Rc<Self>) {
        let open = self.session.borrow_mut().open.take();
        let Some(draft) = open else { return };
        self.complete(draft);
        let actions = {
            let session = self.session.borrow();
            let draft = &session.drafts[draft];
            if !draft.row.custom || draft.broken {
                return;
            }
            draft.row.actions.clone()
        };
        for action in actions {
            self.expand(draft, &action);
        }
    }

    /// Checks the draft, records its mistakes, and reports it to the listener if there are none.
    fn complete(&self, draft: usize) {
        let declared = self.session.borrow().drafts[draft].declared.clone();
        let schema = match &declared {
            Declared::Builtin(kind) => self.schema(kind),
            Declared::Custom(kind) => Rc::clone(&kind.schema),
        };
        self.warn_of_quotes(draft);
        self.look_at_arguments(draft, &schema);
        {
            let mut session = self.session.borrow_mut();
            let CompileSession { drafts, blobs, warnings, .. } = &mut *session;
            let is_cut_off = drafts[draft].cut_off;
            let allowance = &self.allowance;
            let files = Files { books: &self.books, blobs, allowance, warnings, is_cut_off };
            let (planner, mistakes) = check(&mut drafts[draft], &schema, files);
            for mistake in mistakes {
                session.mistake(draft, mistake);
            }
            let row = &session.drafts[draft].row;
            if let (Some(listener), Some(_), Some(action)) = (&self.listener, planner, row.actions.first())
                && action != "nothing"
            {
                let Row { r#type, properties, .. } = row;
                listener(&Complete { declaration: draft, action, r#type, properties });
            }
        }
    }

    /// Runs an action of a custom resource, once. Errors are recorded.
    pub(super) fn expand(self: &Rc<Self>, draft: usize, action: &str) {
        let (kind, recipe) = {
            let mut session = self.session.borrow_mut();
            let draft = &mut session.drafts[draft];
            let Declared::Custom(kind) = draft.declared.clone() else { return };
            if !draft.expanded.insert(action.to_owned()) {
                return;
            }
            (kind, draft.row.recipe.clone())
        };
        // A notification may use an action that the declaration did not name.
        let lacking = lacking(&self.session.borrow().drafts[draft].row, &kind.schema, &[action.to_owned()]);
        if !lacking.is_empty() {
            let mut session = self.session.borrow_mut();
            for mistake in lacking {
                session.mistake(draft, mistake);
            }
            return;
        }
        // The action `nothing` has no function.
        let Some(function) = kind.actions.get(action) else { return };
        let Ok(vm) = self.vm(&kind.cookbook) else { return };
        let frame = FileFrame {
            cookbook: kind.cookbook.clone(),
            recipe,
            kind: ScriptKind::Resource,
            parent: Some((draft, action.to_owned())),
        };
        let file = self.session.borrow().drafts[draft].row.location.file.clone();
        // `within` has recorded the error. The other rows are still worth checking.
        let _recorded = self.declaring(frame, &file, || {
            let this = self.self_table(&vm.lua, draft, &kind)?;
            function.call::<()>(this)
        });
    }

    /// The parameter `self` of an action: the properties with their defaults, and `name`.
    fn self_table(self: &Rc<Self>, lua: &Lua, draft: usize, kind: &CustomType) -> mlua::Result<Table> {
        let table = lua.create_table()?;
        let row = self.session.borrow().drafts[draft].row.clone();
        let mut unset = Vec::new();
        for property in &kind.schema.properties {
            match row.properties.get(&property.name).or(property.default.as_ref()) {
                Some(value) => {
                    let value = one_form(value, &property.kind, &kind.cookbook);
                    table.raw_set(property.name.as_str(), to_lua(lua, &value)?)?;
                }
                None => unset.push(property.name.clone()),
            }
        }
        table.raw_set("name", row.name.as_str())?;
        let id = row.id();
        let mut known: Vec<String> =
            kind.schema.properties.iter().map(|property| property.name.clone()).collect();
        known.push("name".into());
        // An optional property without a default reads as nil, so that an action can check for it.
        let index = {
            let this = Rc::clone(self);
            lua.create_function(move |lua, (_, key): (mlua::Value, String)| {
                if unset.contains(&key) {
                    return Ok(mlua::Value::Nil);
                }
                let diagnostic = Diagnostic::error(format!("{id} has no property `{key}`"));
                Err(this.refuse(
                    lua,
                    match nearest(&key, known.iter().map(String::as_str)) {
                        Some(near) => diagnostic.hint(format!("did you mean `self.{near}`?")),
                        None => diagnostic,
                    },
                ))
            })?
        };
        let meta = lua.create_table()?;
        meta.raw_set("__index", index)?;
        let shown = row.id();
        meta.raw_set("__tostring", lua.create_function(move |_, _: mlua::Value| Ok(shown.clone()))?)?;
        meta.raw_set("__metatable", "locked")?;
        table.set_metatable(Some(meta))?;
        table.set_readonly(true);
        Ok(table)
    }
}

/// Normalises a property for an action: a single string becomes a list if several are allowed. A file in a default
/// belongs to the cookbook that wrote the type.
fn one_form<'a>(value: &'a Value, kind: &Kind, owner: &str) -> Cow<'a, Value> {
    let made = match (kind, value) {
        (Kind::Strings, Value::String(_)) => Some(Value::Array(vec![value.clone()])),
        (_, Value::String(path)) => reference::made(kind, owner, path),
        _ => None,
    };
    made.map_or(Cow::Borrowed(value), Cow::Owned)
}
