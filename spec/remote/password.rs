//! A password for sudo: asked for on the terminal without showing it, given once and only after sudo's own question.

use std::fs;
use std::process::{Command, Stdio};

use super::server::Server;

use crate::patience::CallInTime as _;
use crate::typed::typed;

/// A sudo that wants a password, three times if need be, and notes what it was given.
const SUDO: &str = "#!/bin/sh\n\
    [ \"$1\" = -n ] && { echo 'sudo: a password is required' >&2; exit 1; }\n\
    asked=$3; shift 4\n\
    for attempt in 1 2 3; do\n\
      printf %s \"$asked\" >&2; read -r word || exit 1; echo \"$word\" >> [DIR]/tried\n\
      [ \"$word\" = 'open sesame' ] && exec env PATH=/usr/bin:/bin \"$@\"\n\
      echo 'Sorry, try again.' >&2\n\
    done\n";

/// A server whose sessions are not root's, with that sudo.
fn server() -> Option<Server> {
    let force = "PATH=$1/bin:$PATH; tee -a \"$1/sent\" | /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"\n";
    let server = Server::start(Some(force))?;
    server.program("id", "#!/bin/sh\necho 4711\n");
    server.program("sudo", SUDO);
    Some(server)
}

/// Types the password once it is asked for; everything that stood on the terminal, and the exit code.
fn tried(server: &Server, password: &str) -> Option<(i32, String)> {
    typed_for(server, "target", "target", password)
}

/// The same for other targets, which the question calls `asked`.
fn typed_for(server: &Server, targets: &str, asked: &str, password: &str) -> Option<(i32, String)> {
    let call = server.command("facts", targets, &["--ask-become-pass", "os"]);
    let question = format!("password for sudo on {asked}: ");
    typed(&call, &[(&question, &format!("{password}\n"))])
}

#[test]
fn the_right_one_lets_the_agent_run() {
    let Some(server) = server() else { return };
    let Some((status, shown)) = tried(&server, "open sesame") else { return };
    assert_eq!(status, 0, "{shown}");
    assert!(shown.trim_end().ends_with("linux") && !shown.contains("sesame"), "{shown}");
    assert_eq!(fs::read_to_string(server.path("tried")).unwrap(), "open sesame\n");
}

#[test]
fn a_wrong_one_is_tried_once() {
    let Some(server) = server() else { return };
    let Some((status, shown)) = tried(&server, "open barley") else { return };
    assert_eq!(status, 6, "{shown}");
    assert!(shown.contains("error: sudo on `ssh://target` does not accept this password"), "{shown}");
    assert!(!shown.contains("barley"), "{shown}");
    assert_eq!(fs::read_to_string(server.path("tried")).unwrap(), "open barley\n");
}

#[test]
fn it_is_asked_for_once_and_each_of_several_tries_it_once() {
    let Some(server) = server() else { return };
    // Two names of one machine.
    let user = Command::new("id").arg("-un").output_in_time().unwrap().stdout;
    let targets = format!("target,{}@target", String::from_utf8(user).unwrap().trim());
    let Some((status, shown)) = typed_for(&server, &targets, "2 targets", "open sesame") else { return };
    assert_eq!(status, 0, "{shown}");
    assert_eq!(shown.matches("password for").count(), 1, "{shown}");
    assert_eq!(shown.matches(",\"facts\":{\"os\":\"linux\"}}").count(), 2, "{shown}");
    assert_eq!(fs::read_to_string(server.path("tried")).unwrap(), "open sesame\nopen sesame\n");
}

#[test]
fn one_that_a_machine_has_refused_goes_to_no_other() {
    let Some(server) = server() else { return };
    let user = Command::new("id").arg("-un").output_in_time().unwrap().stdout;
    let user = String::from_utf8(user).unwrap();
    let targets = format!("target,{0}@target,ssh://{0}@target:{1}", user.trim(), server.port());
    let Some((status, shown)) = typed_for(&server, &targets, "3 targets", "open barley") else { return };
    assert_eq!(status, 6, "{shown}");
    assert_eq!(shown.matches("does not accept this password").count(), 1, "{shown}");
    assert_eq!(
        shown.matches("was not given the password: another target has refused it").count(),
        2,
        "{shown}"
    );
    assert_eq!(fs::read_to_string(server.path("tried")).unwrap(), "open barley\n");
}

#[test]
fn none_is_sent_where_none_is_asked_for() {
    let Some(server) = server() else { return };
    server.program(
        "sudo",
        "#!/bin/sh\n[ \"$1\" = -n ] && shift\n[ \"$1\" = -- ] && shift\n\
                            PATH=/usr/bin:/bin exec \"$@\"\n",
    );
    let Some((status, shown)) = tried(&server, "open sesame") else { return };
    assert_eq!(status, 0, "{shown}");
    let sent = fs::read(server.path("sent")).unwrap();
    assert!(!String::from_utf8_lossy(&sent).contains("sesame"));
}

#[test]
fn without_a_terminal_there_is_nobody_to_ask() {
    let Some(server) = Server::start(None) else { return };
    let mut command = Command::new("setsid");
    let call = server.command("facts", "target", &["--ask-become-pass", "os"]);
    command.arg("--wait").arg(call.get_program()).args(call.get_args()).current_dir(server.path(""));
    let (status, _, stderr) = server.told(command.stdin(Stdio::null()).output_in_time().unwrap());
    assert_eq!(status, 64, "{stderr}");
    assert!(stderr.starts_with("error: there is no terminal to ask for a password on"), "{stderr}");
}
