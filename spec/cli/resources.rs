//! `chefrs resources`: the roster as people and editors read it.

use serde_json::Value;

use super::program::Program;

#[test]
fn the_table_and_the_dump_name_the_same_types() {
    let table = Program::new(&["resources"]).output();
    let dump = Program::new(&["resources", "--format", "json"]).output();
    assert_eq!((table.status, dump.status), (0, 0));
    let dump: Value = serde_json::from_str(&dump.stdout).unwrap();
    let dumped: Vec<&str> =
        dump["types"].as_array().unwrap().iter().map(|found| found["name"].as_str().unwrap()).collect();
    let listed: Vec<&str> = table
        .stdout
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(listed, dumped);
    assert!(dump["common"].as_array().unwrap().iter().any(|property| property["name"] == "only_if"));
}

#[test]
fn every_type_has_its_page() {
    for found in chefrs::resources::TYPES {
        let page = Program::new(&["resources", found.name]).output();
        assert_eq!((page.status, page.stderr.as_str()), (0, ""));
        assert!(page.stdout.starts_with(&format!("{}\n", found.name)), "{}", page.stdout);
        for action in found.actions {
            assert!(page.stdout.contains(action.doc.split(' ').next().unwrap()), "{}", page.stdout);
        }
        for property in (found.schema)().properties {
            assert!(page.stdout.contains(&format!("  {}: ", property.name)), "{}", page.stdout);
        }
        for heading in ["Actions", "Properties", "Properties of every type", "Example"] {
            assert!(page.stdout.contains(&format!("\n{heading}\n")), "{}", page.stdout);
        }
    }
}

#[test]
fn an_unknown_type_is_refused() {
    Program::new(&["resources", "no_such_type"])
        .stderr(
            "error: there is no resource type `no_such_type`\nhint: `chefrs resources` lists all of them\n",
        )
        .status(64)
        .check();
}
