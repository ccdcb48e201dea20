//! The actions of `firewall_rule`.

use super::rule::Network;
use super::{Firewall, FirewallRule, nftables, ssh, ufw};
use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::provider::{Action, Provider, action};

/// Longest name: nftables and ufw keep it in a comment.
const LONGEST: usize = 64;

/// Highest place of a rule.
const LAST: u16 = 999;

impl Provider for FirewallRule {
    const NAME: &'static str = "firewall_rule";
    const ACTIONS: &'static [Action] =
        &[action("create", "Adds the rule, or changes it."), action("remove", "Removes the rule.")];
    const NAME_PROPERTY: Option<&'static str> = Some("rule_name");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete: the file of the rules is shown as a diff. With `--no-commands` it is unknown whether \
         the kernel has the rules that the file has.";
    const PLATFORMS: &'static str = "Linux with nftables, or with ufw. Where firewalld runs, it is refused: its rules are made with `firewall-cmd`.";
    const EXAMPLE: &'static str = r#"
package "nftables"

firewall_rule "ssh" {
  port = 22,
  source = "192.0.2.0/24",
  order = 10,
}

firewall_rule "web" {
  port = { 80, 443 },
}

firewall_rule "everything else" {
  policy = "deny",
  order = 999,
}

service "nftables" {
  action = "enable",
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        let word = |c: char| c.is_ascii_alphanumeric() || " ._-".contains(c);
        let name = &self.rule_name;
        if name.trim() != name || name.is_empty() || name.len() > LONGEST || !name.chars().all(word) {
            return Err(Failure::new(format!("`{}` can't be the name of a rule", name.escape_debug())).hint(
                format!("a name has letters, digits, blanks and `._-`, and at most {LONGEST} characters"),
            ));
        }
        if self.order > LAST {
            return Err(Failure::new(format!("`order` is 0 to {LAST}")));
        }
        if let Some(source) = &self.source {
            Network::read(source)?;
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.system("firewall");
        needs.elsewhere();
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        let mut queries = ufw::observe();
        queries.push(Query::Service("firewalld".to_owned()));
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let rule = self.rule()?;
        match self.firewall {
            Some(Firewall::Ufw) => ufw::portable(&rule, action, into),
            _ => nftables::portable(&rule, action, into),
        }
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        known.want(ssh::observe())?;
        if matches!(known.service("firewalld"), Ok(state) if state.running) {
            return Err(Failure::impossible("firewalld rules this machine, and a rule beside its own would open nothing")
                .hint("make the rule with it: execute \"open the port\" { command = { \"firewall-cmd\", … } }")
                .hint("or stop it before this resource: service \"firewalld\" { action = { \"stop\", \"disable\" } }")
                .into());
        }
        let is_ufw = self.firewall_here(known)? == Firewall::Ufw;
        if !is_ufw {
            known.want(nftables::observe())?;
        }
        match action {
            "remove" if is_ufw => ufw::plan_remove(self, known),
            "remove" => nftables::plan_remove(self, known),
            _ if is_ufw => ufw::plan_set(self, &self.rule()?, known),
            _ => nftables::plan_set(self, self.rule()?, known),
        }
    }
}

impl FirewallRule {
    /// What keeps the rule on this machine.
    fn firewall_here(&self, known: &Known) -> Result<Firewall, Stop> {
        let is_enabled = ufw::rules_here(known)?;
        match self.firewall {
            None if is_enabled => Ok(Firewall::Ufw),
            None => Ok(Firewall::Nftables),
            Some(Firewall::Nftables) if is_enabled => Err(Failure::impossible(
                "ufw rules this machine, and a rule beside its own would open nothing",
            )
            .hint("leave `firewall` out, and the rule is one of ufw")
            .into()),
            Some(Firewall::Ufw) if !ufw::is_installed(known)? => Err(Failure::new("ufw is not installed")
                .hint("declare it before this resource: package \"ufw\"")
                .into()),
            Some(firewall) => Ok(firewall),
        }
    }
}
