//! Checks the result of the sandboxed process, which is not trusted, before the rest of the program uses it.

use serde_json::{Map, Value};

use super::message::Rest;
use crate::compile::Compiled;
use crate::cookbook::outline::embedded;
use crate::model::blob::{BlobSource, Blobs};
use crate::model::collection::{Collection, Row};

/// Assembles the result of a compile. `told` has the properties of declarations that were sent before the rows, `known`
/// the blobs that were lent to the compile.
pub(super) fn compiled(
    mut rows: Vec<Row>,
    told: Vec<(usize, Map<String, Value>)>,
    rest: Rest,
    mut known: Blobs,
) -> Result<Compiled, &'static str> {
    for (declaration, properties) in told {
        let row = rest.rows.get(declaration).and_then(|&row| rows.get_mut(row));
        row.ok_or("a declaration that was told has no row")?.properties = properties;
    }
    let collection = Collection {
        schema: rest.schema,
        run_list: rest.run_list,
        probes: rest.asked,
        rows,
        ..Collection::default()
    };
    collection.check_links()?;
    if !rest.rows.iter().all(|row| *row < collection.rows.len()) {
        return Err("a declaration has no row");
    }
    let mut blobs = Blobs::new();
    for sha256 in rest.blobs {
        let source = known.remove(&sha256).or_else(|| embedded(&sha256).map(BlobSource::Embedded));
        blobs.insert(sha256, source.ok_or("bytes are named that nobody has")?);
    }
    Ok(Compiled {
        collection,
        rows: rest.rows,
        blobs,
        warnings: rest.warnings,
        attributes: rest.attributes,
        types: rest.types,
        tasks: rest.tasks,
        probes: rest.probes,
        messages: rest.messages,
    })
}
