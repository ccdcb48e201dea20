//! The process that compiles, looked at from outside while it does: what it has, and whom it outlives.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::patience::{EndInTime as _, until};

/// A command that compiles a loop without end, in a process group of its own.
fn endless(directory: &TempDir) -> Child {
    fs::create_dir(directory.path().join("recipes")).unwrap();
    fs::write(directory.path().join("recipes/loop.lua"), "while true do end\n").unwrap();
    Command::new(env!("CARGO_BIN_EXE_chefrs"))
        .args(["compile", "-r", "loop"])
        .current_dir(directory.path())
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A file of a process below /proc; empty when that is gone.
fn proc(process: i32, file: &str) -> String {
    fs::read(format!("/proc/{process}/{file}"))
        .map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The value of a line of `status`.
fn status(process: i32, name: &str) -> String {
    let status = proc(process, "status");
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":"));
    line.unwrap_or_default().trim().to_owned()
}

/// The process that one has started, as soon as it has closed its doors.
fn compiling(parent: &Child) -> i32 {
    let parent = parent.id().to_string();
    let mut found = None;
    until("the process that compiles has closed its doors", || {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        found =
            processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok()).find(|process| {
                status(*process, "PPid") == parent
                    && status(*process, "NoNewPrivs") == "1"
                    && limit(*process, "Max open files") == "3"
            });
        found.is_some()
    });
    found.unwrap()
}

/// The soft limit of a resource.
fn limit(process: i32, name: &str) -> String {
    let limits = proc(process, "limits");
    let line = limits.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()).unwrap_or_default().to_owned()
}

#[test]
fn it_has_little_and_may_do_little() {
    let directory = tempfile::tempdir().unwrap();
    let parent = endless(&directory);
    let child = compiling(&parent);
    // The last door is closed right after the limits; a kernel without it has no such line at all.
    until("it is filtered", || matches!(status(child, "Seccomp").as_str(), "2" | ""));
    let wanted = [
        ("Max cpu time", "11"),
        ("Max file size", "0"),
        ("Max core file size", "0"),
        ("Max data size", "402653184"),
        ("Max address space", "1476395008"),
    ];
    let seen = wanted.map(|(name, _)| (name, limit(child, name)));
    let (environment, directory) = (proc(child, "environ"), fs::read_link(format!("/proc/{child}/cwd")));
    let streams: Vec<_> = fs::read_dir(format!("/proc/{child}/fd"))
        .unwrap()
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .filter(|path| !path.to_string_lossy().starts_with("pipe:") && path.as_os_str() != "/dev/null")
        .collect();
    drop_all(parent);
    assert_eq!(seen.each_ref().map(|(name, value)| (*name, value.as_str())), wanted);
    // How its memory is had, and nothing of ours. Whoever reads it cuts it into pieces.
    let environment = environment.replace('\0', ":");
    assert_eq!(environment, "GLIBC_TUNABLES=glibc.malloc.arena_max=1:glibc.malloc.hugetlb=1:");
    assert_eq!(directory.unwrap().to_str(), Some("/"));
    assert_eq!(streams, Vec::<std::path::PathBuf>::new());
}

#[test]
fn it_ends_with_whoever_started_it() {
    let directory = tempfile::tempdir().unwrap();
    let parent = endless(&directory);
    let child = compiling(&parent);
    drop_all(parent);
    until("the process that compiles is gone", || proc(child, "cmdline").is_empty());
}

#[test]
fn an_interrupt_from_the_terminal_is_not_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let parent = endless(&directory);
    let child = compiling(&parent);
    let group = status(child, "NSpgid");
    drop_all(parent);
    // A terminal interrupts the group in front; this one is a group of its own.
    assert_eq!(group, child.to_string());
}

/// Ends a command at once.
fn drop_all(mut parent: Child) {
    parent.kill().unwrap();
    parent.wait_in_time().unwrap();
}
