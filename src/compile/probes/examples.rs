//! Values in the place of answers: those that the facts hold, and examples.

use serde_json::Value;

use crate::compile::allowance::Allowance;
use crate::compile::handed::fit;
use crate::model::probe::{ProbeQuestion, forbidden};
use crate::model::schema::Misfit;

/// Checks that a value can be the answer to a probe, and fills in keys that are left out.
pub(super) fn fitting(
    mut value: Value,
    question: &ProbeQuestion,
    allowance: &Allowance,
) -> Result<Value, Misfit> {
    if value.is_null() && question.may_be_absent() {
        return Ok(value);
    }
    // Lua does not tell an empty list from an empty table.
    if value.as_object().is_some_and(serde_json::Map::is_empty) && question.kind().is_list() {
        value = Value::Array(Vec::new());
    }
    if let Some(why) = forbidden(&value) {
        return Err(Misfit::new(why));
    }
    match fit(&mut value, &question.kind(), allowance).into_iter().next() {
        None => Ok(value),
        Some(misfit) => Err(misfit),
    }
}
