//! Floor 10: words typed to a request; exit code out.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;
use std::time::Instant;

use clap::error::ErrorKind;
use clap::{ColorChoice, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use crate::model::exit::Exit;

mod agent;
mod attach;
mod bare_value;
mod check;
mod compile;
mod compile_confined;
mod complete;
mod completions;
mod cookbook;
mod destination;
mod docs;
mod editor;
mod endings;
mod environment;
mod exec;
mod explain;
mod facts;
mod failed_from;
mod find_run;
mod fleet;
mod fleet_options;
mod format;
mod help;
mod log;
mod machine;
mod man;
mod mistyped;
mod nodes;
mod offer;
mod one_target;
mod page;
mod password;
mod plan;
mod project;
mod record;
mod report_file;
mod reports;
mod resources;
mod run;
mod run_or_plan;
mod selection;
mod show;
mod signals;
mod status;
mod stop;
mod terminal;
mod wish;
mod wrapped_text;

use terminal::Terminal;

/// Sets up machines as recipes say.
///
/// Recipes are Lua files that declare resources: files, packages, services. What differs on the machine is changed, the
/// rest is left alone. `chefrs plan` shows what `chefrs run` would change.
#[derive(Debug, Parser)]
#[command(name = "chefrs", version, after_help = endings::help(), max_term_width = 100, subcommand_required = true)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    /// When to use colour. `auto`: on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 900)]
    color: ColorChoice,
    #[command(subcommand)]
    verb: Verb,
}

/// What a verb takes is only built where that verb is typed: a start is short.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Verb {
    Agent(agent::AgentArguments),
    Attach(attach::AttachArguments),
    Check(check::CheckArguments),
    Compile(compile::CompileArguments),
    CompileConfined(compile_confined::CompileConfinedArguments),
    Completions(completions::CompletionsArguments),
    Cookbook(cookbook::CookbookArguments),
    Docs(docs::DocsArguments),
    Editor(editor::EditorArguments),
    Exec(exec::ExecArguments),
    Explain(explain::ExplainArguments),
    Facts(facts::FactsArguments),
    Help(help::HelpArguments),
    Log(log::LogArguments),
    Man(man::ManArguments),
    Nodes(nodes::NodesArguments),
    Plan(plan::PlanArguments),
    Resources(resources::ResourcesArguments),
    Run(run::RunArguments),
    Show(show::ShowArguments),
    Status(status::StatusArguments),
}

impl Cli {
    fn read(words: &[OsString]) -> Result<Self, clap::Error> {
        match Self::try_parse_from(words) {
            // What is said to a person may tell of every verb.
            Err(said) if said.kind() != ErrorKind::DisplayVersion => {
                Self::from_arg_matches(&Self::whole().try_get_matches_from(words)?)
            }
            read => read,
        }
    }

    /// The command line, with what a list of its verbs says of each.
    fn whole() -> Command {
        let mut built = Self::command();
        built.build();
        Self::command().mut_subcommands(|verb| match built.find_subcommand(verb.get_name()) {
            Some(built) => {
                verb.about(built.get_about().cloned().unwrap_or_default()).hide(built.is_hide_set())
            }
            None => verb,
        })
    }
}

/// Says what is wrong with the words of a command line, or what they ask for: help, the version.
fn refuse(error: &clap::Error, words: &[OsString], terminal: &Terminal) -> io::Result<()> {
    // What was asked for is soon said.
    if !error.use_stderr() {
        return error.print();
    }
    let mut whole = Cli::whole();
    whole.build();
    if let Some(diagnostic) = mistyped::explained(error, words, &whole) {
        return terminal.tell(&[diagnostic]);
    }
    error.print()?;
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand && words.len() == 1 {
        terminal.complain(FIRST)?;
    }
    Ok(())
}

/// The next step of somebody who has typed nothing but the name of the program.
const FIRST: &str = "\nA first step: `chefrs plan -r hello` shows what a small recipe would change, `chefrs run -r hello` changes it.\n";

/// Does what the words of a command line ask for, and tells the shell how it went.
pub fn start(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let begin = Instant::now();
    // Whatever part of a run this process is, it may come to hold secrets: no core of it is ever written.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let words: Vec<OsString> = words.into_iter().collect();
    if complete::answer(&words, Cli::whole) {
        return Exit::Success.into();
    }
    let cli = match Cli::read(&words) {
        Ok(cli) => cli,
        Err(error) => {
            let terminal = Terminal::new(ColorChoice::Auto, begin);
            // Where the message can't be written, the code still says what it would have said.
            let _ = refuse(&error, &words, &terminal);
            return if error.use_stderr() { Exit::Usage } else { Exit::Success }.into();
        }
    };
    let terminal = Terminal::new(cli.color, begin);
    let done = match cli.verb {
        Verb::Agent(arguments) => agent::agent(&arguments),
        Verb::Attach(arguments) => attach::attach(&arguments, &terminal),
        Verb::Check(arguments) => check::check(&arguments, &terminal),
        Verb::Compile(arguments) => compile::compile(&arguments, &terminal),
        Verb::CompileConfined(arguments) => compile_confined::compile_confined(&arguments),
        Verb::Completions(arguments) => completions::completions(&arguments, &terminal),
        Verb::Cookbook(arguments) => cookbook::cookbook(&arguments, &terminal),
        Verb::Docs(arguments) => docs::docs(&arguments, &terminal),
        Verb::Editor(arguments) => editor::editor(&arguments, &terminal),
        Verb::Exec(arguments) => exec::exec(&arguments, &terminal),
        Verb::Explain(arguments) => explain::explain(&arguments, &terminal),
        Verb::Facts(arguments) => facts::facts(&arguments, &terminal),
        Verb::Help(arguments) => help::help(&arguments, Cli::whole(), &terminal),
        Verb::Log(arguments) => log::log(&arguments, &terminal),
        Verb::Man(arguments) => man::man(&arguments, Cli::whole(), &terminal),
        Verb::Nodes(arguments) => nodes::nodes(&arguments, &terminal),
        Verb::Plan(arguments) => plan::plan(&arguments, &terminal),
        Verb::Resources(arguments) => resources::resources(&arguments, &terminal),
        Verb::Run(arguments) => run::run(&arguments, &terminal),
        Verb::Show(arguments) => show::show(&arguments, &terminal),
        Verb::Status(arguments) => status::status(&arguments, &terminal),
    };
    done.unwrap_or_else(|stop| stop.tell(&terminal)).into()
}
