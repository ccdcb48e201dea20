//! A group of alternatives as `update-alternatives` keeps it: its mode, its link, the links that follow, and the programs.

use crate::model::sorted;

/// A program of the group.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    path: String,
    /// The priority, as it is written.
    priority: String,
    /// What the links that follow lead to, one each.
    following: Vec<String>,
}

impl Choice {
    /// The number in the priority. On Red Hat a family may come before it and a service after it: `@family@10 service`.
    fn number(&self) -> Option<i64> {
        self.priority.rsplit('@').next()?.split(' ').next()?.parse().ok()
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AlternativeGroup {
    is_manual: bool,
    link: String,
    /// Name and path of each link that follows the first one, such as that of a manual page.
    following: Vec<(String, String)>,
    choices: Vec<Choice>,
}

impl AlternativeGroup {
    /// One without programs.
    pub(super) fn new(link: &str) -> Self {
        Self { is_manual: false, link: link.to_owned(), following: Vec::new(), choices: Vec::new() }
    }

    /// Reads its file.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(str::to_owned);
        let is_manual = match lines.next()?.as_str() {
            "manual" => true,
            "auto" => false,
            _ => return None,
        };
        let mut group = Self { is_manual, ..Self::new(&lines.next()?) };
        loop {
            match lines.next()? {
                name if name.is_empty() => break,
                name => group.following.push((name, lines.next()?)),
            }
        }
        while let Some(path) = lines.next().filter(|path| !path.is_empty()) {
            let priority = lines.next()?;
            let following = group.following.iter().map(|_| lines.next()).collect::<Option<_>>()?;
            group.choices.push(Choice { path, priority, following });
        }
        group.choices.iter().all(|choice| choice.number().is_some()).then_some(group)
    }

    /// The text of its file.
    pub(super) fn text(&self) -> String {
        let mut lines = vec![if self.is_manual { "manual" } else { "auto" }, &self.link];
        lines.extend(self.following.iter().flat_map(|(name, path)| [name.as_str(), path]));
        lines.push("");
        for Choice { path, priority, following } in &self.choices {
            lines.extend([path.as_str(), priority]);
            lines.extend(following.iter().map(String::as_str));
        }
        lines.push("");
        lines.into_iter().flat_map(|line| [line, "\n"]).collect()
    }

    pub(super) fn is_manual(&self) -> bool {
        self.is_manual
    }

    pub(super) fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }

    pub(super) fn link(&self) -> &str {
        &self.link
    }

    pub(super) fn paths(&self) -> Vec<&str> {
        self.choices.iter().map(|choice| choice.path.as_str()).collect()
    }

    pub(super) fn priority(&self, path: &str) -> Option<i64> {
        self.choices.iter().find(|choice| choice.path == path).and_then(Choice::number)
    }

    /// The program with the highest priority. Of several, the first one.
    pub(super) fn best(&self) -> Option<&str> {
        let best = self.choices.iter().rev().max_by_key(|choice| choice.number());
        best.map(|choice| choice.path.as_str())
    }

    /// The program that is used. `now`: the one before.
    pub(super) fn chosen<'a>(&'a self, now: Option<&'a str>) -> Option<&'a str> {
        match now {
            Some(now) if self.is_manual => Some(now),
            _ => self.best(),
        }
    }

    pub(super) fn manual(self, is_manual: bool) -> Self {
        Self { is_manual, ..self }
    }

    /// The group with a program, and with the link.
    pub(super) fn with(mut self, link: &str, path: &str, priority: i64) -> Self {
        self = self.without(path);
        link.clone_into(&mut self.link);
        let following = vec![String::new(); self.following.len()];
        self.choices.push(Choice { path: path.to_owned(), priority: priority.to_string(), following });
        sorted::sort_by(&mut self.choices, |one, other| one.path.cmp(&other.path));
        self
    }

    pub(super) fn without(mut self, path: &str) -> Self {
        self.choices.retain(|choice| choice.path != path);
        self
    }
}
