//! A machine in memory: files, packages, services, and commands that answer as a spec told them to.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::content::{Content, sha256};
use chefrs::model::error::{FailedCommand, Failure};
use chefrs::model::journal::{Journal, Lock, Record, RunRecord};
use chefrs::model::query::{
    Answer, CommandResult, Enabled, End, FileKind, FileText, Host, HttpResult, Init, MOUNTS, PackageState,
    Query, ServiceState, Stat,
};
use chefrs::model::step::Step;
use chefrs::target::{Progress, Target};

use crate::memory;

/// What becomes of the machine in the course of time.
pub type Passing = Box<dyn FnMut(&mut State, Duration)>;

/// What a command does to the machine; its exit status comes back.
pub type Effect = Box<dyn FnMut(&mut State) -> i32>;

/// What is on the machine.
#[derive(Default)]
pub struct State {
    pub files: BTreeMap<Utf8PathBuf, (FileKind, String, u32)>,
    pub packages: BTreeSet<String>,
    pub services: BTreeMap<String, ServiceState>,
    /// Command lines that ran as steps, in order.
    pub ran: Vec<String>,
    /// Steps of any kind, by their name.
    pub steps: Vec<String>,
    /// Number of batches that were asked.
    pub batches: usize,
    /// Number of questions in them.
    pub asked: usize,
    /// Number of times that it was looked at from the beginning.
    pub looks: usize,
    /// The resource for which it will be restarted.
    pub restart: Option<String>,
    /// What it keeps of its runs.
    pub journal: Journal,
    pub history: Vec<RunRecord>,
    pub lock: Lock,
    /// Number of times that the journal was written to.
    pub written: usize,
    /// Whether the journal can be written to.
    pub full: bool,
}

/// The machine as a target.
pub struct Machine {
    pub state: State,
    pub root: bool,
    /// Whether nothing tells of a file that it is immutable.
    pub attributes_unseen: bool,
    /// Where a file system is that can't be written to.
    pub read_only: Vec<&'static str>,
    /// Places where something is mounted.
    pub mounted: Vec<&'static str>,
    /// Programs that are not in `/usr/bin`; all others are.
    pub lacks: Vec<&'static str>,
    /// Whether written files stay; something may undo them.
    pub keeps: bool,
    /// What happens on it by itself while somebody waits.
    pub passing: Passing,
    /// How long it was waited for, in all.
    pub waited: Duration,
    effects: BTreeMap<String, Effect>,
    guards: BTreeMap<String, End>,
}

impl Machine {
    pub fn new() -> Self {
        let mut machine = Self {
            state: State::default(),
            root: true,
            attributes_unseen: false,
            read_only: Vec::new(),
            mounted: Vec::new(),
            lacks: Vec::new(),
            keeps: true,
            passing: Box::new(|_, _| {}),
            waited: Duration::ZERO,
            effects: BTreeMap::new(),
            guards: BTreeMap::new(),
        };
        for directory in ["/", "/etc", "/srv", "/tmp"] {
            machine.directory(directory);
        }
        machine
    }

    pub fn directory(&mut self, path: &str) {
        self.state.files.insert(path.into(), (FileKind::Directory, String::new(), 0o755));
    }

    pub fn link(&mut self, path: &str, to: &str) {
        self.state.files.insert(path.into(), (FileKind::Link, to.into(), 0o777));
    }

    pub fn file(&mut self, path: &str, text: &str) {
        self.state.files.insert(path.into(), (FileKind::File, text.into(), 0o644));
    }

    pub fn service(&mut self, name: &str, running: bool) {
        let state = ServiceState { exists: true, running, enabled: Enabled::Yes, ..ServiceState::missing() };
        self.state.services.insert(name.into(), state);
    }

    /// What a command does when it runs as a step; without this it succeeds and does nothing.
    pub fn on(&mut self, command: &str, effect: impl FnMut(&mut State) -> i32 + 'static) {
        self.effects.insert(command.into(), Box::new(effect));
    }

    /// Paths that a package brings.
    pub fn brings(&mut self, package: &str, paths: &'static [&'static str]) {
        self.on(&format!("apt-get {package}"), |state| {
            let file = || (FileKind::File, "brought".into(), 0o644);
            state.files.extend(paths.iter().map(|&path| (path.into(), file())));
            0
        });
    }

    /// A command that makes an empty file.
    pub fn touches(&mut self, command: &str, path: &'static str) {
        self.on(command, |state| {
            state.files.insert(path.into(), (FileKind::File, String::new(), 0o644));
            0
        });
    }

    /// How a command ends when it is asked; without this it is not found.
    pub fn guard(&mut self, command: &str, end: End) {
        self.guards.insert(command.into(), end);
    }

    /// Where a name leads: what is there is kept by the path that has no link on its way.
    fn real(&self, path: &Utf8Path, follows_last: bool) -> Utf8PathBuf {
        let mut at = Utf8PathBuf::new();
        for component in path.components() {
            at.push(component);
            let is_last = at.components().count() == path.components().count();
            if let Some((FileKind::Link, to, _)) = self.state.files.get(&at)
                && (follows_last || !is_last)
            {
                at = self.real(&at.with_file_name(to), true);
            }
        }
        at
    }

    /// As proc(5) tells them.
    fn mounts(&self) -> String {
        let line =
            |place: &&str| format!("24 1 0:21 /data {place} rw,relatime shared:1 - ext4 /dev/sdb1 rw\n");
        ["/"].iter().chain(&self.mounted).map(line).collect()
    }

    fn is_program(&self, path: &Utf8Path) -> bool {
        let name = path.file_name().unwrap_or_default();
        path.parent() == Some("/usr/bin".into()) && !self.lacks.contains(&name)
    }

    fn answer(&self, query: &Query) -> Answer {
        let files = &self.state.files;
        let real = |path: &Utf8Path| self.real(path, !matches!(query, Query::Stat(_)));
        let program = (FileKind::File, "program".to_owned(), 0o755);
        match query {
            Query::Read(path) if path == MOUNTS => Answer::Read(Some(FileText::Text(self.mounts()))),
            Query::Stat(path) | Query::Resolve(path) => {
                let here = files.get(&real(path)).or(self.is_program(path).then_some(&program));
                Answer::Stat(here.map(|(kind, text, mode)| Stat {
                    kind: *kind,
                    mode: *mode,
                    owner: "root".into(),
                    group: "root".into(),
                    uid: 0,
                    gid: 0,
                    size: text.len() as u64,
                    modified: 0,
                    inode: (0, 0),
                    target: (*kind == FileKind::Link).then(|| text.clone()),
                    access: None,
                }))
            }
            Query::Digest(path) => {
                Answer::Digest(files.get(&real(path)).map(|(_, text, _)| sha256(text.as_bytes())))
            }
            Query::Read(path) => {
                let file = files.get(&real(path)).filter(|(kind, ..)| *kind == FileKind::File);
                Answer::Read(file.map(|(_, text, _)| FileText::Text(text.clone())))
            }
            Query::List(_) => Answer::List(None),
            Query::Writable(path) => {
                let read_only = self.read_only.iter().any(|above| path.starts_with(above));
                Answer::Writable(!read_only && (self.root || !path.starts_with("/etc")))
            }
            Query::User(_) => Answer::User(None),
            Query::Group(_) => Answer::Group(None),
            Query::Package { name, .. } => Answer::Package(PackageState {
                version: self.state.packages.contains(name).then(|| "1.0".into()),
                ..PackageState::default()
            }),
            Query::Candidate { name, .. } => {
                Answer::Candidate((!name.starts_with("no-")).then(|| "1.0".into()))
            }
            Query::Versions { name, .. } => {
                Answer::Versions(if name.starts_with("no-") { Vec::new() } else { vec!["1.0".into()] })
            }
            Query::Providers { .. } => Answer::Providers(Vec::new()),
            Query::InstalledPackages { .. } => Answer::InstalledPackages(Vec::new()),
            Query::PackageDatabase { .. } => Answer::PackageDatabase { interrupted: false },
            Query::Service(name) => {
                Answer::Service(self.state.services.get(name).cloned().unwrap_or_else(ServiceState::missing))
            }
            Query::Host => Answer::Host(Box::new(Host {
                init: Init::Systemd,
                offline: None,
                attributes_unseen: self.attributes_unseen,
                downloader: None,
                user: if self.root { "root".into() } else { "ada".into() },
                root: self.root,
                uname: Default::default(),
                package_manager: Some("apt".into()),
                now: 0,
            })),
            Query::Interfaces => Answer::Interfaces(Vec::new()),
            // `show FILE` prints what is in a file, and nothing where there is none.
            Query::Command(command) if command.argv.first().is_some_and(|word| word == "show") => {
                let file = command.argv.last().and_then(|path| files.get(&real(path.as_str().into())));
                let stdout = file.map_or(String::new(), |(_, text, _)| text.clone());
                Answer::Command(CommandResult { stdout, ..CommandResult::default() })
            }
            Query::Command(command) => Answer::Command(CommandResult {
                end: self.guards.get(&command.display()).cloned().unwrap_or(End::Exit(127)),
                stdout: "output\n".into(),
                is_part: command.argv.contains(&"longer".into()),
                stderr: String::new(),
            }),
            Query::Restart => Answer::Restart(self.state.restart.clone()),
            Query::Journal => Answer::Journal(self.state.journal.clone()),
            Query::Lock => Answer::Lock(self.state.lock.clone()),
            Query::History => Answer::History(self.state.history.clone()),
            Query::Downloads => Answer::Downloads(Vec::new()),
            Query::Download(_) => Answer::Download(Err("no answer".into())),
            Query::Http(_) => Answer::Http(HttpResult::default()),
        }
    }

    /// Starts it anew: what was asked for is made, and nobody asks any more.
    pub fn restart(&mut self) {
        self.state.restart = None;
        memory::restarted(&mut self.state.journal);
    }

    fn record(&mut self, record: &Record) -> Result<(), Failure> {
        if self.state.full {
            return Err(Failure::new("the disk is full"));
        }
        let State { journal, history, written, .. } = &mut self.state;
        *written += 1;
        memory::record(journal, history, record);
        Ok(())
    }

    fn run(&mut self, line: String) -> Result<(), Failure> {
        self.state.ran.push(line.clone());
        let words: Vec<&str> = line.split(' ').collect();
        if let ["systemctl", verb, "--", name] = words.as_slice()
            && let Some(service) = self.state.services.get_mut(*name)
        {
            service.running = *verb != "stop";
        }
        let status = match self.effects.get_mut(&line) {
            Some(effect) => effect(&mut self.state),
            None => 0,
        };
        if status == 0 {
            return Ok(());
        }
        Err(Failure {
            message: format!("`{line}` failed"),
            command: Some(FailedCommand {
                argv: words.into_iter().map(str::to_owned).collect(),
                status: Some(format!("exit status {status}")),
                output: vec!["the last line".into()],
            }),
            ..Failure::default()
        })
    }
}

impl Target for Machine {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn wait(&mut self, pause: Duration) {
        self.waited += pause;
        (self.passing)(&mut self.state, self.waited);
    }

    fn ask(&mut self, queries: &[Query]) -> Result<Vec<Answer>, Failure> {
        self.state.batches += 1;
        self.state.asked += queries.len();
        self.state.looks += usize::from(queries.contains(&Query::Host));
        Ok(queries.iter().map(|query| self.answer(query)).collect())
    }

    fn apply(&mut self, step: &Step, progress: &mut dyn FnMut(Progress)) -> Result<(), Failure> {
        if let Step::Record(record) = step {
            return self.record(record);
        }
        let name = serde_json::to_value(step).expect("a step is data");
        let name = name.as_object().and_then(|map| map.keys().next().cloned()).expect("a step has a name");
        self.state.steps.push(name);
        let place = step.path().map(|path| self.real(path, false)).unwrap_or_default();
        match step {
            Step::WriteFile(write) => {
                let Content::Text(text) = &write.content else { return Err(Failure::new("only text here")) };
                let mode = write.attributes.mode.unwrap_or(0o644);
                if self.keeps {
                    self.state.files.insert(place, (FileKind::File, text.clone(), mode));
                }
                Ok(())
            }
            Step::SetAttributes { attributes, .. } => {
                let file = self.state.files.get_mut(&place).ok_or_else(|| Failure::new("no such file"))?;
                file.2 = attributes.mode.unwrap_or(file.2);
                Ok(())
            }
            Step::Symlink { to, .. } => {
                self.link(place.as_str(), to);
                Ok(())
            }
            Step::MakeDirectory { parents, .. } => {
                self.directory(place.as_str());
                for above in place.ancestors().skip(1).filter(|_| *parents) {
                    self.directory(above.as_str());
                }
                Ok(())
            }
            Step::Remove { .. } => {
                self.state.files.retain(|file, _| !file.starts_with(&place));
                Ok(())
            }
            Step::Touch { .. } => Ok(()),
            Step::Run(command) => {
                progress(Progress::Output("working".into()));
                self.run(command.display())
            }
            Step::Packages { command, packages, .. } => {
                self.run(format!("{} {}", command.argv[0], packages.join(" ")))?;
                self.state.packages.extend(packages.iter().cloned());
                Ok(())
            }
            Step::Restart(restart) => {
                self.state.restart = memory::ask_for_restart(&mut self.state.journal, restart.as_deref(), "");
                Ok(())
            }
            Step::Lock(holder) => {
                self.state.lock = Lock { held: true, holder: Some(holder.clone()), left: None };
                Ok(())
            }
            other => Err(Failure::new(format!("this machine can't do {other:?}"))),
        }
    }
}
