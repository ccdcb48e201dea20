//! The package database of Debian and its relatives: dpkg's own files, and apt's marks.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::asking::{AskedMachine, query};
use super::package_records::{PackageRecord, PackageRecords, PackagedDigest, words_of_scripts};
use crate::model::error::Failure;
use crate::model::query::{FileText, Query};
use crate::model::step::Command;

/// Which packages came along with others: apt-mark(8).
const MARKS: &str = "/var/lib/apt/extended_states";
/// Digests of configuration files that ucf(1) keeps.
const UCF: &str = "/var/lib/ucf/hashfile";
/// What apt noted of the packages that it installed, as long as its notes are kept.
const HISTORY: &str = "zcat -f -- /var/log/apt/history.log* | grep '^Install: '";
/// The format of dpkg-query(1) for [`read_packages`].
const PACKAGE: &str = "${Package}\\t${Version}\\t${db:Status-Want} ${db:Status-Status}\\t${Essential}\\t${Priority}\\t${Section}\\t${Pre-Depends}, ${Depends}\\n";
/// The same for [`read_configuration`].
const CONFIGURATION: &str = "${Package}\\n${Conffiles}\\n";
/// The names of the files and directories that packages have where people configure: a line of grep(1), with the package.
const LISTS: &str = "cd /var/lib/dpkg/info && exec grep -E -e '^/(etc|opt|srv|usr/local|var/www)(/|$)' -e '^(/usr)?/lib/systemd/system/[^/]*$' -- *.list";
/// Digests of files there that are no configuration files.
const SUMS: &str =
    "cd /var/lib/dpkg/info && exec grep -E '^[0-9a-f]{32}  (etc|opt|srv|usr/local|var/www)/' -- *.md5sums";
/// Links that scripts of packages make when these are installed.
const LINKS: &str =
    "cd /var/lib/dpkg/info && exec grep -H -o -E 'ln -s[a-z]* [^ ;|&]+ /etc/[A-Za-z0-9_./-]+' -- *.postinst";
/// Words of the scripts that make accounts.
const SCRIPTS: &str = "cd /var/lib/dpkg/info && grep -h -E -A6 -e '(adduser|useradd|addgroup|groupadd)' -- *.postinst *.preinst; \
                       exec grep -h -E '^[ug]' -- /usr/lib/sysusers.d/*.conf";

/// Finds digests, which it reads from its standard input, among those of all files of packages.
const FIND_COPIES: &str = "cd /var/lib/dpkg/info && grep -h -F -f - -- *.md5sums | sed 's|  |  /|'";

/// The commands that tell of packages.
fn commands() -> [Command; 7] {
    let query = |format: &str| Command::new(["dpkg-query", "--show", &format!("--showformat={format}")]);
    let shell = |script: &str| Command::new(["/bin/sh", "-c", script]);
    [
        query(PACKAGE),
        query(CONFIGURATION),
        shell(LISTS),
        shell(SUMS),
        shell(SCRIPTS),
        shell(LINKS),
        shell(HISTORY),
    ]
}

/// All that is asked of it.
pub(super) fn questions() -> Vec<Query> {
    let files = [MARKS, UCF].map(|path| Query::Read(path.into()));
    commands().map(query).into_iter().chain(files).collect()
}

/// Reads the whole database.
pub(super) fn read(asked: &mut AskedMachine<'_>) -> Result<PackageRecords, Failure> {
    let texts = asked.printed(commands().into())?;
    let [packages, configuration, lists, sums, scripts, links, history] = texts.as_slice() else {
        return Err(Failure::new("the package database was not told"));
    };
    let files = asked.texts([Utf8PathBuf::from(MARKS), Utf8PathBuf::from(UCF)])?;
    let text = |path: &str| match files.get(camino::Utf8Path::new(path)) {
        Some(FileText::Text(text)) => text.as_str(),
        _ => "",
    };
    let mut records =
        PackageRecords { find_copies: FIND_COPIES, sum_program: "md5sum", ..PackageRecords::default() };
    read_packages(packages, &came_along(text(MARKS)), &chosen(history), &mut records);
    records.settle();
    read_configuration(configuration, &mut records);
    read_lists(lists, &mut records);
    read_sums(sums, &mut records);
    read_ucf(text(UCF), &mut records);
    records.words_of_scripts = words_of_scripts(scripts);
    read_links(links, &mut records);
    Ok(records)
}

fn read_packages(
    text: &str,
    came_along: &BTreeSet<&str>,
    chosen: &BTreeSet<&str>,
    records: &mut PackageRecords,
) {
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, version, status, essential, priority, section, needs] = fields[..] else { continue };
        let Some((want, state)) = status.split_once(' ') else { continue };
        if state != "installed" {
            continue;
        }
        let is_chosen = chosen.contains(name) && !came_along.contains(name);
        let record = PackageRecord {
            version: version.to_owned(),
            is_manual: !came_along.contains(name),
            // A small system lacks some important ones, and somebody may have asked for those.
            is_base: essential == "yes" || priority == "required" || (priority == "important" && !is_chosen),
            is_chosen,
            is_library: section
                .rsplit('/')
                .next()
                .is_some_and(|section| matches!(section, "libs" | "oldlibs" | "perl")),
            is_held: want == "hold",
            needs: needs
                .split([',', '|'])
                .filter_map(|need| need.split_ascii_whitespace().next())
                .map(|need| need.split(':').next().unwrap_or(need).to_owned())
                .collect(),
        };
        records.packages.insert(name.to_owned(), record);
    }
}

/// Packages with `Auto-Installed: 1`.
fn came_along(text: &str) -> BTreeSet<&str> {
    let field = |paragraph: &'_ str, name: &str| -> Option<String> {
        paragraph.lines().find_map(|line| Some(line.strip_prefix(name)?.trim().to_owned()))
    };
    let mut names = BTreeSet::new();
    for paragraph in text.split("\n\n") {
        if field(paragraph, "Auto-Installed:").as_deref() != Some("1") {
            continue;
        }
        let name = paragraph.lines().find_map(|line| line.strip_prefix("Package:"));
        names.extend(name.map(str::trim));
    }
    names
}

/// The packages that were named when they were installed: `Install: nginx:amd64 (1.22.1-9), nginx-common:amd64 (1.22.1-9, automatic)`.
fn chosen(history: &str) -> BTreeSet<&str> {
    let lists = history.lines().filter_map(|line| line.strip_prefix("Install: "));
    let named = lists.flat_map(|list| list.split("), ")).filter(|one| !one.contains(", automatic"));
    named.filter_map(|one| one.split([':', ' ']).next()).collect()
}

/// Lines of a configuration file begin with a space: its path, its digest, and perhaps `obsolete` or `remove-on-upgrade`.
fn read_configuration(text: &str, records: &mut PackageRecords) {
    let mut package = "";
    for line in text.lines() {
        let Some(file) = line.strip_prefix(' ') else {
            package = line.trim();
            continue;
        };
        let mut words = file.rsplit(' ').peekable();
        while words.next_if(|word| matches!(*word, "obsolete" | "remove-on-upgrade")).is_some() {}
        let Some(md5) = words.next().filter(|md5| md5.len() == 32) else { continue };
        let Some((path, _)) = file.split_once(&format!(" {md5}")) else { continue };
        let digest = PackagedDigest {
            package: package.to_owned(),
            sum: md5.to_owned(),
            is_configuration: true,
            attributes: None,
        };
        records.digests.insert(path.into(), digest);
    }
}

fn read_lists(text: &str, records: &mut PackageRecords) {
    for line in text.lines() {
        let Some((list, path)) = line.split_once(".list:") else { continue };
        let package = list.split(':').next().unwrap_or(list);
        records.own(path.into(), package);
    }
}

fn read_sums(text: &str, records: &mut PackageRecords) {
    for line in text.lines() {
        let Some((list, line)) = line.split_once(".md5sums:") else { continue };
        let Some((md5, path)) = line.split_once("  ") else { continue };
        let package = list.split(':').next().unwrap_or(list).to_owned();
        let digest =
            PackagedDigest { package, sum: md5.to_owned(), is_configuration: false, attributes: None };
        records.digests.entry(Utf8PathBuf::from("/").join(path)).or_insert(digest);
    }
}

fn read_ucf(text: &str, records: &mut PackageRecords) {
    for line in text.lines() {
        let Some((md5, path)) = line.split_once("  ") else { continue };
        let path = Utf8PathBuf::from(path.trim());
        let package = records.about(&path).unwrap_or("ucf").to_owned();
        let digest =
            PackagedDigest { package, sum: md5.to_owned(), is_configuration: true, attributes: None };
        records.digests.entry(path).or_insert(digest);
    }
}

fn read_links(text: &str, records: &mut PackageRecords) {
    for line in text.lines() {
        let Some((script, command)) = line.split_once(".postinst:") else { continue };
        let package = script.split(':').next().unwrap_or(script);
        let path = command.rsplit(' ').next().unwrap_or_default();
        if records.packages.contains_key(package) {
            records.links.insert(path.into(), package.to_owned());
        }
    }
}
