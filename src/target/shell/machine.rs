//! Answers about accounts and networks, and who and where we are.

use std::collections::BTreeMap;

use super::shell_state::{Found, Raced, ShellState};
use super::wire::{Frames, call};
use crate::model::error::{FailedCommand, Failure};
use crate::model::package_manager::{self, PACKAGE_MANAGERS};
use crate::model::query::{Answer, Host, Init, Interface, Query};
use crate::model::service_manager;
use crate::model::sorted;
use crate::model::step::Downloader;
use crate::target::local::accounts::Accounts;

/// Asks for the account files if they have changed.
pub(super) fn ask_accounts(seen: &ShellState) -> String {
    let files = ["/etc/passwd", "/etc/group", "/etc/shadow"];
    let changed = call("changed", ["accounts", &seen.accounts_stamp].into_iter().chain(files));
    let texts = call("ask_text", ["accounts", ""].into_iter().chain(files));
    format!("if {changed}; then {texts}; fi")
}

/// Answers `User` and `Group`. Also needed for owners in other answers.
pub(super) fn accounts(
    asked: &[(usize, &Query)],
    mut frames: Frames,
    seen: &mut ShellState,
) -> Vec<(usize, Answer)> {
    if let Some(stamp) = frames.text("accounts.stamp") {
        let mut file = || frames.text("accounts").unwrap_or_default();
        let (passwd, group, shadow) = (file(), file(), file());
        seen.accounts = Accounts::parse(&passwd, &group, &shadow);
        seen.accounts_stamp = stamp;
    }
    asked
        .iter()
        .filter_map(|(index, query)| match query {
            Query::User(name) => Some((*index, Answer::User(seen.accounts.user(name).map(Box::new)))),
            Query::Group(name) => Some((*index, Answer::Group(seen.accounts.group(name)))),
            _ => None,
        })
        .collect()
}

/// The output of a program, if it succeeded.
pub(super) fn told(
    frames: &mut Frames,
    program: &str,
    accepts: fn(i32) -> bool,
) -> Result<Result<String, Failure>, Raced> {
    let status = frames.text("status").ok_or(Raced)?;
    let out = frames.text("out").ok_or(Raced)?;
    if status.parse().is_ok_and(accepts) {
        return Ok(Ok(out));
    }
    let output = out.lines().rev().take(20).map(crate::model::english::printable).collect::<Vec<_>>();
    Ok(Err(Failure {
        message: format!("`{program}` failed"),
        command: Some(FailedCommand {
            argv: program.split(' ').map(str::to_owned).collect(),
            status: Some(format!("exit status {status}")),
            output: output.into_iter().rev().collect(),
        }),
        ..Failure::default()
    }))
}

/// The service manager that runs, and the one that is installed but does not run.
pub(super) fn managers(frames: &mut Frames) -> Result<(Init, Option<Init>), Raced> {
    let init = service_manager::of_fact(&frames.text("init").ok_or(Raced)?);
    let offline = service_manager::of_fact(&frames.text("offline").ok_or(Raced)?);
    Ok((init, (offline != Init::None).then_some(offline)))
}

/// Asks who and where we are, and for the signs of package managers.
pub(super) fn ask_host() -> String {
    let signs = PACKAGE_MANAGERS.iter().flat_map(|manager| manager.signs.iter().copied());
    let release = "[ ! -r /etc/os-release ] || stream release </etc/os-release";
    format!("ask_host\n{}\n{release}", call("ask_signs", signs))
}

/// Answers `Host`.
pub(super) fn host(asked: &[usize], mut frames: Frames, seen: &ShellState) -> Found {
    let (init, offline) = managers(&mut frames)?;
    let attributes_unseen = frames.text("attributes").ok_or(Raced)? == "unseen";
    let uname = frames.text("uname").ok_or(Raced)?;
    let now = frames.text("now").and_then(|now| now.parse().ok()).ok_or(Raced)?;
    let downloader = frames.text("downloader").map(|word| match word.as_str() {
        "curl" => Downloader::Curl,
        "gnu" => Downloader::GnuWget,
        "open" => Downloader::OpenWget,
        _ => Downloader::None,
    });
    let signs: Vec<String> = std::iter::from_fn(|| frames.text("sign")).collect();
    let release = frames.text("release").unwrap_or_default();
    let is_there = |path: &str| signs.iter().any(|sign| sign == path);
    let manager = package_manager::of_machine(is_there, || package_manager::distributions(&release));
    let host = Box::new(Host {
        init,
        offline,
        attributes_unseen,
        downloader,
        user: seen.accounts.user_name(seen.user),
        root: seen.root,
        uname: parse_uname(&uname).ok_or(Raced)?,
        package_manager: manager.map(|manager| manager.name.to_owned()),
        now,
    });
    Ok(asked.iter().map(|index| (*index, Answer::Host(host.clone()))).collect())
}

/// Kernel, node, release and architecture are single words. The version between them is not.
fn parse_uname(text: &str) -> Option<[String; 5]> {
    let mut first = text.trim().splitn(4, ' ').map(str::to_owned);
    let (kernel, node, release) = (first.next()?, first.next()?, first.next()?);
    let rest = first.next()?;
    let (version, machine) = rest.rsplit_once(' ')?;
    Some([kernel, node, release, version.to_owned(), machine.to_owned()])
}

/// Answers `Interfaces`.
pub(super) fn interfaces(asked: &[usize], mut frames: Frames) -> Vec<(usize, Answer)> {
    let answer = if frames.text("ip").is_some() {
        let links = frames.text("link").unwrap_or_default();
        let addresses = frames.text("addr").unwrap_or_default();
        Answer::Interfaces(parse_ip(&links, &addresses))
    } else {
        Answer::Failed(
            Failure::new("can't list the network interfaces: there is no program `ip`")
                .hint("install iproute2 or busybox there"),
        )
    };
    asked.iter().map(|index| (*index, answer.clone())).collect()
}

/// Parses the output of `ip -o link` and `ip -o addr`.
fn parse_ip(links: &str, addresses: &str) -> Vec<Interface> {
    let mut found: BTreeMap<String, Interface> = BTreeMap::new();
    for line in links.lines() {
        let Some(name) = line.split_ascii_whitespace().nth(1) else { continue };
        // `eth0@if5:` is one end of a pair.
        let name = name.trim_end_matches(':').split('@').next().unwrap_or_default().to_owned();
        let mut words = line.split_ascii_whitespace().skip_while(|word| *word != "link/ether");
        let mac = words.nth(1).filter(|mac| *mac != "00:00:00:00:00:00").map(str::to_owned);
        found.insert(name.clone(), Interface { name, mac, addresses: Vec::new() });
    }
    for line in addresses.lines() {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, name, family @ ("inet" | "inet6"), address, rest @ ..] = words.as_slice() else { continue };
        let Some(interface) = found.get_mut(*name) else { continue };
        let full = if *family == "inet" { 32 } else { 128 };
        let address = match rest {
            ["peer", peer, ..] => {
                format!("{address}/{}", peer.rsplit_once('/').map_or("32", |(_, bits)| bits))
            }
            _ if address.contains('/') => (*address).to_owned(),
            _ => format!("{address}/{full}"),
        };
        interface.addresses.push(address);
    }
    for interface in found.values_mut() {
        sorted::sort_by(&mut interface.addresses, Ord::cmp);
        interface.addresses.dedup();
    }
    found.into_values().collect()
}
