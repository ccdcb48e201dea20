//! `chefrs new cookbook`.

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;

use super::new_files::{CI, NewFiles, checked_cookbook, filled};
use crate::cli::early_end::EarlyEnd;
use crate::cookbook::Project;

/// Makes a cookbook: a recipe, an attribute, a template and a test.
#[derive(Debug, Args)]
pub(super) struct NewCookbookArguments {
    /// Name of the cookbook. One that is to be published has a scope: `acme/motd`.
    #[arg(value_name = "NAME")]
    name: String,
    /// Directory to make. Default: `cookbooks/NAME` in a project, else `NAME`.
    #[arg(short, long, value_name = "DIR")]
    output: Option<Utf8PathBuf>,
}

pub(super) fn made(arguments: &NewCookbookArguments) -> Result<NewFiles, EarlyEnd> {
    let name = &checked_cookbook(&arguments.name)?;
    let around = Project::directory_around(Utf8Path::new("."));
    let in_project = Project::has_settings(&around) || Project::has_cookbooks(&around);
    let place = match &arguments.output {
        Some(output) => output.clone(),
        None if in_project && around == "." => Utf8Path::new("cookbooks").join(name),
        None if in_project => around.join("cookbooks").join(name),
        None => Utf8PathBuf::from(name),
    };
    let manifest = MANIFEST.replace("[full]", &arguments.name);
    let files = [
        ("cookbook.toml", manifest.as_str()),
        ("README.md", README),
        ("attributes.lua", ATTRIBUTES),
        ("recipes/default.lua", RECIPE),
        ("templates/[name].conf.hbs", TEMPLATE),
        ("tests/default.lua", TESTS),
        ("ci.sh", CI),
    ];
    // A cookbook of a project is checked with it.
    let is_part = arguments.output.is_none() && in_project;
    let files = files.into_iter().filter(|(path, _)| !is_part || *path != "ci.sh");
    let next = if is_part {
        format!("next: `chefrs test {name}`, then `chefrs plan -r {name}`")
    } else {
        format!("next: in `{place}`, `chefrs test`, then `chefrs plan -r {name}`")
    };
    Ok(NewFiles {
        directory: place,
        cookbook: None,
        files: files.map(|(path, text)| (filled(path, name), filled(text, name))).collect(),
        next,
    })
}

const MANIFEST: &str = r#"name = "[full]"
version = "0.1.0"
description = "Sets up [name]."
# license = "MIT"                  # an SPDX name; `chefrs publish` wants one

# Other cookbooks that this one uses, by the name for `require` and `include_recipe`.
[dependencies]

# What it may do on a machine. `chefrs cookbook check --infer` adds what its tests need.
[capabilities]
file = ["/tmp/chefrs-[name]/**"]
"#;

const README: &str = "# [name]

Sets up [name]. `include_recipe \"[name]\"` in a recipe, or `[name]` in a run list, is all that is needed.

| attribute | default | meaning |
| --- | --- | --- |
| `[name].directory` | `/tmp/chefrs-[name]` | Directory of its configuration. |
| `[name].greeting` | `hello` | What it says. |

## Work on it

    chefrs test                    # what its recipes compile to
    chefrs check                   # the same, and every recipe on several platforms
    chefrs plan -r [name]          # what it would change on this machine
";

const ATTRIBUTES: &str = r#"return attributes {
  directory = attribute.path {
    default = "/tmp/chefrs-[name]",
    doc = "Directory of its configuration.",
  },
  greeting = attribute.string {
    default = "hello",
    doc = "What it says.",
  },
}
"#;

const RECIPE: &str = r#"-- Sets up [name].

local folder = node.[name].directory

directory(folder) { mode = "0755" }

template(`{folder}/[name].conf`) {
  source = "[name].conf.hbs",
  variables = { greeting = node.[name].greeting },
  mode = "0644",
}
"#;

const TEMPLATE: &str = "# Written by chefrs. Changes are lost.
greeting = {{greeting}}
";

const TESTS: &str = r#"-- What the recipe compiles to. `chefrs help tests` explains what a test can say.

test "the configuration has the greeting" {
  attributes = { [name] = { greeting = "good morning" } },
  expect = function(run)
    local conf = run:resource "template[/tmp/chefrs-[name]/[name].conf]"
    contains(conf.content, "greeting = good morning")
  end,
}

test "it can be somewhere else" {
  attributes = { [name] = { directory = "/tmp/chefrs-[name]/other" } },
  expect = function(run) run:resource "template[/tmp/chefrs-[name]/other/[name].conf]" end,
}
"#;
