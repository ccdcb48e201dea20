//! What a run of a saved plan may change: what the plan has shown, and what no plan can know.

use std::fs;

use super::{applied, made, planned, project};

#[test]
fn a_change_that_was_not_foreseen_is_not_made() {
    // The plan can't know what a command does to a file that is as declared.
    let place = project(
        "execute \"disturb\" { command = \"name=tw; echo disturbed > [DIR]/${name}o\" }\n\
         file \"[DIR]/two\" { content = \"2\\n\", retries = 2, ignore_failure = true }\n\
         file \"[DIR]/one\" { content = \"1\\n\" }\n",
    );
    let place = place.path();
    fs::write(place.join("two"), "2\n").unwrap();
    planned(place, &[]);
    let (status, stdout, stderr) = applied(place);
    assert_eq!((status, stderr.as_str()), (1, ""), "{stdout}");
    let error =
        "error: file[[DIR]/two] failed to create: the saved plan does not have this change: change content\n";
    assert!(stdout.contains(error), "{stdout}");
    assert!(stdout.contains("not run, because file[[DIR]/two] failed: file[[DIR]/one]\n"), "{stdout}");
    assert_eq!(fs::read_to_string(place.join("two")).unwrap(), "disturbed\n");
    assert!(!place.join("one").exists());
}

#[test]
fn what_was_unknown_may_be_anything() {
    let place = project(
        "execute \"make\" { command = \"echo made > [DIR]/one\", creates = \"[DIR]/one\" }\n\
         file \"[DIR]/two\" { content = contents \"[DIR]/one\" }\n",
    );
    planned(place.path(), &[]);
    let (status, stdout, stderr) = applied(place.path());
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert_eq!(fs::read_to_string(place.path().join("two")).unwrap(), "made\n");
}

/// No plan knows of a failure, so what that runs, and what this notifies, is done without being in it.
#[test]
fn what_a_failure_runs_is_not_held_back() {
    let recipe = "execute \"told\" { command = \"touch [DIR]/told\", action = \"nothing\" }\n\
                  execute \"undo\" { command = \"touch [DIR]/two\", action = \"nothing\", notifies = { \"run\", \"execute[told]\" } }\n\
                  execute \"fails\" { command = \"exit 3\", on_failure = { \"run\", \"execute[undo]\" } }\n\
                  file \"[DIR]/one\" {}\n";
    let place = project(recipe);
    planned(place.path(), &[]);
    let (status, stdout, stderr) = applied(place.path());
    assert_eq!(status, 1, "{stdout}{stderr}");
    assert_eq!(made(place.path()), ["two", "told"], "{stdout}");
}
