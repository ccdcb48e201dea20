//! Commands and options of other tools, as they are typed in a shell.

use super::word::{ForeignWord, word};

const RUN: &str = "`chefrs run -r RECIPE -t TARGET`";
const PLAN: &str = "`chefrs plan -r RECIPE`";
const BEGIN: &str = "a recipe is a file, and a project is the directory around it";

/// What others type after their name, or what their program is called.
pub const COMMANDS: &[ForeignWord] = &[
    // To change machines.
    word(
        "Chef",
        &["converge", "client", "chef-client", "solo", "zero", "provision"],
        RUN,
        "it changes what is not as the recipes declare",
    ),
    word(
        "Ansible",
        &["playbook", "ansible-playbook", "play", "pull"],
        RUN,
        "it changes what is not as the recipes declare",
    ),
    word(
        "Puppet",
        &["apply", "agent", "puppet"],
        RUN,
        "it changes what is not as the recipes declare; nothing runs by itself in between",
    ),
    word(
        "Salt",
        &["state.apply", "state.highstate", "state.sls", "highstate", "salt-call", "salt"],
        RUN,
        "it changes what is not as the recipes declare",
    ),
    word("", &["deploy", "up", "sync", "cook"], RUN, "it changes what is not as the recipes declare"),
    // To look.
    word(
        "",
        &["diff", "preview", "dry-run", "dryrun", "noop"],
        PLAN,
        "it shows what a run would change, and changes nothing",
    ),
    word(
        "Salt",
        &["cmd.run", "cmd"],
        "`chefrs exec -t TARGET -- COMMAND`",
        "it runs a command without a recipe",
    ),
    word(
        "Ansible",
        &["ansible", "adhoc", "command", "shell", "raw"],
        "`chefrs exec -t TARGET -- COMMAND`",
        "it runs a command without a recipe",
    ),
    word("Ansible", &["ping"], "`chefrs exec -t TARGET -- true`", "it says which targets can be reached"),
    word(
        "Salt",
        &["test.ping", "test.version"],
        "`chefrs exec -t TARGET -- true`",
        "it says which targets can be reached",
    ),
    word(
        "Chef",
        &["ssh", "knife"],
        "`chefrs exec -t TARGET -- COMMAND`",
        "it runs a command without a recipe",
    ),
    word("Chef", &["ohai"], "`chefrs facts`", "it prints what a machine says of itself"),
    word("Ansible", &["setup", "gather_facts"], "`chefrs facts`", "it prints what a machine says of itself"),
    word("Puppet", &["facter", "fact"], "`chefrs facts`", "it prints what a machine says of itself"),
    word(
        "Salt",
        &["grains", "grains.items", "grains.get"],
        "`chefrs facts`",
        "it prints what a machine says of itself",
    ),
    word(
        "Puppet",
        &["lookup", "hiera", "config"],
        "`chefrs explain nginx.port -t web1`",
        "it shows each layer that sets an attribute",
    ),
    word(
        "Salt",
        &["pillar", "pillar.items", "pillar.get"],
        "`chefrs explain nginx.port -t web1`",
        "it shows each layer that sets an attribute",
    ),
    word(
        "Ansible",
        &["inventory", "ansible-inventory", "hosts", "list-hosts"],
        "`chefrs nodes`",
        "it lists the machines and their groups",
    ),
    word(
        "Chef",
        &["node", "list", "ls", "role", "environment"],
        "`chefrs nodes`",
        "it lists the machines and their groups",
    ),
    word("Ansible", &["doc", "ansible-doc"], "`chefrs resources`", "it explains each resource type"),
    word(
        "Puppet",
        &["describe", "resource", "module", "catalog"],
        "`chefrs resources`",
        "it explains each resource type",
    ),
    word("Salt", &["sys.doc"], "`chefrs resources`", "it explains each resource type"),
    word(
        "",
        &["history", "runs", "report"],
        "`chefrs log`",
        "it lists the runs started here, and `chefrs show` prints one again",
    ),
    word(
        "Chef",
        &["watch", "tail", "follow"],
        "`chefrs attach -t TARGET`",
        "it follows a run on another machine",
    ),
    // To check.
    word(
        "Chef",
        &["test", "kitchen", "spec", "rspec", "exec-spec", "inspec"],
        "`chefrs check`",
        "it compiles every recipe with the facts of several systems; a run verifies each change by itself",
    ),
    word(
        "Ansible",
        &["lint", "syntax-check", "ansible-lint"],
        "`chefrs check`",
        "it compiles every recipe and reports what is wrong with it",
    ),
    word(
        "Chef",
        &["cookstyle", "foodcritic"],
        "`chefrs check`",
        "it compiles every recipe and reports what is wrong with it",
    ),
    word(
        "Puppet",
        &["parser", "validate", "verify"],
        "`chefrs check`",
        "it compiles every recipe and reports what is wrong with it",
    ),
    // To begin.
    word("", &["new", "init"], "a file `recipes/NAME.lua`", BEGIN),
    word("Chef", &["generate", "create", "repo"], "a file `recipes/NAME.lua`", BEGIN),
    word(
        "Ansible",
        &["galaxy", "ansible-galaxy", "install"],
        "a directory in `cookbooks/`",
        "a cookbook is copied there, with its `cookbook.toml`",
    ),
    word(
        "Chef",
        &["supermarket", "berks", "upload", "install-policy", "push", "vendor", "update"],
        "a directory in `cookbooks/`",
        "there is no server: a cookbook is copied there, with its `cookbook.toml`",
    ),
    word(
        "Chef",
        &["bootstrap"],
        "nothing",
        "a machine needs no preparation: `chefrs run -r RECIPE -t TARGET` brings what it needs",
    ),
    word(
        "Salt",
        &["key", "salt-key", "salt-ssh"],
        "nothing",
        "a target is reached as `ssh` reaches it: `chefrs run -r RECIPE -t TARGET`",
    ),
    word(
        "Puppet",
        &["cert", "ca", "master", "server"],
        "nothing",
        "a target is reached as `ssh` reaches it: `chefrs run -r RECIPE -t TARGET`",
    ),
    word(
        "Ansible",
        &["vault", "ansible-vault"],
        "`secret \"name\"` in the recipe, and `CHEFRS_SECRET_NAME` in the environment",
        "a secret is in no file of the project",
    ),
    word(
        "Chef",
        &["data", "databag"],
        "`secret \"name\"` in the recipe, and `CHEFRS_SECRET_NAME` in the environment",
        "a secret is in no file of the project",
    ),
    word(
        "",
        &["destroy", "halt", "login"],
        "nothing",
        "chefrs keeps no machines; `-t container:NAME` and `-t chroot:/PATH` work in those that are there",
    ),
    word("", &["version"], "`chefrs --version`", "it is an option"),
];

/// Options of others. A word may stand with the command that it belongs to there.
pub const OPTIONS: &[ForeignWord] = &[
    // To look first.
    word("Ansible", &["--check", "-C"], PLAN, "it shows what a run would change, and changes nothing"),
    word("Chef", &["--why-run", "-W"], PLAN, "it shows what a run would change, and changes nothing"),
    word("Puppet", &["--noop"], PLAN, "it shows what a run would change, and changes nothing"),
    word(
        "Salt",
        &["test=True", "test=true", "--test"],
        PLAN,
        "it shows what a run would change, and changes nothing",
    ),
    word(
        "",
        &["--dry-run", "--dryrun", "-n", "--simulate", "--preview"],
        PLAN,
        "it shows what a run would change, and changes nothing",
    ),
    word(
        "Ansible",
        &["--diff", "-D"],
        "what is shown anyway",
        "`--diff full` shows all of it, `--diff none` nothing",
    ),
    word(
        "Puppet",
        &["--show_diff"],
        "what is shown anyway",
        "`--diff full` shows all of it, `--diff none` nothing",
    ),
    word(
        "Ansible",
        &["--syntax-check"],
        "`chefrs check`",
        "it compiles every recipe and reports what is wrong with it",
    ),
    word("Ansible", &["--list-hosts"], "`chefrs nodes`", "it takes the same names, groups and patterns"),
    word(
        "Ansible",
        &["--list-tasks", "--list-tags"],
        "`chefrs compile -r RECIPE --format list`",
        "it lists the resources in their order",
    ),
    // What.
    word(
        "Ansible",
        &["--tags", "--skip-tags", "--start-at-task", "--step"],
        "`-r`",
        "split the recipe: `-r RECIPE,RECIPE` runs the parts that you name",
    ),
    word(
        "Chef",
        &["-o", "--override-runlist", "--runlist", "--run-list", "--recipe-url"],
        "`-r`",
        "the recipes that it names are the whole run list: `-r nginx,blog`",
    ),
    word("Puppet", &["--execute"], "`-r`", "it names a file in `recipes/`"),
    word(
        "Ansible",
        &["-e", "--extra-vars", "--extra-var", "--var"],
        "`--set nginx.port=81`",
        "or `-j FILE` for many attributes",
    ),
    word("Salt", &["--pillar"], "`--set nginx.port=81`", "or `-j FILE` for many attributes"),
    word(
        "Chef",
        &["--json-attributes", "--json", "-J"],
        "`-j FILE`",
        "the file is JSON or TOML, and its keys are the attributes",
    ),
    word(
        "Puppet",
        &["--hiera_config", "--modulepath", "--manifest", "--confdir"],
        "`--project DIR`",
        "the project holds recipes, cookbooks and attributes",
    ),
    word(
        "Chef",
        &["-c", "--config", "-z", "--local-mode", "--cookbook-path", "--chef-repo-path"],
        "`--project DIR`",
        "the project is all that a run needs: there is no server",
    ),
    word(
        "Chef",
        &["-E", "--environment"],
        "a file in `groups/`",
        "what machines have in common is a group: `-t @production`",
    ),
    word(
        "Salt",
        &["saltenv", "pillarenv"],
        "a file in `groups/`",
        "what machines have in common is a group: `-t @production`",
    ),
    word(
        "Chef",
        &["-N", "--node-name"],
        "`--node NODE`, or `-t NODE`",
        "the first takes this machine for the node, the second reaches it",
    ),
    word(
        "Puppet",
        &["--certname"],
        "`--node NODE`, or `-t NODE`",
        "the first takes this machine for the node, the second reaches it",
    ),
    // Where.
    word("Ansible", &["-l", "--limit"], "`-t`", "it takes nodes, `@group` and patterns: `-t web1,@db`"),
    word(
        "Ansible",
        &["-i", "--inventory", "--inventory-file"],
        "`-t`",
        "it takes nodes, `@group` and hosts; `chefrs.toml` names a program that prints an inventory: `inventory = [\"./inventory\"]`",
    ),
    word(
        "Salt",
        &["-G", "-L", "--grain", "--list", "--pcre", "--compound"],
        "`-t`",
        "it takes nodes, `@group` and patterns: `-t web1,@db`",
    ),
    word("Chef", &["--host", "--hosts", "--server", "-S"], "`-t`", "it takes nodes, `@group` and hosts"),
    word(
        "Ansible",
        &["-u", "--user", "--ssh-user", "--remote-user"],
        "`-t ssh://USER@HOST`",
        "or `user = \"…\"` in the node's file",
    ),
    word(
        "Ansible",
        &["--private-key", "--key-file", "--identity-file", "--ssh-common-args", "--ssh-extra-args"],
        "`--ssh-config FILE`",
        "keys and options are those of your own ssh",
    ),
    word(
        "Ansible",
        &["-k", "--ask-pass", "--connection-password-file"],
        "a key of ssh",
        "passwords for the login are not supported: `ssh-copy-id` brings the key there",
    ),
    word(
        "Ansible",
        &["--connection"],
        "`-t`",
        "the target says it: `local`, `ssh://HOST`, `container:NAME`, `chroot:/PATH`",
    ),
    word("Ansible", &["-b", "--sudo"], "`--become`", "it works as root by `sudo`"),
    word("Chef", &["--use-sudo-password"], "`--become`", "it works as root by `sudo`"),
    word(
        "Ansible",
        &["--become-user", "--become-method"],
        "`--become`",
        "the run is root; an `execute` takes `user`",
    ),
    word(
        "Ansible",
        &["-K", "--ask-become-password", "--ask-sudo-pass"],
        "`--ask-become-pass`",
        "it asks once, for all targets",
    ),
    word("Ansible", &["-f"], "`--forks N`", "it works on N targets at a time"),
    word("Chef", &["--concurrency"], "`--forks N`", "it works on N targets at a time"),
    word("Salt", &["--batch-size"], "`--batch N`", "it works on N targets at a time"),
    word(
        "Ansible",
        &["-T", "--timeout"],
        "`--connect-timeout SECONDS`",
        "it is about the connection; resources have a `timeout` of their own",
    ),
    word(
        "Ansible",
        &["--vault-password-file", "--vault-id", "--ask-vault-pass"],
        "`CHEFRS_SECRET_NAME` in the environment",
        "a recipe reads it as `secret \"name\"`",
    ),
    word(
        "Chef",
        &["--secret", "--secret-file"],
        "`CHEFRS_SECRET_NAME` in the environment",
        "a recipe reads it as `secret \"name\"`",
    ),
    // How it is told.
    word(
        "Ansible",
        &["--debug", "--verbosity"],
        "`-v`",
        "it shows what is up to date, what commands print, and the time each took",
    ),
    word(
        "Chef",
        &["--log_level", "--log-level", "--format", "-F", "--logfile"],
        "`-v`",
        "it shows what is up to date, what commands print, and the time each took",
    ),
    word(
        "Salt",
        &["--state-output", "--out", "--output"],
        "`-v`, or `--format json`",
        "the one is for people, the other for programs",
    ),
    word(
        "Puppet",
        &["--trace", "--detailed-exitcodes", "--logdest"],
        "`-v`",
        "it shows what is up to date, what commands print, and the time each took; exit codes are in `chefrs --help`",
    ),
    word("", &["--silent"], "`-q`", "it shows only failures and the summary"),
    word(
        "Puppet",
        &["--onetime", "--no-daemonize", "--daemonize", "--waitforcert", "--splay"],
        "nothing",
        "a run is one run, and ends",
    ),
    word(
        "Chef",
        &["--once", "--interval"],
        "nothing",
        "a run is one run, and ends; a timer of systemd repeats it",
    ),
    word("", &["-y", "--yes", "--assume-yes", "--auto-approve", "--force"], "nothing", "a run asks nothing"),
];
