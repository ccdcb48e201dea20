//! Edits of YAML, many of them by chance: what is read afterwards is what was there and what was set, by a reader that
//! shares nothing with the editor, and every other line is the one that it was, byte for byte.

use std::collections::BTreeMap;

use chefrs::model::known::{Known, Stop};
use chefrs::resources;
use serde_json::{Map, Value, json};

use super::targets::edited;
use crate::laws::random::Random;

/// Files, each with edits of its own.
const FILES: usize = 400;
/// Edits of a file, one after another.
const EDITS: usize = 6;

/// Keys of a map, as they are written and as they are read.
const KEYS: [(&str, &str); 9] = [
    ("name", "name"),
    ("max-size", "max-size"),
    ("\"on\"", "on"),
    ("'it''s'", "it's"),
    ("\"a b\"", "a b"),
    ("'8080'", "8080"),
    ("x.y", "x.y"),
    ("_z", "_z"),
    ("\"a: b\"", "a: b"),
];
/// Texts that a careless writer would not quote, or quote wrongly.
const TEXTS: [&str; 34] = [
    "",
    " ",
    "plain",
    "two words",
    "yes",
    "No",
    "on",
    "null",
    "~",
    "1",
    "1.0",
    "0x1f",
    "0o7",
    "1e3",
    "1_000",
    "12:30:45",
    "2026-01-01",
    "- x",
    "a: b",
    "# c",
    "a #b",
    "it's",
    "\"q\"",
    "back\\slash",
    "two\nlines",
    "tab\t",
    "\u{fc}\u{2028}",
    "{x}",
    "[x]",
    "&a",
    "*a",
    "!t",
    "| x",
    "%",
];

/// What is in a file: the values by their paths, in the order of the file. A map has none of its own.
type Leaves = BTreeMap<Vec<String>, Value>;

fn value(random: &mut Random) -> Value {
    match random.below(8) {
        0 => json!(random.below(70_000)),
        1 => json!(random.percent(50)),
        2 => Value::Null,
        3 => (0..=random.below(3)).map(|_| Value::from(random.pick(&TEXTS))).collect(),
        _ => Value::from(random.pick(&TEXTS)),
    }
}

/// A scalar in one of the ways in which people write it.
fn written(value: &Value, random: &mut Random) -> String {
    match value {
        Value::String(text) => {
            let is_simple = !text.contains(char::is_control) && !text.contains('\u{2028}');
            if matches!(text.as_str(), "plain" | "two words") && random.percent(60) {
                text.clone()
            } else if is_simple && random.percent(50) {
                format!("'{}'", text.replace('\'', "''"))
            } else {
                value.to_string().replace('\u{2028}', "\\u2028")
            }
        }
        other => other.to_string(),
    }
}

/// A map of a file, and below it others.
fn map(text: &mut String, depth: usize, step: usize, end: &str, random: &mut Random) {
    let indent = " ".repeat(depth * step);
    let first = random.below(KEYS.len());
    for number in 0..=random.below(4) {
        if random.percent(15) {
            text.extend([&indent, "# a comment: here", end]);
        }
        if random.percent(10) {
            text.push_str(end);
        }
        let (key, _) = KEYS[(first + number) % KEYS.len()];
        text.extend([&indent, key, ":"]);
        if depth < 2 && random.percent(35) {
            text.push_str(end);
            map(text, depth + 1, step, end, random);
            continue;
        }
        match value(random) {
            Value::Array(items) if random.percent(50) => {
                text.push_str(end);
                let dash = if random.percent(50) { "- " } else { "  - " };
                for item in items {
                    text.extend([&indent, dash, &written(&item, random), end]);
                }
            }
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                text.extend([" [", &items.join(", ").replace('\u{2028}', "\\u2028"), "]", end]);
            }
            single => {
                let note = if random.percent(20) { "  # a note" } else { "" };
                text.extend([" ", &written(&single, random), note, end]);
            }
        }
    }
}

/// What a scalar without quotes is, in YAML 1.1 or 1.2: a text only if it is one in both.
fn resolved(text: &str) -> Value {
    match text {
        "" | "~" | "null" => return Value::Null,
        "true" => return json!(true),
        "false" => return json!(false),
        _ => {}
    }
    if let Ok(number @ Value::Number(_)) = serde_json::from_str(text) {
        return number;
    }
    let lower = text.to_ascii_lowercase();
    let is_word = ["yes", "no", "on", "off", "y", "n", "true", "false", "null"].contains(&lower.as_str());
    let special = text.starts_with(|c: char| "-?:,[]{}#&*!|>'\"%@`.+".contains(c) || c.is_ascii_digit());
    let broken = text.contains(": ") || text.contains(" #") || text.ends_with(':') || text.trim() != text;
    assert!(!(is_word || special || broken), "`{text}` is no text without quotes");
    Value::from(text)
}

/// A scalar, and what is behind it.
fn scalar(text: &str) -> (Value, &str) {
    if text.starts_with('"') {
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let read = stream.next().expect("a scalar").expect("a text in double quotes");
        return (Value::from(read), &text[stream.byte_offset()..]);
    }
    if let Some(inner) = text.strip_prefix('\'') {
        let mut read = String::new();
        let mut rest = inner;
        loop {
            let (part, behind) = rest.split_once('\'').expect("a text in single quotes ends");
            read.push_str(part);
            let Some(more) = behind.strip_prefix('\'') else { return (Value::from(read), behind) };
            read.push('\'');
            rest = more;
        }
    }
    if let Some(mut rest) = text.strip_prefix('[') {
        let mut items = Vec::new();
        while let Some(inner) =
            rest.strip_prefix([',', ' ']).or(Some(rest)).filter(|rest| !rest.starts_with(']'))
        {
            let inner = inner.trim_start_matches([',', ' ']);
            let (item, behind) = if inner.starts_with(['"', '\'']) {
                scalar(inner)
            } else {
                let end = inner.find([',', ']']).expect("a list ends");
                (resolved(inner[..end].trim()), &inner[end..])
            };
            items.push(item);
            rest = behind;
        }
        return (Value::from(items), &rest[1..]);
    }
    let end = text.find(" #").unwrap_or(text.len());
    (if text[..end].trim() == "{}" { json!({}) } else { resolved(text[..end].trim()) }, &text[end..])
}

/// Reads a file of keys, line by line.
fn read(text: &str) -> Leaves {
    let mut leaves = Leaves::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let is_item = content.starts_with("- ");
        // An item may stand as deep as its key.
        while open.last().is_some_and(|(at, _)| *at > indent || *at == indent && !is_item) {
            open.pop();
        }
        let path =
            |open: &[(usize, String)]| -> Vec<String> { open.iter().map(|(_, key)| key.clone()).collect() };
        if is_item {
            let (item, behind) = scalar(content[2..].trim_start());
            assert!(behind.trim().is_empty() || behind.starts_with(' '), "{line}");
            match leaves.entry(path(&open)).or_insert_with(|| json!([])) {
                Value::Array(items) => items.push(item),
                other => {
                    assert!(other.is_null(), "{line}");
                    *other = json!([item]);
                }
            }
            continue;
        }
        let (key, behind) = if content.starts_with(['"', '\'']) {
            scalar(content)
        } else {
            let end = content.find(':').expect("a key");
            (resolved(&content[..end]), &content[end..])
        };
        let key = key.as_str().expect("a key is a text").to_owned();
        // What has something below it is no value.
        leaves.remove(&path(&open));
        open.push((indent, key));
        let value = behind.strip_prefix(':').expect("a colon").trim_start();
        let (value, rest) = if value.starts_with('#') { (Value::Null, "") } else { scalar(value) };
        assert!(rest.trim().is_empty() || rest.trim_start().starts_with('#'), "{line}");
        assert!(leaves.insert(path(&open), value).is_none(), "{line} is there twice in\n{text}");
    }
    leaves
}

/// The text after an edit; nothing if it is refused.
fn after(action: &str, properties: &Value, text: &str) -> Option<String> {
    let kind = resources::find("edit").expect("a type");
    let planner = (kind.load)(properties.as_object().expect("a map")).expect("properties");
    planner.check(action).ok()?;
    edited(|known: &Known| -> Result<_, Stop> { planner.plan(action, known) }, text)
}

#[test]
fn an_edit_of_yaml_changes_what_it_says_and_nothing_else() {
    let random = &mut Random::new(7);
    let (mut set, mut removed, mut refused) = (0, 0, 0);
    for _ in 0..FILES {
        let (mut text, step) = (String::new(), random.pick(&[2, 4]));
        let end = if random.percent(10) { "\r\n" } else { "\n" };
        map(&mut text, 0, step, end, random);
        for _ in 0..EDITS {
            let before = read(&text);
            let known: Vec<&Vec<String>> = before.keys().collect();
            let mut path =
                if known.is_empty() { Vec::new() } else { known[random.below(known.len())].clone() };
            let is_removed = random.percent(20) && !path.is_empty();
            if !is_removed && (path.is_empty() || random.percent(35)) {
                // A key that may not be there, in a map that may not be there.
                path.pop();
                for _ in 0..=random.below(2) {
                    path.push(random.pick(&KEYS).1.to_owned());
                }
            }
            let new = value(random);
            let (action, properties) = if is_removed {
                ("remove", json!({ "path": "/etc/app", "format": "yaml", "keys": [path] }))
            } else {
                let values = path
                    .iter()
                    .rev()
                    .fold(new.clone(), |inner, key| Value::Object(Map::from_iter([(key.clone(), inner)])));
                ("set", json!({ "path": "/etc/app", "format": "yaml", "values": values }))
            };
            let Some(edited) = after(action, &properties, &text) else {
                refused += 1;
                continue;
            };
            let told = || format!("{action} {properties}\n--- before\n{text}\n--- after\n{edited}");
            let mut expected = before.clone();
            expected.retain(|other, _| !other.starts_with(&path));
            if is_removed {
                removed += 1;
                let above = path[..path.len() - 1].to_vec();
                if !above.is_empty() && !expected.keys().any(|other| other.starts_with(&above)) {
                    expected.insert(above, json!({}));
                }
            } else {
                set += 1;
                for above in 1..path.len() {
                    expected.remove(&path[..above]);
                }
                expected.insert(path.clone(), new.clone());
            }
            assert_eq!(read(&edited), expected, "{}", told());
            assert_eq!(after(action, &properties, &edited).as_deref(), Some(edited.as_str()), "{}", told());
            // Between what is the same before and after it stand only lines of the key, and of the map that became empty.
            let lines = |text: &'_ str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
            let (old, new) = (lines(&text), lines(&edited));
            let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
            let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
            let rewritten: Vec<&String> =
                old.iter().take(old.len().saturating_sub(tail)).skip(head).collect();
            let own: Vec<&Vec<String>> = before.keys().filter(|other| other.starts_with(&path)).collect();
            let begins = |line: &str, key: &String| {
                let said = KEYS.iter().find(|(_, read)| read == key).map_or("", |(said, _)| *said);
                [said, key, &Value::from(key.as_str()).to_string()].iter().any(|key| line.starts_with(key))
            };
            let stray = |line: &&&String| {
                let line = line.trim();
                let mut names = own.iter().flat_map(|other| other.iter()).chain(&path);
                !line.is_empty() && !line.starts_with(['#', '-']) && !names.any(|key| begins(line, key))
            };
            assert_eq!(rewritten.iter().find(stray), None, "{}", told());
            text = edited;
        }
    }
    assert!(set > FILES && removed > FILES / 8 && refused < FILES * EDITS / 2, "{set} {removed} {refused}");
}
