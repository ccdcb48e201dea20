//! Rights with which a cookbook can do anything on the machine.

use super::kind::{ANYTHING, Capability};
use super::matching::overlaps;
use super::words::line_words;

/// Paths that decide which code runs as root, or who may log in as root.
const FILES: &[(&str, &str)] = &[
    ("/etc/sudoers", "sudo"),
    ("/etc/sudoers.d/**", "sudo"),
    ("/root/**", "the home of root"),
    ("/home/*/.ssh/**", "keys of users"),
    ("/etc/systemd/**", "units"),
    ("/usr/lib/systemd/**", "units"),
    ("/run/systemd/**", "units"),
    ("/etc/init.d/**", "programs that start with the machine"),
    ("/etc/rc.local", "programs that start with the machine"),
    ("/etc/cron*/**", "cron"),
    ("/etc/crontab", "cron"),
    ("/var/spool/cron/**", "cron"),
    ("/etc/passwd", "accounts"),
    ("/etc/shadow", "accounts"),
    ("/etc/group", "accounts"),
    ("/etc/gshadow", "accounts"),
    ("/etc/pam.d/**", "logins"),
    ("/etc/security/**", "logins"),
    ("/etc/ssh/**", "logins"),
    ("/etc/profile", "what shells run"),
    ("/etc/profile.d/**", "what shells run"),
    ("/etc/bash*", "what shells run"),
    ("/etc/environment", "what programs run"),
    ("/etc/ld.so*", "what programs run"),
    ("/etc/ld.so.conf.d/**", "what programs run"),
    ("/etc/alternatives/**", "what programs run"),
    ("/etc/apt/**", "sources of packages"),
    ("/etc/dpkg/**", "sources of packages"),
    ("/usr/share/keyrings/**", "sources of packages"),
    ("/etc/yum*/**", "sources of packages"),
    ("/etc/dnf/**", "sources of packages"),
    ("/etc/pki/rpm-gpg/**", "sources of packages"),
    ("/etc/zypp/**", "sources of packages"),
    ("/etc/apk/**", "sources of packages"),
    ("/etc/pacman*", "sources of packages"),
    ("/etc/pacman.d/**", "sources of packages"),
    ("/etc/portage/**", "sources of packages"),
    ("/var/lib/dpkg/**", "sources of packages"),
    ("/etc/udev/**", "what devices run"),
    ("/etc/modprobe.d/**", "kernel modules"),
    ("/etc/modules*/**", "kernel modules"),
    ("/etc/fstab", "mounts"),
    ("/etc/hosts.equiv", "logins"),
    ("/etc/logrotate.d/**", "what logrotate runs"),
    ("/etc/polkit-1/**", "sudo"),
    ("/usr/**", "programs"),
    ("/bin/**", "programs"),
    ("/sbin/**", "programs"),
    ("/lib*/**", "programs"),
    ("/boot/**", "the kernel"),
    ("/dev/**", "devices"),
    ("/proc/**", "the kernel"),
    ("/sys/**", "the kernel"),
    ("/var/lib/chefrs/**", "the state of chefrs"),
];

/// Files with which somebody can log in.
const KEYS: &[&str] =
    &["/etc/shadow*", "/etc/gshadow*", "/root/**", "/home/*/.ssh/**", "/etc/ssh/*key", "/etc/ssl/private/**"];

/// Programs that run what their arguments or input say.
const RUNNERS: &[&str] = &[
    "sh",
    "bash",
    "dash",
    "zsh",
    "ksh",
    "fish",
    "busybox",
    "env",
    "sudo",
    "su",
    "doas",
    "runuser",
    "setpriv",
    "chroot",
    "nsenter",
    "unshare",
    "xargs",
    "find",
    "awk",
    "gawk",
    "mawk",
    "sed",
    "perl",
    "python*",
    "ruby*",
    "node",
    "nodejs",
    "php*",
    "lua*",
    "java",
    "make",
    "git",
    "ssh",
    "tar",
    "rsync",
    "cp",
    "mv",
    "ln",
    "dd",
    "tee",
    "install",
    "chmod",
    "chown",
    "systemctl",
    "systemd-run",
    "crontab",
    "at",
    "apt",
    "apt-get",
    "dpkg",
    "rpm",
    "dnf",
    "yum",
    "zypper",
    "apk",
    "pacman",
    "pip*",
    "npm",
    "gem",
    "curl",
    "wget",
    "nohup",
    "timeout",
    "nice",
    "strace",
    "gdb",
    "vi",
    "vim",
    "docker",
    "podman",
    "useradd",
    "usermod",
    "passwd",
    "chpasswd",
    "mount",
    "insmod",
    "modprobe",
    "sysctl",
];

/// Options of package managers that choose among packages, and no more.
const PLAIN_OPTIONS: &[&str] = &[
    "--no-install-recommends",
    "--install-recommends",
    "--no-recommends",
    "--setopt=install_weak_deps=False",
    "--classic",
];

/// Whether a program runs what its arguments or input say.
fn is_runner(program: &str) -> bool {
    let base = program.rsplit('/').next().unwrap_or_default();
    RUNNERS.iter().any(|runner| overlaps(Capability::Package, runner, base))
}

/// Why a pattern amounts to full control of the machine, if it does.
#[must_use]
pub fn full_control(kind: Capability, pattern: &str) -> Option<&'static str> {
    if pattern == ANYTHING {
        return match kind {
            Capability::Fetch => None,
            Capability::Service => Some("any unit"),
            Capability::Read => Some("keys and passwords"),
            Capability::Attribute => Some("whatever other cookbooks do"),
            Capability::Secret => Some("every secret"),
            _ => Some("anything"),
        };
    }
    match kind {
        Capability::Package => {
            if pattern.starts_with('/') || pattern.contains("://") {
                return Some("a package file, whose scripts run as root");
            }
            if let Some(option) = pattern.strip_prefix("option:") {
                return (!PLAIN_OPTIONS.contains(&option)).then_some("an option of the package manager");
            }
            pattern.contains('*').then_some("any package of such a name, whose scripts run as root")
        }
        Capability::File => {
            FILES.iter().find(|(path, _)| overlaps(kind, path, pattern)).map(|(_, reason)| *reason)
        }
        Capability::Execute => {
            let words = line_words(pattern);
            let program = words.first()?;
            if program.contains('*') {
                return Some("any program");
            }
            is_runner(program).then_some("a program that runs what it is told")
        }
        Capability::User => {
            const ADMINISTRATORS: [&str; 9] =
                ["root", "sudo", "wheel", "admin", "adm", "docker", "lxd", "libvirt", "disk"];
            ADMINISTRATORS
                .iter()
                .any(|name| overlaps(kind, name, pattern))
                .then_some("the account of an administrator")
        }
        Capability::System => {
            const HARMLESS: [&str; 7] =
                ["hostname", "timezone", "locale", "reboot", "package-lists", "firewall/**", "message"];
            (!HARMLESS.iter().any(|word| overlaps(kind, word, pattern)) || pattern.starts_with('*'))
                .then_some("settings of the kernel and of programs")
        }
        Capability::Secret => pattern.contains('*').then_some("any secret"),
        Capability::Service => pattern.starts_with('*').then_some("any unit"),
        Capability::Read => {
            KEYS.iter().any(|path| overlaps(kind, path, pattern)).then_some("keys and passwords")
        }
        Capability::Attribute => pattern.starts_with('*').then_some("whatever other cookbooks do"),
        Capability::Fetch => None,
    }
}
