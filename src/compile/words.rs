//! The functions and values that files of a cook may use. The globals and the reference are generated from this table,
//! so it is complete.

pub use super::known_in::KnownIn;
use crate::model::schema::TableKey;

/// A function or value of chefrs.
#[derive(Debug, Clone, Copy)]
pub struct RecipeWord {
    pub name: &'static str,
    /// The files that have it.
    pub files: KnownIn,
    /// How it is written.
    pub usage: &'static str,
    /// Its Luau type. None if editors know it already, or if it is generated from a table.
    pub luau: Option<&'static str>,
    /// What it does or returns.
    pub doc: &'static str,
}

const fn word(
    name: &'static str,
    files: KnownIn,
    usage: &'static str,
    luau: &'static str,
    doc: &'static str,
) -> RecipeWord {
    let luau = if luau.is_empty() { None } else { Some(luau) };
    RecipeWord { name, files, usage, luau, doc }
}

/// All words except the resource types, which have pages of their own.
pub const RECIPE_WORDS: &[RecipeWord] = &[
    word(
        "node",
        KnownIn::NotProbes,
        "node.nginx.port",
        "Node",
        "Facts of the machine, attributes and answers of probes, read-only. Reading a missing key is an error that suggests the nearest one.",
    ),
    word(
        "value_for_platform",
        KnownIn::NotProbes,
        "value_for_platform { [\"debian 12\"] = \"a\", debian = \"b\", default = \"c\" }",
        "<T>(values: { [string]: T }) -> T",
        "The value for the machine's platform. A key is a platform or a platform family with a version (`\"debian 12\"` is also \
         meant for 12.5), a platform, a platform family, or `default`; the most exact one counts. `chefrs facts platform` \
         prints what a machine is. A platform without a value is an error.",
    ),
    word(
        "json",
        KnownIn::All,
        "json.encode({ port = 80 }, { pretty = true })",
        "{ encode: (value: any, options: { pretty: boolean? }?) -> string, decode: (text: string) -> any }",
        "`json.encode` writes plain data as JSON with sorted keys, over several lines with `pretty`. `json.decode` reads \
         it: `null` is nil. A text that is not JSON, and a number that Lua can't hold, is an error.",
    ),
    word(
        "toml",
        KnownIn::All,
        "toml.decode(\"port = 80\").port",
        "{ encode: (value: { [string]: any }, options: { pretty: boolean? }?) -> string, \
         decode: (text: string) -> { [string]: any } }",
        "`toml.encode` writes a map as TOML with sorted keys, with `pretty` lists over several lines. `toml.decode` reads \
         it: a date is a string.",
    ),
    word(
        "yaml",
        KnownIn::All,
        "yaml.encode({ services = { web = { ports = { \"80:80\" } } } })",
        "{ encode: (value: any) -> string, decode: (text: string) -> any }",
        "`yaml.encode` writes plain data as YAML in block style with sorted keys, and quotes what some version of YAML would \
         not read as the same string. `yaml.decode` reads one document of YAML 1.2: `yes` and `on` are strings, keys are \
         strings, and aliases and merge keys (`<<`) are resolved. A tag of its own, such as `!vault`, is an error.",
    ),
    word(
        "base64",
        KnownIn::All,
        "base64.encode(\"user:password\")",
        "{ encode: (text: string) -> string, decode: (text: string) -> string }",
        "Base64 of a string, and back. `base64.decode` accepts line breaks, and a missing `=` at the end.",
    ),
    word(
        "sha256",
        KnownIn::All,
        "sha256(json.encode(node.app))",
        "(text: string) -> string",
        "The SHA-256 of a string, as 64 hexadecimal digits.",
    ),
    word(
        "nodes",
        KnownIn::Declaring,
        "for _, web in ipairs(nodes \"@web,!web3\") do … web.host … end",
        "(words: string) -> { { name: string, host: string, groups: { string }, \
         get: (self: any, path: string | { string }, fallback: any?) -> any } }",
        "Nodes of the inventory, sorted by name, in the forms of `-t`: a name, a pattern, a group, and combinations. Each has \
         `name`, `host` and `groups`, and `web:get(\"nginx.port\", 80)` reads an attribute that its file or its groups set. A \
         group without nodes gives an empty list, and a name that does not exist is an error. Nothing is asked of these \
         machines.",
    ),
    word(
        "include_recipe",
        KnownIn::Declaring,
        "include_recipe \"nginx::site\"",
        "(name: string) -> ()",
        "Declares the resources of another recipe here, once for each run. `\"nginx\"` is the default recipe of a \
         dependency (or a recipe of the project), `\"nginx::site\"` another one of it, `\"::web\"` a recipe of the same \
         cookbook or of the project.",
    ),
    word(
        "require",
        KnownIn::NotDeclarations,
        "local nginx = require \"@nginx\"",
        "",
        "Returns a library, or the custom resources of a cookbook. See `chefrs help require`.",
    ),
    word(
        "exists",
        KnownIn::Declaring,
        "only_if = exists \"/etc/app.conf\"",
        "(path: string) -> { exists: string }",
        "A guard: whether something is at a path when the resource converges.",
    ),
    word(
        "contents",
        KnownIn::Declaring,
        "content = contents \"/etc/hostname\"",
        "(path: string) -> Deferred",
        "The text of a file on the target when the resource converges. A deferred value: it can be given to a property \
         that takes a string, also inside of a list or a table, and to a template variable. It can be joined to other text \
         with `..`, in back-quoted strings and with `table.concat`. A recipe can't read it.",
    ),
    word(
        "output",
        KnownIn::Declaring,
        "content = output { \"uname\", \"-r\" }",
        "(command: Command) -> Deferred",
        "What a command prints on the target when the resource converges, without the last newline. A deferred value. \
         The command has the same forms as in a guard.",
    ),
    word(
        "secret",
        KnownIn::Declaring,
        "password = secret \"db_password\"",
        "(name: string) -> Deferred",
        "A secret, from the environment variable `CHEFRS_SECRET_DB_PASSWORD`, an encrypted file of the project \
         (`chefrs secret set`), or a program that it names. A deferred value that no output \
         shows.",
    ),
    word(
        "fragments",
        KnownIn::Declaring,
        "content = fragments \"/etc/hosts.allow\"",
        "(of: string) -> Deferred",
        "The text of all `fragment` resources of that name, in their order. A deferred value, as that of \
         `contents`.",
    ),
    word(
        "render",
        KnownIn::Declaring,
        "content = render(\"site.conf.hbs\", { name = \"blog\" })",
        "(template: string | FileReference, variables: { [string]: any }?) -> any",
        "The text of a rendered template of this cookbook's `templates/`. If a variable is deferred, the text is a deferred \
         value.",
    ),
    word(
        "template_file",
        KnownIn::Declaring,
        "source = template_file \"site.conf.hbs\"",
        "(path: string) -> FileReference",
        "A file of this cookbook's `templates/`, to pass to another cookbook.",
    ),
    word(
        "source_file",
        KnownIn::Declaring,
        "source = source_file \"logo.png\"",
        "(path: string) -> FileReference",
        "A file of this cookbook's `files/`, to pass to another cookbook.",
    ),
    word(
        "source_directory",
        KnownIn::Declaring,
        "source = source_directory \"site\"",
        "(path: string) -> FileReference",
        "A directory of this cookbook's `files/`, to pass to another cookbook.",
    ),
    word(
        "print",
        KnownIn::All,
        "print(node.platform)",
        "",
        "Shows values, with the line that printed them. `plan`, `run`, `compile` and `test` show them, `check` does not.",
    ),
    word(
        "resource",
        KnownIn::Resources,
        "return resource { properties = { … }, actions = { … } }",
        "(declaration: { [string]: any }) -> any",
        "Declares the custom resource of the file. See `chefrs help properties`.",
    ),
    word(
        "property",
        KnownIn::ResourcesAndLibraries,
        "property.string { required = true, doc = \"…\" }",
        "",
        "Declares a property of a custom resource. A library can return a table of them, for several custom resources. See \
         `chefrs help properties`.",
    ),
    word(
        "task",
        KnownIn::Tasks,
        "return task { arguments = { … }, run = function(self) … end }",
        "(declaration: { [string]: any }) -> any",
        "Declares the task of the file. See `chefrs help tasks`.",
    ),
    word(
        "argument",
        KnownIn::Tasks,
        "argument.integer { default = 100, doc = \"…\" }",
        "",
        "Declares an argument of a task. See `chefrs help tasks`.",
    ),
    word(
        "attributes",
        KnownIn::Attributes,
        "return attributes { port = attribute.integer { default = 80 } }",
        "(declared: { [string]: any }) -> any",
        "Declares the attributes of the cookbook. Tables inside of it make dotted names.",
    ),
    word(
        "attribute",
        KnownIn::Attributes,
        "attribute.integer { default = 80, doc = \"…\" }",
        "",
        "Declares one attribute. See `chefrs help attributes`.",
    ),
    word(
        "probes",
        KnownIn::Probes,
        "return probes { units = probe.units { type = \"service\" } }",
        "(declared: { [string]: any }) -> any",
        "Declares the probes of the cookbook: what it asks a machine before the compile.",
    ),
    word(
        "probe",
        KnownIn::Probes,
        "probe.file { path = \"/etc/app/release\", doc = \"…\" }",
        "",
        "Declares one probe. See `chefrs help probes`.",
    ),
    word(
        "test",
        KnownIn::Tests,
        "test \"serves the site\" { recipe = function() … end, expect = function(run) … end }",
        "(name: string, declared: TestDeclaration?) -> (declared: TestDeclaration) -> ()",
        "Declares a test of what recipes compile to. See `chefrs help tests`.",
    ),
    word(
        "equal",
        KnownIn::Tests,
        "equal(conf.properties.mode, \"0644\")",
        "(found: any, wanted: any) -> ()",
        "Fails the test unless both are the same: strings, numbers, lists and tables with the same items.",
    ),
    word(
        "contains",
        KnownIn::Tests,
        "contains(conf.content, \"listen 8080;\")",
        "(whole: any, part: any) -> ()",
        "Fails the test unless the text has the other one in it, the list has an item that equals the value, or the table has \
         these keys with these values.",
    ),
    word(
        "matches",
        KnownIn::Tests,
        "matches(conf.content, \"listen%s+%d+;\")",
        "(text: any, pattern: string) -> ()",
        "Fails the test unless the text matches the pattern of Lua.",
    ),
];

/// The method of `node`.
pub const NODE_GET: RecipeWord = word(
    "get",
    KnownIn::All,
    "node:get(\"nginx.port\", 80)",
    "",
    "The value at a dotted path, or the second argument if it is missing. A path with a key that has a dot is a list: \
     `node:get({ \"app\", \"hosts\", \"a.example\" })`.",
);

/// Libraries and functions of Lua that files may use.
pub const LANGUAGE: &[&str] = &[
    "assert",
    "error",
    "getmetatable",
    "ipairs",
    "next",
    "pairs",
    "pcall",
    "rawequal",
    "rawget",
    "rawlen",
    "rawset",
    "select",
    "setmetatable",
    "tonumber",
    "tostring",
    "type",
    "typeof",
    "unpack",
    "xpcall",
    "bit32",
    "buffer",
    "coroutine",
    "math",
    "string",
    "table",
    "utf8",
];

const fn key(name: &'static str, takes: &'static str, doc: &'static str) -> TableKey {
    TableKey { name, takes, doc }
}

/// Keys of `resource { … }`.
pub const RESOURCE_KEYS: &[TableKey] = &[
    key(
        "actions",
        "a table of functions. Required.",
        "The actions. Each function gets the properties as `self`, and declares resources.",
    ),
    key(
        "default_action",
        "a string. Default: the only action, or `create`.",
        "The action if a resource names none.",
    ),
    key("doc", "a string.", "What the resource is for. `chefrs resources` prints it."),
    key(
        "properties",
        "a table.",
        "Its properties by name: `port = property.integer { default = 80 }`. A table without a name in it adds more, such as \
         those of a library: `properties = { common, port = … }`. What has a name here replaces what is in it.",
    ),
];

/// Keys of `task { … }`.
pub const TASK_KEYS: &[TableKey] = &[
    key(
        "arguments",
        "a table.",
        "Its arguments by name: `lines = argument.integer { default = 100 }`. One that is called `words` and is a list takes \
         what stands after `--`.",
    ),
    key("doc", "a string.", "What the task is for. `chefrs do` prints it."),
    key(
        "run",
        "a function. Required.",
        "Gets the arguments as `self`, and declares the commands to run, as `execute`.",
    ),
    key(
        "terminal",
        "a boolean. Default: false.",
        "Whether the command needs your terminal, as a shell or an editor does. It runs on one machine then.",
    ),
];

/// The names of the keys.
pub(super) fn names(keys: &[TableKey]) -> Vec<&'static str> {
    keys.iter().map(|key| key.name).collect()
}

/// The forms of `require`.
pub const REQUIRE_FORMS: &[TableKey] = &[
    key(
        "require \".\"",
        "the custom resources of the same cookbook, or of the project.",
        "Those below `resources/`.",
    ),
    key(
        "require \"./x\"",
        "the library `libraries/x.lua` of the same cookbook, or of the project.",
        "What the file returns.",
    ),
    key(
        "require \"./tasks\"",
        "the tasks of the same cookbook, or of the project.",
        "For tests: a test declares a task as it declares a custom resource. `\"@nginx/tasks\"` are those of a dependency.",
    ),
    key(
        "require \"@nginx\"",
        "the custom resources of a dependency.",
        "`nginx` is the alias in `[dependencies]` of `cookbook.toml`. A project may use every cookbook without declaring it.",
    ),
    key(
        "require \"@nginx/x\"",
        "the library `x` of a dependency.",
        "Only plain data and functions can pass from one cookbook to another.",
    ),
];
