//! The environment variables that the program reads: the one table for the code and for the reference.

/// A variable of the environment.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name; of secrets, how the name begins.
    pub name: &'static str,
    pub doc: &'static str,
}

const fn variable(name: &'static str, doc: &'static str) -> Variable {
    Variable { name, doc }
}

/// Secrets.
pub const SECRET: Variable = variable(
    "CHEFRS_SECRET_",
    "Begins the name of a secret: `CHEFRS_SECRET_DB_PASSWORD` holds the value of `secret \"db_password\"`. No program that \
     chefrs starts on this machine is given it.",
);
/// Where this machine keeps lock, journal, history and backups, if not where it usually does.
pub const STATE: Variable = variable(
    "CHEFRS_STATE_DIRECTORY",
    "The directory of lock, journal, history and backups on this machine, as an absolute path. Default: see `chefrs help files`.",
);
/// Projects that are trusted, whoever owns them.
pub const TRUST: Variable = variable(
    "CHEFRS_TRUST",
    "Projects that are used although another user owns them: absolute paths with `:` between, or `/` for all.",
);
/// Who has called `sudo`: sudo(8).
pub const SUDO_UID: Variable =
    variable("SUDO_UID", "Set by sudo. For root, projects of this user are as good as root's own.");
/// Where the user's sockets belong: XDG Base Directory Specification.
pub const RUNTIME: Variable = variable(
    "XDG_RUNTIME_DIR",
    "The directory for the sockets of shared SSH connections. Default: the state directory.",
);
/// Where programs keep what they remember: XDG Base Directory Specification.
pub const STATE_HOME: Variable = variable(
    "XDG_STATE_HOME",
    "Where the state directory of a user other than root is made. Default: `~/.local/state`.",
);
/// The user's home.
pub const HOME: Variable =
    variable("HOME", "The home directory, where `XDG_STATE_HOME` is not set. Default: as the account says.");
/// Where programs are looked for.
pub const PATH: Variable = variable(
    "PATH",
    "Where ssh, docker, podman and the programs of `chefrs.toml` are looked for. Commands of resources have a `PATH` of \
     their own.",
);
/// How wide text is.
pub const COLUMNS: Variable = variable(
    "COLUMNS",
    "The width of help, pages and tables, from 40 to 100. Default: the width of the terminal.",
);
/// Certificates of the authorities that are trusted.
pub const SSL_CERT_FILE: Variable = variable(
    "SSL_CERT_FILE",
    "The certificates that downloads trust. Default: those of the system. It is passed on to the commands of resources.",
);
/// Asks for what may be typed next.
pub const COMPLETE: Variable = variable(
    "CHEFRS_COMPLETE",
    "Set by the completion script of a shell: chefrs then prints what may be typed next, and does nothing else.",
);
/// Read by the library that writes to the terminal.
const NO_COLOR: Variable =
    variable("NO_COLOR", "Set to anything, it turns colour off, unless `--color` says otherwise.");
/// Read by the library that writes to the terminal.
const CLICOLOR_FORCE: Variable =
    variable("CLICOLOR_FORCE", "Set to anything but `0`, it turns colour on even where no terminal is.");
/// Read by the library that writes to the terminal.
const TERM: Variable = variable("TERM", "`dumb` turns colour off.");

/// Variables that commands of resources are given from our own environment: machines behind a gateway can't work
/// without them.
pub const PASSED_ON: [Variable; 14] = [
    variable("http_proxy", PASSED),
    variable("https_proxy", PASSED),
    variable("ftp_proxy", PASSED),
    variable("all_proxy", PASSED),
    variable("no_proxy", PASSED),
    variable("HTTP_PROXY", PASSED),
    variable("HTTPS_PROXY", PASSED),
    variable("ALL_PROXY", PASSED),
    variable("NO_PROXY", PASSED),
    SSL_CERT_FILE,
    variable("SSL_CERT_DIR", PASSED),
    variable("REQUESTS_CA_BUNDLE", PASSED),
    variable("PIP_CERT", PASSED),
    variable("PIP_INDEX_URL", PASSED),
];

const PASSED: &str = "Passed on to the commands of resources.";

/// All of them, in the order of the reference.
pub const VARIABLES: &[Variable] = &[
    SECRET,
    STATE,
    TRUST,
    SUDO_UID,
    RUNTIME,
    STATE_HOME,
    HOME,
    PATH,
    COLUMNS,
    SSL_CERT_FILE,
    COMPLETE,
    NO_COLOR,
    CLICOLOR_FORCE,
    TERM,
];
