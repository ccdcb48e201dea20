//! `update-alternatives` of the machine in memory.

use camino::{Utf8Path, Utf8PathBuf};

use super::Machine;

/// A group: its mode, its link, and its programs with their priorities, sorted.
struct Group {
    is_manual: bool,
    link: String,
    choices: Vec<(String, i64)>,
}

impl Group {
    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let is_manual = lines.next()? == "manual";
        let link = lines.next()?.to_owned();
        let mut choices = Vec::new();
        lines.next();
        while let (Some(path), Some(priority)) = (lines.next(), lines.next()) {
            choices.push((path.to_owned(), priority.parse().ok()?));
        }
        Some(Self { is_manual, link, choices })
    }

    fn text(&self) -> String {
        let mode = if self.is_manual { "manual" } else { "auto" };
        let choices: Vec<String> =
            self.choices.iter().map(|(path, priority)| format!("{path}\n{priority}\n")).collect();
        let choices = choices.concat();
        format!("{mode}\n{}\n\n{choices}\n", self.link)
    }

    /// The first of those with the highest priority.
    fn best(&self) -> Option<&str> {
        let best = self.choices.iter().rev().max_by_key(|(_, priority)| *priority);
        best.map(|(path, _)| path.as_str())
    }
}

impl Machine {
    /// `update-alternatives`; the exit status.
    pub(super) fn update_alternatives(&mut self, words: &[&str]) -> i32 {
        let name = match words {
            ["--install", _, name, ..] | [_, name, ..] => *name,
            _ => return 2,
        };
        let file = Utf8Path::new("/var/lib/dpkg/alternatives").join(name);
        let chosen = Utf8Path::new("/etc/alternatives").join(name);
        let group = self.text(&file).and_then(|text| Group::read(&text));
        let now = self.nodes.get(&chosen).and_then(|node| node.text()).map(str::to_owned);
        let mut group = match (words, group) {
            (["--install", link, ..], None) => {
                Group { is_manual: false, link: (*link).to_owned(), choices: Vec::new() }
            }
            (["--remove", ..], None) => return 0,
            (_, None) => return 2,
            (_, Some(group)) => group,
        };
        let mut wanted = None;
        match words {
            ["--install", link, _, path, priority] => {
                let Ok(priority) = priority.parse() else { return 2 };
                if !self.has(*path) {
                    return 2;
                }
                if *link != group.link {
                    self.remove(group.link.as_str().into());
                    (*link).clone_into(&mut group.link);
                }
                group.choices.retain(|(other, _)| other != path);
                group.choices.push(((*path).to_owned(), priority));
                group.choices.sort();
            }
            ["--set", _, path] => {
                if !group.choices.iter().any(|(other, _)| other == path) {
                    return 2;
                }
                group.is_manual = true;
                wanted = Some((*path).to_owned());
            }
            ["--auto", _] => group.is_manual = false,
            ["--remove", _, path] => {
                group.choices.retain(|(other, _)| other != path);
                group.is_manual &= now.as_deref() != Some(path);
            }
            _ => return 2,
        }
        let link: Utf8PathBuf = group.link.as_str().into();
        let kept = now.filter(|_| group.is_manual);
        match wanted.or(kept).or_else(|| group.best().map(str::to_owned)) {
            None => [&file, &chosen, &link].into_iter().for_each(|path| self.remove(path)),
            Some(wanted) => {
                self.file(&file, &group.text());
                self.link(&chosen, &wanted);
                // A file in its place is not replaced.
                if !self.nodes.contains_key(&link) || self.is_link(&link) {
                    self.link(&link, chosen.as_str());
                }
            }
        }
        0
    }
}
