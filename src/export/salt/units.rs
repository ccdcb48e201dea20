//! The units of a sequence as states.

use std::fmt::Write as _;

use super::commands;
use super::salt_file::SaltFile;
use super::salt_state::{SaltState, literal, text};
use crate::export::alone;
use crate::export::heading::place;
use crate::export::sequence::{Unit, lose_of_unit, sequence};
use crate::export::shell_words::secret_variable;
use crate::model::portable::Portable;

impl<'a> SaltFile<'a, '_> {
    /// The state for a plain thing that is no command.
    fn thing(&mut self, what: &'a Portable) -> SaltState {
        match what {
            Portable::File(file) => self.file(file),
            Portable::Directory(directory) => Self::directory(directory),
            Portable::Link(link) => Self::link(link),
            Portable::Absence(absence) => Self::absence(absence),
            Portable::Packages(packages) => Self::packages(packages),
            Portable::Service(service) => Self::service(service),
            Portable::User(user) => self.user(user),
            Portable::Group(group) => Self::group(group),
            Portable::Message(words) => {
                let mut declaration = SaltState::new("test.show_notification");
                declaration.text("text", words);
                declaration
            }
            Portable::Command(_) | Portable::Download(_) | Portable::Checkout(_) | Portable::Archive(_) => {
                SaltState::unsayable()
            }
        }
    }

    /// Writes all units, each of which needs the one before.
    pub(super) fn units(&mut self) {
        let sequence = sequence(self.outline, self.losses, true, true);
        self.titles = vec![Vec::new(); sequence.units.len()];
        let mut before: Option<String> = None;
        for (number, unit) in sequence.units.iter().enumerate() {
            let kept = self.kept.files.len();
            let mut declarations = self.plain(unit).unwrap_or_else(|| {
                self.kept.files.truncate(kept);
                vec![self.script(unit, number)]
            });
            let titles = |numbers: &[usize]| -> Vec<String> {
                let all = numbers.iter().flat_map(|number| &self.titles[*number]);
                all.map(|title| format!("id: {}", text(title))).collect()
            };
            let after = titles(&unit.after);
            let mut own: Vec<String> = Vec::new();
            let comment = place(unit.row).replace('{', "(").replace('}', ")");
            let _ = write!(self.text, "\n# {comment}\n");
            for (of_item, declaration) in declarations.iter_mut().enumerate() {
                declaration.title = self.id(unit, of_item);
                if let Some(before) = &before {
                    declaration.list("require", &[format!("id: {}", text(before))]);
                }
                if unit.action.items.get(of_item).is_some_and(|item| item.after_change) {
                    let earlier: Vec<String> =
                        own.iter().map(|title| format!("id: {}", text(title))).collect();
                    declaration.list("onchanges", &earlier);
                } else if !after.is_empty() {
                    declaration.list("onchanges", &after);
                }
                self.text.push_str(&declaration.written());
                before = Some(declaration.title.clone());
                own.push(declaration.title.clone());
            }
            self.titles[number] = own;
        }
    }

    /// The id of a state, which no other has. Salt takes ids that are required for patterns.
    fn id(&mut self, unit: &Unit<'_>, of_item: usize) -> String {
        let words = unit.title.replacen('[', " ", 1).replacen(']', "", 1).replace(['[', ']', '*', '?'], "_");
        let mut id = if of_item == 0 { words.clone() } else { format!("{words} ({of_item})") };
        let mut number = 1;
        while !self.ids.insert(id.clone()) {
            number += 1;
            id = format!("{words} #{number}");
        }
        id
    }

    /// The states of a unit in Salt's own words, if it has them.
    fn plain(&mut self, unit: &Unit<'a>) -> Option<Vec<SaltState>> {
        let row = unit.row.row;
        if unit.is_whole || row.retries > 0 || row.ignore_failure || unit.row.is_sensitive && row.custom {
            return None;
        }
        let has_timeout = row.properties.contains_key("timeout");
        let mut all = Vec::new();
        for item in &unit.action.items {
            let declaration = match &item.what {
                Portable::Command(command) => {
                    let mut declaration = commands::run(command, has_timeout);
                    commands::guard(&unit.row.guards, &mut declaration, Some(&command.act));
                    if unit.row.is_sensitive {
                        declaration.set("hide_output", "True");
                    }
                    declaration
                }
                what => {
                    let mut declaration = self.thing(what);
                    commands::guard(&unit.row.guards, &mut declaration, None);
                    declaration
                }
            };
            if declaration.is_unsayable {
                return None;
            }
            all.push(declaration);
        }
        if all.is_empty() {
            return None;
        }
        lose_of_unit(unit, self.losses);
        Some(all)
    }

    /// The state that runs the script of a unit.
    fn script(&mut self, unit: &Unit<'_>, number: usize) -> SaltState {
        let script = alone::argument(self.outline, unit, self.losses);
        let name = self.kept.keep(&unit.title, ".sh", script.text.as_bytes());
        // Jinja would read a file that is imported.
        let _ = writeln!(
            self.imports,
            "{{% set script_{number} = salt['cp.get_file_str']('salt://exported/files/{name}') %}}"
        );
        let call = |arguments: &str| {
            format!(
                "{{{{ (['/bin/sh', '-c', script_{number}, '{name}'{arguments}] | map('quote') | join(' ')) | json }}}}"
            )
        };
        let mut declaration = SaltState::new("cmd.run");
        declaration.set("name", call(""));
        declaration.set("shell", "/bin/sh");
        declaration.list("unless", &[call(", '--check'")]);
        if !script.secrets.is_empty() {
            let all: Vec<String> = script
                .secrets
                .iter()
                .map(|secret| {
                    let variable = secret_variable(secret);
                    format!("{variable}: {{{{ pillar['secrets'][{}] | json }}}}", literal(secret))
                })
                .collect();
            declaration.list("env", &all);
        }
        if unit.row.is_sensitive {
            declaration.set("hide_output", "True");
        }
        declaration
    }
}
