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
        "a table of strings and tables: `nginx = \"acme/nginx ^1.4\"`, `nginx = { git = \"…\" }`.",
        "Cookbooks that are neither in `cookbooks/` nor part of the program, by their alias in this project. A string \
         names one of a registry and the versions that are wanted. `chefrs add` writes them.",
    ),
    key(
        "registries",
        "a table: `default = \"https://cookbooks.example.org/index/\"`.",
        "The indexes of registries, by name: a URL, or a table. `default` has all scopes that no other one has. `min-age` \
         in it is the time for which a version must have been published before it is taken, from registries and OCI \
         registries: `min-age = \"1 day\"`. Default: `3 days`.",
    ),
    key(
        "override",
        "a table of tables: `nginx = { path = \"../nginx\" }`.",
        "Directories that are used in the place of cookbooks from elsewhere, by their name, whoever asks for them.",
    ),
    key(
        "grants",
        "a table of tables: `[grants.nginx]`, `package = [\"nginx\"]`.",
        "What cookbooks from elsewhere may do, by their alias, or by their name if another cookbook asks for them. Without \
         a grant they may do nothing. `chefrs add` and `chefrs grants` write them.",
    ),
    key(
        "deny",
        "a table: `file = [\"/etc/sudoers*\"]`.",
        "What no cookbook may do, whatever it was granted, those of the project and of chefrs included. The project's own \
         recipes may do everything.",
    ),
    key("trust", "a table.", "Whose signatures count for cookbooks from elsewhere."),
    key("attributes", "a table.", "Attributes of the whole project: `[attributes.nginx]`, `port = 81`."),
    key(
        "unset",
        "a list of strings.",
        "Attributes for which nothing that is set below this file counts: `[\"nginx.port\"]` gives its default again, \
         `[\"app.environment.DEBUG\"]` takes a key out of a table.",
    ),
];

/// Keys of `[trust]` in `chefrs.toml`.
pub const TRUST: &[FileKey] = &[
    key(
        "policy",
        "`off`, `warn` or `require`. Default: `warn`.",
        "`warn`: the first signer of a scope is written to `chefrs.lock`, and another one is refused; what is not signed in a \
         registry draws a warning. `require`: the signer must be listed, wherever a cookbook is fetched from. `off`: \
         signatures are not looked at.",
    ),
    key(
        "scopes",
        "a table of lists of strings.",
        "The public SSH keys that may sign, by scope: `acme = [\"ssh-ed25519 AAAA… release@acme\"]`. A cookbook without a \
         scope has its name there. Where keys are listed, no other ones count.",
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
    key(
        "subdirectory",
        "a string. Default: the root.",
        "The directory of the cookbook in the git repository.",
    ),
    key(
        "oci",
        "a string.",
        "The name of the cookbook in an OCI registry: `oci.example.org/ops/vault`. Its tags are its versions. The \
         credentials of docker and podman are used.",
    ),
    key("url", "a string.", "The URL of an archive: `https://example.org/vault-1.2.0.tar.zst`."),
    key(
        "sum",
        "a string. Default: the sum in `chefrs.lock`.",
        "The sum of the files in the archive: `h1:sha256:…`. `chefrs add` writes it.",
    ),
    key(
        "version",
        "a string. Default: `*`.",
        "The versions that are wanted: `*`, a prefix such as `1.2`, or comparisons such as `^1.2`, `~1.2` and `>=1.2, <3`. \
         A version of a git repository is a tag: `v1.2.3`, `NAME-v1.2.3` or `SUBDIRECTORY/v1.2.3`.",
    ),
    key("tag", "a string.", "The tag to take, instead of a version."),
    key(
        "branch",
        "a string.",
        "The branch to take, instead of a version. The lock keeps its commit until an update.",
    ),
    key("revision", "a string.", "The commit to take, instead of a version: at least 7 hexadecimal digits."),
];

/// Keys of a registry that is a table in `[registries]` of `chefrs.toml`.
pub const REGISTRY: &[FileKey] = &[
    key(
        "index",
        "a string. Required.",
        "Where its index is: a directory, `https://…`, or a git repository: `git+https://…`, `git+ssh://…`, \
         `git+file://…`.",
    ),
    key(
        "scopes",
        "a list of strings. Default: the name of the registry.",
        "The scopes of which it has the cookbooks: `[\"acme\"]` for `acme/nginx`. A scope belongs to one registry.",
    ),
    key(
        "min-age",
        "a string. Default: that of `[registries]`.",
        "The same as `min-age` in `[registries]`, for this one.",
    ),
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
    key(
        "name",
        "a string. Required.",
        "Name of the cookbook: the name of its directory, or for one that is published `scope/name`. In recipes, \
         attributes and directories the scope is left out, and `-` is written `_`.",
    ),
    key(
        "version",
        "a string. Required.",
        "Three numbers: `0.1.0`. What comes before a release has a suffix: `1.0.0-rc.1`.",
    ),
    key("description", "a string.", "What the cookbook is for, in one line."),
    key("license", "a string.", "Its licence, as an SPDX expression: `MIT OR Apache-2.0`. For readers."),
    key("repository", "a string.", "The URL of its sources. For readers."),
    key(
        "chefrs",
        "a string. Default: `*`.",
        "The versions of chefrs that it works with: `\">=0.3, <2\"`. Another chefrs refuses it.",
    ),
    key(
        "platforms",
        "a list of strings.",
        "The platforms that it was made for: `[\"debian >=12\", \"ubuntu >=22.04\"]`. For readers.",
    ),
    key(
        "publish",
        "a list of strings, or `false`.",
        "The registries that it may be published to, by name. `false`: it stays private.",
    ),
    key(
        "dependencies",
        "a table.",
        "Cookbooks that this one may use, by their alias for `require`: `nginx = \"*\"` for any \
         version, `nginx = \"1.2\"` for every 1.2.x, `nginx = \"^1.2\"` for 1.2.0 up to 2.0.0, or a table. \
         `nginx = \"acme/nginx ^1.2\"` is one of a registry. A table with `path`, `git`, `oci` or `url` says where the \
         cookbook is, with the keys of `[cookbooks]` in `chefrs.toml`.",
    ),
    key(
        "dev-dependencies",
        "a table.",
        "Cookbooks that only its own tests need, as in `dependencies`. They count while it is in `cookbooks/` of a project.",
    ),
    key(
        "attributes",
        "a table.",
        "Attributes of cookbooks that this one depends on, right above their defaults: `[attributes.nginx]`, `port = 81`.",
    ),
    key(
        "capabilities",
        "a table: `package = [\"nginx\"]`.",
        "What the cookbook needs to do. A kind that is not there is not needed. In `[capabilities.optional]` is what it does \
         only where it may. `chefrs cookbook check --infer` writes the table.",
    ),
    key(
        "replaces_shipped",
        "true or false. Default: `false`.",
        "Says that the cookbook is meant to replace the shipped one of the same name. Without it there is a warning.",
    ),
];

/// Keys of `[capabilities]` in `cookbook.toml`, and of `[grants.NAME]` and `[deny]` in `chefrs.toml`.
pub const RIGHTS: &[FileKey] = &[
    key(
        "package",
        "a list of strings.",
        "Packages that it may install, change and remove: `\"nginx\"`, `\"pip:django\"`, `\"npm:pm2\"`, `\"gem:rake\"`, \
         `\"snap:lxd\"`. A package file is named by its path, an option of the package manager as `\"option:--force-yes\"`.",
    ),
    key(
        "service",
        "a list of strings.",
        "Services and other units that it may start, stop, enable and disable: `\"nginx\"`, `\"backup.timer\"`.",
    ),
    key(
        "file",
        "a list of strings.",
        "Paths that it may create, change, remove and read: files, directories and links. `/srv/www/**` is that directory and \
         all that is below it.",
    ),
    key("read", "a list of strings.", "Paths that it may only read, with `contents`."),
    key(
        "user",
        "a list of strings.",
        "Users and groups that it may create, change and remove, and groups that users join.",
    ),
    key(
        "execute",
        "a list of strings.",
        "Programs that it may start, with their first arguments: `\"/usr/sbin/nginx -t\"`. Commands of guards, of `verify` and of \
         `output` count. A command that is a string is one of the shell: `\"/bin/sh -c 'test -e /x'\"`.",
    ),
    key("fetch", "a list of strings.", "Addresses that it may download from: `\"https://nginx.org/**\"`."),
    key("secret", "a list of strings.", "Secrets that it may get, by name."),
    key(
        "attribute",
        "a list of strings.",
        "Attributes of other cookbooks that it may set: `\"nginx.port\"`.",
    ),
    key(
        "system",
        "a list of strings.",
        "Settings of the machine: `alternatives/NAME`, `firewall`, `fragment/NAME`, `hostname`, `locale`, `login/USER` (keys for \
         SSH), `module/NAME`, `mount/PATH`, `package-lists`, `reboot`, `setuid` (such modes), `swap/PATH`, `sysctl/NAME`, \
         `timezone`, `unit/NAME` (units of users).",
    ),
];

/// Key of `[capabilities]` in `cookbook.toml`.
pub const OPTIONAL_RIGHTS: &[FileKey] =
    &[key("optional", "a table of the same kinds.", "What the cookbook does only where it may.")];

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
