//! Each machine with its own run list, words that leave out and combine, and defaults of the project.

use super::systems::Systems;

/// What stands above a run in which the machines have different run lists.
const LISTS: &str = "web1 and web2: motd\nweb3: logs, motd\n";

fn systems() -> Option<Systems> {
    let systems = Systems::new()?;
    systems.write("recipes/logs.lua", "file \"/mnt/site/logs\" { content = node.motd.text .. \"\\n\" }\n");
    systems.write("groups/web.toml", "run_list = [\"motd\"]\n");
    systems.write("groups/logs.toml", "nodes = [\"web3\"]\nrun_list = [\"logs\"]\n");
    Some(systems)
}

#[test]
fn each_gets_what_belongs_there() {
    let Some(systems) = systems() else { return };
    let (status, stdout, stderr) = systems.call(&["plan", "-t", "@web"]);
    assert_eq!((status, stderr.as_str()), (2, LISTS), "{stdout}");
    assert!(stdout.starts_with("planning 3 targets, each with its own run list\n"), "{stdout}");

    systems.break_it("web3");
    let (status, stdout, _) = systems.call(&["run", "-t", "@web", "--on-failure", "continue"]);
    assert_eq!(status, 1, "{stdout}");
    // What can't work on one of them is begun on none.
    assert_eq!(systems.read("web1", "site/motd"), None);
    let (_, log, _) = systems.call(&["log"]);
    assert!(log.contains(" own run lists on 3 targets: "), "{log}");
    let (status, json, _) = systems.call(&["show", "last", "--format", "json"]);
    assert_eq!(status, 0);
    assert!(json.lines().next().unwrap().contains("\"run_list\":[]"), "{json}");

    systems.mend("web3");
    let (status, stdout, stderr) = systems.call(&["run", "--failed-from", "last"]);
    assert_eq!((status, stderr.as_str()), (0, LISTS), "{stdout}");
    assert_eq!(systems.read("web1", "site/motd").as_deref(), Some("same\n"));
    assert_eq!(systems.read("web1", "site/logs"), None);
    assert_eq!(systems.read("web3", "site/motd").as_deref(), Some("other\n"));
    assert_eq!(systems.read("web3", "site/logs").as_deref(), Some("other\n"));
}

#[test]
fn words_leave_out_and_combine() {
    let Some(systems) = systems() else { return };
    let (status, stdout, stderr) = systems.call(&["run", "-t", "@web,!web3"]);
    assert_eq!((status, stderr.as_str()), (0, "`@web,!web3` chooses web1 and web2\n"), "{stdout}");
    assert!(stdout.starts_with("converging 2 targets: motd\n"), "{stdout}");
    assert_eq!(systems.read("web3", "site/motd"), None);
    let (status, stdout, _) = systems.call(&["run", "-t", "@web&@logs"]);
    assert_eq!(status, 0, "{stdout}");
    assert_eq!(systems.read("web3", "site/logs").as_deref(), Some("other\n"));
}

#[test]
fn the_target_of_the_project_is_used() {
    let Some(systems) = systems() else { return };
    systems.write("chefrs.toml", "[defaults]\ntarget = [\"@web\", \"!web1\"]\nforks = 1\n");
    let (status, stdout, stderr) = systems.call(&["run"]);
    assert_eq!(status, 0, "{stdout}");
    assert!(stderr.contains("`@web,!web1` chooses web2 and web3\n"), "{stderr}");
    assert_eq!(systems.read("web1", "site/motd"), None);
    assert_eq!(systems.read("web2", "site/motd").as_deref(), Some("same\n"));
    assert_eq!(systems.read("web3", "site/logs").as_deref(), Some("other\n"));
}
