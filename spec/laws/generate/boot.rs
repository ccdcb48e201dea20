//! Rows about what the machine is now and after its next start: its name, its time, its kernel, its file systems, its jobs.

use super::Generator;
use crate::laws::item::{Item, quoted};

impl Generator {
    pub(super) fn hostname(&mut self) -> Option<Item> {
        let name = self.random.pick(&["web1", "web1.test", "memory"]);
        let item = Item::new("hostname", name);
        // Others read the hosts, which hold still in a cookbook that comes to rest.
        let item = match self.random.below(3) {
            _ if self.tidy => item.with("ipaddress", "\"\""),
            0 => item.with("aliases", "{ \"www\" }"),
            _ => item,
        };
        self.claim("hostname").then_some(item)
    }

    pub(super) fn timezone(&mut self) -> Option<Item> {
        let zone = self.random.pick(&["Europe/Berlin", "Etc/UTC", "Mars/Base"]);
        self.claim("timezone").then(|| Item::new("timezone", zone))
    }

    pub(super) fn locale(&mut self) -> Option<Item> {
        let lang = self.random.pick(&["de_DE.UTF-8", "en_US.UTF-8", "C.UTF-8", "xx_XX.UTF-8"]);
        let item = Item::new("locale", lang);
        let item = match self.random.below(3) {
            0 => item.with("lc_env", "{ LC_MESSAGES = \"C.UTF-8\" }"),
            1 => item.with("lc_env", "{ LC_TIME = \"de_DE.UTF-8\" }"),
            _ => item,
        };
        self.claim("locale").then_some(item)
    }

    pub(super) fn kernel_module(&mut self) -> Option<Item> {
        let name = self.random.pick(&["br_netfilter", "br_netfilter", "overlay", "dummy", "none"]);
        if !self.claim(&format!("module {name}")) {
            return None;
        }
        let item = Item::new("kernel_module", name);
        // What is only loaded or unloaded is as before after the next start.
        let still = ["install", "install", "blacklist", "disable"];
        let moving = ["load", "unload", "uninstall", "install", "disable"];
        let action = self.random.pick(if self.tidy { &still[..] } else { &moving });
        let item = item.action(action);
        let has_options = action == "install" && self.random.percent(30);
        Some(if has_options { item.with("options", "{ \"debug=1\" }") } else { item })
    }

    pub(super) fn swap_file(&mut self) -> Option<Item> {
        let path = self.random.pick(&["/swapfile", "/srv/swap", "/srv/d/swap", "/srv/a"]);
        let size = self.random.pick(&["\"1M\"", "\"2M\""]);
        if !self.claim(path) {
            return None;
        }
        let item = Item::new("swap_file", path);
        if self.tidy {
            return Some(item.with("size", size));
        }
        Some(match self.random.below(5) {
            0 => item.action("remove"),
            1 => item.with("size", size).with("persist", "false"),
            2 => item.with("size", size).with("priority", "5"),
            _ => item.with("size", size),
        })
    }

    /// In a cookbook that comes to rest at a directory of its own: what it hides would be made again.
    pub(super) fn mount(&mut self) -> Option<Item> {
        let any: &[&str] = &["/srv/cache", "/srv/d", "/srv/d/e", "/srv/current", "/etc/web"];
        let point = self.random.pick(if self.tidy { &any[..1] } else { any });
        let item = self.mounted_at(point);
        self.claim(&format!("mount {point}")).then_some(item)
    }

    /// A file system at a directory.
    pub(super) fn mounted_at(&mut self, point: &str) -> Item {
        let item = Item::new("mount", point);
        let item = match self.random.below(6) {
            0 => item.with("device", "\"/dev/sdb1\""),
            1 => item.with("device", "\"/dev/sdb1\"").with("options", "{ \"ro\", \"noexec\" }"),
            2 => item.with("device", "\"/srv/e\"").with("options", "\"bind\""),
            3 => item.with("device", "\"LABEL=none\"").with("fstype", "\"ext4\""),
            _ => {
                let options = self.random.pick(&["{ \"size=64m\" }", "{ \"nosuid\", \"noexec\" }", "\"rw\""]);
                item.with("device", "\"tmpfs\"").with("fstype", "\"tmpfs\"").with("options", options)
            }
        };
        let both = "{ \"enable\", \"mount\" }";
        if self.tidy {
            return item.with("action", both);
        }
        let actions =
            [both, "\"mount\"", "\"mount\"", "\"unmount\"", "\"remount\"", "\"enable\"", "\"disable\""];
        item.with("action", self.random.pick(&actions))
    }

    pub(super) fn timer(&mut self) -> Option<Item> {
        let name = self.random.pick(&["job", "app"]);
        let item = self.timer_of(name);
        // It makes a service of its name.
        let what = if name == "app" { "unit app" } else { "timer" };
        self.claim(what).then_some(item)
    }

    /// A timer of a name.
    pub(super) fn timer_of(&mut self, name: &str) -> Item {
        let item = Item::new("timer", name);
        if !self.tidy && self.random.percent(20) {
            return item.action("delete");
        }
        let item = item.with("command", "\"/usr/bin/true\"");
        let item = match self.random.below(3) {
            0 => item.with("every", "\"5min\"").with("on_boot", "\"1min\""),
            _ => item.with("on_calendar", "\"daily\""),
        };
        if self.random.percent(30) {
            let user = self.random.pick(&["root", "ada", "deploy", "web"]);
            return item.with("user", quoted(user));
        }
        item
    }

    pub(super) fn firewall_rule(&mut self) -> Option<Item> {
        let name = self.random.pick(&["ssh", "http", "everything else"]);
        let item = self.firewall_rule_of(name);
        self.claim(&format!("rule {name}")).then_some(item)
    }

    /// A rule of a name.
    pub(super) fn firewall_rule_of(&mut self, name: &str) -> Item {
        let item = Item::new("firewall_rule", name);
        if !self.tidy && self.random.percent(20) {
            return item.action("remove");
        }
        match name {
            "ssh" => item.with("port", "22").with("source", "\"192.0.2.0/24\"").with("order", "10"),
            "http" => item.with("port", self.random.pick(&["80", "{ 80, 443 }", "\"8000-8010\""])),
            _ => item.with("policy", "\"deny\"").with("order", "999"),
        }
    }

    pub(super) fn sudo(&mut self) -> Option<Item> {
        let name = self.random.pick(&["deploy", "ops"]);
        if !self.claim(&format!("sudo {name}")) {
            return None;
        }
        let item = Item::new("sudo", name);
        if !self.tidy && self.random.percent(20) {
            return Some(item.action("delete"));
        }
        let item = item.with("users", quoted(name));
        Some(if self.random.percent(40) { item.with("nopasswd", "true") } else { item })
    }

    pub(super) fn alternatives(&mut self) -> Option<Item> {
        let path = self.random.pick(&["/srv/a", "/usr/bin/tool", "/usr/bin/git", "/usr/bin/docker"]);
        let item = Item::new("alternatives", "pager").with("path", quoted(path));
        let priority = self.random.pick(&["10", "60"]);
        let (item, what) = match self.random.below(7) {
            0 | 1 => (
                item.with("priority", priority).with("action", "{ \"install\", \"set\" }"),
                "which is chosen".to_owned(),
            ),
            2 if !self.tidy => (item.action("set"), String::new()),
            3 if !self.tidy => (item.action("remove"), String::new()),
            4 if !self.tidy => (Item::new("alternatives", "pager").action("auto"), String::new()),
            _ => (item.with("priority", priority).action("install"), String::new()),
        };
        (self.claim(&format!("alternative {path}")) && self.claim(&what)).then_some(item)
    }
}
