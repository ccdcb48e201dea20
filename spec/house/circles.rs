//! The files of a module import each other without cycles.

use std::collections::{BTreeMap, BTreeSet};

use super::code::{File, LIBRARY};
use super::reader::Parts;

#[test]
fn no_file_leads_back_to_itself() {
    let ways = ways();
    let mut wrong = Vec::new();
    for circle in circles(&ways) {
        for from in &circle {
            for (to, why) in ways[*from].iter().filter(|(to, _)| circle.contains(to)) {
                wrong.push(format!("{} needs {}: {why}", from.join("/"), to.join("/")));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Which files of its module each file needs, and why.
type Ways<'a> = BTreeMap<&'a Parts, BTreeMap<&'a Parts, String>>;

fn ways() -> Ways<'static> {
    let scattered = scattered();
    let mut ways = Ways::new();
    for (own, file) in LIBRARY.iter() {
        let mut needs = BTreeMap::new();
        let neighbours = file.named.iter().filter_map(|parts| Some((home_of(parts)?, parts)));
        for (other, parts) in neighbours.filter(|(other, _)| other[0] == own[0] && *other != own) {
            needs.entry(other).or_insert_with(|| format!("`{}`", parts.join("::")));
        }
        for ((of, method), others) in &scattered {
            let on_self = file.own_calls.contains(&(of.clone(), method.clone()));
            let elsewhere = file.calls.contains(method) && file.words.contains(of) && is_rare(method);
            let has_it = file.methods.contains(&(of.clone(), method.clone()));
            if (on_self || elsewhere) && !has_it {
                for other in others.iter().filter(|other| other[0] == own[0]) {
                    needs.entry(other).or_insert_with(|| format!("`.{method}()` of `{of}`"));
                }
            }
        }
        ways.insert(own, needs);
    }
    ways
}

/// The file that defines what a path names. None for another crate, or if the path names a file.
fn home_of(parts: &[String]) -> Option<&'static Parts> {
    let inner = parts.strip_prefix(&["crate".to_owned()])?;
    let file = (1..=inner.len()).rev().find_map(|end| LIBRARY.get_key_value(&inner[..end]))?.0;
    (file.len() < inner.len()).then_some(file)
}

/// Methods that are defined in another file than their type: type and method, and the files.
fn scattered() -> BTreeMap<(String, String), Vec<&'static Parts>> {
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for (own, file) in LIBRARY.iter() {
        let here = |of: &str| file.types.iter().any(|(name, _)| name == of);
        for (of, method) in file.methods.iter().filter(|(of, _)| !here(of)) {
            found.entry((of.clone(), method.clone())).or_default().push(own);
        }
    }
    found
}

/// Whether only one type of the library has a method with this name.
fn is_rare(method: &str) -> bool {
    let with = |file: &'static File| file.methods.iter().filter(|(_, name)| name == method).map(|(of, _)| of);
    LIBRARY.values().flat_map(with).collect::<BTreeSet<_>>().len() == 1
}

/// Groups of files that all reach each other.
fn circles<'a>(ways: &Ways<'a>) -> Vec<Vec<&'a Parts>> {
    let reached: BTreeMap<&Parts, BTreeSet<&Parts>> =
        ways.keys().map(|from| (*from, reach(ways, from))).collect();
    let mut circles = BTreeSet::new();
    for (from, there) in &reached {
        if there.contains(from) {
            circles.insert(there.iter().copied().filter(|to| reached[*to].contains(from)).collect());
        }
    }
    circles.into_iter().collect()
}

fn reach<'a>(ways: &Ways<'a>, from: &'a Parts) -> BTreeSet<&'a Parts> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<&Parts> = ways[from].keys().copied().collect();
    while let Some(next) = waiting.pop() {
        if reached.insert(next) {
            waiting.extend(ways[next].keys().copied());
        }
    }
    reached
}
