//! Documents that a reader follows do what they say: their files are written, their commands run, their output compared.
//!
//! A block whose fence names a path is a file. A block `console` is what is typed and what that prints; `...` on a line
//! of its own stands for the rest. A block `sh` is a command for the reader's own machine, and is read by a shell only.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::patience::{CallInTime as _, EndInTime as _, Patient, locked};

/// Directories that the documents write to; one document at a time does.
const FOLDERS: &[&str] = &["/tmp/chefrs-docs", "/tmp/chefrs-tour"];

/// A part of a document.
enum Part {
    /// A line outside of blocks, or the fence of one.
    Line(String),
    /// A fenced block: what stands behind the fence, and its text.
    Block { info: String, text: String },
}

/// Follows a document, and gives it back as it would have to be.
pub fn followed(document: &str) -> String {
    let folder = tempfile::tempdir().expect("there is room for a directory");
    let turn = fs::File::create(std::env::temp_dir().join("chefrs-documents.lock")).expect("it can be made");
    locked("the turn of the documents", &turn);
    let clear = || FOLDERS.iter().for_each(|folder| drop(fs::remove_dir_all(folder)));
    clear();
    let mut status = 0;
    let mut text = String::new();
    for part in parts(document) {
        match part {
            Part::Line(line) => text += &(line + "\n"),
            Part::Block { info, text: block } => {
                let shown = match info.split_once(' ') {
                    Some((_, path)) => written(&folder.path().join(path), block),
                    None if info == "console" => console(&block, folder.path(), &mut status),
                    None if info == "sh" => read_by_a_shell(block),
                    None => panic!("a block is neither a file nor a console: ```{info}\n{block}"),
                };
                text += &["```", &info, "\n", &shown, "```\n"].concat();
            }
        }
    }
    clear();
    text
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info.to_owned(), String::new())),
            (Some(_), Some(_)) => {
                let (info, text) = open.take().expect("a block is open");
                parts.push(Part::Block { info, text });
            }
            (Some((_, block)), None) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, None) => parts.push(Part::Line(line.to_owned())),
        }
    }
    assert!(open.is_none(), "a block is not closed");
    parts
}

fn written(path: &Path, text: String) -> String {
    fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
    fs::write(path, &text).expect("it can be written");
    text
}

fn read_by_a_shell(text: String) -> String {
    let read = Command::new("sh").args(["-n", "-c", &text]).stdin(Stdio::null()).status_in_time();
    assert!(read.expect("a shell runs").success(), "no shell takes this:\n{text}");
    text
}

/// Types what stands behind each `$ `, and gives back the block with what that printed.
fn console(block: &str, folder: &Path, status: &mut i32) -> String {
    let mut shown = String::new();
    for part in block.split_inclusive('\n').fold(Vec::<String>::new(), by_command) {
        let (line, expected) = part.split_once('\n').expect("a command ends its line");
        let line = line.strip_prefix("$ ").expect("a console begins with a command");
        let actual = if line == "echo $?" { format!("{status}\n") } else { typed(line, folder, status) };
        let printed = if fits(expected, &actual) { expected } else { &actual };
        shown += &["$ ", line, "\n", printed].concat();
    }
    shown
}

/// Lines up to the next command belong to the last one.
fn by_command(mut commands: Vec<String>, line: &str) -> Vec<String> {
    match commands.last_mut() {
        Some(command) if !line.starts_with("$ ") => command.push_str(line),
        _ => commands.push(line.to_owned()),
    }
    commands
}

/// What a line prints; both streams in one, as a terminal shows them.
fn typed(line: &str, folder: &Path, status: &mut i32) -> String {
    let (reader, writer) = std::io::pipe().expect("there is a pipe");
    let mut child = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", directory_of_the_program().display()))
        .env("HOME", folder)
        .env("CHEFRS_STATE_DIRECTORY", folder.join(".state"))
        .stdin(Stdio::null())
        .stdout(writer.try_clone().expect("a pipe has two ends"))
        .stderr(writer)
        .spawn()
        .expect("a shell runs");
    let mut both = String::new();
    Patient::new(reader).read_to_string(&mut both).expect("it prints UTF-8");
    *status = child.wait_in_time().expect("it ends").code().expect("it ends by itself");
    without_times(&both)
}

fn directory_of_the_program() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_chefrs")).parent().expect("it lies in a directory").to_owned()
}

/// `...` on a line of its own stands for the rest.
fn fits(expected: &str, actual: &str) -> bool {
    match expected.strip_suffix("...\n") {
        Some(start) => actual.starts_with(start),
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
