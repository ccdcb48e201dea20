//! Commands as a person types them.

use super::texts::{masked, masked_but_secrets};
use crate::export::shell_words::{self, identifier, quoted, variable};
use crate::model::portable::marked::{LaterValue, is_marked};
use crate::model::step::Command;

/// A word for a shell.
pub(super) fn word(text: &str) -> String {
    quoted(text).into_owned()
}

/// A word with deferred values. Secrets are variables, so that nobody has to quote them.
pub(super) fn value(text: &str, later: &[LaterValue]) -> String {
    let mut name = |number: usize| variable(number, &later[number]);
    shell_words::word(&masked_but_secrets(text, later), &mut name)
}

/// Lines of a here-document, and the quotes of its end: secrets are variables, if it has no other deferred value.
pub(super) fn lines(text: &str, later: &[LaterValue]) -> (String, &'static str) {
    let mut name = |number: usize| variable(number, &later[number]);
    if is_marked(text) && masked_but_secrets(text, later) == text {
        (shell_words::expanded(text, &mut name), "")
    } else {
        (masked(text, later), "'")
    }
}

/// A command with all that is said of how it runs.
pub(super) fn typed(command: &Command, later: &[LaterValue]) -> String {
    let word = |text: &str| value(text, later);
    let mut words = Vec::new();
    // What the shell itself sets is in no list of processes.
    let is_own = command.user.is_none() && command.group.is_none();
    let (own, others): (Vec<_>, Vec<_>) = command.environment.iter().partition(|(name, value)| {
        identifier(name) == name.to_ascii_lowercase() && (is_own || is_marked(value))
    });
    words.extend(own.iter().map(|(name, value)| format!("{name}={}", word(value))));
    if !is_own {
        words.push("sudo".into());
        let kept: Vec<&str> = own.iter().map(|(name, _)| name.as_str()).collect();
        if !kept.is_empty() {
            words.push(format!("--preserve-env={}", kept.join(",")));
        }
        for (option, name) in [("-u", &command.user), ("-g", &command.group)] {
            words.extend(name.iter().flat_map(|name| [option.into(), word(name)]));
        }
    }
    if !others.is_empty() {
        words.push("env".into());
        words.extend(others.iter().map(|(name, value)| word(&format!("{name}={value}"))));
    }
    let is_bare = words.is_empty();
    match command.argv.as_slice() {
        [sh, flag, script] if is_bare && sh == "/bin/sh" && flag == "-c" => {
            words.push(masked(script.trim_end(), later));
        }
        argv => {
            words.extend(argv.iter().map(|text| if text == "/bin/sh" { "sh".into() } else { word(text) }));
        }
    }
    let mut line = words.join(" ");
    let has_place = command.cwd.is_some() || command.umask.is_some();
    let cwd = command.cwd.as_ref().map(|cwd| format!("cd {}", word(cwd.as_str())));
    let umask = command.umask.map(|umask| format!("umask {umask:04o}"));
    let is_script =
        is_bare && matches!(command.argv.as_slice(), [sh, flag, _] if sh == "/bin/sh" && flag == "-c");
    if is_script && (line.contains('\n') || line.contains("exit") || has_place && line.contains([';', '|'])) {
        // Typed as it is, it could end the shell of the one who types it, or run in another directory.
        let before: Vec<String> = cwd.map(|cwd| cwd + " || exit").into_iter().chain(umask).collect();
        let before: String = before.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        line = format!("(\n{before}{line}\n)");
    } else if has_place {
        let parts: Vec<String> = cwd.into_iter().chain(umask).chain([line]).collect();
        line = format!("({})", parts.join(" && "));
    }
    match command.input.as_deref().filter(|input| !input.is_empty()) {
        Some(input) => {
            let (input, quote) = lines(input, later);
            let end = if input.ends_with('\n') { "" } else { "\n" };
            format!("{line} <<{quote}END{quote}\n{input}{end}END")
        }
        None => line,
    }
}
