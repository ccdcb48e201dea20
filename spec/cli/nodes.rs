//! `chefrs nodes`, and `--node`: this machine taken for one of the inventory.

use super::program::Program;

const RECIPE: &str = "file \"/x\" { content = `port {node.blog.port}` }\n";

fn project(words: &[&str]) -> Program {
    Program::new(words)
        .file("recipes/motd.lua", RECIPE)
        .file("chefrs.toml", "[attributes.blog]\nport = 80\nname = \"b\"\n")
        .file("groups/web.toml", "[attributes.blog]\nport = 81\n")
        .file("nodes/web1.toml", "user = \"deploy\"\ngroups = [\"web\"]\n\n[attributes.blog]\nport = 82\n")
        .file("nodes/web2.example.org.toml", "groups = [\"web\"]\nbecome = true\n")
        .file("nodes/box.toml", "address = \"container:box\"\n")
}

#[test]
fn lists_the_inventory() {
    project(&["nodes"])
        .stdout(
            "box               container:box\n\
             web1              ssh://deploy@web1       web\n\
             web2.example.org  ssh://web2.example.org  web\n",
        )
        .check();
}

#[test]
fn lists_a_selection() {
    project(&["nodes", "box,@web", "other:2222"])
        .stdout(
            "box               container:box\n\
             web1              ssh://deploy@web1       web\n\
             web2.example.org  ssh://web2.example.org  web\n\
             other:2222        ssh://other:2222\n",
        )
        .check();
}

#[test]
fn as_json_with_what_the_layers_come_to() {
    project(&["nodes", "web*", "--format", "json"])
        .stdout(
            "{\"address\":\"ssh://deploy@web1\",\"attributes\":{\"blog\":{\"port\":82}},\"become\":null,\"engine\":null,\
             \"groups\":[\"web\"],\"name\":\"web1\",\"run_list\":[]}\n\
             {\"address\":\"ssh://web2.example.org\",\"attributes\":{\"blog\":{\"port\":81}},\"become\":true,\"engine\":null,\
             \"groups\":[\"web\"],\"name\":\"web2.example.org\",\"run_list\":[]}\n",
        )
        .check();
}

#[test]
fn a_project_without_nodes_says_so() {
    Program::new(&["nodes"]).stdout("no nodes yet: write one to `nodes/NAME.toml`\n").check();
    Program::new(&["nodes", "--format", "json"]).check();
}

#[test]
fn an_unknown_group_is_answered_with_the_nearest() {
    project(&["nodes", "@wbe"])
        .stderr("error: there is no group `wbe`\nhint: did you mean `@web`?\n")
        .status(64)
        .check();
}

#[test]
fn a_mistake_in_a_node_is_shown_where_it_stands() {
    let words: [&[&str]; 13] = [
        &["nodes"],
        &["compile", "-r", "motd", "--node", "web1"],
        &["check", "-r", "motd", "--node", "web1"],
        &["explain", "-r", "motd", "-t", "web1"],
        &["run", "-r", "motd", "--node", "web1"],
        &["run", "-r", "motd", "-t", "web1"],
        &["plan", "-r", "motd", "-t", "@web"],
        &["facts", "-t", "web1"],
        &["export", "--to", "sh", "-r", "motd", "-t", "web1"],
        &["status", "-t", "web1"],
        &["status", "-t", "local,web1"],
        &["exec", "-t", "web1", "--", "true"],
        &["attach", "20261123", "-t", "web1"],
    ];
    for words in words {
        project(words)
            .file("nodes/web3.toml", "# ours\nuesr = \"deploy\"\n")
            .stderr(
                "error: `uesr` is not a known key\n  --> nodes/web3.toml:2\n2 | uesr = \"deploy\"\n\
                 hint: did you mean `user`?\n",
            )
            .status(3)
            .check();
    }
}

#[test]
fn control_characters_stay_in_the_inventory() {
    project(&["nodes", "web3"])
        .file("nodes/web3.toml", "host = \"\\u001b[2J\"\n")
        .stderr_has("error: the host `\\u{1b}[2J` has a `\\u{1b}` in it\n")
        .status(3)
        .check();
}

#[test]
fn explain_shows_the_group_and_the_node() {
    let words = ["explain", "blog.port", "-r", "motd", "--facts", "debian-12", "--node", "web1"];
    project(&words)
        .stdout(
            "blog.port = 82\n    project           80  (chefrs.toml:2)\n    \
             node              81  (groups/web.toml:2)\n  * node              82  (nodes/web1.toml:5)\n",
        )
        .check();
    project(&[&words[..], &["--set", "blog.port=83"]].concat())
        .stdout_has("blog.port = 83\n")
        .stdout_has("  * command line      83  (--set blog.port=83)\n")
        .check();
}

#[test]
fn a_node_that_is_not_there_is_answered_with_the_nearest() {
    for verb in ["check", "compile", "explain", "plan", "run"] {
        project(&[verb, "-r", "motd", "--node", "wbe1"])
            .stderr("error: there is no node `wbe1`\nhint: did you mean `web1`?\n")
            .status(64)
            .check();
    }
    project(&["run", "-r", "motd", "--node", "db"])
        .stderr("error: there is no node `db`\nhint: there is `box`, `web1`, and `web2.example.org`\n")
        .status(64)
        .check();
}

/// A name that no node has is a host that `ssh` knows; where it is none, a node may have been meant.
#[test]
fn a_host_that_is_not_reached_may_have_been_meant_as_a_node() {
    let meant = "error: `ssh` is not installed here\nhint: did you mean the node `web1`?\n\
                 hint: it is needed to reach `ssh://wbe1`\n";
    let words: [&[&str]; 3] = [&["run", "-r", "motd"], &["facts"], &["status"]];
    for words in words {
        let words = [words, &["-t", "wbe1"]].concat();
        project(&words).env("PATH", "/nonexistent").stderr(meant).status(4).check();
    }
    project(&["facts", "-t", "web1"])
        .env("PATH", "/nonexistent")
        .stderr("error: `ssh` is not installed here\nhint: it is needed to reach `ssh://deploy@web1`\n")
        .status(4)
        .check();
}

#[test]
fn a_run_applies_what_the_node_says() {
    let recipe = "file \"[DIR]/port\" { content = `{node.blog.port}` }\n";
    for (node, port) in [("web1", "82"), ("web2.example.org", "81"), ("box", "80")] {
        let output = project(&["run", "-r", "main", "--node", node])
            .file("recipes/main.lua", recipe)
            .stdout_has("1 updated")
            .check();
        let written = std::fs::read_to_string(output.directory.path().join("port")).unwrap();
        assert_eq!(written, port, "{node}");
    }
}

#[test]
fn a_misspelt_attribute_of_a_node_is_shown_where_it_stands() {
    project(&["check", "-r", "nginx", "--node", "web3"])
        .file("nodes/web3.toml", "[attributes.nginx]\nprot = 81\n")
        .stdout_has(
            "error: cookbook `nginx` has no attribute `nginx.prot`\n  --> nodes/web3.toml:2\n2 | prot = 81\n",
        )
        .status(3)
        .check();
}
