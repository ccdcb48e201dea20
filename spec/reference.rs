//! The reference: a page for whatever the program reads, none of them with something missing.

use std::collections::BTreeSet;

use chefrs::compile::words::{KnownIn, RECIPE_WORDS};
use chefrs::model::address::Address;
use chefrs::model::fleet::event_schema;
use chefrs::reference::{ReferencePage, TYPES_GROUP, pages};
use serde_json::Value;

use crate::cli::program::Program;

mod words;

#[test]
fn every_page_has_a_name_of_its_own_that_can_be_typed() {
    let mut names = BTreeSet::new();
    for ReferencePage { name, title, group, markdown } in pages() {
        assert!(!name.is_empty() && !name.contains(char::is_whitespace), "`{name}` can't be typed");
        assert!(!group.is_empty(), "{name}");
        assert!(markdown.starts_with(&format!("# {title}\n\n")), "{name}: {markdown}");
        assert!(names.insert(name.clone()), "`{name}` is there twice");
    }
}

#[test]
fn every_topic_has_its_page() {
    let pages: BTreeSet<String> = pages().into_iter().map(|page| page.name).collect();
    for topic in [
        "recipes",
        "require",
        "guards",
        "notifications",
        "templates",
        "properties",
        "attributes",
        "probes",
        "tests",
        "node",
        "chefrs.toml",
        "cookbook.toml",
        "node-files",
        "group-files",
        "inventory",
        "files",
        "targets",
        "exit-codes",
        "environment",
        "events",
        "glossary",
    ] {
        assert!(pages.contains(topic), "{topic}");
    }
}

#[test]
fn nothing_stands_there_without_a_word_on_it() {
    let mut wrong = Vec::new();
    for page in pages() {
        for line in page.markdown.lines().map(str::trim) {
            let item = line.strip_prefix("- ").unwrap_or(line);
            let is_bare = item.starts_with('`')
                && !item.starts_with("```")
                && (item.ends_with(':') || item.ends_with("``"));
            if is_bare || line.ends_with(" It.") || line == "-" {
                wrong.push(format!("{}: {line}", page.name));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_resource_type_is_told_whole() {
    let pages = pages();
    for found in chefrs::resources::TYPES {
        let page = pages.iter().find(|page| page.name == found.name && page.group == TYPES_GROUP).unwrap();
        let schema = (found.schema)();
        for text in [schema.doc.as_str(), found.plan, found.platforms] {
            assert!(!text.is_empty(), "{}", found.name);
        }
        for action in found.actions {
            assert!(
                page.markdown.contains(&format!("- `{}`: {}", action.name, action.doc)),
                "{}",
                page.markdown
            );
        }
        for property in schema.properties {
            assert!(!property.doc.is_empty(), "{}: `{}` has no doc", found.name, property.name);
            assert!(page.markdown.contains(&format!("- `{}`: ", property.name)), "{}", page.markdown);
        }
        assert!(page.markdown.contains(found.example.trim_matches('\n')), "{}", page.markdown);
    }
}

#[test]
fn every_word_of_a_recipe_is_known_where_the_table_says() {
    let uses = |known: &[KnownIn]| -> String {
        let words = RECIPE_WORDS.iter().filter(|word| known.contains(&word.files));
        words.flat_map(|word| ["local _ = ", word.name, "\n"]).collect()
    };
    let everywhere = uses(&[KnownIn::All]);
    let shared = uses(&[KnownIn::ResourcesAndLibraries]);
    let declaring = uses(&[KnownIn::All, KnownIn::NotProbes, KnownIn::NotDeclarations, KnownIn::Declaring]);
    let of_tests = declaring.clone();
    Program::new(&["check", "--facts", "debian-12"])
        .file("recipes/words.lua", &format!("{declaring}require \"./words\"\nrequire \".\".words \"x\"\n"))
        .file(
            "libraries/words.lua",
            &(uses(&[KnownIn::All, KnownIn::NotProbes, KnownIn::NotDeclarations]) + &shared + "return {}"),
        )
        .file(
            "resources/words.lua",
            &(declaring
                + &shared
                + &uses(&[KnownIn::Resources])
                + "return resource { actions = { create = function() end } }"),
        )
        .file("cookbooks/one/cookbook.toml", "name = \"one\"\nversion = \"0.1.0\"")
        .file("cookbooks/one/recipes/default.lua", "print(1)\n")
        .file(
            "cookbooks/one/attributes.lua",
            &(everywhere.clone()
                + &uses(&[KnownIn::NotProbes, KnownIn::Attributes])
                + "return attributes {}"),
        )
        .file("cookbooks/one/facts.lua", &(everywhere + &uses(&[KnownIn::Probes]) + "return probes {}"))
        .file(
            "tests/words.lua",
            &(of_tests + &uses(&[KnownIn::Tests]) + "test \"x\" { recipe = function() end }"),
        )
        .stdout("checked 2 recipes with the facts of debian-12, and 1 test: no problems found\n")
        .check();
}

#[test]
fn every_form_of_an_address_is_one() {
    let mut kinds = BTreeSet::new();
    for form in chefrs::model::address::FORMS {
        let written = form.written.replace("HOST", "web1").replace("USER", "deploy").replace("PORT", "22");
        let written = written.replace("NAME", "web").replace("/PATH", "/srv/image");
        kinds.insert(match Address::parse(&written).unwrap() {
            Address::Local => "local",
            Address::Ssh { .. } => "ssh",
            Address::Container { .. } => "container",
            Address::Chroot { .. } => "chroot",
        });
    }
    assert_eq!(kinds.len(), 4);
}

#[test]
fn the_stream_of_a_run_is_as_its_schema_says() {
    let schema = event_schema();
    let output = Program::new(&["plan", "-r", "one", "--format", "json"])
        .file("recipes/one.lua", "print(1)\nlocal run = execute \"true\" { action = \"nothing\" }\nfile \"[DIR]/x\" { notifies = { \"run\", run } }\nfile \"[DIR]/y\" { only_if = false }")
        .output();
    assert_eq!((output.status, output.stderr.as_str()), (2, ""));
    let mut seen = BTreeSet::new();
    for line in output.stdout.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let name = event["event"].as_str().unwrap();
        let variants = ["Event", "Stage"]
            .into_iter()
            .flat_map(|kind| schema["$defs"][kind]["oneOf"].as_array().unwrap());
        let variant = variants.into_iter().find(|variant| variant["properties"]["event"]["const"] == name);
        let variant = variant.unwrap_or_else(|| panic!("`{name}` is not in the schema"));
        let known = variant["properties"].as_object().unwrap();
        for key in event.as_object().unwrap().keys() {
            let reference = variant["$ref"].as_str().unwrap_or_default();
            let inside =
                reference.rsplit('/').next().and_then(|name| schema["$defs"][name]["properties"].as_object());
            let is_known = known.contains_key(key) || inside.is_some_and(|inside| inside.contains_key(key));
            assert!(is_known || ["schema", "target"].contains(&key.as_str()), "`{key}` of {name}: {line}");
        }
        for key in variant["required"].as_array().unwrap() {
            assert!(event.get(key.as_str().unwrap()).is_some(), "{key} is missing: {line}");
        }
        seen.insert(name.to_owned());
    }
    assert!(
        seen.contains("run_started") && seen.contains("notified") && seen.contains("run_finished"),
        "{seen:?}"
    );
}
