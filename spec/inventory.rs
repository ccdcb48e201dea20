//! The inventory: a case is a project in one file and words to select by; beside it stands what comes of that.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use camino::Utf8Path;
use chefrs::cookbook::Project;
use chefrs::cookbook::inventory::{Inventory, Node};
use chefrs::model::error::Diagnostics;
use tempfile::TempDir;

use crate::goldens;
use crate::patience::PATIENCE;

#[test]
fn every_case_gives_what_stands_beside_it() {
    let mut differences = Vec::new();
    let cases = goldens::files("inventory", "case");
    assert!(cases.len() >= 20, "the cases are not found");
    for case in cases {
        let (project, select) = unfold(&fs::read_to_string(&case).unwrap());
        differences.extend(goldens::compare(&case.with_extension("txt"), &outcome(project.path(), &select)));
    }
    goldens::none(&differences);
}

/// Lays the files of a case out, each behind a line `--- path`; the last, `--- select`, are words, one set a line.
fn unfold(case: &str) -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut select = Vec::new();
    for part in case.split("--- ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap();
        if path == "select" {
            select.extend(text.lines().map(str::to_owned));
            continue;
        }
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    (folder, select)
}

fn outcome(folder: &Path, select: &[String]) -> String {
    let inventory = match open(folder, PATIENCE) {
        Ok(inventory) => inventory,
        Err(wrong) => return format!("{wrong}\n"),
    };
    if select.is_empty() {
        return inventory.nodes().map(describe).collect();
    }
    let mut text = String::new();
    for words in select {
        let words: Vec<&str> = words.split_whitespace().collect();
        match inventory.select(&words) {
            Ok(nodes) => writeln!(text, "{}:\n{}", words.join(" "), brief(&nodes)).unwrap(),
            Err(wrong) => writeln!(text, "{}:\n{wrong}\n", words.join(" ")).unwrap(),
        }
    }
    text
}

fn open(folder: &Path, patience: Duration) -> Result<Inventory, Diagnostics> {
    let project = Project::open(Utf8Path::from_path(folder).unwrap())?;
    project.inventory_within(patience).cloned()
}

fn brief(nodes: &[Node]) -> String {
    let mut text = String::new();
    for node in nodes {
        writeln!(text, "  {} {} [{}]", node.name, node.address, node.groups.join(", ")).unwrap();
    }
    text
}

fn describe(node: &Node) -> String {
    let mut text = brief(std::slice::from_ref(node));
    if let Some(flag) = node.r#become {
        writeln!(text, "    become {flag}").unwrap();
    }
    if let Some(engine) = node.engine {
        writeln!(text, "    engine {}", engine.name()).unwrap();
    }
    for entry in &node.run_list {
        writeln!(text, "    runs {} {}", entry.recipe, entry.location.as_ref().unwrap()).unwrap();
    }
    for source in &node.attributes {
        writeln!(text, "    {} {:?}", source.origin, source.layer).unwrap();
        for (path, line) in &source.lines {
            writeln!(text, "      {path} {line} | {}", line.excerpt).unwrap();
        }
        writeln!(text, "      {}", serde_json::to_string(&source.values).unwrap()).unwrap();
    }
    text
}

#[test]
fn a_relative_program_is_the_projects() {
    let (project, _) = unfold(
        "--- chefrs.toml\ninventory = [\"./sh\", \"list\"]\n--- list\necho '{\"nodes\": {\"web1\": {}}}'\n",
    );
    symlink("/bin/sh", project.path().join("sh")).unwrap();
    let inventory = open(project.path(), PATIENCE).unwrap();
    assert_eq!(inventory.nodes().map(|node| node.name.as_str()).collect::<Vec<_>>(), ["web1"]);
}

#[test]
fn a_program_that_does_not_end_is_given_up() {
    for (argv, seconds, note) in [
        (r#"["sleep", "3600"]"#, 0.5, "hint: let it cache data that takes long to fetch"),
        (
            r#"["sh", "-c", "sleep 30 & echo '{}'"]"#,
            5.0,
            "note: it has exited, but left a process behind that keeps its output open",
        ),
    ] {
        let (project, _) = unfold(&format!("--- chefrs.toml\ninventory = {argv}\n"));
        let wrong = open(project.path(), Duration::from_secs_f64(seconds)).unwrap_err().to_string();
        let program = argv.split('"').nth(1).unwrap();
        assert_eq!(
            wrong,
            format!(
                "error: `{program}` did not end within {seconds} seconds\n  --> chefrs.toml:1\n\
                 1 | inventory = {argv}\n{note}"
            )
        );
    }
}

#[test]
fn a_program_that_prints_without_end_is_given_up() {
    let (project, _) = unfold("--- chefrs.toml\ninventory = [\"yes\"]\n");
    let wrong = open(project.path(), PATIENCE).unwrap_err().to_string();
    assert!(wrong.starts_with("error: `yes` prints more than 8 MiB\n"), "{wrong}");
}

#[test]
fn complaints_do_not_stop_a_program() {
    // More than a pipe holds, so it would wait forever if nobody read them.
    let script = "yes complaint | head -c 300000 >&2; echo '{\"nodes\": {\"web1\": {}}}'";
    let (project, _) = unfold(&format!("--- chefrs.toml\ninventory = ['sh', '-c', '''{script}''']\n"));
    assert_eq!(open(project.path(), PATIENCE).unwrap().nodes().count(), 1);
}

#[test]
fn ten_thousand_nodes_are_read() {
    let nodes: Vec<String> = (0..10_000)
        .map(|n| format!("\"n{n}\":{{\"groups\":[\"g{}\"],\"attributes\":{{\"a\":{n}}}}}", n % 10))
        .collect();
    let (project, _) = unfold(&format!(
        "--- chefrs.toml\ninventory = [\"cat\", \"list.json\"]\n--- list.json\n{{\"nodes\":{{{}}}}}",
        nodes.join(",")
    ));
    let inventory = open(project.path(), PATIENCE).unwrap();
    assert_eq!(inventory.select(&["@g3", "n13"]).unwrap().len(), 1000);
    assert_eq!(inventory.select(&["*"]).unwrap().len(), 10_000);
}

#[test]
fn a_folder_among_the_nodes_is_not_passed_over() {
    let (project, _) = unfold("--- nodes/paris/web1.toml\n");
    let wrong = open(project.path(), PATIENCE).unwrap_err().to_string();
    assert_eq!(
        wrong,
        "error: `nodes/` contains a folder, `paris`\n  --> nodes/paris\n\
         hint: move its files to `nodes/`; use groups to order nodes"
    );
}

#[test]
fn a_link_out_of_the_project_is_refused() {
    let (project, _) = unfold("--- nodes/web1.toml\n");
    symlink("/etc/passwd", project.path().join("nodes/web2.toml")).unwrap();
    let wrong = open(project.path(), PATIENCE).unwrap_err().to_string();
    assert!(wrong.contains("nodes/web2.toml"), "{wrong}");
    assert!(!wrong.contains("root:"), "{wrong}");
}

/// A near name is looked for among all names, so that many mistakes would take for ever if each had one.
#[test]
fn of_many_mistakes_the_first_have_a_near_name() {
    let nodes: Vec<String> = (0..2000).map(|n| format!("\"a-long-name-for-web{n}\": {{}}")).collect();
    let names: Vec<String> = (0..2000).map(|n| format!("\"a-long-name-for-wbe{n}\"")).collect();
    let printed = format!(
        "{{\"nodes\": {{{}}}, \"groups\": {{\"web\": {{\"nodes\": [{}]}}}}}}",
        nodes.join(","),
        names.join(",")
    );
    let Diagnostics(wrong) =
        Inventory::of_program("./inventory", &printed).expect_err("no node is called so");
    assert_eq!(wrong.len(), 2000);
    let near = wrong.iter().filter(|wrong| wrong.hints[0].starts_with("did you mean"));
    assert_eq!(near.count(), 20);
}
