//! `chefrs exec` with standard input and with a terminal.

use std::process::Stdio;

use super::server::Server;

use crate::patience::{EndInTime as _, give};
use crate::typed::typed;

#[test]
fn standard_input_reaches_each_target_with_both_engines() {
    let Some(server) = Server::start(None) else { return };
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).unwrap().unwrap().name;
    for engine in ["agent", "shell"] {
        for targets in ["target".to_owned(), format!("target,{user}@target")] {
            let words = ["--engine", engine, "-i", "--", "tr", "a-z", "A-Z"];
            let mut call = server.command("exec", &targets, &words).stdin(Stdio::piped()).spawn().unwrap();
            give(&mut call, b"it's \"one\"\n$two\n");
            let (status, out, err) = server.told(call.output_in_time().unwrap());
            assert_eq!(status, 0, "{out}{err}");
            let times = targets.split(',').count();
            assert_eq!(out.matches("IT'S \"ONE\"\n").count(), times, "{engine}: {out}");
            assert_eq!(out.matches("$TWO\n").count(), times, "{engine}: {out}");
        }
    }
}

#[test]
fn a_terminal_is_passed_on_with_its_exit_status() {
    let Some(server) = Server::start(None) else { return };
    let script = "test -t 0 && test -t 1 && read -r word && echo \"<$word> it's $1\" && exit 7";
    let words = ["--tty", "--", "sh", "-c", script, "sh", "a 'b' $c"];
    let call = server.command("exec", "target", &words);
    let Some((status, shown)) = typed(&call, &[("", "hello\n")]) else { return };
    assert_eq!(status, 7, "{shown}");
    assert!(shown.contains("<hello> it's a 'b' $c\n"), "{shown}");
}

#[test]
fn a_terminal_is_for_one_other_machine() {
    let Some(server) = Server::start(None) else { return };
    for (targets, words) in [
        ("target,shut", "error: `--tty` works on one target, and `-t` names 2 targets\n"),
        ("target", "error: `--tty` passes your terminal on, and standard input is none\n"),
    ] {
        let (status, _, err) = server.told(
            crate::patience::CallInTime::output_in_time(&mut server.command(
                "exec",
                targets,
                &["--tty", "--", "true"],
            ))
            .unwrap(),
        );
        assert!(status == 64 && err.starts_with(words), "{err}");
    }
}
