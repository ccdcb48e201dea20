//! Only some modules open files and sockets and start processes. The table of doors in src/lib.rs lists them.

use std::collections::BTreeSet;

use super::code::{File, LIBRARY};
use super::reader::Parts;
use super::source::{listed, table};

/// Paths of what opens files, sockets or processes.
const OPENERS: &[&str] = &[
    "std::fs",
    "std::os::unix::fs::symlink",
    "std::os::unix::net",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::ToSocketAddrs",
    "std::net::UdpSocket",
    "std::process::Command",
    "rustix::fs",
    "rustix::net",
    "rustix::pipe",
    "rustix::process::pidfd_open",
    "nix::dir",
    "nix::fcntl",
    "nix::mount",
    "nix::spawn",
    "nix::sys::socket",
    "nix::sys::stat",
    "nix::sys::statvfs",
    "nix::unistd::chdir",
    "nix::unistd::execv",
    "nix::unistd::execve",
    "nix::unistd::execvp",
    "nix::unistd::fork",
    "nix::unistd::mkfifo",
    "nix::unistd::pipe",
    "nix::unistd::unlink",
    "rusqlite::Connection",
    "tempfile",
    "tokio",
    "ureq",
    "xattr",
];

/// Methods of paths that access the file system.
const LOOKS: &[&str] = &[
    "canonicalize",
    "canonicalize_utf8",
    "exists",
    "is_dir",
    "is_file",
    "is_symlink",
    "metadata",
    "read_dir",
    "read_dir_utf8",
    "read_link",
    "read_link_utf8",
    "symlink_metadata",
    "try_exists",
];

#[test]
fn files_sockets_and_processes_have_few_doors() {
    let doors = doors();
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for file in LIBRARY.values() {
        let opened = opened(file);
        match doors.iter().find(|door| file.source.is_behind(door)) {
            Some(door) if !opened.is_empty() => drop(used.insert(door.clone())),
            Some(_) => {}
            None => wrong.extend(opened.iter().map(|what| format!("{} opens by {what}", file.source.path))),
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(used, doors, "what opens nothing is no door");
}

/// The files and directories in the table of doors.
fn doors() -> BTreeSet<String> {
    table("| door | what it opens |").iter().flat_map(|row| listed(&row[0])).collect()
}

/// What a file uses to open something.
fn opened(file: &File) -> Vec<String> {
    let named =
        file.named.iter().filter(|parts| is_opener(parts)).map(|parts| format!("`{}`", parts.join("::")));
    let looks = LOOKS.iter().filter(|look| file.calls.contains(**look)).map(|look| format!("`.{look}()`"));
    named.chain(looks).collect()
}

fn is_opener(parts: &Parts) -> bool {
    OPENERS.iter().any(|opener| {
        let opener: Vec<&str> = opener.split("::").collect();
        parts.len() >= opener.len() && opener.iter().zip(parts).all(|(wanted, part)| wanted == part)
    })
}
