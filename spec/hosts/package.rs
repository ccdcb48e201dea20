//! `package` and `apt_update` against a real apt.

use std::process::Stdio;
use std::thread;

use super::boot;
use super::convergence::{chefrs, converge, fail, recipe};
use crate::patience::{EndInTime as _, until};

#[test]
fn packages_come_move_are_held_and_go() {
    let Some([host]) = boot() else { return };
    // A machine that has never read its lists.
    let nginx = r#"
apt_update "daily"
package "nginx"
package { "curl", "acl" }
service "nginx" { action = { "enable", "start" } }
"#;
    assert!(converge(&host, nginx).contains(&"package[nginx] install".to_owned()));
    host.must("systemctl is-active nginx && curl -fsS -o /dev/null http://127.0.0.1/");
    let old = "package \"chefrs-demo\" { version = \"1.0\", action = { \"install\", \"lock\" } }\n";
    assert_eq!(converge(&host, old).len(), 2);
    let version = || host.must("dpkg-query -W -f '${Version}' chefrs-demo");
    host.must("apt-get -qq -y upgrade");
    assert_eq!(version(), "1.0");
    let newest = "package \"chefrs-demo\" { action = { \"unlock\", \"upgrade\" } }\n";
    assert_eq!(converge(&host, newest).len(), 2);
    assert_eq!(version(), "2.0");
    // What a person changed stays, and goes with a purge alone.
    host.must("echo mine >>/etc/chefrs-demo.conf");
    converge(&host, "package \"chefrs-demo\" { version = \"1.1\", allow_downgrade = true }\n");
    host.must("grep -qx mine /etc/chefrs-demo.conf");
    converge(&host, "package \"chefrs-demo\" { action = \"remove\" }\n");
    host.must("test -e /etc/chefrs-demo.conf");
    converge(&host, "package \"chefrs-demo\" { action = \"purge\" }\n");
    host.must("test ! -e /etc/chefrs-demo.conf");
}

#[test]
fn a_half_configured_package_is_not_installed() {
    let Some([host]) = boot() else { return };
    host.must("apt-get -qq update");
    let fussy = "package \"chefrs-demo-fussy\"\n";
    let said = fail(&host, fussy);
    assert!(said.contains("machine not ready\n"), "{said}");
    host.must("dpkg -s chefrs-demo-fussy | grep -q half-configured");
    assert!(!said.contains("Reading database ... 5%"), "{said}");
    host.must("touch /etc/chefrs-demo-ready");
    assert_eq!(converge(&host, fussy), ["package[chefrs-demo-fussy] install"]);
    host.must("dpkg -s chefrs-demo-fussy | grep -q 'install ok installed'");
}

#[test]
fn the_lock_of_somebody_else_is_waited_for() {
    let Some([host]) = boot() else { return };
    host.must("apt-get -qq update");
    let hold = "import fcntl, os, time\nf = open('/var/lib/dpkg/lock-frontend', 'w'); fcntl.lockf(f, fcntl.LOCK_EX)\n\
                open('/run/held', 'w')\nwhile not os.path.exists('/run/free'): time.sleep(0.05)";
    let mut holder = host.ssh(&[&format!("python3 -c \"{hold}\"")]);
    let mut holder = holder.stdout(Stdio::null()).spawn().unwrap();
    let is_there = |path: &str| host.script(&format!("test -e {path}")).status.success();
    until("the lock is held", || is_there("/run/held"));
    recipe(&host, "package \"chefrs-demo\"\n");
    thread::scope(|scope| {
        let run = scope.spawn(|| chefrs(&host, "run -v -r spec >/run/said"));
        until("it is said who holds the lock", || {
            host.script("grep -q 'is held by python3' /run/said").status.success() || run.is_finished()
        });
        host.must("touch /run/free");
        let output = run.join().unwrap();
        assert!(output.status.success(), "{output:?}");
    });
    host.must("grep -q 'is held by python3' /run/said");
    assert!(holder.wait_in_time().unwrap().success());
    host.must("dpkg -s chefrs-demo | grep -q 'install ok installed'");
}
