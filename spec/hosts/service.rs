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
    assert!(said.contains("hint: put \"unmask\" ahead of the action\n"), "{said}");
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
    assert!(planned.contains("hint: put \"stop\" and \"disable\" in the place of \"mask\"\n"), "{planned}");
    let gone = "systemd_unit \"clock.service\" { action = { \"stop\", \"disable\", \"delete\" } }\n";
    assert!(planned.contains(&format!("hint: or let it go with its file: {gone}")), "{planned}");
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

#[test]
fn a_service_that_does_not_stay_has_not_started() {
    let Some([host]) = boot() else { return };
    // Of this type, systemd calls it started when it has ended, so that no clock decides what is seen.
    let recipe = r#"
file "/etc/systemd/system/brief.service" { content = "[Service]\nType=oneshot\nExecStart=/bin/true\n" }
service "brief"
"#;
    let said = fail(&host, recipe);
    assert!(said.contains("service[brief] failed to start: "), "{said}");
}
