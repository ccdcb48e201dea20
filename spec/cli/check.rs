//! `chefrs check`: all findings of all recipes, without a machine.

use super::program::Program;

#[test]
fn every_recipe_is_compiled_for_every_system() {
    Program::new(&["check"])
        .file("recipes/good.lua", "file \"/x\" {}\n")
        .file("recipes/misspelt.lua", "file \"/y\" { contnt = \"x\" }\n")
        .file(
            "recipes/ubuntu.lua",
            "if node.platform == \"ubuntu\" then\n  file \"/z\" { mod = \"0644\" }\nend\n",
        )
        .stdout(
            "error: file[/y] has no property `contnt`\n  --> recipes/misspelt.lua:1\n\
             1 | file \"/y\" { contnt = \"x\" }\nhint: did you mean `content`?\n\n\
             error: file[/z] has no property `mod`\n  --> recipes/ubuntu.lua:2\n\
             2 |   file \"/z\" { mod = \"0644\" }\n\
             note: only with the facts of ubuntu-24.04\nhint: did you mean `mode`?\n\n\
             checked 3 recipes with the facts of debian-12 and ubuntu-24.04: 2 errors\n",
        )
        .status(3)
        .check();
}

#[test]
fn nothing_wrong_is_said_too() {
    Program::new(&["check", "-r", "good", "--facts", "debian-12"])
        .file("recipes/good.lua", "file \"/x\" {}\n")
        .stdout("checked 1 recipe with the facts of debian-12: no problems found\n")
        .check();
}

#[test]
fn findings_as_json() {
    let output = Program::new(&["check", "--format", "json"])
        .file("recipes/misspelt.lua", "file \"/y\" { contnt = \"x\" }\n")
        .output();
    assert_eq!((output.status, output.stderr.as_str()), (3, ""));
    let finding: serde_json::Value = serde_json::from_str(output.stdout.trim_end()).unwrap();
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["location"]["line"], 1);
    assert_eq!(finding["hints"][0], "did you mean `content`?");
}

#[test]
fn what_nodes_and_groups_set_is_there_where_no_recipe_is_named() {
    let check = |words: &[&str]| {
        Program::new(&[&["check"], words, &["--facts", "debian-12"]].concat())
            .file("recipes/web.lua", "file \"/x\" { content = node.site.role }\n")
            .file("nodes/db1.toml", "[attributes.site]\nname = \"db\"\n")
            .file("nodes/web1.toml", "groups = [\"web\"]\n")
            .file("groups/web.toml", "[attributes.site]\nrole = \"front\"\n")
    };
    check(&[])
        .stdout(
            "checked 1 recipe with the facts of debian-12: no problems found\n\
             note: `web` was checked with the attributes of the node `web1`\n",
        )
        .check();
    check(&["-r", "web"])
        .stdout_has("error: attribute `node.site` is not set")
        .stdout_has(
            "checked 1 recipe with the facts of debian-12: 1 error\n\
             hint: there are no errors with the attributes of the node `web1`: add `--node web1`\n",
        )
        .status(3)
        .check();
    check(&["-r", "web", "--node", "web1"]).stdout_has("checked 1 recipe").check();
    check(&[])
        .file("recipes/web.lua", "file \"/x\" { content = node.site.color }\n")
        .stdout_has("error: attribute `node.site` is not set")
        .status(3)
        .check();
}

#[test]
fn what_one_value_is_lacking_for_in_many_recipes_is_one_error() {
    let recipe = "file \"/x\" { content = node.site.name }\n";
    let mut check = Program::new(&["check", "--facts", "debian-12"]);
    for name in ["a", "b", "c", "d", "e"] {
        check = check.file(&format!("recipes/{name}.lua"), recipe);
    }
    check
        .stdout_has(
            "error: attribute `node.site` is not set\n  --> recipes/a.lua:1\n1 | file \"/x\" { content = node.site.name }\n\
             note: also at recipes/b.lua:1\nnote: also at recipes/c.lua:1\nnote: and 2 more places\nhint: ",
        )
        .stdout_has("checked 5 recipes with the facts of debian-12: 1 error\n")
        .status(3)
        .check();
}

#[test]
fn attributes_of_a_project_that_nothing_reads_are_told() {
    Program::new(&["check", "--facts", "debian-12"])
        .file("recipes/web.lua", "file \"/x\"\n")
        .file("attributes.lua", "return attributes { port = attribute.integer { default = 80 } }\n")
        .stdout(
            "warning: nothing reads this file: only a cookbook declares attributes\n  --> attributes.lua\n\
             hint: move it into a cookbook: `cookbooks/NAME/attributes.lua`\n\
             hint: values for the whole project are set below `[attributes]` in chefrs.toml\n\n\
             checked 1 recipe with the facts of debian-12: 1 warning\n",
        )
        .check();
}
