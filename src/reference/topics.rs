//! The pages about writing cookbooks: words of recipes, kinds, templates, guards, notifications.

use crate::compile::kind_options::KIND_OPTIONS;
use crate::compile::kind_words::KINDS;
use crate::compile::probe_words::{COMMON, PROBES};
use crate::compile::words::{
    KnownIn, LANGUAGE, NODE_GET, RECIPE_WORDS, REQUIRE_FORMS, RESOURCE_KEYS, RecipeWord, TASK_KEYS,
};
use crate::model::english::list;
use crate::model::node::Layer;
use crate::model::schema::{COMMAND_KEYS, Property, TableKey};
use crate::provider::common::{TIMINGS, common_properties};
use crate::resources::TYPES;
use crate::template;

use super::markdown::{NamedItem, PageText, ReferencePage, names};
use super::types::property;

/// Group of these pages.
const WRITING: &str = "Writing cookbooks";

/// Generates a page for each topic.
pub(super) fn pages() -> Vec<ReferencePage> {
    vec![
        recipes(),
        require(),
        guards(),
        notifications(),
        templates(),
        properties(),
        tasks(),
        attributes(),
        probes(),
    ]
}

pub(super) fn page(name: &str, title: &str, text: PageText) -> ReferencePage {
    ReferencePage { name: name.to_owned(), title: title.to_owned(), group: WRITING, markdown: text.finish() }
}

fn recipes() -> ReferencePage {
    let title = "Words of recipes";
    let mut text = PageText::titled(title);
    text.prose(
        "Recipes are Luau, in files that end in `.lua`. They run in a sandbox: they see no clock, no files and no \
         programs. All declarations are checked before any machine is changed.",
    );
    text.heading("Words");
    text.items(RECIPE_WORDS.iter().map(word));
    text.heading("Deferred values");
    text.prose(
        "`contents`, `output` and `secret` stand for values that are only known when the resource converges. A recipe \
         passes them on, and can't compare them, join them to other text, or use them as a name: a template joins them. \
         A file that does not exist or a command that fails is a failure of the resource. In a plan, what a command \
         prints is unknown if an earlier resource would change something, and then no content is shown.",
    );
    text.heading("Interpolation");
    text.prose(
        "A string in backquotes is interpolated. Strings in plain quotes are taken as they are. A name that is not a string \
         in quotes needs parentheses:",
    );
    text.code(
        "lua",
        "local path = \"/etc/app.conf\"\n\
         file(path) { content = `port = {node.nginx.port}\\n` }\n\
         file(`/srv/{node.hostname}`) { mode = \"0644\" }",
    );
    text.heading("Methods of node");
    text.items([NamedItem { name: format!("node:{}", NODE_GET.name), ..word(&NODE_GET) }]);
    text.heading("Resource types");
    text.prose(&format!(
        "Each resource type is a function: {}. `chefrs resources NAME` explains one.",
        names(TYPES.iter().map(|r#type| r#type.name))
    ));
    text.code(
        "lua",
        "package { \"git\", \"curl\" }                    -- a list of names: one transaction\n\
         directory \"/srv/blog\" { mode = \"0755\" }       -- a name and its properties\n\
         local nginx = service \"nginx\"                 -- the result of a declaration can be notified",
    );
    text.heading("Functions of the language");
    text.prose(&format!("{}.", names(LANGUAGE.iter().copied())));
    text.prose(
        "`pairs` and loops iterate over a table in the order of its keys. There is no `os`, `io` or `debug`.",
    );
    page("recipes", title, text)
}

pub(super) fn word(word: &RecipeWord) -> NamedItem {
    let files = if word.files == KnownIn::All { "" } else { word.files.describe() };
    NamedItem {
        name: word.name.to_owned(),
        beside: format!("`{}`", word.usage),
        below: format!("{} {files}", word.doc).trim().to_owned(),
        ..NamedItem::default()
    }
}

pub(super) fn key(key: &TableKey) -> NamedItem {
    NamedItem {
        name: key.name.to_owned(),
        beside: key.takes.to_owned(),
        below: key.doc.to_owned(),
        ..NamedItem::default()
    }
}

fn require() -> ReferencePage {
    let title = "The forms of require";
    let mut text = PageText::titled(title);
    text.prose("`require` returns the result of another file. Each file is loaded once.");
    text.items(REQUIRE_FORMS.iter().map(key));
    text.prose(
        "A library returns plain values and functions; it can't declare resources. The custom resources of a cookbook \
         are declared like any other type:",
    );
    text.code(
        "lua",
        "local nginx = require \"@nginx\"\nnginx.site \"blog\" { domain = \"blog.example.org\" }",
    );
    page("require", title, text)
}

fn guards() -> ReferencePage {
    let title = "Guards";
    let mut text = PageText::titled(title);
    text.prose(
        "A guard decides whether an action runs. It is evaluated once for each action, on the target.",
    );
    text.items(common(&["only_if", "not_if"]));
    text.heading("Forms");
    let forms = [
        ("only_if = \"test -s /etc/app.conf\"", "A command for the shell."),
        ("only_if = { \"test\", \"-s\", \"/etc/app.conf\" }", "One command: a program and its arguments."),
        ("only_if = { command = \"test -s app.conf\", cwd = \"/etc\" }", "A command with options."),
        ("only_if = exists \"/etc/app.conf\"", "Whether something is at the path."),
        ("only_if = node.platform == \"debian\"", "A boolean, which is known when the recipe is compiled."),
        ("only_if = { exists \"/a\", exists \"/b\" }", "Two guards. Both must hold."),
        ("only_if = { { \"true\" }, { \"false\" } }", "Two commands. Both must succeed."),
    ];
    text.items(forms.into_iter().map(|(written, means)| NamedItem::line(written, means)));
    text.prose(
        "Take care: a list of strings is always one command. `{ \"true\", \"false\" }` runs the program `true` with the \
         argument `false`. For several commands, write each in braces of its own.",
    );
    text.heading("Commands");
    text.prose(
        "A command is a string for the shell, a list of arguments, or a table with these keys. It inherits directory, \
         user and environment from an `execute` that it guards. Exit status 0 means true. A command that can't be run \
         (status 126 or 127, a signal, its timeout) is an error, not false.",
    );
    text.items(COMMAND_KEYS.iter().map(key));
    text.heading("Example");
    text.code(
        "lua",
        "execute \"build\" {\n  command = { \"make\", \"site\" },\n  cwd = \"/srv/blog\",\n  \
         not_if = exists \"/srv/blog/site/index.html\",\n  \
         only_if = { command = \"test -s pages\", cwd = \"/srv/blog\" },\n}",
    );
    page("guards", title, text)
}

fn notifications() -> ReferencePage {
    let title = "Notifications";
    let mut text = PageText::titled(title);
    text.prose("A resource that was updated can make another one act.");
    text.items(common(&["notifies", "subscribes", "on_failure"]));
    text.heading("Timings");
    text.items(TIMINGS.iter().map(|timing| NamedItem::line(timing.word, timing.doc)));
    text.heading("When a run fails");
    text.prose(
        "Delayed notifications of resources before the failure still run, unless they have `on_failure = \"skip\"`. \
         What a run could not deliver, because it was killed or cut off, is kept on the target, and the next run \
         delivers it.",
    );
    text.heading("Example");
    text.code(
        "lua",
        "local nginx = service \"nginx\" { action = { \"enable\", \"start\" } }\n\n\
         template \"/etc/nginx/conf.d/blog.conf\" {\n  source = \"blog.conf.hbs\",\n  \
         notifies = { \"reload\", nginx },\n}",
    );
    page("notifications", title, text)
}

/// The common properties with these names, as items.
fn common(wanted: &[&str]) -> Vec<NamedItem> {
    let is_wanted = |found: &Property| wanted.contains(&found.name.as_str());
    let item = |found: Property| {
        let item = property(&found, None);
        // The page that is named there is the one that has the item.
        let beside = item.beside.split(" See `chefrs help").next().unwrap_or_default().to_owned();
        NamedItem { beside, ..item }
    };
    common_properties().into_iter().filter(is_wanted).map(item).collect()
}

fn templates() -> ReferencePage {
    let title = "Words of templates";
    let mut text = PageText::titled(title);
    text.prose(
        "Templates are Handlebars files below `templates/`. `{{name}}` stands for a variable, `{{site.name}}` for a key \
         of a table. Text is not escaped for HTML. A variable that is not given is an error, with the line of the \
         template.",
    );
    text.heading("Words");
    text.items(template::WORDS.iter().map(|word| NamedItem {
        name: word.name.to_owned(),
        beside: format!("`{}`", word.usage),
        below: word.doc.to_owned(),
        ..NamedItem::default()
    }));
    text.prose(
        "These are all words. A cookbook can't define its own: compute a value in the recipe, and pass it as a variable.",
    );
    text.heading("Empty tables");
    text.prose(
        "`json` and `toml` write an empty list as `[]` if it is declared as a list, in a property or an attribute. An empty \
         table `{}` of a recipe is written as a map, because Lua does not tell the two apart.",
    );
    text.heading("Partials");
    text.prose(
        "`{{> head}}` includes another template of the same cookbook or project: `templates/head.hbs` or \
         `templates/_head.hbs`. Names count from `templates/`: `{{> mail/head}}` is `templates/mail/head.hbs` or \
         `templates/mail/_head.hbs`. It sees the same variables, and those that are passed to it: \
         `{{> head title=\"Blog\"}}`.",
    );
    text.heading("Comments and space");
    text.prose("`{{! a comment }}` is left out. `{{~` and `~}}` remove the white space before and after.");
    page("templates", title, text)
}

fn kinds(text: &mut PageText, word: &str) {
    let joined = |first: &str, further: &str| format!("{first} {further}").trim_end().to_owned();
    text.heading("Kinds");
    text.items(KINDS.iter().map(|kind| {
        let further = if word == "property" { kind.of_properties } else { "" };
        NamedItem::line(&format!("{word}.{}", kind.name), &joined(kind.doc, further))
    }));
    text.heading("Options");
    let fits = |kinds: &[&str]| match kinds {
        [] => String::new(),
        kinds => {
            let kinds: Vec<String> = kinds.iter().map(|kind| format!("`{word}.{kind}`")).collect();
            format!(" Only of {}.", list(&kinds, "and"))
        }
    };
    text.items(KIND_OPTIONS.iter().filter_map(|option| {
        Some(NamedItem {
            name: option.name.to_owned(),
            beside: format!("{}{}", option.takes, fits(option.kinds)),
            below: joined(option.doc, option.further(word)?),
            ..NamedItem::default()
        })
    }));
}

fn properties() -> ReferencePage {
    let title = "Custom resources and their properties";
    let mut text = PageText::titled(title);
    text.prose(
        "A file `resources/site.lua` of a cookbook declares the custom resource `site`. The actions get the properties as `self`, and declare other resources. It is updated when one of these is.",
    );
    text.code(
        "lua",
        "return resource {\n  doc = \"One virtual host.\",\n  properties = {\n    \
         domain = property.string { required = true, doc = \"Public host name.\" },\n    \
         port = property.integer { default = 80, doc = \"Port to listen on.\" },\n  },\n  actions = {\n    \
         create = function(self)\n      file(`/etc/sites/{self.name}`) { content = `{self.domain}:{self.port}\\n` }\n    \
         end,\n  },\n}",
    );
    text.heading("Keys of resource");
    text.items(RESOURCE_KEYS.iter().map(key));
    kinds(&mut text, "property");
    page("properties", title, text)
}

fn tasks() -> ReferencePage {
    let title = "Tasks";
    let mut text = PageText::titled(title);
    text.prose(
        "A file `tasks/log.lua` of a cookbook or of the project declares the task `log`: commands for a person to run. \
         `chefrs do COOKBOOK log` runs it, and `chefrs do .` lists those of the project.",
    );
    text.code(
        "lua",
        "return task {\n  doc = \"Shows the log of the web server.\",\n  arguments = {\n    \
         lines = argument.integer { default = 100, doc = \"Number of lines.\" },\n  },\n  run = function(self)\n    \
         execute \"log\" { command = { \"journalctl\", \"-u\", \"nginx\", \"-n\", tostring(self.lines) } }\n  end,\n}",
    );
    text.heading("Keys of task");
    text.items(TASK_KEYS.iter().map(key));
    text.prose(
        "Kinds and options of arguments are those of attributes, with `argument` in the place of `attribute`: see \
         `chefrs help attributes`. A default that is a function gets `self`. A task declares `execute` alone, without guards, \
         notifications, deferred values and secrets.",
    );
    page("tasks", title, text)
}

fn probes() -> ReferencePage {
    let title = "Probes";
    let mut text = PageText::titled(title);
    text.prose(
        "A probe asks the machine something before the compile, so that a recipe can decide with it. `facts.lua` of a \
         cookbook declares them. They are asked together with the facts, change nothing, and are read from `node` below the \
         name of the cookbook: `node.watch.units`.",
    );
    text.code(
        "lua",
        "return probes {\n  units = probe.units { type = \"service\", doc = \"The services of the machine.\" },\n  \
         nginx = probe.version { command = { \"nginx\", \"-v\" } },\n}",
    );
    text.heading("Kinds");
    text.items(PROBES.iter().map(|word| NamedItem {
        name: format!("probe.{}", word.name),
        beside: word.doc.to_owned(),
        parts: word.options.iter().map(|option| key(&option.key)).collect(),
        ..NamedItem::default()
    }));
    text.heading("Options of all");
    text.items(COMMON.iter().map(|option| key(&option.key)));
    text.heading("What is not there");
    text.prose(
        "A program, a user or a file that does not exist, and a command that ends with another exit status than 0, are no \
         mistakes: the value is nil, and `if node.watch.nginx then` tests it. A list is empty. What hangs or can't be believed \
         is an error, and nothing is changed: a command that is not done in time or is killed, a file that can't be read, more \
         than 256 KiB, bytes that are not UTF-8, control characters, JSON that is none.",
    );
    text.heading("When they are asked");
    text.prose(
        "A run asks the probes of the cookbooks that its run list reaches: those that it names, their dependencies, and those \
         whose names are written in the recipes of the project that it runs. Nothing else is asked, and no layer can set a \
         probe. `chefrs plan --no-commands` leaves out `probe.command` and `probe.version`. `chefrs facts` shows the answers \
         below `probes`, and recorded facts hold them.",
    );
    page("probes", title, text)
}

fn attributes() -> ReferencePage {
    let title = "Attributes";
    let mut text = PageText::titled(title);
    text.prose(
        "Attributes are the settings of a cookbook. `attributes.lua` declares them, and recipes read them from `node` \
         below the name of the cookbook: `node.nginx.port`. One that the cookbook does not declare can't be set: it is an \
         error with a suggestion.",
    );
    text.code(
        "lua",
        "return attributes {\n  port = attribute.integer { default = 80, doc = \"Port to listen on.\" },\n  \
         site = { title = attribute.string { default = \"Blog\", doc = \"Title of the site.\" } },\n}",
    );
    text.heading("Layers");
    text.prose(
        "If several layers set an attribute, the last one wins. Tables are merged, lists are replaced.",
    );
    text.items(Layer::ALL.iter().map(|layer| NamedItem::line(layer.name(), layer.doc())));
    text.prose("`chefrs explain nginx.port -t web1` shows every layer with file and line.");
    text.heading("Attributes of the project");
    text.prose(
        "A project can set attributes below a name that is not a cookbook: `[attributes.office]` in `chefrs.toml`, or in \
         a file of a node or a group. Recipes read them from `node.office`. Nothing declares them. One that nothing reads \
         is a warning. It is an error on the command line, or if its name is close to that of a cookbook.",
    );
    kinds(&mut text, "attribute");
    page("attributes", title, text)
}
