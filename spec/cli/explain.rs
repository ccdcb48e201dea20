//! `chefrs explain`: where the value of an attribute comes from.

use super::program::Program;

const RECIPE: &str = "file \"/x\" {}\n";

#[test]
fn every_layer_with_its_place() {
    Program::new(&["explain", "blog.port", "-r", "motd", "--facts", "debian-12", "--set", "blog.port=81"])
        .file("recipes/motd.lua", RECIPE)
        .file("chefrs.toml", "[attributes.blog]\nport = 80\nname = \"b\"\n")
        .stdout(
            "blog.port = 81\n    project           80  (chefrs.toml:2)\n  \
             * command line      81  (--set blog.port=81)\n",
        )
        .check();
}

#[test]
fn a_misspelt_path_is_answered_with_the_nearest() {
    Program::new(&["explain", "blog.prot", "-r", "motd", "--facts", "debian-12"])
        .file("recipes/motd.lua", RECIPE)
        .file("chefrs.toml", "[attributes.blog]\nport = 80\n")
        .stderr("error: there is no attribute `blog.prot`\nhint: did you mean `blog.port`?\n")
        .status(64)
        .check();
}
