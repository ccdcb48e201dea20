//! Which programs common names mean, where somebody chose: alternatives that are set by hand, or whose program is of no
//! package.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;

use super::asking::{AskedMachine, text_of};
use super::declaration::CapturedResource;
use crate::model::error::Failure;
use crate::model::query::{Answer, Query};
use crate::model::step::Command;

/// Names the groups, of Debian and of Red Hat, that people had to do with.
const FIND: &str = "for d in /var/lib/dpkg/alternatives /var/lib/alternatives; do \
                    if cd $d 2>/dev/null; then grep -l -E -e '^manual$' -e '^/(usr/local|opt)/' -- * | sed \"s|^|$d/|\"; exit; fi; done";
/// The links that lead to what is chosen.
const CHOSEN: &str = "/etc/alternatives";
/// Where programs of no package are.
const OWN: [&str; 2] = ["/usr/local/", "/opt/"];

/// What is asked of them.
pub(super) fn question() -> Query {
    super::asking::query(Command::new(["/bin/sh", "-c", FIND]))
}

pub(super) fn read(asked: &mut AskedMachine<'_>) -> Result<Vec<CapturedResource>, Failure> {
    let printed = asked.printed(vec![Command::new(["/bin/sh", "-c", FIND])])?;
    let places: Vec<Utf8PathBuf> =
        printed.iter().flat_map(|text| text.lines()).map(Utf8PathBuf::from).collect();
    let names: Vec<&str> = places.iter().filter_map(|place| place.file_name()).collect();
    let links = names.iter().map(|name| Query::Stat(Utf8Path::new(CHOSEN).join(name)));
    let mut queries: Vec<Query> = places.iter().cloned().map(Query::Read).collect();
    queries.extend(links);
    asked.ask_ahead(queries)?;
    let texts = asked.texts(places.clone())?;
    let mut found = Vec::new();
    for (place, name) in places.iter().zip(names) {
        let link = asked.batch(&[Query::Stat(Utf8Path::new(CHOSEN).join(name))])?.pop();
        let Some(Answer::Stat(Some(link))) = link else { continue };
        found.extend(group(name, text_of(texts.get(place)), link.target.as_deref().unwrap_or_default()));
    }
    Ok(found)
}

/// The mode, the link, more links until an empty line, and then programs, each with its priority in the next line.
fn group(name: &str, text: &str, chosen: &str) -> Vec<CapturedResource> {
    let lines: Vec<&str> = text.lines().collect();
    let [mode, link, ref rest @ ..] = lines[..] else { return Vec::new() };
    let is_manual = mode == "manual";
    let programs = rest.iter().zip(rest.iter().skip(1)).filter_map(|(path, priority)| {
        let is_own = OWN.iter().any(|place| path.starts_with(place));
        Some((*path, priority.parse::<i64>().ok().filter(|_| is_own)?))
    });
    let mut found: Vec<CapturedResource> = programs
        .map(|(path, priority)| {
            let mut own = CapturedResource::new("alternatives", name);
            if link != format!("/usr/bin/{name}") {
                own = own.with("link", link);
            }
            let own = own.with("path", path).with("priority", priority);
            let is_set = is_manual && path == chosen;
            own.with("action", if is_set { json!(["install", "set"]) } else { json!("install") })
        })
        .collect();
    if is_manual && !found.iter().any(|own| own.property("path") == Some(&json!(chosen))) {
        found.push(CapturedResource::new("alternatives", name).with("path", chosen).with("action", "set"));
    }
    found
}
