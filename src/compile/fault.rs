//! Errors in Lua: raised as typed values, and unwrapped and translated when they come out.

use std::fmt;

use mlua::{Error, Lua};

use crate::model::english::shorten;
use crate::model::error::{Diagnostic, Location};
use crate::model::schema::Misfit;

use super::place;

/// Longest message in characters. It may contain names and values of any length.
pub(super) const MESSAGE: usize = 1000;

/// A diagnostic that is raised as a Lua error.
#[derive(Debug)]
pub(super) enum Fault {
    /// Not recorded yet. If the recipe catches it with `pcall`, it has no effect.
    Fresh(Box<Diagnostic>),
    /// Already recorded. Catching it changes nothing.
    Recorded(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fresh(diagnostic) => f.write_str(&diagnostic.message),
            Self::Recorded(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Fault {}

/// The error for a value that does not fit. `of` follows its name; it is empty or begins with a space.
pub(super) fn refused(misfit: &Misfit, name: &str, of: &str) -> Box<Diagnostic> {
    Box::new(told(misfit, Diagnostic::error(misfit.sentence(name, of))))
}

/// Adds the note and the suggestion of a misfit to an error.
pub(super) fn told(misfit: &Misfit, mut diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.notes.extend(misfit.note.clone());
    diagnostic.hints.extend(misfit.hint.clone());
    diagnostic
}

/// Raises a diagnostic that is not recorded.
pub(super) fn fresh(diagnostic: Diagnostic) -> Error {
    Error::external(Fault::Fresh(Box::new(diagnostic)))
}

/// Raises a diagnostic that is not recorded, at the line that is running.
pub(super) fn raised(lua: &Lua, diagnostic: Diagnostic) -> Error {
    fresh(match place::here(lua) {
        Some(location) if diagnostic.location.is_none() => diagnostic.at(location),
        _ => diagnostic,
    })
}

/// Raises an error that is recorded already.
pub(super) fn recorded(message: impl Into<String>) -> Error {
    Error::external(Fault::Recorded(message.into()))
}

/// Converts an error that came out of Lua. None if it is recorded already. The location may lack the excerpt.
pub(super) fn translate(error: &Error, file: &str) -> Option<Diagnostic> {
    match error {
        // mlua wraps an error of a callback, and `source()` of the wrapper is empty.
        Error::CallbackError { cause, .. } | Error::WithContext { cause, .. } => translate(cause, file),
        Error::BadArgument { cause, .. } if matches!(**cause, Error::ExternalError(_)) => {
            translate(cause, file)
        }
        Error::ExternalError(inner) => match inner.downcast_ref::<Fault>() {
            Some(Fault::Recorded(_)) => None,
            Some(Fault::Fresh(diagnostic)) => Some((**diagnostic).clone()),
            None => Some(Diagnostic::error(shorten(&inner.to_string(), MESSAGE)).at(Location::new(file, 0))),
        },
        error if is_memory(error) => Some(out_of_memory().at(Location::new(file, 0))),
        Error::SyntaxError { message, .. } => {
            let (location, text) = split_position(message, file);
            Some(syntax_error(location, &text))
        }
        Error::RuntimeError(message) => Some(runtime(message, file)),
        other => Some(Diagnostic::error(lower(&other.to_string())).at(Location::new(file, 0))),
    }
}

/// The error for a file that can't be parsed. If something was never closed, the location is where it was opened.
fn syntax_error(location: Location, text: &str) -> Diagnostic {
    let opened = || {
        let (wanted, rest) = text.strip_prefix("Expected '")?.split_once("' (to close '")?;
        let (opened, rest) = rest.split_once("' at line ")?;
        let (line, found) = rest.split_once("), got ")?;
        Some((wanted, opened, line.parse().ok()?, found))
    };
    match opened() {
        Some((wanted, opened, line, "<eof>")) => {
            Diagnostic::error(format!("syntax error: `{opened}` has no `{wanted}`"))
                .at(Location::new(location.file, line))
                .hint(format!("write `{wanted}` where it ends"))
        }
        _ => Diagnostic::error(format!("syntax error: {}", lower(text))).at(location),
    }
}

/// Whether the Lua engine ran out of memory. Errors that a recipe raises don't count, whatever they say.
pub(super) fn is_memory(error: &Error) -> bool {
    match error {
        Error::CallbackError { cause, .. } | Error::WithContext { cause, .. } => is_memory(cause),
        error => matches!(error, Error::MemoryError(_)),
    }
}

/// The error for memory that ran out.
pub(super) fn out_of_memory() -> Diagnostic {
    Diagnostic::error("the cookbooks use more memory than a compile may")
        .hint("build smaller tables and strings; large files belong in files/")
}

fn runtime(message: &str, file: &str) -> Diagnostic {
    let (message, stack) = match message.rfind("\nstack traceback:") {
        Some(at) => (message[..at].trim_end(), places(&message[at..])),
        None => (message, Vec::new()),
    };
    let message = &*shorten(message, MESSAGE);
    // A recipe may raise a text with any position, so only positions in the traceback are accepted.
    let (location, text) = match split_position(message, file) {
        (said, text) if stack.iter().any(|place| (&place.file, place.line) == (&said.file, said.line)) => {
            (said, text)
        }
        _ => {
            let innermost = stack.into_iter().next();
            (innermost.unwrap_or_else(|| Location::new(file, 0)), message.to_owned())
        }
    };
    let diagnostic = Diagnostic::error(explain(&text)).at(location);
    match hint(&text) {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// The lines of the cook's files in a traceback, innermost first.
fn places(traceback: &str) -> Vec<Location> {
    let places = traceback.lines().filter_map(|line| {
        let line = line.strip_prefix('\t')?;
        let end = line.find(".lua:")? + 4;
        let number = line[end + 1..].split(':').next()?.parse().ok()?;
        Some(Location::new(&line[..end], number))
    });
    places.collect()
}

/// Rewords a message of the Lua engine.
fn explain(text: &str) -> String {
    if address(text) || text == "<nil>" || text.is_empty() {
        return "`error` was called with something that is not text".into();
    }
    if text.contains("attempt to modify a readonly table") {
        return "this table is read-only".into();
    }
    if text.contains("stack overflow") {
        return "stack overflow: functions call each other without end".into();
    }
    if let Some((left, right)) = compared(text) {
        return format!("{} can't be compared with {}", noun(left), noun(right));
    }
    // Names of internal types.
    ["Deferred", "Predicate", "Handle", "NodeView", "RunView"]
        .into_iter()
        .fold(lower(text), |text, name| text.replace(name, noun(name)))
}

/// The types of two values that can't be compared.
fn compared(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("attempt to compare ")?;
    [" <= ", " < "].into_iter().find_map(|sign| rest.split_once(sign))
}

/// The noun for values of this type.
fn noun(name: &str) -> &str {
    match name {
        "Deferred" => "a deferred value",
        "Predicate" => "a guard",
        "Handle" => "a resource",
        "NodeView" => "`node`",
        "RunView" => "the result of a test",
        "string" => "a string",
        "number" => "a number",
        "boolean" => "a boolean",
        "table" => "a table",
        "function" => "a function",
        other => other,
    }
}

fn hint(text: &str) -> Option<&'static str> {
    if text.contains("attempt to modify a readonly table") {
        return Some(
            "`node`, libraries and values of other cookbooks can't be changed; `table.clone` makes a copy",
        );
    }
    match compared(text) {
        Some(("Deferred", _) | (_, "Deferred")) => {
            return Some(
                "it is only known when the resource that uses it is converged: an `execute` or a guard can compare it",
            );
        }
        Some(("string", "number") | ("number", "string")) => {
            return Some("`tonumber(…)` converts a string to a number");
        }
        Some(("nil", _) | (_, "nil")) => return Some("one of the two is nil"),
        _ => {}
    }
    if text.ends_with("got Deferred)") {
        return Some("pass it to a template as a variable: a template has helpers such as `{{upper value}}`");
    }
    if text.starts_with("attempt to index nil") {
        return Some("the value before the dot is nil");
    }
    None
}

/// Whether a text shows a memory address. It is not meant as a message, and differs in each run.
pub(super) fn address(text: &str) -> bool {
    // Every property value is checked, so search for the common part first.
    text.contains(": 0x")
        && ["table: 0x", "function: 0x", "userdata: 0x", "thread: 0x", "buffer: 0x"]
            .iter()
            .any(|mark| text.contains(mark))
}

/// Splits `file:line: ` off the front.
fn split_position(message: &str, file: &str) -> (Location, String) {
    if let Some(end) = message.find(".lua:") {
        let (path, rest) = message.split_at(end + 4);
        let mut parts = rest[1..].splitn(2, ':');
        let line = parts.next().and_then(|digits| digits.parse().ok());
        if let (Some(line), Some(text), false) = (line, parts.next(), path.contains(['\n', ' '])) {
            return (Location::new(path, line), text.trim_start().to_owned());
        }
    }
    (Location::new(file, 0), message.to_owned())
}

/// Makes the first letter lowercase, unless the first word is all capitals.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), second) if first.is_uppercase() && second.is_none_or(|c| !c.is_uppercase()) => {
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        _ => text.to_owned(),
    }
}
