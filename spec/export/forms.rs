//! The forms of some recipes, whole.

use std::process::Command;

use super::of_recipe;
use crate::goldens;
use crate::patience::CallInTime as _;

#[test]
fn scripts_and_notes_are_as_expected() {
    let mut differences = Vec::new();
    for case in goldens::files("export/goldens", "lua") {
        let recipe = std::fs::read_to_string(&case).unwrap();
        for (form, ending) in [("sh", "sh"), ("markdown", "md")] {
            let (text, losses) = of_recipe(form, &recipe);
            let text = text.replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
            differences.extend(goldens::compare(&case.with_extension(ending), &text));
            assert_eq!(losses, Vec::<String>::new(), "{}", case.display());
        }
    }
    goldens::none(&differences);
}

#[test]
fn an_image_runs_the_script_and_starts_nothing() {
    let recipe = "package \"nginx\"\nservice \"nginx\" { action = { \"enable\", \"start\" } }\n";
    let (text, losses) = of_recipe("containerfile", recipe);
    assert!(
        text.contains("\nFROM docker.io/library/debian:12\nCOPY converge.sh /tmp/converge.sh\n"),
        "{text}"
    );
    assert!(!text.contains("\nsystemd "), "{text}");
    let reason = "an image has no services; the container starts the program itself";
    assert_eq!(
        losses,
        [format!("service[nginx] enable: {reason}"), format!("service[nginx] start: {reason}")]
    );
}

#[test]
fn user_data_carries_the_script() {
    let (text, _) = of_recipe("cloud-init", "file \"/etc/motd\" { content = secret \"greeting\" }\n");
    assert!(text.starts_with("#cloud-config\n"), "{text}");
    assert!(
        text.contains("  - CHEFRS_SECRET_GREETING_FILE=/root/CHEFRS_SECRET_GREETING sh /root/converge.sh\n"),
        "{text}"
    );
}

#[test]
fn a_script_is_carried_that_fits_into_an_argument_and_a_longer_one_is_told() {
    let recipe = |line: &str, lines: usize| {
        format!(
            "file \"/etc/long\" {{ content = string.rep(\"{line}\\n\", {lines}), ignore_failure = true }}\n"
        )
    };
    for form in ["salt", "puppet"] {
        let (text, losses) = of_recipe(form, &recipe("it is long", 10_000));
        assert_eq!(losses, Vec::<String>::new(), "{form}");
        // As Salt quotes it, which takes the most.
        let (_, script) = text.split_once("#!/bin/sh\n").unwrap();
        let line = format!("/bin/sh -n -c '{}' file__etc_long.sh --check", script.replace('\'', "'\"'\"'"));
        assert!(line.len() > 110_000, "{form}");
        let output = Command::new("/bin/sh").args(["-c", &line]).output_in_time().unwrap();
        assert!(output.status.success(), "{form}: {output:?}");
        let (_, losses) = of_recipe(form, &recipe("'''''''''", 5_000));
        let told = ["file[/etc/long] create: its script is too long for an argument of a command, and fails"];
        assert_eq!(losses, told, "{form}");
    }
}
