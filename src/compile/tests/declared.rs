//! The tests that a file declares, kept in its Lua state.

use std::rc::Rc;

use mlua::{Function, Lua};

use crate::compile::compilation::Compilation;
use crate::compile::session::ScriptKind;
use crate::model::secrets::Secrets;
use crate::model::unit_test::TestTitle;

use super::inputs::TestInput;

/// The tests of a file, and what they have in common.
#[derive(Default)]
pub(in crate::compile) struct TestList {
    pub(in crate::compile) tests: Vec<DeclaredTest>,
    /// Cookbooks that the file requires, whose attributes are not loaded yet.
    pub(in crate::compile) required: Vec<String>,
    /// Whether the file is evaluated: from then on, it can't declare more.
    pub(in crate::compile) is_complete: bool,
    /// The secrets of the test that runs.
    pub(in crate::compile) secrets: Rc<Secrets>,
}

/// A declared test.
#[derive(Clone)]
pub(in crate::compile) struct DeclaredTest {
    pub(in crate::compile) title: TestTitle,
    /// None until the table after the name was given.
    pub(in crate::compile) body: Option<TestBody>,
}

/// The table of a test.
#[derive(Clone)]
pub(in crate::compile) struct TestBody {
    pub(in crate::compile) input: TestInput,
    pub(in crate::compile) recipe: Option<Function>,
    pub(in crate::compile) expect: Option<Function>,
}

/// Whether a file of tests requires a cookbook. It is read without the attributes of a test, so they are loaded later, before
/// the recipe of the test runs.
pub(in crate::compile) fn is_read_later(compilation: &Rc<Compilation>, lua: &Lua, book: &str) -> bool {
    if compilation.session.borrow().frame().is_none_or(|frame| frame.kind != ScriptKind::Tests) {
        return false;
    }
    let Some(mut list) = lua.app_data_mut::<TestList>() else { return false };
    list.required.push(book.to_owned());
    true
}

/// The secrets of the test that runs in a Lua state.
pub(super) fn secrets(lua: &Lua) -> Rc<Secrets> {
    lua.app_data_ref::<TestList>().map(|list| Rc::clone(&list.secrets)).unwrap_or_default()
}
