//! Run lists of nodes and groups: what runs where no `-r` is given.

use super::program::Program;

/// Three nodes. `web` lists a role, which is a recipe that includes others.
fn project(words: &[&str]) -> Program {
    Program::new(words)
        .file("recipes/common.lua", "file \"/base\" { content = node.site.name }\n")
        .file("recipes/web.lua", "include_recipe \"common\"\nfile \"/web\" {}\n")
        .file("recipes/logs.lua", "file \"/logs\" {}\n")
        .file("chefrs.toml", "[attributes.site]\nname = \"x\"\n")
        .file("nodes/web1.toml", "groups = [\"web\"]\nrun_list = [\"logs\"]\n")
        .file("nodes/web2.toml", "groups = [\"web\"]\n")
        .file("nodes/db1.toml", "host = \"192.0.2.7\"\n\n[attributes.site]\nname = \"db\"\n")
        .file("groups/web.toml", "run_list = [\"web\"]\n")
}

#[test]
fn a_node_is_compiled_with_what_it_lists() {
    project(&["compile", "--node", "web1", "--format", "list"])
        .stdout(
            "file[/base] create  recipes/common.lua:1\nfile[/web] create  recipes/web.lua:2\n\
             file[/logs] create  recipes/logs.lua:1\n",
        )
        .check();
    project(&["compile", "--node", "web1", "-r", "logs", "--format", "list"])
        .stdout("file[/logs] create  recipes/logs.lua:1\n")
        .check();
}

#[test]
fn a_node_without_a_list_is_named_with_where_to_write_it() {
    let hint = "hint: name what to run with `-r`, or write `run_list = [\"RECIPE\"]` into nodes/db1.toml\n";
    for verb in ["compile", "plan", "run"] {
        project(&[verb, "--node", "db1"])
            .stderr(&format!("error: the node `db1` has no run list\n{hint}"))
            .status(64)
            .check();
    }
    let write = "hint: write `run_list = [\"RECIPE\"]` into nodes/db1.toml, or into the file of a group of the node\n";
    for words in ["db1", "web1,db1", "*"] {
        project(&["run", "-t", words])
            .stderr(&format!(
                "error: the node `db1` has no run list\n{write}hint: or name what to run with `-r`\n"
            ))
            .status(64)
            .check();
    }
    project(&["plan", "-t", "192.0.2.8,db2.example.org"])
        .stderr(
            "error: `192.0.2.8` and `db2.example.org` are not nodes of the inventory, so they have no run list\n\
             hint: name what to run with `-r`\n",
        )
        .status(64)
        .check();
}

#[test]
fn an_entry_that_is_nothing_is_shown_where_it_stands() {
    let wrong = |listed: &str, words: &[&str]| {
        project(words).file("groups/web.toml", &format!("# ours\nrun_list = [\"{listed}\"]\n"))
    };
    for words in [&["run", "-t", "@web"][..], &["plan", "-t", "web1"], &["compile", "--node", "web2"]] {
        wrong("wbe", words)
            .stderr_has("error: the run list names `wbe`, but there is no such recipe or cookbook\n")
            .stderr_has("  --> groups/web.toml:2\n2 | run_list = [\"wbe\"]\nhint: did you mean `web`?\n")
            .status(3)
            .check();
    }
    wrong("role[web]", &["plan", "-t", "@web"])
        .stderr_has("error: the run list names `role[web]`, as for Chef\n  --> groups/web.toml:2\n")
        .stderr_has(
            "hint: a role is a recipe that includes others: write it to `recipes/web.lua`, and list `web`\n",
        )
        .status(3)
        .check();
    wrong("recipe[web]", &["plan", "-t", "@web"])
        .stderr_has("hint: write the name alone: `web`\n")
        .status(3)
        .check();
}

#[test]
fn roles_that_include_each_other_are_named() {
    project(&["compile", "--node", "web2"])
        .file("recipes/common.lua", "include_recipe \"web\"\n")
        .stderr(
            "error: cyclic include: web -> common -> web\n  --> recipes/common.lua:1\n1 | include_recipe \"web\"\n\
             hint: move the common part to a third recipe\n",
        )
        .status(3)
        .check();
}

#[test]
fn check_compiles_each_node_and_says_for_which_there_is_an_error() {
    project(&["check", "--facts", "debian-12"])
        .stdout("checked 2 nodes and 1 recipe with the facts of debian-12: no problems found\n")
        .check();
    project(&["check", "--facts", "debian-12"])
        .file("recipes/logs.lua", "file \"/logs\" { owner = node.site.owner }\n")
        .stdout_has("error: attribute `node.site.owner` is not set\n  --> recipes/logs.lua:1\n")
        .stdout_has("note: for the node `web1`\n")
        .stdout_has("\nchecked 2 nodes and 1 recipe with the facts of debian-12: 1 error\n")
        .status(3)
        .check();
    project(&["check", "--facts", "debian-12"])
        .file("recipes/web.lua", "file \"/web\" { contnt = \"x\" }\n")
        .stdout_has("note: for all 2 nodes\nhint: did you mean `content`?\n")
        .status(3)
        .check();
    project(&["check", "--node", "web1", "--facts", "debian-12"])
        .stdout("checked 1 node with the facts of debian-12: no problems found\n")
        .check();
    project(&["check", "--facts", "debian-12"])
        .file("nodes/web1.toml", "run_list = [\"lgos\"]\n")
        .stdout_has("error: the run list names `lgos`, but there is no such recipe or cookbook\n  --> nodes/web1.toml:1\n")
        .status(3)
        .check();
}

#[test]
fn details_of_a_node_name_the_file_of_each_entry() {
    project(&["nodes", "web1", "db1", "--details"])
        .stdout(
            "web1\n  address    ssh://web1\n  groups     web\n  run list   web   (groups/web.toml:1)\n             \
             logs  (nodes/web1.toml:2)\n\ndb1\n  address    ssh://192.0.2.7\n  run list   none\n  \
             attributes site.name = \"db\"\n",
        )
        .check();
}

#[test]
fn explain_shows_what_the_node_gets() {
    let shop = |words: &[&str]| {
        project(words)
            .file("cookbooks/shop/cookbook.toml", "name = \"shop\"\nversion = \"1.0.0\"\n")
            .file(
                "cookbooks/shop/attributes.lua",
                "return attributes { port = attribute.integer { default = 80 } }\n",
            )
            .file("cookbooks/shop/recipes/default.lua", "")
            .file(
                "cookbooks/own/cookbook.toml",
                "name = \"own\"\nversion = \"1.0.0\"\n[dependencies]\nshop = \"*\"\n",
            )
            .file("cookbooks/own/recipes/default.lua", "include_recipe \"shop\"\n")
            .file("nodes/web1.toml", "run_list = [\"own\"]\n")
    };
    shop(&["explain", "shop.port", "-t", "web1", "--facts", "debian-12"])
        .stdout("shop.port = 80\n  * cookbook default  80  (cookbooks/shop/attributes.lua:1)\n")
        .check();
}
