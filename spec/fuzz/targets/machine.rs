//! What programs and files of a machine say: packages, units, accounts, networks, facts, journals.

use chefrs::facts;
use chefrs::model::error::Failure;
use chefrs::model::journal::{self, Journal, Line};
use chefrs::model::package_manager::{PACKAGE_MANAGERS, PackageManager};
use chefrs::model::query::{Answer, FileText, Host, Init, Query};
use chefrs::model::service_manager::systemd;
use chefrs::model::step::Step;
use chefrs::target::local::accounts::{parse_group, parse_passwd, parse_shadow};
use chefrs::target::{Progress, Target};

/// Every reader of such texts gets the same one.
pub fn machine(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    for manager in PACKAGE_MANAGERS {
        packages(manager, text);
    }
    units(text);
    accounts(text);
    journals(text);
    let facts = facts::gather(&mut OneText(text)).expect("it tells who it is");
    assert!(facts.contains_key("platform") && facts.contains_key("etc"));
}

fn packages(manager: &PackageManager, text: &str) {
    for provider in (manager.offered.providers.parse)(text).into_values().flatten() {
        // yum says the epoch in front of the name.
        let version = provider.version.split_once(':').map_or(provider.version.as_str(), |(_, rest)| rest);
        assert!(text.contains(&provider.name) && text.contains(version), "{provider:?}");
    }
    for (name, offer) in (manager.offered.versions.parse)(text) {
        assert!(!name.contains('\n'));
        for (index, version) in offer.versions.iter().enumerate() {
            assert!(is_version(version), "{name} has the version {version:?}");
            assert!(!offer.versions[..index].contains(version), "{name} has {version} twice");
        }
        let candidate = offer.candidate.as_deref();
        assert!(candidate.is_none_or(is_version), "{name} has the candidate {candidate:?}");
    }
    let looks = manager.installed.looks.iter().map(|_| text.to_owned()).collect::<Vec<_>>();
    let packages = (manager.installed.parse)(&looks);
    for name in text.lines().filter_map(|line| line.strip_prefix("Package:")).take(50) {
        let state = packages.state(name.trim());
        assert!(state.version.is_none() || state.residue.is_none() && state.provided_by.is_empty());
        assert!(state.provided_by.is_sorted());
    }
}

/// What stands in a command line behind `name=`.
fn is_version(word: &str) -> bool {
    !word.is_empty() && !word.contains(|c: char| c.is_ascii_whitespace())
}

fn units(text: &str) {
    let links: Vec<String> = text.lines().take(50).map(str::to_owned).collect();
    for (names, state) in systemd::parse_show(text, &links) {
        assert!(state.exists || !state.script, "{names:?} is a script that is not there");
        assert!(!names.is_empty(), "a state belongs to a unit");
        for name in names {
            assert!(
                !name.is_empty() && !name.contains(|c: char| c.is_ascii_whitespace()),
                "{name:?} is no unit"
            );
            let unit = systemd::unit(&name);
            assert_eq!(systemd::unit(&unit), unit);
            assert!(!systemd::example(&unit).ends_with("@.service"), "{unit} is no example");
        }
    }
}

/// What is read of an account is all there is to it: written out, it is read as the same.
fn accounts(text: &str) {
    for account in parse_passwd(text) {
        assert!(!account.name.is_empty() && !account.name.starts_with(['+', '-', '#']));
        let chefrs::target::local::accounts::Account { name, uid, gid, comment, home, shell } = &account;
        let line = format!("{name}:x:{uid}:{gid}:{comment}:{home}:{shell}");
        assert_eq!(parse_passwd(&line), [account]);
    }
    for (name, group) in parse_group(text) {
        let line = format!("{name}:x:{}:{}", group.gid, group.members.join(","));
        assert_eq!(parse_group(&line), [(name, group)]);
    }
    for (name, shadow) in parse_shadow(text) {
        let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let (inactive, expires) = (number(shadow.inactive), number(shadow.expires));
        let (min, max, warn) =
            (number(shadow.aging.min), number(shadow.aging.max), number(shadow.aging.warn));
        let line = format!("{name}:{}::{min}:{max}:{warn}:{inactive}:{expires}:", shadow.password);
        assert_eq!(parse_shadow(&line).remove(&name), Some(shadow));
    }
}

/// A journal that is read and written again owes the same.
fn journals(text: &str) {
    let read = Journal::read(text);
    let again = journal::text(read.owed.iter().cloned().map(Line::Owed)).expect("plain data");
    let again = Journal::read(&again);
    assert_eq!((again.owed, again.unread), (read.owed, 0));
    let history = journal::history(text);
    assert!(history.len() <= journal::HISTORY);
}

/// A machine of which every file has one text.
struct OneText<'a>(&'a str);

impl Target for OneText<'_> {
    fn name(&self) -> &'static str {
        "one text"
    }

    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        let word = |at: usize| self.0.split_ascii_whitespace().nth(at).unwrap_or_default().to_owned();
        Ok(queries
            .iter()
            .map(|query| match query {
                Query::Host => Answer::Host(Box::new(Host {
                    init: Init::None,
                    offline: None,
                    attributes_unseen: false,
                    downloader: None,
                    user: word(0),
                    root: false,
                    uname: [0, 1, 2, 3, 4].map(word),
                    package_manager: None,
                    now: 0,
                })),
                Query::Read(_) => Answer::Read(Some(FileText::Text(self.0.to_owned()))),
                _ => Answer::Failed(Failure::new("nothing is known of it")),
            })
            .collect())
    }

    fn apply(&mut self, _: &Step, _: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        Err(Failure::new("nothing is done to it"))
    }
}
