//! Errors: what a cook sees, each case against the text beside it.

use chefrs::compile::Limits;

use crate::{compile, goldens};

#[test]
fn every_mistake_is_said_as_written() {
    let mut differences = Vec::new();
    let cases = goldens::files("errors", "lua");
    assert!(cases.len() >= 40, "the cases are not found");
    for case in cases {
        match compile::run(&case, Limits::default()) {
            Ok(_) => differences.push(format!("{} compiles, and should not", case.display())),
            Err(errors) => {
                differences.extend(goldens::compare(&case.with_extension("txt"), &format!("{errors}\n")));
            }
        }
    }
    goldens::none(&differences);
}
