//! The pages about the files that chefrs reads and keeps.

use crate::cookbook::PARTS;
use crate::cookbook::keys::{self, FileKey};
use crate::model::kept::{KeptFile, PLACES, STATE_FILES};

use super::markdown::{NamedItem, PageText, ReferencePage};

/// Group of these pages.
const FILES: &str = "Files";

/// Generates a page for each file.
pub(super) fn pages() -> Vec<ReferencePage> {
    vec![project(), manifest(), node_files(), group_files(), inventory(), files()]
}

fn page(name: &str, title: &str, text: PageText) -> ReferencePage {
    ReferencePage { name: name.to_owned(), title: title.to_owned(), group: FILES, markdown: text.finish() }
}

fn items(keys: &[FileKey]) -> Vec<NamedItem> {
    let item = |key: &FileKey| NamedItem {
        name: key.name.to_owned(),
        beside: key.takes.to_owned(),
        below: key.doc.to_owned(),
        ..NamedItem::default()
    };
    keys.iter().map(item).collect()
}

fn project() -> ReferencePage {
    let title = "chefrs.toml";
    let mut text = PageText::titled(title);
    text.prose("The settings of a project, in its directory. Without the file, a project has no settings.");
    text.heading("Keys");
    text.items(items(keys::PROJECT));
    text.heading("Keys of [project]");
    text.items(items(keys::PROJECT_TABLE));
    text.heading("Keys of a cookbook in [cookbooks] and [override]");
    text.prose("One of `path`, `git`, `oci` and `url` says where it is. `[override]` takes `path` and `cookbook` alone. Of `version`, `tag`, `branch` and `revision`, at most one is there.");
    text.items(items(keys::SHARED));
    text.heading("Keys of [grants.NAME] and [deny]");
    text.prose(
        "What a cookbook may do is what it declares, what is granted to it, and not what is denied. `*` stands for any text \
         within a part of a path or a name, `**` for any parts: `/srv/www/**`. `[deny]` wins.",
    );
    text.items(items(keys::RIGHTS));
    text.heading("Keys of a registry in [registries]");
    text.prose("The credentials for it come from `CHEFRS_TOKEN_NAME` or from `~/.netrc`.");
    text.items(items(keys::REGISTRY));
    text.heading("Keys of [trust]");
    text.items(items(keys::TRUST));
    text.heading("Keys of [defaults]");
    text.prose("An option on the command line overrides these.");
    text.items(items(keys::DEFAULTS));
    text.heading("Keys of [secrets]");
    text.prose("A secret itself is never written here: `chefrs secret set NAME` stores it encrypted.");
    text.items(items(keys::SECRETS));
    text.heading("Keys of [handlers.NAME]");
    text.prose("The handlers of a run or plan are started one after the other, in the order of their names.");
    text.items(items(keys::HANDLER));
    text.heading("Example");
    text.code(
        "toml",
        "inventory = [\"./inventory.py\"]\n\n[project]\nname = \"blog\"\n\n[cookbooks]\nbase = { path = \"../base\" }\n\
         nginx = \"acme/nginx ^1.4\"\n\
         postgres = { git = \"https://git.example.org/ops/cookbooks\", subdirectory = \"postgres\", version = \"^3\" }\n\n\
         [registries]\nacme = \"git+https://git.example.org/acme/index\"\n\n\
         [attributes.nginx]\nport = 81",
    );
    page(title, title, text)
}

fn manifest() -> ReferencePage {
    let title = "cookbook.toml";
    let mut text = PageText::titled(title);
    text.prose("The name and the dependencies of a cookbook. Every directory below `cookbooks/` has one.");
    text.heading("Keys");
    text.items(items(keys::MANIFEST));
    text.heading("Keys of a dependency that is a table");
    text.items(items(keys::DEPENDENCY));
    text.heading("Keys of [capabilities]");
    text.prose("What the cookbook needs to do. `chefrs help chefrs.toml` says what the kinds mean.");
    text.items(items(keys::OPTIONAL_RIGHTS));
    text.heading("Example");
    text.code(
        "toml",
        "name = \"blog\"\nversion = \"0.1.0\"\n\n[dependencies]\nnginx = \"*\"\n\
         web = { cookbook = \"python\", version = \"0.1\" }",
    );
    page(title, title, text)
}

fn node_files() -> ReferencePage {
    let title = "nodes/NAME.toml";
    let mut text = PageText::titled(title);
    text.prose(
        "A node: its address and its attributes. Every key is optional, so an empty file is a host \
         that ssh knows under the same name.",
    );
    text.heading("Keys");
    text.items(items(keys::NODE));
    text.heading("Example");
    text.code(
        "toml",
        "host = \"192.0.2.7\"\nuser = \"deploy\"\ngroups = [\"web\"]\nrun_list = [\"monitoring\"]\n\n\
         [attributes.nginx]\nport = 81",
    );
    page("node-files", title, text)
}

fn group_files() -> ReferencePage {
    let title = "groups/NAME.toml";
    let mut text = PageText::titled(title);
    text.prose("A group of nodes. The file may be empty: then the nodes name it in `groups`.");
    text.heading("Keys");
    text.items(items(keys::GROUP));
    text.heading("Example");
    text.code("toml", "nodes = [\"web1\", \"db*\"]\n\n[attributes.nginx]\nport = 81");
    page("group-files", title, text)
}

fn inventory() -> ReferencePage {
    let title = "The JSON of an inventory program";
    let mut text = PageText::titled(title);
    text.prose(
        "With `inventory = [\"./inventory.py\"]` in `chefrs.toml`, a program prints nodes and groups as one JSON object. \
         It adds to the files of `nodes/` and `groups/`. A file overrides the program for the same group.",
    );
    text.heading("Keys");
    text.items(items(keys::INVENTORY));
    text.heading("Keys of a node");
    text.prose("A program may list ssh hosts only: not `container:`, `chroot:` or `local`.");
    let mut node = items(keys::NODE);
    for item in node.iter_mut().filter(|item| item.name == "address") {
        item.below = String::from(
            "The whole address, instead of `host`, `user` and `port`: `ssh://deploy@192.0.2.7:2222`.",
        );
    }
    text.items(node);
    text.heading("Keys of a group");
    text.items(items(keys::GROUP));
    text.heading("Example");
    text.code(
        "json",
        "{\n  \"nodes\": { \"web1\": { \"host\": \"192.0.2.7\", \"groups\": [\"web\"] } },\n  \
         \"groups\": { \"web\": { \"attributes\": { \"nginx\": { \"port\": 81 } } } }\n}",
    );
    page("inventory", title, text)
}

fn files() -> ReferencePage {
    let title = "Files";
    let mut text = PageText::titled(title);
    text.heading("In a project or a cookbook");
    text.items(PARTS.iter().map(|part| NamedItem::line(part.name, part.doc)));
    text.heading("The cache");
    text.items([NamedItem::line(
        "~/.cache/chefrs",
        "Clones of git repositories, and the files of their cookbooks. It can be removed: `chefrs fetch` fills it again. With \
         `XDG_CACHE_HOME`, it is `chefrs` in there.",
    )]);
    text.heading("The state directory");
    text.prose("Only its owner may write to it. `CHEFRS_STATE_DIRECTORY` sets another one.");
    text.items(PLACES.iter().map(kept));
    text.heading("In the state directory");
    text.items(STATE_FILES.iter().map(kept));
    page("files", title, text)
}

/// The item for a file that chefrs keeps.
fn kept(file: &KeptFile) -> NamedItem {
    NamedItem::line(file.name, file.doc)
}
