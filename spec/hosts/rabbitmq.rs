//! The cookbook `rabbitmq`, with the real broker.

use super::boot;
use super::convergence::{converge, fail, planned};

const PREPARED: &str = "apt_update \"lists\"\ninclude_recipe \"rabbitmq\"\n";

const DECLARED: &str = r#"
local rabbitmq = require "@rabbitmq"
rabbitmq.plugin "rabbitmq_shovel"
rabbitmq.vhost "/shop"
rabbitmq.vhost "a name, and a ' and a \\"
rabbitmq.user "shop" { password = "it's \\ a $secret", user_tags = { "monitoring", "management" } }
rabbitmq.user "-shop" {}
rabbitmq.permission "shop" { user = "shop", vhost = "/shop", configure = "", write = "^shop\\..*|[ '\"]" }
rabbitmq.permission "elsewhere" { user = "-shop", vhost = "a name, and a ' and a \\" }
rabbitmq.user "guest" { action = "delete" }
"#;

#[test]
fn users_virtual_hosts_and_permissions_are_as_declared_and_what_differs_is_seen() {
    let Some([host]) = boot() else { return };
    converge(&host, PREPARED);
    assert_eq!(converge(&host, DECLARED).len(), 9 + 8, "the settings, and the resources that they belong to");
    host.must("printf '%s\\n' \"it's \\\\ a \\$secret\" | rabbitmqctl authenticate_user shop");

    host.must(
        "rabbitmqctl set_user_tags shop administrator && rabbitmqctl set_permissions -p /shop shop '' '' '' &&
        runuser -u rabbitmq -- rabbitmqctl delete_vhost \"a name, and a ' and a \\\\\"",
    );
    let said = planned(&host, &DECLARED.replace("$secret", "$other one"));
    for line in [
        "set: would set to \"management monitoring\", was \"administrator\"",
        "set: would set to \"the declared one\", was \"another one\"",
        "set: would set to \"vhost\", was not set",
        "5 would change",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    converge(&host, DECLARED);

    const REMOVED: &str = r#"
local rabbitmq = require "@rabbitmq"
rabbitmq.permission "shop" { user = "shop", vhost = "/shop", action = "revoke" }
rabbitmq.user "-shop" { action = "delete" }
rabbitmq.vhost "/shop" { action = "delete" }
rabbitmq.plugin "rabbitmq_shovel" { action = "disable" }
"#;
    assert_eq!(converge(&host, REMOVED).len(), 4 + 4);

    host.must("rabbitmqctl stop_app");
    let said = fail(&host, DECLARED);
    let line = "setting[RabbitMQ virtual host /shop] failed to set: `/usr/local/sbin/rabbitmq-setting get vhost /shop`, which \
                reads the setting, failed";
    assert!(said.contains(line), "{said}");
}
