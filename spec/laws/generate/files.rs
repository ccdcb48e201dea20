//! Rows that make files and directories, by every type that does. What they name is little, so that they meet.

use super::Generator;
use crate::laws::item::{Item, quoted};

/// Directories that rows make in several ways, each below one that is there or that others make.
const DIRECTORIES: &[&str] = &["/srv/d", "/srv/d/e", "/srv/q/e", "/srv/e", "/etc/web"];
const FILES: &[&str] = &[
    "/srv/a",
    "/srv/b",
    "/srv/c",
    "/srv/d/x",
    "/srv/q/e/y",
    "/srv/e/z",
    "/etc/web/site.conf",
    "/etc/web/web.conf",
    "/srv/t/a.txt",
    "/srv/app/app.txt",
];
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

impl Generator {
    pub(super) fn file(&mut self) -> Option<Item> {
        let path = self.random.pick(FILES);
        if !self.claim(path) {
            return None;
        }
        let mut item = Item::new("file", path);
        if !self.tidy && self.random.percent(12) {
            return Some(item.action("delete"));
        }
        if !self.tidy && self.random.percent(10) {
            item = item.action("create_if_missing");
        }
        if self.random.percent(85) {
            let text = self.text();
            item = item.with("content", text);
        }
        Some(self.owned(item))
    }

    /// Owner, group and mode.
    pub(super) fn owned(&mut self, mut item: Item) -> Item {
        if self.random.percent(15) {
            let owner = self.random.pick(&["root", "ada", "deploy", "web", "mysql"]);
            item = item.with("owner", quoted(owner));
        }
        if self.random.percent(10) {
            let group = self.random.pick(&["root", "ada", "ops", "dba"]);
            item = item.with("group", quoted(group));
        }
        if self.random.percent(20) {
            let mode = self.random.pick(&["0600", "0644", "0755"]);
            item = item.with("mode", quoted(mode));
        }
        item
    }

    pub(super) fn directory(&mut self) -> Option<Item> {
        let path = self.random.pick(DIRECTORIES);
        if !self.claim(path) {
            return None;
        }
        let item = Item::new("directory", path);
        if !self.tidy && self.random.percent(20) {
            let item = item.action("delete");
            return Some(if self.random.percent(70) { item.with("recursive", "true") } else { item });
        }
        let item = self.owned(item);
        Some(if self.random.percent(60) { item.with("recursive", "true") } else { item })
    }

    pub(super) fn cookbook_file(&mut self) -> Option<Item> {
        let path = self.random.pick(FILES);
        self.claim(path).then(|| self.owned(Item::new("cookbook_file", path).with("source", "\"one.txt\"")))
    }

    pub(super) fn template(&mut self) -> Option<Item> {
        let path = self.random.pick(FILES);
        let name = self.text();
        let variables = format!("{{ name = {name} }}");
        let item = Item::new("template", path).with("source", "\"one.hbs\"").with("variables", variables);
        self.claim(path).then(|| self.owned(item))
    }

    pub(super) fn remote_directory(&mut self) -> Option<Item> {
        let path = self.random.pick(&["/srv/t", "/srv/q/e/x", "/srv/d/t"]);
        // The tree's own files are its.
        if !self.claim(path) || !self.claim(&format!("{path}/a.txt")) {
            return None;
        }
        let item = Item::new("remote_directory", path);
        if !self.tidy && self.random.percent(15) {
            return Some(item.action("delete"));
        }
        let item = item.with("source", "\"tree\"");
        let item = if !self.tidy && self.random.percent(20) { item.with("purge", "true") } else { item };
        Some(self.owned(item))
    }

    /// A file of which a row changes a part: one that nothing else declares, or any.
    fn edited(&mut self) -> &'static str {
        let any: &[&str] = &["/etc/login.defs", "/etc/hosts", "/srv/a", "/srv/d/x", "/etc/web/web.conf"];
        self.random.pick(if self.tidy { &any[..1] } else { any })
    }

    pub(super) fn line(&mut self) -> Option<Item> {
        let key = self.random.pick(&["UMASK", "PASS_MAX_DAYS", "SULOG_FILE"]);
        let value = self.random.pick(&["027", "1", "yes"]);
        let path = self.edited();
        let item = Item::new("line", &format!("{key} {value}")).with("path", quoted(path));
        let item = match self.random.below(5) {
            0 if !self.tidy => item,
            1 => item.with("match", quoted(&format!("^{key} "))).with("several", "\"all\""),
            2 => item.with("match", quoted(&format!("^{key} "))).with("after", "\"^#\""),
            3 if !self.tidy => item.action("remove"),
            _ => item.with("match", quoted(&format!("^{key} "))),
        };
        self.claim(&format!("line {key}")).then_some(item)
    }

    pub(super) fn block(&mut self) -> Option<Item> {
        let name = self.random.pick(&["one", "two"]);
        let path = self.edited();
        let text = self.text();
        let item = Item::new("block", name).with("path", quoted(path));
        let item = match self.random.below(5) {
            0 if !self.tidy => item.action("remove"),
            1 => item.with("content", text).with("at_start", "true"),
            _ => item.with("content", text),
        };
        self.claim(&format!("block {name}")).then_some(item)
    }

    pub(super) fn edit(&mut self) -> Option<Item> {
        let any: &[&str] = &["/etc/web.json", "/srv/a", "/etc/login.defs"];
        let path = self.random.pick(if self.tidy { &any[..1] } else { any });
        let value = self.random.pick(&["81", "\"81\"", "{ tls = true }", "{ 1, 2 }"]);
        let key = self.random.pick(&["port", "ports", "proxy"]);
        let item = Item::new("edit", &format!("{key} of {path}"))
            .with("path", quoted(path))
            .with("format", "\"json\"");
        let item = if !self.tidy && self.random.percent(20) {
            item.with("keys", format!("{{ \"{key}\" }}")).action("remove")
        } else {
            item.with("values", format!("{{ {key} = {value} }}"))
        };
        self.claim(&format!("edit {key}")).then_some(item)
    }

    pub(super) fn link(&mut self) -> Option<Item> {
        let path = self.random.pick(&["/srv/link", "/srv/d/link", "/srv/c"]);
        let to = self.random.pick(&["/srv/a", "/srv/d", "/nope", "/etc/hosts"]);
        let item = Item::new("link", path).with("to", quoted(to));
        let item = if !self.tidy && self.random.percent(15) {
            Item::new("link", path).action("delete")
        } else {
            item
        };
        self.claim(path).then_some(item)
    }

    pub(super) fn remote_file(&mut self) -> Option<Item> {
        let path = self.random.pick(&["/srv/archive.tar", "/srv/b", "/srv/d/x"]);
        let url = self.random.pick(&[
            "https://files.test/one",
            "https://files.test/two",
            "https://files.test/none",
        ]);
        if !self.claim(path) {
            return None;
        }
        let item = Item::new("remote_file", path).with("source", quoted(url));
        Some(match self.random.below(6) {
            0 | 1 => {
                let digest = chefrs::model::content::sha256(b"served one\n");
                item.with("checksum", quoted(&digest))
            }
            2 => item.action("create_if_missing"),
            3 if !self.tidy => item.action("refresh"),
            _ => item,
        })
    }

    pub(super) fn archive_file(&mut self) -> Option<Item> {
        let path = self.random.pick(&["/srv/archive.tar", "/srv/a", "/etc/hosts"]);
        let to = self.random.pick(&["/srv/unpacked", "/srv/d", "/srv/e"]);
        let item = Item::new("archive_file", path).with("destination", quoted(to));
        // An archive that is another one later is unpacked anew.
        let still = path == "/etc/hosts" || !self.tidy || self.claimed.contains(path);
        (still && self.claim(to)).then_some(item)
    }

    pub(super) fn git(&mut self) -> Option<Item> {
        let path = self.random.pick(&["/srv/app", "/srv/d/app"]);
        let revision = self.random.pick(&["main", "main", COMMIT, "none"]);
        let url = self.random.pick(&[
            "https://git.test/app.git",
            "https://git.test/app.git",
            "https://git.test/none.git",
        ]);
        if !self.claim(path) || !self.claim(&format!("{path}/app.txt")) {
            return None;
        }
        let item = Item::new("git", path).with("repository", quoted(url)).with("revision", quoted(revision));
        Some(match self.random.below(4) {
            0 => item.action("checkout"),
            1 => item.action("export"),
            _ => item,
        })
    }

    pub(super) fn python_venv(&mut self) -> Option<Item> {
        let item = Item::new("python_venv", "/srv/venv");
        let item = if self.random.percent(50) { item.with("packages", "\"gunicorn==23.0.0\"") } else { item };
        let item = if !self.tidy && self.random.percent(20) {
            Item::new("python_venv", "/srv/venv").action("delete")
        } else {
            item
        };
        self.claim("venv").then_some(item)
    }
}
