//! Saved plans: `plan --out FILE`, and `run FILE`, which applies exactly that or nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use chefrs::model::content::{hex, sha256};
use nix::sys::stat::Mode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::patience::CallInTime as _;

mod foreseen;

const TWO: &str = "file \"[DIR]/one\" { content = \"1\\n\", notifies = { \"run\", \"execute[told]\" } }\n\
                   file \"[DIR]/two\" { content = \"2\\n\" }\n\
                   execute \"told\" { command = \"touch [DIR]/told\", action = \"nothing\" }\n";
const WAY_OUT: &str = "plan again: `chefrs plan --recipe=two --out p.json`\n";

fn project(recipe: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("recipes")).unwrap();
    recipe_is(place.path(), recipe);
    place
}

fn recipe_is(place: &Path, recipe: &str) {
    fs::write(place.join("recipes/two.lua"), recipe.replace("[DIR]", place.to_str().unwrap())).unwrap();
}

fn command(place: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
    command
        .args(words)
        .current_dir(place)
        .env_clear()
        .env("HOME", place)
        .env("PATH", "/usr/bin:/bin")
        .env("NO_COLOR", "1")
        .env("CHEFRS_STATE_DIRECTORY", place.join(".state"))
        .stdin(Stdio::null());
    command
}

/// Exit code, standard output, standard error; the directory reads `[DIR]`.
fn told(mut command: Command) -> (i32, String, String) {
    let place = command.get_current_dir().unwrap().to_str().unwrap().to_owned();
    let output = command.output_in_time().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&place, "[DIR]");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn call(place: &Path, words: &[&str]) -> (i32, String, String) {
    told(command(place, words))
}

/// Plans the recipe, and saves that as `p.json`.
fn planned(place: &Path, words: &[&str]) {
    let words = [&["plan", "-r", "two", "--out", "p.json"], words].concat();
    let (status, stdout, stderr) = call(place, &words);
    assert!(matches!(status, 0 | 2), "{stdout}{stderr}");
    assert_eq!(stderr, "the plan is saved: `chefrs run p.json` applies it\n", "{stdout}");
}

/// Applies it.
fn applied(place: &Path) -> (i32, String, String) {
    call(place, &["run", "p.json"])
}

fn made(place: &Path) -> Vec<&'static str> {
    ["one", "two", "told"].into_iter().filter(|name| place.join(name).exists()).collect()
}

/// Edits the plan, with the sum that it would have had.
fn edited(place: &Path, edit: impl FnOnce(&mut Value)) {
    let mut plan: Value = serde_json::from_slice(&fs::read(place.join("p.json")).unwrap()).unwrap();
    plan.as_object_mut().unwrap().remove("sum");
    edit(&mut plan);
    let sum = sha256(plan.to_string().as_bytes());
    plan["sum"] = json!(sum);
    fs::write(place.join("p.json"), plan.to_string()).unwrap();
}

#[test]
fn a_plan_is_applied_as_it_was_saved() {
    let place = project(TWO);
    let place = place.path();
    planned(place, &[]);
    assert_eq!(made(place), Vec::<&str>::new());
    let mode = fs::metadata(place.join("p.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(fs::read_to_string(place.join("p.json")).unwrap().starts_with("{\n  \"schema\": 1,\n"));
    let (status, stdout, stderr) = applied(place);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(stdout.starts_with("converging local: two (3 resources)\n"), "{stdout}");
    assert!(stdout.contains("3 updated, 0 up to date, 0 failed"), "{stdout}");
    assert_eq!(made(place), ["one", "two", "told"]);
}

#[test]
fn it_is_applied_once() {
    let place = project(TWO);
    planned(place.path(), &[]);
    assert_eq!(applied(place.path()).0, 0);
    let (status, stdout, stderr) = applied(place.path());
    assert_eq!((status, stdout.as_str()), (2, ""), "{stderr}");
    assert_eq!(
        stderr,
        format!(
            "error: local has changed since it was planned\n\
             note: file[[DIR]/one] create: planned was: create file, 2 bytes; now it is: no change\n\
             note: file[[DIR]/two] create: planned was: create file, 2 bytes; now it is: no change\n\
             note: execute[told] run: planned was: run touch [DIR]/told; now it is: no change\n\
             hint: nothing was changed; {WAY_OUT}"
        )
    );
}

#[test]
fn a_machine_that_has_changed_is_left_alone() {
    let place = project(TWO);
    let place = place.path();
    planned(place, &[]);
    fs::write(place.join("two"), "other\n").unwrap();
    let report = format!("json={}", place.join("report.json").display());
    let (status, stdout, stderr) = call(place, &["run", "p.json", "--report", &report]);
    assert_eq!((status, stdout.as_str()), (2, ""), "{stderr}");
    assert_eq!(
        stderr,
        format!(
            "error: local has changed since it was planned\n\
             note: file[[DIR]/two] create: planned was: create file, 2 bytes; now it is: change content\n\
             hint: nothing was changed; {WAY_OUT}"
        )
    );
    assert_eq!(made(place), ["two"]);
    let report = fs::read_to_string(place.join("report.json")).unwrap();
    assert!(report.contains("has changed since it was planned"), "{report}");
}

#[test]
fn another_content_of_the_same_length_is_another_difference() {
    let place = project(TWO);
    let place = place.path();
    fs::write(place.join("two"), "a\n").unwrap();
    planned(place, &[]);
    fs::write(place.join("two"), "b\n").unwrap();
    let (status, _, stderr) = applied(place);
    assert_eq!(status, 2);
    let line = "note: file[[DIR]/two] create: change content, with another difference than planned\n";
    assert!(stderr.contains(line), "{stderr}");
}

#[test]
fn nothing_to_do_is_nothing_to_apply() {
    let place = project("file \"[DIR]/one\" { action = \"delete\" }\n");
    planned(place.path(), &[]);
    let (status, stdout, stderr) = applied(place.path());
    assert_eq!((status, stderr.as_str()), (0, "nothing to apply\n"), "{stdout}");
    assert!(stdout.contains("plan: 0 would change, 1 up to date"), "{stdout}");
}

#[test]
fn other_recipes_are_another_plan() {
    let place = project(TWO);
    let place = place.path();
    planned(place, &[]);
    recipe_is(place, &format!("-- A comment is no difference.\n\n{TWO}"));
    planned_still_applies(place);
    recipe_is(place, &TWO.replace("2\\n", "3\\n"));
    let (status, stdout, stderr) = applied(place);
    assert_eq!((status, stdout.as_str()), (2, ""), "{stderr}");
    assert_eq!(
        stderr,
        format!(
            "error: local: the recipes declare something else than when it was planned\n  \
             --> recipes/two.lua:2\n\
             2 | file \"[DIR]/two\" {{ content = \"3\\n\" }}\n\
             note: the first difference is file[[DIR]/two]\n\
             note: the files of the project have changed, or facts of the machine that recipes use\n\
             hint: nothing was changed; {WAY_OUT}"
        )
    );
    assert_eq!(made(place), Vec::<&str>::new());
}

/// The plan is not refused for its collection: the machine is what differs.
fn planned_still_applies(place: &Path) {
    fs::write(place.join("one"), "other\n").unwrap();
    let (status, _, stderr) = applied(place);
    assert!(status == 2 && stderr.contains("local has changed since it was planned"), "{stderr}");
    fs::remove_file(place.join("one")).unwrap();
}

#[test]
fn the_words_of_the_plan_count() {
    let place = project(
        "file \"[DIR]/one\" { content = node.app.word }\nfile \"[DIR]/two\" { content = \"2\\n\" }\n",
    );
    let place = place.path();
    fs::write(place.join("word.json"), "{\"app\": {\"word\": \"of the file\"}}").unwrap();
    fs::create_dir(place.join("nodes")).unwrap();
    let one = format!("file[{}]", place.join("one").display());
    planned(place, &["-j", "word.json", "--set", "app.word=it's \"set\"", "--only", &one]);
    // From another directory of the project.
    let mut call = command(place, &["run", "../p.json", "-q", "--forks", "3", "--lock-timeout", "5"]);
    call.current_dir(place.join("nodes"));
    let (status, stdout, stderr) = told(call);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert_eq!(fs::read_to_string(place.join("one")).unwrap(), "it's \"set\"");
    assert!(!place.join("two").exists());
}

#[test]
fn a_declaration_can_be_saved() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    let declared = format!("file \"{}\" {{ content = \"1\\n\" }}", place.join("one").display());
    let (status, _, stderr) = call(place, &["plan", "-e", &declared, "--out", "p.json", "-q"]);
    assert_eq!(status, 2, "{stderr}");
    assert_eq!(applied(place).0, 0);
    assert_eq!(made(place), ["one"]);
}

#[test]
fn what_decides_the_work_is_in_the_plan() {
    let place = project(TWO);
    planned(place.path(), &[]);
    for (words, option) in [
        (&["-r", "two"][..], "--recipe"),
        (&["-t", "local"], "--target"),
        (&["-e", "file \"/x\""], "--resource"),
        (&["--set", "a=1"], "--set"),
        (&["-j", "x.json"], "--attributes"),
        (&["--only", "x"], "--only"),
        (&["--skip", "x"], "--skip"),
        (&["--on-failure", "stop"], "--on-failure"),
        (&["--project", "."], "--project"),
        (&["--failed-from", "last"], "--failed-from"),
        (&["--become"], "--become"),
    ] {
        let (status, stdout, stderr) = call(place.path(), &[&["run", "p.json"], words].concat());
        assert_eq!((status, stdout.as_str()), (64, ""), "{option}: {stderr}");
        let error = format!("error: `{option}` can't be given with a saved plan, which decides that\n");
        assert!(stderr.starts_with(&error), "{stderr}");
    }
    for option in ["--confirm", "--step"] {
        assert_eq!(call(place.path(), &["run", "p.json", option]).0, 64, "{option}");
    }
    assert_eq!(made(place.path()), Vec::<&str>::new());
}

#[test]
fn a_plan_that_is_not_complete_is_not_saved() {
    let place = project("file \"[DIR]/none/one\" { content = \"1\" }\n");
    let (status, _, stderr) = call(place.path(), &["plan", "-r", "two", "--out", "p.json"]);
    assert_eq!(status, 1);
    assert_eq!(stderr, "`p.json` was not written, because the plan is not complete: local (would fail)\n");
    assert!(!place.path().join("p.json").exists());
    for (option, other) in [("--no-commands", ""), ("--failed-from", "last")] {
        let words = ["plan", "-r", "two", "--out", "p.json", option, other];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        assert_eq!(call(place.path(), &words).0, 64, "{option}");
    }
}

#[test]
fn no_secret_is_in_the_file() {
    let secret = "correct-horse-battery";
    let place = project(
        "file \"[DIR]/one\" { content = `word {secret \"word\"}\\n` }\n\
         file \"[DIR]/two\" { content = \"plainly correct-horse-battery\\n\" }\n\
         execute \"told\" { command = { \"touch\", \"[DIR]/told\" }, environment = { WORD = secret \"word\" } }\n",
    );
    let place = place.path();
    let with = |words: &[&str], secret: &str| {
        let mut call = command(place, words);
        call.env("CHEFRS_SECRET_WORD", secret);
        told(call)
    };
    let (status, stdout, stderr) = with(&["plan", "-r", "two", "--out", "p.json"], secret);
    assert_eq!(status, 2, "{stdout}{stderr}");
    let file = fs::read_to_string(place.join("p.json")).unwrap();
    let base64 =
        ["Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5", "NvcnJlY3QtaG9yc2UtYmF0dGVye", "jb3JyZWN0LWhvcnNlLWJhdHRlcn"];
    let sums = [sha256(secret.as_bytes()), sha256(format!("word {secret}\n").as_bytes())];
    let forms = [secret.to_owned(), hex(secret.as_bytes())];
    let forms = forms.into_iter().chain(base64.map(str::to_owned)).chain(sums);
    let found: Vec<String> = forms.filter(|form| file.contains(form.as_str())).collect();
    assert_eq!(found, Vec::<String>::new(), "{file}");
    // It is looked up again, so the run needs it, and takes what it is now.
    let (status, stdout, stderr) = call(place, &["run", "p.json"]);
    assert!(status != 0 && made(place).is_empty(), "{stdout}{stderr}");
    let (status, stdout, stderr) = with(&["run", "p.json"], secret);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert_eq!(fs::read_to_string(place.join("one")).unwrap(), format!("word {secret}\n"));
    assert_eq!(made(place), ["one", "two", "told"]);
}

#[test]
fn words_with_a_secret_are_not_saved() {
    let place = project(TWO);
    let mut call =
        command(place.path(), &["plan", "-r", "two", "--set", "app.word=hunter2222", "--out", "p.json"]);
    call.env("CHEFRS_SECRET_WORD", "hunter2222");
    let (status, stdout, stderr) = told(call);
    assert_eq!((status, stdout.as_str()), (64, ""), "{stderr}");
    assert_eq!(
        stderr,
        "error: `--set` has the value of a secret, so the plan can't be saved\n\
         hint: a recipe gets it with `secret \"NAME\"`\n"
    );
    assert!(!place.path().join("p.json").exists());
}

#[test]
fn what_is_no_plan_is_not_applied() {
    let place = project(TWO);
    let place = place.path();
    planned(place, &[]);
    let whole = fs::read_to_string(place.join("p.json")).unwrap();
    let saves = "hint: `chefrs plan --out FILE` saves a plan\n";
    for (text, why) in [
        ("", "is not a saved plan"),
        ("not json", "is not a saved plan"),
        ("[1]", "is not a saved plan"),
        ("{\"schema\": 1}", "is not a saved plan"),
        ("{\"schema\": 1, \"words\": [], \"sum\": \"\"}", "was edited after it was saved"),
        (&whole[..whole.len() / 2], "is cut short: it is not a whole plan"),
        (&whole.replace("2 bytes", "3 bytes"), "was edited after it was saved"),
    ] {
        fs::write(place.join("p.json"), text).unwrap();
        let (status, stdout, stderr) = applied(place);
        assert_eq!((status, stdout.as_str()), (64, ""), "{stderr}");
        assert!(stderr.starts_with(&format!("error: `p.json` {why}\n")), "{stderr}");
        assert!(stderr.ends_with(saves), "{stderr}");
    }
    fs::remove_file(place.join("p.json")).unwrap();
    let (status, _, stderr) = applied(place);
    assert_eq!((status, stderr), (64, format!("error: `p.json` is not there\n{saves}")));
    let (status, _, stderr) = call(place, &["run", "recipes"]);
    assert_eq!((status, stderr), (64, format!("error: `recipes` is a directory, not a saved plan\n{saves}")));
    nix::unistd::mkfifo(&place.join("pipe"), Mode::S_IRWXU).unwrap();
    let (status, _, stderr) = call(place, &["run", "pipe"]);
    assert_eq!((status, stderr), (64, format!("error: `pipe` is not a saved plan\n{saves}")));
    assert_eq!(made(place), Vec::<&str>::new());
}

#[test]
fn a_file_that_others_can_write_is_not_applied() {
    let place = project(TWO);
    planned(place.path(), &[]);
    fs::set_permissions(place.path().join("p.json"), fs::Permissions::from_mode(0o666)).unwrap();
    let (status, stdout, stderr) = applied(place.path());
    assert_eq!((status, stdout.as_str()), (64, ""), "{stderr}");
    let error = "error: `p.json` can be written by everybody and could change what chefrs runs\n";
    assert!(stderr.starts_with(error), "{stderr}");
    assert_eq!(made(place.path()), Vec::<&str>::new());
}

/// What is said of an edited plan, and the exit code.
fn refused(edit: impl FnOnce(&mut Value)) -> (i32, String) {
    let place = project(TWO);
    planned(place.path(), &[]);
    edited(place.path(), edit);
    let (status, stdout, stderr) = applied(place.path());
    assert!(stdout.is_empty() && made(place.path()).is_empty(), "{stdout}{stderr}");
    (status, stderr)
}

#[test]
fn a_plan_of_another_form_version_project_or_machine_is_refused() {
    let saves = "hint: `chefrs plan --out FILE` saves a plan\n";
    let form = refused(|plan| plan["schema"] = json!(2));
    let words = "error: `p.json` is a saved plan of form 2, and this version of chefrs reads form 1\n";
    assert_eq!(form, (64, format!("{words}{saves}")));

    let own = env!("CARGO_PKG_VERSION");
    let version = refused(|plan| plan["chefrs"] = json!("0.0.1"));
    let words = format!("error: `p.json` was saved by chefrs 0.0.1, and this is chefrs {own}\n");
    assert_eq!(version, (64, format!("{words}{saves}")));

    let (status, stderr) = refused(|plan| plan["project"] = json!("/srv/elsewhere"));
    assert_eq!(status, 64);
    assert_eq!(
        stderr,
        "error: `p.json` is a plan of the project `/srv/elsewhere`, and this is `[DIR]`\n\
         hint: change to that directory to apply it\n"
    );

    let (status, stderr) = refused(|plan| plan["targets"][0]["marks"]["machine"] = json!("other"));
    assert_eq!(status, 6);
    assert!(stderr.starts_with("error: local is not the machine that was planned for\nnote: "), "{stderr}");
    assert!(stderr.ends_with(WAY_OUT), "{stderr}");

    let (status, stderr) = refused(|plan| plan["words"] = json!(["--recipe=two", "--frobnicate"]));
    assert_eq!(status, 64);
    assert!(stderr.starts_with("error: `p.json` has words that `chefrs run` does not know\n"), "{stderr}");

    let (status, stderr) = refused(|plan| plan["targets"][0]["name"] = json!("web1"));
    assert_eq!(status, 2);
    assert!(stderr.contains("note: planned: web1\nnote: now: local\n"), "{stderr}");
}

#[test]
fn a_plan_of_another_day_is_refused() {
    let (status, stderr) = refused(|plan| plan["made"] = json!("2001-02-03T04:05:06Z"));
    assert_eq!(status, 64);
    let words = "error: `p.json` is too old: it was saved at 2001-02-03T04:05:06Z, and was valid for 1 day\n";
    assert_eq!(stderr, format!("{words}hint: {WAY_OUT}"));

    let (status, stderr) = refused(|plan| plan["made"] = json!("9001-02-03T04:05:06Z"));
    assert_eq!(status, 64);
    assert!(
        stderr.starts_with("error: `p.json` was saved in the future, at 9001-02-03T04:05:06Z\n"),
        "{stderr}"
    );

    let (status, stderr) = refused(|plan| plan["made"] = json!("yesterday"));
    assert_eq!(status, 64);
    assert!(stderr.starts_with("error: `p.json` does not say when it was saved\n"), "{stderr}");
}

#[test]
fn how_long_a_plan_is_valid_can_be_said() {
    let place = project(TWO);
    let place = place.path();
    planned(place, &["--valid-for", "7200"]);
    edited(place, |plan| plan["made"] = json!("2001-02-03T04:05:06Z"));
    assert!(applied(place).2.contains("and was valid for 2 hours\n"));
    let ages = i64::MAX.to_string();
    planned(place, &["--valid-for", &ages]);
    edited(place, |plan| plan["made"] = json!("2001-02-03T04:05:06Z"));
    assert_eq!(applied(place).0, 0);
    for words in [&["--valid-for", "0", "--out", "q.json"][..], &["--valid-for", "60"]] {
        assert_eq!(call(place, &[&["plan", "-r", "two"], words].concat()).0, 64, "{words:?}");
    }
}

#[test]
fn a_place_that_can_not_be_written_is_told_before_the_plan() {
    let place = project(TWO);
    let (status, stdout, stderr) = call(place.path(), &["plan", "-r", "two", "--out", "none/p.json"]);
    assert_eq!((status, stdout.as_str()), (64, ""), "{stderr}");
    assert!(stderr.starts_with("error: the plan can't be saved to `none/p.json`: "), "{stderr}");
}

#[test]
fn a_program_gets_events() {
    let place = project(TWO);
    planned(place.path(), &["--format", "json"]);
    let (status, stdout, stderr) = call(place.path(), &["run", "p.json", "--format", "json"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert_eq!(stdout.matches("\"event\":\"run_started\"").count(), 1, "{stdout}");
    let (status, stdout, _) = call(place.path(), &["run", "p.json", "--format", "json"]);
    assert_eq!(status, 2);
    let last: Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    assert_eq!((&last["event"], &last["exit"]), (&json!("target_finished"), &json!(2)), "{stdout}");
}
