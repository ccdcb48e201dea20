//! What is kept on a machine between runs, and under which names: the one table for the code and for the reference.

/// A file or directory.
#[derive(Debug, Clone, Copy)]
pub struct KeptFile {
    /// Its name in the state directory, or its path.
    pub name: &'static str,
    /// What is in it.
    pub doc: &'static str,
}

const fn file(name: &'static str, doc: &'static str) -> KeptFile {
    KeptFile { name, doc }
}

/// The state directory of root.
pub const ROOT_STATE: KeptFile = file("/var/lib/chefrs", "The state directory, if root runs chefrs.");
/// The state directory of others, below their home.
pub const USER_STATE: KeptFile = file(
    ".local/state/chefrs",
    "The state directory of another user, below the home directory. With `XDG_STATE_HOME`, it is `chefrs` in there.",
);
/// Where what runs say goes when the disk of the state directory is full.
pub const RUNS_ELSEWHERE: KeptFile = file(
    "/run/chefrs/runs",
    "What runs say, for as long as the disk of the state directory is full. Root's alone.",
);

/// The lock of a run.
pub const LOCK: KeptFile =
    file("lock", "Locked by the kernel during a run; it says which run holds the target.");
/// What is owed.
pub const JOURNAL: KeptFile = file(
    "journal",
    "Notifications that are owed, and the restart that a run waits for. The next run delivers them.",
);
/// Runs on this target.
pub const HISTORY: KeptFile = file("history", "A line for each run on this machine as a target.");
/// What runs say.
pub const RUNS: KeptFile =
    file("runs", "The events of the last 20 runs on this target, for `chefrs attach`.");
/// Drafts of files that are being made.
pub const DRAFTS: KeptFile = file(
    "drafts",
    "Files and directories that a killed run may have left half made. The next run removes them.",
);
/// Restarts that were asked for.
pub const RESTARTS: KeptFile =
    file("restarts", "Restarts that runs have asked for, so that each is made, and made once.");
/// Copies of replaced files.
pub const BACKUP: KeptFile =
    file("backup", "Copies of replaced files, by their path: `backup/etc/hosts.~1~`.");
/// The runs started here.
pub const STARTED: KeptFile = file(
    "history.sqlite",
    "The runs that were started on this machine, for `chefrs log`, `show` and `status`.",
);
/// Whether the runs started here still live.
pub const ALIVE: KeptFile = file("history.lock", "Tells which of the runs in `history.sqlite` still go on.");
/// Sockets of shared connections.
pub const SOCKETS: KeptFile =
    file("ssh", "Sockets of shared SSH connections, where `XDG_RUNTIME_DIR` is not set.");

/// What the state directory holds, in the order of the reference.
pub const STATE_FILES: &[KeptFile] =
    &[LOCK, JOURNAL, HISTORY, RUNS, DRAFTS, RESTARTS, BACKUP, STARTED, ALIVE, SOCKETS];
/// Where state is kept, in the order of the reference.
pub const PLACES: &[KeptFile] = &[ROOT_STATE, USER_STATE, RUNS_ELSEWHERE];
