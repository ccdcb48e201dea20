//! The package database of Gentoo: a directory for each package, and the file of those that people asked for.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::asking::{AskedMachine, text_of};
use super::package_records::{PackageRecord, PackageRecords, PackagedDigest};
use crate::model::error::Failure;
use crate::model::query::{Answer, Query};
use crate::model::step::Command;

/// Packages that people asked for.
const WORLD: &str = "/var/lib/portage/world";
/// Sets of packages that people asked for.
const SETS: &str = "/var/lib/portage/world_sets";
/// What packages need while they run: a line of grep(1), with the directory of the package.
const NEEDS: &str = "cd /var/db/pkg && exec grep -H '' -- */*/RDEPEND";
/// The files that packages have where people configure.
const FILES: &str = "cd /var/db/pkg && exec grep -H -E -e '^(obj|dir|sym) /(etc|opt|srv|usr/local|var/www)(/| )' \
                     -e '^obj (/usr)?/lib/systemd/system/[^/]* ' -- */*/CONTENTS";
/// Finds digests, which it reads from its standard input, among those of all files of packages.
const FIND_COPIES: &str = r"cd /var/db/pkg && grep -h -F -f - -- */*/CONTENTS | sed -n -E 's/^obj (.*) ([0-9a-f]{32}) [0-9]+$/\2  \1/p'";
/// Packages whose only content is an account: its name.
const ACCOUNTS: [&str; 2] = ["acct-user/", "acct-group/"];

/// Reads the whole database.
pub(super) fn read(asked: &mut AskedMachine<'_>) -> Result<PackageRecords, Failure> {
    let answer = asked.batch(&[Query::InstalledPackages { manager: "portage".to_owned() }])?.pop();
    let Some(Answer::InstalledPackages(installed)) = answer else {
        return Err(Failure::new("the package database was not told"));
    };
    let mut records =
        PackageRecords { find_copies: FIND_COPIES, sum_program: "md5sum", ..PackageRecords::default() };
    for (name, version) in installed {
        let account = ACCOUNTS.iter().find_map(|category| name.strip_prefix(category));
        records.words_of_scripts.extend(account.map(str::to_owned));
        records.packages.insert(name, PackageRecord { version, ..PackageRecord::default() });
    }
    let texts = asked.texts([WORLD, SETS].map(Utf8PathBuf::from))?;
    let lines = |path: &str| {
        let lines = text_of(texts.get(Utf8Path::new(path))).lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    let asked_for: BTreeSet<&str> =
        lines(WORLD).into_iter().map(|line| line.split(':').next().unwrap_or(line)).collect();
    records.mark(&|name| asked_for.contains(name));
    let sets = lines(SETS);
    if !sets.is_empty() {
        asked
            .unread
            .push(format!("the sets of packages {} are not captured: name their packages", sets.join(", ")));
    }
    let shell = |script: &str| Command::new(["/bin/sh", "-c", script]);
    let printed = asked.printed(vec![shell(NEEDS), shell(FILES)])?;
    let [needs, files] = printed.as_slice() else {
        return Err(Failure::new("the package database was not told"));
    };
    read_needs(needs, &mut records);
    for line in files.lines() {
        read_file(line, &mut records);
    }
    Ok(records)
}

/// The installed package of an atom, or of a directory of the database: `>=app-misc/demo-1.0-r1:0[color]`.
fn package_of(text: &str, records: &PackageRecords) -> Option<String> {
    let text = text.trim_start_matches(['<', '>', '=', '~']);
    let atom = text.split([':', '[']).next()?;
    let ends = |at: usize| {
        atom[at..].strip_prefix('-').is_none_or(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let hyphens = atom.match_indices('-').map(|(at, _)| at).filter(|at| ends(*at));
    let mut names = hyphens.chain([atom.len()]).map(|end| &atom[..end]);
    names.find(|name| records.packages.contains_key(*name)).map(str::to_owned)
}

fn read_needs(text: &str, records: &mut PackageRecords) {
    for line in text.lines() {
        let Some((directory, atoms)) = line.split_once("/RDEPEND:") else { continue };
        let Some(package) = package_of(directory, records) else { continue };
        // Words without a slash are conditions and brackets, and what begins with `!` must not be there.
        let atoms =
            atoms.split_ascii_whitespace().filter(|word| word.contains('/') && !word.starts_with('!'));
        let needs: Vec<String> = atoms.filter_map(|atom| package_of(atom, records)).collect();
        if let Some(record) = records.packages.get_mut(&package) {
            record.needs.extend(needs);
        }
    }
}

/// `obj PATH MD5 TIME`, `dir PATH` or `sym PATH -> TARGET TIME`.
fn read_file(line: &str, records: &mut PackageRecords) {
    let Some((directory, entry)) = line.split_once("/CONTENTS:") else { return };
    let (Some(package), Some((kind, rest))) = (package_of(directory, records), entry.split_once(' ')) else {
        return;
    };
    let mut from_end = rest.rsplitn(3, ' ');
    let path = match (kind, from_end.next(), from_end.next(), from_end.next()) {
        ("obj", Some(_time), Some(sum), Some(path)) => {
            let digest = PackagedDigest {
                package: package.clone(),
                sum: sum.to_owned(),
                // What Portage protects by default.
                is_configuration: path.starts_with("/etc/"),
                attributes: None,
            };
            records.digests.insert(path.into(), digest);
            path
        }
        ("sym", ..) => rest.split(" -> ").next().unwrap_or(rest),
        ("dir", ..) => rest,
        _ => return,
    };
    records.own(path.into(), &package);
}
