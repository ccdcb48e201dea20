//! What is asked for makes no sense: everything wrong is told at once, nothing is touched.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};

use crate::cli::program::Program;
use crate::patience::CallInTime as _;

const MOTD: &str = r#"file "[DIR]/motd" { content = "x" }"#;

#[test]
fn mistakes_of_all_kinds_are_told_together() {
    let recipe = "file \"[DIR]/motd\" { contnt = \"x\", mode = 0644 }\n\
                  directory \"/y\" { recursive = \"yes\" }\n\
                  template \"/z\" { source = \"broken.hbs\" }\n\
                  template \"/z\" { source = \"open.hbs\", variables = { name = \"ada\" } }\n\
                  template \"/z\" { source = \"circle.hbs\" }\n\
                  file \"/k\" { content = node.platfrom }\n";
    let output = Program::new(&["run", "-r", "motd,moto,site"])
        .file("recipes/motd.lua", MOTD)
        .file("recipes/site.lua", recipe)
        .file("templates/broken.hbs", "{{#if x}}\n")
        .file("templates/open.hbs", "hello {{ nmae }}\n")
        .file("templates/circle.hbs", "{{> circle }}\n")
        .stderr_has("error: file[[DIR]/motd] has no property `contnt`\n  --> recipes/site.lua:1\n")
        .stderr_has(
            "error: file[[DIR]/motd]: property `mode` takes an octal mode in quotes, such as \"0644\"",
        )
        .stderr_has(
            "error: directory[/y]: property `recursive` takes true or false, not the string \"yes\"\n",
        )
        .stderr_has(
            "error: `{{#if}}` is never closed\n  --> templates/broken.hbs:1\n1 | {{#if x}}\n\
             note: used by template[/z], declared at recipes/site.lua:3\n",
        )
        .stderr_has("`nmae`")
        .stderr_has("error: partials include each other: circle -> circle\n  --> templates/circle.hbs:1\n")
        .stderr_has(
            "error: attribute `node.platfrom` is not set\n  --> recipes/site.lua:6\n\
             6 | file \"/k\" { content = node.platfrom }\nhint: did you mean `node.platform`?\n",
        )
        .stderr_has(
            "error: the run list names `moto`, but there is no such recipe or cookbook\n\
             hint: did you mean `motd`?\n",
        )
        .status(3)
        .check();
    assert!(!output.directory.path().join("motd").exists());
}

#[test]
fn a_project_that_is_not_there() {
    for (project, message) in [
        ("gone", "there is no directory `gone`"),
        ("recipes/motd.lua", "`recipes/motd.lua` is not a directory"),
    ] {
        Program::new(&["run", "-r", "motd", "--project", project])
            .file("recipes/motd.lua", MOTD)
            .stderr(&format!(
                "error: {message}\nhint: `--project` takes the directory that holds `recipes/`\n"
            ))
            .status(64)
            .check();
    }
}

#[test]
fn attributes_that_make_no_sense() {
    let words = [
        &["run", "-r", "motd", "-j", "broken.json", "-j", "broken.toml", "-j", "list.json"][..],
        &["-j", "folder.json", "-j", "gone.json", "--set", "novalue", "--set", "=3", "--set", "a..b=1"],
        &["--set", r#"ports=["a",80"#],
    ]
    .concat();
    let output = Program::new(&words)
        .file("recipes/motd.lua", MOTD)
        .file("broken.json", "{\"a\":\n")
        .file("broken.toml", "a = 1\nb = \n")
        .file("list.json", "[1]")
        .file("folder.json/x", "")
        .stderr(
            "error: this is not JSON: EOF while parsing a value\n  --> broken.json:2\n\n\
             error: this is not TOML: string values must be quoted, expected literal string\n  \
             --> broken.toml:2\n2 | b =\n\n\
             error: this is not a JSON object\n  --> list.json:1\n1 | [1]\n\
             hint: write `{ \"nginx\": { \"port\": 81 } }`\n\n\
             error: `folder.json` is a directory, not a file\n\n\
             error: there is no file `gone.json`\n\n\
             error: `--set novalue` has no `=`\n\
             hint: write `--set novalue=VALUE`, such as `--set nginx.port=81`\n\n\
             error: `` is not an attribute\n  --> --set =3\n\
             hint: name an attribute by its dotted path, such as `nginx.port`\n\n\
             error: `a..b` is not an attribute\n  --> --set a..b=1\n\
             hint: name an attribute by its dotted path, such as `nginx.port`\n\n\
             error: the value of `ports` is not JSON: EOF while parsing a list at line 1 column 7\n  \
             --> --set ports=[\"a\",80\n\
             hint: put the whole word in single quotes for the shell: --set 'ports=[\"a\",80'\n",
        )
        .status(64)
        .check();
    assert!(!output.directory.path().join("motd").exists());
}

#[test]
fn what_only_looks_like_json_is_a_string() {
    let output = Program::new(&["run", "-r", "motd", "--set", "listen=[::]:80", "--set", "words={x}"])
        .file("recipes/motd.lua", r#"file "[DIR]/motd" { content = node.listen .. node.words }"#)
        .stdout_has("1 updated")
        .check();
    assert_eq!(std::fs::read_to_string(output.directory.path().join("motd")).unwrap(), "[::]:80{x}");
}

#[test]
fn settings_that_make_no_sense() {
    for (text, message) in [
        (
            "x = [\n",
            "error: this is not TOML: unclosed array, expected `]`\n  --> chefrs.toml:1\n1 | x = [\n",
        ),
        (
            "bogus = 1\n",
            "error: `bogus` is not a known key\n  --> chefrs.toml:1\n1 | bogus = 1\n\
             hint: known keys are `project`, `inventory`, `become_password`, `secrets`, `defaults`, \
             `handlers`, `cookbooks`, `registries`, \
             `override`, `grants`, `deny`, `trust`, `attributes`, and `unset`\n",
        ),
    ] {
        let output = Program::new(&["run", "-r", "motd"])
            .file("recipes/motd.lua", MOTD)
            .file("chefrs.toml", text)
            .stderr(message)
            .status(3)
            .check();
        assert!(!output.directory.path().join("motd").exists());
    }
    Program::new(&["run", "-r", "motd"])
        .file("recipes/motd.lua", MOTD)
        .file("chefrs.toml/x", "")
        .stderr("error: `chefrs.toml` is not a file\n  --> chefrs.toml\nhint: name a regular file\n")
        .status(3)
        .check();
}

#[test]
fn a_word_that_is_no_text() {
    let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args([OsStr::new("plan"), OsStr::new("-r"), OsStr::from_bytes(b"mo\xfftd")])
        .stdin(Stdio::null())
        .output_in_time()
        .unwrap();
    assert_eq!(output.status.code(), Some(64));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.starts_with("error: invalid UTF-8 was detected in one or more arguments\n"), "{words}");
}

#[test]
fn a_recipe_that_is_no_text_or_leads_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let recipes = directory.path().join("recipes");
    std::fs::create_dir(&recipes).unwrap();
    std::fs::write(recipes.join("latin.lua"), b"file \"/x\xe4\" {}").unwrap();
    std::fs::write(recipes.join("huge.lua"), vec![b'-'; 300 * 1024]).unwrap();
    std::os::unix::fs::symlink("gone.lua", recipes.join("loose.lua")).unwrap();
    Program::new(&["plan", "-r", "latin,huge,loose"])
        .within(directory)
        .stderr(
            "error: the file is not UTF-8 text\n  --> recipes/latin.lua\n\
             hint: save it as UTF-8, or put it into `files/` if it is not text\n\n\
             error: the file is larger than 256 KiB\n  --> recipes/huge.lua\n\
             hint: recipes, templates and manifests are small; large content belongs in `files/`\n\n\
             error: the symlink is broken\n  --> recipes/loose.lua\n\
             hint: remove the link, or create what it points to\n",
        )
        .status(3)
        .check();
}

#[test]
fn more_resources_than_anybody_means() {
    Program::new(&["plan", "-r", "many"])
        .file("recipes/many.lua", "for i = 1, 100001 do file(`/gone/{i}`, { action = \"delete\" }) end\n")
        .stderr(
            "error: more than 100000 resources are declared\n  --> recipes/many.lua:1\n\
             1 | for i = 1, 100001 do file(`/gone/{i}`, { action = \"delete\" }) end\n",
        )
        .status(3)
        .check();
}

#[test]
fn a_hundred_thousand_resources_fit_into_half_a_gigabyte() {
    let project = tempfile::tempdir().unwrap();
    std::fs::create_dir(project.path().join("recipes")).unwrap();
    let recipe = "for i = 1, 100000 do file(`/gone/{i}`, { action = \"delete\" }) end\n";
    std::fs::write(project.path().join("recipes/many.lua"), recipe).unwrap();
    // `exec`, so that the limit holds for the program and the status is its own.
    let output = Command::new("sh")
        .args(["-c", "ulimit -d 512000 && exec \"$0\" run -r many", env!("CARGO_BIN_EXE_chefrs")])
        .current_dir(project.path())
        .env("CHEFRS_STATE_DIRECTORY", project.path().join(".state"))
        .stdin(Stdio::null())
        .output_in_time()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        words.contains("0 updated, 100000 up to date, 0 failed"),
        "{words}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
