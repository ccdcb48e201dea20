//! A whole small server: what people keep on one, in one recipe, almost without `execute`.

use super::boot;
use super::convergence::{chefrs, converge, events};

const RECIPE: &str = include_str!("small_server.lua");

/// What somebody changes by hand, with the resource that sees it.
const DRIFT: &[(&str, &str)] = &[
    ("gpasswd -d ada crew", "user[ada] create"),
    ("echo >/home/bob/.ssh/authorized_keys", "authorized_key[bob] create"),
    ("sed -i 's/^MaxAuthTries 3/MaxAuthTries 9/' /etc/ssh/sshd_config", "edit[/etc/ssh/sshd_config] set"),
    ("umount /srv/scratch", "mount[/srv/scratch] mount"),
    ("sed -i '/scratch/d' /etc/fstab", "mount[/srv/scratch] enable"),
    ("echo '{\"debug\": true}' >/etc/docker/daemon.json", "edit[/etc/docker/daemon.json] set"),
    ("echo 0 >/proc/sys/net/ipv4/ip_forward", "sysctl[net.ipv4.ip_forward] apply"),
    ("systemctl stop redis-server", "service[redis-server] start"),
    ("systemctl disable --now tidy.timer", "timer[tidy] create"),
    ("rm /etc/cron.d/backup", "cron[backup] create"),
    ("ufw delete allow 80,443/tcp", "firewall_rule[web] create"),
    ("ufw allow 5432/tcp", ""),
];

#[test]
fn a_small_server_is_as_declared_and_what_differs_is_seen() {
    let Some([host]) = boot() else { return };
    let done = converge(&host, RECIPE);
    assert!(done.len() > 25, "{done:#?}");
    let run = events(&chefrs(&host, "run --format json -r spec"), 0).unwrap();
    let finished = run.iter().filter(|event| event["event"] == "action_finished");
    let ids: Vec<&str> = finished.map(|event| event["resource"]["id"].as_str().unwrap()).collect();
    let executes = ids.iter().filter(|id| id.starts_with("execute[")).count();
    assert!(executes * 10 <= ids.len(), "{executes} of {}", ids.len());

    for (by_hand, _) in DRIFT {
        host.must(by_hand);
    }
    let seen: Vec<&str> =
        DRIFT.iter().map(|(_, resource)| *resource).filter(|name| !name.is_empty()).collect();
    let mended = converge(&host, RECIPE);
    for resource in &seen {
        assert!(mended.iter().any(|done| done == resource), "{resource}: {mended:#?}");
    }
    // What belongs to nobody stays.
    assert!(host.must("ufw status").contains("5432/tcp"));
    assert!(host.must("cat /etc/docker/daemon.json").contains("\"debug\": true"));
}
