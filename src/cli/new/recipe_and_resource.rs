//! `chefrs new recipe` and `chefrs new resource`.

use camino::Utf8PathBuf;
use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use super::new_files::{NewFiles, checked, filled};
use crate::cli::complete;
use crate::cli::cookbook::chosen_cookbook::{around, named};
use crate::cli::early_end::EarlyEnd;
use crate::cli::project::{open, root};

/// Makes a recipe, and a test of it.
#[derive(Debug, Args)]
pub(super) struct NewRecipeArguments {
    /// Name of the recipe: `web` is run by `-r web`.
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    place: PartPlace,
}

/// Makes a custom resource, and a test of it.
#[derive(Debug, Args)]
pub(super) struct NewResourceArguments {
    /// Name of the type: `site` of the cookbook `nginx` is `nginx.site` for those who require it.
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    place: PartPlace,
}

#[derive(Debug, Args)]
struct PartPlace {
    /// The cookbook that gets it. Default: the one that contains this directory, else the project itself.
    #[arg(long, value_name = "COOKBOOK", add = ArgValueCompleter::new(complete::own_cookbooks))]
    cookbook: Option<String>,
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
}

/// Where a part belongs.
struct PartDirectory {
    directory: Utf8PathBuf,
    /// Empty for the project.
    cookbook: String,
}

impl PartPlace {
    fn part(&self) -> Result<PartDirectory, EarlyEnd> {
        let project = open(self.project.as_deref())?;
        let found = match &self.cookbook {
            Some(wanted) => Some(named(&project, wanted)?),
            None => around(&project),
        };
        Ok(match found {
            Some((cookbook, directory)) => PartDirectory { directory, cookbook },
            None => PartDirectory { directory: root(&project), cookbook: String::new() },
        })
    }
}

pub(super) fn made_recipe(arguments: &NewRecipeArguments) -> Result<NewFiles, EarlyEnd> {
    let name = checked(&arguments.name, "a recipe")?;
    let part = arguments.place.part()?;
    let listed = match part.cookbook.as_str() {
        "" => name.to_owned(),
        cookbook if name == "default" => cookbook.to_owned(),
        cookbook => format!("{cookbook}::{name}"),
    };
    let tests = RECIPE_TESTS.replace("[listed]", &listed);
    Ok(NewFiles {
        directory: part.directory,
        cookbook: Some(part.cookbook).filter(|name| !name.is_empty()),
        files: vec![
            (format!("recipes/{name}.lua"), filled(RECIPE, name)),
            (format!("tests/{name}.lua"), filled(&tests, name)),
        ],
        next: format!("next: `chefrs test --filter \"{name}\"`, then `chefrs plan -r {listed}`"),
    })
}

pub(super) fn made_resource(arguments: &NewResourceArguments) -> Result<NewFiles, EarlyEnd> {
    let name = checked(&arguments.name, "a custom resource")?;
    let part = arguments.place.part()?;
    let required = match part.cookbook.as_str() {
        "" => ".".to_owned(),
        cookbook => format!("@{cookbook}"),
    };
    Ok(NewFiles {
        directory: part.directory,
        cookbook: Some(part.cookbook).filter(|name| !name.is_empty()),
        files: vec![
            (format!("resources/{name}.lua"), filled(RESOURCE, name)),
            (format!("tests/{name}.lua"), filled(RESOURCE_TESTS, name)),
        ],
        next: format!("next: `chefrs test --filter \"{name}\"`; others get it with `require \"{required}\"`"),
    })
}

const RECIPE: &str = r#"-- What [name] needs.

file "/tmp/chefrs-[name].txt" {
  content = "Written by the recipe [name].\n",
  mode = "0644",
}
"#;

const RECIPE_TESTS: &str = r#"test "[name] writes its file" {
  run_list = { "[listed]" },
  expect = function(run)
    contains(run:resource("file[/tmp/chefrs-[name].txt]").content, "recipe [name]")
  end,
}
"#;

const RESOURCE: &str = r#"-- One [name].

return resource {
  doc = "One [name].",

  properties = {
    path = property.path { required = true, doc = "The file that it is." },
    text = property.string { default = "", doc = "What the file says." },
  },

  actions = {
    create = function(self) file(self.path) { content = self.text, mode = "0644" } end,
    delete = function(self) file(self.path) { action = "delete" } end,
  },
}
"#;

const RESOURCE_TESTS: &str = r#"local own = require "."

test "[name] has its text" {
  recipe = function() own.[name] "one" { path = "/srv/one", text = "hello" } end,
  expect = function(run) equal(run:resource("file[/srv/one]").content, "hello") end,
}

test "[name] can be deleted" {
  recipe = function() own.[name] "one" { path = "/srv/one", action = "delete" } end,
  expect = function(run) equal(run:resource("file[/srv/one]").actions, { "delete" }) end,
}
"#;
