//! Trees, and links to links.

use super::{Claimed, Generator};
use crate::laws::item::{Item, quoted};

impl Generator {
    /// A tree of the cookbook, with files beside, below and instead of it.
    pub(super) fn tree(&mut self) -> Vec<Claimed> {
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

    /// Rows that want different things at one path, or something below what is no directory.
    pub(super) fn in_the_way(&mut self) -> Vec<Claimed> {
        let path = self.random.pick(&["/srv/w", "/srv/b", "/srv/d/w"]);
        let inner = format!("{path}/v");
        let deep = format!("{path}/u/v");
        let mut rows = Vec::new();
        let text = self.text();
        for (what, row) in [
            ("a file", Item::new("file", path).with("content", text)),
            ("a directory", Item::new("directory", path)),
            ("one inside", Item::new("file", &inner).with("content", "\"x\"")),
            ("one deep inside", Item::new("directory", &deep).with("recursive", "true")),
            ("a link", Item::new("link", path).with("to", "\"/srv/d\"")),
            ("a tree", Item::new("remote_directory", path).with("source", "\"tree\"")),
        ] {
            if self.random.percent(35) {
                let at = self.random.below(rows.len() + 1);
                rows.insert(at, (format!("{what} at {path}"), row));
            }
        }
        rows
    }

    /// Links to links, and what is made through them.
    pub(super) fn links(&mut self) -> Vec<Claimed> {
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
                let at = if !self.tidy && self.random.percent(20) { 0 } else { rows.len() };
                rows.insert(at, (what, row));
            }
        }
        rows
    }
}
