//! The cookbook `base_server`: all of it together, and people can still log in.

use serde_json::json;

use super::boot;
use super::convergence::{converge_list, with_attributes};
use super::users::{as_person, key};

#[test]
fn a_server_has_all_of_it_and_its_admin_can_log_in() {
    let Some([host, other]) = boot() else { return };
    host.must("systemctl unmask -q apt-daily.timer apt-daily-upgrade.timer");
    let ann = key(&other, "ann");
    let words = with_attributes(
        &host,
        "base_server",
        &json!({
            "users": { "accounts": { "ann": { "keys": [ann], "admin": true } } },
            "ssh_hardening": { "permit_root_login": "no", "port": 2222 },
            "base_server": { "locale": "C.UTF-8" },
            "time": { "zone": "Europe/Vienna" },
        }),
    );
    converge_list(&host, &words);
    let to = format!("-p 2222 ann@{}", host.name());
    assert_eq!(other.must(&as_person("ann", &to, "sudo -n id -un")), "root\n");
    host.must("nft list table inet chefrs && fail2ban-client status sshd");
    assert_eq!(host.must("fail2ban-client get sshd action nftables-multiport port"), "2222\n");
}
