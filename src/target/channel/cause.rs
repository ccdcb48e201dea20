//! Why a channel ended: the words of `ssh`, told apart, with a way out for each.

use std::process::ExitStatus;

use super::complaints::Complaints;
use super::known_host;
use crate::model::address::Address;
use crate::model::error::Failure;

/// Exit status of `ssh` for its own failures.
const SSH_FAILED: i32 = 255;

/// Lines of what was said that a message repeats.
const TAIL: usize = 10;

/// The reason as a failure. `reached` says whether the shell on the target was heard of.
pub(super) fn tell(
    address: &Address,
    complaints: &Complaints,
    status: Option<ExitStatus>,
    reached: bool,
) -> Failure {
    let lines = complaints.lines();
    let code = status.and_then(|status| status.code());
    let failure = match address {
        _ if reached => Failure::new(format!("the connection to `{address}` was lost")),
        Address::Ssh { host, .. } if code == Some(SSH_FAILED) || code.is_none() => {
            refused(address, host, &lines, complaints.host_key().as_deref())
        }
        Address::Container { name }
            if says(&lines, "No such container") || says(&lines, "no container with") =>
        {
            Failure::new(format!("there is no container `{name}`")).hint("`docker ps` lists those that run")
        }
        _ => ended(address, &lines, code),
    };
    with_output(failure, lines)
}

/// Whether any line holds the words.
fn says(lines: &[String], words: &str) -> bool {
    lines.iter().any(|line| line.contains(words))
}

/// `ssh` did not get in.
fn refused(address: &Address, host: &str, lines: &[String], key: Option<&str>) -> Failure {
    if says(lines, "Could not resolve hostname") {
        return Failure::new(format!("the host name of `{address}` can't be resolved"))
            .hint("give an address, or a `Host` of ssh_config");
    }
    if says(lines, "REMOTE HOST IDENTIFICATION HAS CHANGED") {
        return changed(address, host, lines, key);
    }
    if says(lines, "Host key verification failed") || says(lines, "requested strict checking") {
        return unknown(address, host, key);
    }
    if says(lines, "Permission denied") || says(lines, "Too many authentication failures") {
        return Failure::new(format!("`{address}` lets none of your keys in"))
            .hint(format!("`ssh {host} true` must work without a question first"));
    }
    if says(lines, "Connection refused") {
        return Failure::new(format!("`{address}` refuses the connection"))
            .hint("is sshd running there, and on this port?");
    }
    if says(lines, "timed out") {
        return Failure::new(format!("`{address}` does not answer"))
            .hint("is it up, and does a firewall let you through?");
    }
    if says(lines, "No route to host") || says(lines, "Network is unreachable") {
        return Failure::new(format!("there is no way to `{address}`"));
    }
    if says(lines, "Connection closed")
        || says(lines, "Connection reset")
        || says(lines, "exchange_identification")
    {
        return Failure::new(format!("`{address}` closed the connection before anyone was let in"));
    }
    Failure::new(format!("`{address}` can't be reached"))
}

fn unknown(address: &Address, host: &str, key: Option<&str>) -> Failure {
    let shown = key.map(|key| format!("; it shows {key}")).unwrap_or_default();
    Failure::new(format!("the host key of `{address}` is not known here{shown}"))
        .hint(format!("compare it with the machine's own, then accept it once: ssh {host} true"))
}

fn changed(address: &Address, host: &str, lines: &[String], key: Option<&str>) -> Failure {
    let known = lines.iter().find_map(|line| known_host::offending(line));
    let words = match (known, key) {
        (Some(known), Some(key)) => format!("; known is {known}, it shows {key}"),
        (None, Some(key)) => format!("; it shows {key}"),
        _ => String::new(),
    };
    Failure::new(format!("the host key of `{address}` has changed{words}"))
        .hint("somebody may stand between you and the machine: find out why it changed")
        .hint(format!("if it was installed anew: ssh-keygen -R {host}"))
}

/// The shell on the target ended by itself.
fn ended(address: &Address, lines: &[String], code: Option<i32>) -> Failure {
    if says(lines, "sudo: a password is required") || says(lines, "sudo: a terminal is required") {
        return Failure::new(format!("sudo on `{address}` wants a password"))
            .hint("`--ask-become-pass` asks you for it")
            .hint("or let the account use sudo without one (NOPASSWD), or connect as root");
    }
    if says(lines, "is not in the sudoers file") || says(lines, "is not allowed to execute") {
        return Failure::new(format!("the account on `{address}` may not use sudo"));
    }
    if says(lines, "you must have a tty to run sudo") {
        return Failure::new(format!("sudo on `{address}` demands a terminal"))
            .hint("take `requiretty` out of its sudoers file for this account");
    }
    if matches!(code, Some(126 | 127)) && says(lines, "/bin/sh") {
        return Failure::new(format!("there is no shell /bin/sh on `{address}`"));
    }
    let mut failure = Failure::new(format!("the shell on `{address}` ended too early"));
    failure.status = code.map(|code| format!("exit status {code}"));
    failure
}

fn with_output(mut failure: Failure, lines: Vec<String>) -> Failure {
    failure.output = last(lines);
    failure
}

/// The lines that a message repeats.
pub(super) fn last(mut lines: Vec<String>) -> Vec<String> {
    lines.split_off(lines.len().saturating_sub(TAIL))
}
