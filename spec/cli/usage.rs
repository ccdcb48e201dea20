//! Words that make no sense: status 64, and what to type instead.

use super::program::Program;

#[test]
fn no_command_prints_the_help() {
    Program::new(&[])
        .stderr_has("Usage: chefrs [OPTIONS] <COMMAND>")
        .stderr_has("Exit codes:")
        .status(64)
        .check();
}

#[test]
fn a_file_is_no_recipe_name() {
    for (verb, path) in [("run", "./blog.lua"), ("plan", "/srv/recipes/blog.lua"), ("check", "blog.lua")] {
        Program::new(&[verb, "-r", path])
            .stderr(&format!(
                "error: `-r` takes the name of a recipe, not a file: `{path}`\n\
                 hint: `-r blog` runs `recipes/blog.lua` of the project\n\
                 hint: `--project DIR` sets the directory of the project\n"
            ))
            .status(64)
            .check();
    }
}

#[test]
fn an_empty_name_is_refused() {
    Program::new(&["plan", "-r", "blog,,nginx"])
        .stderr("error: `-r` was given an empty name\nhint: separate names with single commas\n")
        .status(64)
        .check();
}

#[test]
fn a_project_that_is_not_there_is_refused() {
    Program::new(&["plan", "-r", "blog", "--project", "nowhere"])
        .stderr(
            "error: there is no directory `nowhere`\n\
             hint: `--project` takes the directory that holds `recipes/`\n",
        )
        .status(64)
        .check();
}

#[test]
fn what_can_be_named_is_listed_once() {
    let output = Program::new(&["run"]).file("recipes/nginx.lua", "").file("recipes/blog.lua", "").output();
    assert_eq!(output.status, 64);
    assert!(output.stderr.contains("note: here are `blog`, "), "{}", output.stderr);
    assert_eq!(output.stderr.matches("`nginx`").count(), 1, "{}", output.stderr);
}
