//! Values of declared properties and attributes: the check, and the form in which Lua reads them. Where one string or
//! several are allowed it is a list, and a file has the cookbook that owns it.

use serde_json::Value;

use crate::model::schema::{Kind, Misfit};

use super::allowance::Allowance;
use super::reference;

/// Checks and normalises a value, and tells what is wrong. What is filled in counts as memory of the compile.
pub(super) fn fit(value: &mut Value, kind: &Kind, allowance: &Allowance) -> Vec<Misfit> {
    let mut checked = kind.examine(value);
    if checked.filled > 0 && allowance.take(checked.filled).is_err() {
        checked.misfits.push(Misfit::new("holds too much data with the defaults of its keys"));
    }
    checked.misfits
}

/// Brings a value into this form. Names of files in it belong to the cookbook `owner`; it is empty for the project.
///
/// # Errors
/// A part that should name a file is something else.
pub(super) fn hand(value: &mut Value, kind: &Kind, owner: &str) -> Result<(), Misfit> {
    match (kind, &mut *value) {
        (Kind::Strings, Value::Array(_)) => Ok(()),
        (Kind::Strings, _) => {
            *value = Value::Array(vec![value.take()]);
            Ok(())
        }
        (Kind::Template | Kind::File | Kind::Tree, value) => file(value, kind, owner),
        (Kind::Limited(inner, _), value) => hand(value, inner, owner),
        (Kind::List(item), Value::Array(items)) if has_form(item) => {
            let mut items = items.iter_mut().enumerate();
            items.try_for_each(|(index, value)| {
                hand(value, item, owner).map_err(|misfit| misfit.within(&format!("[{}]", index + 1)))
            })
        }
        (Kind::Map(inner), Value::Object(map)) if has_form(inner) => {
            map.iter_mut().try_for_each(|(key, value)| {
                hand(value, inner, owner).map_err(|misfit| misfit.within(&format!(".{key}")))
            })
        }
        (Kind::Record(keys), Value::Object(map)) => {
            keys.iter().try_for_each(|key| match map.get_mut(&key.name) {
                Some(value) => {
                    hand(value, &key.kind, owner).map_err(|misfit| misfit.within(&format!(".{}", key.name)))
                }
                None => Ok(()),
            })
        }
        _ => Ok(()),
    }
}

/// Whether values of this kind may have another form than the one in which they were written.
fn has_form(kind: &Kind) -> bool {
    match kind {
        Kind::Strings | Kind::Template | Kind::File | Kind::Tree | Kind::Record(_) => true,
        Kind::List(inner) | Kind::Map(inner) | Kind::Limited(inner, _) => has_form(inner),
        _ => false,
    }
}

/// Only chefrs makes content of files. A table instead of a name would be content that is in no cookbook.
fn file(value: &mut Value, kind: &Kind, owner: &str) -> Result<(), Misfit> {
    let target = reference::read(value);
    if target.is_some_and(|target| target.fits(kind)) {
        return Ok(());
    }
    let found = match &*value {
        Value::String(path) => {
            *value = reference::made(kind, owner, path).unwrap_or_default();
            return Ok(());
        }
        _ if target.is_some() => "one of another kind",
        _ => "a table",
    };
    Err(Misfit::new(format!("takes {}, not {found}", kind.describe())))
}
