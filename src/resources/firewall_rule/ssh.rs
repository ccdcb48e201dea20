//! The connections to the SSH port, one of which may be the run's own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::FirewallRule;
use super::rule::{Policy, Rule};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{FileText, Query};

/// Open sockets: proc_net_tcp(5).
const SOCKETS: &[&str] = &["/proc/net/tcp", "/proc/net/tcp6"];

/// The settings of the SSH server.
const SSHD: &str = "/etc/ssh/sshd_config";

/// The port of SSH where nothing else is said.
const PORT: u16 = 22;

pub(super) fn observe() -> Vec<Query> {
    SOCKETS.iter().copied().chain([SSHD]).map(|path| Query::Read(path.into())).collect()
}

/// Fails if these rules shut out somebody who is connected to the SSH port. `default`: what holds where no rule fits.
///
/// # Errors
/// They would, or an answer is missing.
pub(super) fn require_open(
    of: &FirewallRule,
    rules: &[Rule],
    default: Policy,
    known: &Known,
) -> Result<(), Stop> {
    for (from, port) in connections(known)? {
        let decides = rules.iter().find(|rule| rule.fits(from, port));
        if decides.map_or(default, |rule| rule.policy) == Policy::Allow {
            continue;
        }
        return Err(Failure::impossible(format!(
            "with the rule `{}`, {from} could not reach the SSH port {port} any more, and is connected to it now",
            of.rule_name
        ))
        .hint(format!(
            "declare before this resource who may: firewall_rule \"ssh\" {{ port = {port}, source = \"{from}\", order = 10 }}"
        ))
        .into());
    }
    Ok(())
}

/// The open connections to the SSH port: where they come from, and the port.
fn connections(known: &Known) -> Result<Vec<(IpAddr, u16)>, Stop> {
    let mut ports: Vec<u16> = match known.read(SSHD.into())? {
        Some(FileText::Text(text)) => text.lines().filter_map(port).collect(),
        _ => Vec::new(),
    };
    ports.push(PORT);
    let mut open = Vec::new();
    for path in SOCKETS {
        let Some(FileText::Text(table)) = known.read((*path).into())? else { continue };
        for line in table.lines().skip(1) {
            let mut fields = line.split_ascii_whitespace().skip(1);
            let (Some(own), Some(other), Some("01")) = (fields.next(), fields.next(), fields.next()) else {
                continue;
            };
            let (Some((_, port)), Some((from, _))) = (socket(own), socket(other)) else { continue };
            if ports.contains(&port) && !from.is_loopback() && !open.contains(&(from, port)) {
                open.push((from, port));
            }
        }
    }
    Ok(open)
}

/// The port in a line of the settings.
fn port(line: &str) -> Option<u16> {
    let (word, value) = line.trim().split_once(|c: char| c.is_ascii_whitespace() || c == '=')?;
    word.eq_ignore_ascii_case("port").then(|| value.trim().parse().ok())?
}

/// Reads an address and a port. The kernel writes each group of four bytes as a number of the machine.
fn socket(text: &str) -> Option<(IpAddr, u16)> {
    let (address, port) = text.split_once(':')?;
    let group = |at: usize| u32::from_str_radix(address.get(at..at + 8)?, 16).ok();
    let bytes = |at: usize| group(at).map(u32::to_ne_bytes);
    let port = u16::from_str_radix(port, 16).ok()?;
    if address.len() == 8 {
        return Some((IpAddr::V4(Ipv4Addr::from(bytes(0)?)), port));
    }
    let mut all = [0; 16];
    for (index, place) in all.chunks_exact_mut(4).enumerate() {
        place.copy_from_slice(&bytes(index * 8)?);
    }
    // An IPv4 connection to a socket for both.
    Some((Ipv6Addr::from(all).to_canonical(), port))
}
