//! Sources that bring packages, packages that bring programs of languages, and what those bring.

use super::{Claimed, Generator};
use crate::laws::item::{Item, quoted};

impl Generator {
    /// A source whose list brings a package, with its key.
    pub(super) fn sourced(&mut self) -> Vec<Claimed> {
        let key = Item::new("file", "/etc/apt/keyrings/vendor.asc").with("content", "\"a key\\n\"");
        let source = self.vendor();
        let name = self.random.pick(&["agent", "agent", "tool"]);
        let package = match self.random.below(3) {
            0 => Item::new("package", name).action("upgrade"),
            1 => Item::new("package", name)
                .with("version", self.random.pick(&["\"1.0\"", "\"3.0\"", "\"3.*\""])),
            _ => Item::new("package", name),
        };
        let number = self.next_number();
        let guarded_path = format!("/srv/guarded{number}");
        let guard =
            self.random.pick(&["\"command -v agent\"", "exists \"/usr/bin/agent\"", "\"agent --check\""]);
        let guarded = Item::new("file", &guarded_path).with("content", "\"x\"").with("only_if", guard);
        let gone = Item::new("apt_repository", "vendor").action("remove");
        let mut rows = Vec::new();
        for (what, row, percent) in [
            ("/etc/apt/keyrings/vendor.asc".to_owned(), key, 80),
            ("source".to_owned(), source, 100),
            (format!("package {name}"), package, 90),
            (guarded_path, guarded, 40),
        ] {
            if self.random.percent(percent) {
                rows.push((what, row));
            }
        }
        if !self.tidy && self.random.percent(20) {
            rows.insert(self.random.below(rows.len() + 1), ("no source".to_owned(), gone));
        }
        rows
    }

    /// A program of a language, and its packages.
    pub(super) fn languages(&mut self) -> Vec<Claimed> {
        let (package, r#type, name, program) = self.random.pick(&[
            ("ruby", "gem_package", "bundler", "gem"),
            ("npm", "npm_package", "pm2", "npm"),
            ("python3-pip", "pip_package", "gunicorn", "pip3"),
        ]);
        let number = self.next_number();
        let guarded_path = format!("/srv/guarded{number}");
        let guard = self.random.pick(&["command -v", "! test -e /usr/bin/", "test -e /usr/bin/"]);
        let space = if guard.ends_with('/') { "" } else { " " };
        let guarded = Item::new("file", &guarded_path)
            .with("content", "\"x\"")
            .with("only_if", quoted(&format!("{guard}{space}{program}")));
        let mut rows = Vec::new();
        if self.random.percent(70) {
            rows.push((format!("package {package}"), Item::new("package", package)));
        }
        let action = self.random.pick(&["install", "install", "upgrade"]);
        rows.push((format!("{type} everywhere"), Item::new(r#type, name).action(action)));
        if !self.tidy && self.random.percent(30) {
            rows.push((format!("{type} again"), Item::new(r#type, name).action("remove")));
        }
        if self.random.percent(40) {
            rows.push((guarded_path, guarded));
        }
        rows
    }

    /// An environment of Python, and what is installed in it afterwards.
    pub(super) fn environment(&mut self) -> Vec<Claimed> {
        let environment = Item::new("python_venv", "/srv/venv");
        let inside = Item::new("pip_package", "gunicorn")
            .with("virtualenv", "\"/srv/venv\"")
            .with("version", self.random.pick(&["\"22.0.0\"", "\"23.0.0\""]));
        let mut rows = Vec::new();
        if self.random.percent(60) {
            rows.push(("package python3-venv".to_owned(), Item::new("package", "python3-venv")));
        }
        rows.push(("venv".to_owned(), environment));
        rows.push(("pip_package /srv/venv".to_owned(), inside));
        rows
    }

    /// What a link with a common name means, and who follows it.
    pub(super) fn chosen(&mut self) -> Vec<Claimed> {
        let number = self.next_number();
        let program = format!("/srv/program{number}");
        let text = self.text();
        let file = Item::new("file", &program).with("content", text).with("mode", "\"0755\"");
        let action = self.random.pick(&["\"install\"", "{ \"install\", \"set\" }"]);
        let one = Item::new("alternatives", "viewer")
            .with("path", quoted(&program))
            .with("priority", self.random.pick(&["10", "60"]))
            .with("action", action);
        let other =
            Item::new("alternatives", "viewer").with("path", "\"/usr/bin/git\"").with("priority", "50");
        let other = other.action("install");
        let guarded_path = format!("/srv/guarded{number}");
        let guard = self.random.pick(&[
            "exists \"/usr/bin/viewer\"",
            "\"command -v viewer\"",
            "\"test -e /etc/alternatives/viewer\"",
        ]);
        let guarded = Item::new("file", &guarded_path).with("content", "\"x\"").with("only_if", guard);
        let mut rows = vec![(program, file), ("viewer".to_owned(), one)];
        for (what, row) in [("another viewer".to_owned(), other), (guarded_path, guarded)] {
            if self.random.percent(50) {
                rows.push((what, row));
            }
        }
        rows
    }
}
