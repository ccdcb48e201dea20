//! Words of other tools: whatever a row of the table proposes is there, and no row stands in the way of a word of ours.

use std::collections::BTreeSet;
use std::path::Path;

use chefrs::model::foreign::{
    COMMANDS, COOKBOOK_TYPES, FILES, ForeignWord, NODE_KEYS, OPTIONS, PROPERTIES, TYPE_PROPERTIES, TYPES,
    VALUES,
};
use chefrs::provider::common::common_properties;
use chefrs::resources;

use crate::cli::help::VERBS;
use crate::cli::program::Program;

/// Functions and values that a recipe has beside the resource types.
const WORDS: &[&str] = &[
    "print",
    "error",
    "node",
    "secret",
    "exists",
    "contents",
    "fragments",
    "output",
    "require",
    "include_recipe",
    "value_for_platform",
    "probe",
    "facts",
    "return",
    "for",
    "if",
    "local",
    "nil",
    "true",
    "false",
    "tostring",
    "tonumber",
    "nothing",
    "chefrs",
    "resources",
    "run_list",
    "nodes",
];

/// Pieces of code in a text.
fn code(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split('`').skip(1).step_by(2)
}

fn first_word(code: &str) -> &str {
    code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// Whether it starts with a type of a shipped cookbook: `postgresql.database "name"`.
fn is_shipped(code: &str) -> bool {
    let name = code.split(' ').next().unwrap_or_default();
    name.split_once('.').is_some_and(|(cookbook, kind)| {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("cookbooks");
        shipped.join(cookbook).join("resources").join(format!("{kind}.lua")).is_file()
    })
}

fn is_property(name: &str) -> bool {
    let of_type =
        |kind: &chefrs::provider::ResourceType| (kind.schema)().properties.iter().any(|p| p.name == name);
    common_properties().iter().any(|property| property.name == name) || resources::TYPES.iter().any(of_type)
}

#[test]
fn what_a_row_proposes_in_a_recipe_is_there() {
    let mut wrong = Vec::new();
    for row in
        [TYPES, COOKBOOK_TYPES, FILES, VALUES, NODE_KEYS, PROPERTIES, TYPE_PROPERTIES].into_iter().flatten()
    {
        let own = code(row.ours).filter(|code| !is_shipped(code));
        for word in own.map(first_word).filter(|word| !word.is_empty()) {
            let is_known = resources::find(word).is_some() || WORDS.contains(&word) || is_property(word);
            if !is_known {
                wrong.push(format!("{:?}: `{word}`", row.words));
            }
        }
        wrong.extend(
            row.with.iter().filter(|name| !is_property(name)).map(|name| format!("{:?}: {name}", row.words)),
        );
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_a_row_proposes_on_the_command_line_is_there() {
    let options: String = ["run", "plan", "check", "compile", "nodes", "exec"]
        .into_iter()
        .map(|verb| Program::new(&[verb, "--help"]).output().stdout)
        .collect();
    let mut wrong = Vec::new();
    for row in COMMANDS.iter().chain(OPTIONS) {
        for code in code(row.ours) {
            let mut words = code.split_whitespace();
            match words.next() {
                Some("chefrs") => {
                    let verb = words.next().unwrap_or_default();
                    if !VERBS.contains(&verb) && verb != "--version" {
                        wrong.push(format!("{:?}: {code}", row.words));
                    }
                }
                Some(option) if option.starts_with('-') && !options.contains(option) => {
                    wrong.push(format!("{:?}: {code}", row.words));
                }
                _ => {}
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_word_of_ours_is_foreign() {
    let types = TYPES.iter().chain(COOKBOOK_TYPES).chain(FILES).chain(VALUES).flat_map(|row| row.words);
    let types = types.filter(|word| resources::find(word).is_some());
    let commands = COMMANDS.iter().flat_map(|row| row.words).filter(|word| VERBS.contains(word));
    // Where a type has a property of that name, no row is about it.
    let mut wrong: Vec<String> = types.chain(commands).map(|word| (*word).to_owned()).collect();
    for kind in resources::TYPES {
        let schema = (kind.schema)();
        let has = |name: &str| schema.properties.iter().any(|property| property.name == name);
        for row in
            PROPERTIES.iter().chain(TYPE_PROPERTIES).filter(|row| row.with.iter().any(|name| has(name)))
        {
            wrong.extend(
                row.words
                    .iter()
                    .filter(|word| has(word) && row.ours == **word)
                    .map(|word| format!("{} {word}", kind.name)),
            );
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_row_is_hidden_by_another() {
    let mut wrong = Vec::new();
    for (name, table) in [
        ("types", &[TYPES, COOKBOOK_TYPES].concat()[..]),
        ("files", FILES),
        ("values", VALUES),
        ("keys", NODE_KEYS),
        ("commands", COMMANDS),
        ("options", OPTIONS),
    ] {
        let mut seen = BTreeSet::new();
        let words = table.iter().flat_map(|row: &ForeignWord| row.words);
        wrong.extend(words.filter(|word| !seen.insert(**word)).map(|word| format!("{name}: {word}")));
    }
    assert_eq!(wrong, Vec::<String>::new());
}
