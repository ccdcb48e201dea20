//! The cookbook `fail2ban`, with a real sshd and somebody who tries.

use serde_json::json;

use super::boot;
use super::convergence::{converge_list, fail, recipe, with_attributes};
use crate::patience::until;

const JAIL: &str = "include_recipe \"fail2ban\"\nlocal fail2ban = require \"@fail2ban\"\nfail2ban.jail \"shop\" {
  filter = \"nginx-http-auth\", logpath = { \"/var/log/dpkg.log\", \"/var/log/apt/*.log\" }, port = \"http,https\", maxretry = 2,
}\n";

#[test]
fn who_fails_too_often_is_shut_out() {
    let Some([host, other]) = boot() else { return };
    host.must("apt-get update -qq");
    let words =
        with_attributes(&host, "fail2ban", &json!({ "fail2ban": { "maxretry": 3, "bantime": "1h" } }));
    converge_list(&host, &words);
    until("fail2ban", || host.script("fail2ban-client ping").status.success());
    assert_eq!(host.must("fail2ban-client get sshd bantime; fail2ban-client get sshd maxretry"), "3600\n3\n");

    let attempt = format!(
        "ssh -n -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o ConnectTimeout=60 stranger@{} true",
        host.name()
    );
    until("the ban", || {
        other.script(&attempt);
        host.must("fail2ban-client status sshd").contains(&other.address().to_string())
    });
    let refused = || {
        let output = other.script(&attempt);
        String::from_utf8_lossy(&output.stderr).contains("Connection refused")
    };
    until("a refused connection", refused);

    // Who is shut out stays so while more is watched.
    recipe(&host, JAIL);
    converge_list(&host, "-r spec -j attributes.json");
    assert!(host.must("fail2ban-client get shop logpath").contains("/var/log/apt/term.log"));
    assert!(refused());

    let said = fail(&host, &JAIL.replace("nginx-http-auth", "no-such-filter"));
    assert!(said.contains("nothing was replaced"), "{said}");
    host.must("fail2ban-client -t && fail2ban-client status shop");
    recipe(
        &host,
        "include_recipe \"fail2ban\"\nlocal fail2ban = require \"@fail2ban\"\nfail2ban.jail \"shop\" { action = \"delete\" }\n",
    );
    converge_list(&host, "-r spec -j attributes.json");
    assert!(!host.script("fail2ban-client status shop").status.success());
}
