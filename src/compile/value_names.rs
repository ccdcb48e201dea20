//! Nouns for Lua values that chefrs defines, for messages: "a resource", "a guard".

use mlua::{AnyUserData, UserDataFields};

/// Key of the noun in the metatable, which recipes can't access.
const NOUN: &str = "__noun";

/// Sets the noun for all values of a type.
pub(super) fn add<T>(fields: &mut impl UserDataFields<T>, noun: &'static str) {
    fields.add_meta_field(NOUN, noun);
}

/// The noun of a value. None if its type has none.
pub(super) fn of(data: &AnyUserData) -> Option<String> {
    data.metatable().ok()?.get(NOUN).ok()
}
