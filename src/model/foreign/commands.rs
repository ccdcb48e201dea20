//! Commands of other tools, as typed in a shell.

use super::word::{ForeignWord, word};

const RUN: &str = "`chefrs run -r RECIPE -t TARGET`";
pub(super) const PLAN: &str = "`chefrs plan -r RECIPE`";
const NEW: &str = "a recipe is a file, and a project is the directory around it";

/// Subcommands of other tools, or the names of their programs.
pub const COMMANDS: &[ForeignWord] = &[
    // Change machines.
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
    // Look without changing.
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
    word("Chef", &["ohai"], "`chefrs facts`", "it prints the facts of a machine"),
    word("Ansible", &["setup", "gather_facts"], "`chefrs facts`", "it prints the facts of a machine"),
    word("Puppet", &["facter", "fact"], "`chefrs facts`", "it prints the facts of a machine"),
    word(
        "Salt",
        &["grains", "grains.items", "grains.get"],
        "`chefrs facts`",
        "it prints the facts of a machine",
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
        &["describe", "module", "catalog"],
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
    // Check recipes.
    word(
        "Chef",
        &["kitchen", "spec", "rspec", "exec-spec", "inspec"],
        "`chefrs test`",
        "it tests what recipes compile to, without a machine; a run verifies each change by itself",
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
        &["parser", "validate"],
        "`chefrs check`",
        "it compiles every recipe and reports what is wrong with it",
    ),
    // Create something new.
    word(
        "",
        &["fmt", "format"],
        "the program StyLua",
        "`stylua --syntax Luau recipes cookbooks` formats the Lua of a project",
    ),
    word("", &["init"], "`chefrs new project`", NEW),
    word("Chef", &["generate", "create", "repo"], "`chefrs new`", NEW),
    word(
        "Ansible",
        &["galaxy", "ansible-galaxy", "install"],
        "`chefrs add NAME --git URL`",
        "a cookbook comes from a git repository or a directory, and `chefrs fetch` fetches what is locked",
    ),
    word(
        "Chef",
        &["supermarket", "berks", "upload", "install-policy", "push"],
        "`chefrs add NAME --git URL`",
        "there is no server: a cookbook comes from a git repository or a directory, and `chefrs fetch` fetches what is locked",
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
