//! The units of a sequence as resources of a recipe.

use std::fmt::Write as _;

use super::chef_resource::ChefResource;
use super::commands;
use super::cookbook::ChefCookbook;
use super::ruby::quoted;
use crate::export::alone;
use crate::export::heading::place;
use crate::export::sequence::{Sequence, Unit, lose_of_unit, sequence};
use crate::export::shell_words::secret_variable;
use crate::model::portable::Portable;

impl<'a> ChefCookbook<'a, '_> {
    /// Writes all units.
    pub(super) fn units(&mut self) {
        let sequence = sequence(self.outline, self.losses, false, false);
        let all: Vec<Vec<ChefResource>> =
            (0..sequence.units.len()).map(|number| self.declarations(&sequence, number)).collect();
        for (number, unit) in sequence.units.iter().enumerate() {
            let notified = notified(&sequence, number, &all);
            let _ = write!(self.text, "\n# {}\n", place(unit.row));
            for declaration in &all[number] {
                let written = declaration.written();
                let end = written.len() - "end\n".len();
                self.text.push_str(&written[..end]);
                for line in &notified {
                    let _ = writeln!(self.text, "  {line}");
                }
                self.text.push_str("end\n");
            }
        }
    }

    fn declarations(&mut self, sequence: &Sequence<'a>, number: usize) -> Vec<ChefResource> {
        let unit = &sequence.units[number];
        let kept = self.kept.files.len();
        let mut all = self.plain(unit).unwrap_or_else(|| {
            self.kept.files.truncate(kept);
            vec![self.script(unit)]
        });
        if !unit.after.is_empty() {
            let count = all.len();
            for (at, declaration) in all.iter_mut().enumerate() {
                declaration.waits = true;
                let words = if count == 1 { unit.title.clone() } else { format!("{} {at}", unit.title) };
                // A notification names it, in brackets.
                let plain = |c: char| c.is_ascii_alphanumeric() || "/._- ".contains(c);
                let name = words.replace('[', " ").replace(']', "");
                let is_plain = name.chars().all(plain);
                declaration.rename(if is_plain { name } else { format!("notified {number} {at}") });
            }
        }
        all
    }

    /// The resources of a unit in words that Chef and itamae have, if they have them.
    fn plain(&mut self, unit: &Unit<'a>) -> Option<Vec<ChefResource>> {
        let row = unit.row.row;
        if unit.is_whole || row.retries > 0 || row.ignore_failure {
            return None;
        }
        let has_timeout = row.properties.contains_key("timeout");
        let mut all = Vec::new();
        for (of_item, item) in unit.action.items.iter().enumerate() {
            if item.after_change {
                return None;
            }
            let mut declarations = match &item.what {
                Portable::Command(command) => {
                    let title =
                        if of_item == 0 { unit.title.clone() } else { format!("{} ({of_item})", unit.title) };
                    let mut declaration = commands::run(command, has_timeout, &title);
                    commands::guard(&unit.row.guards, &mut declaration, Some(&command.act));
                    vec![declaration]
                }
                what => {
                    let mut declarations = self.thing(what);
                    for declaration in &mut declarations {
                        commands::guard(&unit.row.guards, declaration, None);
                    }
                    declarations
                }
            };
            if declarations.iter().any(|declaration| {
                declaration.is_unsayable
                    || declaration.kind == "link" && !unit.after.is_empty()
                    || matches!(declaration.kind, "package" | "group") && !unit.after.is_empty()
            }) {
                return None;
            }
            for declaration in &mut declarations {
                if unit.row.is_sensitive {
                    declaration.line("sensitive true if respond_to?(:sensitive)".into());
                }
            }
            all.append(&mut declarations);
        }
        if all.is_empty() {
            return None;
        }
        lose_of_unit(unit, self.losses);
        Some(all)
    }

    /// The resource that runs the script of a unit.
    fn script(&mut self, unit: &Unit<'_>) -> ChefResource {
        let script = alone::argument(self.outline, unit, self.losses);
        let name = self.kept.keep(&unit.title, ".sh", script.text.as_bytes());
        self.has_scripts = true;
        for secret in script.secrets {
            self.script_secrets.insert(secret_variable(&secret), secret);
        }
        let mut declaration = ChefResource::new("execute", "", &unit.title, "run");
        declaration.line(format!("command script.call({})", quoted(&name)));
        declaration.not_if.push(format!("script.call({}, '--check')", quoted(&name)));
        if unit.row.is_sensitive {
            declaration.line("sensitive true if respond_to?(:sensitive)".into());
        }
        declaration
    }
}

/// The lines by which a unit notifies others.
fn notified(sequence: &Sequence<'_>, number: usize, all: &[Vec<ChefResource>]) -> Vec<String> {
    let mut lines = Vec::new();
    for (other, declarations) in sequence.units.iter().zip(all) {
        if !other.after.contains(&number) {
            continue;
        }
        let is_delayed = other.delayed.is_some_and(|delayed| sequence.delayed[delayed].after == other.after);
        let timing = if is_delayed { "delayed" } else { "immediately" };
        for ChefResource { kind, name, action, .. } in declarations {
            lines.push(format!("notifies :{action}, {}, :{timing}", quoted(&format!("{kind}[{name}]"))));
        }
    }
    lines
}
