//! A Debian machine in memory, true enough to be converged: what a step does to it is what it does to a real one, and what
//! it answers is what it is. A copy is a value, so a run can be tried and forgotten.

mod accounts;
mod alternatives;
mod files;
mod kernel;
mod languages;
mod mounts;
mod packages;
mod programs;
mod script;
mod services;
mod target;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::error::{FailedCommand, Failure};
use chefrs::model::journal::{Journal, Lock, RunRecord};
use chefrs::model::query::{Answer, CommandResult, End, Group, Host, Init, Query, User};
use chefrs::model::step::{Command, Step};

use crate::memory;

pub use files::Node;
pub use packages::Packages;

/// Seconds since 1970 that the machine's clock always shows.
pub const NOW: i64 = 1_700_000_000;

/// Programs of the base system, and git.
const PROGRAMS: &[&str] = &[
    "apt-get",
    "apt-mark",
    "bash",
    "blkid",
    "cat",
    "chage",
    "chpasswd",
    "dd",
    "df",
    "dpkg",
    "echo",
    "git",
    "gpasswd",
    "groupadd",
    "groupdel",
    "groupmod",
    "hostname",
    "locale",
    "mkdir",
    "mkswap",
    "modprobe",
    "mount",
    "mv",
    "rm",
    "sh",
    "swapoff",
    "swapon",
    "systemctl",
    "test",
    "touch",
    "umount",
    "update-alternatives",
    "useradd",
    "userdel",
    "usermod",
];

/// Directories of the base system.
const DIRECTORIES: &[&str] = &[
    "/",
    "/.mounted",
    "/dev",
    "/etc",
    "/etc/alternatives",
    "/etc/apt",
    "/etc/apt/keyrings",
    "/etc/apt/preferences.d",
    "/etc/apt/sources.list.d",
    "/etc/cron.d",
    "/etc/default",
    "/etc/modprobe.d",
    "/etc/modules-load.d",
    "/etc/sysctl.d",
    "/etc/systemd",
    "/etc/systemd/system",
    "/home",
    "/lib",
    "/lib/systemd",
    "/lib/systemd/system",
    "/proc",
    "/proc/sys",
    "/proc/sys/kernel",
    "/proc/sys/net",
    "/proc/sys/net/core",
    "/run",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/lib/locale",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/lib",
    "/var/lib/apt",
    "/var/lib/apt/lists",
    "/var/lib/dpkg",
    "/var/lib/dpkg/alternatives",
    "/var/log",
];

/// Where commands write down that they ran.
const LOGS: &str = "/var/log";

/// What is on the machine.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    pub nodes: BTreeMap<Utf8PathBuf, Node>,
    pub users: BTreeMap<String, User>,
    pub groups: BTreeMap<String, Group>,
    pub packages: Packages,
    /// Units that run, that systemd starts with the machine, and their files as it has read them.
    pub running: BTreeSet<String>,
    pub enabled: BTreeSet<String>,
    pub loaded: BTreeMap<String, String>,
    pub journal: Journal,
    /// The resource for which it will be restarted.
    pub restart: Option<String>,
    history: Vec<RunRecord>,
    lock: Lock,
    /// Commands that were asked, as a person would type them.
    pub asked: BTreeSet<String>,
    /// Steps so far.
    pub steps: usize,
    /// The step that goes wrong.
    pub loss: Option<Loss>,
    inodes: u64,
    /// File systems that are mounted, in order.
    mounts: Vec<mounts::Mounted>,
    /// Rules of the firewall that the kernel has.
    rules: Option<String>,
    /// Bytes on its disk for files of that size.
    room: u64,
}

/// Bad luck with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// Steps that come to their end before.
    pub after: usize,
    /// What happens to the next one.
    pub how: How,
}

/// How a step goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The connection ends before it.
    Lost,
    /// It is done, and the connection ends before its answer.
    Unheard,
    /// It fails, and what follows does not.
    Failed,
}

impl Machine {
    /// One with a base system. The number decides what else is there already.
    pub fn new(kind: u64) -> Self {
        let mut machine = Self::default();
        for directory in DIRECTORIES {
            machine.directory(directory);
        }
        machine.file("/etc/hosts", "127.0.0.1 localhost\n");
        machine.file("/etc/login.defs", "# who may log in\nUMASK 022\nPASS_MAX_DAYS 99999\n");
        machine.file("/etc/web.json", "{\n  \"port\": 80 // plain\n}\n");
        for program in PROGRAMS {
            machine.file(Utf8Path::new("/usr/bin").join(program), program);
        }
        machine.file("/etc/fstab", "/dev/sda1 / ext4 defaults 0 1\n");
        machine.file("/etc/hostname", "memory\n");
        machine.file("/etc/os-release", "VERSION_CODENAME=stable\n");
        machine.file("/proc/sys/net/core/somaxconn", "128\n");
        machine
            .file("/lib/systemd/system/cron.service", "[Service]\n[Install]\nWantedBy=multi-user.target\n");
        machine
            .file("/lib/systemd/system/crash.service", "[Service]\n[Install]\nWantedBy=multi-user.target\n");
        machine.daemon_reload();
        machine.running.insert("cron.service".into());
        machine.enabled.insert("cron.service".into());
        machine.account("root", 0);
        machine.account("ada", 1000);
        machine.packages = Packages::new(kind);
        if kind.is_multiple_of(2) {
            machine.file("/srv/a", "one\n");
            machine.directory("/srv/d");
            machine.account("deploy", 1001);
        }
        if kind % 7 > 4 {
            machine.link(Utf8Path::new("/srv/current"), "d");
            machine.link(Utf8Path::new("/srv/dangling"), "/srv/e/z");
        }
        if kind.is_multiple_of(3) {
            machine.bring("web");
            machine.file("/usr/bin/python3", "python3");
        }
        machine.room = if kind % 4 == 3 { 2 << 20 } else { 64 << 20 };
        if kind % 5 < 2 {
            for name in ["sudo", "tzdata", "npm", "ruby"] {
                machine.bring(name);
            }
            machine.disk("/dev/sdb1");
        }
        machine.start_kernel();
        if kind % 5 == 3 {
            machine.use_module("overlay");
        }
        machine
    }

    /// What of it a cook sees, but for what was written to logs: two machines with the same lines are the same to him.
    pub fn picture(&self) -> BTreeSet<String> {
        let nodes = self.nodes.iter().filter(|(path, _)| !path.starts_with(LOGS));
        let mut lines: BTreeSet<String> =
            nodes.map(|(path, node)| format!("{path} {} {:?}", node.attributes(), node.text())).collect();
        lines.extend(self.users.iter().map(|(name, user)| format!("user {name} {user:?}")));
        lines.extend(self.groups.iter().map(|(name, group)| format!("group {name} {group:?}")));
        lines.insert(self.packages.picture());
        lines.insert(format!("mounts {}", self.mount_table()));
        lines.insert(format!("rules {:?}", self.rules));
        lines.insert(format!("running {:?}", self.running));
        lines.insert(format!("enabled {:?}", self.enabled));
        lines
    }

    /// What was written to logs: the notifications that were paid, however often.
    pub fn logs(&self) -> BTreeSet<String> {
        let logs = self.nodes.iter().filter(|(path, _)| path.starts_with(LOGS));
        logs.filter_map(|(path, node)| Some((path, node.text()?)))
            .flat_map(|(path, text)| text.lines().map(move |line| format!("{path}: {line}")))
            .collect()
    }

    /// Resources that are owed a notification.
    pub fn owed(&self) -> BTreeSet<String> {
        self.journal.owed.iter().map(|debt| format!("{} is owed {}", debt.to, debt.action)).collect()
    }

    /// Starts it anew: what was asked for is made, and the connection is another one. What ran runs again.
    pub fn restarted(&mut self) {
        self.restart = None;
        self.daemon_reload();
        self.start_kernel();
        memory::restarted(&mut self.journal);
        self.reached_again();
    }

    /// A new connection to it, as after one that was lost.
    pub fn reached_again(&mut self) {
        self.loss = None;
        self.lock = Lock::default();
        self.steps = 0;
    }

    fn answer(&mut self, query: &Query) -> Answer {
        match query {
            Query::Stat(path) => Answer::Stat(self.stat(path, false)),
            Query::Resolve(path) => Answer::Stat(self.stat(path, true)),
            Query::Digest(path) => Answer::Digest(self.digest(path)),
            Query::Read(path) => Answer::Read(self.account_file(path).or_else(|| self.read(path))),
            Query::List(path) => Answer::List(self.list(path)),
            Query::Writable(_) => Answer::Writable(true),
            Query::User(name) => Answer::User(self.users.get(name).cloned().map(Box::new)),
            Query::Group(name) => Answer::Group(self.groups.get(name).cloned()),
            Query::Package { name, .. } => Answer::Package(self.packages.state(name)),
            Query::Candidate { name, .. } => Answer::Candidate(self.candidate(name)),
            Query::Versions { name, .. } => Answer::Versions(self.candidate(name).into_iter().collect()),
            Query::Providers { name, .. } => Answer::Providers(self.providers(name)),
            Query::InstalledPackages { .. } => Answer::InstalledPackages(Vec::new()),
            Query::PackageDatabase { .. } => {
                Answer::PackageDatabase { interrupted: self.packages.interrupted }
            }
            Query::Service(name) => Answer::Service(self.service(name)),
            Query::Host => Answer::Host(Box::new(Host {
                init: Init::Systemd,
                offline: None,
                attributes_unseen: false,
                downloader: None,
                user: "root".into(),
                root: true,
                uname: Default::default(),
                package_manager: Some("apt".into()),
                now: NOW,
            })),
            Query::Interfaces => Answer::Interfaces(Vec::new()),
            Query::Command(command) => {
                self.asked.insert(command.display());
                // What is asked changes nothing, whatever it is.
                let mut aside = self.clone();
                let (status, stdout) = aside.call(command);
                let end = match status {
                    programs::NOT_FOUND if !is_script(command) => End::NotStarted("not found".into()),
                    status => End::Exit(status),
                };
                Answer::Command(CommandResult { end, stdout, ..CommandResult::default() })
            }
            Query::Restart => Answer::Restart(self.restart.clone()),
            Query::Journal => Answer::Journal(self.journal.clone()),
            Query::Lock => Answer::Lock(self.lock.clone()),
            Query::History => Answer::History(self.history.clone()),
            Query::Downloads => Answer::Downloads(Vec::new()),
            Query::Download(url) if Self::answers(url) => Answer::Download(Ok(String::new())),
            Query::Download(_) => Answer::Download(Err("no answer".into())),
            Query::Http(request) => Answer::Http(self.page(&request.url)),
        }
    }

    fn run(&mut self, command: &Command) -> Result<(), Failure> {
        let (status, _) = self.call(command);
        if command.accepts(status) {
            return Ok(());
        }
        if let Some(undoing) = command.undoing() {
            self.call(&undoing);
        }
        let mut failure = Failure::new(format!("`{}` failed", command.display()));
        failure.command = Some(FailedCommand {
            argv: command.argv.clone(),
            status: Some(format!("exit status {status}")),
            output: Vec::new(),
        });
        Err(failure)
    }

    fn does(&mut self, step: &Step) -> Result<(), Failure> {
        match step {
            Step::Run(command) => self.run(command),
            Step::Packages { command, packages, .. } => {
                let mut command = command.clone();
                command.argv.extend(packages.iter().cloned());
                self.run(&command)
            }
            Step::Restart(restart) => {
                self.restart = memory::ask_for_restart(&mut self.journal, restart.as_deref(), "run");
                Ok(())
            }
            Step::Lock(holder) => {
                self.lock = Lock { held: true, holder: Some(holder.clone()), left: None };
                Ok(())
            }
            Step::Record(record) => {
                memory::record(&mut self.journal, &mut self.history, record);
                Ok(())
            }
            other => self.does_to_files(other),
        }
    }

    fn next_inode(&mut self) -> u64 {
        self.inodes += 1;
        self.inodes
    }

    fn directory(&mut self, path: impl AsRef<Utf8Path>) {
        self.nodes.insert(path.as_ref().to_owned(), Node::directory());
    }

    fn file(&mut self, path: impl AsRef<Utf8Path>, text: &str) {
        let inode = self.next_inode();
        let path = path.as_ref();
        let is_program = path.parent().is_some_and(|directory| directory.ends_with("bin"));
        let node = if is_program { Node::program(text, inode) } else { Node::file(text, inode) };
        self.nodes.insert(path.to_owned(), node);
    }
}

fn is_script(command: &Command) -> bool {
    command.argv.first().is_some_and(|program| program == "/bin/sh")
}
