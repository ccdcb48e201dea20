//! `chefrs editor`: types for luau-lsp, in files of our own.

use std::fs;

use super::program::{Output, Program};

fn written(output: &Output, path: &str) -> String {
    fs::read_to_string(output.directory.path().join(path)).unwrap()
}

#[test]
fn the_types_are_luau_and_name_every_word() {
    let output = Program::new(&["editor"])
        .file(
            "resources/page.lua",
            "return resource { doc = \"A page.\", properties = { [\"end\"] = property.choice { values = { \"a\\n\", \"b\" } },\n\
             level = property.string { one_of = { \"debug\", \"info\" } }, port = property.integer { min = 1 },\n\
             hosts = property.list { items = { name = property.string { required = true }, port = property.integer {} } } },\n\
             actions = { create = function(self) end } }",
        )
        .output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let definitions = written(&output, ".chefrs-editor/chefrs.d.luau");
    for found in chefrs::resources::TYPES {
        assert!(definitions.contains(&format!("declare {}: ", found.name)), "{definitions}");
    }
    for word in chefrs::compile::words::RECIPE_WORDS {
        let is_known = ["print", "require"].contains(&word.name);
        assert!(is_known || definitions.contains(&format!("declare {}: ", word.name)), "{}", word.name);
    }
    for takes in [
        "\tlevel: (\"debug\" | \"info\")?,",
        "\tport: (number)?,",
        "\tchoice: (options: { default: (any)?, doc: (string)?, ",
        "\thosts: ({ { name: (Text), port: (number)? } })?,",
    ] {
        assert!(definitions.contains(takes), "{definitions}");
    }
    // A declaration is a type with a name, which the compiler reads where it stands as one.
    let types: String = definitions
        .lines()
        .enumerate()
        .map(|(at, line)| match line.strip_prefix("declare ").and_then(|rest| rest.split_once(": ")) {
            Some((_, declared)) => format!("type declared_{at} = {declared}\n"),
            None => format!("{line}\n"),
        })
        .collect::<Vec<String>>()
        .concat();
    let lua = mlua::Lua::new();
    lua.load(types.as_str()).into_function().unwrap_or_else(|error| panic!("{error}\n{types}"));
    let nginx = written(&output, ".chefrs-editor/nginx.luau");
    assert!(nginx.contains("\tsite: ("), "{nginx}");
    lua.load(nginx.as_str()).into_function().unwrap_or_else(|error| panic!("{error}\n{nginx}"));
    let aliases: serde_json::Value = serde_json::from_str(&written(&output, ".luaurc")).unwrap();
    assert_eq!(aliases["aliases"]["nginx"], ".chefrs-editor/nginx");
}

#[test]
fn what_chefrs_did_not_write_is_left_alone() {
    let first = Program::new(&["editor"])
        .file(".luaurc", "{ \"languageMode\": \"strict\" }")
        .file(".chefrs-editor/nginx.luau", "-- mine\n")
        .output();
    assert!(first.stdout.contains("left alone: ./.luaurc"), "{}", first.stdout);
    assert!(first.stdout.contains("left alone: ./.chefrs-editor/nginx.luau"), "{}", first.stdout);
    assert_eq!(written(&first, ".luaurc"), "{ \"languageMode\": \"strict\" }");
    assert_eq!(written(&first, ".chefrs-editor/nginx.luau"), "-- mine\n");
}

#[test]
fn a_second_call_replaces_what_the_first_wrote() {
    let first = Program::new(&["editor"]).output();
    let Output { directory, .. } = first;
    let second = Program::new(&["editor"]).within(directory).output();
    assert!(!second.stdout.contains("left alone"), "{}", second.stdout);
}
