//! Templates: the first section holds the variables as JSON, the second the template, each further one a partial.

use chefrs::model::content::{Content, Template};
use chefrs::template::{self, OUTPUT_LIMIT};
use serde_json::{Map, Value};

use super::text::{is_on_its_lines, sections};

/// Names of the partials.
const PARTIALS: [&str; 3] = ["a", "b", "c"];

/// Renders one.
pub fn template(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut sections = sections(&text);
    let variables: Map<String, Value> =
        sections.next().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let main = sections.next().unwrap_or_default().to_owned();
    let partials = PARTIALS.iter().zip(sections).map(|(name, text)| ((*name).to_owned(), text.to_owned()));
    let template = Template { name: "x.hbs".to_owned(), text: main, partials: partials.collect() };
    let named = template::partials(&template.name, &template.text);
    let rendered = template::render(&template, &variables);
    match &rendered {
        Ok(Content::Text(text)) => assert!(text.len() <= OUTPUT_LIMIT),
        Ok(_) => {}
        Err(mistake) => {
            is_on_its_lines(mistake);
            // The engine below is not to be relied on for texts that it can't read.
            assert_ne!(mistake.message, "the template engine gave up on this template", "{mistake}");
        }
    }
    assert_eq!(rendered, template::render(&template, &variables));
    if let (Ok(names), Ok(_)) = (named, rendered) {
        assert!(names.iter().all(|(name, _)| template.partials.contains_key(name)));
    }
}
