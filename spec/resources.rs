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
//! in `facts`; the plan in `plan` and `steps`. With `UPDATE_GOLDENS` set, the plan is written anew; read it before you keep it.

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
