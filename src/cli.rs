//! Floor 10: the command line: arguments in, exit code out.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;
use std::time::Instant;

use clap::error::ErrorKind;
use clap::{ArgMatches, ColorChoice, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};

use crate::model::exit::Exit;
use crate::reference::ReferencePage;

mod add;
mod added_entry;
mod agent;
mod attach;
mod capture;
mod check;
mod command_cards;
mod compile;
mod compile_confined;
mod complete;
mod completions;
mod confirmed;
mod cookbook;
mod deciding_words;
mod docs;
mod drift;
mod early_end;
mod editor;
mod environment;
mod exec;
mod exec_streams;
mod explain;
mod export;
mod facts;
mod failed_from;
mod fetch;
mod find_run;
mod fleet;
mod format;
mod get;
mod grants;
mod handlers;
mod help;
mod lock;
mod log;
mod man;
mod mistyped;
mod new;
mod nodes;
mod offer;
mod on_each;
mod on_hosts;
mod one_target;
mod outdated;
mod page;
mod passphrase;
mod password;
mod plan;
mod plan_file;
mod project;
mod put;
mod question;
mod record;
mod recorded_facts;
mod remove;
mod report_file;
mod reports;
mod requests;
mod resource;
mod resources;
mod run;
mod run_choices;
mod run_lists;
mod run_or_plan;
mod saved_plan;
mod saved_run;
mod saving;
mod scope;
mod search;
mod secret;
mod selection;
mod sharing;
mod show;
mod signals;
mod status;
mod step;
mod target_marks;
mod target_options;
mod task;
mod task_call;
mod task_page;
mod terminal;
mod test;
mod test_files;
mod tree;
mod update;
mod updated_versions;
mod vendor;
mod verify;
mod watched_plan;

use terminal::Terminal;

/// Sets up machines as recipes say.
///
/// Recipes are Lua files that declare resources: files, packages, services. What differs on the machine is changed, the
/// rest is left alone. `chefrs plan` shows what `chefrs run` would change.
#[derive(Debug, Parser)]
#[command(name = "chefrs", version, after_help = help::exit_codes(), max_term_width = 100, subcommand_required = true)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    /// When to use colour. `auto`: on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 900)]
    color: ColorChoice,
    #[command(subcommand)]
    verb: Verb,
}

/// The arguments of a subcommand are only built if that subcommand is used. This keeps the start fast.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Verb {
    Add(add::AddArguments),
    Agent(agent::AgentArguments),
    Attach(attach::AttachArguments),
    Capture(capture::CaptureArguments),
    Check(check::CheckArguments),
    Compile(compile::CompileArguments),
    CompileConfined(compile_confined::CompileConfinedArguments),
    Completions(completions::CompletionsArguments),
    Cookbook(cookbook::CookbookArguments),
    Do(task::TaskArguments),
    Docs(docs::DocsArguments),
    Editor(editor::EditorArguments),
    Exec(exec::ExecArguments),
    Explain(explain::ExplainArguments),
    Export(export::ExportArguments),
    Facts(facts::FactsArguments),
    Fetch(fetch::FetchArguments),
    Get(get::GetArguments),
    Grants(grants::GrantsArguments),
    Help(help::HelpArguments),
    Lock(lock::LockArguments),
    Log(log::LogArguments),
    Man(man::ManArguments),
    New(new::NewArguments),
    Nodes(nodes::NodesArguments),
    Outdated(outdated::OutdatedArguments),
    Plan(plan::PlanArguments),
    Put(put::PutArguments),
    Remove(remove::RemoveArguments),
    Resource(resource::ResourceArguments),
    Resources(resources::ResourcesArguments),
    Run(run::RunArguments),
    Search(search::SearchArguments),
    Secret(secret::SecretArguments),
    Show(show::ShowArguments),
    Status(status::StatusArguments),
    Test(test::TestArguments),
    Tree(tree::TreeArguments),
    Update(update::UpdateArguments),
    Vendor(vendor::VendorArguments),
    Verify(verify::VerifyArguments),
}

impl Cli {
    /// Parses the words. Also returns which arguments of the subcommand were typed.
    fn read(words: &[OsString]) -> Result<(Self, ArgMatches), clap::Error> {
        let read = |chefrs: Command| -> Result<(Self, ArgMatches), clap::Error> {
            let mut typed = chefrs.try_get_matches_from(words)?;
            let cli = Self::from_arg_matches(&typed)?;
            let typed = typed.remove_subcommand().map(|(_, typed)| typed).unwrap_or_default();
            Ok((cli, typed))
        };
        match read(Self::command()) {
            // An error message may mention any subcommand, so it needs the complete command line.
            Err(said) if said.kind() != ErrorKind::DisplayVersion => read(Self::whole()),
            read => read,
        }
    }

    /// The complete command line, with descriptions of the subcommands.
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

/// A page of the documentation for each command.
#[must_use]
pub fn command_pages() -> Vec<ReferencePage> {
    command_cards::pages(Cli::command())
}

/// Prints an error about the command line, or the help or version that was asked for.
fn refuse(error: &clap::Error, words: &[OsString], terminal: &Terminal) -> io::Result<()> {
    // Help and version go to standard output.
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

/// Suggestion for a user who typed only the name of the program.
const FIRST: &str = "\nA first step: `chefrs plan -r hello` shows what a small recipe would change, `chefrs run -r hello` changes it.\n";

/// Runs the command in the arguments, and returns the exit code.
pub fn start(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let begin = Instant::now();
    // The process may hold secrets, so it must not write core dumps.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let words: Vec<OsString> = words.into_iter().collect();
    if complete::answer(&words, Cli::whole) {
        return Exit::Success.into();
    }
    let (cli, typed) = match Cli::read(&words) {
        Ok(read) => read,
        Err(error) => {
            let terminal = Terminal::new(ColorChoice::Auto, begin);
            // If the message can't be written, the exit code still tells.
            let _ = refuse(&error, &words, &terminal);
            return if error.use_stderr() { Exit::Usage } else { Exit::Success }.into();
        }
    };
    let terminal = Terminal::new(cli.color, begin);
    let done = match cli.verb {
        Verb::Add(arguments) => add::add(&arguments, &terminal),
        Verb::Agent(arguments) => agent::agent(&arguments),
        Verb::Attach(arguments) => attach::attach(&arguments, &terminal),
        Verb::Capture(arguments) => capture::capture(&arguments, &terminal),
        Verb::Check(arguments) => check::check(&arguments, &terminal),
        Verb::Compile(arguments) => compile::compile(&arguments, &terminal),
        Verb::CompileConfined(arguments) => compile_confined::compile_confined(&arguments),
        Verb::Completions(arguments) => completions::completions(&arguments, &terminal),
        Verb::Cookbook(arguments) => cookbook::cookbook(&arguments, &terminal),
        Verb::Docs(arguments) => docs::docs(&arguments, command_pages(), &terminal),
        Verb::Editor(arguments) => editor::editor(&arguments, &terminal),
        Verb::Do(arguments) => task::task(&arguments, &terminal),
        Verb::Exec(arguments) => exec::exec(&arguments, &terminal),
        Verb::Explain(arguments) => explain::explain(&arguments, &terminal),
        Verb::Export(arguments) => export::export(&arguments, &terminal),
        Verb::Facts(arguments) => facts::facts(&arguments, &terminal),
        Verb::Fetch(arguments) => fetch::fetch(&arguments, &terminal),
        Verb::Get(arguments) => get::get(&arguments, &terminal),
        Verb::Help(arguments) => help::help(&arguments, Cli::whole(), &terminal),
        Verb::Grants(arguments) => grants::grants(&arguments, &terminal),
        Verb::Lock(arguments) => lock::lock(&arguments, &terminal),
        Verb::Log(arguments) => log::log(&arguments, &terminal),
        Verb::Man(arguments) => man::man(&arguments, Cli::whole(), &terminal),
        Verb::New(arguments) => new::new(&arguments, &terminal),
        Verb::Nodes(arguments) => nodes::nodes(&arguments, &terminal),
        Verb::Outdated(arguments) => outdated::outdated(&arguments, &terminal),
        Verb::Plan(arguments) => plan::plan(&arguments, &typed, &terminal),
        Verb::Put(arguments) => put::put(&arguments, &terminal),
        Verb::Remove(arguments) => remove::remove(&arguments, &terminal),
        Verb::Resource(arguments) => resource::resource(&arguments, &terminal),
        Verb::Resources(arguments) => resources::resources(&arguments, &terminal),
        Verb::Run(arguments) => run::run(&arguments, &typed, &terminal),
        Verb::Search(arguments) => search::search(&arguments, &terminal),
        Verb::Secret(arguments) => secret::secret(&arguments, &terminal),
        Verb::Show(arguments) => show::show(&arguments, &terminal),
        Verb::Status(arguments) => status::status(&arguments, &terminal),
        Verb::Test(arguments) => test::test(&arguments, &terminal),
        Verb::Tree(arguments) => tree::tree(&arguments, &terminal),
        Verb::Update(arguments) => update::update(&arguments, &terminal),
        Verb::Vendor(arguments) => vendor::vendor(&arguments, &terminal),
        Verb::Verify(arguments) => verify::verify(&arguments, &terminal),
    };
    done.unwrap_or_else(|stop| stop.tell(&terminal)).into()
}
