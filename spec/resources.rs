//! Provider cases: `spec/resources/<type>/<name>.case` holds a recipe, the machine that it meets, and the plan.
//!
//! ```text
//! file "/srv/motd" { content = "hi\n", owner = "deploy" }
//! --- machine
//! user deploy, uid 1001
//! file /srv/motd, text "hello\n"
//! --- plan
//! change content, owner root to deploy
//!     @@ -1 +1 @@
//!     -hello
//!     +hi
//!   write_file /srv/motd deploy:, backup 5, as shown
//!   then file /srv/motd deploy:root, as written
//! ```
//!
//! The recipe is in `declaration`; what a machine is, where no line says so, in `machine`; a line in `grammar`; what lines say
//! in `facts`; the plan in `plan` and `steps`. With `UPDATE_GOLDENS=1`, the plan is written anew; read it before you keep it.

pub use case::all;

use grammar::{Line, Sentence};

use crate::goldens;

mod case;
mod declaration;
mod facts;
mod grammar;
mod machine;
mod plan;
mod steps;
mod told;

#[test]
fn every_case_comes_to_its_plan() {
    let differences = all().iter().filter_map(|case| goldens::compare(&case.path, &case.say()));
    goldens::none(&differences.collect::<Vec<_>>());
}

/// No two answers are said alike: what a plan says will hold is read back from its words.
#[test]
fn what_is_said_of_a_machine_is_read_back() {
    let mut wrong = Vec::new();
    for case in all() {
        let Ok(changes) = case.outcome().0 else { continue };
        for change in changes {
            let lines: Vec<String> = facts::say(&change.then).into_iter().map(Sentence::say).collect();
            let read = lines.iter().map(|line| facts::read(&Line::read(line)?));
            let mut read = read.collect::<Result<Vec<_>, _>>().unwrap_or_default().concat();
            let mut then = change.then;
            // Within one line the order says nothing.
            read.sort_by(|(one, _), (other, _)| one.cmp(other));
            then.sort_by(|(one, _), (other, _)| one.cmp(other));
            if read != then {
                wrong.push(format!("{}: {}", case.path.display(), lines.join("\n")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What `spec/README.md` shows of a case is one, and what it says of a machine is understood.
#[test]
fn the_words_in_the_readme_are_words() {
    let readme = std::fs::read_to_string(goldens::spec("README.md")).expect("it is there");
    let path = goldens::spec("resources/template/content_and_owner_differ.case");
    let case = all().iter().find(|case| case.path == path).expect("the case is there").say();
    let shown = format!("    {}\n", case.trim_end().replace('\n', "\n    "));
    assert!(readme.contains(&shown), "{shown}");
    let (_, words) = readme.split_once("More words for a machine:\n\n").expect("they are told");
    let words: Vec<&str> = words.lines().map_while(|line| line.strip_prefix("    ")).collect();
    assert!(words.len() > 10, "{words:?}");
    for line in words {
        assert_eq!(machine::Machine::default().learn(line), Ok(()), "{line}");
    }
}
