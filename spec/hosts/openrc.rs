//! `service` under OpenRC, which has started the host: `openrc-init` is its process 1.

use super::convergence::{chefrs, converge, fail, recipe, through_a_shell};
use super::{Host, boot, site};
use crate::patience::until;

/// A daemon with a supervisor, as in Gentoo and Alpine.
const TOCK: &str = r#"
file "/etc/init.d/tock" {
  mode = "0755",
  content = [[
#!/sbin/openrc-run
supervisor=supervise-daemon
command=/bin/sleep
command_args=86400
pidfile=/run/tock.pid
extra_started_commands="reload"
reload() { echo reloaded >>/run/tock.said; }
]],
}
"#;

/// What ends the supervisor and the daemon.
const CRASH: &str = "kill -9 $(cat /run/tock.pid) && pkill -9 -fx '/bin/sleep 86400'";

fn with_openrc() -> Option<Host> {
    let [host] = boot()?;
    host.must(
        "apt-get -qq update && apt-get -qq install openrc >/dev/null && ln -sf openrc-init /usr/sbin/init",
    );
    host.kill();
    host.start();
    assert_eq!(host.must("readlink /proc/1/exe"), "/usr/sbin/openrc-init\n");
    Some(host)
}

#[test]
fn services_of_openrc_start_crash_and_stop() {
    let Some(host) = with_openrc() else { return };
    let facts = String::from_utf8(chefrs(&host, "facts").stdout).unwrap();
    assert!(facts.contains("\"init_package\": \"openrc\""), "{facts}");
    let both = format!("{TOCK}service \"tock\" {{ action = {{ \"enable\", \"start\" }} }}\n");
    assert_eq!(
        converge(&host, &both),
        ["file[/etc/init.d/tock] create", "service[tock] enable", "service[tock] start"]
    );
    host.must(
        "rc-service tock status && test -L /etc/runlevels/default/tock && pgrep -fx '/bin/sleep 86400'",
    );
    // Started, and not enabled.
    host.must("rc-update del tock default");
    assert_eq!(converge(&host, &both), ["service[tock] enable"]);
    host.must(CRASH);
    recipe(&host, &both);
    let planned = String::from_utf8(chefrs(&host, "plan -r spec").stdout).unwrap();
    assert!(planned.contains("restart, because it has crashed\n"), "{planned}");
    assert_eq!(converge(&host, &both), ["service[tock] start"]);
    host.must("rc-service tock status");
    // It is there again after a boot.
    host.kill();
    host.start();
    until("its daemon", || host.script("pgrep -fx '/bin/sleep 86400'").status.success());
    let again = format!("{TOCK}service \"tock\" {{ action = {{ \"restart\", \"reload\" }} }}\n");
    recipe(&host, &again);
    let said = String::from_utf8(chefrs(&host, "run -r spec").stdout).unwrap();
    assert!(said.contains("1 updated, 1 up to date"), "{said}");
    assert_eq!(host.must("cat /run/tock.said"), "reloaded\n");
    // One that has crashed is stopped, too.
    host.must(CRASH);
    let off = "service \"tock\" { action = { \"stop\", \"disable\" } }\n";
    assert_eq!(converge(&host, off), ["service[tock] stop", "service[tock] disable"]);
    assert_eq!(host.script("rc-service tock status").status.code(), Some(3));
    host.must("test ! -e /etc/runlevels/default/tock");
    // Scripts of System V are services, too.
    site::converge_one_of_debian(&host);
}

#[test]
fn a_shell_steers_openrc_as_well() {
    let Some(host) = with_openrc() else { return };
    let both = format!("{TOCK}service \"tock\" {{ action = {{ \"enable\", \"start\" }} }}\n");
    let run = |wanted: &str, text: &str| {
        let said = through_a_shell(&host, text);
        assert!(said.contains(wanted), "{said}");
        let said = through_a_shell(&host, text);
        assert!(said.contains("0 updated"), "{said}");
    };
    run("2 updated", &both);
    host.must("rc-service tock status && test -L /etc/runlevels/default/tock");
    host.must(CRASH);
    run("restart, because it has crashed\n", &both);
    run("disable in the run level `default`\n", "service \"tock\" { action = { \"stop\", \"disable\" } }\n");
    assert_eq!(host.script("rc-service tock status").status.code(), Some(3));
}

#[test]
fn a_service_is_in_the_run_levels_that_are_named() {
    let Some(host) = with_openrc() else { return };
    let levels = |names: &str| {
        format!("{TOCK}service \"tock\" {{ runlevels = {{ {names} }}, action = \"enable\" }}\n")
    };
    assert_eq!(converge(&host, &levels("\"boot\", \"nonetwork\"")).len(), 2);
    assert_eq!(host.must("cd /etc/runlevels; ls -d */tock"), "boot/tock\nnonetwork/tock\n");
    let said = fail(&host, &levels("\"evening\""));
    assert!(said.contains("there is no run level `evening`\n"), "{said}");
    let made = format!("directory \"/etc/runlevels/evening\"\n{}", levels("\"evening\""));
    assert_eq!(converge(&host, &made), ["directory[/etc/runlevels/evening] create", "service[tock] enable"]);
    assert_eq!(converge(&host, "service \"tock\" { action = \"disable\" }\n"), ["service[tock] disable"]);
    assert_eq!(host.must("cd /etc/runlevels; ls -d */tock | wc -l"), "0\n");
}

#[test]
fn services_that_openrc_can_not_start_are_told() {
    let Some(host) = with_openrc() else { return };
    let said = fail(&host, "service \"tock\"\n");
    assert!(said.contains("there is no service `tock`\n"), "{said}");
    assert!(said.contains("hint: OpenRC needs a script /etc/init.d/tock that can be run"), "{said}");
    let nope = TOCK.replace("reload()", "start_pre() { eerror \"the till is locked\"; return 1; }\nreload()");
    let said = fail(&host, &format!("{nope}service \"tock\"\n"));
    assert!(said.contains("error: service[tock] failed to start: "), "{said}");
    assert!(said.contains("the till is locked"), "{said}");
    let said = fail(&host, "service \"cron\" { action = \"mask\" }\n");
    assert!(said.contains("OpenRC can't mask a service, only systemd can\n"), "{said}");
    for (text, unit) in [
        ("timer \"backup\" { on_calendar = \"daily\", command = \"true\" }\n", "backup.service"),
        (
            "systemd_unit \"blog.service\" { content = \"[Service]\\nExecStart=/bin/true\\n\" }\n",
            "blog.service",
        ),
    ] {
        let said = fail(&host, text);
        assert!(said.contains(&format!("by OpenRC here, which does not read `{unit}`\n")), "{said}");
    }
    // Where it is installed and does not run, its links are made, and nothing starts.
    host.must("mkdir /mnt/next && mount --bind / /mnt/next && mount -t proc proc /mnt/next/proc");
    host.must("rm /usr/bin/systemctl && cp /etc/init.d/tock /etc/init.d/later");
    recipe(&host, "service \"later\" { action = \"enable\" }\n");
    let next = "run -r spec -t chroot:/mnt/next";
    let said = String::from_utf8(chefrs(&host, next).stdout).unwrap();
    assert!(said.contains("enable in the run level `default`, for when OpenRC runs\n"), "{said}");
    host.must("test -L /etc/runlevels/default/later");
    recipe(&host, "service \"later\"\n");
    let said = String::from_utf8(chefrs(&host, next).stdout).unwrap();
    assert!(said.contains("OpenRC does not run here, so it can't start `later`\n"), "{said}");
}
