//! What a collection needs beside itself: the secrets that it names, and bytes by digest. No others leave this machine.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::blob::{BlobRef, Blobs};
use crate::model::collection::{Collection, deferred};
use crate::model::message::Secrets;

/// The secrets that properties name, as far as they are known here.
pub(super) fn secrets(collection: &Collection, known: &BTreeMap<String, String>) -> Secrets {
    let mut names = BTreeSet::new();
    for value in collection.rows.iter().flat_map(|row| row.properties.values()) {
        visit(value, &mut |map| {
            if let Some(Value::String(name)) = map.get(deferred::SECRET) {
                names.insert(deferred::secret_key(name));
            }
        });
    }
    let values = known.iter().filter(|(name, _)| names.contains(*name));
    Secrets(values.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// All bytes that properties name by digest and that are at hand here, sorted, each once.
pub(super) fn blobs(collection: &Collection, provided: &Blobs) -> Vec<BlobRef> {
    let mut found = BTreeMap::new();
    for value in collection.rows.iter().flat_map(|row| row.properties.values()) {
        visit(value, &mut |map| {
            // `{"blob": {"sha256": …, "size": …}}` is how content is written; a cook's own table of that form names no
            // bytes that are here.
            if let Some(Ok(blob)) =
                map.get("blob").map(|blob| serde_json::from_value::<BlobRef>(blob.clone()))
                && provided.contains_key(&blob.sha256)
            {
                found.insert(blob.sha256.clone(), blob);
            }
        });
    }
    found.into_values().collect()
}

fn visit(value: &Value, see: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit(item, see)),
        Value::Object(map) => {
            see(map);
            map.values().for_each(|item| visit(item, see));
        }
        _ => {}
    }
}
