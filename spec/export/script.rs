//! What an exported script does: the same as a run, once; and what it says before and after.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::{SHELLS, lay_out, of_recipe, of_template};
use crate::patience::CallInTime as _;

/// A script of a recipe for a directory, which `[DIR]` names. It does not ask which system it is on.
pub struct Script {
    pub directory: TempDir,
    shell: &'static [&'static str],
    variables: BTreeMap<String, String>,
}

impl Script {
    pub fn new(shell: &'static [&'static str], recipe: &str) -> Self {
        Self::with_template(shell, recipe, "")
    }

    fn with_template(shell: &'static [&'static str], recipe: &str, template: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().to_str().unwrap();
        let (text, _) = of_template("sh", &recipe.replace("[DIR]", place), template);
        let any_system = text.replace("!= 'debian 12' ]", "= none ]");
        assert_ne!(text, any_system, "{text}");
        fs::create_dir(directory.path().join(".script")).unwrap();
        fs::write(directory.path().join(".script/converge.sh"), any_system).unwrap();
        Self { directory, shell, variables: BTreeMap::new() }
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(self.shell[0]);
        command.args(&self.shell[1..]).arg(self.directory.path().join(".script/converge.sh")).args(words);
        command.env_clear().env("PATH", "/usr/bin:/bin").envs(&self.variables);
        command.output_in_time().unwrap()
    }

    /// A run that ends with a status: what it says.
    pub fn ends(&self, words: &[&str], status: i32) -> String {
        let output = self.run(words);
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{:?} {words:?}\n{said}", self.shell);
        said
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.directory.path().join(path)).unwrap_or_default()
    }
}

/// Everything below a directory: paths, kinds, modes and contents.
pub fn tree(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let stat = fs::symlink_metadata(&path).unwrap();
            let name = path.strip_prefix(directory).unwrap().to_owned();
            if name.starts_with(".script") {
                continue;
            }
            let what = if stat.is_dir() {
                open.push(path);
                "directory".to_owned()
            } else if stat.is_symlink() {
                format!("link to {}", fs::read_link(&path).unwrap().display())
            } else {
                format!("{:?}", String::from_utf8_lossy(&fs::read(&path).unwrap()))
            };
            found.push(format!("{} {:o} {what}", name.display(), stat.mode()));
        }
    }
    found.sort();
    found
}

const MANY: &str = r#"
directory "[DIR]/a" { mode = "0750" }
directory "[DIR]/b/c/d" { recursive = true, parent_mode = "0711" }
file "[DIR]/a/text" { content = "one\ntwo", mode = "0640" }
file "[DIR]/a/empty" {}
file "[DIR]/a/end" { content = "END\nEND_2\n", action = "create_if_missing" }
link "[DIR]/a/link" { to = "text" }
link "[DIR]/a/hard" { to = "[DIR]/a/text", link_type = "hard" }
file "[DIR]/gone" { action = "delete" }
execute "make it" { command = "echo made >made", cwd = "[DIR]/a", creates = "[DIR]/a/made" }
execute "input" { command = { "tee", "[DIR]/a/tee" }, input = "in\n", not_if = exists "[DIR]/a/tee" }
file "[DIR]/a/never" { only_if = false }
file "[DIR]/a/again" { content = contents "[DIR]/a/made" }
line "two lines" { path = "[DIR]/a/end", line = "three", after = "^END$" }
block "mine" { path = "[DIR]/a/end", content = "inside\n" }
edit "[DIR]/a/app.ini" { values = { top = 1, part = { key = "new", other = "x" } }, only_if = exists "[DIR]/a/app.ini" }
"#;

#[test]
fn a_script_does_once_what_a_run_does() {
    for shell in SHELLS {
        let script = Script::new(shell, MANY);
        let there = script.directory.path().join("gone");
        fs::write(there, "x").unwrap();
        let before = tree(script.directory.path());
        let said = script.ends(&["--check"], 2);
        assert!(said.contains("would change: file["), "{shell:?}\n{said}");
        assert_eq!(tree(script.directory.path()), before, "{shell:?}");
        script.ends(&[], 0);
        let after = tree(script.directory.path());
        let said = script.ends(&[], 0);
        assert!(said.contains("0 updated"), "{shell:?}\n{said}");
        script.ends(&["--check"], 0);
        assert_eq!(tree(script.directory.path()), after, "{shell:?}");

        let own = tempfile::tempdir().unwrap();
        let place = own.path().join("there");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("gone"), "x").unwrap();
        lay_out(own.path(), &MANY.replace("[DIR]", place.to_str().unwrap()), "");
        let run = run_of(own.path()).output_in_time().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        assert_eq!(after, tree(&place), "{shell:?}");
    }
}

/// chefrs' own run of a project.
pub fn run_of(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
    command.args(["run", "-r", "main"]).current_dir(root).env("CHEFRS_STATE_DIRECTORY", root.join("state"));
    command
}

/// Values that exist only on the machine, in the words of a template that quote.
const QUOTING: &str = "plain = {{odd}}\nshell = {{shell odd}} {{shell list}}\njson = {{json odd}}, {{json list.[1]}}\n\
                       ini = {{ini odd}}\nini = {{ini quiet}}\n{{#if file}}file = {{json file}}{{shell file}}{{/if}}\n";
const QUOTED: &str = r#"
template "[DIR]/out" {
  source = "main.hbs",
  variables = {
    odd = secret "odd",
    quiet = secret "quiet",
    list = { "it's", secret "odd" },
    file = "the " .. contents "[DIR]/value",
  },
}
"#;

#[test]
fn a_script_quotes_as_a_template_does() {
    let odd = " $(touch x) `id` it's a \"b\" \\ c\\\\d & \u{e9}\t;# ";
    let value = "several\n'lines' of \"text\"\\\n\u{1}\n\n";
    let own = tempfile::tempdir().unwrap();
    fs::write(own.path().join("value"), value).unwrap();
    lay_out(own.path(), &QUOTED.replace("[DIR]", own.path().to_str().unwrap()), QUOTING);
    let mut run = run_of(own.path());
    run.env("CHEFRS_SECRET_ODD", odd).env("CHEFRS_SECRET_QUIET", "quiet");
    let run = run.output_in_time().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let expected = fs::read_to_string(own.path().join("out")).unwrap();
    for shell in SHELLS {
        let script = Script::with_template(shell, QUOTED, QUOTING)
            .env("CHEFRS_SECRET_ODD", odd)
            .env("CHEFRS_SECRET_QUIET", "quiet");
        fs::write(script.directory.path().join("value"), value).unwrap();
        script.ends(&["--check"], 2);
        let said = script.ends(&[], 0);
        assert_eq!(script.read("out"), expected, "{shell:?}");
        assert!(!said.contains("it's"), "{said}");
        script.ends(&["--check"], 0);
        // What a template refuses, a script does.
        let script = script.env("CHEFRS_SECRET_QUIET", "two\nlines");
        let said = script.ends(&[], 1);
        assert!(said.contains("a value for a line of an INI file has several lines"), "{said}");
        assert_eq!(script.read("out"), expected, "{shell:?}");
    }
    let (notes, _) = of_template("markdown", &QUOTED.replace("[DIR]", "/srv"), QUOTING);
    assert!(
        notes.contains("shell = '<secret odd, quoted for a shell>' 'it'\\''s' '<secret odd, "),
        "{notes}"
    );
    assert!(
        notes.contains("For a value that is quoted for a shell, write `'\\''` for each `'` of it.\n"),
        "{notes}"
    );
}

#[test]
fn what_a_template_does_otherwise_with_a_value_is_told() {
    let recipe = "template \"/etc/a\" { source = \"main.hbs\", variables = { odd = secret \"odd\" } }\n";
    for template in [
        "{{upper odd}}",
        "{{toml odd}}",
        "{{len odd}}",
        "  {{indent odd 2}}",
        "{{shell (json odd)}}",
        "{{ini odd}}{{indent odd 2}}",
        "{{#if (eq odd \"\")}}a{{/if}}{{#if (gt (len odd) 9)}}b{{/if}}",
    ] {
        let (_, losses) = of_template("sh", recipe, template);
        assert!(losses.len() == 1 && losses[0].starts_with("template[/etc/a] "), "{template}: {losses:?}");
    }
}

#[test]
fn what_is_owed_runs_after_a_failure_and_once() {
    let recipe = r#"
local late = execute "late" { command = "echo late >>[DIR]/log", action = "nothing" }
local lucky = execute "lucky" { command = "echo lucky >>[DIR]/log", action = "nothing" }
local now = execute "now" { command = "echo now >>[DIR]/log", action = "nothing" }
local before = execute "before" { command = "echo before >>[DIR]/log", action = "nothing" }
file "[DIR]/one" { notifies = { { "run", late }, { "run", now, "immediately" }, { "run", before, "before" } } }
file "[DIR]/two" { notifies = { "run", late } }
file "[DIR]/three" { notifies = { { "run", lucky, on_failure = "skip" } } }
execute "fails" { command = "exit 3" }
execute "is not reached" { command = "echo reached >>[DIR]/log" }
"#;
    for shell in SHELLS {
        let script = Script::new(shell, recipe);
        let said = script.ends(&[], 1);
        assert!(said.contains("failed: execute[fails]"), "{said}");
        assert_eq!(script.read("log"), "before\nnow\nlate\n", "{shell:?}\n{said}");
    }
}

#[test]
fn retries_come_first_and_an_ignored_failure_ends_nothing() {
    let recipe = r#"
local told = execute "told" { command = "echo told >>[DIR]/log", action = "nothing" }
execute "third" {
  command = "echo try >>[DIR]/log; test $(grep -c try [DIR]/log) -ge 3",
  retries = 5,
  retry_delay = 0,
}
execute "ignored" { command = "false", ignore_failure = true, on_failure = { "run", told } }
execute "goes on" { command = "echo on >>[DIR]/log" }
"#;
    for shell in SHELLS {
        let script = Script::new(shell, recipe);
        let said = script.ends(&[], 0);
        assert_eq!(script.read("log"), "try\ntry\ntry\ntold\non\n", "{shell:?}\n{said}");
    }
}

#[test]
fn secrets_that_are_missing_are_listed_before_anything_changes() {
    let recipe = "file \"[DIR]/a\" {}\nfile \"[DIR]/b\" { content = secret \"one\" .. secret \"two\" }\n";
    for shell in SHELLS {
        let script = Script::new(shell, recipe).env("CHEFRS_SECRET_TWO", "2");
        let said = script.ends(&[], 1);
        assert!(said.contains("CHEFRS_SECRET_ONE") && !said.contains("CHEFRS_SECRET_TWO"), "{said}");
        assert_eq!(tree(script.directory.path()), Vec::<String>::new(), "{shell:?}");
        let file = script.directory.path().join(".script/one");
        fs::write(&file, "1$(touch x)`id`\\\n").unwrap();
        let script = script.env("CHEFRS_SECRET_ONE_FILE", file.to_str().unwrap());
        let said = script.ends(&[], 0);
        assert_eq!(script.read("b"), "1$(touch x)`id`\\2", "{shell:?}");
        assert!(!said.contains("touch x"), "{said}");
        let mode = fs::metadata(script.directory.path().join("b")).unwrap().mode() & 0o777;
        assert_eq!(mode, 0o600, "{shell:?}");
    }
}

#[test]
fn a_guard_that_cannot_be_run_is_an_error() {
    for shell in SHELLS {
        let script = Script::new(shell, "file \"[DIR]/a\" { not_if = \"no-such-program\" }\n");
        assert!(script.ends(&[], 1).contains("the guard could not be run: status 127"), "{shell:?}");
    }
}

#[test]
fn another_system_is_refused() {
    let (text, _) = of_recipe("sh", "file \"/etc/motd\" {}\n");
    assert!(
        text.contains("!= 'debian 12' ]; then\n  echo \"this script is for debian 12\" >&2\n  exit 1\n"),
        "{text}"
    );
}
