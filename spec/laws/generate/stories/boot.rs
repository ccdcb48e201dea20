//! A machine that is set up for its next start: file systems, jobs, accounts that may do more, a firewall.

use super::{Claimed, Generator};
use crate::laws::item::{Item, quoted};

impl Generator {
    /// A file system below a directory that another row makes, and files in both.
    pub(super) fn mounted(&mut self) -> Vec<Claimed> {
        let point = self.random.pick(&["/srv/cache", "/srv/cache/deep"]);
        let recursive = if self.random.percent(70) { "true" } else { "false" };
        let directory = Item::new("directory", point).with("recursive", recursive);
        let inside = format!("{point}/f");
        let before = Item::new("file", &inside).with("content", "\"hidden\"");
        let mount = self.mounted_at(point);
        let text = self.text();
        let file = Item::new("file", &inside).with("content", text);
        let number = self.next_number();
        let guarded_path = format!("/srv/guarded{number}");
        let guard = self.random.pick(&["exists", "\"test -e", "\"! test -e"]);
        let guard =
            if guard == "exists" { format!("exists \"{inside}\"") } else { format!("{guard} {inside}\"") };
        let guarded = Item::new("file", &guarded_path).with("content", "\"x\"").with("only_if", guard);
        let unmount = Item::new("mount", point).action("unmount");
        let gone = Item::new("directory", point).action("delete").with("recursive", "true");
        let mut rows = vec![(point.to_owned(), directory), (format!("mount {point}"), mount)];
        // What is in memory is gone after a start of the machine.
        let stays = !rows[1].1.properties.iter().any(|(_, value)| value == "\"tmpfs\"");
        if stays || !self.tidy {
            rows.push((inside, file));
        }
        if self.random.percent(50) {
            rows.push((guarded_path, guarded));
        }
        if !self.tidy {
            for (row, at) in [(before, 1), (unmount, rows.len() + 1), (gone, rows.len() + 1)] {
                if self.random.percent(25) {
                    rows.insert(at.min(rows.len()), (row.id(), row));
                }
            }
        }
        rows
    }

    /// A timer beside a unit, with its user.
    pub(super) fn timed(&mut self) -> Vec<Claimed> {
        let name = self.random.pick(&["job", "app"]);
        let user = self.random.pick(&["deploy", "ops"]);
        let account = Item::new("user", user);
        let timer = self.timer_of(name).with("user", quoted(user));
        let unit = Item::new("systemd_unit", "app.service")
            .with("content", "\"[Service]\\n[Install]\\nWantedBy=multi-user.target\\n\"")
            .with("action", self.random.pick(&["\"create\"", "{ \"create\", \"enable\", \"start\" }"]));
        let action =
            if self.tidy { "\"start\"" } else { self.random.pick(&["\"start\"", "\"stop\"", "\"restart\""]) };
        let service = Item::new("service", &format!("{name}.timer")).with("action", action);
        // A timer has a service of its name.
        let what = if name == "app" { "unit app" } else { "timer" };
        let mut rows = vec![(what.to_owned(), timer)];
        if self.random.percent(70) {
            rows.insert(0, (format!("user {user}"), account));
        }
        if self.random.percent(60) {
            let what = if self.tidy { "unit app" } else { "another unit app" };
            rows.insert(self.random.below(rows.len() + 1), (what.to_owned(), unit));
        }
        if self.random.percent(40) {
            rows.push((format!("service {name}.timer"), service));
        }
        rows
    }

    /// What somebody may do whom the run makes, by a program that it brings.
    pub(super) fn sudoer(&mut self) -> Vec<Claimed> {
        let user = self.random.pick(&["deploy", "ops"]);
        let package = Item::new("package", "sudo");
        let account = Item::new("user", user);
        let content = self.random.pick(&["deploy ALL=(ALL) ALL\\n", "ops ALL=(ALL) NOPASSWD: ALL\\n"]);
        let rule = match self.random.below(3) {
            0 => Item::new("sudo", user).with("content", quoted(content)),
            1 => Item::new("sudo", user).with("groups", quoted(user)).with("nopasswd", "true"),
            _ => Item::new("sudo", user).with("users", quoted(user)),
        };
        let beside = Item::new("file", "/etc/sudoers.d/local")
            .with("content", "\"# local\\n\"")
            .with("mode", "\"0440\"");
        let mut rows = Vec::new();
        for (what, row, percent) in [
            ("package sudo".to_owned(), package, 75),
            (format!("user {user}"), account, 60),
            (format!("sudo {user}"), rule, 100),
            ("/etc/sudoers.d/local".to_owned(), beside, 30),
        ] {
            if self.random.percent(percent) {
                rows.push((what, row));
            }
        }
        rows
    }

    /// A firewall, its rules, and the service that loads them.
    pub(super) fn firewalled(&mut self) -> Vec<Claimed> {
        let mut rows = vec![("package nftables".to_owned(), Item::new("package", "nftables"))];
        for name in ["ssh", "http", "everything else"] {
            if self.random.percent(60) {
                let mut rule = self.firewall_rule_of(name);
                if self.random.percent(25) {
                    let notification = self.asks("restart", "service[nftables]");
                    rule.notifies.push(notification);
                }
                rows.push((format!("rule {name}"), rule));
            }
        }
        if self.random.percent(60) {
            let service = Item::new("service", "nftables").with("action", "\"enable\"");
            rows.push(("service nftables".to_owned(), service));
        }
        rows
    }

    /// A time zone and a language whose package comes in the same run, and what reads them.
    pub(super) fn localized(&mut self) -> Vec<Claimed> {
        let zone = self.random.pick(&["Europe/Berlin", "Etc/UTC"]);
        let lang = self.random.pick(&["de_DE.UTF-8", "en_US.UTF-8"]);
        let number = self.next_number();
        let copy_path = format!("/srv/copy{number}");
        let read = self.random.pick(&["/etc/localtime", "/etc/default/locale", "/etc/locale.gen"]);
        let copy = Item::new("file", &copy_path).with("content", format!("contents \"{read}\""));
        let mut rows = Vec::new();
        for (what, row, percent) in [
            ("package tzdata", Item::new("package", "tzdata"), 60),
            ("timezone", Item::new("timezone", zone), 60),
            ("package locales", Item::new("package", "locales"), 60),
            ("locale", Item::new("locale", lang), 80),
            (copy_path.as_str(), copy, 40),
        ] {
            if self.random.percent(percent) {
                rows.push((what.to_owned(), row));
            }
        }
        rows
    }
}
