//! The environment variables that chefrs reads. The code and the reference use the same table.

/// An environment variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Name, or for secrets the prefix of the name.
    pub name: &'static str,
    pub doc: &'static str,
}

const fn variable(name: &'static str, doc: &'static str) -> Variable {
    Variable { name, doc }
}

/// Secrets, one variable each.
pub const SECRET: Variable = variable(
    "CHEFRS_SECRET_",
    "The prefix of secrets: `CHEFRS_SECRET_DB_PASSWORD` holds the value of `secret \"db_password\"`, and counts before all other sources. Programs that chefrs starts on this machine don't get it.",
);
/// Tokens of registries, one variable each.
pub const TOKEN: Variable = variable(
    "CHEFRS_TOKEN_",
    "The prefix of tokens for registries: `CHEFRS_TOKEN_ACME` is sent to the registry `acme` of `chefrs.toml`. Programs that chefrs starts on this machine don't get it.",
);
/// The file with passwords for hosts: netrc(5).
pub const NETRC: Variable =
    variable("NETRC", "The file with passwords for registries and archives over HTTPS. Default: `~/.netrc`.");
/// Directory of docker's configuration.
pub const DOCKER_CONFIG: Variable = variable(
    "DOCKER_CONFIG",
    "The directory of `config.json`, with the credentials of docker for OCI registries. Default: `~/.docker`.",
);
/// Podman's file with credentials.
pub const REGISTRY_AUTH_FILE: Variable = variable(
    "REGISTRY_AUTH_FILE",
    "The file with the credentials of podman for OCI registries. Default: `containers/auth.json` in `XDG_RUNTIME_DIR` and in `~/.config`.",
);
/// The directory for lock, journal, history and backups. Overrides the default.
pub const STATE: Variable = variable(
    "CHEFRS_STATE_DIRECTORY",
    "The directory of lock, journal, history and backups on this machine, as an absolute path. Default: see `chefrs help files`.",
);
/// Projects that are trusted, whoever owns them.
pub const TRUST: Variable = variable(
    "CHEFRS_TRUST",
    "Projects that are used although another user owns them: absolute paths separated by `:`, or `/` for all.",
);
/// The user who called `sudo`: sudo(8).
pub const SUDO_UID: Variable =
    variable("SUDO_UID", "Set by sudo. For root, projects of this user are trusted like root's own.");
/// Directory for sockets of the user: XDG Base Directory Specification.
pub const RUNTIME: Variable = variable(
    "XDG_RUNTIME_DIR",
    "The directory for the sockets of shared SSH connections, by default the state directory; and for the file that `chefrs secret edit` opens, by default `/dev/shm`.",
);
/// Directory for the state of programs: XDG Base Directory Specification.
pub const STATE_HOME: Variable = variable(
    "XDG_STATE_HOME",
    "The directory in which the state directory of other users than root is created. Default: `~/.local/state`.",
);
/// Directory for what programs can make anew: XDG Base Directory Specification.
pub const CACHE_HOME: Variable = variable(
    "XDG_CACHE_HOME",
    "The directory for `chefrs`, which holds cookbooks that were fetched. Default: `~/.cache`.",
);
/// Home directory of the user.
pub const HOME: Variable = variable(
    "HOME",
    "The home directory, used if `XDG_STATE_HOME` or `XDG_CACHE_HOME` is not set. Default: from the account.",
);
/// Directories of programs.
pub const PATH: Variable = variable(
    "PATH",
    "Directories that are searched for ssh, git, docker, podman and the programs of `chefrs.toml`. Commands of resources have a `PATH` of \
     their own.",
);
/// Editor of the user: environ(7).
pub const VISUAL: Variable = variable("VISUAL", "The editor for `chefrs secret edit`, with its arguments.");
/// Editor of the user, if `VISUAL` is not set.
pub const EDITOR: Variable = variable("EDITOR", "The same, if `VISUAL` is not set. Default: `vi`.");
/// Width of the terminal.
pub const COLUMNS: Variable = variable(
    "COLUMNS",
    "The width of help, pages and tables, from 40 to 100. Default: the width of the terminal.",
);
/// Certificates of trusted authorities.
pub const SSL_CERT_FILE: Variable = variable(
    "SSL_CERT_FILE",
    "The certificates that downloads trust. Default: those of the system. It is passed on to the commands of resources.",
);
/// Asks for completions of the command line.
pub const COMPLETE: Variable = variable(
    "CHEFRS_COMPLETE",
    "Set by the completion script of a shell: chefrs then prints completions, and does nothing else.",
);
/// Read by the library for terminal output.
const NO_COLOR: Variable = variable("NO_COLOR", "If set, turns colour off, unless `--color` is given.");
/// Read by the library for terminal output.
const CLICOLOR_FORCE: Variable =
    variable("CLICOLOR_FORCE", "If set to anything but `0`, turns colour on even without a terminal.");
/// Read by the library for terminal output.
/// Kind of the terminal.
pub const TERM: Variable = variable("TERM", "`dumb` turns colour off.");

/// Variables that are passed on from the environment of chefrs to commands of resources. Machines behind a proxy need
/// them.
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

/// All variables, in the order of the reference.
pub const VARIABLES: &[Variable] = &[
    SECRET,
    TOKEN,
    NETRC,
    DOCKER_CONFIG,
    REGISTRY_AUTH_FILE,
    STATE,
    TRUST,
    SUDO_UID,
    RUNTIME,
    STATE_HOME,
    CACHE_HOME,
    HOME,
    PATH,
    VISUAL,
    EDITOR,
    COLUMNS,
    SSL_CERT_FILE,
    COMPLETE,
    NO_COLOR,
    CLICOLOR_FORCE,
    TERM,
];
