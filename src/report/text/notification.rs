//! The words of a notification, as a plan shows it; a run shows the notified action when it runs.

use anstyle::Style;

use crate::model::event::{Event, Mode};
use crate::report::line::{SafeLine, line};
use crate::report::outlet::Detail;
use crate::report::style::{FAINT, WARNING};

/// What a notification says after the name of the resource that sends it. None if it is not shown.
pub(super) fn words(mode: Mode, detail: Detail, event: &Event) -> Option<SafeLine> {
    let Event::Notified { to, action, timing, uncertain, left_out, .. } = event else { return None };
    let [to, action, timing] = [to, action, timing].map(SafeLine::of);
    if *left_out {
        let does = match (mode, uncertain) {
            (Mode::Run, _) => "does not notify",
            (Mode::Plan, false) => "would not notify",
            (Mode::Plan, true) => "may not notify",
        };
        return Some(line!("{} {} to {}: it is left out", does, to, action));
    }
    let does = match (mode, uncertain) {
        (Mode::Run, _) if detail == Detail::Changes => return None,
        (Mode::Run, _) => "notifies",
        (Mode::Plan, false) => "would notify",
        (Mode::Plan, true) => "may notify",
    };
    Some(line!("{} {} to {}, {}", does, to, action, timing))
}

/// The style of these words: that one is not sent is easily missed.
pub(super) fn style(event: &Event) -> Style {
    if matches!(event, Event::Notified { left_out: true, .. }) { WARNING } else { FAINT }
}
