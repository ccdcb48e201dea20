//! Properties, parameters and arguments of other tools that go with any type: states, conditions, order, blocks, names.

use super::word::{ForeignWord, word};

const NAME: &str = "as in `type \"name\" { … }`";
const ORDER: &str = "the order in which resources are written";
const GUARD: &str = "a guard is a command, `exists \"/path\"`, or true or false";

/// Properties of any type in other tools. If a word has several rows, the first one that fits the resource type is used.
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
    word(
        "Ansible",
        &["rescue"],
        "`on_failure`",
        "it names actions of other resources: `on_failure = { \"run\", \"execute[roll back]\" }`",
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
];
