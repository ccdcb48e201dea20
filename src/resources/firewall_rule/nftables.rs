//! Rules of nftables, in a table and a file of our own.

use std::fmt::Write as _;

use camino::Utf8Path;

use super::rule::{Network, Policy, Protocol, Rule};
use super::{FirewallRule, ssh, ufw};
use crate::model::change::{Change, Reach};
use crate::model::content::Content;
use crate::model::error::Failure;
use crate::model::journal::BegunAction;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Portable, PortableCommand, Portables, script};
use crate::model::query::{Answer, CommandResult, End, FileKind, FileText, Query};
use crate::model::sorted;
use crate::model::step::{Attributes, Command, Step};
use crate::provider::at_path;
use crate::provider::edited_file::{self, EditedFile, EditedText};
use crate::provider::file_state::FileState;

const DIRECTORY: &str = "/etc/nftables.d";
const FILE: &str = "/etc/nftables.d/chefrs.nft";

/// What the service `nftables` loads at boot: on Debian, and on Red Hat.
const CONFIGS: &[&str] = &["/etc/nftables.conf", "/etc/sysconfig/nftables.conf"];

/// The table is made if it is missing, removed with all its rules, and made anew: one transaction.
const HEAD: &str = "\
# Rules of chefrs. The whole file is written after each change.
table inet chefrs
delete table inet chefrs
table inet chefrs {
  chain input {
    type filter hook input priority filter; policy accept;
    ct state established,related accept
    iifname \"lo\" accept
    meta l4proto { 1, 58 } accept
";

const FOOT: &str = "  }\n}\n";

/// The mark of a rule, before its order and name.
const MARK: &str = " comment \"";

pub(super) fn observe() -> Vec<Query> {
    let mut queries = file(String::new()).observe();
    queries.extend([Query::Stat(DIRECTORY.into()), Query::Read(FILE.into())]);
    queries.extend(CONFIGS.iter().map(|path| Query::Stat((*path).into())));
    queries
}

/// The changes that add the rule, or change it.
pub(super) fn plan_set(of: &FirewallRule, rule: Rule, known: &Known) -> Result<Vec<Change>, Stop> {
    let mut rules = rules(known)?;
    let described = rule.described();
    let verb =
        if rules.iter().any(|other| other.name == rule.name) { "change the rule to" } else { "add the rule" };
    rules.retain(|other| other.name != rule.name);
    rules.push(rule);
    plan(of, rules, format!("{verb} `{described}`"), known)
}

/// The changes that remove the rule.
pub(super) fn plan_remove(of: &FirewallRule, known: &Known) -> Result<Vec<Change>, Stop> {
    let mut rules = rules(known)?;
    let before = rules.len();
    rules.retain(|other| other.name != of.rule_name);
    if rules.len() == before && known.begun().is_none() {
        return Ok(Vec::new());
    }
    plan(of, rules, "remove the rule".to_owned(), known)
}

fn plan(
    of: &FirewallRule,
    mut rules: Vec<Rule>,
    summary: String,
    known: &Known,
) -> Result<Vec<Change>, Stop> {
    sorted::sort_by(&mut rules, |one, other| (one.order, &one.name).cmp(&(other.order, &other.name)));
    let lines: Vec<String> = rules.iter().map(line).collect();
    let lines: String = lines.iter().flat_map(|line| ["    ", line, "\n"]).collect();
    let text = format!("{HEAD}{lines}{FOOT}");
    let mut changes = Vec::new();
    let file = file(text.clone());
    if at_path::directory(Utf8Path::new(DIRECTORY), known)?.is_none() {
        let attributes = Attributes { mode: Some(0o755), ..Attributes::default() };
        let stat = at_path::stat(FileKind::Directory, "root", &attributes);
        let step = Step::MakeDirectory { path: DIRECTORY.into(), attributes, parents: false };
        changes.push(at_path::with_stat(
            Change::new(format!("make the directory `{DIRECTORY}`"), step),
            Utf8Path::new(DIRECTORY),
            Some(&stat),
        ));
        changes.push(file.plan_new(known)?);
    } else {
        changes.extend(file.plan_create(known)?);
    }
    if let Some(change) = changes.last_mut() {
        change.summary = summary;
    }
    // What the kernel shows is compared by name, which does not tell a rule from what it was before.
    let is_loaded = changes.is_empty() && known.begun().is_none() && is_loaded(&rules, known)?;
    changes.extend(included(known)?);
    if !is_loaded {
        ssh::require_open(of, &rules, Policy::Allow, known)?;
        let step = Step::Run(Command { timeout: 60, ..Command::new(["nft", "-f", FILE]) });
        let told = CommandResult { stdout: text, ..CommandResult::default() };
        let query = Query::Command(Box::new(list()));
        changes.push(
            Change::new("load the rules", step)
                .reaching(Reach::Told)
                .then(query, Answer::Command(told))
                .unseen(BegunAction::Old),
        );
    }
    Ok(changes)
}

/// The new text of the file: `$1` is the file, `$2` the order and the name of the rule, `$3` its line or nothing, `$4` the
/// head of the file, `$5` its foot.
const EDIT: &str = r#"
if grep -qi '^ *ENABLED=yes' /etc/ufw/ufw.conf 2>/dev/null; then
  echo "ufw rules this machine, and a rule beside its own would open nothing" >&2
  exit 1
fi
edited() {
  printf '%s' "$4"
  {
    if [ -e "$1" ]; then grep ' comment "[0-9][0-9][0-9] ' "$1" | grep -vF -e " ${2#* }\"" || :; fi
    if [ -n "$3" ]; then printf '    %s\n' "$3"; fi
  } | awk -F ' comment "' '{ print $NF "\t" $0 }' | sort | cut -f 2-
  printf '%s' "$5"
}
"#;

/// Whether the file and the kernel have the rule.
const LOOK: &str = r#"
if [ ! -e "$1" ] && [ -z "$3" ]; then exit 0; fi
[ -e "$1" ] && [ "$(edited "$@")" = "$(cat "$1")" ] && nft list table inet chefrs >/dev/null 2>&1
"#;

/// Writes the file, includes it, and loads it.
const ACT: &str = r#"
mkdir -p -- "${1%/*}" && edited "$@" >"$1.new" && chmod 0644 "$1.new" && nft -c -f "$1.new" || exit 1
mv -f -- "$1.new" "$1" || exit 1
for config in /etc/nftables.conf /etc/sysconfig/nftables.conf; do
  if [ -e "$config" ]; then
    grep -q "^ *include .*/etc/nftables.d/" "$config" || printf 'include "%s"\n' "$1" >>"$config" || exit 1
    break
  fi
done
nft -f "$1"
"#;

/// The rule in plain things, for exports.
pub(super) fn portable(rule: &Rule, action: &str, into: &mut Portables) {
    let mark = format!("{:03} {}", rule.order, rule.name);
    let line = if action == "remove" { String::new() } else { line(rule) };
    let arguments = [FILE, &mark, &line, HEAD, FOOT];
    into.add(Portable::Command(PortableCommand::unless(
        script("firewall_has_rule", &format!("{EDIT}{LOOK}"), arguments),
        script("set_firewall_rule", &format!("{EDIT}{ACT}"), arguments),
    )));
}

fn file(text: String) -> FileState {
    FileState {
        path: FILE.into(),
        content: Some(Content::Text(text)),
        attributes: Attributes { mode: Some(0o644), ..Attributes::default() },
        verify: vec![Command { timeout: 60, ..Command::new(["nft", "-c", "-f", "{path}"]) }],
        ..FileState::default()
    }
}

/// The change that makes the service load the file at boot.
fn included(known: &Known) -> Result<Vec<Change>, Stop> {
    for config in CONFIGS {
        match known.stat(Utf8Path::new(config)) {
            Ok(None) => continue,
            // A package is about to bring it.
            Err(Stop::Unknown(until)) => return Err(Stop::Unknown(until)),
            other => other?,
        };
        let edited = EditedFile::new((*config).into());
        return edited.plan(known, |text| {
            let includes = |line: &&str| {
                let line = line.trim();
                line.starts_with("include") && (line.contains(FILE) || line.contains("/etc/nftables.d/*"))
            };
            let lines = edited_file::lines(text);
            if lines.iter().any(includes) {
                return Ok(EditedText { text: text.to_owned(), summary: String::new() });
            }
            let text = edited_file::insert(text, lines.len(), &format!("include \"{FILE}\"\n"));
            Ok(EditedText { text, summary: format!("include it in `{config}`") })
        });
    }
    if ufw::is_installed(known)? {
        return Err(Failure::new("ufw is installed, but not enabled, and nftables is not installed")
            .hint("say that the rule is one of ufw, which may be enabled later: firewall = \"ufw\"")
            .hint(
                "or enable it before this resource: execute \"ufw --force enable\" { not_if = { \"grep\", \"-qx\", \
                 \"ENABLED=yes\", \"/etc/ufw/ufw.conf\" } }",
            )
            .hint("connections that are open stay open meanwhile")
            .into());
    }
    Err(Failure::new("nftables is not installed, and ufw does not rule this machine")
        .hint("declare it before this resource: package \"nftables\"")
        .into())
}

/// The command that prints the rules that the kernel has.
fn list() -> Command {
    Command { timeout: 60, ..Command::new(["nft", "list", "table", "inet", "chefrs"]) }
}

/// Whether the kernel has these rules, by their names.
fn is_loaded(rules: &[Rule], known: &Known) -> Result<bool, Stop> {
    let told = known.command(&list())?;
    let loaded: Vec<&str> = told.stdout.lines().filter_map(mark).collect();
    let wanted: Vec<String> = rules.iter().map(|rule| format!("{:03} {}", rule.order, rule.name)).collect();
    Ok(told.end == End::Exit(0) && loaded == wanted)
}

fn mark(line: &str) -> Option<&str> {
    line.trim().split_once(MARK)?.1.strip_suffix('"')
}

/// The rules in the file.
fn rules(known: &Known) -> Result<Vec<Rule>, Stop> {
    let Some(FileText::Text(text)) = known.read(Utf8Path::new(FILE))? else { return Ok(Vec::new()) };
    let lines = text.lines().filter(|line| mark(line).is_some());
    let read = |text: &str| {
        parse(text.trim()).ok_or_else(|| {
            Failure::new(format!("a rule in `{FILE}` can't be read: {}", text.trim().escape_debug()))
                .hint("only chefrs writes this file; rules of your own belong in another one")
        })
    };
    Ok(lines.map(read).collect::<Result<_, _>>()?)
}

/// A rule as nft reads it.
fn line(rule: &Rule) -> String {
    let mut line = String::new();
    if let Some(source) = rule.source {
        let family = if source.address.is_ipv4() { "ip" } else { "ip6" };
        let _ = write!(line, "{family} saddr {source} ");
    }
    match rule.protocol {
        Some(protocol) if !rule.ports.is_empty() => {
            let _ = write!(line, "{protocol} dport {{ {} }} ", rule.port_list('-', ", "));
        }
        Some(protocol) => {
            let _ = write!(line, "meta l4proto {protocol} ");
        }
        None => {}
    }
    let verdict = match rule.policy {
        Policy::Allow => "accept",
        Policy::Deny => "drop",
        Policy::Reject => "reject",
    };
    let _ = write!(line, "{verdict}{MARK}{:03} {}\"", rule.order, rule.name);
    line
}

/// Reads a rule that [`line`] wrote.
fn parse(line: &str) -> Option<Rule> {
    let (order, name) = mark(line)?.split_once(' ')?;
    let mut rule = Rule {
        order: order.parse().ok()?,
        name: name.to_owned(),
        ports: Vec::new(),
        protocol: None,
        source: None,
        policy: Policy::Allow,
    };
    let mut words = line.split_once(MARK)?.0.split(' ').filter(|word| !word.is_empty()).peekable();
    let protocol = |word: &str| match word {
        "tcp" => Some(Protocol::Tcp),
        "udp" => Some(Protocol::Udp),
        _ => None,
    };
    while let Some(word) = words.next() {
        match word {
            "ip" | "ip6" => rule.source = Some(Network::read(words.nth(1)?).ok()?),
            "tcp" | "udp" => {
                rule.protocol = protocol(word);
                for port in words.by_ref().skip(2).take_while(|word| *word != "}") {
                    let port = port.trim_end_matches(',');
                    let (low, high) = port.split_once('-').unwrap_or((port, port));
                    rule.ports.push((low.parse().ok()?, high.parse().ok()?));
                }
            }
            "meta" => rule.protocol = protocol(words.nth(1)?),
            "accept" => rule.policy = Policy::Allow,
            "drop" => rule.policy = Policy::Deny,
            "reject" => rule.policy = Policy::Reject,
            _ => return None,
        }
    }
    Some(rule)
}
