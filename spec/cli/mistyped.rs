//! Words that make no sense, one after another, against what is said of each: most are right for another tool.

use std::fmt::Write as _;

use super::program::Program;
use crate::goldens;

/// Command lines, as somebody types them who knows another tool, or knows this one a little.
const TYPED: &[&str] = &[
    // Commands.
    "new site",
    "init",
    "fmt",
    "rspec",
    "apply",
    "converge",
    "playbook",
    "state.apply",
    "highstate",
    "agent",
    "agent -t",
    "cmd.run",
    "ssh",
    "ping",
    "lint",
    "validate",
    "diff",
    "deploy",
    "inventory",
    "list",
    "doc",
    "lookup",
    "ohai",
    "facter",
    "history",
    "bootstrap",
    "upload",
    "galaxy",
    "vault",
    "version",
    "compil",
    "hello",
    "frobnicate!",
    // A recipe without its option.
    "run hello",
    "plan hello",
    "check web",
    "compile hello.lua",
    "run recipes/web.lua",
    "run site.yml",
    "run -r web db",
    "run recipe[nginx::default]",
    "run nginx.port=81",
    "run 'a b'",
    "status web1",
    "completions bash zsh",
    // Options.
    "run -r web --check",
    "run -r web -C",
    "run -r web --dry-run",
    "run -r web -n",
    "run -r web --noop",
    "run -r web --why-run",
    "run -r web test=True",
    "run -r web --diff",
    "run -r web --tags x",
    "run -r web --tags=x",
    "run -r web --skip-tags x",
    "run -r web -l web1",
    "run -r web --limit web1",
    "run -r web -i hosts",
    "run -r web --inventory hosts",
    "run -r web -e x=1",
    "run -r web --extra-vars x=1",
    "run -r web -u deploy",
    "run -r web --private-key k",
    "run -r web -k",
    "run -r web -K",
    "run -r web -b",
    "run -r web --become-user x",
    "run -r web -f 5",
    "run -r web -o web",
    "run -r web -z",
    "run -r web -E prod",
    "run -r web -c solo.rb",
    "run -r web -N web1",
    "run -r web --environment prod",
    "run -r web --debug",
    "run -r web --syntax-check",
    "run -r web --list-hosts",
    "run -r web -y",
    "run -r web --silent",
    "run -r web --vault-password-file x",
    "run -r web --verbos",
    "run -r web --frobnicate",
    "--frobnicate",
    "-r web",
    // What the parser says well enough itself.
    "run -r web --forks x",
    "run -r web --engine x",
];

#[test]
fn each_is_answered_with_what_to_type_instead() {
    let mut told = String::new();
    for typed in TYPED {
        let words: Vec<&str> = if typed.contains('\'') {
            typed.split('\'').map(str::trim).filter(|word| !word.is_empty()).collect()
        } else {
            typed.split(' ').collect()
        };
        let output = Program::new(&words).output();
        assert_eq!((output.status, output.stdout.as_str()), (64, ""), "chefrs {typed}");
        write!(told, "$ chefrs {typed}\n{}\n", output.stderr).unwrap();
    }
    goldens::none(&Vec::from_iter(goldens::compare(&goldens::spec("cli/mistyped.txt"), &told)));
}

#[test]
fn more_than_one_v_is_one() {
    let recipe = "link \"/nowhere/at/all\" { action = \"delete\" }\n";
    let plan = |flag| Program::new(&["plan", flag, "-r", "web"]).file("recipes/web.lua", recipe).output();
    let (one, several) = (plan("-v"), plan("-vvv"));
    assert_eq!((one.status, several.status), (0, 0), "{}{}", one.stderr, several.stderr);
    assert_eq!(one.stdout.lines().count(), several.stdout.lines().count());
}

#[test]
fn nothing_at_all_is_answered_with_a_first_step() {
    Program::new(&[]).stderr_has("A first step: `chefrs plan -r hello`").status(64).check();
}

#[test]
fn an_empty_directory_is_answered_with_a_first_step() {
    for verb in ["run", "plan", "check", "compile"] {
        Program::new(&[verb])
            .stderr_has("note: this directory has no recipes; these ship with chefrs")
            .stderr_has("hint: a first step: `chefrs plan -r hello`")
            .stderr_has("hint: a recipe of your own is a file: `recipes/NAME.lua`")
            .status(64)
            .check();
    }
}
