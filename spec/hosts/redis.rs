//! The cookbook `redis`, with the real server.

use super::Host;
use super::boot;
use super::convergence::{converge, fail, planned};

const DECLARED: &str = r#"
apt_update "lists"
include_recipe "redis"
local redis = require "@redis"
redis.user "shop" { password = secret "shop", keys = "shop:*", channels = "shop.*" }
redis.user "reports" { password = secret "shop", commands = { "+@read", "-@dangerous" } }
"#;

/// The attributes of the cookbook, and where its secrets are.
fn attributes(host: &Host, lines: &str) {
    let text = format!(
        "[secrets]\nprogram = [\"cat\", \"/root/{{name}}.secret\"]\n[attributes.redis]\npassword.secret = \"redis\"\n{lines}"
    );
    host.write("/root/chefrs.toml", text.as_bytes());
}

/// What the server answers to a user.
fn answer(host: &Host, user: &str, secret: &str, words: &str) -> String {
    let command = format!(
        "REDISCLI_AUTH=\"$(cat /root/{secret}.secret)\" redis-cli --no-auth-warning --user {user} {words}"
    );
    host.must(&command).trim().to_owned()
}

#[test]
fn redis_has_its_settings_and_users_and_keeps_its_data() {
    let Some([host]) = boot() else { return };
    host.write("/root/redis.secret", b"it's \\ a \"$secret\" word");
    host.write("/root/shop.secret", b"another $ secret word");
    attributes(&host, "maxmemory = \"64mb\"\npolicy = \"allkeys-lru\"\nsettings = { timeout = \"300\" }\n");
    converge(&host, DECLARED);

    assert!(host.must("redis-cli get x").contains("NOAUTH"));
    assert_eq!(answer(&host, "default", "redis", "set shop:goods 12"), "OK");
    assert_eq!(
        answer(&host, "default", "redis", "config get maxmemory-policy"),
        "maxmemory-policy\nallkeys-lru"
    );
    assert_eq!(answer(&host, "shop", "shop", "get shop:goods"), "12");
    for (user, words) in [
        ("shop", "get elsewhere"),
        ("shop", "publish elsewhere 1"),
        ("shop", "config get bind"),
        ("reports", "set shop:goods 13"),
    ] {
        let said = answer(&host, user, "shop", words);
        assert!(said.contains("NOPERM"), "{user} {words}: {said}");
    }
    host.must("! grep -rlE 'secret[\\\\\"]* word' /var/lib/chefrs /etc/redis");

    // Data is there when the server starts with a log for the first time.
    attributes(&host, "persistence = \"log\"\n");
    converge(&host, DECLARED);
    assert_eq!(answer(&host, "default", "redis", "config get appendonly"), "appendonly\nyes");
    host.must("systemctl kill -s KILL redis-server && sleep 1 && systemctl start redis-server");
    assert_eq!(answer(&host, "shop", "shop", "get shop:goods"), "12");

    // Without a restart: another password, a user less, and the connection that somebody has goes on.
    let started = host.must("systemctl show -p MainPID redis-server");
    host.write("/root/shop.secret", b"the new secret word");
    let reports = DECLARED.lines().filter(|line| !line.contains("reports")).collect::<Vec<_>>().join("\n");
    assert_eq!(converge(&host, &reports).len(), 2);
    assert_eq!(answer(&host, "shop", "shop", "get shop:goods"), "12");
    assert!(answer(&host, "default", "redis", "acl list").lines().count() == 3);
    assert_eq!(host.must("systemctl show -p MainPID redis-server"), started);

    // What a server would not start with is never in the way of the present one.
    let said = fail(&host, &DECLARED.replace("+@read", "+@raed"));
    assert!(said.contains("file[/etc/redis/redis-chefrs.acl]"), "{said}");
    attributes(&host, "persistence = \"log\"\nsettings = { timeuot = \"300\" }\n");
    let said = fail(&host, &reports);
    assert!(said.contains("'timeuot \"300\"'") || said.contains("timeuot 300"), "{said}");
    assert_eq!(host.must("systemctl show -p MainPID redis-server"), started);

    // What somebody did by hand is seen.
    attributes(&host, "persistence = \"log\"\n");
    host.must("sed -i /^include/d /etc/redis/redis.conf");
    let said = planned(&host, &reports);
    assert!(said.contains("line[include /etc/redis/redis-chefrs.conf]"), "{said}");
    converge(&host, &reports);
}
