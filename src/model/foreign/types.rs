//! Resource types, modules and states of other tools.

use super::word::{ForeignWord, word};

const COMMAND: &str = "`execute \"what it does\" { command = \"…\" }`";
const PACKAGE: &str = "`package \"name\"`";
const REPOSITORY: &str =
    "`apt_repository \"name\" { uri = \"https://…\", key = \"https://…\", fingerprint = \"…\" }`";
const MOUNT: &str =
    "`mount \"/srv/data\" { device = \"UUID=…\", fstype = \"ext4\", action = { \"enable\", \"mount\" } }`";
const MODULE: &str = "`kernel_module \"name\" { action = \"install\" }`";
const LIMIT: &str = "`limit \"deploy\" { limits = { nofile = 65536 } }`";
const ALTERNATIVES: &str = "`alternatives \"editor\" { path = \"/usr/bin/vim\", priority = 50 }`";
const TIMER: &str = "`timer \"backup\" { on_calendar = \"daily\", command = { … } }`";
const FIREWALL: &str = "`firewall_rule \"web\" { port = { 80, 443 } }`";
const LOCALE: &str = "`locale \"de_DE.UTF-8\"`";
const MESSAGE: &str = "`message \"…\"`";
const FRAGMENT: &str = "`fragment \"name\" { into = \"/etc/app.conf\", content = \"…\" }`";

/// Resource types of other tools, by the word that starts the declaration.
pub const TYPES: &[ForeignWord] = &[
    word("Chef", &["log"], MESSAGE, "`print(\"…\")` shows a text when the recipe is compiled"),
    word("Ansible", &["debug"], MESSAGE, "`print(…)` shows a value when the recipe is compiled"),
    word("Puppet", &["notify", "notice"], MESSAGE, "`print(\"…\")` shows a text when the recipe is compiled"),
    word("Salt", &["test.show_notification"], MESSAGE, "the run shows it at its turn"),
    word("Ansible", &["assert", "fail"], "`error(\"…\")`", "a compile that ends in an error changes nothing"),
    // Files.
    word(
        "Puppet",
        &["concat", "concat::fragment", "concat_fragment"],
        FRAGMENT,
        "the file takes them with `content = fragments \"/etc/app.conf\"`",
    ),
    word(
        "Salt",
        &["file.accumulated"],
        FRAGMENT,
        "the file takes them with `content = fragments \"/etc/app.conf\"`",
    ),
    word(
        "Ansible",
        &["assemble"],
        FRAGMENT,
        "the file takes them with `content = fragments \"/etc/app.conf\"`",
    ),
    // Commands.
    word(
        "Chef",
        &["bash", "csh", "ksh", "perl", "python", "ruby"],
        "`script \"what it does\" { code = \"…\" }`",
        "its `interpreter` is bash if it names no other",
    ),
    word("Chef", &["powershell_script", "batch", "windows_package"], COMMAND, "chefrs works on Linux"),
    word("Chef", &["ruby_block"], COMMAND, "no code of a recipe runs on the machine, only resources do"),
    word("Ansible", &["shell", "raw", "expect"], COMMAND, "a string is run by `sh -c`"),
    word(
        "Ansible",
        &["command"],
        "`execute \"what it does\" { command = { \"program\", \"argument\" } }`",
        "a list is run without a shell",
    ),
    word("Puppet", &["exec"], COMMAND, "`creates`, `only_if` and `not_if` say when it is not needed"),
    word(
        "Salt",
        &["cmd", "cmd.run", "cmd.wait", "cmd.script"],
        COMMAND,
        "`creates`, `only_if` and `not_if` say when it is not needed",
    ),
    // Packages.
    word(
        "Chef",
        &[
            "apt_package",
            "yum_package",
            "dnf_package",
            "dpkg_package",
            "rpm_package",
            "zypper_package",
            "apk_package",
            "pacman_package",
            "portage_package",
        ],
        PACKAGE,
        "it uses the platform's own package manager",
    ),
    word(
        "Ansible",
        &["apt", "yum", "dnf", "dnf5", "apk", "zypper", "pacman", "portage"],
        "`package \"name\"`, and `package_lists \"lists\"` for the lists",
        "it uses the platform's own package manager",
    ),
    word(
        "Salt",
        &["pkg", "pkg.installed", "pkg.latest", "pkg.removed", "pkg.purged"],
        PACKAGE,
        "its actions are `install`, `upgrade`, `remove` and `purge`",
    ),
    word(
        "Chef",
        &["chef_gem", "cargo_package"],
        COMMAND,
        "packages of Ruby, Node.js and Python have types: `gem_package`, `npm_package`, `pip_package`",
    ),
    word(
        "Ansible",
        &["cargo", "flatpak"],
        COMMAND,
        "packages of Ruby, Node.js and Python have types: `gem_package`, `npm_package`, `pip_package`",
    ),
    word("Ansible", &["gem"], "`gem_package \"name\"`", "its actions are `install`, `upgrade` and `remove`"),
    word("Ansible", &["npm"], "`npm_package \"name\"`", "its actions are `install`, `upgrade` and `remove`"),
    word(
        "Ansible",
        &["snap"],
        "`snap_package \"name\"`",
        "its actions are `install`, `upgrade` and `remove`",
    ),
    word(
        "Ansible",
        &["pip"],
        "`python_venv \"/srv/app/venv\" { packages = { \"name==1.0\" } }`",
        "Python packages belong in a virtual environment",
    ),
    word(
        "Chef",
        &["python_package", "python_virtualenv"],
        "`python_venv \"/srv/app/venv\" { packages = { \"name==1.0\" } }`",
        "Python packages belong in a virtual environment",
    ),
    word(
        "Salt",
        &["pip.installed", "virtualenv.managed", "virtualenv"],
        "`python_venv \"/srv/app/venv\" { packages = { \"name==1.0\" } }`",
        "Python packages belong in a virtual environment",
    ),
    word(
        "Ansible",
        &["apt_key", "deb822_repository"],
        REPOSITORY,
        "the key is part of the source, and is checked by its fingerprint",
    ),
    word(
        "Salt",
        &["pkgrepo", "pkgrepo.managed"],
        "`apt_repository`, `yum_repository` and `zypper_repository`",
        "each package manager has its own type",
    ),
    word(
        "Puppet",
        &["apt::source", "apt::key"],
        REPOSITORY,
        "the key is part of the source, and is checked by its fingerprint",
    ),
    word(
        "Puppet",
        &["apt::pin"],
        "`apt_preference \"name\" { pin = \"release n=bookworm-backports\", pin_priority = 700 }`",
        "each preference is a file",
    ),
    word(
        "Puppet",
        &["yumrepo"],
        "`yum_repository \"name\" { baseurl = \"https://…\" }`",
        "a repository is a file",
    ),
    // Services, jobs and the system.
    word(
        "Ansible",
        &["systemd", "systemd_service"],
        "`service \"name\" { action = { \"enable\", \"start\" } }`",
        "`systemd_unit` writes units, and reloads systemd after a change",
    ),
    word(
        "Salt",
        &["service.running", "service.enabled", "service.dead"],
        "`service \"name\" { action = { \"enable\", \"start\" } }`",
        "the wanted state is an action",
    ),
    word(
        "Chef",
        &["runit_service"],
        "`systemd_unit \"name.service\" { content = \"…\", action = { \"create\", \"enable\", \"start\" } }`",
        "a unit has its own type",
    ),
    word("Chef", &["systemd_timer"], TIMER, "it writes the timer and its service"),
    word("Puppet", &["systemd::timer"], TIMER, "it writes the timer and its service"),
    word(
        "Chef",
        &["cron_d"],
        "`cron \"name\" { command = \"…\", hour = \"3\", user = \"root\" }`",
        "each job is a file in `/etc/cron.d`",
    ),
    word(
        "Salt",
        &["cron.present", "cron.absent"],
        "`cron \"name\" { command = \"…\", hour = \"3\", user = \"root\" }`",
        "each job is a file in `/etc/cron.d`",
    ),
    word(
        "Salt",
        &["mount.mounted", "mount.fstab_present"],
        MOUNT,
        "`enable` writes the line in `/etc/fstab`",
    ),
    word(
        "Salt",
        &["mount.unmounted", "mount.fstab_absent"],
        MOUNT,
        "its actions `unmount` and `disable` take it away",
    ),
    word("Salt", &["mount.swap"], "`swap_file \"/swapfile\" { size = \"2G\" }`", "it makes the file too"),
    word("Ansible", &["locale_gen"], LOCALE, "it generates what is missing, and sets it"),
    word("Salt", &["locale.present", "locale.system"], LOCALE, "it generates what is missing, and sets it"),
    word("Ansible", &["modprobe"], MODULE, "`load` loads it now alone"),
    word("Salt", &["kmod.present", "kmod.absent"], MODULE, "`uninstall` takes it away"),
    word("Salt", &["timezone.system"], "`timezone \"Europe/Berlin\"`", "it sets the zone of the machine"),
    word("Salt", &["network.system"], "`hostname \"web1.example.org\"`", "it sets the name of the machine"),
    word(
        "Chef",
        &["user_ulimit", "ulimit_domain"],
        LIMIT,
        "each user has a file in `/etc/security/limits.d`",
    ),
    word("Ansible", &["pam_limits"], LIMIT, "each user has a file in `/etc/security/limits.d`"),
    word("Puppet", &["limits::limits"], LIMIT, "each user has a file in `/etc/security/limits.d`"),
    word(
        "Salt",
        &["alternatives.install", "alternatives.set"],
        ALTERNATIVES,
        "its action `set` chooses a program",
    ),
    word(
        "Chef",
        &["sysctl_param"],
        "`sysctl \"vm.swappiness\" { value = \"10\" }`",
        "it sets the value now and at every boot",
    ),
    word(
        "Salt",
        &["sysctl.present"],
        "`sysctl \"vm.swappiness\" { value = \"10\" }`",
        "it sets the value now and at every boot",
    ),
    word(
        "Ansible",
        &["iptables", "ufw", "firewalld", "nftables"],
        FIREWALL,
        "it is a rule of ufw where that is enabled, and of nftables elsewhere",
    ),
    word(
        "Chef",
        &["firewall", "iptables_rule", "ufw_rule"],
        FIREWALL,
        "it is a rule of ufw where that is enabled, and of nftables elsewhere",
    ),
    word(
        "Puppet",
        &["firewall_multi", "nftables::rule"],
        FIREWALL,
        "it is a rule of ufw where that is enabled, and of nftables elsewhere",
    ),
    word(
        "Salt",
        &["iptables.append", "firewalld.present"],
        FIREWALL,
        "it is a rule of ufw where that is enabled, and of nftables elsewhere",
    ),
    word(
        "Ansible",
        &["docker_container", "docker_image", "docker_compose"],
        COMMAND,
        "there is no type for containers; a `systemd_unit` that calls `podman run` keeps one running",
    ),
    word(
        "Chef",
        &["docker_service"],
        COMMAND,
        "there is no type for containers; a `systemd_unit` that calls `podman run` keeps one running",
    ),
    word(
        "Ansible",
        &["seboolean"],
        "`setting \"name\" { get = …, set = { \"setsebool\", \"-P\", … } }`",
        "it compares the value that `getsebool` prints",
    ),
    word(
        "Chef",
        &["selinux_boolean"],
        "`setting \"name\" { get = …, set = { \"setsebool\", \"-P\", … } }`",
        "it compares the value that `getsebool` prints",
    ),
    word(
        "Ansible",
        &["wait_for_connection", "uri"],
        "`http_check \"http://127.0.0.1/\"`",
        "it tries until the page is there; `wait_for` waits for a port or a file",
    ),
    word(
        "Chef",
        &["http_request"],
        "`http_check \"http://127.0.0.1/\"`",
        "it asserts that a page is served; any other request is an `execute` with curl",
    ),
    word(
        "Salt",
        &["http.query"],
        "`http_check \"http://127.0.0.1/\"`",
        "it asserts that a page is served; any other request is an `execute` with curl",
    ),
    word("Ansible", &["pause"], "`retries` and `retry_delay`", "waiting belongs to the resource that waits"),
    word(
        "Chef",
        &["chef_sleep"],
        "`retries` and `retry_delay`",
        "waiting belongs to the resource that waits",
    ),
    word(
        "Chef",
        &["notify_group"],
        "`notifies = { { \"reload\", \"service[a]\" }, { \"restart\", \"service[b]\" } }`",
        "`notifies` takes a list",
    ),
    word(
        "Puppet",
        &["vcsrepo"],
        "`git \"/srv/app\" { repository = \"…\", revision = \"main\" }`",
        "git is the only version control that chefrs knows",
    ),
    word(
        "Salt",
        &["git.latest", "git.cloned"],
        "`git \"/srv/app\" { repository = \"…\", revision = \"main\" }`",
        "its action `sync` follows the revision",
    ),
    word(
        "Salt",
        &["user.present", "user.absent"],
        "`user \"name\"`",
        "its actions are `create` and `remove`",
    ),
    word(
        "Salt",
        &["group.present", "group.absent"],
        "`group \"name\"`",
        "its actions are `create` and `remove`",
    ),
    // Not resources.
    word(
        "Ansible",
        &["include_tasks", "import_tasks", "include_role", "import_role", "import_playbook"],
        "`include_recipe \"name\"`",
        "a recipe is included once, where it is first named",
    ),
    word(
        "Puppet",
        &["include", "contain", "class"],
        "`include_recipe \"name\"`",
        "a recipe is included once, where it is first named",
    ),
    word(
        "Puppet",
        &["define"],
        "`return resource { … }` in `resources/NAME.lua`",
        "a type of your own is a file",
    ),
    word(
        "Chef",
        &["property", "action", "provides", "unified_mode", "resource_name"],
        "`return resource { properties = { … }, actions = { … } }` in `resources/NAME.lua`",
        "a type of your own is a file that returns a table",
    ),
    word("Ansible", &["set_fact"], "`local name = …`", "a value gets a name in Lua"),
    word(
        "Ansible",
        &["tasks", "handlers", "roles", "hosts", "vars"],
        "a recipe",
        "a list of resources, in the order in which they run",
    ),
    word(
        "Ansible",
        &["setup", "gather_facts", "service_facts"],
        "`node`",
        "facts are there before the recipe is compiled; `chefrs facts` prints them",
    ),
    word(
        "Chef",
        &["ohai"],
        "`node`",
        "facts are there before the recipe is compiled; `chefrs facts` prints them",
    ),
    word(
        "Ansible",
        &["ping", "meta"],
        "nothing",
        "a run begins with a connection, and ends with what was notified",
    ),
];
