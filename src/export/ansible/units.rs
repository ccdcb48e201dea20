//! The units of a sequence as entries of a play.

use std::fmt::Write as _;

use super::ansible_call::AnsibleCall;
use super::commands::accepted;
use super::play::Play;
use crate::export::alone;
use crate::export::heading::place;
use crate::export::sequence::{Sequence, Unit, sequence};
use crate::export::shell_words::secret_variable;
use crate::model::portable::{Portable, PortableItem, ServiceAct, Unless};
use crate::model::query::Init;

impl<'a> Play<'a, '_> {
    /// The entry for a plain thing. `has_timeout` says whether somebody declared the timeout of its command.
    fn thing(&mut self, what: &'a Portable, has_timeout: bool) -> AnsibleCall {
        match what {
            Portable::File(file) => self.file(file),
            Portable::Directory(directory) => self.directory(directory),
            Portable::Link(link) => self.link(link),
            Portable::Absence(absence) => self.absence(absence),
            Portable::Packages(packages) => self.packages(packages),
            Portable::Service(service) => self.service(service),
            Portable::User(user) => self.user(user),
            Portable::Group(group) => self.group(group),
            Portable::Command(command) => self.run(command, has_timeout),
            Portable::Download(download) => self.download(download),
            Portable::Checkout(checkout) => self.checkout(checkout),
            Portable::Archive(_) => AnsibleCall::unsayable(),
            Portable::Message(text) => {
                let mut entry = AnsibleCall::new("ansible.builtin.debug");
                entry.text(self.later(), "msg", text);
                entry
            }
        }
    }

    /// Writes all units.
    pub(super) fn units(&mut self) {
        let sequence = sequence(self.outline, self.losses, true, true);
        self.results = vec![Vec::new(); sequence.units.len()];
        for (number, unit) in sequence.units.iter().enumerate() {
            let kept = self.kept.files.len();
            let mut entries = if unit.is_whole { None } else { self.plain(&sequence, number) };
            if entries.is_none() {
                self.kept.files.truncate(kept);
                self.results[number].clear();
            }
            let entries = entries.get_or_insert_with(|| self.script(&sequence, number));
            let into = if unit.delayed.is_some() { &mut self.notified } else { &mut self.calls };
            for entry in entries {
                if let Some(delayed) = unit.delayed {
                    entry.keyword("listen", topic(&sequence, delayed));
                }
                into.push_str(&entry.written(&place(unit.row)));
            }
        }
    }

    /// The entries of a unit in Ansible's own words, if it has them.
    fn plain(&mut self, sequence: &Sequence<'a>, number: usize) -> Option<Vec<AnsibleCall>> {
        let unit = &sequence.units[number];
        let row = unit.row.row;
        let mut entries = Vec::new();
        let mut conditions = self.conditions(sequence, unit);
        for (of_guard, guard) in unit.row.guards.iter().enumerate() {
            let (mut entry, condition) = self.guard(guard, &format!("guard_{number}_{of_guard}"));
            entry.name = format!("{}: {}", unit.title, if guard.wanted { "only if" } else { "not if" });
            entry.when.clone_from(&conditions);
            conditions.push(condition);
            entries.push(entry);
        }
        let has_timeout = row.properties.contains_key("timeout");
        let mut changed: Vec<String> = Vec::new();
        for (of_item, item) in unit.action.items.iter().enumerate() {
            let result = format!("result_{number}_{of_item}");
            let mut when = conditions.clone();
            if item.after_change {
                when.push(any_changed(&changed));
            }
            let mut entry = self.thing(&item.what, has_timeout);
            entry.name.clone_from(&unit.title);
            if has_timeout && !matches!(item.what, Portable::Command(_)) && item.what.timeout() > 0 {
                entry.keyword("timeout", item.what.timeout());
            }
            if is_gone_anyway(item) {
                let missing = "Could not find the requested service";
                entry.keyword(
                    "failed_when",
                    format!("{result} is failed and '{missing}' not in ({result}.msg | default(''))"),
                );
            }
            if let Portable::Command(command) = &item.what {
                if let Unless::Succeeds(look) = &command.unless {
                    let looked = format!("look_{number}_{of_item}");
                    let mut look_entry = self.look(look, &looked, "false");
                    look_entry.name = format!("{}: is it needed", unit.title);
                    look_entry.when.clone_from(&when);
                    when.push(format!("{looked}.rc not in {}", accepted(look)));
                    entries.push(look_entry);
                }
                if !command.act.returns.is_empty() {
                    entry.keyword("failed_when", format!("{result}.rc not in {}", accepted(&command.act)));
                }
            }
            entry.when = when;
            if let Portable::Message(_) = &item.what {
                entries.push(entry);
                continue;
            }
            Self::finish(sequence, number, &mut entry, &result);
            changed.push(result);
            entries.push(entry);
        }
        self.results[number] = changed;
        for entry in &mut entries {
            entry.is_secret |= unit.row.is_sensitive;
        }
        entries.iter().all(|entry| !entry.is_unsayable).then_some(entries)
    }

    /// The entries of a unit that runs a script of its own.
    fn script(&mut self, sequence: &Sequence<'_>, number: usize) -> Vec<AnsibleCall> {
        let unit = &sequence.units[number];
        let script = alone::script(self.outline, unit, self.losses);
        let name = self.kept.keep(&unit.title, ".sh", script.text.as_bytes());
        let conditions = self.conditions(sequence, unit);
        let looked = format!("look_{number}");
        let call = |arguments: &str| {
            let mut entry = AnsibleCall::new("ansible.builtin.script");
            entry.set("cmd", format!("{name}{arguments}"));
            entry.set("executable", "/bin/sh");
            let mut variables = String::new();
            for secret in &script.secrets {
                let value = entry.secret(secret);
                let _ = write!(variables, "\n        {}: {value}", secret_variable(secret));
            }
            if !variables.is_empty() {
                entry.keyword("environment", variables);
            }
            entry.is_secret |= unit.row.is_sensitive;
            entry
        };
        let mut look = call(" --check");
        look.name = format!("{}: is it needed", unit.title);
        look.keyword("register", &looked);
        look.keyword("changed_when", "false");
        look.keyword("failed_when", format!("{looked}.rc not in [0, 2]"));
        look.keyword("check_mode", "false");
        look.when.clone_from(&conditions);
        let mut act = call("");
        act.name.clone_from(&unit.title);
        act.when = conditions;
        act.when.push(format!("{looked}.rc == 2"));
        let result = format!("result_{number}");
        Self::finish(sequence, number, &mut act, &result);
        self.results[number] = vec![result];
        vec![look, act]
    }

    /// Sets what all entries that change something have.
    fn finish(sequence: &Sequence<'_>, number: usize, entry: &mut AnsibleCall, result: &str) {
        let unit = &sequence.units[number];
        let row = unit.row.row;
        let is_first =
            |of: &Unit<'_>| of.delayed.is_some_and(|delayed| sequence.delayed[delayed].after == of.after);
        let asks = |of: &Unit<'_>| of.after.contains(&number) && !is_first(of);
        let is_asked = unit.action.items.iter().any(|item| item.after_change)
            || sequence.units.iter().any(asks)
            || row.retries > 0
            || unit.action.items.iter().any(|item| has_statuses(item) || is_gone_anyway(item));
        if is_asked {
            entry.keyword("register", result);
        }
        if row.retries > 0 && !unit.is_whole {
            entry.keyword("until", format!("{result} is not failed"));
            entry.keyword("retries", row.retries);
            entry.keyword("delay", row.retry_delay);
        }
        if row.ignore_failure && !unit.is_whole {
            entry.keyword("ignore_errors", "true");
        }
        let topics: Vec<String> = sequence
            .delayed
            .iter()
            .enumerate()
            .filter(|(_, delayed)| delayed.after.contains(&number))
            .map(|(delayed, _)| topic(sequence, delayed))
            .collect();
        entry.keyword_list("notify", topics.iter().map(String::as_str));
    }

    /// The conditions of a unit that is notified.
    fn conditions(&self, sequence: &Sequence<'_>, unit: &Unit<'_>) -> Vec<String> {
        let is_first = |delayed: usize| sequence.delayed[delayed].after == unit.after;
        if unit.after.is_empty() || unit.delayed.is_some_and(is_first) {
            return Vec::new();
        }
        let results: Vec<String> =
            unit.after.iter().flat_map(|after| self.results[*after].iter().cloned()).collect();
        vec![any_changed(&results)]
    }
}

/// Whether a service is stopped or disabled, for which it need not be there. To Ansible that is a failure.
fn is_gone_anyway(item: &PortableItem) -> bool {
    let is_end = |act: ServiceAct| matches!(act, ServiceAct::Stop | ServiceAct::Disable);
    matches!(&item.what, Portable::Service(service) if service.init == Init::Systemd && is_end(service.act))
}

/// Whether a command succeeds with other statuses than 0.
fn has_statuses(item: &PortableItem) -> bool {
    matches!(&item.what, Portable::Command(command) if !command.act.returns.is_empty())
}

/// The words by which a delayed notification is named.
fn topic(sequence: &Sequence<'_>, delayed: usize) -> String {
    let title = &sequence.delayed[delayed].title;
    if title.contains(['{', '}', '"', '\\']) { format!("delayed {delayed}") } else { title.clone() }
}

fn any_changed(results: &[String]) -> String {
    if results.is_empty() {
        return "false".into();
    }
    results.iter().map(|result| format!("{result} is changed")).collect::<Vec<_>>().join(" or ")
}
