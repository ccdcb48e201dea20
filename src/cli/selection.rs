//! Options for what to compile: the project, the run list, and attributes.

use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cookbook::Project;
use crate::cookbook::attributes::{from_json, from_set, from_toml};
use crate::cookbook::inventory::{Inventory, PATIENCE};
use crate::model::english::{list, one_line};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::model::node::AttributeSource;

use super::complete;
use super::early_end::EarlyEnd;
use super::project::{open, own_recipes, recipes};

#[derive(Debug, Args)]
pub(super) struct Selection {
    /// What to run, in this order: a recipe of the project, a cookbook, or `cookbook::recipe`. For several: repeat it,
    /// or separate them with commas.
    #[arg(short = 'r', long = "recipe", value_name = "RECIPE", value_delimiter = ',', add = ArgValueCompleter::new(complete::recipes))]
    recipes: Vec<String>,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
    /// Use the attributes of this node: `nodes/NODE.toml` and its groups. They override those of the project. The
    /// target is still that of `-t`.
    #[arg(long, value_name = "NODE", add = ArgValueCompleter::new(complete::nodes))]
    node: Option<String>,
    /// Set an attribute: `nginx.port=81`. Overrides all files. Write lists and tables as JSON.
    #[arg(long = "set", value_name = "KEY=VALUE", add = ArgValueCompleter::new(complete::settings))]
    set: Vec<String>,
    /// Read attributes from a JSON or TOML file. Overrides project and node. The last file wins.
    #[arg(short = 'j', long = "attributes", value_name = "FILE")]
    files: Vec<Utf8PathBuf>,
}

impl Selection {
    /// Opens the project, after checking that the run list has valid names.
    pub(super) fn project(&self) -> Result<Project, EarlyEnd> {
        let wrong: Vec<Diagnostic> = self.recipes.iter().filter_map(|recipe| misnamed(recipe)).collect();
        if !wrong.is_empty() {
            return Err(EarlyEnd::Findings(Exit::Usage, wrong));
        }
        open(self.project.as_deref())
    }

    /// The run list, which must not be empty.
    pub(super) fn run_list(&self, project: &Project) -> Result<&[String], EarlyEnd> {
        if self.recipes.is_empty() {
            return Err(EarlyEnd::usage(nothing_named(project)));
        }
        Ok(&self.recipes)
    }

    /// Whether the user named a node for its attributes.
    pub(super) fn names_node(&self) -> bool {
        self.node.is_some()
    }

    /// The run list, which may be empty.
    pub(super) fn optional_run_list(&self) -> &[String] {
        &self.recipes
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
        let inventory = Inventory::open(project, PATIENCE)?;
        self.attributes_over(project, inventory.node(name).map_err(EarlyEnd::usage)?.attributes.clone())
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
            Some(name) => {
                let inventory = Inventory::open(project, PATIENCE)?;
                inventory.node(name).map_err(EarlyEnd::usage)?.attributes.clone()
            }
            None => targets,
        };
        let files = self.files.iter().map(|path| read(path));
        let set = self.set.iter().map(|words| from_set(words));
        let mut wrong = Diagnostics::default();
        for source in files.chain(set) {
            match source {
                Ok(source) => sources.push(source),
                Err(diagnostic) => wrong.0.push(diagnostic),
            }
        }
        if wrong.0.is_empty() { Ok(sources) } else { Err(EarlyEnd::Findings(Exit::Usage, wrong.0)) }
    }
}

fn nothing_named(project: &Project) -> Diagnostic {
    let diagnostic = Diagnostic::error("no recipe was named");
    let names = recipes(project);
    // Recipes inside cookbooks are not where people start.
    let is_entry = |name: &&String| {
        name.split_once("::").is_none_or(|(cookbook, _)| !names.iter().any(|name| name == cookbook))
    };
    let quoted: Vec<String> = names.iter().filter(is_entry).map(|name| format!("`{name}`")).collect();
    if quoted.is_empty() {
        return diagnostic.hint("write one to `recipes/NAME.lua`, and name it with `-r NAME`");
    }
    let diagnostic = diagnostic.note(format!("here are {}", list(&quoted, "and")));
    if own_recipes(project).is_empty() {
        return diagnostic
            .note("this directory has no recipes; these ship with chefrs")
            .hint("a first step: `chefrs plan -r hello`")
            .hint("a recipe of your own is a file: `recipes/NAME.lua`");
    }
    diagnostic.hint("name what to run with `-r`")
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
