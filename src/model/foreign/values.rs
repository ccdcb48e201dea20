//! Values and functions of other tools, and their keys of the node.

use super::word::{ForeignWord, word};

const FACTS: &str = "facts and attributes are in one place; `chefrs facts` prints the facts";
const SETTING: &str =
    "a cookbook declares its attributes in `attributes.lua`, and `chefrs.toml` or a node sets them";

/// Code of other tools, by its first word.
pub const VALUES: &[ForeignWord] = &[
    word(
        "Chef",
        &["default", "override", "normal", "automatic", "force_default", "force_override"],
        "a line in `chefrs.toml`",
        SETTING,
    ),
    word(
        "Chef",
        &["data_bag", "data_bag_item", "chef_vault_item"],
        "`node` for what is public, `secret \"name\"` for what is not",
        "there is no server that keeps data",
    ),
    word("Chef", &["search"], "an attribute of the group", "a run knows only its own machine"),
    word("Chef", &["platform", "platform_family"], "`node.platform` and `node.platform_family`", FACTS),
    word(
        "Chef",
        &["value_for_platform_family"],
        "`value_for_platform { debian = \"a\", fedora = \"b\" }`",
        "its keys are platforms and families",
    ),
    word(
        "Chef",
        &["shell_out", "Mixlib"],
        "`output { \"program\", \"argument\" }`, or `probe.command` in the `facts.lua` of a cookbook",
        "the first is evaluated when the resource that uses it converges, the second before the compile",
    ),
    word(
        "Chef",
        &["File", "Dir", "IO", "Pathname"],
        "`exists \"/path\"` as a guard, `contents \"/path\"` as a value",
        "no recipe reads the machine while it is compiled",
    ),
    word(
        "Chef",
        &["ENV"],
        "`secret \"name\"` or an attribute",
        "a recipe sees no environment; secrets come from `CHEFRS_SECRET_NAME`",
    ),
    word(
        "Chef",
        &["include_attribute", "depends"],
        "`[dependencies]` in `cookbook.toml`",
        "the attributes of a dependency are there with it",
    ),
    word(
        "Chef",
        &["Chef", "run_context", "node_name", "cookbook_name", "recipe_name"],
        "nothing",
        "a recipe can't reach into chefrs; `node` has what it may know of the machine",
    ),
    word("Ansible", &["vars", "hostvars", "group_vars", "host_vars", "ansible_facts"], "`node`", FACTS),
    word(
        "Ansible",
        &["inventory_hostname", "ansible_hostname", "ansible_fqdn"],
        "`node.hostname` or `node.fqdn`",
        FACTS,
    ),
    word("Ansible", &["ansible_distribution"], "`node.platform`", FACTS),
    word("Ansible", &["ansible_os_family"], "`node.platform_family`", FACTS),
    word("Ansible", &["item"], "`for _, item in { \"a\", \"b\" } do … end`", "a loop is one of Lua"),
    word(
        "Ansible",
        &["lookup", "query"],
        "`secret \"name\"` or an attribute",
        "a recipe reads no file while it is compiled",
    ),
    word("Puppet", &["facts", "trusted"], "`node`", FACTS),
    word("Puppet", &["hiera"], "`node`", "values come from `chefrs.toml`, `groups/` and `nodes/`"),
    word("Puppet", &["undef"], "`nil`", "that is Lua's word for it"),
    word("Salt", &["pillar", "grains", "opts"], "`node`", FACTS),
    word(
        "Salt",
        &["salt", "mine"],
        "`output { \"program\", \"argument\" }`",
        "it is evaluated when the resource that uses it converges",
    ),
    word("Python", &["None"], "`nil`", "that is Lua's word for it"),
    word("JavaScript", &["null", "undefined"], "`nil`", "that is Lua's word for it"),
    word("Python", &["True"], "`true`", "that is Lua's word for it"),
    word("Python", &["False"], "`false`", "that is Lua's word for it"),
    word("YAML", &["yes", "on"], "`true`", "that is Lua's word for it"),
    word("YAML", &["no", "off"], "`false`", "that is Lua's word for it"),
    word("Ruby", &["puts", "p"], "`print(…)`", "that is Lua's word for it"),
    word("The shell", &["echo", "printf"], "`print(…)`", "that is Lua's word for it"),
    word("Python", &["len"], "`#list`", "that is Lua's sign for it"),
    word("Python", &["range"], "`for i = 1, 10 do … end`", "a loop is one of Lua"),
    word("Ruby", &["require_relative"], "`require \"./name\"`", "it reads `libraries/name.lua`"),
    word("Python", &["str"], "`tostring(…)`", "that is Lua's word for it"),
    word("Python", &["int", "float"], "`tonumber(…)`", "that is Lua's word for it"),
];

/// Keys of the node in other tools.
pub const NODE_KEYS: &[ForeignWord] = &[
    word(
        "Chef",
        &["default", "override", "normal", "automatic", "force_default", "force_override", "set"],
        "a line in `chefrs.toml`",
        SETTING,
    ),
    word("Chef", &["run_state"], "`local name = …`", "a value gets a name in Lua"),
    word(
        "Chef",
        &["chef_environment", "policy_group", "environment"],
        "an attribute of the group",
        "what machines have in common stands in `groups/NAME.toml`",
    ),
    word(
        "Chef",
        &["roles", "recipes", "run_list"],
        "`run_list` in `nodes/NAME.toml`",
        "what runs on a machine stands in `nodes/NAME.toml` or `groups/NAME.toml`; a role is a recipe that includes others",
    ),
    word(
        "Chef",
        &["ipaddress", "ip6address", "macaddress"],
        "`node.network`",
        "`chefrs facts network` prints what is there",
    ),
    word("Ansible", &["ansible_facts", "vars"], "`node`", FACTS),
    word("Puppet", &["os"], "`node.platform` and `node.platform_version`", FACTS),
    word(
        "Salt",
        &["oscodename", "osrelease", "os_family"],
        "`node.platform_version` and `node.platform_family`",
        FACTS,
    ),
];
