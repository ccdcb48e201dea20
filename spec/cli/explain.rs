//! `chefrs explain`: where the value of an attribute comes from.

use super::program::Program;

const RECIPE: &str = "file \"/x\" {}\n";

#[test]
fn where_there_is_nothing_it_says_so() {
    Program::new(&["explain", "-r", "motd", "--facts", "debian-12"])
        .file("recipes/motd.lua", "file \"/x\" {}\n")
        .stderr("no attribute is set: `chefrs explain COOKBOOK` lists those that a cookbook declares\n")
        .check();
}

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
fn an_empty_path_is_none() {
    Program::new(&["explain", ""])
        .file("recipes/motd.lua", RECIPE)
        .status(64)
        .stderr(
            "error: the path of an attribute is empty\nhint: `chefrs explain` without a path lists all of them\n",
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

#[test]
fn a_node_is_named_as_for_a_run() {
    let explain = |words: &[&str]| {
        let words = [&["explain", "blog.port", "-r", "motd", "--facts", "debian-12"], words].concat();
        Program::new(&words)
            .file("recipes/motd.lua", RECIPE)
            .file("chefrs.toml", "[attributes.blog]\nport = 80\n")
            .file("nodes/web1.toml", "[attributes.blog]\nport = 82\n")
    };
    let told = "blog.port = 82\n    project           80  (chefrs.toml:2)\n  \
                * node              82  (nodes/web1.toml:2)\n";
    explain(&["-t", "web1"]).stdout(told).check();
    explain(&["--node", "web1"]).stdout(told).check();
    explain(&["-t", "wbe1"])
        .stderr("error: there is no node `wbe1`\nhint: did you mean `web1`?\n")
        .status(64)
        .check();
    explain(&["-t", "web1", "--node", "web1"]).stderr_has("cannot be used with").status(64).check();
}

#[test]
fn what_no_cookbook_declares_needs_no_recipe() {
    let explain = |words: &[&str]| {
        Program::new(&[&["explain"], words, &["--facts", "debian-12"]].concat())
            .file("recipes/web.lua", "print(node.site.role)\n")
            .file("nodes/web1.toml", "groups = [\"web\"]\n")
            .file("groups/web.toml", "[attributes.site]\nrole = \"front\"\n")
            .file("chefrs.toml", "[attributes.nginx]\nport = 81\n")
    };
    let role = "site.role = \"front\"\n  * node              \"front\"  (groups/web.toml:2)\n";
    explain(&["site.role", "-t", "web1"]).stdout(role).check();
    explain(&["-t", "web1"]).stdout_has(role).stdout_has("nginx.port = 81\n").check();
}

#[test]
fn a_cookbook_without_a_default_recipe_has_its_attributes_too() {
    Program::new(&["explain", "blog.port", "--facts", "debian-12"])
        .file("cookbooks/blog/cookbook.toml", "name = \"blog\"\nversion = \"1.0.0\"\n")
        .file("cookbooks/blog/recipes/web.lua", RECIPE)
        .file(
            "cookbooks/blog/attributes.lua",
            "return attributes { port = attribute.integer { default = 80 } }\n",
        )
        .stdout("blog.port = 80\n  * cookbook default  80  (cookbooks/blog/attributes.lua:1)\n")
        .check();
}

#[test]
fn a_cookbook_without_recipes_has_its_attributes_too() {
    let explain = |attributes: &str| {
        Program::new(&["explain", "blog.port", "--facts", "debian-12", "--set", "blog.port=81"])
            .file("cookbooks/blog/cookbook.toml", "name = \"blog\"\nversion = \"1.0.0\"\n")
            .file("cookbooks/blog/attributes.lua", attributes)
    };
    explain("return attributes { port = attribute.integer { default = 80 } }\n")
        .stdout(
            "blog.port = 81\n    cookbook default  80  (cookbooks/blog/attributes.lua:1)\n  \
             * command line      81  (--set blog.port=81)\n",
        )
        .check();
    explain("return attributes {\n  port = 80,\n}\n").status(3).stderr_has("attributes.lua:1").check();
}
