//! What a message calls the values of ours that a cook's file can hold: "a resource", "a guard".

use mlua::{AnyUserData, UserDataFields};

/// Where the noun stands in the metatable, which no cook sees.
const NOUN: &str = "__noun";

/// Gives all values of a type their noun.
pub(super) fn add<T>(fields: &mut impl UserDataFields<T>, noun: &'static str) {
    fields.add_meta_field(NOUN, noun);
}

/// The noun of a value; nothing if its type has none.
pub(super) fn of(data: &AnyUserData) -> Option<String> {
    data.metatable().ok()?.get(NOUN).ok()
}
