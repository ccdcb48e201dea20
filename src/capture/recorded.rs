//! A capture as data: what it has, to compare others with it later.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::captured::Capture;
use super::declaration::CapturedResource;
use crate::model::error::Failure;

/// Version of the form.
const FORM: u64 = 1;

impl Capture {
    /// All resources as JSON. The same capture gives the same bytes.
    #[must_use]
    pub fn recorded(&self) -> String {
        let resources: Vec<Value> = self.declarations().map(of_resource).collect();
        format!("{:#}\n", json!({ "capture": FORM, "resources": resources }))
    }
}

fn of_resource(resource: &CapturedResource) -> Value {
    let files = resource.files.iter().map(|(path, bytes)| json!([path, STANDARD.encode(bytes)]));
    json!({
        "type": resource.r#type,
        "names": resource.names,
        "properties": resource.properties,
        "notifies": resource.notifies,
        "files": files.collect::<Vec<_>>(),
    })
}

/// Reads what [`Capture::recorded`] wrote.
///
/// # Errors
/// The text is something else.
pub fn read_recorded(text: &str) -> Result<Vec<CapturedResource>, Failure> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| Failure::new(format!("it is no capture: {error}")))?;
    if value["capture"].as_u64() != Some(FORM) {
        return Err(Failure::new(format!("it is no capture of the form {FORM}, which this chefrs reads")));
    }
    let resources = value["resources"].as_array().into_iter().flatten();
    resources
        .map(|value| {
            resource(value).ok_or_else(|| Failure::new(format!("it has no resource where it says {value}")))
        })
        .collect()
}

fn resource(value: &Value) -> Option<CapturedResource> {
    let words = |value: &Value| {
        value.as_array()?.iter().map(|word| word.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    };
    let pairs =
        |name: &str| value[name].as_array().map(|pairs| pairs.iter().map(|pair| (&pair[0], &pair[1])));
    Some(CapturedResource {
        r#type: value["type"].as_str()?.to_owned(),
        names: words(&value["names"])?,
        properties: pairs("properties")?
            .map(|(name, value)| Some((name.as_str()?.to_owned(), value.clone())))
            .collect::<Option<_>>()?,
        notifies: value["notifies"].as_array()?.iter().map(words).collect::<Option<_>>()?,
        evidence: Vec::new(),
        files: pairs("files")?
            .map(|(path, bytes)| Some((path.as_str()?.to_owned(), STANDARD.decode(bytes.as_str()?).ok()?)))
            .collect::<Option<_>>()?,
    })
}
