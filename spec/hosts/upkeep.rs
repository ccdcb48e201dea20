//! What a machine does by itself: updates, logs that are rotated, the time; and swap, which a container has not.

use serde_json::json;

use super::boot;
use super::convergence::{chefrs, converge, converge_list, fail, with_attributes};

#[test]
fn updates_for_security_are_the_only_ones_that_are_allowed() {
    let Some([host]) = boot() else { return };
    host.must("apt-get update -qq; systemctl unmask -q apt-daily.timer apt-daily-upgrade.timer");
    let words = with_attributes(
        &host,
        "unattended_upgrades",
        &json!({ "unattended_upgrades": { "exclude": ["^linux-"], "reboot": true, "mail": "ops@example.org" } }),
    );
    converge_list(&host, &words);
    let told = host.must("unattended-upgrade --dry-run --debug 2>&1");
    let release = host.must(". /etc/os-release; echo $VERSION_CODENAME");
    let allowed = format!(
        "Allowed origins are: origin=Debian,codename={}-security,label=Debian-Security\n",
        release.trim()
    );
    assert!(told.contains(&allowed), "{told}");
    assert!(told.contains("Initial blacklist: ^linux-\n"), "{told}");
    assert!(host.must("apt-config dump").contains("Unattended-Upgrade::Automatic-Reboot \"true\";"));
    host.must("systemctl is-active apt-daily.timer apt-daily-upgrade.timer");
}

#[test]
fn logs_are_rotated_by_those_whose_directory_it_is() {
    let Some([host]) = boot() else { return };
    host.must("apt-get update -qq");
    const RECIPE: &str = r#"
include_recipe "logrotate"
local logrotate = require "@logrotate"
directory "/var/log/shop" { owner = "deploy", group = "deploy", mode = "0775" }
logrotate.rotation "shop" {
  paths = "/var/log/shop/*.log", frequency = "daily", keep = 2, as = "deploy deploy", create = "0640 deploy deploy",
  postrotate = { "touch", "/tmp/it's done" },
}
"#;
    converge(&host, RECIPE);
    host.must("runuser -u deploy -- sh -c 'echo one >/var/log/shop/a.log'; logrotate -f /etc/logrotate.conf");
    assert_eq!(
        host.must("cat /var/log/shop/a.log.1; stat -c '%a %U' /var/log/shop/a.log"),
        "one\n640 deploy\n"
    );
    host.must("test -e \"/tmp/it's done\" && systemctl is-enabled logrotate.timer");

    let said = fail(&host, &RECIPE.replace("0640 deploy deploy", "0640 no-such-user deploy"));
    assert!(said.contains("nothing was replaced") && said.contains("no-such-user"), "{said}");
    converge(&host, "(require \"@logrotate\").rotation \"shop\" { action = \"delete\" }\n");
    host.must("test ! -e /etc/logrotate.d/shop");
}

#[test]
fn the_zone_is_set_and_one_service_asks_the_servers() {
    let Some([host]) = boot() else { return };
    host.must("apt-get update -qq");
    let own = json!({ "time": { "zone": "Europe/Vienna", "servers": ["192.0.2.1"] } });
    converge_list(&host, &with_attributes(&host, "time", &own));
    assert!(host.must("timedatectl").contains("Time zone: Europe/Vienna (CE"));
    assert!(host.must("systemd-analyze cat-config systemd/timesyncd.conf").contains("\nNTP=192.0.2.1\n"));
    let chrony = json!({ "time": { "service": "chrony", "servers": ["192.0.2.1", "ntp.example.org"] } });
    converge_list(&host, &with_attributes(&host, "time", &chrony));
    let read = host.must("chronyd -p");
    assert!(read.starts_with("server 192.0.2.1 iburst\nserver ntp.example.org iburst\n"), "{read}");
    host.must("! dpkg -s systemd-timesyncd 2>/dev/null | grep -q 'ok installed'");
}

#[test]
fn swap_is_left_to_the_machine_around_a_container() {
    let Some([host]) = boot() else { return };
    let output = chefrs(&host, "run -r swap");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("0 updated, 0 up to date, 2 skipped"), "{said}");
    host.must("test ! -e /swapfile");
}
