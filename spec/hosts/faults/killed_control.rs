//! The control side is killed at each event that it tells: the agent goes on to its end, and a rerun waits for it.

use std::io::Read as _;
use std::process::Stdio;

use super::{Control, boot, says, until};
use crate::cli::killed::{MADE, PAID, RECIPE, narrow_pipe, wait_until_it_can_not_write};
use crate::patience::EndInTime as _;

#[test]
fn a_control_side_killed_at_any_event_leaves_nothing_owed() {
    let Some([host]) = boot() else { return };
    let control = Control::lasting(&host, &RECIPE.replace("[DIR]", "/srv/ten"));
    control.there("mkdir /srv/ten");
    control.call("plan", &[]).with(2);
    let mut events = 0;
    while killed_after(&control, events) {
        events += 1;
    }
    assert!(events > 30, "a run of ten resources has more than {events} events");
}

/// Whether there was a run left to kill when so many events had been read and the next could not be written.
fn killed_after(control: &Control, events: usize) -> bool {
    control.there("rm -rf /srv/ten /var/lib/chefrs/history; mkdir /srv/ten");
    let (mut reader, writer) = narrow_pipe();
    let mut run = control.command("run", &["--format", "json"]).stdout(Stdio::from(writer)).spawn().unwrap();
    for _ in 0..events {
        assert!(reader.read(&mut [0; 4096]).unwrap() > 0, "it ended ahead of event {events}");
    }
    wait_until_it_can_not_write(&mut run);
    let ended = run.try_wait().unwrap().is_some();
    // SIGKILL, to a process that was not waited for.
    let _ = run.kill();
    run.wait_in_time().unwrap();

    let words = control.run();
    let mut script = "sort /srv/ten/log; cat /var/lib/chefrs/journal".to_owned();
    let mut expected = PAID.join("\n") + "\n";
    for (path, text) in MADE {
        script.extend(["; cat /srv/ten/", path]);
        expected += text;
    }
    assert_eq!(control.there(&script), expected, "after {events} events: {words}");
    !ended
}

#[test]
fn a_rerun_waits_for_the_agent_that_was_left_alone() {
    let Some([host]) = boot() else { return };
    let recipe = r#"
file "/srv/first" { content = "x", notifies = { "run", "execute[paid]" } }
execute "work" { command = "touch /run/begun; for i in $(seq 9000); do test -e /run/go && break; sleep 0.05; done", not_if = exists "/run/go" }
execute "paid" { action = "nothing", command = "echo paid >> /srv/log" }
"#;
    let control = Control::new(&host, recipe);
    let mut run = control.start("run", &[]);
    until(&host, "test -e /run/begun");
    run.kill().unwrap();
    run.wait_in_time().unwrap();
    let again = control.hear("run", &[]);
    again.complains("waiting for the run 20");
    host.must("touch /run/go");
    let told = control.told(again.end()).with(0);
    says(&told, &["waiting for the run 20", "0 updated, 1 up to date, 2 skipped, 0 failed"]);
    assert_eq!(host.must("cat /srv/log; cat /var/lib/chefrs/journal"), "paid\n");
}
