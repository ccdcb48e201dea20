//! Attributes of a project whose names shipped cookbooks have, too.

use super::program::Program;

const FACTS: [&str; 4] = ["check", "-r", "main", "--facts"];
const SETTINGS: &str = "[attributes]\nusers = [\"ann\"]\n";
const RECIPE: &str = "for _, name in ipairs(node.users) do\n  file(`/srv/{name}`)\nend\n";
const WELL: &str = "checked 1 recipe with the facts of debian-12: no problems found\n";
const TAKEN: &str = "attribute `users` takes a table, not a list";

fn checked(recipe: &str) -> Program {
    Program::new(&[&FACTS[..], &["debian-12"]].concat()).file("recipes/main.lua", recipe)
}

#[test]
fn a_shipped_cookbook_that_nothing_uses_takes_no_attribute_away() {
    checked(RECIPE).file("chefrs.toml", SETTINGS).stdout(WELL).check();
    let quoted = format!("{RECIPE}group \"users\"\nfile \"/srv/users\"\n");
    checked(&quoted).file("chefrs.toml", SETTINGS).stdout(WELL).check();
}

#[test]
fn the_attributes_of_a_cookbook_that_something_uses_are_its_own() {
    for user in ["include_recipe(\"users\")\n", "local users = require \"@users/admins\"\n"] {
        checked(&format!("{RECIPE}{user}")).file("chefrs.toml", SETTINGS).stdout_has(TAKEN).status(3).check();
    }
    checked(RECIPE)
        .file("chefrs.toml", SETTINGS)
        .file("recipes/people.lua", "include_recipe 'users'\n")
        .stdout_has(TAKEN)
        .status(3)
        .check();
    checked(RECIPE)
        .file("chefrs.toml", SETTINGS)
        .file(
            "cookbooks/staff/cookbook.toml",
            "name = \"staff\"\nversion = \"1.0.0\"\n[dependencies]\nusers = \"*\"\n",
        )
        .file("cookbooks/staff/recipes/default.lua", "include_recipe \"users\"\n")
        .stdout_has(TAKEN)
        .status(3)
        .check();
}

#[test]
fn a_cookbook_of_names_is_read_without_being_used() {
    checked("package(node.names.nginx.packages)\nservice(node.names.nginx.service)\n")
        .file("chefrs.toml", "[attributes.names.nginx]\nservice = \"web\"\n")
        .stdout(WELL)
        .check();
}
