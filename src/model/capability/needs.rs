//! What a row needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::kind::{ANYTHING, Capabilities, Capability, LATER};
use super::{matching, words};
use crate::model::content::FileMode;
use crate::model::sorted;
use crate::model::step::Command;

/// A right that a row needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Need {
    pub kind: Capability,
    /// A name, path, address or command line. A path that ends with `/**` stands for all that is below it.
    pub name: String,
}

impl Need {
    /// As people read it: `file /etc/x`.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{} `{}`", self.kind.word(), self.name)
    }

    /// Whether a part of it is known only at the turn of the resource.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.name.contains(LATER)
    }

    /// A pattern that covers it: what is known only later is `*`, and a program without a path is one of `/usr/bin`.
    #[must_use]
    pub fn pattern(&self) -> String {
        let pattern = self.name.replace(LATER, "*");
        if self.kind != Capability::Execute || pattern == ANYTHING {
            return pattern;
        }
        let program = pattern.split(' ').next().unwrap_or_default();
        let path = if program.contains('/') { String::new() } else { "/usr/bin/".to_owned() };
        if words::misfit(self.kind, &format!("{path}{pattern}")).is_some() {
            return format!("{path}{program}");
        }
        path + &pattern
    }

    /// Whether one of these patterns covers it.
    #[must_use]
    pub fn is_in(&self, capabilities: &Capabilities) -> bool {
        self.patterns(capabilities).any(|pattern| matching::covers(self.kind, pattern, &self.name))
    }

    /// Whether one of these patterns covers a part of it.
    #[must_use]
    pub fn touches(&self, capabilities: &Capabilities) -> bool {
        self.patterns(capabilities).any(|pattern| matching::overlaps(self.kind, pattern, &self.name))
    }

    /// The patterns that decide. Who may change a file may read it.
    fn patterns<'a>(&self, capabilities: &'a Capabilities) -> impl Iterator<Item = &'a String> {
        let more = (self.kind == Capability::Read).then_some(Capability::File);
        let kinds = [Some(self.kind), more].into_iter().flatten();
        kinds.filter_map(|kind| capabilities.get(&kind)).flatten()
    }
}

/// The rights that a row needs, as its resource type lists them.
#[derive(Debug, Default)]
pub struct NeededRights {
    all: Vec<Need>,
    /// Whether the type itself decides which files it writes, so that they are none of the cookbook's choice.
    is_elsewhere: bool,
}

impl NeededRights {
    /// All of them, sorted.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Need> {
        sorted::sort_by(&mut self.all, Ord::cmp);
        self.all.dedup();
        self.all
    }

    /// Whether the type writes files that only it chooses. See [`Self::elsewhere`].
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.is_elsewhere
    }

    /// The type itself decides which files it writes.
    pub fn elsewhere(&mut self) {
        self.is_elsewhere = true;
    }

    fn add(&mut self, kind: Capability, name: impl Into<String>) {
        self.all.push(Need { kind, name: name.into() });
    }

    /// The path is created, changed or removed.
    pub fn file(&mut self, path: impl AsRef<str>) {
        self.add(Capability::File, words::plain_path(path.as_ref()));
    }

    /// The directory is created, changed or removed with anything below it.
    pub fn tree(&mut self, path: impl AsRef<str>) {
        self.add(Capability::File, words::below(path.as_ref()));
    }

    /// The content of the path is used.
    pub fn read(&mut self, path: impl AsRef<str>) {
        self.add(Capability::Read, words::plain_path(path.as_ref()));
    }

    /// Anything below the directory is used.
    pub fn read_tree(&mut self, path: impl AsRef<str>) {
        self.add(Capability::Read, words::below(path.as_ref()));
    }

    /// The user or group is created, changed or removed.
    pub fn user(&mut self, name: impl Into<String>) {
        self.add(Capability::User, name);
    }

    /// The package is installed, changed or removed. `manager` is empty for that of the system.
    pub fn package(&mut self, manager: &str, name: &str) {
        let colon = if manager.is_empty() { "" } else { ":" };
        self.add(Capability::Package, format!("{manager}{colon}{name}"));
    }

    /// The service, or another unit, is started, stopped, enabled or disabled.
    pub fn service(&mut self, name: &str) {
        self.add(Capability::Service, words::plain_unit(name));
    }

    /// A package of Python, as `pip install` takes it: `django>=5`, or an address.
    pub fn pip(&mut self, specification: &str) {
        let is_address = specification.contains(['/', '@']);
        let end = specification.find(|c: char| " =<>!~[;".contains(c)).filter(|_| !is_address);
        self.package("pip", &specification[..end.unwrap_or(specification.len())]);
    }

    /// Options for a package manager, which may make it do anything.
    pub fn package_options<S: AsRef<str>>(&mut self, options: impl IntoIterator<Item = S>) {
        for option in options {
            self.package("option", option.as_ref());
        }
    }

    /// Something is downloaded. An address of the machine itself is read.
    pub fn fetch(&mut self, url: &str) {
        let address = words::plain_address(url);
        match address.strip_prefix("file://") {
            Some(path) => self.read_tree(path),
            None => self.add(Capability::Fetch, address),
        }
    }

    /// A secret is used.
    pub fn secret(&mut self, name: &str) {
        self.add(Capability::Secret, name);
    }

    /// An attribute of another cookbook is set.
    pub fn attribute(&mut self, path: &str) {
        self.add(Capability::Attribute, path);
    }

    /// A setting of the machine is changed: `hostname`, `mount/srv`.
    pub fn system(&mut self, word: impl Into<String>) {
        self.add(Capability::System, words::without_empty(&word.into()));
    }

    /// A program is started.
    pub fn argv<S: AsRef<str>>(&mut self, argv: impl IntoIterator<Item = S>) {
        self.add(Capability::Execute, words::line(argv));
    }

    /// A program is started with these variables.
    pub fn argv_in<S: AsRef<str>>(
        &mut self,
        argv: impl IntoIterator<Item = S>,
        environment: &BTreeMap<String, String>,
    ) {
        self.argv(argv);
        self.environment(environment);
    }

    /// Variables that a program is started with.
    pub fn environment(&mut self, environment: &BTreeMap<String, String>) {
        // With one of these, the same program runs any other code.
        if environment.keys().any(|name| words::chooses_code(name)) {
            self.add(Capability::Execute, ANYTHING);
        }
    }

    /// A command is run.
    pub fn command(&mut self, command: &Command) {
        self.argv_in(&command.argv, &command.environment);
        if !command.diagnose.is_empty() {
            self.argv(&command.diagnose);
        }
        if let Some(undo) = &command.undo {
            self.argv(undo.iter());
        }
    }

    /// A file gets this mode.
    pub fn mode(&mut self, mode: Option<FileMode>) {
        if mode.is_some_and(|mode| mode.0 & 0o6000 != 0) {
            self.system("setuid");
        }
    }

    /// A directory gets this mode. Setgid is harmless there.
    pub fn directory_mode(&mut self, mode: Option<FileMode>) {
        if mode.is_some_and(|mode| mode.0 & 0o4000 != 0) {
            self.system("setuid");
        }
    }
}
