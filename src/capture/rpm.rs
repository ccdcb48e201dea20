//! The rpm database, and what dnf, yum and zypper know of the packages that people asked for.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use super::asking::AskedMachine;
use super::package_records::{
    PackageRecord, PackageRecords, PackagedAttributes, PackagedDigest, words_of_scripts,
};
use crate::model::error::Failure;
use crate::model::pattern;
use crate::model::step::Command;

/// Names and versions.
const PACKAGES: &str = r"%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n";
/// Which package needs which, by the names that it requires and that others provide.
const NEEDS: &str = r#"{ rpm -qa --qf '[R\t%{=NAME}\t%{REQUIRENAME}\n]'
  rpm -qa --qf '[P\t%{=NAME}\t%{PROVIDENAME}\n][P\t%{=NAME}\t%{FILENAMES}\n]'
} | awk -F '\t' '
  $1 == "R" { if (!seen[$2, $3]++) by[$3] = by[$3] "\n" $2; next }
  $3 in by { n = split(by[$3], needing, "\n"); for (i = 2; i <= n; i++) if (needing[i] != $2) print needing[i] "\t" $2 }
' | sort -u"#;
/// The files that packages have where people configure, with what the database says of them.
const FILES: &str = r#"rpm -qa --qf '[%{=NAME}\t%{FILENAMES}\t%{FILEDIGESTS}\t%{FILEMODES:octal}\t%{FILEUSERNAME}\t%{FILEGROUPNAME}\t%{FILEFLAGS:fflags}\n]' |
  awk -F '\t' '$2 ~ "^/(etc|opt|srv|usr/local|var/www)(/|$)" || $2 ~ "^(/usr)?/lib/systemd/system/[^/]*$"'"#;
/// Words of the scripts that make accounts.
const SCRIPTS: &str = r"rpm -qa --qf '%{PREIN}\n%{POSTIN}\n' | grep -E -A6 -e '(useradd|groupadd)'
exec grep -h -E '^[ug]' -- /usr/lib/sysusers.d/*.conf";
/// Finds digests, which it reads from its standard input, among those of all files of packages.
const FIND_COPIES: &str =
    r"exec 3<&0; rpm -qa --qf '[%{FILEDIGESTS}  %{FILENAMES}\n]' | grep -F -f /dev/fd/3";
/// Packages that came along with others: zypper(8).
const CAME_ALONG: &str = "/var/lib/zypp/AutoInstalled";
/// yum's notes: the name of a directory has a digest, the name, version, release and architecture of a package.
const YUM_REASONS: &str = "cd /var/lib/yum/yumdb && exec grep -r -l -x --include=reason user .";

/// Packages that every system of this kind has. What they need belongs to them.
const BASE: &[&str] = &[
    "*-release*",
    "NetworkManager",
    "aaa_base",
    "authselect",
    "basesystem",
    "bash",
    "coreutils*",
    "cronie",
    "crypto-policies*",
    "dnf*",
    "dracut*",
    "e2fsprogs",
    "filesystem",
    "firewalld",
    "glibc*",
    "gpg-pubkey",
    "grub2*",
    "hostname",
    "iproute*",
    "iputils",
    "irqbalance",
    "kernel*",
    "less",
    "man-db",
    "openssh*",
    "parted",
    "passwd",
    "patterns-base-*",
    "procps*",
    "rootfiles",
    "rpm",
    "selinux-policy*",
    "setup",
    "shadow*",
    "sssd*",
    "sudo",
    "system-user-*",
    "systemd",
    "util-linux*",
    "vim-minimal",
    "yum*",
    "zypper",
];

/// Reads the whole database. `manager` is the program that installs packages.
pub(super) fn read(asked: &mut AskedMachine<'_>, manager: &str) -> Result<PackageRecords, Failure> {
    let shell = |script: &str| Command::new(["/bin/sh", "-c", script]);
    let asked_for = match manager {
        "yum" => shell(YUM_REASONS),
        "dnf5" => {
            Command::new(["dnf5", "-q", "-C", "repoquery", "--userinstalled", r"--queryformat=%{name}\n"])
        }
        "dnf" => Command::new(["dnf", "-q", "-C", "repoquery", "--userinstalled", "--qf", "%{name}"]),
        _ => Command::new(["cat", CAME_ALONG]),
    };
    let packages = Command::new(["rpm", "-qa", "--qf", PACKAGES]);
    let texts = asked.printed(vec![packages, asked_for, shell(NEEDS), shell(FILES), shell(SCRIPTS)])?;
    let [packages, told, needs, files, scripts] = texts.as_slice() else {
        return Err(Failure::new("the package database was not told"));
    };
    let mut records =
        PackageRecords { find_copies: FIND_COPIES, sum_program: "sha256sum", ..PackageRecords::default() };
    for (name, version) in packages.lines().filter_map(|line| line.split_once('\t')) {
        let is_base = BASE.iter().any(|base| pattern::matches(base, name));
        let record = PackageRecord { version: version.to_owned(), is_base, ..PackageRecord::default() };
        records.packages.insert(name.to_owned(), record);
    }
    for (name, needed) in needs.lines().filter_map(|line| line.split_once('\t')) {
        if let Some(record) = records.packages.get_mut(name) {
            record.needs.push(needed.to_owned());
        }
    }
    let told: BTreeSet<&str> = told.lines().map(str::trim).filter_map(|line| named(line, manager)).collect();
    match manager {
        _ if told.is_empty() => {
            records.ask_for_what_nothing_needs();
            asked.unread.push(format!(
                "{manager} does not tell which packages were asked for; those are taken that no other package needs"
            ));
        }
        "zypper" => records.mark(&|name| !told.contains(name)),
        _ => records.mark(&|name| told.contains(name)),
    }
    records.settle();
    files.lines().for_each(|line| read_file(line, &mut records));
    records.words_of_scripts = words_of_scripts(scripts);
    Ok(records)
}

/// The name of a package in a line about what people asked for.
fn named<'t>(line: &'t str, manager: &str) -> Option<&'t str> {
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    if manager != "yum" {
        return Some(line);
    }
    let whole = line.strip_suffix("/reason")?.rsplit('/').next()?;
    let (_, package) = whole.split_once('-')?;
    package.rsplitn(4, '-').nth(3)
}

fn read_file(line: &str, records: &mut PackageRecords) {
    let fields: Vec<&str> = line.split('\t').collect();
    let [package, path, sum, mode, owner, group, flags] = fields[..] else { return };
    let path = Utf8PathBuf::from(path);
    records.own(path.clone(), package);
    // What a package only reserves has no content of its own.
    if sum.is_empty() || flags.contains('g') {
        return;
    }
    let attributes = PackagedAttributes {
        owner: owner.to_owned(),
        group: group.to_owned(),
        mode: u32::from_str_radix(mode, 8).unwrap_or_default() & 0o7777,
    };
    let digest = PackagedDigest {
        package: package.to_owned(),
        sum: sum.to_owned(),
        is_configuration: flags.contains('c'),
        attributes: Some(attributes),
    };
    records.digests.insert(path, digest);
}
