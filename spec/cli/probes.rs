//! Probes of cookbooks: what this machine answers is in the facts, in the collection and in the plan.

use super::program::{Output, Program};

const MANIFEST: &str = "name = \"web\"\nversion = \"1.0.0\"\n";

const PROBES: &str = "return probes {
  names = probe.command {
    command = { \"printf\", \"%s\\\\n\", \"b\", \"a\" },
    read = \"lines\",
    doc = \"What there is.\",
    example = { \"x\", \"y\", \"z\" },
  },
  release = probe.file { path = \"[DIR]/release\" },
  absent = probe.version { command = { \"no-such-program\", \"--version\" } },
}
";

const RECIPE: &str =
    "for _, name in ipairs(node.web.names) do file(`[DIR]/made/{name}`) { content = name } end
if node.web.release then file \"[DIR]/made/release\" { content = node.web.release } end
assert(node.web.absent == nil)
";

/// A project whose cookbook `web` has these probes and this recipe.
fn project(words: &[&str], probes: &str, recipe: &str) -> Program {
    Program::new(words)
        .file("cookbooks/web/cookbook.toml", MANIFEST)
        .file("cookbooks/web/facts.lua", probes)
        .file("cookbooks/web/recipes/default.lua", recipe)
        .file("made/.keep", "")
}

fn usual(words: &[&str]) -> Program {
    project(words, PROBES, RECIPE)
}

#[test]
fn a_file_for_each_line_and_the_plan_is_true() {
    let planned = usual(&["plan", "-r", "web"]).file("release", "1.0\n").output();
    assert_eq!(planned.status, 2, "{}{}", planned.stdout, planned.stderr);
    for name in ["a", "b", "release"] {
        assert!(
            planned.stdout.contains(&format!("file[[DIR]/made/{name}] create: would create file")),
            "{}",
            planned.stdout
        );
    }
    let run = |directory| Program::new(&["run", "-r", "web"]).within(directory).output();
    let Output { stdout, directory, .. } = run(planned.directory);
    assert!(stdout.contains("3 updated, 0 up to date, 0 failed"), "{stdout}");
    let Output { stdout, directory, .. } = run(directory);
    assert!(stdout.contains("0 updated, 3 up to date, 0 failed"), "{stdout}");
    std::fs::remove_file(directory.path().join("release")).unwrap();
    let Output { stdout, .. } = run(directory);
    assert!(stdout.contains("0 updated, 2 up to date, 0 failed"), "{stdout}");
}

#[test]
fn facts_show_them_and_recorded_ones_hold_them() {
    let facts = usual(&["facts", "probes"]).file("release", "1.0\n").output();
    assert_eq!(facts.status, 0, "{}", facts.stderr);
    let answers: serde_json::Value = serde_json::from_str(&facts.stdout).unwrap();
    assert_eq!(
        answers,
        serde_json::json!({ "web": { "absent": null, "names": ["b", "a"], "release": "1.0\n" } })
    );
    let all = Program::new(&["facts"]).within(facts.directory).output();
    let list = ["compile", "-r", "web", "--facts", "mine.json", "--format", "list"];
    // What the machine says now does not count.
    usual(&list)
        .file("mine.json", &all.stdout.replace("\"b\",", "\"c\","))
        .stdout_has("file[[DIR]/made/c] create")
        .stdout_has("file[[DIR]/made/a] create")
        .stdout_has("file[[DIR]/made/release] create")
        .check();
}

#[test]
fn a_single_fact_asks_no_probes() {
    let hangs = "return probes { a = probe.command { command = { command = \"sleep 60\", timeout = 60 } } }";
    let said = project(&["facts", "platform"], hangs, "").output();
    assert_eq!((said.status, said.stderr.as_str()), (0, ""));
}

#[test]
fn check_takes_the_example() {
    usual(&["check", "-r", "web"])
        .stdout("checked 1 recipe with the facts of debian-12 and ubuntu-24.04: no problems found\n")
        .check();
    usual(&["compile", "-r", "web", "--facts", "debian-12", "--format", "list"])
        .stdout(
            "file[[DIR]/made/x] create  cookbooks/web/recipes/default.lua:1\n\
             file[[DIR]/made/y] create  cookbooks/web/recipes/default.lua:1\n\
             file[[DIR]/made/z] create  cookbooks/web/recipes/default.lua:1\n",
        )
        .check();
}

#[test]
fn the_collection_names_them() {
    let compile = || usual(&["compile", "-r", "web"]).output().stdout;
    let collection: serde_json::Value = serde_json::from_str(&compile()).unwrap();
    let probes = collection["probes"].as_array().unwrap();
    let names: Vec<&str> = probes.iter().map(|probe| probe["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["absent", "names", "release"]);
    assert_eq!(probes[0].get("sha256"), None);
    assert_eq!(probes[1]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(probes[1]["location"]["file"], "cookbooks/web/facts.lua");
    assert_eq!(compile(), compile());
}

#[test]
fn explain_says_where_a_value_comes_from() {
    usual(&["explain", "web.names"])
        .stdout(
            "web.names = [\"b\",\"a\"]\n  What there is.\n  \
             * probe             [\"b\",\"a\"]  (cookbooks/web/facts.lua:2)\n",
        )
        .check();
    usual(&["explain", "web.absent"])
        .stdout("web.absent = null\n  * probe             nothing  (cookbooks/web/facts.lua:9)\n")
        .check();
    usual(&["explain", "web.names", "--facts", "debian-12"])
        .stdout(
            "web.names = [\"x\",\"y\",\"z\"]\n  What there is.\n  \
             * probe example     [\"x\",\"y\",\"z\"]  (cookbooks/web/facts.lua:2)\n",
        )
        .check();
}

#[test]
fn without_commands_the_example_counts_and_a_warning_says_so() {
    let planned = usual(&["plan", "-r", "web", "--no-commands"]).file("release", "1.0\n").output();
    assert!(planned.stdout.contains("made/x]"), "{}", planned.stdout);
    assert!(!planned.stdout.contains("made/a]"), "{}", planned.stdout);
    assert!(planned.stdout.contains("made/release]"), "{}", planned.stdout);
    let said = planned.stdout + &planned.stderr;
    assert!(
        said.contains(
            "warning: the probe `web.names` was not asked, because it runs a command: `--no-commands`\n"
        ),
        "{said}"
    );
    let facts = usual(&["facts", "probes", "--no-commands"]).output();
    assert_eq!(facts.stdout, "{\n  \"web\": {\n    \"release\": null\n  }\n}\n");
}

/// A probe of a command that does something bad: nothing is changed, and the message says which it is.
fn refused(command: &str, message: &str) {
    let probes = format!("return probes {{\n  bad = probe.command {{ command = {command} }},\n}}\n");
    let recipe = "file \"[DIR]/made/x\" { content = \"x\" }";
    for verb in ["plan", "run"] {
        let said = project(&[verb, "-r", "web"], &probes, recipe).output();
        assert_eq!((said.status, said.stdout.as_str()), (1, ""), "{}", said.stderr);
        let wanted =
            format!("error: the probe `web.bad` {message}, on `local`\n  --> cookbooks/web/facts.lua:2\n2 |");
        assert!(said.stderr.contains(&wanted), "{}", said.stderr);
        assert!(!said.directory.path().join("made/x").exists());
    }
}

#[test]
fn one_that_hangs_is_stopped() {
    refused("{ command = \"sleep 60\", timeout = 1 }", "did not end within 1 second");
}

#[test]
fn control_characters_are_refused() {
    refused("{ \"printf\", \"\\\\033[2J\" }", "gave an answer that holds the control character U+001B");
}

#[test]
fn a_megabyte_is_refused() {
    refused("\"head -c 1000000 /dev/zero | tr '\\\\000' x\"", "printed more than 256 KiB");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    refused("{ \"printf\", \"\\\\377\" }", "printed more than 1 MiB, or bytes that are not UTF-8 text");
}

#[test]
fn only_what_the_run_list_reaches_is_asked() {
    let marks = "return probes { a = probe.command { command = \"touch [DIR]/asked\" } }";
    let with = |words: &[&str]| {
        project(words, marks, "file \"[DIR]/made/web\"")
            .file("recipes/other.lua", "file \"[DIR]/made/other\"")
            .file("recipes/site.lua", "include_recipe \"part\"")
            .file("recipes/part.lua", "include_recipe \"web\"")
            .file("recipes/hidden.lua", "include_recipe(\"we\" .. \"b\")")
            .output()
    };
    let is_asked = |output: &Output| output.directory.path().join("asked").exists();
    let other = with(&["plan", "-r", "other"]);
    assert_eq!((other.status, is_asked(&other)), (2, false), "{}", other.stderr);
    let site = with(&["plan", "-r", "site"]);
    assert_eq!((site.status, is_asked(&site)), (2, true), "{}", site.stderr);
    let named = with(&["plan", "-r", "::part"]);
    assert_eq!((named.status, is_asked(&named)), (2, true), "{}", named.stderr);
    let typed = with(&["plan", "-e", "include_recipe \"part\""]);
    assert_eq!((typed.status, is_asked(&typed)), (2, true), "{}", typed.stderr);
    let hidden = with(&["plan", "-r", "hidden"]);
    assert_eq!((hidden.status, is_asked(&hidden)), (3, false), "{}", hidden.stdout);
    assert!(hidden.stderr.contains("error: the probes of `web` were not asked"), "{}", hidden.stderr);
}

#[test]
fn a_probe_file_of_the_project_is_a_warning() {
    Program::new(&["check", "-r", "a"])
        .file("recipes/a.lua", "file \"/x\"")
        .file("facts.lua", "return probes {}")
        .stdout_has("warning: nothing reads this file: only a cookbook declares probes\n  --> facts.lua\n")
        .check();
}
