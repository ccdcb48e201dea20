//! The README's tour does what it says: its files are written, its commands run, their output compared.

use std::fs;
use std::io::Read as _;
use std::process::Command;

use crate::goldens;
use crate::patience::{EndInTime as _, Patient, locked};

/// A fenced block: what stands behind the fence, and its text.
struct Block {
    info: String,
    text: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some(Block { info: info.to_owned(), text: String::new() }),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// The part of the README below a heading, up to the next one.
fn section(heading: &str) -> String {
    let readme = fs::read_to_string(goldens::spec("../README.md")).expect("there is a README");
    let begin = readme.find(&format!("## {heading}\n")).expect("it has the section");
    let rest = &readme[begin + 3..];
    rest[..rest.find("\n## ").unwrap_or(rest.len())].to_owned()
}

#[test]
fn the_tour_does_what_it_says() {
    let folder = tempfile::tempdir().expect("there is room for a directory");
    // The tour writes to a directory that it names: one tour at a time.
    let turn = fs::File::create(std::env::temp_dir().join("chefrs-tour.lock")).expect("it can be made");
    locked("the turn of the tour", &turn);
    let _ = fs::remove_dir_all("/tmp/chefrs-tour");
    let mut status = 0;
    for block in blocks(&section("Five minutes")) {
        match block.info.split_once(' ') {
            Some((_, path)) => {
                let path = folder.path().join(path);
                fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
                fs::write(path, block.text).expect("it can be written");
            }
            None if block.info == "console" => console(&block.text, folder.path(), &mut status),
            None => panic!("a block of the tour is neither a file nor a console: {}", block.info),
        }
    }
    let _ = fs::remove_dir_all("/tmp/chefrs-tour");
}

fn console(text: &str, folder: &std::path::Path, status: &mut i32) {
    for part in text.split("$ ").filter(|part| !part.is_empty()) {
        let (line, expected) = part.split_once('\n').expect("a command ends its line");
        let actual = if line == "echo $?" {
            format!("{status}\n")
        } else {
            let mut words = line.split(' ');
            assert_eq!(words.next(), Some("chefrs"), "{line}");
            // Both streams in one, as a terminal shows them.
            let (reader, writer) = std::io::pipe().expect("there is a pipe");
            let mut child = Command::new(env!("CARGO_BIN_EXE_chefrs"))
                .args(words)
                .current_dir(folder)
                .env_clear()
                .env("PATH", "/usr/bin:/bin")
                .env("HOME", folder)
                .env("CHEFRS_STATE_DIRECTORY", folder.join(".state"))
                .stdout(writer.try_clone().expect("a pipe has two ends"))
                .stderr(writer)
                .spawn()
                .expect("the program runs");
            let mut both = String::new();
            Patient::new(reader).read_to_string(&mut both).expect("it prints UTF-8");
            *status = child.wait_in_time().expect("it ends").code().expect("it ends by itself");
            without_times(&both)
        };
        assert!(fits(expected, &actual), "$ {line}\nexpected:\n{expected}\nactual:\n{actual}");
    }
}

/// `...` on a line of its own stands for the rest.
fn fits(expected: &str, actual: &str) -> bool {
    match expected.strip_suffix("...\n") {
        Some(begin) => actual.starts_with(begin),
        None => actual == expected,
    }
}

fn without_times(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once(" in ") {
        Some((head, tail)) if tail.ends_with(" ms") || tail.ends_with(" s") => format!("{head} in [TIME]\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}
