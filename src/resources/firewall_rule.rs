//! `firewall_rule`: who may reach a port of the machine.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::error::Failure;

mod nftables;
mod ports;
mod provider;
mod rule;
mod ssh;
mod ufw;

use ports::Ports;
use rule::{Network, Policy, Protocol, Rule};

/// Who may reach a port of the machine.
///
/// Where ufw is enabled, the rule is one of ufw. Elsewhere it is a rule of nftables, in a table of its own, `inet chefrs`, in
/// `/etc/nftables.d/chefrs.nft`; the configuration of nftables includes that file, so the service `nftables` loads it at
/// boot. Other tables stay as they are, and what they drop stays dropped. Rules are looked through by their `order`, and the
/// first one that fits decides. What no rule fits is accepted by this table, so the last rule is usually one that denies
/// everything. Answers to connections of the machine itself, its loopback and ICMP are always accepted.
///
/// A rule that would shut out somebody who is connected to the SSH port is refused, because it may be the run itself.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FirewallRule {
    /// Name of the rule: letters, digits, blanks, and `._-`.
    rule_name: String,
    /// Ports: a number, a range such as `"8000-8010"`, or a list of these. Default: all.
    port: Option<Ports>,
    /// Protocol. Default: `"tcp"` with a port, and all protocols without one.
    protocol: Option<Protocol>,
    /// Address or network that it is about: `"192.0.2.7"`, `"2001:db8::/32"`. Default: everybody.
    source: Option<String>,
    /// What is done. `"reject"` answers, `"deny"` does not.
    #[serde(default)]
    policy: Policy,
    /// Its place: rules with a lower number are looked at before those with a higher one. 0 to 999. Only for nftables.
    #[serde(default = "middle")]
    order: u16,
    /// Whose rule it is. Default: `"ufw"` where ufw is enabled, `"nftables"` elsewhere. With `"ufw"` said, rules can stand
    /// before the resource that enables ufw.
    firewall: Option<Firewall>,
}

/// What keeps rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Firewall {
    Nftables,
    Ufw,
}

fn middle() -> u16 {
    50
}

impl FirewallRule {
    /// The rule as it is compared.
    fn rule(&self) -> Result<Rule, Failure> {
        Ok(Rule {
            order: self.order,
            name: self.rule_name.clone(),
            ports: self.port.clone().map(Ports::ranges).unwrap_or_default(),
            protocol: self.protocol.or(self.port.as_ref().map(|_| Protocol::Tcp)),
            source: self.source.as_deref().map(Network::read).transpose()?,
            policy: self.policy,
        })
    }
}
