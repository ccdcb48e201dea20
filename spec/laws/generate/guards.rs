//! Guards, and values that are only known at a row's turn.

use super::Generator;

impl Generator {
    /// `only_if` or `not_if`, with what it looks at.
    pub(super) fn guard(&mut self) -> (&'static str, String) {
        let guard = self.random.pick(&["only_if", "not_if"]);
        let path = self.path_to_look_at();
        let value = match self.random.below(10) {
            0 => "true".to_owned(),
            1 => "false".to_owned(),
            2..=4 => format!("exists \"{path}\""),
            5 | 6 => format!("\"test -e {path}\""),
            7 => format!("\"test -f {path} && test -e /etc/hosts\""),
            8 => format!("\"! test -e {path}\""),
            _ if self.tidy => {
                self.random.pick(&["\"true\"", "\"command -v git\"", "\"command -v nope\""]).to_owned()
            }
            // A program that a package may bring, and one that is there but says no.
            _ => self
                .random
                .pick(&[
                    "\"tool --check\"",
                    "\"docker info\"",
                    "\"command -v docker\"",
                    "\"false\"",
                    "\"exit 3\"",
                ])
                .to_owned(),
        };
        (guard, value)
    }

    /// A path that holds still in a cookbook that comes to rest: nothing makes it, or something that came first.
    pub(super) fn path_to_look_at(&mut self) -> String {
        if !self.made.is_empty() && self.random.percent(50) {
            return self.made[self.random.below(self.made.len())].clone();
        }
        let still: &[&str] = &["/etc/hosts", "/nope", "/usr/bin/git"];
        let moving: &[&str] = &[
            "/etc/hosts",
            "/nope",
            "/srv/a",
            "/srv/d",
            "/srv/e",
            "/etc/mysql/debian.cnf",
            "/etc/web/web.conf",
            "/srv/t/a.txt",
            "/srv/current/x",
            "/srv/dangling",
            "/srv/cache/f",
            "/srv/d/x",
            "/usr/bin/pager",
            "/sys/module/dummy",
            "/etc/localtime",
        ];
        self.random.pick(if self.tidy { still } else { moving }).to_owned()
    }

    /// A value for a property that takes text.
    pub(super) fn text(&mut self) -> String {
        let number = self.next_number();
        match self.random.below(8) {
            0 => format!("contents \"{}\"", self.path_to_read()),
            1 => format!("output {{ \"echo\", \"deferred{number}\" }}"),
            2 if !self.tidy => "output { \"docker\", \"info\" }".to_owned(),
            // What is there already.
            3 => "\"one\\n\"".to_owned(),
            4 if !self.tidy => "\"listen 80\\n\"".to_owned(),
            _ => format!("\"text {number}\\n\""),
        }
    }

    fn path_to_read(&mut self) -> String {
        if !self.made.is_empty() && self.random.percent(50) {
            return self.made[self.random.below(self.made.len())].clone();
        }
        let moving: &[&str] = &["/etc/hosts", "/nope", "/srv/a", "/etc/web/web.conf", "/srv/dangling"];
        self.random.pick(if self.tidy { &["/etc/hosts"] } else { moving }).to_owned()
    }
}
