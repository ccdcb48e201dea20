//! Runs on another machine that ask: the question comes over the connection, and the answer goes back.

use std::fs;

use super::server::Server;

use crate::typed::{typed, typed_after};

const TWO: &str = "file \"[DIR]/one\" { content = \"1\\n\" }\nfile \"[DIR]/two\" { content = \"2\\n\" }\n";

/// Types the answers at the questions; the exit code, what stood on the terminal, and what was made.
fn stepped(words: &[&str], answers: &[&str]) -> Option<(i32, String, Vec<&'static str>)> {
    let server = Server::start(None)?;
    server.recipe("two", TWO);
    let talk: Vec<(&str, &str)> = answers.iter().map(|answer| ("apply? [y/n/a/q] ", *answer)).collect();
    let words = [&["-r", "two", "--step"], words].concat();
    let (status, shown) = typed(&server.command("run", "target", &words), &talk)?;
    let made = ["one", "two"].into_iter().filter(|name| server.path(name).exists());
    Some((status, shown, made.collect()))
}

#[test]
fn each_change_is_asked_for_with_both_engines() {
    for engine in ["agent", "shell"] {
        let Some((status, shown, made)) = stepped(&["--engine", engine], &["n\n", "y\n"]) else { return };
        assert_eq!((status, made), (130, vec!["two"]), "{engine}: {shown}");
        let Some((status, shown, made)) = stepped(&["--engine", engine], &["y\n", "q\n"]) else { return };
        assert_eq!((status, made), (130, vec!["one"]), "{engine}: {shown}");
        let Some((status, shown, made)) = stepped(&["--engine", engine], &["a\n"]) else { return };
        assert_eq!((status, made), (0, vec!["one", "two"]), "{engine}: {shown}");
    }
}

#[test]
fn an_answer_survives_the_connection() {
    // While the question stands, the connection is cut: the answer goes over the next one.
    let Some(server) = Server::start(None) else { return };
    server.recipe("two", TWO);
    let call = server.command("run", "target", &["-r", "two", "--step"]);
    let talk = [("apply? [y/n/a/q] ", "y\n"), ("apply? [y/n/a/q] ", "y\n")];
    let cut = typed_after(&call, &talk, |number| {
        if number == 0 {
            let connection = server.connection().expect("the run asks over a connection");
            nix::sys::signal::kill(connection, nix::sys::signal::Signal::SIGKILL).unwrap();
        }
    });
    let Some((status, shown)) = cut else { return };
    assert_eq!(status, 0, "{shown}");
    assert_eq!(fs::read_to_string(server.path("two")).unwrap(), "2\n");
}

#[test]
fn several_are_asked_for_once() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("two", TWO);
    let call = server.command("run", "target,nowhere", &["-r", "two", "--confirm"]);
    let Some((status, shown)) = typed(&call, &[("apply this to target? [y/N] ", "y\n")]) else { return };
    assert_eq!(status, 4, "the other one was not there: {shown}");
    assert!(server.path("one").exists() && server.path("two").exists(), "{shown}");
}
