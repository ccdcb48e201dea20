//! The failures at the top of the page: a card for each cause, with all targets that have it.

use super::summary::{ended, mark};
use super::trouble;
use crate::model::english::list_some;
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::Mode;
use crate::model::fleet::TargetOutcome;
use crate::report::markup::Markup;
use crate::report::verdict::Verdict;
use crate::report::whole::{ActionRun, TargetRun, WholeRun};

/// Most target names on a card.
const NAMES: usize = 12;

/// The cause of a failure or warning.
#[derive(PartialEq)]
enum TroubleCause<'a> {
    /// A resource failed, with or without `ignore_failure`.
    Resource(&'a str, &'a str, Verdict, &'a Failure),
    /// A failure that belongs to no resource.
    Target(&'static str, Vec<Diagnostic>),
    /// A warning about a recipe.
    Warning(&'a Diagnostic),
}

/// A cause with its targets, and a row to link to.
struct Card<'a> {
    cause: TroubleCause<'a>,
    targets: Vec<&'a str>,
    /// Whether the run has only one target, so that its name is not needed.
    is_alone: bool,
    row: Option<&'a ActionRun>,
}

/// Writes the failures, then the warnings. Nothing if there are none.
pub(super) fn write(page: &mut Markup, whole: &WholeRun) {
    let mut cards: Vec<Card<'_>> = Vec::new();
    let is_alone = whole.targets.len() == 1;
    for target in &whole.targets {
        for (cause, row) in causes(whole.mode, target) {
            match cards.iter_mut().find(|card| card.cause == cause) {
                Some(card) if card.targets.last() == Some(&target.name.as_str()) => {}
                Some(card) => card.targets.push(&target.name),
                None => cards.push(Card { cause, targets: vec![&target.name], is_alone, row }),
            }
        }
    }
    if !whole.findings.is_empty() {
        let cause = TroubleCause::Target("not begun", whole.findings.clone());
        cards.push(Card { cause, targets: Vec::new(), is_alone, row: None });
    }
    let (failed, warned): (Vec<_>, Vec<_>) = cards.into_iter().partition(|card| card.cause.is_failure());
    section(page, whole.mode, "failures", "Failures", &failed);
    section(page, whole.mode, "warnings", "Warnings", &warned);
}

fn causes(mode: Mode, target: &TargetRun) -> Vec<(TroubleCause<'_>, Option<&ActionRun>)> {
    let mut causes = Vec::new();
    for row in target.rows() {
        if let (verdict @ (Verdict::Failed | Verdict::Ignored), Some(failure)) =
            (row.verdict(), row.failure())
        {
            causes.push((TroubleCause::Resource(&row.resource.id, &row.action, verdict, failure), Some(row)));
        }
    }
    let untold = target.outcome.as_ref().map(TargetOutcome::untold).unwrap_or_default();
    let is_silent = target.outcome.as_ref().is_some_and(|outcome| {
        outcome.outcome.is_well() || outcome.outcome.exit().is_none() || !causes.is_empty()
    });
    if !untold.is_empty() || !is_silent {
        causes.push((TroubleCause::Target(ended(mode, target).0, untold), None));
    }
    causes.extend(target.warnings.iter().map(|warning| (TroubleCause::Warning(warning), None)));
    causes
}

impl TroubleCause<'_> {
    fn is_failure(&self) -> bool {
        matches!(self, Self::Resource(_, _, Verdict::Failed, _) | Self::Target(..))
    }
}

fn section(page: &mut Markup, mode: Mode, id: &str, title: &'static str, cards: &[Card<'_>]) {
    if cards.is_empty() {
        return;
    }
    let heading = format!("{id}-title");
    page.element("section", &[("id", id), ("aria-labelledby", &heading)], |page| {
        page.leaf("h2", &[("id", &heading)], title);
        for card in cards {
            card.write(page, mode);
        }
    });
}

impl Card<'_> {
    fn write(&self, page: &mut Markup, mode: Mode) {
        let class = if self.cause.is_failure() { "card failed" } else { "card warning" };
        page.element("article", &[("class", class)], |page| match &self.cause {
            TroubleCause::Resource(id, action, verdict, failure) => {
                self.title(page, verdict.class(), verdict.words(mode), &format!("{id} {action}"));
                trouble::sentence(page, "", &failure.message);
                if let Some(row) = self.row {
                    trouble::excerpt(page, &row.resource.location);
                    if !row.resource.within.is_empty() {
                        let around = row.resource.within.join(", in ");
                        page.leaf("p", &[("class", "where")], format!("part of {around}"));
                    }
                    if !row.resource.asked_by.is_empty() {
                        let by = format!("the cookbook {} asked for it", row.resource.asked_by);
                        page.leaf("p", &[("class", "where")], by);
                    }
                }
                trouble::failure(page, failure);
            }
            TroubleCause::Target(words, findings) => {
                self.title(page, "failed", words, "");
                for finding in findings {
                    trouble::finding(page, finding);
                }
            }
            TroubleCause::Warning(warning) => {
                self.title(page, "unknown", "warning", "");
                trouble::finding(page, warning);
            }
        });
    }

    /// Writes the title of the card.
    fn title(&self, page: &mut Markup, class: &str, words: &str, what: &str) {
        page.element("div", &[("class", "title")], |page| {
            mark(page, class, words);
            if !what.is_empty() {
                page.element("h3", &[], |page| page.leaf("code", &[], what.trim_end()));
            }
            if !self.targets.is_empty() && !self.is_alone {
                page.leaf("span", &[("class", "soft")], format!("on {}", list_some(&self.targets, NAMES)));
            }
        });
    }
}
