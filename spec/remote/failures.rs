//! What keeps a target from being reached is told apart, with a way out: nobody is there (4), or somebody says no (6).

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
            "error: the host key of `ssh://target` has changed; known is {known}, it shows ssh-ed25519 {shown}\n"
        )),
        "{told}"
    );
}

#[test]
fn a_key_that_is_not_let_in() {
    let Some(server) = Server::start(None) else { return };
    server.write_client(&server.key("host"), "stranger");
    let told = refused(&server, "target");
    assert!(told.starts_with("error: `ssh://target` lets none of your keys in\n"), "{told}");
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
        ("sudo: sorry, you must have a tty to run sudo", "sudo on `ssh://target` demands a terminal"),
    ];
    for (said, told) in cases {
        server.program("sudo", &format!("#!/bin/sh\necho '{said}' >&2; exit 1\n"));
        let output = server.command("facts", "target", &["--become", "os"]).output_in_time().unwrap();
        let (status, _, stderr) = server.told(output);
        assert_eq!(status, 6, "{stderr}");
        assert!(stderr.starts_with(&format!("error: {told}\n")), "{stderr}");
    }
}
