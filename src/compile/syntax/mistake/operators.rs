//! Operators of other languages.

use super::unreadable::{Recognised, Unreadable, error};

/// An operator, its equivalent in Lua, and a suggestion if there is none.
const OPERATORS: &[(&str, &str, &str)] = &[
    ("!==", "~=", "write `~=`"),
    ("!=", "~=", "write `~=`"),
    ("===", "==", "write `==`"),
    ("&&", "and", "write `and`"),
    ("||", "or", "write `or`"),
    ("=~", "", "write `string.find(text, \"pattern\") ~= nil`"),
    ("++", "", "write `i += 1`"),
    ("--", "", "write `i -= 1`"),
    ("**", "^", "write `^`"),
    ("?", "", "write `if condition then a else b`"),
    ("!", "not ", "write `not`"),
    ("$", "", "names have no prefix; facts and attributes are in `node`"),
    ("@", "", "names have no prefix"),
    ("%w", "", "write a list: `{ \"a\", \"b\" }`"),
];

/// An operator that Lua spells differently or does not have.
pub(super) fn operator(unreadable: &Unreadable<'_>) -> Recognised {
    // If its first character is an operator of Lua, parsing stopped after that.
    for at in [unreadable.at, unreadable.at.saturating_sub(1)] {
        let rest = unreadable.text.get(at..)?;
        let Some((sign, ours, hint)) = OPERATORS.iter().find(|(sign, ..)| rest.starts_with(sign)) else {
            continue;
        };
        if at < unreadable.at && !matches!(*sign, "===" | "=~" | "++" | "**") {
            continue;
        }
        let proposal = if ours.is_empty() { None } else { unreadable.proposal(at, at + sign.len(), ours) };
        let message = format!("Lua has no operator `{sign}`");
        return Some((at, error(message, proposal, hint)));
    }
    None
}
