//! Properties, parameters and arguments of other tools that belong to some types: files, commands, packages, accounts.

use super::word::{ForeignWord, word};

/// Properties of some types in other tools. They are looked up after those of any type; of several rows, the first one that
/// fits the resource type is used.
pub const TYPE_PROPERTIES: &[ForeignWord] = &[
    // Files.
    word("Ansible", &["src", "file"], "`source`", "it is searched for in `templates/` or `files/`")
        .with(&["source"]),
    word("Ansible", &["src", "target"], "`to`", "the path of the link is the name before the braces")
        .with(&["to"]),
    word("Puppet", &["ensure_link", "link"], "`to`", "the path of the link is the name before the braces")
        .with(&["to"]),
    word("Ansible", &["src"], "`path`", "the archive is on the machine").with(&["strip_components"]),
    word(
        "Ansible",
        &["src", "source"],
        "`content`, or the types `template` and `cookbook_file`",
        "the content of a `file` is in the recipe",
    )
    .with(&["content"]),
    word("Ansible", &["remote_src"], "nothing", "an archive is always on the machine")
        .with(&["strip_components"]),
    word(
        "Ansible",
        &["validate"],
        "`verify`",
        "`{path}` stands for the new file: `verify = \"nginx -t -c {path}\"`",
    )
    .with(&["verify"]),
    word(
        "Puppet",
        &["validate_cmd"],
        "`verify`",
        "`{path}` stands for the new file: `verify = \"nginx -t -c {path}\"`",
    )
    .with(&["verify"]),
    word(
        "Puppet",
        &["recurse"],
        "`recursive`",
        "it creates missing parents too; `remote_directory` copies a whole tree",
    )
    .with(&["recursive"]),
    word(
        "Ansible",
        &["recurse"],
        "`recursive`",
        "it creates missing parents too; `remote_directory` copies a whole tree",
    )
    .with(&["recursive"]),
    word("Salt", &["makedirs"], "a `directory` before it", "each directory is declared")
        .with(&["content", "source"]),
    word(
        "Ansible",
        &["line", "regexp", "regex", "insertafter", "insertbefore", "block", "marker"],
        "a resource of type `line` or `block`",
        "this one manages the file as a whole",
    )
    .with(&["content", "source"]),
    word("Ansible", &["regexp", "regex", "search_string"], "`match`", "it is a regular expression")
        .with(&["match"]),
    word("Ansible", &["insertafter"], "`after`", "it is a regular expression").with(&["after"]),
    word("Ansible", &["insertbefore"], "`before`", "it is a regular expression").with(&["before"]),
    word("Ansible", &["permissions", "perms"], "`mode`", "it takes an octal number in quotes: `\"0644\"`")
        .with(&["mode"]),
    word("Chef", &["rights", "inherits"], "`mode`", "it takes an octal number in quotes: `\"0644\"`")
        .with(&["mode"]),
    word("Salt", &["user"], "`owner`", "`user` is for commands").with(&["owner"]),
    word("Chef", &["local", "erb"], "nothing", "a template is one of the cookbook").with(&["variables"]),
    word("Ansible", &["vars"], "`variables`", "a table: `variables = { port = 80 }`").with(&["variables"]),
    word("Salt", &["context", "defaults"], "`variables`", "a table: `variables = { port = 80 }`")
        .with(&["variables"]),
    word("Chef", &["helpers", "helper"], "`variables`", "compute the variables of a template in the recipe")
        .with(&["variables"]),
    word("Ansible", &["url"], "`source`", "it takes an address, or a list of them").with(&["size_limit"]),
    word("Salt", &["source_hash"], "`checksum`", "SHA-256 in hexadecimal").with(&["checksum"]),
    word("Ansible", &["validate_certs"], "nothing", "certificates are always checked").with(&[
        "source",
        "repository",
        "url",
    ]),
    word("Ansible", &["extra_opts"], "`strip_components`", "the number of leading directories to drop")
        .with(&["strip_components"]),
    // Commands.
    word(
        "Ansible",
        &["cmd", "_raw_params", "argv"],
        "`command`",
        "a string is run by `sh -c`, a list without a shell",
    )
    .with(&["command"]),
    word(
        "Chef",
        &["code", "interpreter", "flags"],
        "`command`",
        "`{ \"bash\", \"-c\", \"…\" }` names another interpreter",
    )
    .with(&["command"]),
    word("Ansible", &["chdir"], "`cwd`", "the directory that the command is run in").with(&["cwd"]),
    word(
        "Puppet",
        &["path"],
        "`environment = { PATH = \"…\" }`",
        "a command is looked for in the usual directories",
    )
    .with(&["returns"]),
    word("Puppet", &["provider", "logoutput"], "nothing", "what a failed command printed is always shown")
        .with(&["returns"]),
    word(
        "Ansible",
        &["executable"],
        "`command = { \"bash\", \"-c\", \"…\" }`",
        "a list is run without a shell",
    )
    .with(&["returns"]),
    word("Ansible", &["stdin"], "`input`", "the text that the command reads").with(&["input"]),
    word("Chef", &["live_stream"], "nothing", "a long command shows its last line while it runs")
        .with(&["returns"]),
    word("Ansible", &["job"], "`command`", "that is what cron runs").with(&["cron_name"]),
    word("Ansible", &["special_time"], "`time`", "such as `\"daily\"`").with(&["cron_name"]),
    // Packages.
    word(
        "Ansible",
        &["update_cache", "cache_valid_time"],
        "`package_lists \"lists\" { frequency = 86400 }`",
        "the lists are a resource before the package",
    )
    .with(&["package_name"]),
    word(
        "Ansible",
        &["install_recommends", "force", "allow_unauthenticated"],
        "`options`",
        "more options for the package manager",
    )
    .with(&["package_name"]),
    word("Ansible", &["deb"], "`source`", "a package file of the machine").with(&["package_name"]),
    word("Salt", &["sources"], "`source`", "a package file of the machine").with(&["package_name"]),
    word("Chef", &["response_file", "default_release"], "`options`", "more options for the package manager")
        .with(&["package_name"]),
    word(
        "Salt",
        &["fromrepo", "refresh", "skip_verify"],
        "`options`",
        "more options for the package manager",
    )
    .with(&["package_name"]),
    word(
        "Ansible",
        &["virtualenv"],
        "the text before the braces",
        "the path is the name, as in `python_venv \"/srv/app/venv\" { … }`",
    )
    .with(&["requirements"]),
    // Accounts and git.
    word(
        "Ansible",
        &["password_expire_max"],
        "`password_max_days`",
        "it takes a number, and -1 for no limit",
    )
    .with(&["password_max_days"]),
    word("Puppet", &["password_max_age"], "`password_max_days`", "it takes a number, and -1 for no limit")
        .with(&["password_max_days"]),
    word("Salt", &["maxdays"], "`password_max_days`", "it takes a number, and -1 for no limit")
        .with(&["password_max_days"]),
    word(
        "Ansible",
        &["password_expire_min"],
        "`password_min_days`",
        "it takes a number, and -1 for no limit",
    )
    .with(&["password_max_days"]),
    word("Puppet", &["password_min_age"], "`password_min_days`", "it takes a number, and -1 for no limit")
        .with(&["password_max_days"]),
    word("Salt", &["mindays"], "`password_min_days`", "it takes a number, and -1 for no limit")
        .with(&["password_max_days"]),
    word(
        "Ansible",
        &["password_expire_warn"],
        "`password_warn_days`",
        "it takes a number, and -1 for no limit",
    )
    .with(&["password_max_days"]),
    word("Salt", &["warndays"], "`password_warn_days`", "it takes a number, and -1 for no limit")
        .with(&["password_max_days"]),
    word("Salt", &["optional_groups"], "`groups`", "a group that is not there is an error").with(&["groups"]),
    word("Puppet", &["membership"], "`append`", "it takes true or false").with(&["append"]),
    word("Ansible", &["key_options"], "`options`", "a list of options").with(&["exclusive"]),
    word("Ansible", &["manage_dir"], "nothing", "the directory is made if it is missing")
        .with(&["exclusive"]),
    word("Puppet", &["target"], "`path`", "the file that sshd reads").with(&["exclusive"]),
    word("Chef", &["distribution"], "`suites`", "one name or a list").with(&["repo_name"]),
    word("Chef", &["arch"], "`architectures`", "one name or a list").with(&["repo_name"]),
    word("Chef", &["deb_src"], "`types = { \"deb\", \"deb-src\" }`", "a list of the kinds of packages")
        .with(&["fingerprint"]),
    word(
        "Chef",
        &["keyserver"],
        "`key = \"https://…\"`",
        "a key has an address, and is checked by its `fingerprint`",
    )
    .with(&["fingerprint"]),
    word("Ansible", &["group"], "`gid`", "the main group, by its name or number").with(&["username"]),
    word("Ansible", &["createhome", "create_home", "move_home"], "`manage_home`", "it takes true or false")
        .with(&["manage_home"]),
    word("Puppet", &["managehome"], "`manage_home`", "it takes true or false").with(&["manage_home"]),
    word(
        "Ansible",
        &["generate_ssh_key", "ssh_key_file"],
        "`execute \"make a key\" { command = { \"ssh-keygen\", … }, creates = \"…\" }`",
        "an account has no key by itself",
    )
    .with(&["username"]),
    word("Ansible", &["repo"], "`repository`", "the address of the repository").with(&["repository"]),
    word(
        "Ansible",
        &["repo"],
        "`apt_update`, and a `file` in `/etc/apt/sources.list.d/`",
        "a package source is a file",
    )
    .with(&["package_name"]),
    word("Ansible", &["version"], "`revision`", "a branch, a tag or a commit").with(&["revision"]),
    word("Chef", &["branch", "ref"], "`revision`", "a branch, a tag or a commit").with(&["revision"]),
    word("Puppet", &["remote", "rev"], "`revision`", "a branch, a tag or a commit").with(&["revision"]),
    word("Ansible", &["key_file"], "`ssh_key`", "the key that git logs in with").with(&["ssh_key"]),
    word(
        "Ansible",
        &["accept_hostkey"],
        "`known_hosts`",
        "the key of the host is declared, not trusted blindly",
    )
    .with(&["known_hosts"]),
];
