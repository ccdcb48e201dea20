//! `chefrs capture diff`.

use camino::Utf8PathBuf;
use clap::Args;

use super::captured_host::{base, of_host};
use super::scope_options::CaptureScopes;
use super::told::{self, whole};
use crate::capture::{CapturedDifference, CapturedResource};
use crate::cli::early_end::EarlyEnd;
use crate::cli::report_file::{self, ReportFile};
use crate::cli::target_options::Targets;
use crate::cli::terminal::Terminal;
use crate::model::english::{count, printable};
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;
use crate::provider::diff::unified;

/// Compares what was set up by hand on two machines.
///
/// Both are captured, and the resources compared by type and name. The exit code is 0 if nothing differs, and 2 otherwise.
#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    #[command(flatten)]
    targets: Targets,
    /// File with rules, as for `chefrs capture`.
    #[arg(long, value_name = "FILE")]
    rules: Option<Utf8PathBuf>,
    /// Compare one machine with this one, or with a file that `chefrs capture -o NAME.json` wrote.
    #[arg(long, value_name = "TARGET|FILE")]
    base: Option<String>,
    #[command(flatten)]
    scopes: CaptureScopes,
    /// Also write a report of what would make the first like the second: `html=difference.html`. Repeat it for several.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report_file::parse)]
    report: Vec<ReportFile>,
}

pub(super) fn diff(arguments: &DiffArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let choice = arguments.scopes.choice(arguments.rules.as_deref())?;
    let hosts = arguments.targets.choose()?;
    let all = |host| -> Result<Vec<CapturedResource>, EarlyEnd> {
        let (captured, _) = of_host(host, &choice)?;
        Ok(captured.declarations().cloned().collect())
    };
    let (one, other, before, after) = match (hosts.as_slice(), &arguments.base) {
        ([one, other], None) => (one.name.clone(), other, all(one)?, all(other)?),
        ([other], Some(word)) => {
            let (name, before) = base(word, &arguments.targets, &choice)?;
            (name, other, before, all(other)?)
        }
        (hosts, base) => {
            let number = count(hosts.len(), "target");
            let beside = if base.is_some() { " beside the base" } else { "" };
            let wrong = Diagnostic::error(format!(
                "two machines are compared, and the words choose {number}{beside}"
            ));
            return Err(EarlyEnd::usage(wrong.hint(
                "name two: `chefrs capture diff -t web1,web2`, or `chefrs capture diff -t web1 --base stock.json`",
            )));
        }
    };
    terminal.tell(&choice.rules.unused())?;
    let difference = CapturedDifference::between(&before, &after);
    told::write(&arguments.report, &other.name, &one, &told::of_difference(&difference))?;
    terminal.print(&printable(&lines_of(&difference, &one, &other.name)))?;
    Ok(if difference.is_empty() { Exit::Success } else { Exit::Changes })
}

fn lines_of(difference: &CapturedDifference, one: &str, other: &str) -> String {
    let CapturedDifference { added, removed, changed } = difference;
    if difference.is_empty() {
        return format!("{one} and {other} do not differ\n");
    }
    let mut lines = Vec::new();
    for (name, declarations) in [(one, removed), (other, added)] {
        if !declarations.is_empty() {
            lines.push(format!("only on {name}: {}", count(declarations.len(), "resource")));
            lines.extend(declarations.iter().map(|declaration| format!("  {}", declaration.id())));
        }
    }
    for (before, after) in changed {
        lines.push(format!("different: {}", after.id()));
        let text = unified(&whole(before), &whole(after)).unwrap_or_default();
        lines.extend(text.lines().map(|line| format!("  {line}")));
    }
    lines.join("\n") + "\n"
}
