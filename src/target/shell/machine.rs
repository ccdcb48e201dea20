//! Answers about accounts, services and networks.

use std::collections::BTreeMap;

use super::shell_state::{Found, Raced, ShellState};
use super::wire::{Frames, call};
use crate::model::error::{FailedCommand, Failure};
use crate::model::package_manager::{self, PACKAGE_MANAGERS};
use crate::model::query::{Answer, Enabled, Host, Init, Interface, Query, ServiceState};
use crate::model::step::Downloader;
use crate::target::local::accounts::Accounts;
use crate::target::local::{systemd, sysv};

/// Parses the name of an init system.
pub(super) fn init(word: &str) -> Init {
    match word {
        "systemd" => Init::Systemd,
        "sysv" => Init::Sysv,
        _ => Init::None,
    }
}

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

/// Asks for the states of services.
pub(super) fn ask_services(asked: &[(usize, &str)], init: Init) -> String {
    match init {
        Init::Systemd => {
            let units: Vec<String> = asked.iter().map(|(_, name)| shown_as(name)).collect();
            let words = std::iter::once(systemd::PROPERTIES).chain(units.iter().map(String::as_str));
            call("ask_units", words)
        }
        Init::Sysv | Init::None => {
            let units: Vec<String> = asked.iter().map(|(_, name)| systemd::unit(name)).collect();
            let words = asked.iter().zip(&units).flat_map(|((_, name), unit)| [script_name(name), unit]);
            call("ask_scripts", words)
        }
    }
}

/// The argument of `systemctl show`.
fn shown_as(name: &str) -> String {
    systemd::example(&systemd::unit(name))
}

fn script_name(name: &str) -> &str {
    name.strip_suffix(".service").unwrap_or(name)
}

/// Answers `Service`.
pub(super) fn services(asked: &[(usize, &str)], mut frames: Frames, init: Init) -> Found {
    match init {
        Init::Systemd => units(asked, &mut frames),
        Init::Sysv | Init::None => scripts(asked, &mut frames),
    }
}

fn units(asked: &[(usize, &str)], frames: &mut Frames) -> Found {
    let shown = told(frames, "systemctl show", |status| status == 0)?;
    let links = links(frames);
    let shown = shown.map(|text| systemd::parse_show(&text, &links));
    Ok(asked
        .iter()
        .map(|(index, name)| {
            let unit = shown_as(name);
            let answer = match &shown {
                Err(failure) => Answer::Failed(failure.clone()),
                Ok(shown) => match shown.iter().find(|(names, _)| names.contains(&unit)) {
                    Some((_, state)) => Answer::Service(state.clone()),
                    None => {
                        Answer::Failed(Failure::new(format!("`systemctl show` said nothing of `{unit}`")))
                    }
                },
            };
            (*index, answer)
        })
        .collect())
}

/// Names in `/etc/rc?.d`.
fn links(frames: &mut Frames) -> Vec<String> {
    std::iter::from_fn(|| frames.text("link")).collect()
}

fn scripts(asked: &[(usize, &str)], frames: &mut Frames) -> Found {
    let statuses: Option<Vec<(String, String)>> =
        asked.iter().map(|_| Some((frames.text("script")?, frames.text("unit")?))).collect();
    let statuses = statuses.ok_or(Raced)?;
    let links = links(frames);
    let state = |name: &str, status: &str| {
        let enabled = if sysv::is_enabled(script_name(name), &links) { Enabled::Yes } else { Enabled::No };
        let running = status == "0";
        (status != "none").then(|| ServiceState { exists: true, running, enabled, ..ServiceState::missing() })
    };
    let answers = asked.iter().zip(&statuses);
    let answer = |name: &str, (status, unit): &(String, String)| systemd::offline(state(name, status), unit);
    Ok(answers.map(|((index, name), told)| (*index, Answer::Service(answer(name, told)))).collect())
}

/// Asks who and where we are, and for the signs of package managers.
pub(super) fn ask_host() -> String {
    let signs = PACKAGE_MANAGERS.iter().flat_map(|manager| manager.signs.iter().copied());
    let release = "[ ! -r /etc/os-release ] || stream release </etc/os-release";
    format!("ask_host\n{}\n{release}", call("ask_signs", signs))
}

/// Answers `Host`.
pub(super) fn host(asked: &[usize], mut frames: Frames, seen: &ShellState) -> Found {
    let told = init(&frames.text("init").ok_or(Raced)?);
    let offline_systemd = !frames.text("offline").ok_or(Raced)?.is_empty();
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
        init: told,
        offline_systemd,
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
        interface.addresses.sort();
        interface.addresses.dedup();
    }
    found.into_values().collect()
}
