//! `service` against a real systemd.

use super::boot;
use super::convergence::{chefrs, converge, fail};
use crate::patience::until;

const CLOCK: &str = r#"
file "/etc/systemd/system/clock.service" {
  content = "[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n",
}
"#;

#[test]
fn a_service_is_enabled_started_and_lasts() {
    let Some([host]) = boot() else { return };
    let recipe = format!("{CLOCK}service \"clock\" {{ action = {{ \"enable\", \"start\" }} }}\n");
    let updated = converge(&host, &recipe);
    assert_eq!(
        updated,
        ["file[/etc/systemd/system/clock.service] create", "service[clock] enable", "service[clock] start"]
    );
    host.reboot();
    host.must("systemctl is-active clock");
    assert_eq!(converge(&host, "service \"clock\" { action = { \"stop\", \"disable\" } }\n").len(), 2);
}

#[test]
fn a_masked_service_stays_down_until_it_is_unmasked() {
    let Some([host]) = boot() else { return };
    assert_eq!(converge(&host, "service \"cron\" { action = { \"stop\", \"mask\" } }\n").len(), 2);
    assert_eq!(host.script("systemctl is-enabled cron").stdout, b"masked\n");
    let said = fail(&host, "service \"cron\"\n");
    assert!(said.contains("the service `cron` is masked\n"), "{said}");
    assert!(said.contains("hint: put \"unmask\" before the action\n"), "{said}");
    assert_eq!(converge(&host, "service \"cron\" { action = { \"unmask\", \"start\" } }\n").len(), 2);
    host.must("systemctl is-active cron");
}

#[test]
fn a_service_whose_file_is_in_the_place_of_its_mask_is_told_of_ahead() {
    let Some([host]) = boot() else { return };
    converge(&host, &format!("{CLOCK}service \"clock\" {{ action = {{ \"enable\", \"start\" }} }}\n"));
    let refused = "the service `clock` can't be masked: where its mask would be, there is its own file \
                   `/etc/systemd/system/clock.service`\n";
    let said = fail(&host, "service \"clock\" { action = \"mask\" }\n");
    assert!(said.contains(&format!("error: service[clock] failed to mask: {refused}")), "{said}");
    let planned = String::from_utf8(chefrs(&host, "plan -r spec").stdout).unwrap();
    assert!(planned.contains(&format!("error: service[clock] would fail to mask: {refused}")), "{planned}");
    assert!(planned.contains("hint: use \"stop\" and \"disable\" instead of \"mask\"\n"), "{planned}");
    let gone = "systemd_unit \"clock.service\" { action = { \"stop\", \"disable\", \"delete\" } }\n";
    assert!(planned.contains(&format!("hint: or remove it with its file: {gone}")), "{planned}");
    assert_eq!(converge(&host, gone).len(), 3);
}

#[test]
fn systemd_reads_a_changed_unit_anew() {
    let Some([host]) = boot() else { return };
    converge(&host, &format!("{CLOCK}service \"clock\"\n"));
    let recipe = CLOCK.replace("1000", "2000").replace(
        ",\n}",
        ",\n  notifies = { \"restart\", \"service[clock]\" },\n}\nservice \"clock\" { action = \"nothing\" }",
    );
    let updated = converge(&host, &recipe);
    assert_eq!(updated, ["file[/etc/systemd/system/clock.service] create", "service[clock] restart"]);
    host.must("systemctl show -P ExecStart clock | grep -q 'sleep 2000'");
    until("the new program", || host.script("pgrep -fx '/bin/sleep 2000'").status.success());
}

#[test]
fn a_service_that_fails_says_why() {
    let Some([host]) = boot() else { return };
    let recipe = r#"
file "/etc/systemd/system/till.service" {
  content = "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo cannot open the till >&2; exit 3'\n",
}
service "till"
"#;
    let said = fail(&host, recipe);
    assert!(said.contains("error: service[till] failed to start: "), "{said}");
    assert!(said.contains("cannot open the till\n"), "{said}");
    assert!(said.contains("status=3"), "{said}");
    // Once the unit is mended, nothing of it is left.
    assert_eq!(
        converge(
            &host,
            &recipe.replace("exit 3", "exit 0").replace("oneshot", "oneshot\\nRemainAfterExit=yes")
        )
        .len(),
        2
    );
}

/// A recipe of some units, all of them started.
fn units(units: &[(&str, &str)]) -> String {
    let file = |(name, text): &(&str, &str)| {
        format!("file \"/etc/systemd/system/{name}.service\" {{ content = {text:?} }}\nservice \"{name}\"\n")
    };
    units.iter().map(file).collect()
}

#[test]
fn a_oneshot_has_succeeded_when_it_has_come_well_to_its_end() {
    let Some([host]) = boot() else { return };
    let text = "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo x >>/var/count'\n";
    let recipe = units(&[("count", text)]);
    let call = |verb: &str| {
        let said = chefrs(&host, &format!("{verb} -r spec"));
        String::from_utf8_lossy(&said.stdout).into_owned()
    };
    super::convergence::recipe(&host, &recipe);
    let started = "start, as in every run: it ends when its work is done\n";
    for (round, updated) in [(1, "2 updated"), (2, "1 updated")] {
        let planned = call("plan");
        assert!(planned.contains(started), "{planned}");
        let said = call("run");
        assert!(said.contains(started) && said.contains(updated) && said.contains("0 failed"), "{said}");
        assert_eq!(host.must("wc -l </var/count"), format!("{round}\n"));
    }
}

#[test]
fn a_oneshot_that_says_itself_that_its_work_is_done_is_run_until_then() {
    let Some([host]) = boot() else { return };
    let text = "[Unit]\nConditionPathExists=!/var/made\n[Service]\nType=oneshot\nExecStart=/usr/bin/touch /var/made\n";
    assert_eq!(converge(&host, &units(&[("maker", text)])).len(), 2);
    host.must("test -e /var/made");
    let todo =
        "[Unit]\nConditionPathExists=/var/made\n[Service]\nType=oneshot\nExecStart=/usr/bin/rm /var/made\n";
    super::convergence::recipe(&host, &units(&[("eater", todo)]));
    let said = chefrs(&host, "run -r spec");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
    host.must("test ! -e /var/made");
}

#[test]
fn a_service_that_dies_at_once_is_told_with_its_end_and_its_journal() {
    let Some([host]) = boot() else { return };
    let text = "[Service]\nType=exec\nExecStart=/bin/sh -c 'echo cannot open the till >&2; exit 3'\n";
    let recipe = units(&[("till", text)]);
    let said = fail(&host, &recipe);
    // Whether its end comes early enough for systemctl itself to fail is chance.
    assert!(said.contains("error: service[till] failed to start: "), "{said}");
    assert!(said.contains("systemd says: failed, result exit-code, exit status 3\n"), "{said}");
    assert!(said.contains("cannot open the till\n"), "{said}");
    assert!(!said.contains("something on the machine undoes it"), "{said}");
}

#[test]
fn a_service_whose_condition_is_not_met_is_told_as_that() {
    let Some([host]) = boot() else { return };
    for kind in ["exec", "oneshot"] {
        let text =
            format!("[Unit]\nConditionPathExists=/srv/key\n[Service]\nType={kind}\nExecStart=/bin/sleep 1\n");
        let said = fail(&host, &units(&[("door", &text)]));
        let why = "systemd does not start `door`: ConditionPathExists=/srv/key is not met\n";
        assert!(said.contains(&format!("error: service[door] failed to start: {why}")), "{said}");
        assert!(said.contains("guard the resource with it"), "{said}");
    }
}

/// The file that a command of the recipe makes ends them, so that no clock decides what is seen.
#[test]
fn a_service_that_dies_before_the_end_of_the_run_has_failed() {
    let Some([host]) = boot() else { return };
    let text = |end: &str, more: &str| {
        format!(
            "[Service]\nExecStart=/bin/sh -c 'for i in $(seq 9000); do test -e /run/end && break; sleep 0.05; done; echo no more; {end}'\n{more}"
        )
    };
    let recipe = units(&[
        ("lasts", "[Service]\nExecStart=/bin/sleep 1000\n"),
        ("dies", &text("exit 7", "")),
        ("loops", &text("exit 8", "Restart=always\nRestartSec=1h\n")),
    ]) + r#"
execute "the end" {
  command = "touch /run/end; while systemctl is-active dies || test $(systemctl show -P SubState loops) != auto-restart; do sleep 0.05; done",
}
"#;
    let said = fail(&host, &recipe);
    assert!(said.contains("error: service[dies] failed to start: the service `dies` has failed\n"), "{said}");
    assert!(said.contains("systemd says: failed, result exit-code, exit status 7\n"), "{said}");
    assert!(said.contains("no more\n"), "{said}");
    let loops = "the service `loops` does not stay up: systemd starts it again and again\n";
    assert!(said.contains(&format!("error: service[loops] failed to start: {loops}")), "{said}");
    assert!(!said.contains("service[lasts] failed"), "{said}");
    assert!(said.contains("2 failed"), "{said}");
}

#[test]
fn what_a_run_stops_itself_has_not_died() {
    let Some([host]) = boot() else { return };
    let recipe = units(&[
        ("one", "[Service]\nExecStart=/bin/sleep 1000\n"),
        ("two", "[Service]\nExecStart=/bin/sleep 1000\n"),
    ]) + "service \"one\" { action = \"stop\" }\nexecute \"systemctl stop two\"\n";
    super::convergence::recipe(&host, &recipe);
    let said = chefrs(&host, "run -r spec");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
}

#[test]
fn what_holds_until_the_next_boot_is_made_to_last() {
    let Some([host]) = boot() else { return };
    host.write(
        "/etc/systemd/system/tick.timer",
        b"[Timer]\nOnBootSec=9h\n[Install]\nWantedBy=timers.target\n",
    );
    host.must("systemctl --runtime mask cron; systemctl --runtime enable tick.timer");
    let lasting = "service \"cron\" { action = \"mask\" }\nservice \"tick.timer\" { action = \"enable\" }\n";
    assert_eq!(converge(&host, lasting).len(), 2);
    assert_eq!(host.script("systemctl is-enabled cron tick.timer").stdout, b"masked\nenabled\n");
    assert_eq!(converge(&host, "service \"cron\" { action = \"unmask\" }\n").len(), 1);
    host.must("systemctl --runtime mask cron");
    assert_eq!(converge(&host, "service \"cron\" { action = { \"unmask\", \"start\" } }\n").len(), 1);
}

#[test]
fn a_template_is_there_for_the_instances_that_follow_it() {
    let Some([host]) = boot() else { return };
    let recipe = r#"
systemd_unit "each@.service" {
  sections = { Service = { ExecStart = "/bin/sleep 1000" }, Install = { WantedBy = "multi-user.target" } },
}
service "each@one" { action = { "enable", "start" } }
systemd_unit "each@two.service" { action = { "enable", "start" } }
"#;
    assert_eq!(converge(&host, recipe).len(), 5);
    host.must("systemctl is-active each@one each@two");
}
