//! The resources of each target in the order in which they ran. Changes are shown; resources without changes are
//! folded.

use std::collections::BTreeSet;

use super::machines::in_order;
use super::summary::{ended, mark};
use super::trouble;
use crate::model::english::{count, list};
use crate::model::event::Mode;
use crate::model::sorted;
use crate::report::markup::Markup;
use crate::report::text::closing::duration;
use crate::report::verdict::Verdict;
use crate::report::whole::{ActionRun, TargetRun, ToldChange, WholeRun};

/// Number of changes above which all are folded at first.
const OPEN: usize = 30;
/// Number of lines above which a diff is folded.
const SHORT: usize = 40;
/// Number of targets above which successful ones are folded.
const TARGETS: usize = 3;

/// Writes the filters and the targets.
pub(super) fn write(page: &mut Markup, whole: &WholeRun) {
    if whole.targets.is_empty() {
        return;
    }
    let rows = whole.targets.iter().flat_map(TargetRun::rows);
    let changes = rows.filter(|row| !row.verdict().is_quiet()).count();
    let view = RowView { mode: whole.mode, are_open: changes <= OPEN };
    page.element("section", &[("id", "resources"), ("aria-labelledby", "resources-title")], |page| {
        page.leaf("h2", &[("id", "resources-title")], "Resources");
        filters(page, whole);
        for (number, target) in in_order(whole) {
            let is_open = whole.targets.len() <= TARGETS || !target.is_well();
            view.target(page, number, target, is_open);
        }
    });
}

/// Writes the filters. They are hidden until the script that implements them shows them.
fn filters(page: &mut Markup, whole: &WholeRun) {
    let rows = || whole.targets.iter().flat_map(TargetRun::rows);
    let types: BTreeSet<&str> = rows().map(ActionRun::kind).collect();
    let mut outcomes: BTreeSet<Verdict> = sorted::collected(rows().map(ActionRun::verdict));
    if whole.targets.iter().any(|target| !target.not_run.is_empty()) {
        outcomes.insert(Verdict::NotRun);
    }
    if whole.targets.iter().any(|target| !target.left_out.is_empty()) {
        outcomes.insert(Verdict::LeftOut);
    }
    page.element("form", &[("class", "filters"), ("hidden", ""), ("aria-label", "Filters")], |page| {
        if whole.targets.len() > 1 {
            select(page, "Target", "machine", whole.targets.iter().map(|target| target.name.as_str()));
        }
        select(page, "Type", "type", types.into_iter());
        page.element("label", &[], |page| {
            page.literal("Search");
            page.empty("input", &[("type", "search"), ("name", "search"), ("autocomplete", "off")]);
        });
        page.element("fieldset", &[], |page| {
            page.leaf("legend", &[("class", "unseen-text")], "Outcome");
            for verdict in Verdict::ALL.iter().filter(|verdict| outcomes.contains(verdict)) {
                page.element("label", &[], |page| {
                    page.empty("input", &[("type", "checkbox"), ("value", verdict.class())]);
                    page.text(verdict.words(whole.mode));
                });
            }
        });
        page.leaf("button", &[("type", "button"), ("data-open", "yes")], "Open all");
        page.leaf("button", &[("type", "button"), ("data-open", "no")], "Fold all");
        page.leaf("button", &[("type", "reset")], "Clear");
        page.leaf("output", &[("aria-live", "polite")], "");
    });
}

fn select<'a>(page: &mut Markup, label: &'static str, name: &str, values: impl Iterator<Item = &'a str>) {
    page.element("label", &[], |page| {
        page.literal(label);
        page.element("select", &[("name", name), ("autocomplete", "off")], |page| {
            page.leaf("option", &[("value", "")], "all");
            values.for_each(|value| page.leaf("option", &[("value", value)], value));
        });
    });
}

/// How rows are shown.
struct RowView {
    mode: Mode,
    are_open: bool,
}

impl RowView {
    fn target(&self, page: &mut Markup, number: usize, target: &TargetRun, is_open: bool) {
        let id = format!("target-{number}");
        let mut attributes = vec![("class", "machine"), ("id", &id), ("data-machine", &target.name)];
        if is_open {
            attributes.push(("open", ""));
        }
        page.element("details", &attributes, |page| {
            page.element("summary", &[], |page| {
                page.leaf("h3", &[], &target.name);
                let (words, class) = ended(self.mode, target);
                mark(page, class, words);
                if let Some(via) = &target.via {
                    page.leaf("span", &[("class", "soft small")], format!("through {via}"));
                }
                page.leaf("span", &[("class", "push soft small")], duration(target.lasted()));
            });
            page.element("div", &[("class", "inside")], |page| {
                said(page, target);
                self.rows(page, target);
            });
        });
    }

    /// Writes the rows in order. Consecutive rows without changes are folded into one.
    fn rows(&self, page: &mut Markup, target: &TargetRun) {
        let rows: Vec<&ActionRun> = target.rows().collect();
        for group in rows.chunk_by(|a, b| a.verdict().is_quiet() && b.verdict().is_quiet()) {
            match group {
                [row] if !row.verdict().is_quiet() => self.row(page, row),
                quiet => {
                    let verdicts: Vec<Verdict> = quiet.iter().map(|row| row.verdict()).collect();
                    folded_rows(page, self.mode, &verdicts, |page| {
                        for row in quiet {
                            self.quiet(page, row);
                        }
                    });
                }
            }
        }
        for (verdict, named) in [(Verdict::NotRun, &target.not_run), (Verdict::LeftOut, &target.left_out)] {
            if !named.is_empty() {
                let verdicts = vec![verdict; named.len()];
                folded_rows(page, self.mode, &verdicts, |page| {
                    for (id, reason) in named {
                        self.named_only(page, verdict, id, reason);
                    }
                });
            }
        }
    }

    /// Writes a row of which only the name and the reason are known.
    fn named_only(&self, page: &mut Markup, verdict: Verdict, id: &str, reason: &str) {
        let kind = id.split('[').next().unwrap_or_default();
        let class = format!("row {}", verdict.class());
        let row = [("class", class.as_str()), ("data-type", kind), ("data-outcome", verdict.class())];
        page.element("div", &row, |page| {
            mark(page, verdict.class(), verdict.words(self.mode));
            page.element("span", &[("class", "what")], |page| {
                page.leaf("code", &[("class", "id")], id);
                page.leaf("span", &[("class", "in")], reason);
            });
        });
    }

    /// Writes a row without changes.
    fn quiet(&self, page: &mut Markup, row: &ActionRun) {
        let class = format!("row {}", row.verdict().class());
        page.element("div", &attributes(&class, row), |page| {
            self.line(page, row, row.reason().as_deref());
        });
    }

    fn row(&self, page: &mut Markup, row: &ActionRun) {
        let class = format!("row {}", row.verdict().class());
        let mut attributes = attributes(&class, row);
        let lines: usize =
            row.changes.iter().flat_map(|change| &change.diff).map(|diff| diff.lines().count()).sum();
        let is_bad = matches!(row.verdict(), Verdict::Failed | Verdict::Unseen);
        if is_bad || self.are_open && (1..=SHORT).contains(&lines) {
            attributes.push(("open", ""));
        }
        page.element("details", &attributes, |page| {
            page.element("summary", &[], |page| {
                let more = row.changes.len().checked_sub(1).filter(|more| *more > 0);
                let more =
                    more.map(|more| format!(", and {}", count(more, "more change"))).unwrap_or_default();
                let first = row.changes.first().map(|change| format!("{}{more}", change.summary));
                let failed = row.failure().map(|failure| failure.message.clone());
                let words = if is_bad { failed } else { row.reason().or(first) };
                self.line(page, row, words.as_deref());
            });
            page.element("div", &[("class", "body")], |page| self.body(page, row));
        });
    }

    /// Writes the summary line of a row.
    fn line(&self, page: &mut Markup, row: &ActionRun, words: Option<&str>) {
        mark(page, row.verdict().class(), row.verdict().words(self.mode));
        page.element("span", &[("class", "what")], |page| {
            page.leaf("code", &[("class", "id")], &row.resource.id);
            page.text(format!(" {}", row.action));
            if let Some(words) = words {
                page.leaf("span", &[("class", "in")], words);
            }
        });
        if row.milliseconds > 0 {
            page.leaf("span", &[("class", "time")], duration(row.milliseconds));
        }
    }

    fn body(&self, page: &mut Markup, row: &ActionRun) {
        // A single change is described in the summary line already.
        let is_told = row.changes.len() == 1 && row.verdict() == Verdict::Updated;
        row.changes.iter().for_each(|change| self.change(page, change, is_told));
        for failure in &row.retries {
            page.leaf("p", &[], format!("an attempt failed: {}", failure.message));
        }
        if let Some(failure) = row.failure() {
            trouble::sentence(page, "", &failure.message);
            trouble::failure(page, failure);
        }
        row.waits.iter().for_each(|wait| page.leaf("p", &[], format!("waited: {wait}")));
        if !row.output.is_empty() && row.verdict() != Verdict::Failed {
            page.element("details", &[], |page| {
                page.leaf("summary", &[("class", "soft small")], count(row.output.len(), "line of output"));
                trouble::lines(page, "What it printed", row.output.iter());
            });
        }
        page.element("p", &[("class", "soft small")], |page| {
            page.leaf("code", &[], row.resource.location.to_string());
            for around in row.resource.within.iter().rev() {
                page.text(format!(", in {around}"));
            }
            if !row.resource.cookbook.is_empty() {
                page.text(format!(", of the cookbook {}", row.resource.cookbook));
            }
            if !row.resource.asked_by.is_empty() && row.resource.asked_by != row.resource.cookbook {
                page.text(format!(", for the cookbook {}", row.resource.asked_by));
            }
            if let Some(by) = &row.notified_by {
                page.text(format!("; notified by {by}"));
            }
            if !row.notifies.is_empty() {
                let would = if self.mode == Mode::Plan { "would notify" } else { "notified" };
                page.text(format!("; {would} {}", list(&row.notifies, "and")));
            }
        });
    }

    fn change(&self, page: &mut Markup, change: &ToldChange, is_told: bool) {
        let would = match (self.mode, change.may) {
            (Mode::Run, _) => "",
            (Mode::Plan, false) => "would ",
            (Mode::Plan, true) => "may ",
        };
        if !is_told {
            page.leaf("p", &[], format!("{would}{}", change.summary));
        }
        if change.withheld {
            page.leaf("p", &[("class", "soft")], "the difference is not shown: the resource is sensitive");
        }
        if let Some(diff) = &change.diff {
            trouble::scrolls(page, "diff", "Difference", |page| {
                diff.lines().for_each(|line| page.leaf("span", &[("class", class_of(line))], line));
            });
        }
    }
}

/// Attributes of a row, for the filters.
fn attributes<'a>(class: &'a str, row: &'a ActionRun) -> Vec<(&'static str, &'a str)> {
    vec![("class", class), ("data-type", row.kind()), ("data-outcome", row.verdict().class())]
}

/// The CSS class of a diff line. The colour only repeats the sign.
fn class_of(line: &str) -> &'static str {
    match line.as_bytes() {
        [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => "file",
        [b'+', ..] => "add",
        [b'-', ..] => "cut",
        [b'@', ..] => "hunk",
        _ => "as-it-was",
    }
}

/// Writes folded rows, with their counts.
fn folded_rows(page: &mut Markup, mode: Mode, verdicts: &[Verdict], rows: impl FnOnce(&mut Markup)) {
    let number = |verdict: &Verdict| verdicts.iter().filter(|one| *one == verdict).count();
    let counted = Verdict::ALL.iter().map(|verdict| (verdict, number(verdict)));
    let words: Vec<String> =
        counted.filter(|(_, n)| *n > 0).map(|(verdict, n)| format!("{n} {}", verdict.words(mode))).collect();
    page.element("details", &[("class", "folded_rows")], |page| {
        page.leaf("summary", &[], words.join(", "));
        rows(page);
    });
}

/// Writes messages about the target as a whole.
fn said(page: &mut Markup, target: &TargetRun) {
    let owed = target
        .owed
        .iter()
        .map(|debt| format!("owed by an earlier run: {} {}, by {}", debt.to, debt.action, debt.from));
    let messages = target.messages.iter().map(|(place, text)| format!("{place}: {text}"));
    let cut = "not all output is shown here: see `chefrs show`";
    let shortened = target.shortened.then(|| cut.to_owned());
    let lines: Vec<String> = owed
        .chain(messages)
        .chain(target.notes.iter().cloned())
        .chain(target.restart.clone())
        .chain(shortened)
        .collect();
    if !lines.is_empty() {
        page.element("div", &[("class", "said")], |page| {
            for line in &lines {
                page.leaf("p", &[], line);
            }
        });
    }
}
