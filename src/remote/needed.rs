//! The secrets and blobs that a collection refers to. No others are sent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::blob::{BlobRef, Blobs};
use crate::model::collection::{Collection, deferred};
use crate::model::secrets::Secrets;

/// The known secrets that properties refer to.
pub(super) fn secrets(collection: &Collection, known: &BTreeMap<String, String>) -> Secrets {
    let names: BTreeSet<String> = collection.secrets().into_keys().map(deferred::secret_key).collect();
    let values = known.iter().filter(|(name, _)| names.contains(*name));
    values.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The available blobs that properties refer to, sorted, without duplicates.
pub(super) fn blobs(collection: &Collection, provided: &Blobs) -> Vec<BlobRef> {
    let mut found = BTreeMap::new();
    for value in collection.rows.iter().flat_map(|row| row.properties.values()) {
        visit(value, &mut |map| {
            // Content is written as `{"blob": {"sha256": …, "size": …}}`. If a user's own table looks like that, its
            // digest is not among the available blobs.
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
