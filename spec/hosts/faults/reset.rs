//! A connection that is reset in the middle: the agent goes on to its end, and the next run has nothing to do twice.

use std::process::Command;

use super::{Control, Host, Told, boot, says, until};

use crate::patience::{CallInTime as _, processes_with};

/// What is paid shows in `/srv/log`.
const RECIPE: &str = r#"
file "/srv/first" { content = "x", notifies = { "run", "execute[paid]" } }
execute "work" {
  command = "echo work >> /srv/log; touch /run/begun; for i in $(seq 9000); do test -e /run/go && break; sleep 0.05; done; touch /srv/done",
  not_if = exists "/srv/done",
}
file "/srv/last" { content = "x" }
execute "paid" { action = "nothing", command = "echo paid >> /srv/log" }
"#;

/// The session's process there, not the one that listens.
const SESSION: &str = "pkill -KILL -f '^sshd(-session)?: root'";

#[test]
fn the_session_is_killed_on_the_target() {
    let Some([host]) = boot() else { return };
    cut_off(&host, &|host, _| {
        host.must(SESSION);
    });
}

#[test]
fn the_client_is_killed_on_the_control_side() {
    let Some([host]) = boot() else { return };
    cut_off(&host, &|_, control| kill_client(control));
}

/// The `ssh` that holds the connection; its socket tells whose it is.
fn kill_client(control: &Control) {
    let clients = processes_with(control.path(".state/ssh/").to_str().unwrap());
    assert!(!clients.is_empty(), "the run has no ssh");
    let mut kill = Command::new("kill");
    assert!(kill.arg("-KILL").args(clients).status_in_time().unwrap().success());
}

/// A file of 16 MiB, sent so slowly that agent and file are under way for half a minute each.
fn sends_much(host: &Host) -> Control {
    let control = Control::new(host, "include_recipe \"big\"\n");
    control.file("cookbooks/big/cookbook.toml", "name = \"big\"\nversion = \"1.0.0\"\n");
    control
        .file("cookbooks/big/recipes/default.lua", "cookbook_file \"/srv/image\" { source = \"image\" }\n");
    control.file("cookbooks/big/files/image", &"0123456789abcdef".repeat(1 << 20));
    control
}

/// What of these is on the host, as a command that prints nothing where there is none.
fn there(names: &str) -> String {
    format!("find /var/lib/chefrs/agent -path '/var/lib/chefrs/agent/{names}' 2> /dev/null")
}

/// Cuts a run off while something of that name is under way, of which so much has come.
fn cut_off_at(host: &Host, control: &Control, names: &str, size: &str) -> Told {
    host.net(&["rate", "4mbit"]);
    let run = control.hear("run", &[]);
    until(host, &format!("test -n \"$({} -size {size})\"", there(names)));
    kill_client(control);
    host.net(&["heal"]);
    control.told(run.end())
}

#[test]
fn half_an_agent_is_gone_on_with_by_the_next_call() {
    let Some([host]) = boot() else { return };
    let control = sends_much(&host);
    let none = |names: &str| format!("test -z \"$({})\"", there(names));
    // As soon as it is about to come, and while it comes.
    for size in ["-1k", "+64k"] {
        let told = cut_off_at(&host, &control, ".new-*", size).with(4);
        says(&told, &["error: ", &format!("`ssh://{}`", host.name())]);
        until(&host, &none(".new-*"));
    }
    host.must(&format!("test -n \"$({})\"", there(".part-*")));
    control.call("plan", &[]).with(2);
    host.must(&format!("{} && {}", none(".part-*"), none(".new-*")));
}

#[test]
fn half_a_file_is_gone_on_with_by_the_same_run() {
    let Some([host]) = boot() else { return };
    let control = sends_much(&host);
    control.call("plan", &[]).with(2);
    let told = cut_off_at(&host, &control, "blobs/.*-*", "+64k").with(0);
    says(&told, &["was lost while files were sent", "1 updated, "]);
    host.must(&format!("test -z \"$({})\"", there("blobs/.*-*")));
    assert_eq!(host.must("stat -c %s /srv/image"), "16777216\n");
}

fn cut_off(host: &Host, cut: &dyn Fn(&Host, &Control)) {
    let control = Control::new(host, RECIPE);
    let run = control.hear("run", &[]);
    until(host, "test -e /run/begun");
    run.says("execute[work] run");
    cut(host, &control);
    // Whether it comes back to its agent or gives up and says so, it does not hang, and it does not stop the agent.
    host.must("sleep 0.5; touch /run/go");
    let told = control.told(run.end());
    assert!(told.status == 0 || told.status == 4, "{told:?}");
    if told.status == 4 {
        says(
            &told.text,
            &[
                &format!("error: the connection to `ssh://{}` was lost\n", host.name()),
                "reported until then; execute[work] run was in progress\n",
                "hint: the run continues there",
            ],
        );
    }
    until(host, "test -e /srv/last");
    says(&control.run(), &["0 updated, "]);
    assert_eq!(host.must("cat /srv/log"), "work\npaid\n");
    assert_eq!(host.must("cat /var/lib/chefrs/journal"), "");
}
