//! Rules of ufw, on a machine that it rules.

use camino::Utf8Path;

use super::rule::{Network, Policy, Protocol, Rule};
use super::{FirewallRule, ssh};
use crate::model::change::{Change, Reach};
use crate::model::content::hex;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Portable, PortableCommand, Portables, script};
use crate::model::query::{Answer, FileText, Query};
use crate::model::step::{Command, Step};

/// Whether it rules the machine.
const SWITCH: &str = "/etc/ufw/ufw.conf";
/// What holds where no rule fits.
const DEFAULTS: &str = "/etc/default/ufw";
/// Its rules: for IPv4, and for IPv6.
const RULES: &[&str] = &["/etc/ufw/user.rules", "/etc/ufw/user6.rules"];

/// The start of the line that says what a rule is made of.
const TUPLE: &str = "### tuple ### ";

pub(super) fn observe() -> Vec<Query> {
    [SWITCH, DEFAULTS].iter().chain(RULES).map(|path| Query::Read((*path).into())).collect()
}

fn text<'a>(path: &str, known: &'a Known) -> Result<&'a str, Stop> {
    Ok(match known.read(Utf8Path::new(path))? {
        Some(FileText::Text(text)) => text,
        _ => "",
    })
}

/// Whether ufw rules the machine.
pub(super) fn rules_here(known: &Known) -> Result<bool, Stop> {
    Ok(text(SWITCH, known)?.lines().any(|line| line.trim().eq_ignore_ascii_case("ENABLED=yes")))
}

/// Whether ufw is on the machine, enabled or not.
pub(super) fn is_installed(known: &Known) -> Result<bool, Stop> {
    Ok(!text(SWITCH, known)?.is_empty())
}

/// The changes that add the rule, or change it.
pub(super) fn plan_set(of: &FirewallRule, rule: &Rule, known: &Known) -> Result<Vec<Change>, Stop> {
    let own = own(of, known)?;
    if !own.is_empty() && own.iter().all(|other| is_same(other, rule)) {
        return Ok(Vec::new());
    }
    let verb = if own.is_empty() { "add the rule" } else { "change the rule to" };
    plan(of, &own, Some(rule), format!("{verb} `{}`", rule.described()), known)
}

/// The changes that remove the rule.
pub(super) fn plan_remove(of: &FirewallRule, known: &Known) -> Result<Vec<Change>, Stop> {
    let own = own(of, known)?;
    if own.is_empty() {
        return Ok(Vec::new());
    }
    plan(of, &own, None, "remove the rule".to_owned(), known)
}

fn plan(
    of: &FirewallRule,
    own: &[Rule],
    added: Option<&Rule>,
    summary: String,
    known: &Known,
) -> Result<Vec<Change>, Stop> {
    let comment = comment(&of.rule_name);
    let mark = mark(&of.rule_name);
    let mut after = Vec::new();
    let mut change = Change { summary, ..Change::default() };
    for (path, is_v4) in RULES.iter().zip([true, false]) {
        let mut left: String = text(path, known)?
            .lines()
            .filter(|line| !(line.starts_with(TUPLE) && line.ends_with(&mark)))
            .flat_map(|line| [line, "\n"])
            .collect();
        if let Some(rule) =
            added.filter(|rule| rule.source.is_none_or(|source| source.address.is_ipv4() == is_v4))
        {
            left.push_str(&tuple(rule, is_v4, &mark));
        }
        after.extend(left.lines().filter_map(read));
        change = change.then(Query::Read((*path).into()), Answer::Read(Some(FileText::Text(left))));
    }
    ssh::require_open(of, &after, default(known)?, known)?;
    // A rule without a source is one in each file, and one command removes both.
    let mut gone: Vec<&Rule> = Vec::new();
    for rule in own {
        if !gone.iter().any(|other| is_same(other, rule)) {
            gone.push(rule);
        }
    }
    // The new rule comes first, so that nobody is shut out between the two.
    if let Some(rule) = added {
        let argv = ["ufw".to_owned()].into_iter().chain(words(rule)).chain(["comment".to_owned(), comment]);
        change.steps.push(run(argv));
    }
    for rule in gone {
        let argv = ["ufw", "--force", "delete"].map(str::to_owned).into_iter().chain(words(rule));
        change.steps.push(run(argv));
    }
    Ok(vec![change.reaching(Reach::Told)])
}

/// Whether ufw has a rule of a name, or with a second argument whether it has none.
const HAS: &str = r#"
told=$(grep -hF -e "comment=$1" /etc/ufw/user.rules /etc/ufw/user6.rules 2>/dev/null | grep -c "comment=$1\$")
if [ -n "$2" ]; then [ "$told" = 0 ]; else [ "$told" != 0 ]; fi
"#;

/// Removes the rules with a comment.
const REMOVE: &str = r#"
while at=$(ufw status numbered | sed -n "s/^\[ *\([0-9]*\)\].*# $1\$/\1/p" | tail -n 1) && [ -n "$at" ]; do
  ufw --force delete "$at" || exit 1
done
"#;

/// The rule in plain things, for exports.
pub(super) fn portable(rule: &Rule, action: &str, into: &mut Portables) {
    let comment = comment(&rule.name);
    let of_comment = hex(comment.as_bytes());
    let is_removal = action == "remove";
    let look = script("ufw_is_done", HAS, [of_comment.as_str(), if is_removal { "yes" } else { "" }]);
    let act = if is_removal {
        script("remove_from_ufw", REMOVE, [comment.as_str()])
    } else {
        let argv = ["ufw".to_owned()].into_iter().chain(words(rule)).chain(["comment".to_owned(), comment]);
        Command::new(argv)
    };
    into.add(Portable::Command(PortableCommand::unless(look, act)));
}

fn run(argv: impl Iterator<Item = String>) -> Step {
    Step::Run(Command { timeout: 60, ..Command::new(argv) })
}

/// The rules with the name of the resource.
fn own(of: &FirewallRule, known: &Known) -> Result<Vec<Rule>, Stop> {
    let name = comment(&of.rule_name);
    let mut own = Vec::new();
    for path in RULES {
        own.extend(text(path, known)?.lines().filter_map(read).filter(|rule| rule.name == name));
    }
    Ok(own)
}

/// What becomes of a connection that no rule fits.
fn default(known: &Known) -> Result<Policy, Stop> {
    if !rules_here(known)? {
        return Ok(Policy::Allow);
    }
    let accepts = |line: &str| {
        line.trim()
            .strip_prefix("DEFAULT_INPUT_POLICY=")
            .is_some_and(|policy| policy.trim_matches('"') == "ACCEPT")
    };
    Ok(if text(DEFAULTS, known)?.lines().any(accepts) { Policy::Allow } else { Policy::Deny })
}

fn comment(name: &str) -> String {
    format!("chefrs {name}")
}

/// The comment as the files have it.
fn mark(name: &str) -> String {
    format!(" comment={}", hex(comment(name).as_bytes()))
}

fn is_same(one: &Rule, other: &Rule) -> bool {
    let plain = |rule: &Rule| (rule.ports.clone(), rule.protocol, rule.source, rule.policy);
    plain(one) == plain(other)
}

/// The rule as a command: `allow proto tcp from any to any port 22`.
fn words(rule: &Rule) -> Vec<String> {
    let mut words = vec![rule.policy.to_string()];
    if let Some(protocol) = rule.protocol {
        words.extend(["proto".to_owned(), protocol.to_string()]);
    }
    let source = rule.source.map_or_else(|| "any".to_owned(), |source| source.to_string());
    words.extend(["from".to_owned(), source, "to".to_owned(), "any".to_owned()]);
    if !rule.ports.is_empty() {
        words.extend(["port".to_owned(), rule.port_list(':', ",")]);
    }
    words
}

/// The line of a rule in a file.
fn tuple(rule: &Rule, is_v4: bool, mark: &str) -> String {
    let any = if is_v4 { "0.0.0.0/0" } else { "::/0" };
    let protocol = rule.protocol.map_or_else(|| "any".to_owned(), |protocol| protocol.to_string());
    let ports = if rule.ports.is_empty() { "any".to_owned() } else { rule.port_list(':', ",") };
    let source = rule.source.map_or_else(|| any.to_owned(), |source| source.to_string());
    format!("{TUPLE}{} {protocol} {ports} {any} any {source} in{mark}\n", rule.policy)
}

/// Reads such a line. Rules for other directions, and what else ufw knows, are left out.
fn read(line: &str) -> Option<Rule> {
    let fields: Vec<&str> = line.strip_prefix(TUPLE)?.split(' ').collect();
    let (&[policy, protocol, ports, _, "any", source, "in"], rest) = fields.split_first_chunk::<7>()? else {
        return None;
    };
    let policy = match policy {
        "allow" | "limit" => Policy::Allow,
        "deny" => Policy::Deny,
        "reject" => Policy::Reject,
        _ => return None,
    };
    let protocol = match protocol {
        "tcp" => Some(Protocol::Tcp),
        "udp" => Some(Protocol::Udp),
        _ => None,
    };
    let range = |port: &str| {
        let (low, high) = port.split_once(':').unwrap_or((port, port));
        Some((low.parse().ok()?, high.parse().ok()?))
    };
    let ports =
        if ports == "any" { Vec::new() } else { ports.split(',').map(range).collect::<Option<_>>()? };
    let source = match source {
        "0.0.0.0/0" | "::/0" => None,
        source => Some(Network::read(source).ok()?),
    };
    let name = rest.iter().find_map(|word| decoded(word.strip_prefix("comment=")?)).unwrap_or_default();
    Some(Rule { order: 0, name, ports, protocol, source, policy })
}

/// Text out of hexadecimal.
fn decoded(digits: &str) -> Option<String> {
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    String::from_utf8(bytes?).ok()
}
