//! `chefrs compile`: the collection as data.

use super::program::Program;

const RECIPE: &str = "file \"/etc/motd\" { content = node.platform }\nfile \"/x\" { action = \"delete\" }\n";

#[test]
fn one_line_for_each_resource() {
    Program::new(&["compile", "-r", "motd", "--facts", "debian-12", "--format", "list"])
        .file("recipes/motd.lua", RECIPE)
        .stdout("file[/etc/motd] create  recipes/motd.lua:1\nfile[/x] delete  recipes/motd.lua:2\n")
        .check();
}

#[test]
fn what_a_recipe_prints_goes_to_standard_error() {
    Program::new(&["compile", "-r", "motd", "--facts", "debian-12", "--format", "list"])
        .file("recipes/motd.lua", "print(\"on\", node.platform)\n")
        .stderr_has("recipes/motd.lua:1: on")
        .check();
}

#[test]
fn json_is_the_whole_collection() {
    let words = ["compile", "-r", "motd", "--facts", "debian-12"];
    let output = Program::new(&words).file("recipes/motd.lua", RECIPE).output();
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let collection: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(collection["schema"], 1);
    assert_eq!(collection["run_list"][0], "motd");
    assert_eq!(collection["rows"][0]["properties"]["content"], "debian");
    let again = Program::new(&words).within(output.directory).output();
    assert_eq!(again.stdout, output.stdout);
}
