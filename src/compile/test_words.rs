//! The keys of a test, and what its `expect` reads. The checks, the reference and the types for editors are made from these
//! tables.

use crate::model::schema::TableKey;

/// A key or a method, with its Luau type.
#[derive(Debug, Clone, Copy)]
pub struct TestWord {
    pub key: TableKey,
    pub luau: &'static str,
}

const fn word(name: &'static str, takes: &'static str, luau: &'static str, doc: &'static str) -> TestWord {
    TestWord { key: TableKey { name, takes, doc }, luau }
}

/// Keys of `test "…" { … }`. Each is optional.
pub const TEST_KEYS: &[TestWord] = &[
    word(
        "attributes",
        "a table.",
        "{ [string]: any }",
        "Attributes, over the defaults of the cookbooks: `{ nginx = { port = 8080 } }`. A test of a cookbook knows no others. A \
         test of the project has those of `chefrs.toml` below them.",
    ),
    word(
        "expect",
        "a function.",
        "(run: TestRun) -> ()",
        "Looks at the resources, after a compile without errors. Without it, the test only wants the compile to succeed.",
    ),
    word(
        "expect_error",
        "a text, or a list of texts.",
        "string | { string }",
        "The compile must fail, and each text must be a part of an error, its notes or its hints.",
    ),
    word(
        "expect_warning",
        "a text, or a list of texts.",
        "string | { string }",
        "Each text must be a part of a warning.",
    ),
    word(
        "facts",
        "the name of a recording, or a table. Default: `\"debian-12\"`.",
        "string | { [any]: any }",
        "The machine: `\"rocky-9\"`. A table replaces facts of a recording, the one that is its first item or the default: \
         `{ \"rocky-9\", hostname = \"web1\" }`.",
    ),
    word(
        "probes",
        "a table of tables.",
        "{ [string]: { [string]: any } }",
        "Answers to probes, by cookbook and name: `{ watch = { nginx = \"1.22.1\" } }`. What a cookbook that is named \
         here has no answer for was not found. Without any answers its probes have their `example`.",
    ),
    word(
        "recipe",
        "a function.",
        "() -> ()",
        "Declares resources, as a recipe would: for custom resources with the properties that the test is about. It runs after \
         what `run_list` names.",
    ),
    word(
        "run_list",
        "a list of names.",
        "{ string }",
        "The recipes that are compiled: `{ \"nginx\" }`. Default, unless there is a `recipe`: the default recipe of the cookbook.",
    ),
    word(
        "secrets",
        "a table of texts.",
        "{ [string]: string }",
        "Values of secrets. Nothing else is looked up for one, and no message shows the value. A secret without a value stays \
         a deferred value.",
    ),
];

/// What `run` has, of which `expect` is a function.
pub const RUN_WORDS: &[TestWord] = &[
    word(
        "run:absent",
        "`run:absent \"package[apache2]\"`",
        "(self: TestRun, id: string) -> ()",
        "Fails the test if the resource is declared.",
    ),
    word("run.messages", "a list of texts.", "{ string }", "What recipes have printed."),
    word(
        "run:resource",
        "`run:resource \"service[nginx]\"`",
        "(self: TestRun, id: string) -> TestResource",
        "A resource by type and name, of a recipe or inside of a custom resource. The last one if there are several. One that \
         is not there fails the test.",
    ),
    word(
        "run:resources",
        "`run:resources \"package\"`",
        "(self: TestRun, type: string?) -> { TestResource }",
        "All resources of a type in the order in which they converge, or all of all types.",
    ),
    word("run.warnings", "a list of texts.", "{ string }", "The warnings of the compile."),
];

/// What a resource of a test has.
pub const RESOURCE_WORDS: &[TestWord] = &[
    word("actions", "a list of texts.", "{ string }", "Its actions in order: `{ \"enable\", \"start\" }`."),
    word(
        "content",
        "a text, a deferred value, or nil.",
        "any",
        "The text of the file that it makes: the `content`, or the rendered template. A secret in it has the value that \
         `secrets` gives. A text that is not known before the machine is asked is a deferred value. Nil if it makes none.",
    ),
    word("cookbook", "a text.", "string", "The cookbook that declares it. Empty for the project."),
    word("id", "a text.", "string", "Type and name: `service[nginx]`."),
    word("location", "a text.", "string", "File and line of the declaration: `recipes/web.lua:3`."),
    word("name", "a text.", "string", "Its name. Several names are joined with `, `."),
    word(
        "not_if",
        "a list of guards.",
        "{ any }",
        "Each is a boolean, `{ exists = \"/path\" }`, or a command: a text for the shell, a list, or a table with options.",
    ),
    word(
        "notifies",
        "a list of notifications.",
        "{ { string } }",
        "Each as in a recipe, always with its timing: `{ \"reload\", \"service[nginx]\", \"delayed\" }`. Those that others \
         ask for with `subscribes` are in it.",
    ),
    word("only_if", "a list of guards.", "{ any }", "As `not_if`."),
    word(
        "parent",
        "a text or nil.",
        "string?",
        "The custom resource that it belongs to: `nginx_site[blog]`.",
    ),
    word(
        "properties",
        "a table.",
        "{ [string]: any }",
        "The declared properties. One that is not declared is nil; one that the type does not have is an error. A template or \
         file is its path, as messages show it.",
    ),
    word("recipe", "a text.", "string", "The recipe that declares it: `nginx::default`."),
    word("sensitive", "a boolean.", "boolean", "Whether its differences and output are hidden."),
    word("tags", "a list of texts.", "{ string }", "Its tags."),
    word("type", "a text.", "string", "Its type: `service`, `nginx_site`."),
];

/// The names of the words, without what they belong to: `resource` for `run:resource`.
pub(super) fn short_names(words: &[TestWord]) -> Vec<&'static str> {
    words.iter().map(TestWord::short).collect()
}

impl TestWord {
    /// The name without what it belongs to: `resource` for `run:resource`.
    #[must_use]
    pub fn short(&self) -> &'static str {
        self.key.name.split_once([':', '.']).map_or(self.key.name, |(_, short)| short)
    }
}
