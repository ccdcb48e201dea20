//! `chefrs.toml`: settings and attributes of a project.

use camino::Utf8Path;

use super::book::Cookbook;
use super::defaults::{self, Defaults};
use super::document::Document;
use super::grants::GrantedCapabilities;
use super::handlers::{self, EventHandler};
use super::program::Program;
use super::registries::{self, Registries};
use super::secret_settings::{self, SecretSettings};
use super::shared_origin::{Origin, SharedSource};
use super::shared_source::{self, OVERRIDE};
use super::trust::TrustSettings;
use super::{attributes, keys};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::node::{AttributeSource, Layer};

/// Name of the file.
pub(super) const FILE: &str = "chefrs.toml";
/// Key of the inventory program.
const INVENTORY: &str = "inventory";
/// Key of the program that prints the password for sudo.
const BECOME_PASSWORD: &str = "become_password";

/// Table of cookbooks from elsewhere.
pub(super) const COOKBOOKS: &str = "cookbooks";

/// Keys of other tools, or of other files, with the right place for them.
const ELSEWHERE: &[(&[&str], &str)] = &[
    (
        &["dependencies", "cookbook", "depends"],
        "leave it out: the recipes of a project may use every cookbook; one that is elsewhere belongs below `[cookbooks]`: \
         `nginx = { git = \"…\" }`",
    ),
    (&["nodes", "node", "hosts", "targets"], "a node is a file: `nodes/NAME.toml`, with `host = \"…\"`"),
    (
        &["groups", "group", "roles", "environments"],
        "a group is a file: `groups/NAME.toml`, with `nodes = [\"…\"]`",
    ),
    (
        &["run_list", "recipes", "recipe", "default_recipe"],
        "what runs on a machine stands in `nodes/NAME.toml` or `groups/NAME.toml`: `run_list = [\"NAME\"]`; `-r NAME` \
         names it on the command line",
    ),
    (
        &["target", "ssh_config", "forks", "connect_timeout", "lock_timeout", "become", "timeout"],
        "write it below `[defaults]`: `forks = 16`",
    ),
    (&["name", "description", "version"], "write it below `[project]`: `name = \"…\"`"),
    (&["default", "variables", "vars"], "attributes belong below `[attributes]`: `nginx.port = 81`"),
    (
        &["secret", "passwords", "vault"],
        "a secret is stored encrypted, by `chefrs secret set NAME`; a program that knows secrets belongs below \
         `[secrets]`: `program = [\"pass\", \"show\", \"{name}\"]`",
    ),
];

/// The settings in the file.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) attributes: Option<AttributeSource>,
    pub(super) inventory: Option<Program>,
    pub(super) become_password: Option<Program>,
    pub(super) defaults: Defaults,
    pub(super) secrets: SecretSettings,
    pub(super) handlers: Vec<EventHandler>,
    /// Cookbooks from elsewhere.
    pub(super) cookbooks: Vec<SharedSource>,
    /// Whose signatures count.
    pub(super) trust: TrustSettings,
    /// Directories in the place of cookbooks.
    pub(super) overrides: Vec<SharedSource>,
    /// What cookbooks may and may not do.
    pub(super) grants: GrantedCapabilities,
    pub(super) registries: Registries,
}

/// Reads the file. Without it, all settings have their defaults.
pub(super) fn read(own: &Cookbook, root: &Utf8Path) -> Result<Settings, Diagnostics> {
    let Some(text) = own.text(FILE)? else {
        return Ok(Settings::default());
    };
    of_text(&text, root)
}

/// Reads a text as that of the file.
pub(super) fn of_text(text: &str, root: &Utf8Path) -> Result<Settings, Diagnostics> {
    let document = Document::toml(FILE, text)?;
    let mut wrong = document.unknown_keys("", keys::PROJECT);
    for mistake in &mut wrong {
        let key = mistake.message.split('`').nth(1).unwrap_or_default();
        if let Some((_, hint)) = ELSEWHERE.iter().find(|(keys, _)| keys.contains(&key)) {
            mistake.hints = vec![(*hint).to_owned()];
        }
    }
    wrong.extend(document.unknown_keys("project", keys::PROJECT_TABLE));
    if document.values.get("project").is_some_and(|value| !value.is_object()) {
        wrong.push(document.wrong("project", "`project` must be a table").hint("write `[project]`"));
    }
    for words in ["project.name", "project.description"] {
        // Only checked to be text. They are for readers.
        document.string(words, &mut wrong);
    }
    let settings = Settings {
        defaults: defaults::read(&document, root, &mut wrong),
        handlers: handlers::read(&document, &mut wrong),
        attributes: attributes::of_table(&document, Layer::Project, &mut wrong),
        secrets: secret_settings::read(&document, &mut wrong),
        cookbooks: shared_source::read_all(&document, COOKBOOKS, &mut wrong),
        overrides: overrides(&document, &mut wrong),
        grants: GrantedCapabilities::read(&document, &mut wrong),
        trust: TrustSettings::read(&document, &mut wrong),
        registries: registries::read(&document, &mut wrong),
        inventory: Program::read(&document, INVENTORY, r#""./inventory""#, &mut wrong),
        become_password: Program::read(&document, BECOME_PASSWORD, r#""pass", "show", "deploy""#, &mut wrong),
    };
    if wrong.is_empty() { Ok(settings) } else { Err(Diagnostics(wrong)) }
}

/// Parses `[override]`, which takes paths alone.
fn overrides(document: &Document, wrong: &mut Vec<Diagnostic>) -> Vec<SharedSource> {
    let found = shared_source::read_all(document, OVERRIDE, wrong);
    for source in found.iter().filter(|source| !matches!(source.origin, Origin::Path(_))) {
        let mistake = source.wrong(format!("`{OVERRIDE}.{}` must be a path", source.alias));
        wrong.push(mistake.hint(format!("write `{} = {{ path = \"…\" }}`", source.alias)));
    }
    found
}
