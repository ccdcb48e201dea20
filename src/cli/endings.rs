//! The exit codes for `chefrs --help`, from the table of endings.

use std::fmt::Write as _;

use crate::model::ending::Ending;
use crate::model::exit::Exit;

/// The exit codes, one line each.
pub(super) fn help() -> String {
    let row = |ending: &Ending| Some((ending.exit()? as u8, ending.word(), ending.meaning()));
    let mut rows: Vec<(u8, &str, &str)> = Ending::ALL.iter().filter_map(row).collect();
    rows.sort_by_key(|(code, ..)| *code);
    let width = rows.iter().map(|(_, word, _)| word.len()).max().unwrap_or_default();
    let mut text = String::from("Exit codes:\n");
    for (code, word, meaning) in rows {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{code:>5}  {word:width$}  {meaning}");
    }
    text.push_str("With several targets, the first of these that occurred: ");
    let codes: Vec<String> = weightiest().into_iter().map(|exit| (exit as u8).to_string()).collect();
    let _ = write!(text, "{}.", codes.join(", "));
    text
}

/// Exit codes, sorted by the weight of their endings.
fn weightiest() -> Vec<Exit> {
    let mut endings = Ending::ALL.to_vec();
    // Usage errors are reported before any target is started.
    endings.retain(|ending| ending.exit() != Some(Exit::Usage));
    endings.sort_by_key(|ending| std::cmp::Reverse(ending.weight()));
    let mut exits: Vec<Exit> = endings.into_iter().filter_map(Ending::exit).collect();
    exits.dedup();
    exits
}
