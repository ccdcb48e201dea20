//! The properties that every resource type has: one table for the checks, the reference and editor types.

use serde_json::{Value, json};

use crate::model::schema::{Kind, Property};

/// When a notified action runs, as a cook writes it.
pub const TIMINGS: &[&str] = &["delayed", "immediately", "before"];

/// Properties of every resource type, in the order of the reference.
#[must_use]
pub fn common_properties() -> Vec<Property> {
    let guard = Kind::Either(vec![Kind::Boolean, Kind::Command, Kind::Any]);
    let notices = Kind::List(Box::new(Kind::Any));
    vec![
        property(
            "action",
            Kind::Strings,
            None,
            "What to do: an action or a list of them, run in order. `nothing` waits for a notification. \
             Unless said, the first action of the type.",
        ),
        property(
            "only_if",
            guard.clone(),
            None,
            "Acts only if this holds: a boolean, `exists \"/path\"`, or a command that must exit with 0 (a string \
             for the shell, a list of arguments, or a table with `command`, `user`, `group`, `cwd`, `environment`, \
             `timeout`, `umask`). A list of these must hold entirely. A command that can't be run is an error.",
        ),
        property(
            "not_if",
            guard,
            None,
            "Acts only if this does not hold; of a list, if none does. Takes what `only_if` takes.",
        ),
        property(
            "notifies",
            notices.clone(),
            None,
            "What another resource does when this one was updated: `{ \"reload\", nginx }` or \
             `{ \"reload\", \"service[nginx]\", \"delayed\" }`, or a list of these. Timing is `delayed` (once, after \
             everything), `immediately`, or `before`. With `on_failure = \"skip\"` a delayed one is dropped when the \
             run fails; otherwise it still runs.",
        ),
        property(
            "subscribes",
            notices,
            None,
            "What this resource does when another one was updated; `notifies` seen from the other side.",
        ),
        property("retries", Kind::Integer, Some(json!(0)), "Further attempts after a failure."),
        property("retry_delay", Kind::Integer, Some(json!(2)), "Seconds between attempts."),
        property("ignore_failure", Kind::Boolean, Some(json!(false)), "Reports a failure and goes on."),
        property(
            "sensitive",
            Kind::Boolean,
            Some(json!(false)),
            "Keeps diffs, commands and their output out of every report.",
        ),
        property("why", Kind::String, None, "Why this resource is here; shown in plans and exports."),
    ]
}

fn property(name: &str, kind: Kind, default: Option<Value>, doc: &str) -> Property {
    Property { name: name.into(), kind, doc: doc.into(), default, required: false, required_for: Vec::new() }
}
