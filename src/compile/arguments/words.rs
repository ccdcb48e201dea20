//! Arguments that mean something to a shell, but not to a program.

/// Builtins of the shell that don't exist as programs, or would have no effect as programs.
const OF_THE_SHELL: &[&str] = &[
    ".", "alias", "bg", "builtin", "case", "cd", "declare", "eval", "exec", "exit", "export", "fg", "for",
    "function", "hash", "if", "local", "popd", "pushd", "read", "readonly", "return", "set", "shift",
    "shopt", "source", "trap", "type", "typeset", "ulimit", "umask", "unalias", "unset", "until", "wait",
    "while", "{", "(", "!", "[[",
];

/// Operators that join commands or redirect input and output.
const SIGNS: &[&str] = &[
    "|",
    "||",
    "|&",
    "&",
    "&&",
    ";",
    "<",
    "<<",
    "<<<",
    ">",
    ">>",
    ">|",
    "&>",
    "&>>",
    "1>",
    "1>>",
    "2>",
    "2>>",
    "2>&1",
    "1>&2",
    ">&2",
    ">/dev/null",
    "2>/dev/null",
    "&>/dev/null",
];

/// Programs that take such an operator as an ordinary argument: shells and programs that call one; programs that
/// compute, compare, search or separate; programs with their own language.
const TAKE_SIGNS: &[&str] = &[
    "[", "ash", "awk", "bash", "busybox", "chroot", "column", "csh", "cut", "dash", "docker", "egrep",
    "expr", "fd", "fgrep", "find", "gawk", "grep", "iptables", "jq", "kubectl", "ksh", "mawk", "nft",
    "parallel", "perl", "podman", "python", "python3", "rg", "ruby", "screen", "sed", "sh", "sort", "ssh",
    "su", "sudo", "tc", "test", "tmux", "tr", "xargs", "zsh",
];

/// Programs whose arguments are file names, where a wildcard is never meant literally.
const TAKE_FILES: &[&str] = &[
    "cat", "chgrp", "chmod", "chown", "cp", "du", "gunzip", "gzip", "head", "ls", "ln", "mkdir", "mv", "rm",
    "rmdir", "shred", "stat", "tail", "touch", "wc",
];

/// Variables that every shell sets.
const VARIABLES: &[&str] = &["HOME", "HOSTNAME", "LOGNAME", "PATH", "PWD", "SHELL", "USER"];

/// Why the first argument can't be a program, with suggestions.
pub(super) fn no_program(words: &[String]) -> Option<(String, Vec<String>)> {
    let first = words.first()?.as_str();
    let text = || "or write the command as one string, which a shell reads".to_owned();
    if OF_THE_SHELL.contains(&first) {
        let wrong =
            format!("`{first}` is a builtin of the shell, but a list of arguments is run without a shell");
        let instead = match first {
            "cd" | "pushd" => {
                let to = words.get(1).filter(|to| to.starts_with('/')).map_or("/…", String::as_str);
                format!("give the directory separately: cwd = \"{to}\"")
            }
            "export" | "declare" | "typeset" | "set" => {
                "give variables separately: environment = { NAME = \"value\" }".to_owned()
            }
            "umask" => {
                let mask = words.get(1).map_or("0027", String::as_str);
                format!("give the mask separately: umask = \"{mask}\"")
            }
            _ => return Some((wrong, vec!["write the command as one string, which a shell reads".into()])),
        };
        return Some((wrong, vec![instead, text()]));
    }
    if let Some((name, value)) = first.split_once('=').filter(|(name, _)| is_variable(name)) {
        let wrong =
            format!("`{name}=…` sets a variable in a shell, but a list of arguments is run without a shell");
        let value = if value.contains(['"', '\\']) { "…" } else { value };
        let instead = format!("say it beside the command: environment = {{ {name} = \"{value}\" }}");
        return Some((wrong, vec![instead, text()]));
    }
    // A path may contain spaces. A program name that is searched for in `PATH` does not.
    if first.contains(char::is_whitespace) && !first.contains('/') {
        let wrong = format!("`{}` is one argument, so it is the name of the program", first.escape_debug());
        let split: Vec<String> = first.split_whitespace().map(|word| format!("{word:?}")).collect();
        let instead = format!("write each word as a separate item: {{ {} }}", split.join(", "));
        return Some((wrong, vec![instead, text()]));
    }
    None
}

/// Arguments that the program will not get as intended, each with a suggestion.
pub(super) fn doubts(words: &[String]) -> Vec<(String, String)> {
    let Some((first, arguments)) = words.split_first() else { return Vec::new() };
    let program = first.rsplit('/').next().unwrap_or_default();
    let as_text = || "write the command as one string, which a shell reads".to_owned();
    let mut found = Vec::new();
    if matches!(program, "sudo" | "doas") {
        let hint =
            "give the user separately: user = \"…\"; to work as root, start the whole run with `--become`";
        found.push((format!("`{program}` can't ask for a password here"), hint.to_owned()));
    }
    if TAKE_SIGNS.contains(&program) {
        return found;
    }
    let before = std::iter::once(first).chain(arguments);
    for (word, before) in arguments.iter().zip(before) {
        // An argument after an option may be its value: `--separator ';'`.
        let is_value = before.starts_with('-') && !before.trim_matches('-').is_empty();
        if SIGNS.contains(&word.as_str()) && !is_value {
            found.push((
                format!("`{word}` is a shell operator, but `{program}` gets it as an argument"),
                as_text(),
            ));
        } else if word == "~" || word.starts_with("~/") || names_variable(word) {
            let wrong = format!("only a shell replaces `{word}`, and `{program}` gets it unchanged");
            found.push((wrong, as_text()));
        } else if TAKE_FILES.contains(&program) && word.contains(['*', '?']) && !word.starts_with('-') {
            found
                .push((format!("`{word}` is a shell pattern, but `{program}` gets it unchanged"), as_text()));
        }
    }
    found.dedup();
    found
}

/// Whether the argument begins with a variable that every shell sets.
fn names_variable(word: &str) -> bool {
    let Some(rest) = word.strip_prefix('$') else { return false };
    let name = rest.trim_start_matches('{');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
    VARIABLES.contains(&&name[..end])
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
