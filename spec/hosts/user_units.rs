//! Services and units of a user's own systemd.

use super::convergence::{chefrs, converge, fail, recipe, through_a_shell};
use super::{Host, boot};

const UNIT: &str = r#"
systemd_unit "tock.service" {
  user = "deploy",
  content = "[Service]\nExecStart=/bin/sleep 86400\n[Install]\nWantedBy=default.target\n",
  action = { "create", "enable" },
}
"#;

const LINGER: &str = "loginctl enable-linger deploy && systemctl start user@$(id -u deploy)";

const AS_DEPLOY: &str = "runuser -u deploy -- env XDG_RUNTIME_DIR=/run/user/$(id -u deploy) systemctl --user";

/// A host on which users can have a systemd.
fn with_users() -> Option<Host> {
    let [host] = boot()?;
    host.must("apt-get -qq update && apt-get -qq install libpam-systemd >/dev/null");
    Some(host)
}

#[test]
fn a_user_has_units_and_services() {
    let Some(host) = with_users() else { return };
    // Nobody has logged in, and the systemd of this user does not run.
    assert_eq!(
        converge(&host, UNIT),
        ["systemd_unit[tock.service] create", "systemd_unit[tock.service] enable"]
    );
    assert_eq!(
        host.must("cd /home/deploy && find .config -printf '%u:%g %y %p\\n' | sort -k3"),
        "deploy:deploy d .config\ndeploy:deploy d .config/systemd\ndeploy:deploy d .config/systemd/user\n\
         deploy:deploy d .config/systemd/user/default.target.wants\n\
         deploy:deploy l .config/systemd/user/default.target.wants/tock.service\n\
         deploy:deploy f .config/systemd/user/tock.service\n"
    );
    let start = "service \"tock\" { user = \"deploy\" }\n";
    let said = fail(&host, start);
    assert!(
        said.contains("the systemd of the user `deploy` does not run, so it can't start `tock`\n"),
        "{said}"
    );
    assert!(said.contains("loginctl enable-linger deploy"), "{said}");
    host.must(LINGER);
    // What is enabled has been started with it.
    host.must(&format!("{AS_DEPLOY} is-active tock && {AS_DEPLOY} stop tock"));
    assert_eq!(converge(&host, start), ["service[tock] start"]);
    host.must(&format!("{AS_DEPLOY} is-active tock && pgrep -u deploy -fx '/bin/sleep 86400'"));
    let other = UNIT.replace("86400", "86401");
    let restarted = format!("{other}service \"tock\" {{ user = \"deploy\", action = \"restart\" }}\n");
    recipe(&host, &restarted);
    let said = String::from_utf8(chefrs(&host, "run -r spec").stdout).unwrap();
    assert!(said.contains("2 updated"), "{said}");
    host.must("pgrep -u deploy -fx '/bin/sleep 86401'");
    // A shell does the same.
    let off = "service \"tock\" { user = \"deploy\", action = { \"stop\", \"disable\" } }\n";
    let said = through_a_shell(&host, off);
    assert!(said.contains("1 updated"), "{said}");
    assert!(through_a_shell(&host, off).contains("0 updated"));
    let said = through_a_shell(&host, &format!("{UNIT}{start}"));
    assert!(said.contains("2 updated"), "{said}");
    assert!(through_a_shell(&host, &format!("{UNIT}{start}")).contains("0 updated"));
    host.must(&format!("{AS_DEPLOY} is-active tock"));
    // The machine's own systemd knows nothing of it.
    assert!(!host.script("systemctl cat tock").status.success());
    let gone = "systemd_unit \"tock.service\" { user = \"deploy\", action = { \"stop\", \"disable\", \"delete\" } }\n";
    assert_eq!(converge(&host, gone).len(), 3);
    host.must("test ! -e /home/deploy/.config/systemd/user/tock.service");
}

#[test]
fn a_service_of_a_user_that_dies_is_told_with_its_journal() {
    let Some(host) = with_users() else { return };
    host.must(LINGER);
    // The journal names the unit of a line only while the process that wrote it lives.
    let text = "[Service]\\nType=oneshot\\nExecStart=/bin/sh -c 'echo cannot open the till >&2; sleep 0.5; exit 3'\\n";
    let said = fail(
        &host,
        &format!(
            "systemd_unit \"till.service\" {{ user = \"deploy\", content = \"{text}\", action = {{ \"create\", \"start\" }} }}\n"
        ),
    );
    assert!(said.contains("systemd says: failed, result exit-code, exit status 3\n"), "{said}");
    assert!(said.contains("cannot open the till\n"), "{said}");
    let said = fail(&host, "service \"nothing\" { user = \"deploy\" }\n");
    assert!(said.contains("the user `deploy` has no unit `nothing`\n"), "{said}");
    // Directories that the user has led elsewhere are not followed.
    host.must("rm -rf /home/deploy/.config && runuser -u deploy -- ln -s /etc /home/deploy/.config");
    let said = fail(&host, UNIT);
    assert!(said.contains("/home/deploy/.config"), "{said}");
    host.must("test ! -e /etc/systemd/user/tock.service");
}

#[test]
fn a_user_has_timers() {
    let Some(host) = with_users() else { return };
    let timer = "timer \"tick\" { every = \"1h\", on_boot = \"1s\", command = \"touch ~/ticked\", user = \"deploy\", user_units = true }\n";
    let said = fail(&host, timer);
    assert!(said.contains("loginctl enable-linger deploy"), "{said}");
    host.must(LINGER);
    assert_eq!(converge(&host, timer), ["timer[tick] create"]);
    host.must(&format!("{AS_DEPLOY} is-active tick.timer && {AS_DEPLOY} is-enabled tick.timer"));
    host.must(&format!(
        "{AS_DEPLOY} start tick.service && test \"$(stat -c %U /home/deploy/ticked)\" = deploy"
    ));
    assert!(!host.script("systemctl cat tick.timer").status.success());
    let gone = "timer \"tick\" { action = \"delete\", user = \"deploy\", user_units = true }\n";
    assert!(through_a_shell(&host, gone).contains("1 updated"));
    host.must("test -z \"$(find /home/deploy/.config/systemd -name 'tick*')\"");
}
