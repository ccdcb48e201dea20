//! Suggestions for command lines that can't be parsed. The messages of clap tell what is wrong, but seldom what is
//! right.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use crate::model::english::{nearest, one_line};
use crate::model::error::Diagnostic;
use crate::model::foreign::{COMMANDS, ForeignWord, OPTIONS};

/// Endings of files with recipes, here and in other tools.
const RECIPES: &[&str] = &[".lua", ".rb", ".yml", ".yaml", ".pp", ".sls"];

/// A better error than clap's. None if clap's error is good enough.
pub(super) fn explained(error: &Error, words: &[OsString], whole: &Command) -> Option<Diagnostic> {
    let words: Vec<&str> = words.iter().skip(1).filter_map(|word| word.to_str()).collect();
    let verb = words.iter().find_map(|word| whole.find_subcommand(word));
    match error.kind() {
        ErrorKind::InvalidSubcommand => Some(command(said(error, ContextKind::InvalidSubcommand)?, whole)),
        // Users don't start the agent.
        ErrorKind::UnknownArgument | ErrorKind::MissingRequiredArgument
            if verb.is_some_and(|verb| verb.get_name() == "agent") =>
        {
            let row = ForeignWord::find(COMMANDS, "agent")?;
            Some(Diagnostic::error("`chefrs agent` is not started by hand").hint(row.hint("agent")))
        }
        ErrorKind::UnknownArgument => {
            let word = said(error, ContextKind::InvalidArg)?;
            let verb = verb.unwrap_or(whole);
            let is_option = word.starts_with('-');
            Some(if is_option { option(word, verb) } else { argument(word, verb, &words) })
        }
        // `--diff` without a value, as in another tool.
        ErrorKind::InvalidValue if said(error, ContextKind::InvalidValue).is_some_and(str::is_empty) => {
            let option = said(error, ContextKind::InvalidArg)?.split_whitespace().next()?;
            let row = ForeignWord::find(OPTIONS, option)?;
            Some(Diagnostic::error(format!("`{option}` takes a value")).hint(row.hint(option)))
        }
        _ => None,
    }
}

fn said(error: &Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text),
        _ => None,
    }
}

/// The error for an unknown command.
fn command(word: &str, whole: &Command) -> Diagnostic {
    let wrong = Diagnostic::error(format!("there is no command `{}`", one_line(word)));
    if let Some(row) = ForeignWord::find(COMMANDS, word) {
        return wrong.hint(row.hint(word));
    }
    let verbs = whole.get_subcommands().filter(|verb| !verb.is_hide_set()).map(Command::get_name);
    match nearest(word, verbs) {
        Some(near) => wrong.hint(format!("did you mean `chefrs {near}`?")),
        None if is_name(word) => wrong
            .hint(format!("if it is a recipe: `chefrs run -r {word}`"))
            .hint("`chefrs --help` lists the commands"),
        None => wrong.hint("`chefrs --help` lists the commands"),
    }
}

/// The error for an unknown option.
fn option(word: &str, verb: &Command) -> Diagnostic {
    let name = verb.get_name();
    let wrong = Diagnostic::error(match name {
        "chefrs" => format!("there is no option `{}` before the command", one_line(word)),
        name => format!("`chefrs {name}` has no option `{}`", one_line(word)),
    });
    if let Some(row) = ForeignWord::find(OPTIONS, word) {
        return wrong.hint(row.hint(word));
    }
    let known: Vec<String> =
        verb.get_arguments().filter_map(|known| known.get_long()).map(|long| format!("--{long}")).collect();
    let near = Some(word)
        .filter(|word| word.starts_with("--"))
        .and_then(|word| nearest(word, known.iter().map(String::as_str)));
    match (near, name) {
        (Some(near), _) => wrong.hint(format!("did you mean `{near}`?")),
        (None, "chefrs") => wrong.hint("options come after the command: `chefrs run -r RECIPE -t TARGET`"),
        (None, name) => wrong.hint(format!("`chefrs {name} --help` lists its options")),
    }
}

/// The error for an unexpected argument.
fn argument(word: &str, verb: &Command, words: &[&str]) -> Diagnostic {
    let name = verb.get_name();
    let takes = if name == "run" { "one saved plan" } else { "options only" };
    let wrong =
        Diagnostic::error(format!("unexpected word `{}`: `chefrs {name}` takes {takes}", one_line(word)));
    let named = words.windows(2).find(|pair| matches!(pair[0], "-r" | "--recipe")).map(|pair| pair[1]);
    wrong.hint(meant(word, verb, named))
}

/// The hint for a word that stands by itself, where an option was meant. `named` is a recipe that was named with `-r`.
pub(super) fn meant(word: &str, verb: &Command, named: Option<&str>) -> String {
    let name = verb.get_name();
    if let Some(row) = ForeignWord::find(OPTIONS, word) {
        return row.hint(word);
    }
    if name == "exec" {
        return format!("a command goes after `--`: `chefrs exec -t TARGET -- {}`", one_line(word));
    }
    let has = |short: char| verb.get_arguments().any(|known| known.get_short() == Some(short));
    if word.contains('=') && has('r') {
        return format!("an attribute is set with `--set {}`", one_line(word));
    }
    let recipe = recipe(word);
    if has('r') && is_name(recipe) {
        return match named {
            Some(first) => format!("separate recipes with commas: `-r {first},{recipe}`"),
            None => format!("a recipe is named with `-r`: `chefrs {name} -r {recipe}`"),
        };
    }
    if has('t') && !word.contains(char::is_whitespace) {
        return format!("a target is named with `-t`: `chefrs {name} -t {}`", one_line(word));
    }
    format!("`chefrs {name} --help` shows what it takes")
}

/// Extracts the name of the recipe from a path, or from an entry of Chef's run list.
fn recipe(word: &str) -> &str {
    let inside = word.strip_prefix("recipe[").and_then(|rest| rest.strip_suffix(']'));
    let word = inside.unwrap_or(word);
    let name = word.rsplit('/').next().unwrap_or(word);
    RECIPES.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// Whether a word is the file of a recipe, here or in another tool.
pub(super) fn is_recipe_file(word: &str) -> bool {
    RECIPES.iter().any(|ending| word.ends_with(ending))
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':' | ',' | '/'))
}
