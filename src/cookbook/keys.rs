//! The keys of the files that people write. The parsers refuse keys that are not in these tables, and the reference
//! prints the tables.

/// A key of a file.
#[derive(Debug, Clone, Copy)]
pub struct FileKey {
    pub name: &'static str,
    /// The type of its value, and whether it is required.
    pub takes: &'static str,
    pub doc: &'static str,
}

const fn key(name: &'static str, takes: &'static str, doc: &'static str) -> FileKey {
    FileKey { name, takes, doc }
}

/// Keys of `chefrs.toml`.
pub const PROJECT: &[FileKey] = &[
    key("project", "a table.", "What the project is, for people who read the file."),
    key(
        "inventory",
        "a list of strings: a program and its arguments.",
        "The program that prints nodes and groups as JSON. It runs in the project's directory and has 60 seconds. See \
         `chefrs help inventory`.",
    ),
    key(
        "become_password",
        "a list of strings: a program and its arguments.",
        "The program that prints the password for sudo. It is started once, when the first target asks for it.",
    ),
    key(
        "secrets",
        "a table.",
        "Where secrets come from, besides the environment and `secrets/`. See `chefrs secret --help`.",
    ),
    key("defaults", "a table.", "Values for options that are not given on the command line."),
    key(
        "handlers",
        "a table of tables: `[handlers.NAME]`.",
        "Programs that get the events of each run and plan when it has ended.",
    ),
    key(
        "cookbooks",
        "a table of tables: `nginx = { git = \"…\" }`.",
        "Cookbooks that are neither in `cookbooks/` nor part of the program, by their alias in this project. \
         `chefrs add` writes them.",
    ),
    key(
        "override",
        "a table of tables: `nginx = { path = \"../nginx\" }`.",
        "Directories that are used in the place of cookbooks from elsewhere, by their name, whoever asks for them.",
    ),
    key("attributes", "a table.", "Attributes of the whole project: `[attributes.nginx]`, `port = 81`."),
    key(
        "unset",
        "a list of strings.",
        "Attributes for which nothing that is set below this file counts: `[\"nginx.port\"]` gives its default again, \
         `[\"app.environment.DEBUG\"]` takes a key out of a table.",
    ),
];

/// Keys of `[project]` in `chefrs.toml`.
pub const PROJECT_TABLE: &[FileKey] = &[
    key("name", "a string.", "What the project is called."),
    key("description", "a string.", "What it is for."),
];

/// Keys of a cookbook in `[cookbooks]` of `chefrs.toml`, and of a dependency that says where it is.
pub const SHARED: &[FileKey] = &[
    key("cookbook", "a string. Default: the alias.", "The name of the cookbook, as in its `cookbook.toml`."),
    key(
        "path",
        "a string.",
        "The directory of the cookbook, which is used as it is. A relative path begins in the directory of the file that \
         names it. In a cookbook of a git repository, it is a path in that repository.",
    ),
    key(
        "git",
        "a string.",
        "The URL of a git repository: `https://`, `ssh://`, `file://`, `git@host:path` or an absolute path. The user's \
         `git` fetches it.",
    ),
    key("subdirectory", "a string. Default: the root.", "The directory of the cookbook in the repository."),
    key(
        "version",
        "a string. Default: `*`.",
        "The versions that are wanted: `*`, a prefix such as `1.2`, or comparisons such as `^1.2`, `~1.2` and `>=1.2, <3`. \
         A version of a repository is a tag: `v1.2.3`, `NAME-v1.2.3` or `SUBDIRECTORY/v1.2.3`.",
    ),
    key("tag", "a string.", "The tag to take, instead of a version."),
    key(
        "branch",
        "a string.",
        "The branch to take, instead of a version. The lock keeps its commit until an update.",
    ),
    key("revision", "a string.", "The commit to take, instead of a version: at least 7 hexadecimal digits."),
];

/// Keys of `chefrs.lock`.
pub(super) const LOCK: &[FileKey] = &[
    key("version", "a whole number. Required.", "The version of the form."),
    key("cookbook", "a list of tables.", "The cookbooks."),
];

/// Keys of `[secrets]` in `chefrs.toml`.
pub const SECRETS: &[FileKey] = &[
    key(
        "identities",
        "a list of strings. Default: `~/.config/chefrs/identity.txt`, `~/.ssh/id_ed25519` and `~/.ssh/id_rsa`.",
        "Files with private keys that open the encrypted files in `secrets/`: of age, or of SSH. A file that does not \
         exist is left out. A relative path begins in the directory of the project.",
    ),
    key(
        "program",
        "a list of strings: a program and its arguments.",
        "The program that prints a secret that is found nowhere else. `{name}` in an argument stands for the name: \
         `[\"pass\", \"show\", \"servers/{name}\"]`. It is run once for each secret, in the project's directory, and \
         has 120 seconds.",
    ),
];

/// Keys of `[defaults]` in `chefrs.toml`.
pub const DEFAULTS: &[FileKey] = &[
    key("target", "a string or a list of strings. Default: `local`.", "What `-t` takes: `\"@web,!web3\"`."),
    key(
        "ssh_config",
        "a string.",
        "The file for `--ssh-config`. A relative path begins in the directory of the project.",
    ),
    key("forks", "a whole number. Default: 64.", "Number of targets to work on at a time: `--forks`."),
    key(
        "connect_timeout",
        "a whole number. Default: 30.",
        "Seconds to wait for a target to answer: `--connect-timeout`.",
    ),
    key(
        "lock_timeout",
        "a whole number. Default: 60.",
        "Seconds to wait for another run on the same machine: `--lock-timeout`.",
    ),
    key(
        "become",
        "true or false. Default: `false`.",
        "Whether to work as root on targets: `--become`. The file of a node overrides it.",
    ),
];

/// Keys of `[handlers.NAME]` in `chefrs.toml`.
pub const HANDLER: &[FileKey] = &[
    key(
        "command",
        "a list of strings: a program and its arguments. Required.",
        "The program. It runs on the machine where chefrs was started, in the project's directory. Its standard input is \
         what `--format json` prints. Of the environment it gets `PATH`, `HOME`, `USER`, `LOGNAME`, `LANG`, `TZ` and \
         `TMPDIR`. If it fails, that is a warning, and the exit code stays the same.",
    ),
    key(
        "on",
        "`always`, `change` or `failure`. Default: `always`.",
        "When it is started: at each end; if something was changed, or a plan would change it; if a target failed, could \
         not be reached or was interrupted.",
    ),
    key("timeout", "a whole number. Default: 30.", "Seconds until it is stopped."),
];

/// Keys of `cookbook.toml`.
pub const MANIFEST: &[FileKey] = &[
    key("name", "a string. Required.", "Name of the cookbook: the name of its directory."),
    key(
        "version",
        "a string. Required.",
        "Three numbers: `0.1.0`. What comes before a release has a suffix: `1.0.0-rc.1`.",
    ),
    key("description", "a string.", "What the cookbook is for, in one line."),
    key("license", "a string.", "Its licence, for readers."),
    key(
        "dependencies",
        "a table.",
        "Cookbooks that this one may use, by their alias for `require`: `nginx = \"*\"` for any \
         version, `nginx = \"1.2\"` for every 1.2.x, `nginx = \"^1.2\"` for 1.2.0 up to 2.0.0, or a table. A table with \
         `path` or `git` says where the cookbook is, with the keys of `[cookbooks]` in `chefrs.toml`.",
    ),
    key(
        "attributes",
        "a table.",
        "Attributes of cookbooks that this one depends on, right above their defaults: `[attributes.nginx]`, `port = 81`.",
    ),
    key(
        "replaces_shipped",
        "true or false. Default: `false`.",
        "Says that the cookbook is meant to replace the shipped one of the same name. Without it there is a warning.",
    ),
];

/// Keys of an entry in `[dependencies]` that is a table.
pub const DEPENDENCY: &[FileKey] = &[
    key("cookbook", "a string. Default: the alias.", "Name of the cookbook."),
    key("version", "a string. Default: `*`.", "The version that is wanted, as above."),
];

/// Keys of `nodes/NAME.toml`, and of a node from an inventory program.
pub const NODE: &[FileKey] = &[
    key(
        "host",
        "a string. Default: the node's name.",
        "Host name, alias of ssh_config or address. `user@host:port` is accepted too.",
    ),
    key("user", "a string. Default: from ssh_config.", "The user to log in as."),
    key("port", "a whole number. Default: from ssh_config.", "The port of the SSH server."),
    key(
        "address",
        "a string.",
        "The whole address, instead of `host`, `user` and `port`: `container:web`, `chroot:/srv/image` or `local`. See \
         `chefrs help targets`.",
    ),
    key(
        "groups",
        "a list of strings.",
        "Its groups. Attributes of a later group override those of an earlier one.",
    ),
    key(
        "run_list",
        "a list of strings.",
        "What runs on it where no `-r` is given, in this order: recipes, cookbooks, `cookbook::recipe`. Run lists of its \
         groups come first. What is listed twice runs once.",
    ),
    key("become", "true or false.", "Whether to become root after the login."),
    key(
        "engine",
        "`auto`, `agent` or `shell`. Default: `auto`.",
        "How to work on it. `auto`: through its shell only where the program can't run. `agent`: never through the \
         shell. `shell`: always.",
    ),
    key(
        "attributes",
        "a table.",
        "Attributes of this node. They override those of its groups and of the project.",
    ),
    key(
        "unset",
        "a list of strings.",
        "Attributes for which nothing that is set below this file counts: `[\"nginx.port\"]` gives its default again, \
         `[\"app.environment.DEBUG\"]` takes a key out of a table.",
    ),
];

/// Keys of `groups/NAME.toml`, and of a group from an inventory program.
pub const GROUP: &[FileKey] = &[
    key("nodes", "a list of strings.", "Its nodes, by name or pattern: `[\"web1\", \"db*\"]`."),
    key(
        "run_list",
        "a list of strings.",
        "What runs on its nodes where no `-r` is given, before what the nodes list themselves.",
    ),
    key("attributes", "a table.", "Attributes of all its nodes."),
    key(
        "unset",
        "a list of strings.",
        "Attributes for which nothing that is set below this file counts: `[\"nginx.port\"]` gives its default again, \
         `[\"app.environment.DEBUG\"]` takes a key out of a table.",
    ),
];

/// Keys of the output of an inventory program.
pub const INVENTORY: &[FileKey] = &[
    key("nodes", "an object.", "Nodes by name, each with the keys of a node file."),
    key(
        "groups",
        "an object.",
        "Groups by name, each with the keys of a group file. Groups that its nodes name need no entry.",
    ),
];
