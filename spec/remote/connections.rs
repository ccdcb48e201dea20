//! Connections of `ssh` are shared: by sessions of one chefrs and of another, for as long as one of them needs them.

use std::fs;
use std::os::unix::net::UnixListener;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::server::Server;
use crate::patience::{CallInTime as _, Heard, until, wait_for};

/// A run that is at work until the file `go` is there.
fn at_work(server: &Server) -> Heard {
    server.recipe(
        "slow",
        "execute \"slow\" { cwd = \"[DIR]\", command = \"touch begun; for i in $(seq 9000); do [ -e go ] && break; sleep 0.05; done\" }\n",
    );
    let run = Heard::new(server.command("run", "target", &["-r", "slow"]).spawn().unwrap());
    wait_for(&server.path("begun"));
    run
}

fn go(server: &Server) {
    fs::write(server.path("go"), "").unwrap();
}

#[test]
fn what_comes_second_needs_no_login() {
    let Some(server) = Server::start(None) else { return };
    let run = at_work(&server);
    assert_eq!(server.logins(), 1);
    let (status, stdout, stderr) = server.call("status", &[]);
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(stdout.contains("under way: run "), "{stdout}");
    let (status, stdout, stderr) = server.call("facts", &["os"]);
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert_eq!(server.logins(), 1);
    go(&server);
    let (status, stdout, stderr) = server.told(run.end());
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert_eq!(server.logins(), 1);
}

/// The first to come holds the connection that the second uses; it stays until that has ended too.
#[test]
fn a_connection_lasts_as_long_as_somebody_uses_it() {
    let Some(server) = Server::start(None) else { return };
    let run = at_work(&server);
    let script = format!(
        "cd {}; touch second; for i in $(seq 9000); do [ -e ended ] && break; sleep 0.05; done; echo done",
        server.path("").display()
    );
    let second = Heard::new(server.command("exec", "target", &["--", "sh", "-c", &script]).spawn().unwrap());
    wait_for(&server.path("second"));
    go(&server);
    let (status, stdout, stderr) = server.told(run.end());
    assert_eq!(status, 0, "{stdout}{stderr}");
    fs::write(server.path("ended"), "").unwrap();
    let (status, stdout, stderr) = server.told(second.end());
    assert_eq!(status, 0, "{stdout}{stderr}");
    assert!(stdout.contains("done"), "{stdout}");
    assert_eq!(server.logins(), 1);
    until("the connection is gone", || server.connection().is_none());
    assert_eq!(server.sockets(), Vec::<String>::new());
}

#[test]
fn nothing_is_left_of_a_run() {
    let Some(server) = Server::start(None) else { return };
    for engine in ["agent", "shell"] {
        let (status, _, stderr) = server.call("facts", &["--engine", engine, "os"]);
        assert_eq!((status, stderr.as_str()), (0, ""));
        until("the connection is gone", || server.connection().is_none());
        assert_eq!(server.sockets(), Vec::<String>::new(), "{engine}");
    }
}

/// A connection whose run was killed ends by itself.
#[test]
fn nothing_is_left_of_a_run_that_was_killed() {
    let Some(server) = Server::start(None) else { return };
    let run = at_work(&server);
    assert!(server.connection().is_some());
    kill(Pid::from_raw(i32::try_from(run.id()).unwrap()), Signal::SIGKILL).unwrap();
    run.end();
    until("the connection is gone", || server.connection().is_none());
    go(&server);
}

/// What lies there by the name of a connection may be dead, or somebody else.
#[test]
fn a_socket_that_leads_nowhere_costs_a_login() {
    let Some(server) = Server::start(None) else { return };
    let run = at_work(&server);
    let shared = server.sockets().into_iter().find(|name| !name.contains('.')).unwrap();
    kill(server.connection().unwrap(), Signal::SIGKILL).unwrap();
    go(&server);
    let (status, stdout, stderr) = server.told(run.end());
    assert_eq!(status, 0, "{stdout}{stderr}");

    let path = server.path("control/ssh").join(shared);
    let _ = fs::remove_file(&path);
    drop(UnixListener::bind(&path).unwrap());
    assert_eq!(server.call("facts", &["os"]).0, 0);
    let _ = fs::remove_file(&path);
    // It takes the call, and never answers.
    let _mute = UnixListener::bind(&path).unwrap();
    assert_eq!(server.call("facts", &["os"]).0, 0);
}

#[test]
fn who_can_not_share_makes_a_connection_of_its_own_and_says_why() {
    let Some(server) = Server::start(None) else { return };
    server.recipe("small", "file \"[DIR]/small\" { content = \"x\" }\n");
    let long = server.path("control").join("x".repeat(100));
    let call = |words: &[&str]| {
        let mut command = server.command("run", "target", &[&["-r", "small"], words].concat());
        server.told(command.env("CHEFRS_STATE_DIRECTORY", &long).output_in_time().unwrap())
    };
    let (status, stdout, stderr) = call(&["-v"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert!(
        stdout.contains("the connection was not shared with other runs: the path `[DIR]/control/")
            && stdout.contains("is too long for a socket"),
        "{stdout}"
    );
    let (status, stdout, _) = call(&[]);
    assert_eq!(status, 0);
    assert!(!stdout.contains("shared"), "{stdout}");
}

/// As an OpenSSH before 8.7 does: it knows none of the options that came with that.
#[test]
fn an_ssh_that_does_not_know_an_option_is_called_without() {
    let Some(server) = Server::start(None) else { return };
    let ssh = "#!/bin/sh\n\
               case \"$*\" in\n\
               *StdinNull*) word=stdinnull;;\n\
               *ForkAfterAuthentication*) word=forkafterauthentication;;\n\
               *) exec /usr/bin/ssh \"$@\";;\n\
               esac\n\
               echo \"command-line: line 0: Bad configuration option: $word\" >&2\n\
               exit 255\n";
    server.program("ssh", ssh);
    let path = format!("{}:/usr/bin:/bin", server.path("bin").display());
    let long = server.path("control").join("x".repeat(100));
    // Over a connection that is shared, and over one that is not.
    for state in [server.path("control"), long] {
        let mut command = server.command("facts", "target", &["os"]);
        let told = command.env("PATH", &path).env("CHEFRS_STATE_DIRECTORY", &state).output_in_time().unwrap();
        let (status, stdout, stderr) = server.told(told);
        assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    }
    // What else is wrong is told as ever, and no word is said of the options.
    server.write_client(&server.key("host"), "stranger");
    let mut command = server.command("facts", "target", &["os"]);
    let (status, _, stderr) = server.told(command.env("PATH", &path).output_in_time().unwrap());
    assert_eq!(status, 6, "{stderr}");
    assert!(!stderr.contains("configuration option"), "{stderr}");
}

/// Who logs in with more than a key makes a connection by hand first; it is used, as `ssh` itself would use it.
#[test]
fn a_connection_of_the_user_is_used_where_ours_is_refused() {
    let Some(server) = Server::start(None) else { return };
    let socket = server.path("own");
    let config = server.path("ssh_config");
    let ssh = |words: &[&str]| {
        Command::new("ssh")
            .arg("-F")
            .arg(&config)
            .arg("-S")
            .arg(&socket)
            .args(words)
            .arg("target")
            .status_in_time()
    };
    assert!(ssh(&["-f", "-N", "-M"]).unwrap().success());
    server.write_client(&server.key("host"), "stranger");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{text}Host target\n  ControlPath {}\n", socket.display())).unwrap();
    let (status, stdout, stderr) = server.call("facts", &["os"]);
    assert!(ssh(&["-O", "exit"]).unwrap().success());
    assert_eq!(status, 0, "{stdout}{stderr}");
    let (status, _, _) = server.call("facts", &["os"]);
    assert_eq!(status, 6);
}
