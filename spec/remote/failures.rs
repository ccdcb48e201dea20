//! What keeps a target from being reached is told apart, with a way out: nobody is there (4), or somebody says no (6).

use std::fs;

use super::server::Server;

use crate::patience::CallInTime as _;

/// Programs of the spec's own stand before the system's.
const FAKES: &str = "PATH=$1/bin:$PATH; eval \"$SSH_ORIGINAL_COMMAND\"\n";

fn told(server: &Server, target: &str, code: i32) -> String {
    let (status, stdout, stderr) =
        server.told(server.command("facts", target, &["os"]).output_in_time().unwrap());
    assert_eq!((status, stdout.as_str()), (code, ""), "{stderr}");
    stderr
}

fn unreachable(server: &Server, target: &str) -> String {
    told(server, target, 4)
}

fn refused(server: &Server, target: &str) -> String {
    told(server, target, 6)
}

#[test]
fn an_unknown_host_key_is_refused_and_shown() {
    let Some(server) = Server::start(None) else { return };
    server.write_client("", "client");
    let told = refused(&server, "target");
    let shown = server.fingerprint("host");
    assert!(
        told.starts_with(&format!(
            "error: the host key of `ssh://target` is not known here; it shows ssh-ed25519 {shown}\n"
        )),
        "{told}"
    );
    assert!(told.contains(
        "hint: compare it with the machine's own, then accept it once: ssh -F ssh_config target true\n"
    ));
}

#[test]
fn a_changed_host_key_is_refused_with_both() {
    let Some(server) = Server::start(None) else { return };
    server.write_client(&server.key("other"), "client");
    let told = refused(&server, "target");
    let (known, shown) = (server.fingerprint("other"), server.fingerprint("host"));
    assert!(
        told.starts_with(&format!(
            "error: the host key of `ssh://target` has changed; {known} is known, but it shows ssh-ed25519 {shown}\n"
        )),
        "{told}"
    );
}

#[test]
fn a_revoked_host_key_is_told_as_one() {
    let Some(server) = Server::start(None) else { return };
    let shown = server.fingerprint("host");
    let known = fs::read_to_string(server.path("known_hosts")).unwrap();
    let marked = format!("@revoked * {}\n", server.key("host"));
    for (name, text) in [("known_hosts", marked), ("revoked", server.key("host"))] {
        fs::write(server.path("known_hosts"), &known).unwrap();
        fs::write(server.path(name), text).unwrap();
        if name == "revoked" {
            let config = fs::read_to_string(server.path("ssh_config")).unwrap();
            let list = format!("{config}Host *\n  RevokedHostKeys {}\n", server.path(name).display());
            fs::write(server.path("ssh_config"), list).unwrap();
        }
        let told = refused(&server, "target");
        let words = format!("error: the host key of `ssh://target` (ssh-ed25519 {shown}) is revoked\n");
        assert!(told.starts_with(&words), "{name}: {told}");
        assert!(!told.contains("accept it once") && !told.contains("@@@"), "{name}: {told}");
        assert_eq!(told.matches("note: ").count(), 1, "{name}: {told}");
    }
}

/// A forced command, and a shell that lets nobody work, print why.
#[test]
fn what_runs_instead_of_a_shell_is_shown() {
    for script in
        ["echo 'This account is currently not available.'; exit 1\n", "echo 'backups only' >&2; exit 7\n"]
    {
        let Some(server) = Server::start(Some(script)) else { return };
        let told = refused(&server, "target");
        let status = if script.contains("exit 7") { 7 } else { 1 };
        assert!(
            told.starts_with(&format!("error: `ssh://target` ran no shell for us: exit status {status}\n")),
            "{told}"
        );
        let said =
            if status == 7 { " backups only\n" } else { " This account is currently not available.\n" };
        assert!(told.contains(said), "{told}");
        assert!(told.contains("does the account have a login shell"), "{told}");
    }
}

#[test]
fn a_sudo_that_does_not_come_back_is_told_as_one() {
    let Some(server) = Server::start(Some(FAKES)) else { return };
    server.program("id", "#!/bin/sh\necho 4711\n");
    server.program("sudo", "#!/bin/sh\nexec sleep 100\n");
    let words = ["--become", "--connect-timeout", "2", "os"];
    let output = server.command("facts", "target", &words).output_in_time().unwrap();
    let (status, _, stderr) = server.told(output);
    assert_eq!(status, 4, "{stderr}");
    assert!(stderr.contains("hint: sudo does not finish there"), "{stderr}");
    assert!(!stderr.contains("login script"), "{stderr}");
}

/// What is written ends before the process does, and the reason comes last of all.
#[test]
fn a_reason_that_takes_its_time_is_waited_for() {
    let late = "exec >&-; sleep 7; echo 'sudo: a password is required' >&2; exit 1\n";
    let Some(server) = Server::start(Some(late)) else { return };
    let told = refused(&server, "target");
    assert!(told.starts_with("error: sudo on `ssh://target` wants a password\n"), "{told}");
}

#[test]
fn a_host_that_opens_no_session() {
    let Some(server) = Server::start(Some("# MaxSessions 0\n")) else { return };
    let told = refused(&server, "target");
    assert!(told.starts_with("error: `ssh://target` accepts the login, but opens no session\n"), "{told}");
    assert!(told.contains("`MaxSessions`"), "{told}");
}

#[test]
fn a_key_that_is_not_let_in() {
    let Some(server) = Server::start(None) else { return };
    server.write_client(&server.key("host"), "stranger");
    let told = refused(&server, "target");
    assert!(told.starts_with("error: `ssh://target` accepts none of your keys\n"), "{told}");
    assert!(told.contains("Permission denied (publickey)"), "{told}");
}

#[test]
fn a_name_that_is_no_hosts() {
    let Some(server) = Server::start(None) else { return };
    let told = unreachable(&server, "nowhere");
    assert!(told.starts_with("error: the host name of `ssh://nowhere` can't be resolved\n"), "{told}");
}

#[test]
fn a_port_where_nobody_listens() {
    let Some(server) = Server::start(None) else { return };
    let told = unreachable(&server, "shut");
    assert!(told.starts_with("error: `ssh://shut` refuses the connection\n"), "{told}");
}

#[test]
fn a_host_that_looks_like_an_option() {
    let Some(server) = Server::start(None) else { return };
    let output = server.command("facts", "ssh://-oProxyCommand=touch", &["os"]).output_in_time().unwrap();
    let (status, _, stderr) = server.told(output);
    assert_eq!(status, 64, "{stderr}");
    assert!(stderr.contains("begins with `-`"), "{stderr}");
}

#[test]
fn a_target_without_sudo_rights_or_password() {
    let Some(server) = Server::start(Some(FAKES)) else { return };
    server.program("id", "#!/bin/sh\necho 4711\n");
    let cases = [
        ("sudo: a password is required", "sudo on `ssh://target` wants a password"),
        ("cook is not in the sudoers file.", "the account on `ssh://target` may not use sudo"),
        ("sudo: sorry, you must have a tty to run sudo", "sudo on `ssh://target` requires a terminal"),
    ];
    for (said, told) in cases {
        server.program("sudo", &format!("#!/bin/sh\necho '{said}' >&2; exit 1\n"));
        let output = server.command("facts", "target", &["--become", "os"]).output_in_time().unwrap();
        let (status, _, stderr) = server.told(output);
        assert_eq!(status, 6, "{stderr}");
        assert!(stderr.starts_with(&format!("error: {told}\n")), "{stderr}");
    }
}
