//! The limits of data that was read from a text. What Lua can't hold is an error, so that nothing is lost in silence.

use serde_json::{Number, Value};

use crate::compile::convert::{DEPTH, EXACT, NODES, inexact, is_inexact};
use crate::model::english::shorten;
use crate::model::schema::Misfit;

/// Most characters of a key in a message.
const SHOWN: usize = 40;

/// Checks that Lua can hold the data.
///
/// # Errors
/// The part that it can't hold.
pub(super) fn check(value: &Value) -> Result<(), Misfit> {
    within(value, &mut NODES.clone(), DEPTH)
}

fn within(value: &Value, nodes: &mut usize, depth: usize) -> Result<(), Misfit> {
    *nodes = nodes.checked_sub(1).ok_or_else(|| Misfit::new("holds too much data"))?;
    match value {
        Value::Number(number) if is_beyond(number) => {
            Err(Misfit::new(inexact(number))
                .hint("Lua is exact up to 2^53: write it as a string in the text"))
        }
        Value::Array(_) | Value::Object(_) if depth == 0 => {
            Err(Misfit::new(format!("nests deeper than {DEPTH} lists and maps")))
        }
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            let found = match item {
                // The items after it would get other places.
                Value::Null => Err(Misfit::new("holds null in a list")
                    .hint("a list of Lua has no empty places: leave the item out of the text")),
                item => within(item, nodes, depth - 1),
            };
            found.map_err(|misfit| misfit.within(&format!("[{}]", index + 1)))
        }),
        Value::Object(map) => map.iter().try_for_each(|(key, item)| {
            within(item, nodes, depth - 1)
                .map_err(|misfit| misfit.within(&format!(".{}", shorten(key, SHOWN))))
        }),
        _ => Ok(()),
    }
}

fn is_beyond(number: &Number) -> bool {
    let whole = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
    match whole {
        Some(whole) => whole > EXACT,
        None => number.as_f64().is_some_and(is_inexact),
    }
}
