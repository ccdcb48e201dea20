//! Provider cases as data: `spec/resources/<type>/<case>.json` holds a declaration, what is known, and what follows.
//!
//! `declare` is `{"type", "name", "action", …properties}`; `known` is a list of `[query, answer]`;
//! `secret` says that one of the values is one;
//! `expect` is what the provider says: `{"changes": […]}`, `{"wanted": […]}`, `{"unknown": "…"}`, or `{"failed": {…}}`.
//! With `UPDATE_GOLDENS` set, `expect` is written anew; read it before you keep it.

use std::fs;
use std::path::Path;

use chefrs::model::change::Change;
use chefrs::model::known::{Known, Stop};
use chefrs::model::query::{Answer, Query};
use chefrs::provider::Planner;
use serde_json::{Map, Value, json};

use crate::goldens;

mod told;

/// One case, read.
pub struct Case {
    pub r#type: String,
    pub action: String,
    pub planner: Result<Box<dyn Planner>, Value>,
    pub known: Vec<(Query, Answer)>,
}

impl Case {
    /// Reads a case, and checks its declaration against the type's schema as the compile phase does.
    pub fn read(path: &Path) -> (Self, Map<String, Value>) {
        let text = fs::read_to_string(path).expect("the case can be read");
        let whole: Map<String, Value> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut declare = whole["declare"].as_object().expect("`declare` is an object").clone();
        let text = |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned));
        let r#type = text(declare.remove("type")).expect("`declare.type` is a string");
        let name = declare.remove("name").expect("`declare.name` is there");
        let action = text(declare.remove("action"));
        let entry = chefrs::resources::find(&r#type)
            .unwrap_or_else(|| panic!("{}: no resource type `{type}`", path.display()));
        if let Some(property) = entry.name_property {
            declare.entry(property).or_insert(name);
        }
        let schema = (entry.schema)();
        for (name, value) in &mut declare {
            let property = schema.property(name).unwrap_or_else(|| panic!("{}: no `{name}`", path.display()));
            // Sources are sealed by the compile phase; a case gives them sealed.
            property.kind.check(value).unwrap_or_else(|wrong| panic!("{}: `{name}` {wrong}", path.display()));
        }
        let action = action.unwrap_or_else(|| entry.actions[0].name.to_owned());
        assert!(
            action == "nothing" || entry.actions.iter().any(|known| known.name == action),
            "{}: no action `{action}`",
            path.display()
        );
        let known = whole.get("known").cloned().unwrap_or(json!([]));
        let known =
            serde_json::from_value(known).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut planner = (entry.load)(&declare).map_err(|failure| json!({ "failed": failure }));
        if whole.get("secret") == Some(&json!(true))
            && let Ok(planner) = &mut planner
        {
            planner.keep_secret();
        }
        (Self { r#type, action, planner, known }, whole)
    }

    /// A planner of a declaration as it stands in a case.
    pub fn planner(declare: &Map<String, Value>) -> Result<Box<dyn Planner>, Value> {
        let mut properties = declare.clone();
        properties.remove("action");
        let r#type = properties.remove("type").unwrap_or_default();
        let name = properties.remove("name").unwrap_or_default();
        let entry = r#type.as_str().and_then(chefrs::resources::find).expect("there is such a type");
        if let Some(property) = entry.name_property {
            properties.entry(property).or_insert(name);
        }
        (entry.load)(&properties).map_err(|failure| json!(failure))
    }

    /// What the provider says to it.
    pub fn plan(&self, known: &Known) -> Result<Vec<Change>, Value> {
        let planner = self.planner.as_ref().map_err(Value::clone)?;
        planner.check(&self.action).map_err(|failure| json!({ "refused": failure }))?;
        planner.plan(&self.action, known).map_err(|stop| match stop {
            Stop::Wanted(queries) => json!({ "wanted": queries }),
            Stop::Unknown(until) => json!({ "unknown": until }),
            Stop::Hindered(until, failure) => json!({ "unknown": until, "failed": failure }),
            Stop::Failed(failure) => json!({ "failed": failure }),
        })
    }
}

#[test]
fn every_case_follows_from_what_is_known() {
    let mut differences = Vec::new();
    for path in goldens::files("resources", "json") {
        let (case, mut whole) = Case::read(&path);
        let said = case.plan(&Known::from_answers(case.known.clone()));
        let expect = said.map_or_else(|other| other, |changes| json!({ "changes": changes }));
        whole.insert("expect".into(), expect);
        let text = serde_json::to_string_pretty(&Value::Object(whole)).expect("JSON can be written");
        differences.extend(goldens::compare(&path, &format!("{text}\n")));
    }
    goldens::none(&differences);
}
