//! Why a value is not accepted, in words.

use serde_json::Value;

use super::kind::Kind;
use super::limits::ValueLimits;
use super::value::found;
use crate::model::english::{nearest, shorten};

/// Most characters of a text in a message.
pub(super) const SHOWN: usize = 40;

/// Why a value, or a part of it, is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The part, to follow the name of the property: `[3].port`. Empty for the whole value.
    pub path: String,
    /// What was expected and what was found, to complete "property `x` …".
    pub problem: String,
    /// What the cookbook says about it instead.
    pub message: Option<String>,
    pub note: Option<String>,
    pub hint: Option<String>,
}

impl Misfit {
    /// Creates a misfit of a whole value.
    #[must_use]
    pub fn new(problem: impl Into<String>) -> Self {
        Self { path: String::new(), problem: problem.into(), message: None, note: None, hint: None }
    }

    /// Adds a suggestion.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Makes it a misfit of a larger value, in which the part is at this path.
    #[must_use]
    pub fn within(mut self, path: &str) -> Self {
        self.path.insert_str(0, path);
        self
    }

    /// The sentence about a named value: "`x[3].port` takes …". `of` follows the name; it is empty or begins with a space.
    #[must_use]
    pub fn sentence(&self, name: &str, of: &str) -> String {
        match &self.message {
            Some(message) => format!("`{name}{}`{of}: {message}", self.path),
            None => format!("`{name}{}`{of} {}", self.path, self.problem),
        }
    }
}

/// The misfit of a deferred value. None if the kind accepts one.
pub(super) fn deferred(kind: &Kind) -> Option<Misfit> {
    let misfit = || Misfit::new(format!("can't be deferred: it takes {}", kind.describe()));
    match kind {
        Kind::String | Kind::Text | Kind::Any | Kind::Variables | Kind::Strings => None,
        Kind::Either(kinds) if kinds.contains(&Kind::String) => None,
        Kind::Limited(inner, limits) if **inner == Kind::Strings && !limits.are_on_items() => None,
        Kind::Limited(inner, _) if matches!(**inner, Kind::String | Kind::Text | Kind::Strings) => {
            Some(misfit().hint("its limits can't be checked on a value that is only known later"))
        }
        Kind::Path => Some(misfit().hint(
            "take the path from an attribute or a fact in `node`, or let a command of an `execute` find it",
        )),
        _ => Some(misfit().hint("only string properties accept deferred values")),
    }
}

/// What an item of a list of strings may be.
pub(super) fn one_of_several(limits: &ValueLimits) -> Kind {
    let limits = ValueLimits { min_length: None, max_length: None, ..limits.clone() };
    Kind::Limited(Box::new(Kind::String), Box::new(limits))
}

/// The misfit of a value that is outside of the limits.
pub(super) fn not_allowed(whole: &Kind, limits: &ValueLimits, value: &Value) -> Misfit {
    let shown = match value {
        Value::String(text) => Value::from(&*shorten(text, SHOWN)).to_string(),
        other => found(other),
    };
    let misfit = Misfit::new(format!("takes {}, not {shown}", whole.describe()));
    let near = value.as_str().and_then(|text| nearest(text, limits.one_of.iter().filter_map(Value::as_str)));
    match near {
        Some(near) => misfit.hint(format!("did you mean {}?", Value::from(near))),
        None => misfit,
    }
}

/// The misfit of a value of another kind.
pub(super) fn other_kind(kind: &Kind, value: &Value) -> Misfit {
    let misfit = Misfit::new(format!("takes {}, not {}", kind.describe(), found(value)));
    match (kind, value) {
        (Kind::String | Kind::Text, Value::Number(number)) => {
            misfit.hint(format!("put it in quotes: \"{number}\""))
        }
        (Kind::Limited(inner, _), value) => Misfit { hint: other_kind(inner, value).hint, ..misfit },
        _ => misfit,
    }
}
