//! `chefrs new project`.

use camino::Utf8PathBuf;
use clap::Args;

use super::new_files::{CI, NewFiles, filled, unnamed};
use crate::cli::early_end::EarlyEnd;

/// Makes a project: settings, a recipe and a test.
#[derive(Debug, Args)]
pub(super) struct NewProjectArguments {
    /// Directory to make. The project has its name.
    #[arg(value_name = "DIR")]
    directory: Utf8PathBuf,
}

pub(super) fn made(arguments: &NewProjectArguments) -> Result<NewFiles, EarlyEnd> {
    let directory = &arguments.directory;
    let real = directory.canonicalize_utf8().unwrap_or_else(|_| directory.clone());
    let name = real.file_name().unwrap_or_default();
    // The name stands in texts of TOML and Lua, and in a path.
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(fits) {
        return Err(unnamed(name, "a project", "a name has letters, digits, `-`, `_` and `.`"));
    }
    let files = [
        ("chefrs.toml", SETTINGS),
        ("README.md", README),
        ("recipes/server.lua", RECIPE),
        ("tests/server.lua", TESTS),
        ("ci.sh", CI),
    ];
    Ok(NewFiles {
        directory: directory.clone(),
        cookbook: None,
        files: files.into_iter().map(|(path, text)| (path.to_owned(), filled(text, name))).collect(),
        next: format!("next: in `{directory}`, `chefrs check`, then `chefrs plan -r server`"),
    })
}

const SETTINGS: &str = r#"# `chefrs help chefrs.toml` explains every key.

[project]
name = "[name]"

# Attributes of cookbooks, for all machines: `chefrs explain -r server` shows which there are.
[attributes]

# Cookbooks from elsewhere: `chefrs add` writes them.
[cookbooks]
"#;

const README: &str = "# [name]

    chefrs check                   # every recipe, and the tests
    chefrs plan -r server          # what it would change on this machine
    chefrs run -r server           # changes it
    chefrs run -r server -t web1   # the same on another machine, over SSH

| part | what it is |
| --- | --- |
| `recipes/` | what machines have |
| `tests/` | what the recipes compile to, without a machine |
| `cookbooks/` | cookbooks of this project: `chefrs new cookbook NAME` |
| `nodes/` | the machines, with their run lists: `chefrs help node-files` |
";

const RECIPE: &str = r#"-- What a server of this project has.

local folder = "/tmp/chefrs-[name]"

directory(folder) { mode = "0755" }

file(`{folder}/about.txt`) {
  content = `{node.hostname} runs {node.platform} {node.platform_version}.\n`,
  mode = "0644",
}
"#;

const TESTS: &str = r#"-- What the recipe compiles to. `chefrs help tests` explains what a test can say.

test "the platform is told" {
  facts = { "debian-12", hostname = "web1" },
  run_list = { "server" },
  expect = function(run)
    local about = run:resource "file[/tmp/chefrs-[name]/about.txt]"
    contains(about.content, "web1 runs debian 12")
  end,
}
"#;
