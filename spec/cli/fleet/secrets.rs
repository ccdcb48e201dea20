//! Nodes get the secrets of their own, of their groups, or of all.

use std::process::Command;

use super::systems::Systems;
use crate::patience::CallInTime as _;

const RECIPE: &str = "file \"/mnt/site/motd\" { content = secret \"motd\", mode = \"0600\" }\n";

/// Stores a secret in the project, for the key of the project.
fn set(systems: &Systems, name: &str, words: &[&str], value: &str) {
    systems.write("value", value);
    let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(["secret", "set", name])
        .args(words)
        .current_dir(systems.path(""))
        .stdin(std::fs::File::open(systems.path("value")).unwrap())
        .output_in_time()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn each_node_gets_the_nearest_one_and_two_groups_must_agree() {
    let Some(systems) = Systems::new() else { return };
    systems.write("recipes/motd.lua", RECIPE);
    systems.write("groups/eu.toml", "nodes = [\"web2\", \"web3\"]\n");
    systems.write("chefrs.toml", "[secrets]\nidentities = [\"key.txt\"]\n");
    let key = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(["secret", "keygen"])
        .current_dir(systems.path(""))
        .output_in_time()
        .unwrap();
    systems.write("secrets/recipients.txt", &String::from_utf8(key.stdout).unwrap());

    set(&systems, "motd", &["--group", "eu"], "value-of-the-group\n");
    let (status, stdout, stderr) = systems.call(&["run", "-t", "@web"]);
    assert_eq!(status, 64, "{stdout}{stderr}");
    let (status, stdout, stderr) = systems.call(&["run", "-t", "@web", "-r", "motd"]);
    let said = stdout + &stderr;
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains("it is not in `secrets/nodes/web1/`, `secrets/groups/web/`, or `secrets/`"),
        "{said}"
    );
    assert!(said.contains("group `eu` has it, which is not asked here"), "{said}");
    assert!(said.contains("no target was changed, because web1 can't be converged"), "{said}");
    assert_eq!(["web1", "web2", "web3"].map(|name| systems.read(name, "site/motd")), [None, None, None]);

    set(&systems, "motd", &[], "value-for-everybody\n");
    set(&systems, "motd", &["--node", "web3"], "value-of-the-node\n");
    let (status, stdout, stderr) = systems.call(&["run", "-t", "@web", "-r", "motd"]);
    assert_eq!(status, 0, "{stdout}{stderr}");
    let texts = ["web1", "web2", "web3"].map(|name| systems.read(name, "site/motd").unwrap());
    assert_eq!(texts, ["value-for-everybody", "value-of-the-group", "value-of-the-node"]);
    for folder in ["control", "state"] {
        for value in texts.each_ref() {
            let found =
                Command::new("grep").args(["-rlaF", value]).arg(systems.path(folder)).output_in_time();
            assert_eq!(String::from_utf8_lossy(&found.unwrap().stdout), "", "{value}");
        }
    }

    set(&systems, "motd", &["--group", "web"], "of the other group\n");
    let (status, stdout, stderr) = systems.call(&["plan", "-t", "web2", "-r", "motd"]);
    let said = stdout + &stderr;
    assert_eq!(status, 1, "{said}");
    let both = |first: &str, second: &str| {
        format!(
            "the secret `motd` is in `secrets/groups/{first}/motd.age` and in `secrets/groups/{second}/motd.age`"
        )
    };
    assert!(said.contains(&both("web", "eu")) || said.contains(&both("eu", "web")), "{said}");
}
