//! The globals of a file: the standard library, and functions of chefrs that depend on the kind of file.

use std::rc::Rc;

use mlua::{Lua, MultiValue, Table, Value as LuaValue};

use crate::model::error::{Diagnostic, Location};
use crate::model::probe;
use crate::model::schema::VALUE;
use crate::resources::{self, TYPES};

use super::compilation::Compilation;
use super::node_view::NodeView;
use super::session::ScriptKind;
use super::syntax::RESERVED;
use super::types::Declared;
use super::vm::Vm;
use super::words::{LANGUAGE, RECIPE_WORDS};
use super::{
    attributes, custom, deferred, foreign, formats, guard, include, kinds, language, listed_nodes, place,
    probes, reference, render, require, task, tests, value_for_platform,
};

/// Most messages that `print` may leave, and most bytes of each.
const MESSAGES: usize = 10_000;
const MESSAGE_BYTES: usize = 4096;

/// The globals for a kind of file, strict and read-only.
pub(super) fn words(compilation: &Rc<Compilation>, vm: &Vm, kind: ScriptKind) -> mlua::Result<Table> {
    let lua = &vm.lua;
    let words = lua.create_table()?;
    // Copied, because a lookup through a metatable would cost a callback for each `string` or `ipairs`.
    for (name, value) in base(lua)? {
        words.raw_set(name, value)?;
    }
    let globals = lua.globals();
    for name in language::checks() {
        words.raw_set(name, globals.get::<LuaValue>(name)?)?;
    }
    // A function becomes visible only through a row of the table from which the reference is generated.
    let made = lua.create_table()?;
    made.raw_set("print", print(compilation, lua)?)?;
    made.raw_set("node", lua.create_userdata(NodeView::new(compilation, &vm.book))?)?;
    made.raw_set("require", require::function(compilation, vm)?)?;
    value_for_platform::install(compilation, lua, &made)?;
    formats::install(compilation, lua, &made)?;
    match kind {
        ScriptKind::Recipe | ScriptKind::Resource | ScriptKind::Task | ScriptKind::Tests => {
            for kind in TYPES {
                let this = Rc::clone(compilation);
                let declare =
                    move |lua: &Lua, args: MultiValue| this.declare(lua, Declared::Builtin(kind), args);
                words.raw_set(kind.name, lua.create_function(declare)?)?;
            }
            guard::install(compilation, lua, &made)?;
            deferred::words::install(compilation, lua, &made)?;
            reference::words::install(compilation, lua, &vm.book, &made)?;
            render::install(compilation, lua, &vm.book, &made)?;
            include::install(compilation, lua, &made)?;
            listed_nodes::install(compilation, lua, &made)?;
        }
        ScriptKind::Attributes => {
            kinds::install(compilation, lua, &made, "attribute")?;
            attributes::words::install(compilation, lua, &made)?;
        }
        ScriptKind::Probes => probes::words::install(compilation, lua, &made)?,
        ScriptKind::Library => {}
    }
    if matches!(kind, ScriptKind::Resource | ScriptKind::Library) {
        kinds::install(compilation, lua, &made, "property")?;
    }
    if kind == ScriptKind::Resource {
        custom::install(compilation, lua, &made)?;
    }
    if kind == ScriptKind::Task {
        kinds::install(compilation, lua, &made, "argument")?;
        task::install(compilation, lua, &made)?;
    }
    if kind == ScriptKind::Tests {
        tests::words::install(compilation, lua, &made)?;
        tests::assertions::install(compilation, lua, &made)?;
    }
    for word in RECIPE_WORDS.iter().filter(|word| word.files.include(kind)) {
        words.raw_set(word.name, made.raw_get::<LuaValue>(word.name)?)?;
    }
    let mut known: Vec<String> = Vec::new();
    for pair in words.pairs::<String, LuaValue>() {
        known.push(pair?.0);
    }
    known.retain(|name| !name.starts_with(RESERVED));
    known.sort();
    let this = Rc::clone(compilation);
    Compilation::make_strict(lua, &words, move |lua, name| undefined(&this, lua, name, kind, &known))?;
    Ok(words)
}

/// The standard library.
fn base(lua: &Lua) -> mlua::Result<Vec<(String, LuaValue)>> {
    // After `sandbox`, `globals` is an empty proxy of the table with the libraries.
    let globals = lua.globals();
    LANGUAGE.iter().map(|name| Ok(((*name).to_owned(), globals.get::<LuaValue>(*name)?))).collect()
}

fn undefined(
    compilation: &Compilation,
    lua: &Lua,
    name: &str,
    kind: ScriptKind,
    known: &[String],
) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("`{name}` is not defined"));
    let declares = resources::find(name).is_some() || matches!(name, "include_recipe" | "exists");
    if kind == ScriptKind::Library && declares {
        return Diagnostic::error(format!("a library can't declare resources: `{name}` is not known here"))
            .hint(
                "return plain values or functions, and declare resources in a recipe or a custom resource",
            );
    }
    if kind == ScriptKind::Probes && matches!(name, "node" | "value_for_platform") {
        return Diagnostic::error(format!("facts.lua knows no machine: `{name}` is not known here"))
            .note("what it declares is asked before the attributes have values")
            .hint("declare what to ask here, and decide in a recipe or in `attributes.lua`");
    }
    if matches!(kind, ScriptKind::Attributes | ScriptKind::Probes) && declares {
        let file = if kind == ScriptKind::Probes { probe::FILE } else { "attributes.lua" };
        return Diagnostic::error(format!("{file} can't declare resources: `{name}` is not known here"))
            .hint("declare resources in a recipe or a custom resource");
    }
    if matches!(name, "probe" | "probes") {
        return diagnostic
            .note("no file asks the machine while it is evaluated: probes are declared before that")
            .hint("declare it in `facts.lua` of a cookbook, and read its answer from `node`");
    }
    if matches!(name, "os" | "io" | "debug" | "loadstring" | "load" | "dofile" | "loadfile" | "package") {
        return diagnostic
            .note("recipes are sandboxed: they see no clock, no files and no programs of this machine")
            .hint("facts about the machine are in `node`; commands are resources or guards");
    }
    let line = compilation.line_that_runs(lua);
    diagnostic.hint(
        foreign::hint_for_name(name, &line).unwrap_or_else(|| foreign::hint_for_unknown(name, &line, known)),
    )
}

/// Creates `print`, which records its arguments as text, with the line of the call.
fn print(compilation: &Rc<Compilation>, lua: &Lua) -> mlua::Result<mlua::Function> {
    let this = Rc::clone(compilation);
    lua.create_function(move |lua, args: MultiValue| {
        let mut words = Vec::new();
        for value in &args {
            words.push(match value {
                // Addresses differ from run to run.
                LuaValue::Table(_) | LuaValue::Function(_) | LuaValue::Thread(_) => {
                    value.type_name().to_owned()
                }
                // Of a long text, only the part that is shown is copied.
                LuaValue::String(text) => {
                    let bytes = text.as_bytes();
                    String::from_utf8_lossy(&bytes[..bytes.len().min(MESSAGE_BYTES + 1)]).into_owned()
                }
                other => other.to_string()?,
            });
        }
        let mut text = words.join("\t");
        if text.len() > MESSAGE_BYTES {
            let end = (0..=MESSAGE_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.truncate(end);
            text.push('…');
        }
        let location = place::here(lua).unwrap_or_else(|| Location::new("", 0));
        let mut session = this.session.borrow_mut();
        if session.messages.len() < MESSAGES && this.allowance.take(text.len() + VALUE).is_ok() {
            session.messages.push((location, text));
        }
        Ok(())
    })
}
