//! The cookbook `ssh_hardening`: passwords are refused, and nobody is shut out.

use serde_json::json;

use super::boot;
use super::convergence::{converge_list, fail_list, with_attributes};
use super::users::{as_person, key, without_keys};
use crate::patience::until;

/// What sshd says to somebody who has nothing to show.
const NOTHING_TO_SHOW: &str = "ssh -n -F none -o BatchMode=yes -o PreferredAuthentications=none \
     -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR deploypw@localhost true";

#[test]
fn passwords_are_refused_and_an_open_connection_stays() {
    let Some([host]) = boot() else { return };
    let ann = key(&host, "ann");
    host.must("cat /root/ann.pub >>/root/.ssh/authorized_keys");
    let waiting = "'touch /run/open; while [ ! -e /run/hardened ]; do sleep 0.1; done; touch /run/survived'";
    host.must(&format!("({}) >/dev/null 2>&1 & :", as_person("ann", "root@localhost", waiting)));
    until("an open connection", || host.script("test -e /run/open").status.success());
    let refused = || {
        let output = host.script(NOTHING_TO_SHOW);
        String::from_utf8_lossy(&output.stderr).trim().to_owned()
    };
    assert!(refused().ends_with("Permission denied (publickey,password)."), "{}", refused());

    let words = with_attributes(
        &host,
        "ssh_hardening",
        &json!({
            "users": { "accounts": { "ann": { "keys": [ann], "admin": true } } },
            "ssh_hardening": { "permit_root_login": "no", "allow_groups": ["sudo"] },
        }),
    );
    let done = converge_list(&host, &words);
    assert!(done.contains(&"service[ssh] reload".to_owned()), "{done:?}");
    assert!(refused().ends_with("Permission denied (publickey)."), "{}", refused());
    host.must(&as_person("ann", "ann@localhost", "sudo -n true"));
    assert!(!host.script(&as_person("ann", "root@localhost", "true")).status.success());
    host.must("touch /run/hardened");
    until("the end of the connection that was open", || {
        host.script("test -e /run/survived").status.success()
    });

    // On another port, with the settings in the file itself.
    host.must("rm /etc/ssh/sshd_config.d/00-hardening.conf");
    let words = with_attributes(
        &host,
        "ssh_hardening",
        &json!({
            "users": { "accounts": { "ann": { "keys": [ann], "admin": true } } },
            "ssh_hardening": { "port": 2222, "drop_in": false },
        }),
    );
    converge_list(&host, &words);
    host.must("sshd -T | grep -x 'passwordauthentication no'");
    host.must(&as_person("ann", "-p 2222 ann@localhost", "sudo -n true"));
}

#[test]
fn what_would_shut_out_everybody_is_refused_before_sshd_sees_it() {
    let Some([host]) = boot() else { return };
    let ann = key(&host, "ann");
    let run = |attributes: serde_json::Value| {
        let said = fail_list(&host, &with_attributes(&host, "ssh_hardening", &attributes));
        host.must("test ! -e /etc/ssh/sshd_config.d/00-hardening.conf");
        said
    };
    let said = run(json!({ "ssh_hardening": { "ciphers": ["nonsense"] } }));
    assert!(said.contains("Bad SSH2 cipher spec 'nonsense'"), "{said}");
    let said = run(json!({ "ssh_hardening": { "allow_groups": ["nobody-is-in-it"] } }));
    assert!(said.contains("no admin of the groups nobody-is-in-it has a key"), "{said}");

    without_keys(&host);
    let said = run(json!({}));
    assert!(said.contains("no admin has a key, and without passwords nobody could log in"), "{said}");
    // root's key does not help where root may not log in.
    host.must("cp /root/ann.pub /root/.ssh/authorized_keys");
    let said = run(json!({ "ssh_hardening": { "permit_root_login": "no" } }));
    assert!(said.contains("no admin has a key"), "{said}");
    // Somebody who was to come, and is not there when it counts.
    let said = run(json!({
        "users": { "accounts": { "ann": { "keys": [ann], "admin": true, "shell": "/usr/sbin/nologin" } } },
        "ssh_hardening": { "permit_root_login": "no" },
    }));
    assert!(said.contains("nothing was replaced"), "{said}");
    host.must(&as_person("ann", "root@localhost", "true"));
}
