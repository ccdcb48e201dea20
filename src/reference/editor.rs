//! Generates type definitions for luau-lsp, from the tables of the words of recipes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::compile::Attribute;
use crate::compile::kind_options::KIND_OPTIONS;
use crate::compile::kind_words::KINDS;
use crate::compile::probe_words::{COMMON, PROBES};
use crate::compile::test_words::{RESOURCE_WORDS, RUN_WORDS, TEST_KEYS, TestWord};
use crate::compile::words::RECIPE_WORDS;
use crate::model::schema::COMMAND_KEYS;
use crate::model::schema::{Kind, Property};
use crate::model::sorted;
use crate::model::type_card::TypeCard;
use crate::provider::common::common_properties;
use crate::resources::TYPES;

use super::types::card;

/// A file for editors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditorFile {
    /// File name.
    pub name: String,
    pub text: String,
}

/// Number of entries with the same type from which a table counts as a map with arbitrary keys.
const ALIKE: usize = 6;
/// First line of every generated file.
pub const MARK: &str = "-- Written by `chefrs editor`. It is replaced by the next call.";
/// File name of the type definitions.
pub const DEFINITIONS: &str = "chefrs.d.luau";

/// Generates the types of all words, and a file for each cookbook with the functions of its custom resources.
#[must_use]
pub fn editor_files(
    types: &[TypeCard],
    attributes: &[Attribute],
    facts: &Map<String, Value>,
) -> Vec<EditorFile> {
    let mut files =
        vec![EditorFile { name: DEFINITIONS.to_owned(), text: definitions(types, attributes, facts) }];
    let mut books: Vec<&str> = types.iter().filter_map(|card| card.cookbook.as_deref()).collect();
    books.dedup();
    for book in books.into_iter().filter(|book| !book.is_empty()) {
        files.push(EditorFile { name: format!("{book}.luau"), text: module(book, types) });
    }
    files
}

/// Generates `.luaurc`, with aliases for `require`. `directory` is the path of the files, relative to the project.
#[must_use]
pub fn luaurc(files: &[EditorFile], directory: &str) -> String {
    let modules =
        files.iter().filter_map(|file| file.name.strip_suffix(".luau")).filter(|name| !name.contains('.'));
    let aliases: Map<String, Value> =
        sorted::collected(modules.map(|name| (name.to_owned(), format!("{directory}/{name}").into())));
    format!("{:#}\n", serde_json::json!({ "languageMode": "nonstrict", "aliases": aliases }))
}

fn definitions(types: &[TypeCard], attributes: &[Attribute], facts: &Map<String, Value>) -> String {
    let mut text = format!("{MARK}\n-- Types of the words of recipes, for luau-lsp.\n\n");
    text.push_str(concat!(
        "-- A declared resource: it can be notified.\n",
        "export type Resource = { id: string }\n",
        "-- A value that is known when the resource converges.\n",
        "export type Deferred = { deferred: string }\n",
        "export type Text = string | Deferred\n",
        "-- A file that a cookbook hands over.\n",
        "export type FileReference = { reference: string }\n",
        "-- The declaration of a property, an attribute or a probe.\n",
        "export type Declaration = { declaration: string }\n",
    ));
    let command = COMMAND_KEYS.iter().map(|key| {
        let takes = match key.name {
            "command" => "string | { Text }",
            "input" => "Text?",
            "environment" => "{ [string]: Text }?",
            "timeout" => "number?",
            _ => "string?",
        };
        (key.name, takes, key.doc)
    });
    object(&mut text, "CommandTable", command);
    text.push_str("export type Command = string | { Text } | CommandTable\n");
    text.push_str(
        "export type Guard = boolean | Command | { Command | { exists: string } } | { exists: string }\n",
    );
    text.push_str("export type Notification = { any }\n\n");
    for builtin in TYPES {
        properties(&mut text, &card(builtin));
    }
    for custom in types {
        properties(&mut text, custom);
    }
    text.push_str("-- Facts, attributes and answers of probes.\nexport type Node = {\n\tget: (self: Node, path: string, fallback: any?) -> any,\n");
    for (name, value) in tree(attributes, facts) {
        let _ = writeln!(text, "\t{}: {},", field(&name), value_type(&value));
    }
    text.push_str("}\n\n");
    for (name, words, optional) in [
        ("TestDeclaration", TEST_KEYS, "?"),
        ("TestResource", RESOURCE_WORDS, ""),
        ("TestRun", RUN_WORDS, ""),
    ] {
        test_type(&mut text, name, words, optional);
    }
    for word in RECIPE_WORDS {
        if let Some(luau) = word.luau {
            comment(&mut text, "", word.doc);
            let _ = writeln!(text, "declare {}: {luau}", word.name);
        }
    }
    for word in ["property", "attribute", "argument"] {
        let kinds: Vec<String> = KINDS
            .iter()
            .map(|kind| {
                format!("\t{}: (options: {}?) -> Declaration,\n", kind.name, options(word, kind.name))
            })
            .collect();
        let _ = writeln!(text, "declare {word}: {{\n{}}}", kinds.concat());
    }
    let probes = PROBES.iter().map(|word| {
        let options = word.options.iter().chain(COMMON);
        let fields: Vec<String> = options
            .map(|option| {
                let optional = if option.required { "" } else { "?" };
                format!("{}: ({}){optional}", option.key.name, option.luau)
            })
            .collect();
        let optional = if word.options.iter().any(|option| option.required) { "" } else { "?" };
        format!("\t{}: (options: {{ {} }}{optional}) -> Declaration,\n", word.name, fields.join(", "))
    });
    let _ = writeln!(text, "declare probe: {{\n{}}}", probes.collect::<String>());
    for builtin in TYPES {
        comment(&mut text, "", &(builtin.schema)().doc);
        let _ = writeln!(text, "declare {}: {}", builtin.name, declares(builtin.name));
    }
    text
}

/// The type of a table that tests give or read.
fn test_type(text: &mut String, name: &str, words: &[TestWord], optional: &str) {
    let rows: Vec<(String, &str)> =
        words.iter().map(|word| (format!("({}){optional}", word.luau), word.key.doc)).collect();
    let rows = words.iter().zip(&rows).map(|(word, (takes, doc))| (word.short(), takes.as_str(), *doc));
    object(text, name, rows);
}

/// The type of the options of a kind.
fn options(word: &str, kind: &str) -> String {
    let own = KIND_OPTIONS.iter().filter(|option| option.fits(word, kind));
    let fields: Vec<String> = own.map(|option| format!("{}: ({})?", option.name, option.luau)).collect();
    format!("{{ {} }}", fields.join(", "))
}

/// A module with the custom resources of a cookbook.
fn module(book: &str, types: &[TypeCard]) -> String {
    let mut text =
        format!("{MARK}\n-- The custom resources of the cookbook `{book}`.\n\nreturn (nil :: any) :: {{\n");
    for card in types.iter().filter(|card| card.cookbook.as_deref() == Some(book)) {
        comment(&mut text, "\t", &card.schema.doc);
        let word = card.word.rsplit('.').next().unwrap_or_default();
        let _ = writeln!(text, "\t{}: {},", field(word), declares(&card.name));
    }
    text.push_str("}\n");
    text
}

/// The type of a function that is called as `file "x"`, `file "x" { … }` or `file("x", { … })`.
fn declares(name: &str) -> String {
    let properties = type_name(name);
    format!(
        "(name: string | {{ string }}, properties: {properties}?) -> (Resource & ((properties: {properties}) -> Resource))"
    )
}

/// Name of the type for properties, such as `FileProperties`.
fn type_name(name: &str) -> String {
    let parts = name.split('_').map(|part| {
        let mut letters = part.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    });
    parts.collect::<String>() + "Properties"
}

fn properties(text: &mut String, card: &TypeCard) {
    let own: Vec<Property> = card.schema.properties.iter().cloned().chain(common_properties()).collect();
    let rows: Vec<(String, String, String)> = own
        .into_iter()
        .map(|property| {
            let takes = match property.name.as_str() {
                "only_if" | "not_if" => "Guard".to_owned(),
                "notifies" | "subscribes" => "Notification".to_owned(),
                _ => kind_type(&property.kind),
            };
            // A required property that defaults to the name is optional here.
            (property.name, format!("({takes})?"), property.doc)
        })
        .collect();
    let rows = rows.iter().map(|(name, takes, doc)| (name.as_str(), takes.as_str(), doc.as_str()));
    object(text, &type_name(&card.name), rows);
}

fn object<'a>(text: &mut String, name: &str, rows: impl Iterator<Item = (&'a str, &'a str, &'a str)>) {
    let _ = writeln!(text, "export type {name} = {{");
    for (key, takes, doc) in rows {
        comment(text, "\t", doc);
        let _ = writeln!(text, "\t{}: {takes},", field(key));
    }
    text.push_str("}\n");
}

/// Adds a description as a comment. The text can't end the comment.
fn comment(text: &mut String, margin: &str, doc: &str) {
    for line in doc.lines() {
        let _ = writeln!(text, "{margin}--- {}", line.replace(char::is_control, " "));
    }
}

/// A key of a table type, in quotes if it is a keyword or not a name.
fn field(name: &str) -> String {
    const WORDS: &[&str] = &[
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local",
        "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
    ];
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name && !WORDS.contains(&name) { name.to_owned() } else { format!("[{}]", quoted(name)) }
}

/// A string literal in Luau. Special characters are escaped byte by byte.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=b'~' => quoted.push(char::from(byte)),
            _ => {
                let _ = write!(quoted, "\\{byte:03}");
            }
        }
    }
    quoted + "\""
}

fn kind_type(kind: &Kind) -> String {
    match kind {
        Kind::String | Kind::Text => "Text".into(),
        Kind::Path | Kind::Mode => "string".into(),
        Kind::Integer | Kind::Number => "number".into(),
        Kind::Boolean => "boolean".into(),
        Kind::Command => "string | { Text }".into(),
        Kind::Commands => "Command | { { Text } | CommandTable | string }".into(),
        Kind::Strings => "Text | { Text }".into(),
        Kind::Variables => "{ [string]: any }".into(),
        Kind::Template | Kind::File | Kind::Tree => "string | FileReference".into(),
        Kind::Choice(words) => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" | "),
        Kind::List(item) => format!("{{ {} }}", kind_type(item)),
        Kind::Map(value) => format!("{{ [string]: {} }}", kind_type(value)),
        Kind::Record(keys) => {
            let fields: Vec<String> = keys
                .iter()
                .map(|key| {
                    let optional = if key.required { "" } else { "?" };
                    format!("{}: ({}){optional}", field(&key.name), kind_type(&key.kind))
                })
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Kind::Limited(kind, limits) => limited_type(kind, &limits.one_of),
        Kind::Either(kinds) => {
            kinds.iter().map(|kind| format!("({})", kind_type(kind))).collect::<Vec<_>>().join(" | ")
        }
        Kind::Any => "any".into(),
    }
}

/// The type of a kind with limits. Luau has types for strings, but not for numbers, ranges or patterns.
fn limited_type(kind: &Kind, one_of: &[Value]) -> String {
    let words: Option<Vec<String>> = one_of.iter().map(|value| value.as_str().map(quoted)).collect();
    match (kind, words.filter(|words| !words.is_empty())) {
        (Kind::Strings, Some(words)) => format!("{0} | {{ {0} }}", words.join(" | ")),
        (_, Some(words)) => words.join(" | "),
        (kind, None) => kind_type(kind),
    }
}

/// Joins facts, and attributes by dotted path, into one tree.
fn tree(attributes: &[Attribute], facts: &Map<String, Value>) -> Map<String, Value> {
    let mut all = facts.clone();
    for attribute in attributes {
        insert(&mut all, &attribute.path, attribute.value.clone());
    }
    all
}

fn insert(into: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        into.insert(path.to_owned(), value);
        return;
    };
    let inner = into.entry(first).or_insert_with(|| Map::new().into());
    if !inner.is_object() {
        *inner = Map::new().into();
    }
    if let Value::Object(inner) = inner {
        insert(inner, rest, value);
    }
}

/// The type of a value. `any` if there is no better one.
fn value_type(value: &Value) -> String {
    match value {
        Value::Bool(_) => "boolean".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "string".into(),
        Value::Object(map) if !map.is_empty() => {
            // Many entries with the same type are a map with arbitrary keys: accounts, interfaces, mounts.
            let types: BTreeSet<String> = map.values().map(value_type).collect();
            if let (Some(one), true) = (types.first(), types.len() == 1 && map.len() >= ALIKE) {
                return format!("{{ [string]: {one} }}");
            }
            let fields: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", field(key), value_type(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) if !items.is_empty() => format!("{{ {} }}", value_type(&items[0])),
        Value::Null | Value::Object(_) | Value::Array(_) => "any".into(),
    }
}
