//! The rows of a collection as numbered steps.

use std::fmt::Write as _;

use super::commands::typed;
use super::texts::{QUOTED, block, code, plain};
use super::things::Instruction;
use crate::export::loss::ExportLoss;
use crate::export::outlined::{ExportOutline, OutlinedAction, OutlinedGuard, OutlinedRow, OutlinedTest};
use crate::model::collection::Timing;
use crate::model::english::count;
use crate::model::portable::{PackageAct, Portable, PortablePackages};

/// The notes while they are written.
pub(super) struct Notes<'a> {
    outline: &'a ExportOutline<'a>,
    pub(super) text: String,
    /// Number of the last step.
    number: usize,
    /// What is done at the end: a title, and what a person does.
    pub(super) at_end: Vec<(String, String)>,
    /// How to go back, in the order of the steps.
    pub(super) back: Vec<String>,
    /// The numbers of the steps with commands that may change anything.
    pub(super) by_commands: Vec<usize>,
    /// The files that are changed.
    pub(super) files: Vec<String>,
    pub(super) losses: Vec<ExportLoss>,
    /// Whether some step has content that is not for everybody.
    pub(super) has_sensitive: bool,
}

impl<'a> Notes<'a> {
    pub(super) fn new(outline: &'a ExportOutline<'a>) -> Self {
        Self {
            outline,
            text: String::new(),
            number: 0,
            at_end: Vec::new(),
            back: Vec::new(),
            by_commands: Vec::new(),
            files: Vec::new(),
            losses: Vec::new(),
            has_sensitive: false,
        }
    }

    /// Whether these words stand somewhere.
    pub(super) fn says(&self, words: &str) -> bool {
        self.at_end.iter().any(|(_, lines)| lines.contains(words)) || self.text.contains(words)
    }

    /// Writes all rows.
    pub(super) fn all(&mut self) {
        let outline = self.outline;
        let mut recipe = "";
        let mut index = 0;
        while let Some(row) = outline.rows.get(index) {
            if row.row.parent.is_none() {
                if row.row.recipe_as_named() != recipe {
                    recipe = row.row.recipe_as_named();
                    self.text.push_str(if self.text.ends_with("\n\n") { "" } else { "\n" });
                    let _ = writeln!(self.text, "## Recipe {}", plain(recipe));
                }
                let joined = self.joined(index);
                self.row(index, joined, &[]);
                index += joined.max(1);
            } else {
                index += 1;
            }
        }
    }

    /// The number of rows from this one on whose packages are one step.
    fn joined(&self, first: usize) -> usize {
        let rows = &self.outline.rows;
        let Some(of_first) = packages_alone(&rows[first]) else { return 1 };
        let same = |row: &&OutlinedRow<'_>| {
            row.row.recipe == rows[first].row.recipe
                && packages_alone(row).is_some_and(|packages| {
                    packages.act == of_first.act && packages.command == of_first.command
                })
        };
        rows[first..].iter().take_while(same).count().max(1)
    }

    /// A row at its turn; `joined` rows with packages are one step. `around` are the guards of the custom resources around.
    fn row(&mut self, index: usize, joined: usize, around: &[String]) {
        let outline = self.outline;
        let row = &outline.rows[index];
        let declared: Vec<&OutlinedAction> = row.actions.iter().filter(|action| action.is_declared).collect();
        if declared.is_empty() || row.never.is_some() {
            return;
        }
        if row.row.custom {
            let mut around = around.to_vec();
            around.extend(row.guards.iter().map(|guard| self.condition(guard)));
            for action in declared {
                let children: Vec<usize> = outline.children(index, &action.name).collect();
                for child in children {
                    self.row(child, 1, &around);
                }
            }
            self.boxes(row);
            return;
        }
        if declared.iter().all(|action| action.items.is_empty() && action.declined.is_none()) {
            return;
        }
        self.number += 1;
        let rows = &outline.rows[index..index + joined];
        let ids: Vec<String> = rows.iter().map(|row| plain(&row.row.id())).collect();
        self.text.push_str(if self.text.ends_with("\n\n") { "" } else { "\n" });
        let _ = write!(self.text, "### {}. {}\n\n", self.number, ids.join(", "));
        for row in rows {
            let why = row.row.why.as_ref().map(|why| format!("{} ", plain(why))).unwrap_or_default();
            let _ = writeln!(self.text, "{why}({})", code(&row.row.location.to_string()));
        }
        self.text.push('\n');
        let mut conditions = around.to_vec();
        conditions.extend(row.guards.iter().map(|guard| self.condition(guard)));
        for condition in &conditions {
            let _ = writeln!(self.text, "- {condition}");
        }
        if !conditions.is_empty() {
            self.text.push('\n');
        }
        if row.row.retries > 0 {
            let retries = usize::try_from(row.row.retries).unwrap_or(usize::MAX);
            let pause = usize::try_from(row.row.retry_delay).unwrap_or(usize::MAX);
            let (times, pause) = (count(retries, "more time"), count(pause, "second"));
            let _ = write!(self.text, "If it fails, try it up to {times}, {pause} after the last.\n\n");
        }
        if row.row.ignore_failure {
            self.text.push_str("If it fails, go on all the same.\n\n");
        }
        self.said_before(row);
        if joined > 1 {
            let mut all: Option<PortablePackages> = None;
            for packages in rows.iter().filter_map(packages_alone) {
                match &mut all {
                    Some(all) => all.names.extend(packages.names.iter().cloned()),
                    None => all = Some(packages.clone()),
                }
            }
            if let Some(packages) = all {
                let text = self.instruction(&Portable::Packages(packages), row, false);
                self.text.push_str(&text);
            }
        } else {
            for action in declared {
                let text = self.action(row, action);
                self.text.push_str(&text);
            }
        }
        self.boxes(row);
    }

    /// What a person does for an action.
    fn action(&mut self, row: &OutlinedRow<'_>, action: &OutlinedAction) -> String {
        if let Some(reason) = &action.declined {
            return format!("**These notes can't say how:** {}.\n\n", plain(reason));
        }
        action.items.iter().map(|item| self.instruction(&item.what, row, item.after_change)).collect()
    }

    fn instruction(&mut self, what: &Portable, row: &OutlinedRow<'_>, after_change: bool) -> String {
        let Instruction { parts, commands, looks, back, files, is_command } =
            Instruction::of(what, &self.outline.later);
        self.has_sensitive |= row.is_sensitive;
        if is_command && !self.by_commands.contains(&self.number) {
            self.by_commands.push(self.number);
        }
        let mut text = String::new();
        if after_change {
            text.push_str("If that changed something:\n\n");
        }
        for part in parts {
            let _ = write!(text, "{part}\n\n");
        }
        if !commands.is_empty() {
            let _ = write!(text, "{}\n\n", block("sh", &commands.join("\n")));
        }
        let shown = text.clone();
        for (_, words, how) in QUOTED.iter().filter(|(_, words, _)| shown.contains(&format!("{words}>"))) {
            let _ = write!(text, "For a value that is{}, {how}.\n\n", words.trim_start_matches(','));
        }
        if !looks.is_empty() {
            let _ = write!(text, "To see it:\n\n{}\n\n", block("sh", &looks.join("\n")));
        }
        if let Some(line) = back.filter(|line| !self.back.contains(line)) {
            self.back.push(line);
        }
        for file in files {
            if !self.files.contains(&file) {
                self.files.push(file);
            }
        }
        text
    }

    /// A guard as a sentence.
    fn condition(&self, guard: &OutlinedGuard) -> String {
        match &guard.test {
            OutlinedTest::Exists(path) => {
                format!("Only if {} is {}there.", code(path), if guard.wanted { "" } else { "not " })
            }
            OutlinedTest::Succeeds(command) => {
                let ends = if guard.wanted { "succeeds" } else { "fails" };
                let typed = typed(command, &self.outline.later);
                if typed.contains('\n') {
                    // Inside of a list, too.
                    let block = block("sh", &typed).replace('\n', "\n  ");
                    return format!("Only if this {ends}:\n\n  {block}\n");
                }
                format!("Only if this {ends}: {}.", code(&typed))
            }
        }
    }

    /// What is done before a step that changes something.
    fn said_before(&mut self, row: &OutlinedRow<'_>) {
        let before = row.row.notifies.iter().filter(|notification| notification.timing == Timing::Before);
        let mut text = String::new();
        for notification in before {
            let (title, lines) = self.notified(notification.target, &notification.action);
            let _ = write!(
                text,
                "> **First, if this step will change something: {title}**\n>\n{}\n",
                inside(&lines)
            );
        }
        self.text.push_str(&text);
    }

    /// What is asked for when a step has changed something.
    fn boxes(&mut self, row: &OutlinedRow<'_>) {
        for notification in &row.row.notifies {
            let when = match notification.timing {
                Timing::Before => continue,
                Timing::Immediately => "If this step changed something, now",
                Timing::Delayed => "If this step changed something, at the end",
                Timing::OnFailure => "If this step failed",
            };
            let (title, lines) = self.notified(notification.target, &notification.action);
            if notification.timing == Timing::Delayed {
                let _ = write!(self.text, "> **{when}: {title}**\n\n");
                if self.at_end.iter().all(|(other, _)| *other != title) {
                    self.at_end.push((title, lines));
                }
            } else {
                let _ = write!(self.text, "> **{when}: {title}**\n>\n{}\n", inside(&lines));
            }
        }
    }

    /// A notified action: its title, and what a person does.
    fn notified(&mut self, index: usize, action: &str) -> (String, String) {
        let outline = self.outline;
        let row = &outline.rows[index];
        let title = format!("{} {}", action.replace('_', " "), plain(&row.row.id()));
        let mut text = String::new();
        for condition in row.guards.iter().map(|guard| self.condition(guard)) {
            let _ = write!(text, "{condition}\n\n");
        }
        if row.row.custom {
            let children: Vec<usize> = outline.children(index, action).collect();
            for child in children {
                let child = &outline.rows[child];
                for action in child.actions.iter().filter(|action| action.is_declared) {
                    text.push_str(&self.action(child, action));
                }
            }
        } else if let Some(action) = row.action(action) {
            text.push_str(&self.action(row, action));
        }
        (title, text)
    }
}

/// Lines inside a box.
fn inside(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("> {line}").trim_end().to_owned() + "\n").collect()
}

/// The packages of a row that does nothing else, and of which nothing is said that matters to others.
fn packages_alone<'r>(row: &'r OutlinedRow<'_>) -> Option<&'r PortablePackages> {
    let is_plain = row.guards.is_empty() && row.never.is_none() && row.row.notifies.is_empty();
    let [action] = row.actions.as_slice() else { return None };
    let [item] = action.items.as_slice() else { return None };
    match &item.what {
        Portable::Packages(packages) if is_plain && action.is_declared && row.row.parent.is_none() => {
            let is_joined = packages.version.is_none() && packages.file.is_none();
            (is_joined && !matches!(packages.act, PackageAct::Hold | PackageAct::Unhold)).then_some(packages)
        }
        _ => None,
    }
}
