//! Scripts of resource types in words: a person edits a file with an editor, not with a script.

use super::commands::typed;
use super::texts::{block, code, masked, plain};
use crate::model::portable::marked::LaterValue;
use crate::model::step::Command;

/// Names of scripts, and what they do. `{1}` is the first argument as code, `{3...}` the command that begins with the third,
/// `{time}` the longest time in seconds. A part between `[` and `]` is left out where an argument in it is empty; one between
/// `[?1:` and `]` where the first is, one between `[!1:` and `]` where the first is not.
const WORDS: &[(&str, &str)] = &[
    (
        "set_line",
        "In {1}, put the line {2}[ in the place of the one that matches {3}].[ A new one comes after the last line that matches {5}.][ A new one comes before the first line that matches {6}.]",
    ),
    ("remove_line", "In {1}, remove the line {2}[, or all lines that match {3}]."),
    ("set_block", "In {1}, put these lines between {2} and {3}: {4}"),
    ("remove_block", "In {1}, remove all lines from {2} to {3}."),
    ("set_value", "In {1}, set {3} to {8}[, in the section {2}]."),
    ("remove_value", "In {1}, remove {3}[ from the section {2}]."),
    ("set_keys", "Bring the keys of the user {1} into[ {2}][ (and remove all others:{3})]: {4}"),
    ("add_host", "In {1}, note for {2} the keys {4}"),
    ("remove_host", "In {1}, remove the keys of {2}."),
    ("set_in_fstab", "In {1}, put this line about {3}: {5}"),
    ("remove_from_fstab", "In {1}, remove the line about {3}."),
    ("add_to_hosts", "In {1}, give the address {2} the names {3}."),
    ("set_locale", "In {1}, set {2} to {3}."),
    ("generate_locales", "Add the locale {1} to `/etc/locale.gen`, and run `locale-gen`."),
    ("name_machine", "Name the machine: `hostname` {1}."),
    ("set_parameter", "Write {2} to {1}."),
    ("touch_file", "Touch {1}."),
    ("remove_hard_link", "Remove {1}, if it is a name of {2}."),
    ("set_firewall_rule", "In {1}, put the rule {3} in the order of {2}, and load it: `nft -f` {1}."),
    ("make_directory_of", "Make the directory {1}, which belongs to the user {2} and to the user's group."),
    ("remove_venv", "Remove the virtual environment {1}."),
    ("purge", "In {1}, remove all that is not in this list: {2}"),
    ("remove_swap", "Remove {1}, if it is swap."),
    ("remove_from_ufw", "Remove the rule with the comment {1}: `ufw status numbered`, `ufw delete NUMBER`."),
    ("make_swap", "Make a swap file {1} of {3} MiB (`dd`, `mkswap`, mode 0600), and swap to it: `swapon`."),
    ("refresh_lists", "Read the package lists anew: {2...}"),
    ("lists_are_new", "Not needed if the package lists were read in the last {3} seconds."),
    ("setting_is", "Not needed if this prints[!1: nothing][?1: {1}][?2: in any order]: {3...}"),
    ("alternative_is", "Not needed if `update-alternatives --display` {2} shows that already."),
    ("is_mounted", "Not needed if[!2: nothing][?2: that] is mounted at {1}."),
    ("is_mounted_with", "Not needed if it is mounted at {1} with the options {2}."),
    ("no_restart_is_due", "Not needed if no restart of the machine is due."),
    ("restart_is_due", "Not needed if a restart of the machine is due already."),
    ("wait_until", "Try this until it succeeds, for {time} s at most, {1} s apart: {2...}"),
    ("wait_while", "Try this until it fails, for {time} s at most, {1} s apart: {2...}"),
    (
        "is_served",
        "Ask for the page, up to {1} times, each {2} seconds after the last. Good is a status in {3}[, and a page with {4}][, and one that matches {5}][, and the headers {6}]. The command prints the status last: {7...}",
    ),
    ("install_in_venv", "Install the packages: {3...}"),
    ("reload_systemd", "`systemctl daemon-reload`"),
    (
        "set_content_attributes",
        "Set what is inside {1}:[ owner {2}][ group {3}][ mode of files {4}][ mode of directories {5}].",
    ),
];

/// A script in words; nothing if it is another command.
pub(super) fn told(command: &Command, later: &[LaterValue]) -> Option<String> {
    let [sh, _, _, name, arguments @ ..] = command.argv.as_slice() else { return None };
    let (_, words) = WORDS.iter().find(|(known, _)| sh == "/bin/sh" && known == name)?;
    let mut text = String::new();
    let mut rest = *words;
    while let Some(at) = rest.find('[') {
        let (before, optional) = rest.split_at(at);
        let (optional, after) = optional[1..].split_once(']')?;
        text.push_str(&filled(before, command, arguments, later).0);
        let (is_wanted, optional) = wanted(optional, arguments).unwrap_or((true, optional));
        let (filled, is_whole) = filled(optional, command, arguments, later);
        if is_wanted && is_whole {
            text.push_str(&filled);
        }
        rest = after;
    }
    text.push_str(&filled(rest, command, arguments, later).0);
    Some(text.trim_end().replace(" \n", "\n"))
}

/// Whether a part is wanted that says for which arguments it is, and its text.
fn wanted<'t>(optional: &'t str, arguments: &[String]) -> Option<(bool, &'t str)> {
    let (when, text) = optional.split_once(':')?;
    let number: usize = when.strip_prefix(['?', '!'])?.parse().ok()?;
    let is_empty = arguments.get(number - 1).is_none_or(String::is_empty);
    Some((is_empty == when.starts_with('!'), text))
}

/// A text with its arguments, and whether none of them is empty.
fn filled(words: &str, around: &Command, arguments: &[String], later: &[LaterValue]) -> (String, bool) {
    let (mut text, mut is_whole) = (words.replace("{time}", &code(&around.timeout.to_string())), true);
    for number in 1..=8 {
        let rest = format!("{{{number}...}}");
        if text.contains(&rest) {
            let argv = arguments.get(number - 1..).unwrap_or_default().to_vec();
            let command = typed(&Command { argv, ..around.clone() }, later);
            text = text.replace(&rest, &format!("\n\n{}\n\n", block("sh", &command)));
        }
        let place = format!("{{{number}}}");
        if !text.contains(&place) {
            continue;
        }
        let argument = arguments.get(number - 1).map(|argument| masked(argument, later)).unwrap_or_default();
        is_whole &= !argument.is_empty();
        let shown = match argument.as_str() {
            "" => String::new(),
            several if several.contains('\n') => format!("\n\n{}\n\n", block("", several)),
            one => code(one),
        };
        text = text.replace(&place, &shown);
    }
    (text, is_whole)
}

/// A command that says why a step has failed, in words.
pub(super) fn complaint(command: &Command) -> Option<String> {
    match command.argv.as_slice() {
        [_, _, _, name, why, ..] if matches!(name.as_str(), "give_up" | "not_served") => Some(plain(why)),
        _ => None,
    }
}
