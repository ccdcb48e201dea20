//! The cookbook `users`: people come with their keys, leave without them, and one who can log in is always left.

use serde_json::json;

use super::convergence::{chefrs, converge_list, fail, fail_list, with_attributes};
use super::{Host, boot};
use crate::patience::until;

/// Makes a key for somebody on the host, and gives its public half.
pub fn key(host: &Host, name: &str) -> String {
    host.must(&format!("ssh-keygen -q -t ed25519 -N '' -C {name} -f /root/{name} && cat /root/{name}.pub"))
        .trim()
        .to_owned()
}

/// A command that somebody runs on a host over ssh, with the key that [`key`] has made and nothing else.
pub fn as_person(name: &str, host: &str, command: &str) -> String {
    format!(
        "ssh -n -F none -i /root/{name} -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no \
         -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=60 {host} {command}"
    )
}

/// Takes their keys from all who have some.
pub fn without_keys(host: &Host) {
    host.must("rm -f /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys");
}

#[test]
fn people_come_with_their_keys_and_leave_without_them() {
    let Some([host]) = boot() else { return };
    let (ann, bob) = (key(&host, "ann"), key(&host, "bob"));
    let logs_in = |name: &str, command: &str| {
        host.script(&as_person(name, &format!("{name}@localhost"), command)).status.success()
    };
    let words = with_attributes(
        &host,
        "users",
        &json!({ "users": { "accounts": {
            "ann": { "keys": [ann], "admin": true, "full_name": "Ann Example" },
            "bob": { "keys": [bob] },
        } } }),
    );
    assert_eq!(converge_list(&host, &words).len(), 5 + 2 + 1, "what they have, they, and the program");
    assert!(logs_in("ann", "sudo -n true") && logs_in("bob", "true") && !logs_in("bob", "sudo -n true"));
    assert_eq!(host.must("getent passwd ann | cut -d: -f5-"), "Ann Example:/home/ann:/bin/bash\n");

    // An open session goes, too: it would keep the groups with which it began.
    host.must(&format!("({}) >/dev/null 2>&1 & :", as_person("bob", "bob@localhost", "sleep 3600")));
    until("the session of bob", || host.script("pgrep -u bob -x sleep").status.success());
    let words = with_attributes(
        &host,
        "users",
        &json!({ "users": { "accounts": { "ann": { "keys": [ann], "admin": true } }, "removed": ["bob", "zoe"] } }),
    );
    let done = converge_list(&host, &words);
    assert!(done.contains(&"user[bob] modify".to_owned()), "{done:?}");
    assert!(!logs_in("bob", "true") && !host.script("pgrep -u bob").status.success());
    assert!(host.must("passwd -S bob").starts_with("bob L "));
    assert!(host.must("ls -d /home/bob").contains("bob"));

    // And whoever comes back is as before.
    let words = with_attributes(
        &host,
        "users",
        &json!({ "users": { "accounts": { "bob": { "keys": [bob], "admin": true } } } }),
    );
    converge_list(&host, &words);
    assert!(logs_in("bob", "sudo -n true") && logs_in("ann", "sudo -n true"));
}

#[test]
fn the_last_admin_with_a_key_is_not_shut_out() {
    let Some([host]) = boot() else { return };
    let (ann, bob) = (key(&host, "ann"), key(&host, "bob"));
    let people = |people: serde_json::Value| with_attributes(&host, "users", &json!({ "users": people }));
    converge_list(&host, &people(json!({ "accounts": { "ann": { "keys": [ann], "admin": true } } })));
    without_keys(&host);
    // Where nobody can log in anyway, nobody is shut out.
    converge_list(&host, &people(json!({ "accounts": { "zoe": { "groups": ["users"] } } })));
    host.must("install -d -o ann -g ann -m 700 /home/ann/.ssh");
    host.feed("install -o ann -g ann -m 600 /dev/stdin /home/ann/.ssh/authorized_keys", ann.as_bytes());
    let is_admin = || host.script(&as_person("ann", "ann@localhost", "sudo -n true")).status.success();

    let said =
        "nobody could log in with a key and use sudo any more: users.accounts needs an admin with keys";
    for leaving in [
        json!({ "removed": ["ann"] }),
        json!({ "accounts": { "ann": { "keys": [ann] } } }),
        json!({ "accounts": { "ann": { "keys": [], "admin": true } } }),
        // An admin, but without a key.
        json!({ "accounts": { "bob": { "admin": true } }, "removed": ["ann"] }),
        // A key, but no admin.
        json!({ "accounts": { "bob": { "keys": [bob] } }, "removed": ["ann"] }),
    ] {
        let words = people(leaving);
        assert!(fail_list(&host, &words).contains(said), "{words}");
        let planned = chefrs(&host, &format!("plan {words}"));
        assert_eq!(planned.status.code(), Some(1), "{}", String::from_utf8_lossy(&planned.stdout));
        assert!(is_admin());
    }
    assert!(!host.script("getent passwd bob").status.success(), "nothing else was changed either");

    for recipe in [
        "users.account \"ann\" { action = \"lock\" }",
        "users.account \"ann\" { action = \"remove\" }",
        "users.account \"ann\" { keys = {}, admin = true }",
        "users.account \"ann\" {}",
    ] {
        let said = fail(&host, &format!("local users = require \"@users\"\n{recipe}\n"));
        assert!(said.contains("ann is the last admin with a key: give another one a key first"), "{said}");
        assert!(is_admin());
    }

    // With somebody else she may go, in one run.
    let words =
        people(json!({ "accounts": { "bob": { "keys": [bob], "admin": true } }, "removed": ["ann"] }));
    converge_list(&host, &words);
    assert!(!is_admin());
    host.must(&as_person("bob", "bob@localhost", "sudo -n true"));
}
