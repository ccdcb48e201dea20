//! What a capture leaves out whatever the rules say: the identity of a machine, and what programs make again.

use camino::Utf8Path;

use crate::model::pattern;

/// Version of the list, for those who print it and compare. It goes up when a line changes.
pub const VERSION: u32 = 3;

/// A line of the list.
#[derive(Debug, Clone, Copy)]
pub struct LeftOut {
    /// Pattern of paths. `*` stands for any characters.
    pub pattern: &'static str,
    /// Why, as the rest of a sentence that starts with the path.
    pub why: &'static str,
}

const fn line(pattern: &'static str, why: &'static str) -> LeftOut {
    LeftOut { pattern, why }
}

const IDENTITY: &str = "is what this machine is, and no other";
const ACCOUNTS: &str = "is captured as users and groups";
pub(super) const MADE: &str = "is made by a program, from other files";
const OURS: &str = "is a program of the cookbooks of chefrs";
const NETWORK: &str = "is the network of this machine";
const DISKS: &str = "is about the disks of this machine";

/// The list.
pub const LEFT_OUT: &[LeftOut] = &[
    line("/etc/machine-id", IDENTITY),
    line("/etc/hostid", IDENTITY),
    line("/etc/hostname", IDENTITY),
    line("/etc/mailname", IDENTITY),
    line("/etc/hosts", IDENTITY),
    line("/etc/ssh/ssh_host_*", IDENTITY),
    line("/etc/iscsi/initiatorname.iscsi", IDENTITY),
    line("/etc/machine-info", IDENTITY),
    line("/etc/ssl/certs/ssl-cert-snakeoil.pem", IDENTITY),
    line("/etc/ssl/private/ssl-cert-snakeoil.key", IDENTITY),
    line("/etc/fstab", DISKS),
    line("/etc/crypttab", DISKS),
    line("/etc/lvm/*", DISKS),
    line("/etc/mdadm/mdadm.conf", DISKS),
    line("/etc/initramfs-tools/conf.d/resume", DISKS),
    line("/etc/default/grub.d/*", DISKS),
    line("/etc/network/interfaces*", NETWORK),
    line("/etc/netplan/*", NETWORK),
    line("/etc/NetworkManager/system-connections/*", NETWORK),
    line("/etc/systemd/network/*", NETWORK),
    line("/etc/sysconfig/network-scripts/*", NETWORK),
    line("/etc/sysconfig/network/*", NETWORK),
    line("/etc/conf.d/net", NETWORK),
    line("/etc/conf.d/hostname", IDENTITY),
    line("/etc/resolv.conf*", NETWORK),
    line("/etc/networks", NETWORK),
    line("/etc/udev/rules.d/70-persistent-*", NETWORK),
    line("/etc/passwd*", ACCOUNTS),
    line("/etc/group*", ACCOUNTS),
    line("/etc/shadow*", ACCOUNTS),
    line("/etc/gshadow*", ACCOUNTS),
    line("/etc/subuid*", ACCOUNTS),
    line("/etc/subgid*", ACCOUNTS),
    line("/etc/security/opasswd", ACCOUNTS),
    line("/etc/.pwd.lock", MADE),
    line("/etc/adjtime", MADE),
    line("/etc/alternatives/*", MADE),
    line("/etc/apt/apt.conf.d/01autoremove*", MADE),
    line("/etc/blkid.tab*", MADE),
    line("/etc/ca-certificates.conf", MADE),
    line("/etc/console-setup/cached*", MADE),
    line("/etc/dictionaries-common/*", MADE),
    line("/etc/ld.so.cache", MADE),
    line("/etc/mailcap", MADE),
    line("/etc/mtab", MADE),
    line("/etc/pam.d/common-*", MADE),
    line("/etc/rc?.d/*", MADE),
    line("/etc/rcS.d/*", MADE),
    line("/etc/dpkg/origins/default", MADE),
    line("/etc/postgresql-common/root.crt", MADE),
    line("/etc/python3*/debian_config", MADE),
    line("/etc/runit/*", MADE),
    line("/etc/sgml/*", MADE),
    line("/usr/local/man", MADE),
    line("/usr/local/bin/chefrs", "is this program"),
    line("/usr/local/sbin/*-setting", OURS),
    line("/usr/local/sbin/nginx-verify-site", OURS),
    line("/etc/apt/apt.conf.d/02autoremove-postgresql", MADE),
    line("/etc/shells", MADE),
    line("/etc/authselect/*", MADE),
    line("/etc/crypto-policies/back-ends/*", MADE),
    line("/etc/dnf/modules.d/*", MADE),
    line("/etc/selinux/*/contexts/*", MADE),
    line("/etc/selinux/*/policy/*", MADE),
    line("/etc/zypp/credentials.d/*", "is how this machine is known to its package sources"),
    line("/etc/env.d/*", MADE),
    line("/etc/profile.env", MADE),
    line("/etc/csh.env", MADE),
    line("/etc/environment.d/10-gentoo-env.conf", MADE),
    line("/etc/ssl/certs/ca-certificates.crt", MADE),
    line("/etc/ssl/certs/java/*", MADE),
    line("/etc/mysql/debian.cnf", IDENTITY),
    line("/etc/pki/ca-trust/extracted/*", MADE),
    line("/etc/udev/hwdb.bin", MADE),
    line("/etc/xml/*", MADE),
    line("/etc/.updated", MADE),
    line("/etc/locale.gen", "is captured as the locale"),
    line("/etc/default/locale", "is captured as the locale"),
    line("/etc/locale.conf", "is captured as the locale"),
    line("/etc/localtime", "is captured as the time zone"),
    line("/etc/timezone", "is captured as the time zone"),
    line("/etc/systemd/system/*.wants/*", "is captured as a service that is enabled"),
    line("/etc/systemd/system/*.requires/*", "is captured as a service that is enabled"),
    line("/etc/systemd/user/*.wants/*", "is captured as a service that is enabled"),
    line("/etc/runlevels/*", "is captured as a service that is enabled"),
    line("*.dpkg-old", "is an older version of a file"),
    line("*.dpkg-dist", "is an older version of a file"),
    line("*.dpkg-new", "is an older version of a file"),
    line("*.dpkg-bak", "is an older version of a file"),
    line("*.ucf-old", "is an older version of a file"),
    line("*.ucf-dist", "is an older version of a file"),
    line("*.rpmsave", "is an older version of a file"),
    line("*.rpmorig", "is an older version of a file"),
    line("*/._cfg????_*", "is an older version of a file"),
    line("*.rpmnew", "is an older version of a file"),
    line("*.swp", "is made by an editor"),
    line("*~", "is made by an editor"),
];

/// Files that are empty on most machines. With content they are captured.
pub(super) const OFTEN_EMPTY: [&str; 2] = ["/etc/environment", "/etc/cron.allow"];

/// The line that leaves a path out.
#[must_use]
pub fn of(path: &Utf8Path) -> Option<&'static LeftOut> {
    LEFT_OUT.iter().find(|left| pattern::matches(left.pattern, path.as_str()))
}
