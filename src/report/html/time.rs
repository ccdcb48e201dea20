//! The time line: a lane of actions for each target, and the slowest actions.

use super::machines::in_order;
use crate::model::english::count;
use crate::model::event::Mode;
use crate::model::sorted;
use crate::report::markup::Markup;
use crate::report::text::closing::duration;
use crate::report::verdict::Verdict;
use crate::report::whole::{TargetRun, WholeRun};

/// Length of a lane, in units.
const LENGTH: u64 = 10_000;
/// Length below which actions are joined with their neighbours.
const SHORTEST: u64 = 20;
/// Number of slowest actions to list.
const SLOWEST: usize = 8;

/// A part of a lane.
struct LanePart {
    class: &'static str,
    title: String,
    /// Number of actions in it.
    number: usize,
    milliseconds: u64,
}

/// Writes the lanes. Nothing if no action took any time, as in a plan.
pub(super) fn write(page: &mut Markup, whole: &WholeRun) {
    let longest = whole.targets.iter().map(TargetRun::lasted).max().unwrap_or_default();
    let is_told = whole.targets.iter().any(|target| target.rows().any(|row| row.milliseconds > 0));
    if longest == 0 || !is_told {
        return;
    }
    page.element("section", &[("id", "time"), ("aria-labelledby", "time-title")], |page| {
        page.leaf("h2", &[("id", "time-title")], "Time");
        page.element("div", &[("class", "lanes")], |page| {
            for (_, target) in in_order(whole).into_iter().filter(|(_, target)| target.lasted() > 0) {
                lane(page, whole.mode, target, longest);
            }
            keys(page, whole);
            slowest(page, whole);
        });
    });
}

fn lane(page: &mut Markup, mode: Mode, target: &TargetRun, longest: u64) {
    let parts = parts(mode, target, longest);
    page.element("div", &[("class", "lane")], |page| {
        page.leaf("span", &[], &target.name);
        let label = format!("{} of {}", count(target.rows().count(), "action"), target.name);
        let view = format!("0 0 {LENGTH} 10");
        let attributes = [
            ("viewBox", view.as_str()),
            ("preserveAspectRatio", "none"),
            ("role", "img"),
            ("aria-label", &label),
        ];
        page.element("svg", &attributes, |page| {
            let mut begin = 0;
            for part in parts {
                let end = begin + part.milliseconds;
                let (from, to) = (scaled(begin, longest), scaled(end, longest));
                begin = end;
                let (x, width) = (from.to_string(), (to - from).max(1).to_string());
                let place = [("class", part.class), ("x", &x), ("width", &width), ("height", "10")];
                page.element("rect", &place, |page| page.leaf("title", &[], part.title));
            }
        });
        page.leaf("span", &[], duration(target.lasted()));
    });
}

/// The time before the first resource, and the actions. Consecutive very short actions are one part.
fn parts(mode: Mode, target: &TargetRun, longest: u64) -> Vec<LanePart> {
    let worked: u64 = target.rows().map(|row| row.milliseconds).sum();
    let before = target.lasted().saturating_sub(worked);
    let mut parts = vec![LanePart {
        class: "before",
        title: format!("connecting, compiling, looking: {}", duration(before)),
        number: 0,
        milliseconds: before,
    }];
    for row in target.rows() {
        let is_short = |milliseconds| scaled(milliseconds, longest) < SHORTEST;
        let class = row.verdict().class();
        match parts.last_mut() {
            Some(last)
                if last.class == class && is_short(last.milliseconds) && is_short(row.milliseconds) =>
            {
                last.number += 1;
                last.milliseconds += row.milliseconds;
                let words = row.verdict().words(mode);
                last.title =
                    format!("{}, {words}: {}", count(last.number, "action"), duration(last.milliseconds));
            }
            _ => parts.push(LanePart {
                class,
                title: format!("{} {}: {}", row.resource.id, row.action, duration(row.milliseconds)),
                number: 1,
                milliseconds: row.milliseconds,
            }),
        }
    }
    parts
}

fn scaled(milliseconds: u64, longest: u64) -> u64 {
    milliseconds.min(longest).saturating_mul(LENGTH) / longest.max(1)
}

/// Writes the legend. Some colours have several meanings.
fn keys(page: &mut Markup, whole: &WholeRun) {
    let is_there = |verdict: &Verdict| {
        let mut rows = whole.targets.iter().flat_map(TargetRun::rows);
        rows.any(|row| row.verdict() == *verdict)
    };
    page.element("ul", &[("class", "keys")], |page| {
        for verdict in Verdict::ALL.iter().filter(|verdict| is_there(verdict)) {
            page.leaf("li", &[("class", &format!("key {}", verdict.class()))], verdict.words(whole.mode));
        }
        page.leaf("li", &[("class", "key before")], "connecting, compiling, looking");
        if whole.targets.len() > 1 {
            page.leaf("li", &[], "the time of each counts from its own start");
        }
    });
}

fn slowest(page: &mut Markup, whole: &WholeRun) {
    let rows = whole.targets.iter().flat_map(|target| target.rows().map(move |row| (target, row)));
    let mut rows: Vec<_> = rows.filter(|(_, row)| row.milliseconds > 0).collect();
    sorted::sort_by_key(&mut rows, |(_, row)| std::cmp::Reverse(row.milliseconds));
    if rows.is_empty() {
        return;
    }
    page.leaf("h3", &[], "What took longest");
    page.element("ol", &[("class", "slowest")], |page| {
        for (target, row) in rows.into_iter().take(SLOWEST) {
            page.element("li", &[], |page| {
                page.leaf("span", &[], duration(row.milliseconds));
                page.element("span", &[], |page| {
                    page.leaf("code", &[], format!("{} {}", row.resource.id, row.action));
                    if whole.targets.len() > 1 {
                        page.leaf("span", &[("class", "soft")], format!(" on {}", target.name));
                    }
                });
            });
        }
    });
}
