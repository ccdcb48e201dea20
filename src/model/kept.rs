//! Files and directories that chefrs keeps between runs. The code and the reference use the same table.

/// A file or directory that chefrs keeps.
#[derive(Debug, Clone, Copy)]
pub struct KeptFile {
    /// Name in the state directory, or an absolute path.
    pub name: &'static str,
    /// Description of the content.
    pub doc: &'static str,
}

const fn file(name: &'static str, doc: &'static str) -> KeptFile {
    KeptFile { name, doc }
}

/// State directory of root.
pub const ROOT_STATE: KeptFile = file("/var/lib/chefrs", "The state directory, if root runs chefrs.");
/// State directory of other users, below their home directory.
pub const USER_STATE: KeptFile = file(
    ".local/state/chefrs",
    "The state directory of another user, below the home directory. With `XDG_STATE_HOME`, it is `chefrs` in there.",
);
/// Directory for the events of runs if the disk of the state directory is full.
pub const RUNS_ELSEWHERE: KeptFile =
    file("/run/chefrs/runs", "Events of runs, while the disk of the state directory is full. Only for root.");

/// Lock of a run.
pub const LOCK: KeptFile =
    file("lock", "Locked by the kernel during a run. It contains the run that holds the lock.");
/// Pending notifications.
pub const JOURNAL: KeptFile = file(
    "journal",
    "Notifications that are owed, and the restart that a run waits for. The next run delivers them.",
);
/// Runs on this machine as a target.
pub const HISTORY: KeptFile = file("history", "A line for each run on this machine as a target.");
/// Events of runs.
pub const RUNS: KeptFile =
    file("runs", "The events of the last 20 runs on this target, for `chefrs attach`.");
/// Versions of downloaded files.
pub const DOWNLOADS: KeptFile = file(
    "downloads",
    "`ETag` and `Last-Modified` of the last 1000 downloaded files, to ask the server whether it has another version.",
);
/// Temporary files that are being written.
pub const DRAFTS: KeptFile = file(
    "drafts",
    "Files and directories that a killed run may have left behind. The next run removes them.",
);
/// Restarts that resources asked for.
pub const RESTARTS: KeptFile =
    file("restarts", "Restarts that resources asked for, so that each is made exactly once.");
/// Old versions of replaced files.
pub const BACKUP: KeptFile =
    file("backup", "Copies of replaced files, by their path: `backup/etc/hosts.~1~`.");
/// Runs started on this machine.
pub const STARTED: KeptFile = file(
    "history.sqlite",
    "The runs that were started on this machine, for `chefrs log`, `show` and `status`.",
);
/// Locks that tell which runs started on this machine are still running.
pub const ALIVE: KeptFile =
    file("history.lock", "Tells which of the runs in `history.sqlite` are still running.");
/// The program that works on this machine as a target.
const AGENT: KeptFile = file(
    "agent",
    "Copies of chefrs that were sent to this target, for root. Other users have them in `~/.cache/chefrs`.",
);
/// Sockets of shared ssh connections.
pub const SOCKETS: KeptFile =
    file("ssh", "Sockets of shared SSH connections, if `XDG_RUNTIME_DIR` is not set.");

/// Content of the state directory, in the order of the reference.
pub const STATE_FILES: &[KeptFile] =
    &[LOCK, JOURNAL, HISTORY, DOWNLOADS, RUNS, DRAFTS, RESTARTS, BACKUP, STARTED, ALIVE, AGENT, SOCKETS];
/// Possible places of the state directory, in the order of the reference.
pub const PLACES: &[KeptFile] = &[ROOT_STATE, USER_STATE, RUNS_ELSEWHERE];
