//! `chefrs help`.

use std::fmt::Write as _;

use clap::error::ErrorKind;
use clap::{Args, Command};
use clap_complete::engine::ArgValueCompleter;

use crate::model::ending::{Ending, by_weight};
use crate::model::english::nearest;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::model::fleet::event_schema;
use crate::model::sorted;
use crate::reference::{ReferencePage, TYPES_GROUP, pages};

use super::complete;
use super::early_end::EarlyEnd;
use super::format::Format;
use super::page::{columns, page, wrap};
use super::terminal::{Terminal, prose_columns};

/// Explains a command, a topic or a resource type; without a name it lists all of them.
#[derive(Debug, Args)]
pub(super) struct HelpArguments {
    /// A command, a topic or a resource type: `run`, `exit-codes`, `file`.
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(complete::topics))]
    name: Option<String>,
    /// Text for people, or JSON: the page as Markdown, of `events` the JSON Schema.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn help(
    arguments: &HelpArguments,
    chefrs: Command,
    terminal: &Terminal,
) -> Result<Exit, EarlyEnd> {
    let Some(name) = &arguments.name else {
        terminal.print(&contents(&chefrs, prose_columns()))?;
        return Ok(Exit::Success);
    };
    if chefrs.find_subcommand(name).is_some() {
        // Uses the parser, so that the text is the same as for `chefrs NAME --help`.
        let help = chefrs.try_get_matches_from(["chefrs", name, "--help"]).err();
        if let Some(help) = help.filter(|help| help.kind() == ErrorKind::DisplayHelp) {
            help.print()?;
        }
        return Ok(Exit::Success);
    }
    let pages = pages();
    let Some(found) = pages.iter().find(|page| page.name == *name) else {
        return Err(EarlyEnd::usage(unknown(name, &chefrs, &pages)));
    };
    let text = match arguments.format {
        Format::Text => page(&found.markdown, prose_columns()),
        Format::Json if name == "events" => format!("{:#}\n", event_schema()),
        Format::Json => format!("{:#}\n", serde_json::json!({ "name": name, "markdown": found.markdown })),
    };
    terminal.print(&text)?;
    Ok(Exit::Success)
}

/// The list of all commands, topics and types.
fn contents(chefrs: &Command, width: usize) -> String {
    let commands = chefrs.get_subcommands().filter(|command| !command.is_hide_set());
    let rows: Vec<(String, String)> = commands
        .map(|command| {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            (command.get_name().to_owned(), about)
        })
        .collect();
    let mut text = format!("Commands: chefrs COMMAND --help\n{}", columns(&rows, width, "  "));
    let pages = pages();
    text.push_str("\nTopics: chefrs help TOPIC\n");
    let topics = pages.iter().filter(|page| page.group != TYPES_GROUP);
    let rows: Vec<(String, String)> = topics.map(|page| (page.name.clone(), page.title.clone())).collect();
    text.push_str(&columns(&rows, width, "  "));
    let types: Vec<&str> =
        pages.iter().filter(|page| page.group == TYPES_GROUP).map(|page| page.name.as_str()).collect();
    text.push_str("\nResource types: chefrs resources NAME\n");
    text.push_str(&wrap(&types.join(" "), width, "  "));
    text
}

fn unknown(name: &str, chefrs: &Command, pages: &[ReferencePage]) -> Diagnostic {
    let diagnostic = Diagnostic::error(format!("there is no command and no topic `{name}`"));
    let commands = chefrs.get_subcommands().filter(|command| !command.is_hide_set()).map(Command::get_name);
    match nearest(name, commands.chain(pages.iter().map(|page| page.name.as_str()))) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint("`chefrs help` lists all of them"),
    }
}

/// The exit codes, one line each.
pub(super) fn exit_codes() -> String {
    let row = |ending: &Ending| Some((ending.exit()? as u8, ending.word(), ending.meaning()));
    let mut rows: Vec<(u8, &str, &str)> = Ending::ALL.iter().filter_map(row).collect();
    sorted::sort_by_key(&mut rows, |(code, ..)| *code);
    let width = rows.iter().map(|(_, word, _)| word.len()).max().unwrap_or_default();
    let mut text = String::from("Exit codes:\n");
    for (code, word, meaning) in rows {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{code:>5}  {word:width$}  {meaning}");
    }
    text.push_str("With several targets, the first of these that occurred: ");
    let codes: Vec<String> = by_weight().into_iter().map(|exit| (exit as u8).to_string()).collect();
    let _ = write!(text, "{}.", codes.join(", "));
    text
}
