//! Files that belong to somebody else and are edited: the first section names the way they are written, the second holds
//! the values or keys as JSON, the third is the file.

use chefrs::model::change::Change;
use chefrs::model::content::{Content, sha256};
use chefrs::model::known::{Known, Stop};
use chefrs::model::query::{Answer, FileKind, FileText, Host, Init, Query, Stat};
use chefrs::model::step::Step;
use chefrs::resources;
use serde_json::{Map, Value, json};

use super::text::sections;

const PATH: &str = "/etc/app";

/// Edits one: the text that comes of it holds the values, so editing it again changes nothing.
pub fn edits(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut sections = sections(&text);
    let format = sections.next().unwrap_or_default();
    let parameters: Value =
        sections.next().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let file = sections.next().unwrap_or_default();
    let (kind, action, properties) = declared(format.trim(), parameters);
    let kind = resources::find(kind).expect("a type");
    let Some(properties) = properties.as_object() else { return };
    let Ok(planner) = (kind.load)(properties) else { return };
    if planner.check(action).is_err() {
        return;
    }
    let Some(once) = edited(|known| planner.plan(action, known), file) else { return };
    let twice = edited(|known| planner.plan(action, known), &once);
    assert_eq!(twice.as_deref(), Some(once.as_str()), "a second run finds nothing to do");
}

/// The resource: `line`, `block`, or a format of `edit`, and `-` before it for what takes something out.
fn declared(word: &str, parameters: Value) -> (&'static str, &'static str, Value) {
    let (takes, word) = word.strip_prefix('-').map_or((false, word), |word| (true, word));
    let mut properties = match parameters {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    match word {
        "line" | "block" => {
            properties.insert("path".to_owned(), json!(PATH));
            let action = match (takes, word) {
                (true, _) => "remove",
                (false, "line") => "set",
                (false, _) => "create",
            };
            (if word == "line" { "line" } else { "block" }, action, Value::Object(properties))
        }
        format if takes => {
            let keys = properties.remove("keys").unwrap_or_default();
            ("edit", "remove", json!({ "path": PATH, "format": format, "keys": keys }))
        }
        format => ("edit", "set", json!({ "path": PATH, "format": format, "values": properties })),
    }
}

/// The text after the changes; nothing where the file can't be edited.
pub fn edited(plan: impl Fn(&Known) -> Result<Vec<Change>, Stop>, text: &str) -> Option<String> {
    let mut known = Known::from_answers([(Query::Host, Answer::Host(Box::new(host())))]);
    loop {
        match plan(&known) {
            Ok(changes) => {
                let mut text = text.to_owned();
                for step in changes.into_iter().flat_map(|change| change.steps) {
                    if let Step::WriteFile(write) = step
                        && let Content::Text(new) = write.content
                    {
                        text = new;
                    }
                }
                return Some(text);
            }
            Err(Stop::Wanted(queries)) => {
                for query in queries {
                    let answer = answer(&query, text);
                    known.insert(query, answer);
                }
            }
            Err(Stop::Failed(failure)) => {
                assert!(!failure.message.trim().is_empty());
                return None;
            }
            Err(Stop::Unknown(_) | Stop::Hindered(..)) => return None,
        }
    }
}

fn answer(query: &Query, text: &str) -> Answer {
    let is_file = query.path().is_some_and(|path| path == PATH);
    match query {
        Query::Read(_) if is_file => Answer::Read(Some(FileText::Text(text.to_owned()))),
        Query::Digest(_) if is_file => Answer::Digest(Some(sha256(text.as_bytes()))),
        Query::Stat(_) | Query::Resolve(_) => Answer::Stat(Some(stat(is_file, text))),
        Query::Read(_) => Answer::Read(None),
        _ => Answer::Digest(None),
    }
}

fn host() -> Host {
    Host {
        init: Init::Systemd,
        offline: None,
        attributes_unseen: false,
        downloader: None,
        user: "root".to_owned(),
        root: true,
        uname: Default::default(),
        package_manager: None,
        now: 0,
    }
}

fn stat(is_file: bool, text: &str) -> Stat {
    Stat {
        kind: if is_file { FileKind::File } else { FileKind::Directory },
        mode: if is_file { 0o644 } else { 0o755 },
        owner: "root".to_owned(),
        group: "root".to_owned(),
        uid: 0,
        gid: 0,
        size: text.len() as u64,
        modified: 0,
        inode: (1, 1),
        target: None,
        access: None,
    }
}
