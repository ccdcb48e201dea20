//! Properties, parameters and arguments of other tools.

use super::word::{ForeignWord, word};

const NAME: &str = "as in `type \"name\" { … }`";
const ORDER: &str = "the order in which resources are written";
const GUARD: &str = "a guard is a command, `exists \"/path\"`, or true or false";

/// Properties in other tools. If a word has several rows, the first one that fits the resource type is used.
pub const PROPERTIES: &[ForeignWord] = &[
    // The desired state.
    word(
        "Ansible",
        &["state"],
        "`action`",
        "`present` is the first action, which is the default; `absent` is `\"delete\"` or `\"remove\"`",
    ),
    word(
        "Puppet",
        &["ensure"],
        "`action`",
        "`present` is the first action, which is the default; `absent` is `\"delete\"` or `\"remove\"`",
    ),
    word("Puppet", &["target"], "`into`", "what it is a part of").with(&["into"]),
    word(
        "Chef",
        &["swappiness"],
        "`sysctl \"vm.swappiness\" { value = \"10\" }`",
        "it is a parameter of the kernel, not of one file",
    )
    .with(&["persist"]),
    word(
        "Chef",
        &["device_type"],
        "`device = \"UUID=…\"` or `device = \"LABEL=…\"`",
        "the device is written as in `/etc/fstab`",
    )
    .with(&["fstype"]),
    word("Ansible", &["src"], "`device`", "what is mounted").with(&["fstype"]),
    word("Ansible", &["opts"], "`options`", "a list, or a string with commas").with(&["fstype"]),
    word("Ansible", &["passno"], "`pass`", "when it is checked at boot").with(&["fstype"]),
    word(
        "Ansible",
        &["enabled"],
        "`action = { \"enable\", \"start\" }`",
        "the wanted state of a service is an action",
    )
    .with(&["service_name", "unit_name"]),
    word(
        "Puppet",
        &["enable"],
        "`action = { \"enable\", \"start\" }`",
        "the wanted state of a service is an action",
    )
    .with(&["service_name", "unit_name"]),
    word(
        "Salt",
        &["running", "watch_in"],
        "`action = { \"enable\", \"start\" }`",
        "the wanted state of a service is an action",
    )
    .with(&["service_name", "unit_name"]),
    word(
        "Chef",
        &["supports", "hasstatus", "hasrestart", "restart_command", "reload_command"],
        "nothing",
        "the machine's init system knows how",
    )
    .with(&["service_name"]),
    word("Chef", &["run_levels"], "`runlevels`", "the run levels of OpenRC in which it starts")
        .with(&["service_name"]),
    word("Ansible", &["runlevel"], "`runlevels`", "the run levels of OpenRC in which it starts")
        .with(&["service_name"]),
    word("Ansible", &["daemon_reload"], "nothing", "chefrs reloads systemd after a change of a unit")
        .with(&["service_name", "unit_name"]),
    // Conditions.
    word(
        "Ansible",
        &["when"],
        "`if … then … end` around the resource, or `only_if`",
        "the first is evaluated when the recipe is compiled, the second on the machine",
    ),
    word("Puppet", &["onlyif"], "`only_if`", GUARD),
    word("Salt", &["check_cmd"], "`only_if`", GUARD),
    word("Puppet", &["unless"], "`not_if`", GUARD),
    word("Ansible", &["removes"], "`only_if = exists \"/path\"`", "any guard can test a path"),
    word("Ansible", &["creates"], "`not_if = exists \"/path\"`", "only `execute` has `creates`"),
    word(
        "Chef",
        &["guard_interpreter"],
        "`only_if = { \"bash\", \"-c\", \"…\" }`",
        "a guard that is a list is run without a shell",
    ),
    word(
        "Puppet",
        &["refreshonly"],
        "`action = \"nothing\"`",
        "the resource then waits for a `notifies` of another",
    ),
    word(
        "Ansible",
        &["changed_when"],
        "a guard",
        "whether a command is needed is decided before it runs: `only_if`, `not_if`, `creates`",
    ),
    word("Ansible", &["failed_when"], "`returns`", "it takes the exit codes that are no failure")
        .with(&["returns"]),
    // Order and notifications.
    word("Puppet", &["require", "before", "after", "stage"], ORDER, "they run from top to bottom, each once"),
    word(
        "Salt",
        &["require_in", "order", "prereq", "onchanges", "onfail"],
        ORDER,
        "resources run from top to bottom; `notifies` is for reactions to a change",
    ),
    word("Ansible", &["depends_on"], ORDER, "they run from top to bottom, each once"),
    word(
        "Ansible",
        &["notify"],
        "`notifies = { \"reload\", \"service[nginx]\" }`",
        "it takes the action and the resource",
    ),
    word(
        "Ansible",
        &["listen"],
        "`subscribes = { \"reload\", \"template[/path]\" }`",
        "it takes the action and the resource",
    ),
    word(
        "Puppet",
        &["subscribe"],
        "`subscribes = { \"reload\", \"template[/path]\" }`",
        "it takes the action and the resource",
    ),
    word(
        "Salt",
        &["watch"],
        "`subscribes = { \"reload\", \"template[/path]\" }`",
        "it takes the action and the resource",
    ),
    // Blocks and loops.
    word(
        "Ansible",
        &["become", "become_user", "remote_user"],
        "`user`",
        "`--become` runs everything as root, and `user` sets the user of this command",
    )
    .with(&["command", "repository", "requirements"]),
    word(
        "Ansible",
        &["become", "become_user", "become_method", "remote_user"],
        "`--become` on the command line",
        "a run has one user, and `sudo` makes it root",
    ),
    word("Chef", &["sudo"], "`--become` on the command line", "a run has one user, and `sudo` makes it root"),
    word(
        "Ansible",
        &["register"],
        "`output { \"program\" }` or a notification",
        "a recipe is compiled before anything runs",
    ),
    word(
        "Ansible",
        &["with_items", "loop", "with_dict", "with_fileglob", "loop_control"],
        "`for _, item in { \"a\", \"b\" } do … end`",
        "put a loop of Lua around the resource",
    ),
    word("Ansible", &["tags"], "a recipe of its own", "`-r` names what to run"),
    word(
        "Puppet",
        &["tag", "noop", "loglevel", "schedule"],
        "nothing",
        "`-r` names what to run, and `chefrs plan` shows it without changes",
    ),
    word(
        "Ansible",
        &["delegate_to", "run_once", "local_action", "throttle", "serial"],
        "an option of the run",
        "a recipe is about one machine; `--batch` and `--forks` say how many are done at a time",
    ),
    word("Ansible", &["ignore_errors"], "`ignore_failure`", "it takes true or false"),
    word(
        "Ansible",
        &["until", "delay"],
        "`retries` and `retry_delay`",
        "how often to try again, and how many seconds to wait in between",
    ),
    word(
        "Puppet",
        &["tries", "try_sleep"],
        "`retries` and `retry_delay`",
        "how often to try again, and how many seconds to wait in between",
    ),
    word("Ansible", &["no_log"], "`sensitive`", "it takes true or false; a `secret` is masked without it"),
    word("Ansible", &["check_mode"], "`chefrs plan`", "any run can be looked at first"),
    word(
        "Ansible",
        &["args", "module_defaults", "vars_files"],
        "properties in the braces",
        "`type \"name\" { property = value }`",
    ),
    word(
        "Chef",
        &["provider", "compile_time"],
        "nothing",
        "a type has one provider, and resources run after the recipes are compiled",
    ),
    word("Puppet", &["alias"], "nothing", NAME),
    // The name.
    word(
        "Ansible",
        &["name", "title", "pkg", "pkgs"],
        "`package { \"a\", \"b\" }`",
        "the name of a resource goes before the braces, or a list of names instead",
    )
    .with(&["package_name"]),
    word("Ansible", &["name", "title"], "the text before the braces", NAME),
    word("Ansible", &["dest"], "`destination`", "the name before the braces is the default")
        .with(&["destination"]),
    word(
        "Ansible",
        &["dest"],
        "the text before the braces",
        "the path is the name, as in `file \"/path\" { … }`",
    )
    .with(&["path"]),
    word("Ansible", &["dest", "path"], "`target_file`", "the name before the braces is the default")
        .with(&["target_file"]),
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

/// Values of `state` in Ansible and `ensure` in Puppet, with the equivalent actions. The first action that the type has
/// is used. An empty list means the first action of the type.
const STATES: &[(&[&str], &[&str])] = &[
    (&["present", "installed", "created", "file", "directory", "link", "exists"], &[]),
    (&["absent", "removed", "uninstalled"], &["delete", "remove"]),
    (&["latest"], &["upgrade", "sync"]),
    (&["purged"], &["purge"]),
    (&["held"], &["lock"]),
    (&["started", "running"], &["start"]),
    (&["stopped", "dead"], &["stop"]),
    (&["restarted"], &["restart"]),
    (&["reloaded"], &["reload"]),
    (&["masked"], &["mask"]),
    (&["touch"], &["touch"]),
];

/// The action that is equivalent to a state of another tool.
#[must_use]
pub fn action_for<'a>(state: &str, actions: &[&'a str]) -> Option<&'a str> {
    let (_, wanted) = STATES.iter().find(|(states, _)| states.contains(&state))?;
    if wanted.is_empty() {
        return actions.first().copied();
    }
    actions.iter().copied().find(|action| wanted.contains(action))
}
