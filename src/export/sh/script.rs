//! What a script is made of, besides its rows.

use std::fmt::Write as _;

use std::collections::{BTreeMap, BTreeSet};

use super::body::has_commands;
use super::functions;
use super::names::GivenNames;
use crate::export::loss::ExportLoss;
use crate::export::outlined::ExportOutline;
use crate::export::shell_words;
use crate::model::package_manager::PackageManager;
use crate::model::portable::marked::LaterValue;

/// A script that is being written.
pub(super) struct ShellScript<'a> {
    pub(super) outline: &'a ExportOutline<'a>,
    /// The functions of the prelude that it calls.
    used: BTreeSet<String>,
    /// Its own functions by name, in the order in which they are written.
    own: Vec<(String, String)>,
    names: GivenNames,
    /// The functions of actions, by row and action.
    actions: BTreeMap<(usize, String), String>,
    /// The functions of commands that are the same in several places, by their text.
    shared: BTreeMap<String, String>,
    /// The deferred values that the lines since the last look use.
    pub(super) later: BTreeSet<usize>,
    /// The package manager whose looks it needs.
    pub(super) manager: Option<&'static PackageManager>,
    /// Whether services are managed.
    pub(super) has_services: bool,
    /// Whether the script runs where an image is built, and no service does.
    pub(super) is_for_image: bool,
    /// The row whose lines are written.
    pub(super) row: usize,
    pub(super) losses: Vec<ExportLoss>,
}

impl<'a> ShellScript<'a> {
    pub(super) fn new(outline: &'a ExportOutline<'a>) -> Self {
        let mut script = Self {
            outline,
            used: BTreeSet::new(),
            own: Vec::new(),
            names: GivenNames::default(),
            actions: BTreeMap::new(),
            shared: BTreeMap::new(),
            later: BTreeSet::new(),
            manager: None,
            has_services: false,
            is_for_image: false,
            row: 0,
            losses: Vec::new(),
        };
        script.call("finish");
        script.call("resource");
        script
    }

    /// Notes that a function of the prelude is called, and gives its name.
    pub(super) fn call(&mut self, name: &'static str) -> &'static str {
        self.used.insert(name.to_owned());
        name
    }

    /// A text as a word.
    pub(super) fn word(&mut self, text: &str) -> String {
        let (later, known) = (&mut self.later, &self.outline.later);
        shell_words::word(text, &mut |number| {
            later.insert(number);
            known.get(number).map_or_else(String::new, |value| shell_words::variable(number, value))
        })
    }

    /// A text for a here-document that expands variables.
    pub(super) fn expanded(&mut self, text: &str) -> String {
        let (later, known) = (&mut self.later, &self.outline.later);
        shell_words::expanded(text, &mut |number| {
            later.insert(number);
            known.get(number).map_or_else(String::new, |value| shell_words::variable(number, value))
        })
    }

    /// The deferred values that the lines since the last look use, without secrets.
    pub(super) fn take_later(&mut self) -> Vec<(usize, LaterValue)> {
        let mut numbers = std::mem::take(&mut self.later);
        // What is quoted has a lower number, and comes first.
        for number in numbers.clone().into_iter().rev() {
            if let Some(LaterValue::Quoted(_, of)) = self.outline.later.get(number) {
                numbers.insert(*of);
            }
        }
        let value = |number: usize| Some((number, self.outline.later.get(number)?.clone()));
        numbers
            .into_iter()
            .filter_map(value)
            .filter(|(_, value)| !matches!(value, LaterValue::Secret(_)))
            .collect()
    }

    /// The function of an action, and whether it has to be written.
    pub(super) fn action(&mut self, row: usize, action: &str) -> (String, bool) {
        if let Some(name) = self.actions.get(&(row, action.to_owned())) {
            return (name.clone(), false);
        }
        let id = self.outline.rows[row].row.id();
        let name = self.names.give(&format!("{id} {action}"));
        self.actions.insert((row, action.to_owned()), name.clone());
        (name, true)
    }

    /// A name for a function of its own.
    pub(super) fn new_name(&mut self, words: &str) -> String {
        self.names.give(words)
    }

    /// Writes a function of its own. Its body ends with a newline.
    pub(super) fn define(&mut self, name: &str, body: &str) {
        let nothing = if has_commands(body) { "" } else { "  :\n" };
        self.own.push((name.to_owned(), format!("{name}() {{\n{body}{nothing}}}\n\n")));
    }

    /// The name of a function with this text, which is written once. `(` begins a subshell.
    pub(super) fn shared(&mut self, words: &str, open: char, body: &str) -> String {
        let key = format!("{open}{body}");
        if let Some(name) = self.shared.get(&key) {
            return name.clone();
        }
        let name = self.names.give(words);
        let close = if open == '(' { ')' } else { '}' };
        self.own.push((name.clone(), format!("{name}() {open}\n{body}{close}\n\n")));
        self.shared.insert(key, name.clone());
        name
    }

    /// Whether what the row's commands print may have a secret in it.
    pub(super) fn hides_output(&self) -> bool {
        let row = &self.outline.rows[self.row];
        row.is_sensitive || !row.row.secrets().is_empty()
    }

    /// Notes that a property of the row whose lines are written is not carried.
    pub(super) fn lose(&mut self, of: &str, reason: &str) {
        self.lose_of(self.row, of, reason);
    }

    /// Notes that a property of a row is not carried.
    pub(super) fn lose_of(&mut self, row: usize, of: &str, reason: &str) {
        let loss = ExportLoss { row, of: of.to_owned(), reason: reason.to_owned() };
        if !self.losses.contains(&loss) {
            self.losses.push(loss);
        }
    }

    /// All functions.
    pub(super) fn definitions(&self) -> String {
        let mut all = functions::of(self.used.clone());
        if let Some(manager) = self.manager {
            let looks = &manager.looks;
            let of_names = [
                ("is_installed", looks.installed),
                ("versions_of", looks.version),
                ("is_outdated", looks.outdated),
                ("is_held", looks.held),
            ];
            for (name, text) in of_names {
                if self.used.contains(name) || functions::calls(&all, name) {
                    let _ = write!(all, "{name}() {{\n{}}}\n\n", indented(text));
                }
            }
        }
        for (_, text) in &self.own {
            all.push_str(text);
        }
        all
    }
}

/// Lines of shell with two spaces before each.
pub(super) fn indented(text: &str) -> String {
    text.trim()
        .lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") })
        .collect()
}
