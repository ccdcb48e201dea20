//! The cookbook `firewall`, with the real ones: what it lets in, what it does not, and a connection that stays.

use std::process::Stdio;

use serde_json::json;

use super::convergence::{converge_list, fail, fail_list, recipe, with_attributes};
use super::{Host, boot};
use crate::patience::{EndInTime as _, until};
use crate::skipped::is_patient;

/// Whether one host reaches a port of another one.
fn reaches(from: &Host, to: &Host, port: u16) -> bool {
    from.script(&format!("timeout 3 bash -c '</dev/tcp/{}/{port}'", to.name())).status.success()
}

/// Closes a host with one of the firewalls, and looks from another host at what is open. `changes`: how a later change reads.
fn closes(backend: &str, changes: &str) {
    let Some([host, other]) = boot() else { return };
    host.must("apt-get update -qq");
    for port in [8080, 8081, 8082] {
        host.must(&format!("systemd-run -q systemd-socket-activate --accept -l {port} /bin/cat"));
        until("something that listens", || reaches(&other, &host, port));
    }
    // Somebody is connected all the time.
    let open = host
        .ssh(&["touch /run/open; while [ ! -e /run/closed ]; do sleep 0.1; done; echo still here"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    until("an open connection", || host.script("test -e /run/open").status.success());

    let address = other.address().to_string();
    let words = with_attributes(
        &host,
        "firewall",
        &json!({ "firewall": { "backend": backend, "rules": {
            "web": { "ports": [8080] },
            "inside": { "ports": ["8081-8082"], "sources": ["192.0.2.0/24", "fd00::/8"] },
        } } }),
    );
    converge_list(&host, &words);
    host.must("touch /run/closed");
    assert_eq!(open.output_in_time().unwrap().stdout, b"still here\n");
    assert!(reaches(&other, &host, 22) && reaches(&other, &host, 8080));
    assert!(!reaches(&other, &host, 8081));

    let text = format!(
        "include_recipe \"firewall\"\nlocal firewall = require \"@firewall\"\n\
         firewall.access \"other\" {{ ports = {{ 8081 }}, sources = {{ \"{address}\" }} }}\n\
         firewall.access \"web\" {{ ports = {{ 8080 }}, action = \"remove\" }}\n"
    );
    recipe(&host, &text);
    let done = converge_list(&host, &format!("-r spec --set firewall.backend={backend}"));
    assert!(done.iter().any(|action| action.starts_with(changes)), "{done:?}");
    assert!(reaches(&other, &host, 22) && reaches(&other, &host, 8081));
    assert!(!reaches(&other, &host, 8080) && !reaches(&other, &host, 8082));

    host.reboot();
    assert!(reaches(&other, &host, 22), "after a restart");
    host.must("systemd-run -q systemd-socket-activate --accept -l 8080 -l 8081 /bin/cat");
    until("something that listens", || reaches(&other, &host, 8081));
    // firewalld has started for systemd before it has closed anything.
    until("a closed port", || !reaches(&other, &host, 8080));
    assert!(reaches(&other, &host, 8081));
}

#[test]
fn nftables_lets_in_what_a_rule_lets_in() {
    closes("nftables", "firewall_rule[other]");
}

#[test]
fn ufw_lets_in_what_a_rule_lets_in() {
    closes("ufw", "firewall_rule[other]");
}

#[test]
fn firewalld_lets_in_what_a_rule_lets_in() {
    // Each of its commands takes long.
    if !is_patient() {
        return;
    }
    closes("firewalld", "setting[other: ");
}

#[test]
fn whoever_is_connected_is_not_shut_out_by_sources_or_another_firewall() {
    let Some([host]) = boot() else { return };
    host.must("apt-get update -qq");
    let mut open = host.ssh(&["touch /run/open; sleep 3600"]).spawn().unwrap();
    until("an open connection", || host.script("test -e /run/open").status.success());
    let words = with_attributes(
        &host,
        "firewall",
        &json!({ "firewall": { "backend": "nftables", "ssh_sources": ["192.0.2.0/24"] } }),
    );
    let said = fail_list(&host, &words);
    open.kill().and_then(|()| open.wait_in_time()).unwrap();
    assert!(said.contains("could not reach the SSH port 22 any more, and is connected to it now"), "{said}");
    host.must(
        "systemctl stop nftables; apt-get install -qq ufw >/dev/null && ufw allow 22 && ufw --force enable",
    );
    let said = fail(&host, "include_recipe \"firewall\"\n");
    assert!(said.contains("ufw"), "{said}");
}
