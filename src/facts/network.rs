//! Facts about names and addresses of the machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Map, Value, json};

use crate::model::query::Interface;
use crate::model::sorted;

/// The default routes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DefaultRoute {
    /// Interface and gateway for IPv4.
    pub v4: Option<(String, Ipv4Addr)>,
    /// Interface and gateway for IPv6.
    pub v6: Option<(String, Ipv6Addr)>,
}

/// Parses `/proc/net/route` and `/proc/net/ipv6_route`. The route with the lowest metric counts.
#[must_use]
pub fn default_route(v4: &str, v6: &str) -> DefaultRoute {
    let v4 = v4.lines().skip(1).filter_map(route_v4).min_by_key(|(metric, ..)| *metric);
    let v6 = v6.lines().filter_map(route_v6).min_by_key(|(metric, ..)| *metric);
    DefaultRoute {
        v4: v4.map(|(_, interface, gateway)| (interface, gateway)),
        v6: v6.map(|(_, interface, gateway)| (interface, gateway)),
    }
}

/// Parses a line `eth0 00000000 0102A8C0 0003 0 0 100 00000000 …`: interface, destination, gateway, flags, metric,
/// mask.
fn route_v4(line: &str) -> Option<(u32, String, Ipv4Addr)> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let [interface, destination, gateway, flags, _, _, metric, mask, ..] = fields.as_slice() else {
        return None;
    };
    let is_up = u32::from_str_radix(flags, 16).ok()? & 1 == 1;
    if *destination != "00000000" || *mask != "00000000" || !is_up {
        return None;
    }
    // The kernel prints the address as a number in native byte order.
    let gateway = Ipv4Addr::from(u32::from_str_radix(gateway, 16).ok()?.to_ne_bytes());
    Some((metric.parse().ok()?, (*interface).to_owned(), gateway))
}

/// Parses a line: destination, prefix length, source, prefix length, gateway, metric, references, uses, flags,
/// interface.
fn route_v6(line: &str) -> Option<(u32, String, Ipv6Addr)> {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let [destination, length, _, _, gateway, metric, _, _, flags, interface] = fields.as_slice() else {
        return None;
    };
    let is_default = destination.bytes().all(|byte| byte == b'0') && *length == "00";
    // The flags must be up and gateway, without reject.
    let flags = u32::from_str_radix(flags, 16).ok()?;
    if !is_default || flags & 0b11 != 0b11 || flags & 0x200 != 0 {
        return None;
    }
    let gateway = Ipv6Addr::from(u128::from_str_radix(gateway, 16).ok()?);
    Some((u32::from_str_radix(metric, 16).ok()?, (*interface).to_owned(), gateway))
}

/// The facts `hostname`, `machinename`, `fqdn` and `domain`. The long name comes from the hosts file.
#[must_use]
pub fn names(node: &str, hosts: &str) -> Map<String, Value> {
    let short = node.split('.').next().unwrap_or_default();
    let in_hosts = hosts.lines().find_map(|line| {
        let mut words = line.split('#').next().unwrap_or_default().split_ascii_whitespace();
        words.next()?;
        let names: Vec<&str> = words.collect();
        let about_us = names.contains(&node) || names.contains(&short);
        let long = names.into_iter().find(|name| name.split_once('.').is_some_and(|(head, _)| head == short));
        long.filter(|_| about_us)
    });
    let fqdn = if node.contains('.') { node } else { in_hosts.unwrap_or(node) };
    let mut facts = Map::new();
    facts.insert("hostname".into(), json!(short));
    facts.insert("machinename".into(), json!(node));
    facts.insert("fqdn".into(), json!(fqdn));
    if let Some((_, domain)) = fqdn.split_once('.') {
        facts.insert("domain".into(), json!(domain));
    }
    facts
}

/// The facts `ipaddress`, `ip6address`, `macaddress` and `network`.
#[must_use]
pub fn facts(interfaces: &[Interface], routes: &DefaultRoute) -> Map<String, Value> {
    let mut facts = Map::new();
    let mut network = Map::new();
    let all: Map<String, Value> =
        sorted::collected(interfaces.iter().map(|interface| (interface.name.clone(), describe(interface))));
    network.insert("interfaces".into(), Value::Object(all));
    if let Some((interface, gateway)) = &routes.v4 {
        network.insert("default_interface".into(), json!(interface));
        network.insert("default_gateway".into(), json!(gateway.to_string()));
    }
    if let Some((interface, gateway)) = &routes.v6 {
        network.insert("default_inet6_interface".into(), json!(interface));
        network.insert("default_inet6_gateway".into(), json!(gateway.to_string()));
    }
    facts.insert("network".into(), Value::Object(network));

    let v4 = main_address(interfaces, routes.v4.as_ref().map(|(name, _)| name.as_str()), IpAddr::is_ipv4);
    let v6 = main_address(interfaces, routes.v6.as_ref().map(|(name, _)| name.as_str()), IpAddr::is_ipv6);
    if let Some((_, address)) = v4 {
        facts.insert("ipaddress".into(), json!(address.to_string()));
    }
    if let Some((_, address)) = v6 {
        facts.insert("ip6address".into(), json!(address.to_string()));
    }
    if let Some(mac) = v4.or(v6).and_then(|(interface, _)| interface.mac.as_ref()) {
        facts.insert("macaddress".into(), json!(mac.to_uppercase()));
    }
    facts
}

/// An address that other machines can reach: on the default interface, or else on the first one that has such an
/// address.
fn main_address<'a>(
    interfaces: &'a [Interface],
    default: Option<&str>,
    family: fn(&IpAddr) -> bool,
) -> Option<(&'a Interface, IpAddr)> {
    let first = interfaces.iter().filter(|interface| Some(interface.name.as_str()) == default);
    first.chain(interfaces).find_map(|interface| {
        let addresses = interface.addresses.iter().filter_map(|text| text.split('/').next()?.parse().ok());
        let address = addresses.filter(family).find(|address| scope(address) == "Global")?;
        Some((interface, address))
    })
}

fn describe(interface: &Interface) -> Value {
    let mut addresses = Map::new();
    if let Some(mac) = &interface.mac {
        addresses.insert(mac.to_uppercase(), json!({ "family": "lladdr" }));
    }
    for text in &interface.addresses {
        let (address, length) = text.split_once('/').unwrap_or((text, ""));
        let Ok(ip) = address.parse::<IpAddr>() else { continue };
        let family = if ip.is_ipv4() { "inet" } else { "inet6" };
        addresses.insert(
            address.to_owned(),
            json!({ "family": family, "prefixlen": length, "scope": scope(&ip) }),
        );
    }
    json!({ "addresses": addresses })
}

fn scope(address: &IpAddr) -> &'static str {
    let (node, link) = match address {
        IpAddr::V4(v4) => (v4.is_loopback(), v4.is_link_local()),
        IpAddr::V6(v6) => (v6.is_loopback(), v6.is_unicast_link_local()),
    };
    match (node, link) {
        (true, _) => "Node",
        (_, true) => "Link",
        _ => "Global",
    }
}
