//! The properties of every resource type: one table for the checks, the reference and editor types.

use serde_json::{Value, json};

use crate::model::schema::{Kind, Property};

/// When a notified action runs.
#[derive(Debug, Clone, Copy)]
pub struct TimingWord {
    /// As written in a recipe.
    pub word: &'static str,
    pub doc: &'static str,
}

/// All timings; the first is the default.
pub const TIMINGS: &[TimingWord] = &[
    TimingWord { word: "delayed", doc: "Once, after all resources. The default." },
    TimingWord { word: "immediately", doc: "Right after the resource that notifies." },
    TimingWord {
        word: "before",
        doc: "Before the resource that notifies is changed, and only if it will be.",
    },
];

/// Properties of every resource type, in the order of the reference.
#[must_use]
pub fn common_properties() -> Vec<Property> {
    let guard = Kind::Either(vec![Kind::Boolean, Kind::Command, Kind::Any]);
    let notices = Kind::List(Box::new(Kind::Any));
    let failure = notices.clone();
    let required = Kind::Either(vec![Kind::Any, Kind::List(Box::new(Kind::Any))]);
    vec![
        property(
            "action",
            Kind::Strings,
            None,
            "What to do: an action or a list of them, run in order. `nothing` waits for a notification. \
             Default: the first action of the type.",
        ),
        property(
            "only_if",
            guard.clone(),
            None,
            "Acts only if this is true: a boolean, `exists \"/path\"`, or a command that must exit with 0 (a string \
             for the shell, a list of arguments, or a table with `command`, `user`, `group`, `cwd`, `environment`, \
             `input`, `timeout`, `umask`). A list of strings is one command with its arguments. Several guards are a list of \
             guards, which must all be true: `{ exists \"/a\", { \"test\", \"-e\", \"/b\" } }`. A command that can't be run \
             is an error.",
        ),
        property(
            "not_if",
            guard,
            None,
            "Acts only if this is false. Of a list, all must be false. Takes the same values as `only_if`.",
        ),
        property(
            "notifies",
            notices.clone(),
            None,
            "Actions of other resources to run when this one was updated: `{ \"reload\", nginx }` or \
             `{ \"reload\", \"service[nginx]\", \"delayed\" }`, or a list of these. Timing is `delayed` (once, after \
             everything), `immediately`, or `before`. With `on_failure = \"skip\"` a delayed one is dropped when the \
             run fails; otherwise it still runs.",
        ),
        property(
            "subscribes",
            notices,
            None,
            "Actions of this resource to run when another one was updated. The reverse of `notifies`.",
        ),
        property(
            "requires",
            required,
            None,
            "Earlier resources without which this one is not run: `{ db, \"package[nginx]\" }`, or one of them. If one of them \
             failed, even if that failure is ignored, or was not run because of a failure, this one is not run, and the report \
             names the cause. What a resource needs without saying so, such as the directory around a file or its owner, \
             counts by itself with `--on-failure continue`.",
        ),
        property(
            "on_failure",
            failure,
            None,
            "Actions of other resources to run when this one has failed, after its `retries`: `{ \"run\", \"execute[roll back]\" }`, \
             or a list of these. They run directly after the failure, also if it is ignored. The run has failed all the same.",
        ),
        property("retries", Kind::Integer, Some(json!(0)), "Number of further attempts after a failure."),
        property("retry_delay", Kind::Integer, Some(json!(2)), "Seconds between attempts."),
        property(
            "ignore_failure",
            Kind::Boolean,
            Some(json!(false)),
            "Whether the run goes on after a failure of this resource.",
        ),
        property(
            "sensitive",
            Kind::Boolean,
            Some(json!(false)),
            "Whether differences, commands and their output are kept out of every report.",
        ),
        property(
            "diff",
            Kind::Boolean,
            Some(json!(true)),
            "Whether reports show what is different, for example the lines of a file. A type without a difference to show ignores it.",
        ),
        property(
            "tags",
            Kind::Strings,
            None,
            "Words by which a run can choose this resource: `chefrs run --only config`. A tag or a list of them, of \
             letters, digits, `_`, `-` and `.`. What is inside a custom resource has its tags, too.",
        ),
        property("why", Kind::String, None, "Why this resource is here. Shown in plans."),
    ]
}

fn property(name: &str, kind: Kind, default: Option<Value>, doc: &str) -> Property {
    Property {
        name: name.into(),
        kind,
        doc: doc.into(),
        default,
        is_computed: false,
        required: false,
        required_for: Vec::new(),
    }
}
