//! The pages about commands, generated from the command line that the program reads.

use super::markdown::{NamedItem, PageText, ReferencePage};

/// Group of these pages.
const COMMANDS: &str = "Commands";

/// A command, as its help shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandCard {
    /// Its name, or empty for the program itself.
    pub name: String,
    /// What it does. The first paragraph is a sentence.
    pub about: String,
    /// How it is written.
    pub usage: String,
    pub arguments: Vec<CommandArgument>,
    pub options: Vec<CommandArgument>,
}

/// An argument or an option of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandArgument {
    /// How it is written: `-r, --recipe <RECIPE>`.
    pub written: String,
    /// What it means.
    pub doc: String,
    /// The value without it, if there is one.
    pub default: Option<String>,
    /// The words that it takes, with their meaning if that is not plain. Empty if it takes any.
    pub values: Vec<(String, String)>,
}

/// Generates the page that lists all commands, and a page for each.
#[must_use]
pub fn command_pages(program: &CommandCard, commands: &[CommandCard]) -> Vec<ReferencePage> {
    std::iter::once(all(program, commands)).chain(commands.iter().map(one)).collect()
}

fn all(program: &CommandCard, commands: &[CommandCard]) -> ReferencePage {
    let title = "Commands";
    let mut text = PageText::titled(title);
    text.prose(
        "The command line: all commands of `chefrs`. `chefrs COMMAND --help` prints the page of one. \
         `chefrs help TOPIC` prints the other pages of this reference.",
    );
    let line = |card: &CommandCard| {
        let first = sentence(card.about.split("\n\n").next().unwrap_or_default());
        format!("- [`chefrs {}`](reference-chefrs-{}.html): {first}", card.name, card.name)
    };
    text.prose(&commands.iter().map(line).collect::<Vec<_>>().join("\n"));
    text.heading("Options of every command");
    text.items(program.options.iter().map(item));
    page("commands", title, text)
}

fn one(card: &CommandCard) -> ReferencePage {
    let title = format!("chefrs {}", card.name);
    let mut text = PageText::titled(&title);
    text.prose(&card.about.split("\n\n").map(sentence).collect::<Vec<_>>().join("\n\n"));
    text.code("sh", &card.usage);
    if !card.arguments.is_empty() {
        text.heading("Arguments");
        text.items(card.arguments.iter().map(item));
    }
    if !card.options.is_empty() {
        text.heading("Options");
        text.items(card.options.iter().map(item));
    }
    page(&format!("chefrs-{}", card.name), &title, text)
}

fn page(name: &str, title: &str, text: PageText) -> ReferencePage {
    ReferencePage { name: name.to_owned(), title: title.to_owned(), group: COMMANDS, markdown: text.finish() }
}

fn item(argument: &CommandArgument) -> NamedItem {
    let CommandArgument { written, doc, default, values } = argument;
    let default = default.as_ref().map(|default| format!("Default: `{default}`."));
    let plain = values.iter().all(|(_, meaning)| meaning.is_empty());
    let words: Vec<String> = values
        .iter()
        .map(|(word, meaning)| if plain { format!("`{word}`") } else { format!("`{word}`: {meaning}") })
        .collect();
    let takes = match (words.as_slice(), plain) {
        ([], _) => None,
        (words, true) => Some(format!("One of {}.", words.join(", "))),
        (words, false) => Some(words.iter().map(|word| sentence(word)).collect::<Vec<_>>().join(" ")),
    };
    let mut paragraphs = doc.split("\n\n").map(sentence);
    let first = paragraphs.next().unwrap_or_default();
    let beside = match default {
        Some(default) => format!("{first} {default}"),
        None => first,
    };
    let below = paragraphs.chain(takes).collect::<Vec<_>>().join("\n\n");
    NamedItem { name: written.clone(), beside, below, ..NamedItem::default() }
}

/// A text with a full stop at its end.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', ':', '?', '!']) { text.to_owned() } else { format!("{text}.") }
}
