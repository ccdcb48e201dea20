//! The commands as data, for their pages in the documentation.

use clap::builder::StyledStr;
use clap::{Arg, Command};

use crate::reference::{CommandArgument, CommandCard, ReferencePage, command_pages};

/// The pages of all commands of the program.
pub(super) fn pages(mut chefrs: Command) -> Vec<ReferencePage> {
    chefrs.build();
    let commands: Vec<CommandCard> = chefrs
        .get_subcommands_mut()
        .filter(|command| !command.is_hide_set())
        .map(|command| card(command, Arg::is_global_set))
        .collect();
    command_pages(&card(&mut chefrs, |_| false), &commands)
}

/// A command without the arguments that are left out, which other pages have.
fn card(command: &mut Command, is_left_out: fn(&Arg) -> bool) -> CommandCard {
    let usage = command.render_usage().to_string();
    let about = text(command.get_long_about().or(command.get_about()));
    let shown = |arg: &&Arg| {
        !arg.is_hide_set() && !is_left_out(arg) && !matches!(arg.get_id().as_str(), "help" | "version")
    };
    let (arguments, options): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().filter(shown).partition(|arg| arg.is_positional());
    CommandCard {
        name: command.get_name().to_owned(),
        about,
        usage: usage.trim_start_matches("Usage: ").to_owned(),
        arguments: arguments.into_iter().map(argument).collect(),
        options: options.into_iter().map(argument).collect(),
    }
}

fn argument(arg: &Arg) -> CommandArgument {
    let default: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let takes_value = arg.get_action().takes_values();
    let values = arg.get_possible_values();
    let values = values.iter().filter(|value| takes_value && !value.is_hide_set());
    CommandArgument {
        written: written(arg, takes_value),
        doc: text(arg.get_long_help().or(arg.get_help())),
        default: (takes_value && !default.is_empty()).then(|| default.join(", ")),
        values: values.map(|value| (value.get_name().to_owned(), text(value.get_help()))).collect(),
    }
}

/// How an argument is written: `-r, --recipe <RECIPE>`, `<RUN>`, `[TARGET]`.
fn written(arg: &Arg, takes_value: bool) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    let value = names.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>().join(" ");
    if arg.is_positional() {
        return if arg.is_required_set() { value } else { value.replace('<', "[").replace('>', "]") };
    }
    let short = arg.get_short().map(|short| format!("-{short}"));
    let long = arg.get_long().map(|long| format!("--{long}"));
    let names = short.into_iter().chain(long).collect::<Vec<_>>().join(", ");
    if takes_value { format!("{names} {value}") } else { names }
}

fn text(styled: Option<&StyledStr>) -> String {
    styled.map(ToString::to_string).unwrap_or_default()
}
