//! Replaces functions of Lua whose results depend on addresses, garbage collection or deferred values. Also defines the
//! checks that rewritten source calls.

use mlua::chunk::ChunkMode;
use mlua::{Error, Lua, Table, Value as LuaValue};

use crate::model::english::shorten;
use crate::model::error::Diagnostic;

use super::convert::describe;
use super::deferred::{self, Deferred, misused};
use super::fault::raised;
use super::guard::Predicate;
use super::syntax::Check;

/// Written in Lua, because a callback for each comparison would be too slow. The bytecode of `language/prelude.lua`: compiling
/// it takes longer than a small recipe. A spec compares both, and writes the bytecode when `UPDATE_GOLDENS` is set.
const PRELUDE: &[u8] = include_bytes!("language/prelude.bytecode");

/// Names of the functions that rewritten source calls.
pub(super) fn checks() -> impl Iterator<Item = &'static str> {
    Check::ALL.into_iter().map(Check::name)
}

/// Replaces the functions in a new state. Errors that are caused by a lack of memory are passed to `out_of_memory`,
/// which returns the error to raise.
pub(super) fn install(lua: &Lua, out_of_memory: impl Fn(&Lua) -> Error + 'static) -> mlua::Result<()> {
    let native = lua.create_table()?;
    native.raw_set("judge", lua.create_function(judge)?)?;
    native.raw_set("judge_text", lua.create_function(judge_text)?)?;
    native.raw_set(
        "is_deferred",
        lua.create_function(|_, value: mlua::AnyUserData| Ok(value.is::<Deferred>()))?,
    )?;
    native.raw_set("interpolated", lua.create_function(deferred::interpolated)?)?;
    native.raw_set("concatenated", lua.create_function(deferred::concatenated)?)?;
    native.raw_set("refuse_key", lua.create_function(refuse_key)?)?;
    native.raw_set(
        "refuse_weak",
        lua.create_function(|lua, ()| -> mlua::Result<()> { Err(raised(lua, weak())) })?,
    )?;
    native.raw_set("refuse_mixed", lua.create_function(refuse_mixed)?)?;
    native.raw_set("refuse_item", lua.create_function(refuse_item)?)?;
    native.raw_set("has_line", lua.create_function(|lua, level: f64| Ok(has_line(lua, level)))?)?;
    native.raw_set("own_iteration", lua.create_function(own_iteration)?)?;
    let caught = move |lua: &Lua, error: LuaValue| {
        if is_out_of_memory(&error) { Err(out_of_memory(lua)) } else { Ok(()) }
    };
    native.raw_set("caught", lua.create_function(caught)?)?;
    let prelude = lua.load(PRELUDE).set_name("=language").set_mode(ChunkMode::Binary);
    let (replaced, checks): (Table, Table) = prelude.call(native)?;
    let globals = lua.globals();
    for pair in replaced.pairs::<LuaValue, LuaValue>().chain(checks.pairs()) {
        let (name, function) = pair?;
        globals.raw_set(name, function)?;
    }
    Ok(())
}

/// The error for a weak table: its content depends on when the garbage collector runs.
pub(super) fn weak() -> Diagnostic {
    Diagnostic::error("weak tables (`__mode`) are not available")
        .note("the content of such a table depends on garbage collection, and differs from run to run")
        .hint("use a plain table")
}

/// Whether the function at this stack level has line numbers, so that an error there starts with its position.
fn has_line(lua: &Lua, level: f64) -> bool {
    // No stack is deeper, and other numbers are not levels.
    if !(1.0..1e6).contains(&level) {
        return false;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 1 and a million"
    )]
    let level = level as usize;
    lua.inspect_stack(level, |debug| debug.current_line().is_some()).unwrap_or(false)
}

/// Raises an error for a deferred value.
fn judge(lua: &Lua, (value, used): (LuaValue, String)) -> mlua::Result<()> {
    let LuaValue::UserData(data) = &value else { return Ok(()) };
    if data.is::<Deferred>() {
        return Err(raised(lua, misused(&used).hint("`~= nil` tests whether there is one")));
    }
    if data.is::<Predicate>() {
        let diagnostic = Diagnostic::error(format!("a guard can't be {used} in a recipe"))
            .note("the machine is asked only when the resource with the guard converges")
            .hint("give it to `only_if` or `not_if` of each resource that depends on it");
        return Err(raised(lua, diagnostic));
    }
    Ok(())
}

/// Raises an error for a value that has no text, or none that is the same in each run.
fn judge_text(lua: &Lua, (value, what): (LuaValue, String)) -> mlua::Result<()> {
    let has_text = match &value {
        LuaValue::Nil => false,
        LuaValue::Table(table) => table.metatable().is_some_and(|meta| has(&meta, "__tostring")),
        // A value with `__tostring` returns its text, or raises an error.
        LuaValue::UserData(data) => {
            data.metatable().is_ok_and(|meta| meta.contains("__tostring").unwrap_or(false))
        }
        LuaValue::Function(_) | LuaValue::Thread(_) | LuaValue::Buffer(_) | LuaValue::LightUserData(_) => {
            false
        }
        _ => true,
    };
    if has_text {
        return Ok(());
    }
    let diagnostic = Diagnostic::error(format!("{what} {}", describe(&value)));
    Err(raised(
        lua,
        match value {
            LuaValue::Nil => diagnostic.hint("`{x or \"…\"}` gives a default for a missing `x`"),
            LuaValue::Table(_) => diagnostic.hint("name a field of it, or join a list with `table.concat`"),
            LuaValue::Function(_) => diagnostic.hint("a function is called with brackets: `{f()}`"),
            _ => diagnostic,
        },
    ))
}

/// Raises an error for a key whose position in a loop differs from run to run.
fn refuse_key(lua: &Lua, key: LuaValue) -> mlua::Result<()> {
    let diagnostic =
        Diagnostic::error(format!("a table with {} as a key has no defined order", describe(&key)))
            .note("the order of such keys differs from run to run")
            .hint("use names or numbers as keys, or keep a list beside it");
    Err(raised(lua, diagnostic))
}

/// Raises an error for comparing a number with a string that reads as a number.
fn refuse_mixed(lua: &Lua, (text, number): (String, f64)) -> mlua::Result<()> {
    let text = shorten(&text, 40).into_owned();
    let diagnostic =
        Diagnostic::error(format!("the string \"{text}\" and the number {number} are never equal"))
            .hint(format!("compare strings: `\"{number}\"`"))
            .hint("or compare numbers: `tonumber(…)` converts the string");
    Err(raised(lua, diagnostic))
}

/// Raises an error for an index that no list has.
fn refuse_item(lua: &Lua, item: f64) -> mlua::Result<()> {
    let diagnostic = if item == 0.0 {
        Diagnostic::error("a list has no item 0: lists count from 1").hint("`list[1]` is the first item")
    } else {
        Diagnostic::error("a list has no items below 1: indexes don't count from the end")
            .hint("`list[#list]` is the last item")
    };
    Err(raised(lua, diagnostic))
}

/// The `__iter` of a table, if any, and whether the table can be called.
fn own_iteration(_: &Lua, table: Table) -> mlua::Result<(LuaValue, bool)> {
    let Some(meta) = table.metatable() else { return Ok((LuaValue::Nil, false)) };
    Ok((meta.raw_get("__iter")?, has(&meta, "__call")))
}

fn has(meta: &Table, key: &str) -> bool {
    meta.raw_get::<LuaValue>(key).is_ok_and(|value| !value.is_nil())
}

/// Whether an error caught by a recipe is the engine's own error for a lack of memory.
fn is_out_of_memory(error: &LuaValue) -> bool {
    fn is_caused_by_it(error: &Error) -> bool {
        match error {
            Error::MemoryError(_) => true,
            Error::CallbackError { cause, .. } | Error::WithContext { cause, .. } => is_caused_by_it(cause),
            _ => false,
        }
    }
    match error {
        // The engine always uses this text.
        LuaValue::String(text) => text.as_bytes() == &b"not enough memory"[..],
        LuaValue::Error(error) => is_caused_by_it(error),
        _ => false,
    }
}
