//! Completes declarations: checks and reports them, and runs the actions of custom resources, which declare the rows
//! below them.

use std::rc::Rc;

use crate::model::collection::Row;

use super::check::{check, fill_name, lacking};
use super::compilation::Compilation;
use super::input::Complete;
use super::seal::Files;
use super::self_table::self_table;
use super::session::{CompileSession, FileFrame, ScriptKind};
use super::types::Declared;

impl Compilation {
    /// Evaluates a file that declares resources. Errors are recorded.
    pub(super) fn declare_all(self: &Rc<Self>, path: &str, frame: FileFrame) -> mlua::Result<()> {
        let Some(file) = self.load(path, &frame)? else { return Ok(()) };
        self.declaring(frame, &file.label, || file.call())
    }

    /// Runs `work` inside a frame that declares resources. The last declaration is closed at the end.
    pub(super) fn declaring(
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
    fn abandon(self: &Rc<Self>) {
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
    fn complete(self: &Rc<Self>, draft: usize) {
        let declared = self.session.borrow().drafts[draft].declared.clone();
        let schema = match &declared {
            Declared::Builtin(kind) => self.schema(kind),
            Declared::Custom(kind) => Rc::clone(&kind.schema),
        };
        self.warn_of_quotes(draft);
        self.look_at_arguments(draft, &schema);
        let mut mistakes = fill_name(&mut self.session.borrow_mut().drafts[draft], &schema);
        if let Declared::Custom(kind) = &declared {
            mistakes.extend(self.coerce(draft, kind));
        }
        {
            let mut session = self.session.borrow_mut();
            let CompileSession { drafts, blobs, warnings, .. } = &mut *session;
            let is_cut_off = drafts[draft].cut_off;
            let allowance = &self.allowance;
            let files = Files { books: &self.books, blobs, allowance, warnings, is_cut_off };
            let (planner, mistakes) = check(&mut drafts[draft], &schema, files, mistakes);
            for mistake in mistakes {
                session.mistake(draft, mistake);
            }
            drop(session);
            let refused = self.unauthorized(draft, planner.as_deref());
            let planner = planner.filter(|_| refused.is_empty());
            let mut session = self.session.borrow_mut();
            for mistake in refused {
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
            let this = self_table(self, &vm.lua, draft, &kind)?;
            function.call::<()>(this)
        });
    }
}
