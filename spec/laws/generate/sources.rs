//! Rows about where packages come from, and packages of languages.

use super::Generator;
use crate::laws::item::{Item, quoted};

impl Generator {
    pub(super) fn apt_repository(&mut self) -> Option<Item> {
        let item = Item::new("apt_repository", "vendor");
        if !self.claim("source") {
            return None;
        }
        if !self.tidy && self.random.percent(20) {
            return Some(item.action("remove"));
        }
        Some(self.vendor())
    }

    /// A source that has what no other has, or newer.
    pub(super) fn vendor(&mut self) -> Item {
        let address = self.random.pick(&[
            "https://deb.test/debian",
            "https://deb.test/debian",
            "https://deb.test/debian",
            "https://deb.test/none",
        ]);
        let item = Item::new("apt_repository", "vendor").with("uri", quoted(address));
        let item = if self.random.percent(60) { item.with("suites", "\"stable\"") } else { item };
        match self.random.below(5) {
            0 => item.with("trusted", "true"),
            1 => item.with("pin", "400"),
            2 => item.with("enabled", "false"),
            _ => item.with("signed_by", "\"/etc/apt/keyrings/vendor.asc\""),
        }
    }

    /// A source of a package manager that the machine does not have: refused, unless only its file is wanted.
    pub(super) fn foreign_repository(&mut self) -> Option<Item> {
        let (r#type, read, directory) = self.random.pick(&[
            ("yum_repository", "make_cache", "/etc/yum.repos.d"),
            ("zypper_repository", "refresh_cache", "/srv/d"),
        ]);
        if !self.claim(r#type) {
            return None;
        }
        let item = Item::new(r#type, "vendor").with("baseurl", "\"https://rpm.test/9\"");
        if !self.tidy && self.random.percent(20) {
            return Some(Item::new(r#type, "vendor").action("remove"));
        }
        let item = if self.random.percent(70) { item.with(read, "false") } else { item };
        // Nobody else has made its directory.
        Some(if self.random.percent(50) {
            item.with("only_if", format!("exists \"{directory}\""))
        } else {
            item
        })
    }

    /// A package of a language, whose program may come in this run or not at all.
    pub(super) fn of_language(&mut self) -> Option<Item> {
        let item = match self.random.below(7) {
            0 | 1 => Item::new("pip_package", "gunicorn"),
            2 | 3 => Item::new("npm_package", "pm2"),
            4 | 5 => Item::new("gem_package", "bundler"),
            _ => Item::new("snap_package", "hello-world"),
        };
        let place = match item.r#type.as_str() {
            "pip_package" => self.random.pick(&[
                ("virtualenv", "/srv/venv"),
                ("python", "python3"),
                ("virtualenv", "/srv/d"),
            ]),
            "npm_package" => self.random.pick(&[("", "global"), ("path", "/srv/app"), ("path", "/srv/d")]),
            _ => ("", "anywhere"),
        };
        if !self.claim(&format!("{} {}", item.r#type, place.1)) {
            return None;
        }
        let (old, new) = match item.r#type.as_str() {
            "pip_package" => ("\"22.0.0\"", "\"23.0.0\""),
            "npm_package" => ("\"5.0.0\"", "\"5.4.3\""),
            "gem_package" => ("\"2.0.0\"", "\"2.5.23\""),
            _ => ("\"edge\"", "\"stable\""),
        };
        let version = if item.r#type == "snap_package" { "channel" } else { "version" };
        let item = if place.0.is_empty() { item } else { item.with(place.0, quoted(place.1)) };
        Some(match self.random.below(7) {
            0 => item.with(version, old),
            1 => item.with(version, new),
            2 => item.action("upgrade"),
            3 if !self.tidy => item.action("remove"),
            4 if version == "version" => item.with(version, "\"9.9\""),
            _ => item,
        })
    }
}
