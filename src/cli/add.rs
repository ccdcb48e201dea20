//! `chefrs add`.

use clap::Args;
use toml_edit::{DocumentMut, InlineTable, Item, Table};

use crate::cookbook::commit_choice::UpdatedCookbooks;
use crate::cookbook::sharing::{SharedCookbooks, settings_text};
use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::model::exit::Exit;

use super::early_end::EarlyEnd;
use super::sharing::{self, SharingOptions};
use super::{environment, terminal::Terminal};

/// Name of the table in chefrs.toml.
pub(super) const TABLE: &str = "cookbooks";

/// Adds a cookbook from a directory or a git repository to chefrs.toml, and fetches it.
///
/// Without `--version`, `--tag`, `--branch` or `--revision`, the newest version is taken, and those that are compatible
/// with it are allowed. A cookbook from elsewhere has every right on the machines that its recipes run on: read it before.
#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// What the project calls it: `include_recipe "ALIAS"`.
    #[arg(value_name = "ALIAS")]
    alias: String,
    /// URL of the git repository.
    #[arg(long, value_name = "URL", conflicts_with = "path", required_unless_present = "path")]
    git: Option<String>,
    /// Directory of the cookbook. A relative path begins in the directory of the project.
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// Directory of the cookbook in the repository.
    #[arg(long, value_name = "DIR", conflicts_with = "path")]
    subdirectory: Option<String>,
    /// The versions to allow: `^1.2`, `~1.2`, `>=1.2, <3`.
    #[arg(long, value_name = "RANGE", conflicts_with_all = ["tag", "branch", "revision"])]
    version: Option<String>,
    /// The tag to take.
    #[arg(long, value_name = "TAG", conflicts_with_all = ["branch", "revision", "path"])]
    tag: Option<String>,
    /// The branch to take.
    #[arg(long, value_name = "BRANCH", conflicts_with_all = ["revision", "path"])]
    branch: Option<String>,
    /// The commit to take.
    #[arg(long, value_name = "COMMIT", conflicts_with = "path")]
    revision: Option<String>,
    /// The name of the cookbook, if it is not the alias.
    #[arg(long, value_name = "NAME")]
    cookbook: Option<String>,
    #[command(flatten)]
    options: SharingOptions,
}

pub(super) fn add(arguments: &AddArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let options = &arguments.options;
    let (root, owners) = (options.directory()?, environment::owners()?);
    // What is wrong with the file is said with its line.
    SharedCookbooks::open(&root, &owners, None)?;
    let present = settings_text(&root, &owners)?.unwrap_or_default();
    let settled = arguments.path.is_some()
        || [&arguments.version, &arguments.tag, &arguments.branch, &arguments.revision]
            .iter()
            .any(|given| given.is_some());
    let mut text = with_entry(&present, arguments, arguments.version.as_deref())?;
    let wish = options.wish(UpdatedCookbooks::None, None);
    let mut shared = SharedCookbooks::open(&root, &owners, Some(&text))?;
    let mut new = options.resolve(&shared, &wish)?;
    let name = arguments.cookbook.as_ref().unwrap_or(&arguments.alias);
    if let Some(version) = new.version(name).filter(|_| !settled) {
        text = with_entry(&present, arguments, Some(&format!("^{version}")))?;
        shared = SharedCookbooks::open(&root, &owners, Some(&text))?;
        new = options.resolve(&shared, &wish)?;
    }
    // An entry of the lock too many does no harm; one too few would.
    sharing::write(&shared, &new, terminal)?;
    shared.write_settings(&text).map_err(sharing::failed)?;
    terminal.print(&format!("added `{}` to chefrs.toml\n", arguments.alias))?;
    Ok(Exit::Success)
}

/// The text of chefrs.toml as a document that keeps comments and order.
pub(super) fn document(text: &str) -> Result<DocumentMut, EarlyEnd> {
    text.parse().map_err(|_| {
        // Reading the file before says where.
        EarlyEnd::usage(Diagnostic::error("chefrs.toml is not TOML"))
    })
}

/// The text with the new entry.
fn with_entry(text: &str, arguments: &AddArguments, version: Option<&str>) -> Result<String, EarlyEnd> {
    let mut document = document(text)?;
    if !document.contains_key(TABLE) {
        let mut table = Table::new();
        // Comments at the end belong to what is above them.
        let above = document.trailing().as_str().unwrap_or_default().to_owned();
        let gap = if text.trim().is_empty() { "" } else { "\n" };
        table.decor_mut().set_prefix(format!("{above}{gap}"));
        document.set_trailing("");
        document.insert(TABLE, Item::Table(table));
    }
    let Some(table) = document.get_mut(TABLE).and_then(Item::as_table_like_mut) else {
        return Err(EarlyEnd::usage(Diagnostic::error("`cookbooks` in chefrs.toml must be a table")));
    };
    let alias = &arguments.alias;
    if table.contains_key(alias) {
        let wrong = Diagnostic::error(format!("chefrs.toml has `{}` already", one_line(alias)));
        return Err(EarlyEnd::usage(
            wrong
                .hint(format!("change its entry there, or take it out: `chefrs remove {}`", one_line(alias))),
        ));
    }
    let mut entry = InlineTable::new();
    let keys = [
        ("cookbook", arguments.cookbook.as_deref()),
        ("path", arguments.path.as_deref()),
        ("git", arguments.git.as_deref()),
        ("subdirectory", arguments.subdirectory.as_deref()),
        ("version", version),
        ("tag", arguments.tag.as_deref()),
        ("branch", arguments.branch.as_deref()),
        ("revision", arguments.revision.as_deref()),
    ];
    for (key, value) in keys {
        if let Some(value) = value {
            entry.insert(key, value.into());
        }
    }
    table.insert(alias, Item::Value(entry.into()));
    Ok(document.to_string())
}
