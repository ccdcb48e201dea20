//! Compile: each `.lua` below `compile/` against the collection beside it. Also how a case becomes a project.

use std::path::Path;
use std::sync::{Arc, Mutex};

use camino::Utf8Path;
use chefrs::compile::{Compiled, Complete, Input, Limits, compile_ahead, compile_within};
use chefrs::cookbook::{Project, attributes::from_set};
use chefrs::model::error::{Diagnostic, Diagnostics};
use chefrs::model::schema::Kind;
use chefrs::provider::ResourceType;
use serde_json::{Map, Value, json};

use crate::goldens;

/// Without line numbers, an error that is raised in the prelude has the line of the caller.
#[test]
fn the_bytecode_of_the_prelude_is_that_of_its_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/compile/language");
    let source = std::fs::read_to_string(folder.join("prelude.lua")).unwrap();
    let compiler = mlua::chunk::Compiler::new().set_debug_level(0).set_optimization_level(2);
    let bytecode = compiler.compile(source).unwrap();
    let file = folder.join("prelude.bytecode");
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&file, &bytecode).unwrap();
    }
    assert!(std::fs::read(&file).unwrap() == bytecode, "UPDATE_GOLDENS=1 writes it anew; then build again");
}

/// A case: files split at `--- file: PATH`, with `--- run: RECIPE …`, `--- set: KEY=VALUE` and `--- facts: {JSON}` anywhere.
/// What stands before the first marker is `recipes/main.lua`, the recipe that is run unless the case says others.
pub fn run(case: &Path, limits: Limits) -> Result<Compiled, Diagnostics> {
    given(case, |input| compile_within(input, limits))
}

/// Makes a case a project, and does something with it.
pub fn given<T>(
    case: &Path,
    work: impl FnOnce(&Input<'_>) -> Result<T, Diagnostics>,
) -> Result<T, Diagnostics> {
    let text = std::fs::read_to_string(case).expect("the case can be read");
    let folder = tempfile::tempdir().expect("a directory");
    let root = Utf8Path::from_path(folder.path()).expect("a UTF-8 path");
    let mut files = vec![("recipes/main.lua".to_owned(), String::new())];
    let (mut run_list, mut attributes, mut facts) = (Vec::new(), Vec::new(), facts());
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("--- file: ") {
            files.push((path.trim().to_owned(), String::new()));
            continue;
        }
        if let Some(entries) = line.strip_prefix("--- run: ") {
            run_list.extend(entries.split_whitespace().map(str::to_owned));
        }
        if let Some(word) = line.strip_prefix("--- set: ") {
            attributes.push(from_set(word).map_err(Diagnostics::from)?);
        }
        if let Some(further) = line.strip_prefix("--- facts: ") {
            facts.extend(serde_json::from_str::<Map<String, Value>>(further).expect("an object"));
        }
        let (_, content) = files.last_mut().expect("there is one");
        content.push_str(line);
        content.push('\n');
    }
    for (path, content) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, content).expect("a file");
    }
    if run_list.is_empty() {
        run_list.push("main".to_owned());
    }
    let project = Project::open(root)?;
    let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &attributes };
    work(&input)
}

pub fn facts() -> Map<String, Value> {
    let facts = json!({
        "hostname": "web1",
        "platform": "debian",
        "platform_version": "12.11",
        "platform_family": "debian",
        "memory": { "total": 2_147_483_648_u64, "free": 1_000_000 },
        "network": { "interfaces": ["eth0", "lo"] },
    });
    facts.as_object().cloned().expect("an object")
}

/// Everything that a compile gave, as text.
pub fn show(compiled: &Compiled) -> String {
    let texts = |found: &[Diagnostic]| found.iter().map(ToString::to_string).collect::<Vec<_>>();
    let messages: Vec<String> = compiled.messages.iter().map(|(at, text)| format!("{at}: {text}")).collect();
    let attributes: Map<String, Value> = compiled
        .attributes
        .iter()
        .map(|attribute| {
            let layers: Vec<Value> = attribute
                .layers
                .iter()
                .map(|(layer, value, origin, location)| {
                    let place = location.as_ref().map_or_else(|| origin.clone(), ToString::to_string);
                    json!([layer.name(), value, place])
                })
                .collect();
            (
                attribute.path.clone(),
                json!({ "value": attribute.value, "doc": attribute.doc, "layers": layers }),
            )
        })
        .collect();
    let mut all = json!({
        "rows": compiled.collection.rows,
        "warnings": texts(&compiled.warnings),
        "messages": messages,
        "attributes": attributes,
    });
    if !compiled.collection.probes.is_empty() {
        all["probes"] = json!(compiled.collection.probes);
    }
    serde_json::to_string_pretty(&all).expect("plain data") + "\n"
}

#[test]
fn every_case_compiles_to_its_collection() {
    let mut differences = Vec::new();
    let cases = goldens::files("compile", "lua");
    assert!(cases.len() >= 10, "the cases are not found");
    for case in cases {
        match run(&case, Limits::default()) {
            Ok(compiled) => {
                differences.extend(goldens::compare(&case.with_extension("json"), &show(&compiled)));
            }
            Err(errors) => differences.push(format!("{} does not compile:\n{errors}", case.display())),
        }
    }
    goldens::none(&differences);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for case in goldens::files("compile", "lua") {
        let bytes = || {
            let compiled = run(&case, Limits::default()).expect("the case compiles");
            serde_json::to_vec(&compiled.collection).expect("plain data")
        };
        assert_eq!(bytes(), bytes(), "{}", case.display());
    }
}

#[test]
fn complete_declarations_are_told_before_the_end() {
    let folder = tempfile::tempdir().expect("a directory");
    let root = Utf8Path::from_path(folder.path()).expect("a UTF-8 path");
    let recipe = "for i = 1, 500 do file(`/srv/{i}`) { content = \"x\" } end\n\
                  file \"/srv/waits\" { action = \"nothing\" }\n\
                  file \"/srv/later\" { content = contents \"/etc/hostname\" }\n\
                  file \"/srv/both\" { action = { \"delete\", \"create\" } }\n";
    std::fs::create_dir(root.join("recipes")).expect("a directory");
    std::fs::write(root.join("recipes/main.lua"), recipe).expect("a file");
    let project = Project::open(root).expect("a project");
    let (facts, run_list) = (facts(), ["main".to_owned()]);
    let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &[] };
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let listener = move |row: &Complete<'_>| {
        heard.lock().expect("no panic").push((row.declaration, row.action.to_owned()));
    };
    let compiled = compile_ahead(&input, Limits::default(), Arc::new(listener)).expect("it compiles");
    let told = told.lock().expect("no panic");
    // One waits for a notification, one for a value.
    let wanted: Vec<usize> = (0..500).chain([502]).collect();
    assert_eq!(told.iter().map(|(declaration, _)| *declaration).collect::<Vec<_>>(), wanted);
    assert_eq!(told.last().map(|(_, action)| action.as_str()), Some("delete"));
    let last = &compiled.collection.rows[compiled.rows[502]];
    assert_eq!((last.id().as_str(), compiled.rows.len()), ("file[/srv/both]", 503));
}

#[test]
fn a_compile_that_fails_ends_although_somebody_listens() {
    let folder = tempfile::tempdir().expect("a directory");
    let root = Utf8Path::from_path(folder.path()).expect("a UTF-8 path");
    let recipe = "for i = 1, 1000 do file(`/srv/{i}`) end\nfile \"/srv/x\" { onwer = \"root\" }\ngroup \"last\"\nerror \"no\"\n";
    std::fs::create_dir(root.join("recipes")).expect("a directory");
    std::fs::write(root.join("recipes/main.lua"), recipe).expect("a file");
    let project = Project::open(root).expect("a project");
    let (facts, run_list) = (facts(), ["main".to_owned()]);
    let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &[] };
    let told = Arc::new(Mutex::new(0));
    let heard = Arc::clone(&told);
    let listener = move |_: &Complete<'_>| *heard.lock().expect("no panic") += 1;
    let errors = compile_ahead(&input, Limits::default(), Arc::new(listener)).expect_err("it has mistakes");
    assert_eq!((*told.lock().expect("no panic"), errors.0.len()), (1000, 2), "{errors}");
}

#[test]
fn every_example_of_the_roster_compiles() {
    let folder = tempfile::tempdir().expect("a directory");
    let mut failed = Vec::new();
    for entry in chefrs::resources::TYPES {
        let root = Utf8Path::from_path(folder.path()).expect("a UTF-8 path").join(entry.name);
        lay_out_example(&root, entry);
        let project = Project::open(&root).expect("a project");
        let facts = facts();
        let run_list = ["main".to_owned()];
        let input = Input { project: &project, run_list: &run_list, facts: &facts, attributes: &[] };
        if let Err(errors) = compile_within(&input, Limits::default()) {
            failed.push(format!("{}:\n{errors}", entry.name));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// Lays the example of a type out as a project, with the recipe `main`.
pub fn lay_out_example(root: &Utf8Path, entry: &ResourceType) {
    std::fs::create_dir_all(root.join("recipes")).expect("a directory");
    std::fs::create_dir_all(root.join("templates")).expect("a directory");
    std::fs::create_dir_all(root.join("files")).expect("a directory");
    std::fs::write(root.join("recipes/main.lua"), entry.example).expect("a file");
    // Examples name files of their cookbook; what these hold does not matter here.
    for (folder, name) in sources(entry.example) {
        let tree = (entry.schema)().property("source").is_some_and(|source| source.kind == Kind::Tree);
        let path = root.join(folder).join(if tree { format!("{name}/file") } else { name });
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, "text\n").expect("a file");
    }
}

/// Names in `source = "…"`, below each folder that they may mean.
fn sources(example: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for (at, _) in example.match_indices("source = \"") {
        let name = example[at + 10..].split('"').next().unwrap_or_default();
        if name.starts_with('/') || name.contains("://") {
            continue;
        }
        let template = Path::new(name).extension().is_some_and(|ending| ending == "hbs");
        found.push((if template { "templates" } else { "files" }, name.to_owned()));
    }
    found
}
