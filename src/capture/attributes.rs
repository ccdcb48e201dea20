//! Names of domains and numbers of ports that stand in several files become attributes of the cookbook.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::{Map, Value, json};

use super::captured::Capture;
use super::declaration::CapturedResource;
use super::file_resources::place_of;
use super::recipes::{Recipe, SOURCES};
use super::secret_text::slug;
use super::template_text::as_template;
use crate::model::english::list;
use crate::model::lua_value::{ATTRIBUTE, RENDER, string};

/// Fewest resources in which a value stands.
const FEWEST: usize = 2;
/// Settings whose value is the name of a domain, in lowercase.
const OF_DOMAINS: [&str; 8] = [
    "server_name",
    "servername",
    "serveralias",
    "domain",
    "domains",
    "allowed_hosts",
    "hostname",
    "myhostname",
];
/// Ports below it are those of well-known services, which are no choice.
const FIRST_PORT: u32 = 1024;

/// A value that becomes an attribute.
struct RepeatedValue {
    name: String,
    is_port: bool,
    value: String,
    /// Names of the resources that it stands in.
    places: Vec<String>,
}

impl Capture {
    /// The recipes with attributes in place of the values that repeat, and the text of the file that declares these. No
    /// text if there are none.
    pub(super) fn with_attributes(&self, cookbook: &str) -> (BTreeMap<String, Recipe>, Option<String>) {
        let mut recipes = self.recipes.clone();
        let found = self.repeated_values();
        if found.is_empty() {
            return (recipes, None);
        }
        for (_, recipe) in recipes.iter_mut().filter(|(name, _)| *name != SOURCES) {
            for resource in recipe.parts_mut().into_iter().flatten() {
                if let Some(changed) = replaced(resource, &found, cookbook) {
                    *resource = changed;
                }
            }
        }
        (recipes, Some(declarations(&found)))
    }

    fn repeated_values(&self) -> Vec<RepeatedValue> {
        let mut domains: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut ports: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut named = BTreeSet::new();
        let others = self.recipes.iter().filter(|(name, _)| *name != SOURCES);
        for resource in others.flat_map(|(_, recipe)| recipe.declarations()) {
            let Some(text) = text_of(resource) else { continue };
            for line in text.lines().filter(|line| !is_comment(line)) {
                named.extend(named_domains(line));
                for (_, word) in words(line).filter(|(_, word)| is_domain(word)) {
                    domains.entry(word).or_default().insert(name_of(resource));
                }
                for range in port_ranges(line) {
                    ports.entry(&line[range]).or_default().insert(name_of(resource));
                }
            }
        }
        domains.retain(|domain, places| places.len() >= FEWEST && named.contains(domain));
        ports.retain(|_, places| places.len() >= FEWEST);
        let mut given: BTreeSet<String> = self.secrets.keys().cloned().collect();
        let mut found = Vec::new();
        for (kind, values) in [("domain", domains), ("port", ports)] {
            let is_only = values.len() == 1;
            for (value, places) in values {
                // The first label of a domain, or the file that a port stands in.
                let of = match kind {
                    "domain" => value.split('.').next().unwrap_or(value).to_owned(),
                    _ => stem_of(places.first().map_or("", String::as_str)),
                };
                let first = if is_only { kind.to_owned() } else { format!("{}_{kind}", slug(&of)) };
                let mut name = first.clone();
                for number in 2.. {
                    if given.insert(name.clone()) {
                        break;
                    }
                    name = format!("{first}_{number}");
                }
                let places = places.into_iter().collect();
                found.push(RepeatedValue { name, is_port: kind == "port", value: value.to_owned(), places });
            }
        }
        found
    }
}

/// The text that a resource brings, if it is all text.
fn text_of(resource: &CapturedResource) -> Option<&str> {
    let is_one = resource.names.len() == 1 && resource.property("drop_in").is_none();
    match resource.r#type.as_str() {
        "file" | "systemd_unit" if is_one && resource.files.is_empty() => {
            resource.property("content")?.as_str()
        }
        "cookbook_file" | "template" if is_one => std::str::from_utf8(&resource.files.first()?.1).ok(),
        _ => None,
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with(['#', ';', '/'])
}

/// The words of a line with their places: of letters, digits, dots and hyphens.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let start = line.as_ptr() as usize;
    line.split(ends).filter(|word| !word.is_empty()).map(move |word| (word.as_ptr() as usize - start, word))
}

/// Whether a word may be the name of a domain.
fn is_domain(word: &str) -> bool {
    let labels: Vec<&str> = word.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    labels.len() > 1
        && labels.iter().all(is_label)
        && labels
            .last()
            .is_some_and(|last| last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The domains in the value of a setting that is about domains.
fn named_domains(line: &str) -> Vec<&str> {
    let mut all = words(line).map(|(_, word)| word);
    let setting = all.next().map(str::to_ascii_lowercase).unwrap_or_default();
    // `BLOG_DOMAIN=…` as `DOMAIN=…`.
    let is_about = OF_DOMAINS.iter().any(|name| setting == *name || setting.ends_with(&format!("_{name}")));
    if is_about { all.filter(|word| is_domain(word)).collect() } else { Vec::new() }
}

/// Where the numbers of ports stand in a line: behind a colon, or in a setting about ports.
fn port_ranges(line: &str) -> Vec<Range<usize>> {
    let mut about = false;
    let mut found = Vec::new();
    for (start, word) in words(line) {
        let lower = word.to_ascii_lowercase();
        let is_behind_colon = line[..start].ends_with(':');
        let is_number = word.len() <= 5 && word.bytes().all(|byte| byte.is_ascii_digit());
        let number = word.parse::<u32>().ok().filter(|_| is_number && !word.starts_with('0'));
        if number.is_some_and(|number| (FIRST_PORT..=65_535).contains(&number)) && (about || is_behind_colon)
        {
            found.push(start..start + word.len());
        }
        about = lower == "listen" || lower == "port" || lower.ends_with("_port") || lower.ends_with("-port");
    }
    found
}

/// A resource with attributes in its text. None if it has no such value, or a text that a template can't have.
fn replaced(
    resource: &CapturedResource,
    values: &[RepeatedValue],
    cookbook: &str,
) -> Option<CapturedResource> {
    let name = name_of(resource);
    let here: Vec<&RepeatedValue> = values.iter().filter(|value| value.places.contains(&name)).collect();
    if here.is_empty() {
        return None;
    }
    let text = text_of(resource)?;
    let is_template = resource.r#type == "template";
    let plain = |text: &str, before_variable: bool| {
        if is_template { text.to_owned() } else { as_template(text, before_variable) }
    };
    let mut template = String::new();
    for line in text.split_inclusive('\n') {
        let mut done = 0;
        for (range, value) in if is_comment(line) { Vec::new() } else { places_in(line, &here) } {
            // In front of a variable these mean something else, and what is a template already has no words for them.
            if is_template && line[..range.start].ends_with(['\\', '{']) {
                return None;
            }
            template.push_str(&plain(&line[done..range.start], true));
            template.extend(["{{", &value.name, "}}"]);
            done = range.end;
        }
        template.push_str(&plain(&line[done..], false));
    }
    let path = resource.names.first()?;
    let mut variables: Map<String, Value> =
        resource.property("variables").and_then(Value::as_object).cloned().unwrap_or_default();
    for value in &here {
        variables.insert(value.name.clone(), json!({ ATTRIBUTE: format!("node.{cookbook}.{}", value.name) }));
    }
    let mut changed = resource.clone();
    changed.properties.retain(|(name, _)| !["content", "source", "variables"].contains(&name.as_str()));
    let rest = std::mem::take(&mut changed.properties);
    let source = match resource.r#type.as_str() {
        "systemd_unit" => format!("{path}.hbs"),
        _ => format!("{}.hbs", place_of(path.as_str().into())),
    };
    changed.files = vec![(format!("templates/{source}"), template.into_bytes())];
    if resource.r#type == "systemd_unit" {
        changed = changed.with("content", json!({ RENDER: [source, variables] }));
    } else {
        "template".clone_into(&mut changed.r#type);
        changed = changed.with("source", source).with("variables", Value::Object(variables));
    }
    changed.properties.extend(rest);
    Some(changed)
}

/// Where values stand in a line.
fn places_in<'v>(line: &str, values: &[&'v RepeatedValue]) -> Vec<(Range<usize>, &'v RepeatedValue)> {
    let ports = port_ranges(line);
    let of_word = |(start, word): (usize, &str)| {
        let range = start..start + word.len();
        let value =
            values.iter().find(|value| value.value == word && (!value.is_port || ports.contains(&range)));
        value.map(|value| (range, *value))
    };
    words(line).filter_map(of_word).collect()
}

fn name_of(resource: &CapturedResource) -> String {
    resource.names.join(", ")
}

/// The first part of the name of a file: `blog` of `/etc/default/blog.conf`.
fn stem_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).to_owned()
}

/// The text of `attributes.lua`.
fn declarations(values: &[RepeatedValue]) -> String {
    let mut text = "return attributes {\n".to_owned();
    for value in values {
        let (r#type, default) =
            if value.is_port { ("integer", value.value.clone()) } else { ("string", string(&value.value)) };
        let doc = string(&format!("It stands in {}.", list(&value.places, "and")));
        text.extend(["  ", &value.name, " = attribute.", r#type, " {\n    default = ", &default]);
        text.extend([",\n    doc = ", &doc, ",\n  },\n"]);
    }
    text + "}\n"
}
