//! Stories: rows that belong together, as cooks write them. Each looks at what the one before it brings.

use super::Generator;
use crate::laws::item::{Item, Notification, quoted};

/// A row, and the thing of which a cookbook that comes to rest has one.
type Claimed = (String, Item);

impl Generator {
    /// Some rows that belong together, without those whose thing is taken.
    pub(super) fn story(&mut self) -> Vec<Item> {
        let rows = match self.random.below(15) {
            0 | 1 => self.served(),
            2 => self.database(),
            3 => self.containers(),
            4 | 14 => self.versions(),
            5 => self.virtual_packages(),
            6 | 7 => self.unit(),
            8 => self.tree(),
            9 => self.links(),
            10 => self.numbers(),
            11 => self.read_later(),
            12 => self.flaky(),
            _ => self.restarted(),
        };
        let rows: Vec<Item> =
            rows.into_iter().filter_map(|(what, row)| self.claim(&what).then_some(row)).collect();
        let declared: Vec<String> = rows.iter().map(Item::id).collect();
        let mut all = Vec::new();
        for mut row in rows {
            row.notifies.retain(|notification| declared.contains(&notification.to));
            row.subscribes.retain(|notification| declared.contains(&notification.to));
            all.push(if self.random.percent(20) { self.surrounded(row) } else { row });
        }
        all
    }

    fn timing(&mut self) -> &'static str {
        self.random.pick(&["", "delayed", "immediately", "before"])
    }

    /// A notification of some timing.
    fn asks(&mut self, action: &str, to: &str) -> Notification {
        let timing = self.timing();
        Notification { timing, skips: self.random.percent(10), ..Notification::new(action, to) }
    }

    /// One of two texts: the one that a package brings, or another.
    fn brought_or(&mut self, brought: &str) -> String {
        if self.random.percent(50) { quoted(brought) } else { self.text() }
    }

    /// A web server with its configuration, its user and its page.
    fn served(&mut self) -> Vec<Claimed> {
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
            rows.push((format!("page {number}"), super::system::http_check()));
        }
        rows
    }

    /// A server whose parts have other names than its package.
    fn database(&mut self) -> Vec<Claimed> {
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

    /// A package that brings a program and a group, and what looks for them.
    fn containers(&mut self) -> Vec<Claimed> {
        let number = self.next_number();
        let guard = self.random.pick(&[
            "\"command -v docker\"",
            "\"docker info\"",
            "\"command -v docker && docker info\"",
            "exists \"/usr/bin/docker\"",
            "\"test -e /usr/bin/docker\"",
            "\"! test -e /usr/bin/docker\"",
        ]);
        let if_word = self.random.pick(&["only_if", "not_if"]);
        let members = self.random.pick(&["\"ada\"", "{ \"ada\", \"deploy\" }"]);
        let action = self.random.pick(&["create", "manage", "modify"]);
        let group =
            Item::new("group", "docker").with("members", members).with("append", "true").action(action);
        let path = format!("/srv/guarded{number}");
        let guarded = Item::new("file", &path).with("content", "\"x\"").with(if_word, guard);
        let made = format!("/run/made{number}");
        let run = Item::new("execute", &format!("e{number}"))
            .with("command", format!("\"docker run && touch {made}\""))
            .with("creates", quoted(&made));
        vec![
            ("package docker.io".to_owned(), Item::new("package", "docker.io")),
            ("group docker".to_owned(), group),
            (path, guarded),
            (made, run),
        ]
    }

    /// Packages of a version that is old, held, not yet listed or offered by nobody.
    fn versions(&mut self) -> Vec<Claimed> {
        let name = self.random.pick(&["tool", "lib", "new", "web"]);
        let version =
            self.random.pick(&["\"1.0\"", "\"2.0\"", "\"9.9\"", "\"2.*\"", "\"1.*\"", "\"3.*\"", "\"2.0\""]);
        let mut rows = Vec::new();
        // What is on offer is another thing once they have been read.
        if self.random.percent(60) {
            rows.push(("lists".to_owned(), self.lists()));
        }
        if self.random.percent(35) {
            let action = self.random.pick(&["unlock", "lock"]);
            rows.push((format!("hold {name}"), Item::new("package", name).action(action)));
        }
        let package = Item::new("package", name);
        let package = match self.random.below(4) {
            0 => package.action("upgrade"),
            1 => package,
            _ => package.with("version", version),
        };
        rows.push((format!("package {name}"), package));
        if self.random.percent(35) {
            let other = self.random.pick(&["tool", "lib", "new"]);
            rows.push((format!("package {other}"), Item::new("package", other).action("upgrade")));
        }
        if self.random.percent(30) {
            let number = self.next_number();
            let path = format!("/srv/guarded{number}");
            let guard =
                self.random.pick(&["\"command -v tool\"", "\"tool --check\"", "exists \"/usr/bin/tool\""]);
            let row = Item::new("file", &path).with("content", "\"x\"").with("only_if", guard);
            rows.push((path, row));
        }
        rows
    }

    /// Virtual packages, of one provider and of several, before and after what provides them.
    fn virtual_packages(&mut self) -> Vec<Claimed> {
        let mut names = vec!["mta", self.random.pick(&["postfix", "exim"]), "httpd", "web"];
        for at in (1..names.len()).rev() {
            names.swap(at, self.random.below(at + 1));
        }
        let number = 1 + self.random.below(3);
        let mut rows: Vec<Claimed> = Vec::new();
        for name in names.into_iter().take(number) {
            let action = if !self.tidy && self.random.percent(25) { "upgrade" } else { "install" };
            rows.push((format!("package {name}"), Item::new("package", name).action(action)));
        }
        if self.random.percent(30) {
            let both = Item::new("package", "mail").with("package_name", "{ \"postfix\", \"lib\" }");
            rows.push(("package postfix".to_owned(), both));
        }
        rows
    }

    /// A unit of one's own, its service, and systemd that has to read it.
    fn unit(&mut self) -> Vec<Claimed> {
        let path = "/etc/systemd/system/app.service";
        let text =
            self.random.pick(&["[Service]\\n", "[Service]\\n[Install]\\n", "[Service]\\n[Install]\\nA=1\\n"]);
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

    /// A tree of the cookbook, with files beside, below and instead of it.
    fn tree(&mut self) -> Vec<Claimed> {
        let path = self.random.pick(&["/srv/t", "/srv/new/t", "/srv/d/t"]);
        let purge = self.random.pick(&["true", "false"]);
        let mut tree = Item::new("remote_directory", path).with("source", "\"tree\"");
        if !self.tidy {
            tree = tree.with("purge", purge);
        }
        let beside = self.random.pick(&["new.txt", "sub/c.txt", "sub/deep/d.txt"]);
        let beside = format!("{path}/{beside}");
        let text = self.text();
        let file = Item::new("file", &beside).with("content", text);
        let inner = format!("{path}/sub");
        let directory = Item::new("directory", &inner).with("mode", "\"0755\"");
        let number = self.next_number();
        let guarded_path = format!("/srv/guarded{number}");
        let guard = self.random.pick(&["sub/b.txt", "a.txt", "none.txt", "sub", "new.txt"]);
        let if_word = self.random.pick(&["only_if", "not_if"]);
        let guarded = Item::new("file", &guarded_path)
            .with("content", "\"x\"")
            .with(if_word, format!("exists \"{path}/{guard}\""));
        let read_path = format!("/srv/copy{number}");
        let read = Item::new("file", &read_path).with("content", format!("contents \"{path}/a.txt\""));
        let mut rows = vec![(path.to_owned(), tree)];
        for (what, row) in [(beside, file), (inner, directory), (guarded_path, guarded), (read_path, read)] {
            if self.random.percent(50) {
                let at = if !self.tidy && self.random.percent(20) { 0 } else { rows.len() };
                rows.insert(at, (what, row));
            }
        }
        // A tree's own files are its.
        let taken = !self.claim(&format!("{path}/a.txt"));
        if taken { Vec::new() } else { rows }
    }

    /// Links to links, and what is made through them.
    fn links(&mut self) -> Vec<Claimed> {
        let to = self.random.pick(&["/srv/d", "/srv/e", "/srv/a", "/srv/second", "/nope"]);
        let first = Item::new("link", "/srv/first").with("to", "\"/srv/second\"");
        let second = Item::new("link", "/srv/second").with("to", quoted(to));
        let through = self.random.pick(&["/srv/first/f", "/srv/second/f", "/srv/d/f", "/srv/e/f"]);
        let text = self.text();
        let file = Item::new("file", through).with("content", text);
        let beyond = self.random.pick(&["/srv/first", "/srv/second"]);
        let whole = Item::new("file", beyond).with("content", "\"one\\n\"");
        let number = self.next_number();
        let guarded_path = format!("/srv/guarded{number}");
        let seen = self.random.pick(&["/srv/first", "/srv/first/f", "/srv/second/f", "/srv/d/f"]);
        let guard = match self.random.below(3) {
            0 => format!("exists \"{seen}\""),
            1 => format!("\"test -e {seen}\""),
            _ => format!("\"test -L {seen}\""),
        };
        let guarded = Item::new("file", &guarded_path).with("content", "\"x\"").with("only_if", guard);
        let copy_path = format!("/srv/copy{number}");
        let copy = Item::new("file", &copy_path).with("content", format!("contents \"{seen}\""));
        let directory = Item::new("directory", self.random.pick(&["/srv/d", "/srv/e", "/srv/first"]));
        let mut rows = vec![("/srv/second".to_owned(), second), ("/srv/first".to_owned(), first)];
        if self.random.percent(40) {
            rows.reverse();
        }
        let others = [
            (directory.name.clone(), directory),
            ("through".to_owned(), file),
            (beyond.to_owned(), whole),
            (guarded_path, guarded),
            (copy_path, copy),
        ];
        for (what, row) in others {
            if self.random.percent(45) {
                let at = if self.random.percent(20) { 0 } else { rows.len() };
                rows.insert(at, (what, row));
            }
        }
        rows
    }

    /// Users and groups with numbers that others have, had, or will have.
    fn numbers(&mut self) -> Vec<Claimed> {
        let number = self.random.pick(&["1000", "1001", "1500"]);
        let one = Item::new("user", "one").with("uid", number);
        let two = Item::new("user", "two").with("uid", self.random.pick(&["1500", "1501"]));
        let gone = Item::new("user", self.random.pick(&["ada", "deploy"])).action("remove");
        let ops = Item::new("group", "ops").with("gid", self.random.pick(&["1500", "1600", "1000"]));
        let member = Item::new("group", "dba")
            .with("members", self.random.pick(&["\"one\"", "{ \"one\", \"two\" }", "\"nobody-there\""]));
        let placed =
            Item::new("user", "three").with("gid", self.random.pick(&["\"ops\"", "1600", "\"dba\""]));
        let removed = Item::new("group", self.random.pick(&["ops", "one", "ada"])).action("remove");
        let owned = Item::new("file", "/srv/of-one").with("owner", "\"one\"").with("group", "\"ops\"");
        let mut rows: Vec<Claimed> = Vec::new();
        for (what, row) in [
            ("user two", two),
            ("group ops", ops),
            ("user one", one),
            ("group dba", member),
            ("user three", placed),
            ("/srv/of-one", owned),
        ] {
            if self.random.percent(45) {
                rows.push((what.to_owned(), row));
            }
        }
        if !self.tidy {
            for row in [gone, removed] {
                if self.random.percent(30) {
                    let at = self.random.below(rows.len() + 1);
                    rows.insert(at, (row.id(), row));
                }
            }
        }
        rows
    }

    /// What is read when its turn comes, from what was made earlier in the run.
    fn read_later(&mut self) -> Vec<Claimed> {
        let number = self.next_number();
        let (source, copy, third) =
            (format!("/srv/source{number}"), format!("/srv/copy{number}"), format!("/srv/third{number}"));
        let made = format!("/run/made{number}");
        let text = self.text();
        let first = match self.random.below(3) {
            0 => Item::new("file", &source).with("content", text),
            1 => Item::new("cookbook_file", &source).with("source", "\"one.txt\""),
            _ => Item::new("execute", &format!("e{number}"))
                .with("command", format!("\"echo made >>{source}\""))
                .with("creates", quoted(&source)),
        };
        let read = |path: &str, how: usize| match how {
            0 => format!("contents \"{path}\""),
            1 => format!("output {{ \"cat\", \"{path}\" }}"),
            _ => format!("output \"cat {path}\""),
        };
        let second = Item::new("file", &copy).with("content", read(&source, self.random.below(3)));
        let last = Item::new("template", &third)
            .with("source", "\"one.hbs\"")
            .with("variables", format!("{{ name = {} }}", read(&copy, self.random.below(3))));
        let run = Item::new("execute", &format!("r{number}"))
            .with("command", format!("\"grep -q made {source} && touch {made}\""))
            .with("creates", quoted(&made));
        let mut rows = vec![(source, first), (copy, second)];
        for (what, row) in [(third, last), (made, run)] {
            if self.random.percent(40) {
                rows.push((what, row));
            }
        }
        rows
    }

    /// A command that fails the first time, and what hangs on it.
    fn flaky(&mut self) -> Vec<Claimed> {
        let number = self.next_number();
        let made = format!("/run/made{number}");
        let name = format!("f{number}");
        let mut flaky = Item::new("execute", &name)
            .with("command", format!("\"! mkdir /run/flip{number} && touch {made}\""))
            .with("creates", quoted(&made));
        if self.random.percent(60) {
            flaky = flaky.with("retries", "2").with("retry_delay", "0");
        }
        if self.random.percent(20) {
            flaky = flaky.with("ignore_failure", "true");
        }
        let waits = Item::new("execute", &format!("w{number}"))
            .with("command", format!("\"echo line >>/var/log/w{number}\""))
            .action("nothing");
        let notification = self.asks("run", &waits.id());
        flaky.notifies.push(notification);
        let after = format!("/srv/after{number}");
        let file =
            Item::new("file", &after).with("content", "\"x\"").with("only_if", format!("exists \"{made}\""));
        let log = format!("log {number}");
        vec![(log, waits), (made, flaky), (after, file)]
    }

    /// A change for which the machine is restarted, and what comes after it.
    fn restarted(&mut self) -> Vec<Claimed> {
        let number = self.next_number();
        let made = format!("/run/made{number}");
        let reboot = Item::new("reboot", "kernel").action("nothing");
        let mut first = Item::new("execute", &format!("e{number}"))
            .with("command", format!("\"touch {made}\""))
            .with("creates", quoted(&made));
        let action = self.random.pick(&["request_reboot", "reboot_now", "request_reboot"]);
        let notification = self.asks(action, "reboot[kernel]");
        first.notifies.push(notification);
        let after = format!("/srv/after{number}");
        let mut file = Item::new("file", &after).with("content", format!("contents \"{made}\""));
        let waits = Item::new("execute", &format!("w{number}"))
            .with("command", format!("\"echo line >>/var/log/w{number}\""))
            .action("nothing");
        let notification = self.asks("run", &waits.id());
        file.notifies.push(notification);
        let log = format!("log {number}");
        vec![("reboot".to_owned(), reboot), (made, first), (log, waits), (after, file)]
    }
}
