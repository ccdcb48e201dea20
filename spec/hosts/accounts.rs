//! `user`, `group` and `cron` on a machine whose accounts are in use.

use super::boot;
use super::convergence::{converge, fail};
use crate::patience::until;

#[test]
fn accounts_and_their_jobs_come_and_go() {
    let Some([host]) = boot() else { return };
    let recipe = r#"
group "crew" { gid = 4242 }
user "blog" { gid = "crew", home = "/srv/blog", shell = "/bin/sh", manage_home = true }
group "crew" { gid = 4242, members = { "deploy" }, append = true }
cron "tidy" { minute = "7", hour = "3", command = "true", user = "blog" }
"#;
    assert_eq!(converge(&host, recipe).len(), 4);
    assert_eq!(host.must("id -gn blog; stat -c %U /srv/blog; id -nG deploy"), "crew\nblog\ndeploy crew\n");
    assert!(host.must("cat /etc/cron.d/tidy").contains("7 3 * * * blog true"));
    // cron itself takes it.
    assert_eq!(host.must("journalctl -u cron -o cat --no-pager | grep -ci 'error\\|bad' || true"), "0\n");
    // The account is in use: it keeps its shell until it is let go.
    host.must("systemd-run -q --uid=blog sleep 600");
    // Started is what has been forked, which is not yet blog's.
    until("a process of blog", || host.script("pgrep -u blog sleep").status.success());
    let said = fail(&host, "user \"blog\" { action = \"remove\" }\n");
    assert!(said.contains("is currently used by process"), "{said}");
    host.must("pkill -u blog sleep");
    until("the end of it", || !host.script("pgrep -u blog").status.success());
    let recipe = r#"
cron "tidy" { user = "blog", action = "delete" }
user "blog" { action = "remove" }
group "crew" { action = "remove" }
"#;
    assert_eq!(converge(&host, recipe).len(), 3);
    assert!(!host.script("getent passwd blog || getent group crew").status.success());
}
