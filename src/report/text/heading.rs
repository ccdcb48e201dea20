//! What stands above all rows.

use crate::model::english::{count, one_line};
use crate::model::event::Mode;
use crate::model::journal::Debt;
use crate::report::style::{FAINT, STRONG, paint};

/// What begins, where, and how much there is to do.
pub(super) fn heading(
    mode: Mode,
    target: &str,
    run_list: &[String],
    resources: usize,
    via: Option<&str>,
) -> String {
    let words = match mode {
        Mode::Run => "converging",
        Mode::Plan => "planning",
    };
    let target = one_line(target);
    let line = format!("{words} {target}: {}", one_line(&run_list.join(", ")));
    let via = via.map(|via| format!(", through {}", one_line(via))).unwrap_or_default();
    format!("{} {}", paint(STRONG, &line), paint(FAINT, &format!("({}{via})", count(resources, "resource"))))
}

/// A notification of an earlier run that is paid in this one.
pub(super) fn owed(debt: &Debt) -> String {
    let (to, action, from) = (one_line(&debt.to), one_line(&debt.action), one_line(&debt.from));
    format!("{} {to} {action}, by {from}", paint(STRONG, "owed by an earlier run:"))
}
