//! By what a machine, and what was compiled for it, are known again when a saved plan is applied.

use serde_json::Value;

use crate::model::content::sha256;
use crate::model::error::Location;
use crate::model::redact::Redactor;
use crate::run::SealedCollection;

use super::saved_plan::TargetMarks;

/// Number of digits of a row's digest that are kept. They only tell which row differs.
pub(super) const DIGITS: usize = 16;

/// The marks of a target. No secret is in them, not even as part of a digest.
pub(super) fn marks(sealed: &SealedCollection<'_>) -> TargetMarks {
    let SealedCollection { machine_id, hostname, collection, secrets, .. } = *sealed;
    let redactor = Redactor::new(secrets);
    let mut rows = String::new();
    let mut digests = collection.run_list.join("\n");
    for row in &collection.rows {
        let mut row = row.clone();
        // Another line of the same file is the same declaration.
        row.location = Location::new("", 0);
        let mut value = serde_json::to_value(row).unwrap_or_default();
        if !redactor.is_idle() {
            mask(&mut value, &redactor);
        }
        let digest = sha256(value.to_string().as_bytes());
        rows.push_str(&digest[..DIGITS]);
        digests.push('\n');
        digests.push_str(&digest);
    }
    let machine = if machine_id.is_empty() { hostname } else { machine_id };
    TargetMarks {
        machine: sha256(format!("the machine of a saved plan: {machine}").as_bytes()),
        hostname: hostname.to_owned(),
        collection: sha256(digests.as_bytes()),
        rows,
    }
}

/// Masks the secrets that a recipe has as plain text.
fn mask(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::String(text) => redactor.list(&mut [text]),
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, redactor)),
        Value::Object(map) => map.values_mut().for_each(|item| mask(item, redactor)),
        _ => {}
    }
}
