//! A rule, and what it fits.

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::error::Failure;

/// What a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Protocol {
    Tcp,
    Udp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        })
    }
}

/// What is done with what a rule fits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Policy {
    #[default]
    Allow,
    Deny,
    Reject,
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Reject => "reject",
        })
    }
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) order: u16,
    pub(super) name: String,
    /// Ranges of ports. None means all.
    pub(super) ports: Vec<(u16, u16)>,
    pub(super) protocol: Option<Protocol>,
    pub(super) source: Option<Network>,
    pub(super) policy: Policy,
}

/// An address with the number of bits that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    pub(super) address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads `192.0.2.7` and `192.0.2.0/24`.
    ///
    /// # Errors
    /// It is neither.
    pub(super) fn read(text: &str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::new(format!("`{}` is neither an address nor a network", text.escape_debug()))
                .hint("one looks like `192.0.2.7`, `192.0.2.0/24` or `2001:db8::/32`")
        };
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| wrong()))?;
        let network = Self { address, bits };
        if bits > most || number(address) << (128 - most) << u32::from(bits).min(127) != 0 && bits < most {
            return Err(wrong().hint("the bits behind those that count are 0"));
        }
        Ok(network)
    }

    fn holds(self, address: IpAddr) -> bool {
        if address.is_ipv4() != self.address.is_ipv4() {
            return false;
        }
        let most = if address.is_ipv4() { 32 } else { 128 };
        let other = most - u32::from(self.bits);
        let cut = |address: IpAddr| number(address).checked_shr(other).unwrap_or(0);
        cut(address) == cut(self.address)
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = if self.address.is_ipv4() { 32 } else { 128 };
        if self.bits == most { self.address.fmt(f) } else { write!(f, "{}/{}", self.address, self.bits) }
    }
}

impl Rule {
    /// Whether it decides about a TCP connection.
    pub(super) fn fits(&self, from: IpAddr, port: u16) -> bool {
        self.protocol != Some(Protocol::Udp)
            && (self.ports.is_empty() || self.ports.iter().any(|(low, high)| (*low..=*high).contains(&port)))
            && self.source.is_none_or(|source| source.holds(from))
    }

    /// The ports, with a separator between the ends of a range.
    pub(super) fn port_list(&self, between: char, separator: &str) -> String {
        let one = |(low, high): &(u16, u16)| {
            if low == high { low.to_string() } else { format!("{low}{between}{high}") }
        };
        self.ports.iter().map(one).collect::<Vec<_>>().join(separator)
    }

    /// In words: `allow tcp 22 from 192.0.2.0/24`.
    pub(super) fn described(&self) -> String {
        let mut words = self.policy.to_string();
        match self.protocol {
            Some(protocol) => {
                let _ = write!(words, " {protocol}");
            }
            None => words.push_str(" everything"),
        }
        if !self.ports.is_empty() {
            let _ = write!(words, " {}", self.port_list('-', ", "));
        }
        if let Some(source) = self.source {
            let _ = write!(words, " from {source}");
        }
        words
    }
}
