//! A connection that is reset in the middle: the agent goes on to its end, and the next run has nothing to do twice.

use std::process::Command;
use std::time::Duration;

use super::{Control, Host, boot, says, until, within};

/// What is paid shows in `/srv/log`.
const RECIPE: &str = r#"
file "/srv/first" { content = "x", notifies = { "run", "execute[paid]" } }
execute "work" {
  command = "echo work >> /srv/log; touch /run/begun; until test -e /run/go; do sleep 0.05; done; touch /srv/done",
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
    cut_off(&host, &|_, run| {
        let mut clients = Command::new("pkill");
        clients.args(["-KILL", "-x", "ssh", "-P"]).arg(run.to_string());
        assert!(clients.status().unwrap().success(), "the run has no ssh");
    });
}

fn cut_off(host: &Host, cut: &dyn Fn(&Host, u32)) {
    let control = Control::new(host, RECIPE);
    let mut run = control.start("run", &[]);
    until(host, "test -e /run/begun");
    cut(host, run.id());
    // Whether it comes back to its agent or gives up and says so, it does not hang, and it does not stop the agent.
    host.must("sleep 0.5; touch /run/go");
    within(Duration::from_secs(30), &mut run);
    let told = control.end(run);
    assert!(told.status == 0 || told.status == 4, "{told:?}");
    if told.status == 4 {
        says(
            &told.text,
            &[
                &format!("error: the connection to `ssh://{}` was lost\n", host.name()),
                "had been reported before; at work was execute[work] run\n",
                "hint: the agent there goes on to its end; run again to see what is left",
            ],
        );
    }
    until(host, "test -e /srv/last");
    says(&control.run(), &["0 updated, "]);
    assert_eq!(host.must("cat /srv/log"), "work\npaid\n");
    assert_eq!(host.must("cat /var/lib/chefrs/journal"), "");
}
