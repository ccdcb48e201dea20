//! The project that a directory is a part of: found upwards, as `git` and `cargo` do.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};

use super::program::Program;
use crate::skipped::is_root;

const RECIPE: &str = "print(\"of the project\")\nlink \"/nowhere/at/all\" { action = \"delete\" }\n";
const COOKBOOK: &str = "name = \"wiki\"\nversion = \"0.1.0\"\n";

fn plan(folder: &str) -> Program {
    Program::new(&["plan", "-r", "web"]).file("recipes/web.lua", RECIPE).inside(folder)
}

#[test]
fn a_folder_is_a_part_of_the_project_above() {
    for folder in ["docs", "docs/deep/er", "recipes", "files", "cookbooks/wiki", "cookbooks/wiki/recipes"] {
        plan(folder)
            .file("cookbooks/wiki/cookbook.toml", COOKBOOK)
            .stdout_has("planning local: web (1 resource)\nrecipes/web.lua:1: of the project\n")
            .check();
    }
}

#[test]
fn the_nearest_counts() {
    plan("inner/docs")
        .file("inner/chefrs.toml", "")
        .file("inner/recipes/web.lua", "print(\"of the inner one\")\n")
        .stdout_has("planning local: web (0 resources)\nrecipes/web.lua:1: of the inner one\n")
        .check();
}

#[test]
fn what_holds_a_part_of_a_project_is_one() {
    plan("inner").file("inner/nodes/web1.toml", "").stderr_has("there is no such recipe").status(3).check();
    Program::new(&["nodes"])
        .file("chefrs.toml", "")
        .file("inner/nodes/web1.toml", "host = \"192.0.2.7\"\n")
        .inside("inner")
        .stdout("web1  ssh://192.0.2.7\n")
        .check();
}

#[test]
fn a_directory_that_is_named_is_taken_as_it_is() {
    let words = ["plan", "-r", "web", "--project", "."];
    Program::new(&words)
        .file("recipes/web.lua", RECIPE)
        .inside("docs")
        .stderr_has("there is no such recipe")
        .status(3)
        .check();
}

#[test]
fn recipes_that_are_no_recipes_make_no_project() {
    Program::new(&["plan", "-r", "web"])
        .file("recipes/apple-pie.md", "")
        .file("cookbooks/italian/pasta.md", "")
        .inside("docs")
        .stderr_has("there is no such recipe")
        .status(3)
        .check();
}

#[test]
fn a_project_of_a_stranger_is_refused_with_a_way_out() {
    if !is_root() {
        return;
    }
    let program = plan("docs");
    let file = program.path("recipes");
    chown(&file, Some(65534), Some(65534)).unwrap();
    fs::set_permissions(program.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let program = program.file("chefrs.toml", "");
    chown(program.path("chefrs.toml"), Some(65534), Some(65534)).unwrap();
    program
        .stderr_has("error: `chefrs.toml` belongs to user `nobody`")
        .stderr_has("hint: the project `[DIR]` contains this directory: `--project .` ignores it")
        .status(3)
        .check();
}
