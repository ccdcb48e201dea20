//! Stories: rows that belong together, as cooks write them. Each looks at what the one before it brings.

mod boot;
mod packages;
mod paths;
mod servers;
mod sources;

use super::Generator;
use crate::laws::item::{Item, Notification, quoted};

/// A row, and the thing of which a cookbook that comes to rest has one.
type Claimed = (String, Item);

impl Generator {
    /// Some rows that belong together, without those whose thing is taken.
    pub(super) fn story(&mut self) -> Vec<Item> {
        let rows = match self.random.below(31) {
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
            15 => self.in_the_way(),
            16 => self.pieces(),
            17 => self.pieces_inside(),
            18 | 19 => self.mounted(),
            20 => self.timed(),
            21 => self.sudoer(),
            22 => self.firewalled(),
            23 => self.localized(),
            24 | 25 => self.sourced(),
            26 => self.languages(),
            27 => self.environment(),
            28 => self.chosen(),
            29 | 30 => self.set_before(),
            _ => self.restarted(),
        };
        self.told(rows)
    }

    /// The rows whose thing is free, each with notifications of one another alone.
    pub(super) fn told(&mut self, rows: Vec<Claimed>) -> Vec<Item> {
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

    /// A command that may set what a setting wants, before the setting looks at it.
    fn set_before(&mut self) -> Vec<Claimed> {
        let number = self.next_number();
        let place = format!("/srv/value{number}");
        let value = self.random.pick(&["set", "other"]);
        let before = Item::new("execute", &format!("e{number}"))
            .with("command", format!("\"echo set >>{place}\""))
            .with("creates", quoted(&place));
        let setting = Item::new("setting", &format!("v{number}"))
            .with("get", format!("\"cat {place} || true\""))
            .with("value", quoted(value))
            .with("set", format!("\"rm {place}; echo {value} >>{place}\""));
        vec![(place, before), (format!("value {number}"), setting)]
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

    /// A file that is made of what several rows say.
    fn pieces(&mut self) -> Vec<Claimed> {
        let number = self.next_number();
        let path = format!("/srv/whole{number}");
        let mut rows: Vec<Claimed> = Vec::new();
        for piece in ["one", "two", "three"] {
            if self.random.percent(60) {
                let (name, text) = (format!("{piece}{number}"), self.text());
                let order = self.random.pick(&["10", "50"]);
                let row = Item::new("fragment", &name)
                    .with("into", quoted(&path))
                    .with("content", text)
                    .with("order", order);
                rows.push((name, row));
            }
        }
        let whole = Item::new("file", &path).with("content", format!("fragments \"{path}\""));
        rows.insert(self.random.below(rows.len() + 1), (path, whole));
        rows
    }

    /// The same of what custom resources say, each for itself.
    fn pieces_inside(&mut self) -> Vec<Claimed> {
        let mut rows: Vec<Claimed> = Vec::new();
        for (what, row) in self.pieces() {
            if row.r#type != "fragment" || self.random.percent(30) {
                rows.push((what, row));
                continue;
            }
            self.customs += 1;
            let number = self.customs;
            let mut around = Item::new(&format!("c{number}"), &format!("n{number}"));
            let mut inside = vec![row];
            if self.random.percent(40) {
                let text = self.text();
                inside.push(Item::new("file", &format!("/srv/beside{number}")).with("content", text));
            }
            around.inside.push(("go".to_owned(), inside));
            rows.push((what, around));
        }
        rows
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
