//! Options of other tools, as typed in a shell.

use super::commands::PLAN;
use super::word::{ForeignWord, word};

/// Options of other tools. A word may include the command that it belongs to.
pub const OPTIONS: &[ForeignWord] = &[
    // Look without changing.
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
        "shown by default",
        "`--diff full` shows all of it, `--diff none` nothing",
    ),
    word(
        "Puppet",
        &["--show_diff"],
        "shown by default",
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
    // What to run.
    word(
        "Ansible",
        &["--tags"],
        "`--only`",
        "it takes tags, recipes and resources: `--only config,'service[nginx]'`",
    ),
    word("Ansible", &["--skip-tags"], "`--skip`", "it takes tags, recipes and resources: `--skip config`"),
    word(
        "Ansible",
        &["--start-at-task"],
        "`--start-at`",
        "it takes a resource: `--start-at 'service[nginx]'`",
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
        "machines with something in common form a group: `-t @production`",
    ),
    word(
        "Salt",
        &["saltenv", "pillarenv"],
        "a file in `groups/`",
        "machines with something in common form a group: `-t @production`",
    ),
    word(
        "Chef",
        &["-N", "--node-name"],
        "`--node NODE`, or `-t NODE`",
        "the first uses the attributes of the node on this machine, the second connects to it",
    ),
    word(
        "Puppet",
        &["--certname"],
        "`--node NODE`, or `-t NODE`",
        "the first uses the attributes of the node on this machine, the second connects to it",
    ),
    // Where to run it.
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
        "the target tells it: `local`, `ssh://HOST`, `container:NAME`, `chroot:/PATH`",
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
    // Output.
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
        "a run runs once, and ends",
    ),
    word(
        "Chef",
        &["--once", "--interval"],
        "nothing",
        "a run runs once, and ends; a timer of systemd repeats it",
    ),
    word("", &["-y", "--yes", "--assume-yes", "--auto-approve", "--force"], "nothing", "a run asks nothing"),
];
