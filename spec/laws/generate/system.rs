//! Rows about what is one for the whole machine: packages, services, accounts, jobs, parameters.

use super::Generator;
use crate::laws::item::{Item, quoted};

const PACKAGES: &[&str] = &[
    "web",
    "mariadb-server",
    "tool",
    "docker.io",
    "python3-venv",
    "lib",
    "new",
    "httpd",
    "gone",
    "agent",
    "npm",
];

impl Generator {
    /// The lists of packages, read anew. In a cookbook that comes to rest only where they are old.
    pub(super) fn lists(&mut self) -> Item {
        let update = !self.tidy && self.random.percent(60);
        let lists = self.random.pick(&["apt_update", "package_lists"]);
        Item::new(lists, "lists").action(if update { "update" } else { "periodic" })
    }

    pub(super) fn package(&mut self) -> Option<Item> {
        let name = self.random.pick(PACKAGES);
        if !self.claim(&format!("package {name}")) {
            return None;
        }
        let item = Item::new("package", name);
        if self.tidy {
            return Some(item);
        }
        Some(match self.random.below(10) {
            0 | 1 => item.action("upgrade"),
            2 => item.action("remove"),
            3 => item.action("purge"),
            4 => item.action(self.random.pick(&["lock", "unlock"])),
            5 => item.with("version", self.random.pick(&["\"1.0\"", "\"2.0\"", "\"9.9\"", "\"2.*\""])),
            _ => item,
        })
    }

    pub(super) fn service(&mut self) -> Option<Item> {
        let name = self.random.pick(&["cron", "web", "app", "mysql", "crash"]);
        if !self.claim(&format!("service {name}")) {
            return None;
        }
        let item = Item::new("service", name);
        self.targets.push((item.id(), if name == "web" { "reload" } else { "restart" }));
        let still = ["\"start\"", "\"enable\"", "{ \"enable\", \"start\" }", "\"nothing\"", "\"nothing\""];
        let moving = ["\"restart\"", "\"stop\"", "\"disable\"", "\"mask\"", "\"unmask\"", "\"reload\""];
        let action = if self.tidy || self.random.percent(60) {
            self.random.pick(&still)
        } else {
            self.random.pick(&moving)
        };
        Some(item.with("action", action))
    }

    pub(super) fn systemd_unit(&mut self) -> Option<Item> {
        if !self.claim("unit app") {
            return None;
        }
        let text =
            self.random.pick(&["[Service]\\n", "[Service]\\n[Install]\\nWantedBy=multi-user.target\\n"]);
        let actions = ["\"create\"", "{ \"create\", \"start\" }", "{ \"create\", \"enable\", \"start\" }"];
        let item = Item::new("systemd_unit", "app.service").with("action", self.random.pick(&actions));
        if !self.tidy && self.random.percent(20) {
            return Some(item.action("delete"));
        }
        Some(item.with("content", quoted(text)))
    }

    pub(super) fn user(&mut self) -> Option<Item> {
        let name = self.random.pick(&["deploy", "ops", "ada", "web"]);
        if !self.claim(&format!("user {name}")) {
            return None;
        }
        let item = Item::new("user", name);
        if !self.tidy && self.random.percent(20) {
            return Some(item.action(self.random.pick(&["remove", "manage", "lock"])));
        }
        let item = match self.random.below(9) {
            6 => item.with("groups", "\"ops\"").with("append", "true"),
            7 => item.with("groups", "{ \"docker\", \"dba\" }"),
            8 => item.with("password_max_days", "90").with("password_min_days", "0"),
            0 => item.with("uid", "1000"),
            1 => item.with("gid", "\"ops\""),
            2 => item.with("comment", "\"a person\""),
            3 => item.with("shell", "\"/bin/bash\""),
            _ => item,
        };
        Some(item)
    }

    pub(super) fn group(&mut self) -> Option<Item> {
        let name = self.random.pick(&["ops", "docker", "dba", "deploy"]);
        if !self.claim(&format!("group {name}")) {
            return None;
        }
        let item = Item::new("group", name);
        let item = match self.random.below(5) {
            0 => item.with("members", "\"ada\"").with("append", "true"),
            1 => item.with("members", "{ \"ada\", \"deploy\" }"),
            2 => item.with("gid", "1000"),
            _ => item,
        };
        Some(match self.random.below(6) {
            0 if !self.tidy => item.action("manage"),
            1 if !self.tidy => Item::new("group", name).action("remove"),
            2 if !self.tidy => item.action("modify"),
            _ => item,
        })
    }

    pub(super) fn cron(&mut self) -> Option<Item> {
        let item = Item::new("cron", "job").with("command", "\"true\"").with("hour", "\"3\"");
        let item = if !self.tidy && self.random.percent(25) {
            Item::new("cron", "job").action("delete")
        } else {
            item
        };
        self.claim("cron job").then_some(item)
    }

    pub(super) fn sysctl(&mut self) -> Option<Item> {
        let value = self.random.pick(&["\"128\"", "\"4096\""]);
        let key = self.random.pick(&["net.core.somaxconn", "net.core.somaxconn", "net.core.none"]);
        self.claim("sysctl").then(|| Item::new("sysctl", key).with("value", value))
    }

    pub(super) fn reboot(&mut self) -> Option<Item> {
        if !self.claim("reboot") {
            return None;
        }
        let item = Item::new("reboot", "kernel");
        let action = self.random.pick(&["request_reboot", "reboot_now"]);
        self.targets.push((item.id(), action));
        Some(if self.tidy {
            item.action("nothing")
        } else {
            item.action(self.random.pick(&["nothing", action, "cancel"]))
        })
    }
}

pub(super) fn http_check() -> Item {
    Item::new("http_check", "http://127.0.0.1:80/").with("attempts", "1").with("interval", "0")
}
