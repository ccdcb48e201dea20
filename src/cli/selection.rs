//! Options for what to compile: the project, the run list, and attributes.

use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cookbook::attributes::{from_json, from_set, from_toml, from_unset};
use crate::cookbook::{Project, TYPED_RECIPE};
use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;
use crate::model::run_list::{ListedRecipe, names};

use super::complete;
use super::early_end::EarlyEnd;
use super::project::open;
use super::run_lists::{self, nothing_named};

#[derive(Debug, Args)]
pub(super) struct Selection {
    /// What to run, in this order: a recipe of the project, a cookbook, or `cookbook::recipe`. For several: repeat it,
    /// or separate them with commas. Default: the run list of the node in the inventory.
    #[arg(short = 'r', long = "recipe", value_name = "RECIPE", value_delimiter = ',', add = ArgValueCompleter::new(complete::recipes))]
    recipes: Vec<String>,
    /// Run a declaration, as a recipe would have it: `-e 'package "htop"'`. It takes no project; inside of one, it may use
    /// its cookbooks and files. For several: repeat it, each is a line. They run after what `-r` names.
    #[arg(short = 'e', long = "resource", value_name = "DECLARATION")]
    declarations: Vec<String>,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
    /// Use the attributes and the run list of this node: `nodes/NODE.toml` and its groups. The attributes override
    /// those of the project. The target is still that of `-t`.
    #[arg(long, value_name = "NODE", add = ArgValueCompleter::new(complete::nodes))]
    node: Option<String>,
    /// Set an attribute: `nginx.port=81`. Overrides all files. Write lists and tables as JSON.
    #[arg(long = "set", value_name = "KEY=VALUE", add = ArgValueCompleter::new(complete::settings))]
    set: Vec<String>,
    /// Do not use what files set for an attribute: `nginx.port` has its default again.
    #[arg(long, value_name = "KEY", add = ArgValueCompleter::new(complete::attributes))]
    unset: Vec<String>,
    /// Read attributes from a JSON or TOML file. Overrides project and node. The last file wins.
    #[arg(short = 'j', long = "attributes", value_name = "FILE")]
    files: Vec<Utf8PathBuf>,
}

impl Selection {
    /// Opens the project, after checking that the run list has valid names.
    pub(super) fn project(&self) -> Result<Project, EarlyEnd> {
        let misnamed = self.recipes.iter().filter_map(|recipe| misnamed(recipe));
        let wrong: Vec<Diagnostic> =
            misnamed.chain(self.declarations.iter().filter_map(|typed| undeclared(typed))).collect();
        if !wrong.is_empty() {
            return Err(EarlyEnd::Findings(Exit::Usage, wrong));
        }
        Ok(open(self.project.as_deref())?.with_declarations(&self.declarations))
    }

    /// What to run: what `-r` names, or the run list of `--node`. May be empty.
    pub(super) fn named(&self, project: &Project) -> Result<Vec<ListedRecipe>, EarlyEnd> {
        match &self.node {
            Some(node) if self.optional_run_list().is_empty() => {
                let node = project.inventory()?.node(node).map_err(EarlyEnd::usage)?;
                if node.run_list.is_empty() {
                    let wrong = Diagnostic::error(format!("the node `{}` has no run list", node.name));
                    let wrong = wrong.hint(format!(
                        "name what to run with `-r`, or write `run_list = [\"RECIPE\"]` into nodes/{}.toml",
                        node.name
                    ));
                    return Err(EarlyEnd::usage(wrong));
                }
                Ok(node.run_list.clone())
            }
            _ => Ok(self.optional_run_list().iter().map(|recipe| ListedRecipe::typed(recipe)).collect()),
        }
    }

    /// The run list, which must not be empty.
    pub(super) fn run_list(&self, project: &Project) -> Result<Vec<String>, EarlyEnd> {
        let named = self.named(project)?;
        if named.is_empty() {
            return Err(EarlyEnd::usage(nothing_named(project)));
        }
        run_lists::check(project, named.iter().filter(|entry| entry.location.is_some()))?;
        Ok(names(&named))
    }

    /// The node of `--node`.
    pub(super) fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// What `-r` and `-e` name, which may be nothing.
    pub(super) fn optional_run_list(&self) -> Vec<String> {
        let typed = (!self.declarations.is_empty()).then(|| TYPED_RECIPE.to_owned());
        self.recipes.iter().cloned().chain(typed).collect()
    }

    /// Attributes of the node and the command line, weakest first.
    pub(super) fn attributes(&self, project: &Project) -> Result<Vec<AttributeSource>, EarlyEnd> {
        self.attributes_over(project, Vec::new())
    }

    /// Like [`Self::attributes`], with a node that may be given by another option than `--node`.
    pub(super) fn attributes_on(
        &self,
        project: &Project,
        node: Option<&str>,
    ) -> Result<Vec<AttributeSource>, EarlyEnd> {
        let Some(name) = node else { return self.attributes(project) };
        self.attributes_over(
            project,
            project.inventory()?.node(name).map_err(EarlyEnd::usage)?.attributes.clone(),
        )
    }

    /// Attributes from the command line only, for several targets with attributes of their own.
    pub(super) fn attributes_of_all(
        &self,
        project: &Project,
        targets: usize,
    ) -> Result<Vec<AttributeSource>, EarlyEnd> {
        if let Some(name) = &self.node
            && targets > 1
        {
            let wrong = format!("`--node {}` can't be used with {targets} targets", one_line(name));
            return Err(EarlyEnd::usage(
                Diagnostic::error(wrong).hint("nodes of the inventory have their own attributes"),
            ));
        }
        self.attributes_over(project, Vec::new())
    }

    /// Attributes of the command line over those of a target. `--node` replaces the attributes of the target.
    pub(super) fn attributes_over(
        &self,
        project: &Project,
        targets: Vec<AttributeSource>,
    ) -> Result<Vec<AttributeSource>, EarlyEnd> {
        let mut sources = match &self.node {
            Some(name) => project.inventory()?.node(name).map_err(EarlyEnd::usage)?.attributes.clone(),
            None => targets,
        };
        let files = self.files.iter().map(|path| read(path));
        let unset = self.unset.iter().map(|path| from_unset(path));
        let set = self.set.iter().map(|words| from_set(words));
        let mut wrong = Diagnostics::default();
        for source in files.chain(unset).chain(set) {
            match source {
                Ok(source) => sources.push(source),
                Err(diagnostic) => wrong.0.push(diagnostic),
            }
        }
        if wrong.0.is_empty() { Ok(sources) } else { Err(EarlyEnd::Findings(Exit::Usage, wrong.0)) }
    }
}

/// The error for an attribute in the place of a declaration, as users of Ansible type it.
fn undeclared(typed: &str) -> Option<Diagnostic> {
    let (key, _) = typed.split_once('=')?;
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_.".contains(c));
    is_key.then(|| {
        let typed = one_line(typed);
        Diagnostic::error(format!("`-e` takes a declaration, not an attribute: `{typed}`"))
            .hint(format!("`--set {typed}` sets an attribute"))
    })
}

/// Suggests the name of a recipe for a file name, as users of other tools type.
fn misnamed(recipe: &str) -> Option<Diagnostic> {
    if recipe.is_empty() {
        return Some(
            Diagnostic::error("`-r` was given an empty name").hint("separate names with single commas"),
        );
    }
    let is_file = Utf8Path::new(recipe).extension() == Some("lua") || recipe.starts_with(['.', '/', '~']);
    is_file.then(|| {
        let name = Utf8Path::new(recipe).file_stem().unwrap_or("NAME");
        Diagnostic::error(format!("`-r` takes the name of a recipe, not a file: `{recipe}`"))
            .hint(format!("`-r {name}` runs `recipes/{name}.lua` of the project"))
            .hint("`--project DIR` sets the directory of the project")
    })
}

fn read(path: &Utf8Path) -> Result<AttributeSource, Diagnostic> {
    let parse = match path.extension() {
        Some("json") => from_json,
        Some("toml") => from_toml,
        _ => {
            return Err(Diagnostic::error(format!("`{path}` is not a JSON or TOML file by its name"))
                .hint("attributes are read from files that end in `.json` or `.toml`"));
        }
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        Diagnostic::error(match error.kind() {
            ErrorKind::NotFound => format!("there is no file `{path}`"),
            ErrorKind::IsADirectory => format!("`{path}` is a directory, not a file"),
            ErrorKind::PermissionDenied => format!("`{path}` can't be read: permission denied"),
            ErrorKind::InvalidData => format!("`{path}` is not UTF-8 text"),
            _ => format!("`{path}` can't be read: {error}"),
        })
    })?;
    parse(path.as_str(), &text)
}
