//! `chefrs capture diff`.

use camino::Utf8PathBuf;
use clap::Args;

use super::captured_host::{of_host, read_rules};
use crate::capture::{CapturedDifference, CapturedResource};
use crate::cli::early_end::EarlyEnd;
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
}

pub(super) fn diff(arguments: &DiffArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let rules = read_rules(arguments.rules.as_deref())?;
    let hosts = arguments.targets.choose()?;
    let [one, other] = hosts.as_slice() else {
        let number = count(hosts.len(), "target");
        let wrong = Diagnostic::error(format!("two machines are compared, and the words choose {number}"));
        return Err(EarlyEnd::usage(wrong.hint("name two: `chefrs capture diff -t web1,web2`")));
    };
    let (before, _) = of_host(one, &rules)?;
    let (after, _) = of_host(other, &rules)?;
    terminal.tell(&rules.unused())?;
    let difference = CapturedDifference::between(&before, &after);
    terminal.print(&printable(&told(&difference, &one.name, &other.name)))?;
    Ok(if difference.is_empty() { Exit::Success } else { Exit::Changes })
}

fn told(difference: &CapturedDifference, one: &str, other: &str) -> String {
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

/// The declaration with the text of its files.
fn whole(declaration: &CapturedResource) -> String {
    let plain = CapturedResource { evidence: Vec::new(), ..declaration.clone() };
    let texts = declaration.files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    std::iter::once(plain.lua()).chain(texts).collect()
}
