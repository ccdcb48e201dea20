//! Saved plans of other machines, with the agent and through the shell: applied exactly, or nothing is changed.

use std::fs;

use super::server::Server;
use crate::patience::CallInTime as _;

const TWO: &str = "file \"[DIR]/one\" { content = \"1\\n\", notifies = { \"run\", \"execute[told]\" } }\n\
                   file \"[DIR]/two\" { content = \"2\\n\" }\n\
                   execute \"told\" { command = \"touch [DIR]/told\", action = \"nothing\" }\n";

/// `chefrs run p.json`: what is in the plan is not typed again.
fn applied(server: &Server) -> (i32, String, String) {
    let typed = server.command("run", "target", &[]);
    let mut call = std::process::Command::new(typed.get_program());
    call.args(["run", "p.json"]).current_dir(server.path("")).env_clear();
    for (name, value) in typed.get_envs() {
        call.env(name, value.unwrap());
    }
    server.told(call.output_in_time().unwrap())
}

fn made(server: &Server) -> Vec<&'static str> {
    ["one", "two", "told"].into_iter().filter(|name| server.path(name).exists()).collect()
}

#[test]
fn a_plan_is_applied_with_both_engines() {
    for engine in ["agent", "shell"] {
        let Some(server) = Server::start(None) else { return };
        server.recipe("two", TWO);
        let (status, stdout, stderr) =
            server.call("plan", &["-r", "two", "--engine", engine, "--out", "p.json"]);
        assert_eq!(status, 2, "{stdout}{stderr}");
        assert_eq!(stderr, "the plan is saved: `chefrs run p.json` applies it\n", "{engine}");
        let (status, stdout, stderr) = applied(&server);
        assert_eq!((status, stderr.as_str()), (0, ""), "{engine}: {stdout}");
        assert!(stdout.contains("3 updated, 0 up to date, 0 failed"), "{engine}: {stdout}");
        assert_eq!(made(&server), ["one", "two", "told"]);
    }
}

#[test]
fn a_machine_that_has_changed_is_left_alone_with_both_engines() {
    for engine in ["agent", "shell"] {
        let Some(server) = Server::start(None) else { return };
        server.recipe("two", TWO);
        let (status, _, stderr) = server.call("plan", &["-r", "two", "--engine", engine, "--out", "p.json"]);
        assert_eq!(status, 2, "{stderr}");
        fs::write(server.path("two"), "2\n").unwrap();
        let (status, stdout, stderr) = applied(&server);
        assert_eq!((status, stdout.as_str()), (2, ""), "{engine}: {stderr}");
        let note = "error: target has changed since it was planned\n\
                    note: file[[DIR]/two] create: planned was: create file, 2 bytes; now it is: no change\n";
        assert!(stderr.starts_with(note), "{engine}: {stderr}");
        assert_eq!(made(&server), ["two"]);
    }
}

#[test]
fn a_change_that_was_not_foreseen_is_not_made_with_both_engines() {
    for engine in ["agent", "shell"] {
        let Some(server) = Server::start(None) else { return };
        let recipe = "execute \"disturb\" { command = \"name=tw; echo disturbed > [DIR]/${name}o\" }\n\
                      file \"[DIR]/two\" { content = \"2\\n\" }\n\
                      file \"[DIR]/one\" { content = \"1\\n\" }\n";
        server.recipe("two", recipe);
        fs::write(server.path("two"), "2\n").unwrap();
        let words = ["-r", "two", "--engine", engine, "--out", "p.json"];
        assert_eq!(server.call("plan", &words).0, 2, "{engine}");
        let (status, stdout, stderr) = applied(&server);
        assert_eq!((status, stderr.as_str()), (1, ""), "{engine}: {stdout}");
        assert!(stdout.contains("the saved plan does not have this change: change content\n"), "{stdout}");
        assert_eq!(made(&server), ["two"]);
    }
}

#[test]
fn if_one_of_several_has_changed_none_is_changed() {
    let Some(server) = Server::start(None) else { return };
    fs::create_dir(server.path("nodes")).unwrap();
    // Another name for the same machine.
    let config = fs::read_to_string(server.path("ssh_config")).unwrap();
    let other = config.split("Host nowhere").next().unwrap().replace("Host target", "Host other");
    fs::write(server.path("ssh_config"), format!("{config}{other}")).unwrap();
    for (name, host) in [("one", "target"), ("two", "other")] {
        let text = format!("host = \"{host}\"\n[attributes.app]\nname = \"{name}\"\n");
        fs::write(server.path(&format!("nodes/{name}.toml")), text).unwrap();
    }
    let place = server.path("");
    let recipe = format!("file (`{}{{node.app.name}}`, {{ content = \"1\\n\" }})\n", place.display());
    server.recipe("own", &recipe);
    let plan = || {
        let call = server.command("plan", "one,two", &["-r", "own", "--out", "p.json"]).output_in_time();
        let (status, stdout, stderr) = server.told(call.unwrap());
        assert_eq!(status, 2, "{stdout}{stderr}");
    };
    plan();
    fs::write(server.path("two"), "other\n").unwrap();
    let (status, stdout, stderr) = applied(&server);
    assert_eq!((status, stdout.contains("converging")), (2, false), "{stdout}{stderr}");
    assert!(format!("{stdout}{stderr}").contains("two has changed since it was planned"), "{stdout}{stderr}");
    assert_eq!(made(&server), ["two"]);
    plan();
    let (status, stdout, stderr) = applied(&server);
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert_eq!(made(&server), ["one", "two"]);
    assert_eq!(fs::read_to_string(server.path("two")).unwrap(), "1\n");
}

#[test]
fn a_plan_without_one_of_its_targets_is_not_saved() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("two", TWO);
    let call = server.command("plan", "target,nowhere", &["-r", "two", "--out", "p.json"]);
    let (status, stdout, stderr) = server.told({ call }.output_in_time().unwrap());
    assert_eq!(status, 4, "{stdout}{stderr}");
    let note = "`p.json` was not written, because the plan is not complete: nowhere (unreachable)\n";
    assert!(stderr.ends_with(note), "{stderr}");
    assert!(!server.path("p.json").exists());
}
