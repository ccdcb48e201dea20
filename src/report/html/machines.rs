//! The table of targets: outcome, counts, and duration.

use super::summary::{ended, mark, tally};
use crate::model::event::Mode;
use crate::model::sorted;
use crate::report::markup::Markup;
use crate::report::text::closing::duration;
use crate::report::whole::{TargetRun, WholeRun};

/// Writes the table, if there are several targets. For one, the head of the page has the same data.
pub(super) fn write(page: &mut Markup, whole: &WholeRun) {
    if whole.targets.len() < 2 {
        return;
    }
    page.element("section", &[("id", "machines"), ("aria-labelledby", "machines-title")], |page| {
        page.leaf("h2", &[("id", "machines-title")], "Targets");
        page.element("table", &[], |page| {
            page.element("thead", &[], |page| {
                page.element("tr", &[], |page| {
                    for name in ["Target", "Outcome", "Resources", ""] {
                        page.leaf("th", &[("scope", "col")], name);
                    }
                    page.leaf("th", &[("scope", "col"), ("class", "number")], "Time");
                });
            });
            page.element("tbody", &[], |page| {
                for (number, target) in in_order(whole) {
                    row(page, whole.mode, number, target);
                }
            });
        });
    });
}

/// Targets with their numbers, failures first.
pub(super) fn in_order(whole: &WholeRun) -> Vec<(usize, &TargetRun)> {
    let mut targets: Vec<(usize, &TargetRun)> = whole.targets.iter().enumerate().collect();
    sorted::sort_by_key(&mut targets, |(_, target)| target.is_well());
    targets
}

fn row(page: &mut Markup, mode: Mode, number: usize, target: &TargetRun) {
    page.element("tr", &[], |page| {
        page.element("td", &[("class", "name")], |page| {
            page.leaf("a", &[("href", &format!("#target-{number}"))], &target.name);
        });
        page.element("td", &[], |page| {
            let (words, class) = ended(mode, target);
            mark(page, class, words);
        });
        let counts = tally(std::iter::once(target.counts()));
        let words: Vec<String> =
            counts.iter().map(|(verdict, number)| format!("{number} {}", verdict.words(mode))).collect();
        page.element("td", &[("class", "bar")], |page| {
            let all: usize = counts.iter().map(|(_, number)| number).sum();
            let label = words.join(", ");
            let attributes = [
                ("viewBox", "0 0 1000 10"),
                ("preserveAspectRatio", "none"),
                ("role", "img"),
                ("aria-label", label.as_str()),
            ];
            page.element("svg", &attributes, |page| {
                let mut begin = 0;
                for (verdict, number) in &counts {
                    let (x, width) = (begin * 1000 / all.max(1), number * 1000 / all.max(1));
                    begin += number;
                    let (x, width) = (x.to_string(), width.to_string());
                    let place = [("x", x.as_str()), ("width", width.as_str()), ("height", "10")];
                    page.empty("rect", &[&[("class", verdict.class())], &place[..]].concat());
                }
            });
        });
        let told: Vec<&str> =
            counts.iter().zip(&words).filter(|((_, n), _)| *n > 0).map(|(_, w)| w.as_str()).collect();
        page.leaf("td", &[("class", "tally small")], told.join(", "));
        page.leaf("td", &[("class", "number")], duration(target.lasted()));
    });
}
