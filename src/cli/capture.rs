//! `chefrs capture`.

mod captured_host;
mod compared;
mod diff;
mod scope_options;
mod told;
mod written;

use camino::{Utf8Path, Utf8PathBuf};
use clap::{Args, Subcommand};

use crate::capture::left_out::{LEFT_OUT, VERSION};
use crate::capture::{Capture, PRUNE};
use crate::cookbook::scoped_name::is_name;
use crate::model::english::{count, list, one_line};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::report_file::{self, ReportFile};
use super::target_options::Targets;
use super::terminal::Terminal;

use captured_host::{RECORDED, base, of_host};
use scope_options::CaptureScopes;
use written::{write_new, written};

/// Reads a machine that was set up by hand, and writes a cookbook for it.
///
/// What its packages brought and nobody changed is left out, and so is what makes it this machine, such as host keys and
/// addresses. The rest becomes recipes: one for each service or group of packages, with its files, its accounts and what it
/// must be restarted for. Files are compared by their digests. Nothing on the machine is changed.
///
/// Secrets are not stored: each gets a name, and the README of the cookbook lists them.
///
/// If the directory has the cookbook already, only what differs from it is written, as the recipe `difference`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct CaptureArguments {
    #[command(subcommand)]
    verb: Option<CaptureVerb>,
    #[command(flatten)]
    targets: Targets,
    /// Directory of the new cookbook; its last part is the name: `cookbooks/web1`. With a name that ends in `.json`, the
    /// capture is written to that file as data, for `--base`.
    #[arg(short, long, value_name = "DIR", required_unless_present_any = ["explain", "left_out"])]
    output: Option<Utf8PathBuf>,
    /// Leave out what another machine has just so: a stock one, given as for `-t`, or a file that `-o NAME.json` wrote of
    /// it. What it has and this one has not is listed, and the recipe `prune` removes it.
    #[arg(long, value_name = "TARGET|FILE")]
    base: Option<String>,
    #[command(flatten)]
    scopes: CaptureScopes,
    /// Also write a report of what was captured: `html=capture.html`. Repeat it for several.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file::parse)]
    report: Vec<ReportFile>,
    /// File with rules: what to leave out, and with `!` what to take all the same. A line is a path or pattern,
    /// `:package:apt/NAME`, `:service:systemd/NAME` or `:source:DIRECTORY`. The last rule that matches counts.
    #[arg(long, value_name = "FILE")]
    rules: Option<Utf8PathBuf>,
    /// Declare the packages at the versions that the machine has. Without this a comment has the versions.
    #[arg(long)]
    pin: bool,
    /// Say why a path is captured or left out, instead of writing a cookbook.
    #[arg(long, value_name = "PATH")]
    explain: Option<Utf8PathBuf>,
    /// Print the list of paths that are always left out, with the reasons.
    #[arg(long, conflicts_with_all = ["output", "explain"])]
    left_out: bool,
    /// Exit with 1 if there are secrets, or anything else to look at.
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Subcommand)]
enum CaptureVerb {
    Diff(Box<diff::DiffArguments>),
}

pub(super) fn capture(arguments: &CaptureArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    if let Some(CaptureVerb::Diff(arguments)) = &arguments.verb {
        return diff::diff(arguments, terminal);
    }
    if arguments.left_out {
        let lines = LEFT_OUT.iter().map(|left| format!("{}  {}\n", left.pattern, left.why));
        terminal.print(&format!("# version {VERSION}\n{}", lines.collect::<String>()))?;
        return Ok(Exit::Success);
    }
    let mut choice = arguments.scopes.choice(arguments.rules.as_deref())?;
    let is_data = |path: &&Utf8Path| path.as_str().ends_with(RECORDED);
    let data = arguments.output.as_deref().filter(is_data);
    let name = arguments.output.as_deref().filter(|path| !is_data(path)).map(name_of).transpose()?;
    let hosts = arguments.targets.choose()?;
    let [host] = hosts.as_slice() else {
        let wrong = Diagnostic::error(format!(
            "{} are chosen, and a capture is of one",
            count(hosts.len(), "target")
        ));
        return Err(EarlyEnd::usage(wrong.hint("name one machine with `-t`")));
    };
    if let Some(word) = &arguments.base {
        choice.base = Some(base(word, &arguments.targets, &choice)?.1);
    }
    let (mut captured, facts) = of_host(host, &choice)?;
    if arguments.pin {
        captured.pin();
    }
    terminal.tell(&choice.rules.unused())?;
    if let Some(path) = &arguments.explain {
        terminal.print(&explained(&captured, path))?;
        return Ok(Exit::Success);
    }
    let report_name = name.unwrap_or(&host.name);
    told::write(&arguments.report, report_name, &host.name, &told::of_capture(captured.declarations()))?;
    if let Some(path) = data {
        written(path, captured.recorded().as_bytes())
            .map_err(|failure| EarlyEnd::unwritten("the capture", path, failure, "name another file"))?;
        terminal.print(&format!("wrote `{path}`: {}\n", count(captured.resources(), "resource")))?;
        return Ok(Exit::Success);
    }
    let (Some(directory), Some(name)) = (&arguments.output, name) else { return Ok(Exit::Success) };
    let files = captured.cookbook(name);
    if directory.symlink_metadata().is_ok() {
        let told = compared::write_difference(directory, name, &captured, &files, &facts)?;
        terminal.print(&told)?;
        return Ok(Exit::Success);
    }
    write_new(directory, &files)?;
    terminal.print(&summary(&captured, directory, name))?;
    let is_open = !captured.secrets.is_empty() || !captured.notes.is_empty();
    Ok(if arguments.strict && is_open { Exit::Failed } else { Exit::Success })
}

fn name_of(directory: &Utf8Path) -> Result<&str, EarlyEnd> {
    match directory.file_name() {
        Some(name) if is_name(name) => Ok(name),
        _ => {
            let wrong = Diagnostic::error(format!(
                "`{}` does not end with the name of a cookbook",
                one_line(directory.as_str())
            ));
            Err(EarlyEnd::usage(wrong.hint("a name has letters, digits and `_`: `-o cookbooks/web1`")))
        }
    }
}

fn explained(captured: &Capture, path: &Utf8Path) -> String {
    let said = captured.decisions.get(path).map_or_else(
        || "not looked at: it is not there, or in a place that is not captured".to_owned(),
        ToString::to_string,
    );
    format!("{}: {said}\n", one_line(path.as_str()))
}

fn summary(captured: &Capture, directory: &Utf8Path, name: &str) -> String {
    let mut lines = vec![format!(
        "wrote `{directory}`: {} in {}",
        count(captured.resources(), "resource"),
        count(captured.lines(), "line")
    )];
    if !captured.secrets.is_empty() {
        lines.push(format!("{} must be given:", count(captured.secrets.len(), "secret")));
        lines.extend(captured.secrets.iter().map(|(secret, path)| format!("  {secret}  from {path}")));
    }
    if !captured.removed.is_empty() {
        lines.push(format!(
            "the base has, and this machine has not; the recipe `{name}::{PRUNE}` removes it:"
        ));
        lines.extend(captured.removed.iter().map(|resource| format!("  {}", resource.id())));
    }
    if !captured.notes.is_empty() {
        lines.push("to look at:".to_owned());
        lines.extend(captured.notes.iter().map(|note| format!("  {}", one_line(note))));
    }
    let cookbooks: Vec<&str> = captured.cookbooks().into_iter().collect();
    let but = match cookbooks.as_slice() {
        [] => String::new(),
        [one] => format!(", but for the program with which {one} asks its server"),
        names => format!(", but for the programs with which {} ask their servers", list(names, "and")),
    };
    lines.push(format!(
        "next: read it, then `chefrs plan -r {name}` on the machine that it was captured from shows no change{but}"
    ));
    lines.join("\n") + "\n"
}
