//! Why a channel ended: recognises the messages of `ssh`, and adds hints.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::call::SessionEnd;
use super::container;
use super::options::SshOptions;
use super::stderr::{Stderr, Trace};
use crate::model::address::Address;
use crate::model::error::{Failure, FailureKind};

/// Number of lines that a failure quotes.
const TAIL: usize = 10;

/// The reason as a failure. `reached`: the shell on the target has answered before.
pub(super) fn tell(
    address: &Address,
    ssh: &SshOptions,
    stderr: &Stderr,
    end: SessionEnd,
    reached: bool,
) -> Failure {
    let lines = stderr.of_target();
    let typed = match address {
        Address::Ssh { user, host, port } => Some(ssh.typed(user.as_deref(), host, *port)),
        _ => None,
    };
    let failure = match (end, address) {
        (SessionEnd::NotStarted(failure), _) => return *failure,
        (SessionEnd::KeptOut, Address::Ssh { host, .. }) => {
            let way = typed.unwrap_or_default();
            return refused(address, host, (ssh, &way), &stderr.of_ssh(), &stderr.trace());
        }
        (SessionEnd::NoSession(why), _) => {
            let mut failure = Failure::new(format!("`{address}` accepts the login, but opens no session"))
                .of_kind(FailureKind::Refused)
                .hint("does its sshd allow sessions (`MaxSessions`), and may the account have one?");
            failure.details.push(why);
            return failure;
        }
        (SessionEnd::Killed, _) if reached => {
            let mut failure = Failure::new(format!("the agent on `{address}` was killed"));
            failure.details.push("it was ended by a signal; the connection was fine".to_owned());
            failure
                .of_kind(FailureKind::Killed)
                .hint("run again: owed notifications are recorded there, and finished work is skipped")
        }
        (_, _) if reached => {
            Failure::new(format!("the connection to `{address}` was lost")).of_kind(FailureKind::Lost)
        }
        (SessionEnd::Broken, _) => Failure::new(format!(
            "the connection to `{address}` broke before it answered"
        ))
        .hint("the login had succeeded: is the machine restarting, or does something end its sessions?"),
        (end, _) => {
            let code = match end {
                SessionEnd::Exited(code) => Some(code),
                _ => None,
            };
            let known = match address {
                Address::Container { name } => container::explain(name, &lines),
                _ => None,
            };
            known.unwrap_or_else(|| ended(address, typed.as_deref(), &lines, code))
        }
    };
    let kind = match failure.kind {
        // Nothing of ours has run there.
        FailureKind::Failed if !reached => FailureKind::Unreachable,
        kind => kind,
    };
    with_output(failure.of_kind(kind), &stderr.all())
}

/// Whether any line contains the words.
fn says(lines: &[String], words: &str) -> bool {
    lines.iter().any(|line| line.contains(words))
}

/// `ssh` could not connect or log in.
fn refused(
    address: &Address,
    host: &str,
    (options, way): (&SshOptions, &str),
    lines: &[String],
    trace: &Trace,
) -> Failure {
    // If a jump host does not let us through, the failure is about the jump host.
    let jump = trace.jump.as_deref().filter(|_| !trace.let_in);
    let (whom, host, ssh) = match jump {
        Some(jump) => {
            let whom = format!("the jump host `{jump}` before `{address}`");
            (whom, jump, options.typed(None, jump, None))
        }
        None => (format!("`{address}`"), host, way.to_owned()),
    };
    let key = trace.host_key.as_deref();
    if says(lines, "REMOTE HOST IDENTIFICATION HAS CHANGED") {
        return changed(&whom, host, lines, key);
    }
    if let Some(revoked) =
        lines.iter().find(|line| line.contains(" is marked as revoked") || line.contains(" revoked by file "))
    {
        return revoked_key(&whom, key, revoked);
    }
    with_output(kept_out(&whom, &ssh, key, lines), lines)
}

/// The reason, from the messages of `ssh`.
fn kept_out(whom: &str, ssh: &str, key: Option<&str>, lines: &[String]) -> Failure {
    let refused = |words: String| Failure::new(words).of_kind(FailureKind::Refused);
    let unreachable = |words: String| Failure::new(words).of_kind(FailureKind::Unreachable);
    if says(lines, "Could not resolve hostname") {
        return unreachable(format!("the host name of {whom} can't be resolved"))
            .hint("give an address, or a `Host` of ssh_config");
    }
    if says(lines, "Host key verification failed") || says(lines, "requested strict checking") {
        return unknown(whom, ssh, key);
    }
    if says(lines, "Permission denied") || says(lines, "Too many authentication failures") {
        return refused(format!("{whom} accepts none of your keys"))
            .hint(format!("`{ssh} true` must work without a question first"));
    }
    if says(lines, "Connection refused") {
        return unreachable(format!("{whom} refuses the connection"))
            .hint("is sshd running there, and on this port?");
    }
    if says(lines, "timed out during banner exchange") {
        return unreachable(format!("{whom} does not answer")).hint(
            "it accepts the connection, then sends nothing: does the machine hang, or is it overloaded?",
        );
    }
    if says(lines, "timed out") {
        return unreachable(format!("{whom} does not answer"))
            .hint("is it up, and does a firewall let you through?");
    }
    if says(lines, "No route to host") || says(lines, "Network is unreachable") {
        return unreachable(format!("there is no route to {whom}"))
            .hint("is it up, and is its address the right one?");
    }
    if says(lines, "Connection closed")
        || says(lines, "Connection reset")
        || says(lines, "exchange_identification")
    {
        return unreachable(format!("{whom} closed the connection before the login"));
    }
    unreachable(format!("{whom} can't be reached"))
}

fn unknown(whom: &str, ssh: &str, key: Option<&str>) -> Failure {
    let shown = key.map(|key| format!("; it shows {key}")).unwrap_or_default();
    Failure::new(format!("the host key of {whom} is not known here{shown}"))
        .of_kind(FailureKind::Refused)
        .hint(format!("compare it with the machine's own, then accept it once: {ssh} true"))
}

/// The key is marked `@revoked` in known_hosts, or listed in `RevokedHostKeys`: sshd(8), ssh_config(5).
fn revoked_key(whom: &str, key: Option<&str>, told: &str) -> Failure {
    let shown = key.map(|key| format!(" ({key})")).unwrap_or_default();
    let mut failure = Failure::new(format!("the host key of {whom}{shown} is revoked"))
        .of_kind(FailureKind::Refused)
        .hint("this key must not be used any more: a machine that shows it may not be the one that you mean")
        .hint("give the machine a new host key, and make that known here");
    failure.details.push(told.trim().to_owned());
    failure
}

fn changed(whom: &str, host: &str, lines: &[String], key: Option<&str>) -> Failure {
    let known = lines.iter().find_map(|line| offending_key(line));
    let words = match (known, key) {
        (Some(known), Some(key)) => format!("; {known} is known, but it shows {key}"),
        (None, Some(key)) => format!("; it shows {key}"),
        _ => String::new(),
    };
    // `ssh` prints the right command, with the name and file of the known key.
    let told = lines.iter().map(|line| line.trim()).find(|line| line.starts_with("ssh-keygen -f "));
    let forget = told.map_or_else(|| format!("ssh-keygen -R {host}"), str::to_owned);
    let mut failure = Failure::new(format!("the host key of {whom} has changed{words}"))
        .of_kind(FailureKind::Refused)
        .hint("somebody may stand between you and the machine: find out why it changed")
        .hint(format!("if it was reinstalled: {forget}"));
    // Only this part of the output is not in the message already.
    failure.details = lines.iter().filter(|line| line.starts_with("Offending ")).cloned().collect();
    failure
}

/// The shell on the target ended by itself.
fn ended(address: &Address, way: Option<&str>, lines: &[String], code: Option<i32>) -> Failure {
    let refused = |words: String| Failure::new(words).of_kind(FailureKind::Refused);
    if says(lines, "sudo: a password is required") || says(lines, "sudo: a terminal is required") {
        return refused(format!("sudo on `{address}` wants a password"))
            .hint("`--ask-become-pass` asks you for it; a program may print it: `become_password` in chefrs.toml")
            .hint("or let the account use sudo without one (NOPASSWD), or connect as root");
    }
    if says(lines, "is not in the sudoers file") || says(lines, "is not allowed to execute") {
        return refused(format!("the account on `{address}` may not use sudo"));
    }
    if says(lines, "you must have a tty to run sudo") {
        return refused(format!("sudo on `{address}` requires a terminal"))
            .hint("remove `requiretty` from its sudoers file for this account");
    }
    if says(lines, "sudo: not found") || says(lines, "sudo: command not found") {
        return refused(format!("there is no sudo on `{address}`"))
            .hint("install it there, or connect as root");
    }
    // A line that begins with it is said by one.
    let misses_shell = |line: &String| line.contains("/bin/sh") && !line.starts_with("/bin/sh: ");
    if matches!(code, Some(126 | 127)) && lines.iter().any(misses_shell) {
        return Failure::new(format!("there is no shell /bin/sh on `{address}`"));
    }
    let failure = Failure::new(match code {
        Some(code) => format!("`{address}` ran no shell for us: exit status {code}"),
        None => format!("the shell on `{address}` ended too early"),
    });
    match way {
        // The host answers, but the session can't be used.
        Some(way) => failure
            .of_kind(FailureKind::Refused)
            .hint(format!("`{way} true` must work without any output"))
            .hint("does the account have a login shell, and no command that its key is bound to?"),
        None => failure,
    }
}

fn with_output(mut failure: Failure, lines: &[String]) -> Failure {
    failure.details.extend(last(lines.to_vec()));
    failure
}

/// The lines that a failure quotes.
pub(super) fn last(mut lines: Vec<String>) -> Vec<String> {
    lines.split_off(lines.len().saturating_sub(TAIL))
}

/// The fingerprint of the key in a message of ssh: `Offending ED25519 key in /home/a/.ssh/known_hosts:3`.
fn offending_key(complaint: &str) -> Option<String> {
    let (_, place) = complaint.split_once("Offending ")?.1.split_once(" key in ")?;
    let (file, line) = place.trim().rsplit_once(':')?;
    let line: usize = line.parse().ok()?;
    let text = std::fs::read_to_string(file).ok()?;
    fingerprint(text.lines().nth(line.checked_sub(1)?)?)
}

/// Parses `[@marker] hosts type key [comment]`.
fn fingerprint(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().skip_while(|word| word.starts_with('@'));
    let key = STANDARD.decode(words.nth(2)?).ok()?;
    Some(format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(key))))
}
