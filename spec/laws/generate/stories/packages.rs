//! Packages: what they bring, which versions there are, what provides what.

use super::{Claimed, Generator};
use crate::laws::item::{Item, quoted};

impl Generator {
    /// A package that brings a program and a group, and what looks for them.
    pub(super) fn containers(&mut self) -> Vec<Claimed> {
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
    pub(in super::super) fn versions(&mut self) -> Vec<Claimed> {
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
    pub(super) fn virtual_packages(&mut self) -> Vec<Claimed> {
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
}
