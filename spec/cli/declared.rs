//! `-e`: declarations on the command line, without a project.

use crate::cli::program::Program;

#[test]
fn they_need_no_project() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("one");
    let declaration = format!("file \"{}\" {{ content = \"1\\n\" }}", file.display());
    let words = ["-e", declaration.as_str(), "-e", "message \"told\""];
    Program::new(&[&["plan"], &words[..]].concat()).status(2).stdout_has("plan: 1 would change").check();
    assert!(!file.exists());
    Program::new(&[&["run"], &words[..]].concat())
        .stdout_has("converging local: -e (2 resources)\n")
        .stdout_has("1 updated")
        .check();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "1\n");
}

#[test]
fn errors_name_the_line_of_each() {
    Program::new(&["plan", "-e", "file \"/tmp/x\"", "-e", "fiel \"/tmp/y\" {}"])
        .status(3)
        .stderr_has("--> -e:2\n2 | fiel \"/tmp/y\" {}\n")
        .check();
    Program::new(&["plan", "-e", "file \"/tmp/x\" { modus = \"0644\" }"])
        .status(3)
        .stderr_has("error: file[/tmp/x] has no property `modus`\n  --> -e:1\n")
        .check();
}

#[test]
fn inside_of_a_project_its_cookbooks_are_there() {
    let program = || {
        Program::new(&[
            "plan",
            "-r",
            "first",
            "-e",
            "local web = require \"@web\"",
            "-e",
            "web.site \"x\" {}",
        ])
        .file("recipes/first.lua", "message \"first\"\n")
        .file("cookbooks/web/cookbook.toml", "name = \"web\"\nversion = \"0.1.0\"\n")
        .file(
            "cookbooks/web/resources/site.lua",
            "return resource { actions = { create = function(self) message(\"site \" .. self.name) end } }\n",
        )
    };
    let output = program().output();
    let text = format!("{}{}", output.stdout, output.stderr);
    assert!(text.contains("first, -e") && text.contains("site x"), "{text}");
}

#[test]
fn a_recipe_of_that_name_is_not_there_by_itself() {
    Program::new(&["plan", "-r=-e"]).status(3).stderr_has("there is no such recipe or cookbook").check();
}
