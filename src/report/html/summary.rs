//! The top of the page: the outcome of the run, in words and numbers.

use crate::model::ending::Ending;
use crate::model::english::count;
use crate::model::event::{Counts, Mode};
use crate::report::markup::Markup;
use crate::report::text::closing::duration;
use crate::report::verdict::Verdict;
use crate::report::whole::{TargetRun, WholeRun};

/// The title of the page.
pub(super) fn title(whole: &WholeRun) -> String {
    format!("{}: {} {}", ending(whole).0, what(whole), place(whole))
}

/// Writes the head, which stays visible.
pub(super) fn head(page: &mut Markup, whole: &WholeRun) {
    page.leaf("a", &[("class", "skip"), ("href", "#main")], "Skip to the report");
    page.element("header", &[], |page| {
        page.element("div", &[], |page| {
            page.element("div", &[("class", "title")], |page| {
                let (words, class) = ending(whole);
                mark(page, class, words);
                page.element("h1", &[], |page| {
                    page.text(what(whole));
                    page.literal(" ");
                    page.leaf("small", &[], place(whole));
                });
            });
            page.element("ul", &[("class", "counts"), ("aria-label", "Resources by outcome")], |page| {
                let counts = whole.targets.iter().map(TargetRun::counts);
                for (verdict, number) in tally(counts) {
                    let class = if number > 0 { verdict.class() } else { "" };
                    page.element("li", &[("class", class)], |page| {
                        page.leaf("b", &[], number.to_string());
                        page.text(format!(" {}", verdict.words(whole.mode)));
                    });
                }
                page.element("li", &[], |page| {
                    page.literal("in ");
                    page.leaf("b", &[], duration(whole.lasted()));
                });
            });
        });
    });
}

/// Writes details of the run.
pub(super) fn about(page: &mut Markup, whole: &WholeRun, begun: &str) {
    let begun = begun.replace('T', " ").replace('Z', " UTC");
    let kind = match whole.mode {
        Mode::Run => "run",
        Mode::Plan => "plan: nothing was changed",
    };
    let facts = [
        ("Kind", kind.to_owned()),
        ("Started", begun),
        ("Id", whole.run.clone().unwrap_or_default()),
        ("Actions", whole.targets.iter().map(|target| target.rows().count()).sum::<usize>().to_string()),
    ];
    page.element("dl", &[("class", "about")], |page| {
        for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
            page.element("div", &[], |page| {
                page.leaf("dt", &[], name);
                page.leaf("dd", &[], value);
            });
        }
    });
}

/// Writes the foot.
pub(super) fn foot(page: &mut Markup) {
    page.element("footer", &[], |page| {
        page.text(format!("chefrs {}. ", env!("CARGO_PKG_VERSION")));
        page.literal("Secrets are masked. Control characters are shown as <code>\\u{…}</code>.");
    });
}

/// Writes a coloured word.
pub(super) fn mark(page: &mut Markup, class: &str, words: &str) {
    page.leaf("span", &[("class", &format!("mark {class}"))], words);
}

/// How a target ended: the words and the CSS class.
pub(super) fn ended(mode: Mode, target: &TargetRun) -> (&'static str, &'static str) {
    match &target.outcome {
        None => ("no end seen", "unseen"),
        Some(outcome) => (outcome.outcome.words(mode), class(outcome.outcome)),
    }
}

/// Number of resources by outcome. The most important outcomes are included even if they are 0.
pub(super) fn tally(counts: impl Iterator<Item = Counts>) -> Vec<(Verdict, usize)> {
    let counts: Vec<Counts> = counts.collect();
    let always = [Verdict::Failed, Verdict::Updated, Verdict::UpToDate];
    let number = |verdict: Verdict| counts.iter().map(|counts| of(verdict, counts)).sum::<usize>();
    let all = Verdict::ALL.map(|verdict| (verdict, number(verdict)));
    all.into_iter().filter(|(verdict, number)| *number > 0 || always.contains(verdict)).collect()
}

fn of(verdict: Verdict, counts: &Counts) -> usize {
    match verdict {
        Verdict::Failed => counts.failed,
        Verdict::Ignored => counts.ignored,
        Verdict::Updated => counts.updated,
        Verdict::Unknown => counts.unknown,
        Verdict::UpToDate => counts.up_to_date,
        Verdict::Skipped => counts.skipped,
        Verdict::NotRun => counts.not_run,
        Verdict::LeftOut => counts.left_out,
        Verdict::Unseen => 0,
    }
}

fn class(ending: Ending) -> &'static str {
    match ending {
        Ending::Changes => "updated",
        Ending::NotStarted => "not-run",
        ending if ending.is_well() => "well",
        ending if ending.is_stopped() => "unknown",
        _ => "failed",
    }
}

/// How the run ended.
fn ending(whole: &WholeRun) -> (&'static str, &'static str) {
    let weight = |target: &&TargetRun| target.outcome.as_ref().map_or(u8::MAX, |end| end.outcome.weight());
    match whole.targets.iter().max_by_key(weight) {
        Some(target) => ended(whole.mode, target),
        None if whole.findings.is_empty() => ("nothing to do", "well"),
        None => ("not begun", "failed"),
    }
}

fn what(whole: &WholeRun) -> String {
    let plan = if whole.mode == Mode::Plan { "plan of " } else { "" };
    match whole.run_list.as_slice() {
        [] if whole.targets.len() > 1 => format!("{plan}run lists of the inventory"),
        [] => "chefrs".to_owned(),
        recipes => format!("{plan}{}", recipes.join(", ")),
    }
}

fn place(whole: &WholeRun) -> String {
    match whole.targets.as_slice() {
        [] => String::new(),
        [one] => format!("on {}", one.name),
        several => format!("on {}", count(several.len(), "target")),
    }
}
