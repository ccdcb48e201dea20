//! Servers with their packages, configurations, users and units.

use super::{Claimed, Generator};
use crate::laws::generate::system::http_check;
use crate::laws::item::{Item, Notification, quoted};

impl Generator {
    /// A web server with its configuration, its user and its page.
    pub(super) fn served(&mut self) -> Vec<Claimed> {
        let content = self.brought_or("listen 80\\n");
        let mut file = self.owned(Item::new("file", "/etc/web/web.conf").with("content", content));
        let action =
            self.random.pick(&["\"nothing\"", "{ \"enable\", \"start\" }", "\"start\"", "\"enable\""]);
        let mut service = Item::new("service", "web").with("action", action);
        let verb = self.random.pick(&["restart", "reload"]);
        if self.random.percent(70) {
            let notification = self.asks(verb, "service[web]");
            file.notifies.push(notification);
        } else {
            let subscription = self.asks(verb, "file[/etc/web/web.conf]");
            service.subscribes.push(subscription);
        }
        let site = self.text();
        let site = Item::new("file", "/etc/web/site.conf").with("owner", "\"web\"").with("content", site);
        let directory =
            Item::new("directory", "/etc/web").with("mode", self.random.pick(&["\"0755\"", "\"0750\""]));
        let mut package = Item::new("package", self.random.pick(&["web", "web", "httpd"]));
        if self.random.percent(30) {
            let notification = self.asks("restart", "service[web]");
            package.notifies.push(notification);
        }
        let mut rows = vec![
            (format!("package {}", package.name), package),
            ("/etc/web/web.conf".to_owned(), file),
            ("service web".to_owned(), service),
        ];
        for (what, row) in [
            ("/etc/web/site.conf", site),
            ("/etc/web", directory),
            ("user web", Item::new("user", "web").with("comment", "\"a server\"")),
        ] {
            if self.random.percent(35) {
                let at = 1 + self.random.below(rows.len());
                rows.insert(at, (what.to_owned(), row));
            }
        }
        if self.random.percent(30) {
            let number = self.next_number();
            rows.push((format!("page {number}"), http_check()));
        }
        rows
    }

    /// A server whose parts have other names than its package.
    pub(super) fn database(&mut self) -> Vec<Claimed> {
        let content = self.brought_or("[client]\\n");
        let number = self.next_number();
        let copied = format!("/srv/copy{number}");
        let initial = format!("/run/made{number}");
        let only_if = self.random.pick(&[
            "exists \"/etc/mysql/debian.cnf\"",
            "\"test -e /etc/mysql/debian.cnf\"",
            "\"test -d /var/lib/mysql && test -f /etc/mysql/debian.cnf\"",
        ]);
        let rows = [
            (
                "/etc/mysql/debian.cnf",
                self.owned(Item::new("file", "/etc/mysql/debian.cnf").with("content", content)),
            ),
            (
                "group dba",
                Item::new("group", "dba")
                    .with("members", "\"ada\"")
                    .with("append", "true")
                    .action(self.random.pick(&["manage", "create", "modify"])),
            ),
            (
                "user mysql",
                Item::new("user", "mysql")
                    .with("shell", "\"/bin/false\"")
                    .action(self.random.pick(&["manage", "create"])),
            ),
            (
                "/var/lib/mysql",
                Item::new("directory", "/var/lib/mysql")
                    .with("owner", "\"mysql\"")
                    .with("group", "\"mysql\""),
            ),
            ("service mysql", Item::new("service", "mysql").with("action", "{ \"enable\", \"start\" }")),
            (
                copied.as_str(),
                Item::new("file", &copied).with("content", "contents \"/etc/mysql/debian.cnf\""),
            ),
            (
                initial.as_str(),
                Item::new("execute", &format!("e{number}"))
                    .with("command", format!("\"touch {initial}\""))
                    .with("creates", quoted(&initial))
                    .with("only_if", only_if),
            ),
        ];
        let mut some = vec![("package mariadb-server".to_owned(), Item::new("package", "mariadb-server"))];
        for (what, row) in rows {
            if self.random.percent(40) {
                some.push((what.to_owned(), row));
            }
        }
        some
    }

    /// A unit of one's own, its service, and systemd that has to read it.
    pub(super) fn unit(&mut self) -> Vec<Claimed> {
        let path = "/etc/systemd/system/app.service";
        let text = self.random.pick(&[
            "[Service]\\n",
            "[Service]\\n[Install]\\nWantedBy=multi-user.target\\n",
            "[Service]\\n[Install]\\nWantedBy=multi-user.target\\nA=1\\n",
        ]);
        let (id, mut file) = match self.random.below(3) {
            0 => ("systemd_unit[app.service]", Item::new("systemd_unit", "app.service").action("create")),
            1 => ("file[/etc/systemd/system/app.service]", Item::new("file", path)),
            _ => ("cookbook_file[/etc/systemd/system/app.service]", Item::new("cookbook_file", path)),
        };
        file = match file.r#type.as_str() {
            "cookbook_file" => file.with("source", "\"app.service\""),
            _ => file.with("content", quoted(text)),
        };
        let action = self.random.pick(&[
            "{ \"enable\", \"start\" }",
            "{ \"start\", \"enable\" }",
            "\"start\"",
            "\"enable\"",
            "\"nothing\"",
        ]);
        let mut service = Item::new("service", "app").with("action", action);
        let reload = Item::new("execute", "reload units")
            .with("command", "{ \"systemctl\", \"daemon-reload\" }")
            .action("nothing");
        if self.random.percent(50) {
            let at_once =
                Notification { timing: "immediately", ..Notification::new("run", "execute[reload units]") };
            file.notifies.push(at_once);
        }
        if self.random.percent(60) {
            let notification = self.asks("restart", "service[app]");
            file.notifies.push(notification);
        } else {
            let subscription = self.asks("restart", id);
            service.subscribes.push(subscription);
        }
        vec![
            ("units read".to_owned(), reload),
            ("unit app".to_owned(), file),
            ("service app".to_owned(), service),
        ]
    }
}
