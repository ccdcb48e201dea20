//! The heading of the text report.

use crate::model::event::Mode;
use crate::model::journal::Debt;
use crate::report::line::{SafeLine, line};
use crate::report::style::{FAINT, STRONG, paint};

/// The heading: run or plan, the target, and the number of resources.
pub(super) fn heading(
    mode: Mode,
    target: &str,
    run_list: &[String],
    resources: usize,
    via: Option<&str>,
) -> SafeLine {
    let words = match mode {
        Mode::Run => "converging",
        Mode::Plan => "planning",
    };
    let what = line!("{} {}: {}", words, SafeLine::of(target), SafeLine::of(run_list.join(", ")));
    let via = via.map(|via| line!(", through {}", SafeLine::of(via))).unwrap_or_default();
    let size = line!("({}{})", SafeLine::count(resources, "resource"), via);
    line!("{} {}", paint(STRONG, what), paint(FAINT, size))
}

/// A line about a notification of an earlier run that this run sends.
pub(super) fn owed(debt: &Debt) -> SafeLine {
    let [to, action, from] = [&debt.to, &debt.action, &debt.from].map(SafeLine::of);
    if debt.begun.is_some() {
        return line!("{} {} {}", paint(STRONG, "left unfinished by an earlier run:"), to, action);
    }
    line!("{} {} {}, by {}", paint(STRONG, "owed by an earlier run:"), to, action, from)
}
