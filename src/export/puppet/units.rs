//! The units of a sequence as resources of a manifest.

use std::fmt::Write as _;

use super::manifest::Manifest;
use super::puppet_resource::PuppetResource;
use super::words::quoted;
use crate::export::alone::{self, OwnScript};
use crate::export::heading::place;
use crate::export::sequence::{Sequence, Unit, lose_of_unit, sequence};
use crate::export::shell_words::secret_variable;
use crate::model::portable::{Portable, PortableCommand, PortableItem, PortableService};
use crate::model::query::Init;
use crate::model::step::Command;

impl<'a> Manifest<'a, '_> {
    /// The resource for a plain thing that is no command.
    fn thing(&mut self, what: &'a Portable) -> PuppetResource {
        match what {
            Portable::File(file) => self.file(file),
            Portable::Directory(directory) => Self::directory(directory),
            Portable::Link(link) => Self::link(link),
            Portable::Absence(absence) => Self::absence(absence),
            Portable::Packages(packages) => Self::packages(packages),
            Portable::Service(service) => Self::service(service),
            Portable::User(user) => self.user(user),
            Portable::Group(group) => Self::group(group),
            Portable::Command(_)
            | Portable::Download(_)
            | Portable::Checkout(_)
            | Portable::Archive(_)
            | Portable::Message(_) => PuppetResource::unsayable(),
        }
    }

    /// Writes all units, each behind the one before.
    pub(super) fn units(&mut self) {
        let sequence = sequence(self.outline, self.losses, true, false);
        self.references = vec![Vec::new(); sequence.units.len()];
        let mut last: Vec<PuppetResource> = Vec::new();
        for (number, unit) in sequence.units.iter().enumerate() {
            if self.joins(&sequence, number, &mut last) {
                continue;
            }
            self.write(&last);
            let kept = self.kept.files.len();
            last = self.plain(&sequence, number).unwrap_or_else(|| {
                self.kept.files.truncate(kept);
                let script = alone::argument(self.outline, unit, self.losses);
                let mut declaration = self.script(unit, &script);
                self.subscribe(unit, &mut declaration);
                vec![declaration]
            });
            for declaration in &last {
                for title in &declaration.titles {
                    self.declared.insert((declaration.kind, title.clone()));
                }
            }
            self.references[number] = last.iter().map(PuppetResource::reference).collect();
            let is_first = self.text.is_empty();
            let _ = write!(self.text, "\n# {}\n", place(unit.row));
            if !is_first {
                self.text.push_str("-> ");
            }
        }
        self.write(&last);
    }

    fn write(&mut self, declarations: &[PuppetResource]) {
        let texts: Vec<String> = declarations.iter().map(PuppetResource::written).collect();
        self.text.push_str(&texts.join("-> "));
    }

    /// Adds a unit to the service that was declared just before, if it is the same.
    fn joins(&mut self, sequence: &Sequence<'a>, number: usize, last: &mut [PuppetResource]) -> bool {
        let unit = &sequence.units[number];
        let ([declaration], [PortableItem { what: Portable::Service(service), .. }]) =
            (last, unit.action.items.as_slice())
        else {
            return false;
        };
        let added = Self::service(service);
        let is_plain = unit.row.guards.is_empty() && unit.after.is_empty() && is_sure(unit);
        if !is_plain || !declaration.is_same(&added) || !declaration.takes(&added) {
            return false;
        }
        self.references[number] = vec![declaration.reference()];
        true
    }

    /// The resources of a unit in Puppet's own words, if it has them.
    fn plain(&mut self, sequence: &Sequence<'a>, number: usize) -> Option<Vec<PuppetResource>> {
        let unit = &sequence.units[number];
        if unit.is_whole || unit.row.row.ignore_failure || unit.row.is_sensitive && has_commands(unit) {
            return None;
        }
        let is_bare = unit.row.guards.is_empty() && unit.after.is_empty();
        let mut declarations: Vec<PuppetResource> = Vec::new();
        for (of_item, item) in unit.action.items.iter().enumerate() {
            let title = if of_item == 0 { unit.title.clone() } else { format!("{} ({of_item})", unit.title) };
            let command = match &item.what {
                Portable::Command(command) => Some(command.clone()),
                Portable::Service(service) if !is_bare || Self::service(service).is_unsayable => {
                    service_command(service)
                }
                _ => None,
            };
            let mut declaration = match command {
                Some(command) => {
                    let mut declaration = Self::run(&command, &unit.row.guards, &title);
                    if unit.row.row.retries > 0 {
                        declaration.set("tries", unit.row.row.retries + 1);
                        declaration.set("try_sleep", unit.row.row.retry_delay);
                    }
                    declaration
                }
                // Only a command has guards, and waits for others.
                None if !is_bare || item.after_change || !is_sure(unit) => return None,
                None => self.thing(&item.what),
            };
            if let Some(same) = declarations.iter_mut().find(|other| other.is_same(&declaration)) {
                // A service is enabled and started by one resource.
                if !same.takes(&declaration) {
                    return None;
                }
                continue;
            }
            let is_taken = |title: &String| self.declared.contains(&(declaration.kind, title.clone()));
            if declaration.is_unsayable || declaration.titles.iter().any(is_taken) {
                return None;
            }
            if item.after_change {
                let before: Vec<String> = declarations.iter().map(PuppetResource::reference).collect();
                declaration.set("refreshonly", "true");
                declaration.set("subscribe", format!("[{}]", before.join(", ")));
            } else {
                self.subscribe(unit, &mut declaration);
            }
            declarations.push(declaration);
        }
        if declarations.is_empty() {
            return None;
        }
        lose_of_unit(unit, self.losses);
        Some(declarations)
    }

    /// The resource that runs the script of a unit.
    fn script(&mut self, unit: &Unit<'_>, script: &OwnScript) -> PuppetResource {
        let name = self.kept.keep(&unit.title, ".sh", script.text.as_bytes());
        let mut declaration = PuppetResource::new("exec", &unit.title);
        let words = format!("'/bin/sh', '-c', file('exported/{name}'), '{name}'");
        declaration.set("provider", "posix");
        declaration.set("command", format!("[{words}]"));
        declaration.set("unless", format!("[[{words}, '--check']]"));
        if !script.secrets.is_empty() {
            let all: Vec<String> = script
                .secrets
                .iter()
                .map(|secret| {
                    let variable = quoted(&format!("{}=", secret_variable(secret)));
                    format!("join([{variable}, $secrets[{}]])", quoted(secret))
                })
                .collect();
            declaration.set("environment", format!("[{}]", all.join(", ")));
        }
        if unit.row.is_sensitive {
            declaration.set("logoutput", "false");
        }
        declaration
    }

    /// Makes a resource wait for what notifies it.
    fn subscribe(&self, unit: &Unit<'_>, declaration: &mut PuppetResource) {
        if unit.after.is_empty() {
            return;
        }
        let references: Vec<&str> =
            unit.after.iter().flat_map(|after| &self.references[*after]).map(String::as_str).collect();
        declaration.set("refreshonly", "true");
        declaration.set("subscribe", format!("[{}]", references.join(", ")));
    }
}

/// Whether a failure of a unit is what Puppet takes it for.
fn is_sure(unit: &Unit<'_>) -> bool {
    unit.row.row.retries == 0 && !unit.row.row.ignore_failure
}

fn has_commands(unit: &Unit<'_>) -> bool {
    unit.action.items.iter().any(|item| matches!(item.what, Portable::Command(_)))
}

/// What is done to a service, as a command. None if it needs more than one.
fn service_command(service: &PortableService) -> Option<PortableCommand> {
    if service.init != Init::Systemd || service.user.is_some() {
        return None;
    }
    let words = ["systemctl", service.act.word(), "--", service.name.as_str()];
    Some(PortableCommand::always(Command::new(words)))
}
