//! A reader that leaves early (`chefrs … | head`) is no failure.

use std::process::{Command, Stdio};

use crate::patience::CallInTime as _;

#[test]
fn a_closed_pipe_is_quiet_success() {
    for words in
        [&["facts", "--facts", "debian-12"][..], &["resources", "--format", "json"], &["completions", "zsh"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
            .args(words)
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(Stdio::piped())
            .output_in_time()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words:?}");
    }
}

#[test]
fn a_full_disk_is_a_failure() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(["facts", "--facts", "debian-12"])
        .stdin(Stdio::null())
        .stdout(full)
        .stderr(Stdio::piped())
        .output_in_time()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.starts_with("error: the output can't be written: "), "{words}");
}
