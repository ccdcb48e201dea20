//! Lines about a run that belong to none of its resources: what is left out, what was not run, restarts, traffic.

use crate::report::line::{Page, SafeLine, line};
use crate::report::style::{FAINT, STRONG, paint};

/// Most resources named in one line. If there are more, only their number is shown.
const NAMED: usize = 10;

/// How many resources are left out of the run. They are listed only if everything is shown.
pub(super) fn left_out(resources: &[String], by: &str, everything: bool) -> Page {
    let many = SafeLine::count(resources.len(), "resource");
    let mut page = Page::default();
    page.line(paint(FAINT, line!("left out by {}: {}", SafeLine::of(by), many)));
    for id in resources.iter().filter(|_| everything) {
        page.line(paint(FAINT, line!("  {}", SafeLine::of(id))));
    }
    page
}

/// The resources that were not run. If there are many, only the first few.
pub(super) fn not_run(resources: &[String], reason: &str) -> SafeLine {
    let mut names: Vec<SafeLine> = resources.iter().take(NAMED).map(SafeLine::of).collect();
    if let Some(more) = resources.len().checked_sub(NAMED).filter(|more| *more > 0) {
        names.push(line!("{} more", more));
    }
    let names = SafeLine::list(&names, "and");
    paint(FAINT, line!("not run, because {}: {}", SafeLine::of(reason), names))
}

/// That the machine restarts for a resource.
pub(super) fn restart(resource: &str, reason: &str, minutes: u32) -> SafeLine {
    let many = SafeLine::count(usize::try_from(minutes).unwrap_or(usize::MAX), "minute");
    let when = if minutes == 0 { "now".into() } else { line!("in {}", many) };
    let by = paint(STRONG, SafeLine::of(resource));
    line!("the machine restarts {} for {}: {}", when, by, SafeLine::of(reason))
}

/// Bytes sent, bytes received and round trips, and why the connection was a new one.
pub(super) fn traffic([sent, received, turns]: [u64; 3], unshared: Option<&str>) -> Page {
    let mut page = Page::default();
    let words = line!("{} bytes sent, {} bytes received, {} round trips at most", sent, received, turns);
    page.line(paint(FAINT, words));
    if let Some(why) = unshared {
        let why = SafeLine::of(why);
        page.line(paint(FAINT, line!("the connection was not shared with other runs: {}", why)));
    }
    page
}
