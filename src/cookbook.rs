//! Floor 4: the project on disk with its recipes and cookbooks, and the shipped ones inside the program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::collection::Collection;
use crate::model::content::sha256;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::locked_cookbooks::LockedCookbooks;
use crate::model::node::AttributeSource;
use crate::model::sorted;

pub mod archive;
pub mod attributes;
pub mod away;
pub mod become_password;
mod book;
mod cache;
mod candidate;
mod candidates;
pub mod changed_files;
mod choice_ground;
mod chosen_content;
mod credentials;
pub mod defaults;
mod dependencies;
mod dependency_tree;
mod document;
mod fetch_git;
mod fetch_oci;
mod fetch_registry;
mod fetcher;
mod git;
mod grants;
pub mod handlers;
mod index_line;
mod index_place;
pub mod interface;
pub mod inventory;
pub mod keys;
mod limits;
mod listed_cookbooks;
mod listed_version;
mod lock_changes;
mod lock_file;
mod locked_content;
mod locked_source;
mod lookalike_secrets;
mod manifest;
mod members;
mod named_commits;
mod near;
mod no_choice;
pub mod oci;
mod oci_session;
pub mod outline;
pub mod own_files;
pub mod own_manifest;
mod owners;
mod path;
pub mod previous_version;
mod program;
mod project_parts;
pub mod publication;
pub mod publish_place;
mod range;
pub mod reach;
mod registries;
pub mod registry_search;
pub mod replaced_versions;
pub mod requests;
mod run_handler;
pub mod scoped_name;
mod seal;
pub mod secret_files;
pub mod secret_name;
mod secret_programs;
pub mod secret_settings;
mod settings;
mod shared_origin;
mod shared_source;
pub mod sharing;
mod shipped;
pub mod signature;
mod signed_lock;
mod source;
mod source_address;
mod tagged_version;
mod tree_sum;
mod trust;
pub mod update_wish;
pub mod vendored;
mod verified_lock;
mod version_choice;
mod web_call;
mod working_clone;

pub use book::Cookbook;
pub use owners::Owners;
pub use project_parts::{PARTS, ProjectPart};
use project_parts::{has, marks};
pub use source::TYPED_RECIPE;
pub use tree_sum::SharedFile;

/// A directory with `recipes/`, `cookbooks/`, `nodes/`, `groups/` and `chefrs.toml`, each optional. The shipped recipes
/// and cookbooks are available in every project.
#[derive(Debug)]
pub struct Project {
    root: Utf8PathBuf,
    own: Cookbook,
    cookbooks: BTreeMap<String, Cookbook>,
    own_names: BTreeSet<String>,
    lock: Option<LockedCookbooks>,
    attributes: Option<AttributeSource>,
    unfinished: BTreeMap<String, Diagnostic>,
    owners: Owners,
    nodes: inventory::finder::NodeFinder,
    become_password: Option<program::Program>,
    defaults: defaults::Defaults,
    secrets: secret_settings::SecretSettings,
    handlers: Vec<handlers::EventHandler>,
}

impl Project {
    /// Opens the project in a directory, if its files belong to the current user or root; see [`Project::open_of`].
    ///
    /// # Errors
    /// As [`Project::open_of`].
    pub fn open(root: &Utf8Path) -> Result<Self, Diagnostics> {
        Self::open_of(root, &Owners::default())
    }

    /// Opens the project in a directory: reads `chefrs.toml` and lists the other parts.
    ///
    /// # Errors
    /// All files that can't be read or parsed, or that other users own or can write.
    pub fn open_of(root: &Utf8Path, owners: &Owners) -> Result<Self, Diagnostics> {
        Self::open_with(root, owners, None)
    }

    /// Like [`Project::open_of`], with another directory in the place of one of its cookbooks.
    ///
    /// # Errors
    /// As [`Project::open_of`].
    pub fn open_with(
        root: &Utf8Path,
        owners: &Owners,
        other: Option<(&str, &Utf8Path)>,
    ) -> Result<Self, Diagnostics> {
        let root = root.canonicalize_utf8().map_err(|error| {
            Diagnostic::error(format!("the project `{root}` can't be opened: {}", source::plain(&error)))
                .hint("name a directory that exists with `--project`, or run chefrs inside of one")
        })?;
        // If the directory has no part of a project, nothing is read.
        if marks().any(|part| has(&root, part.name)) {
            owners.check_path(&root, root.as_str())?;
        }
        let mut wrong = Vec::new();
        let mut own = Cookbook::own(&root, owners);
        let settings = settings::read(&own, &root).unwrap_or_else(|found| {
            wrong.extend(found.0);
            settings::Settings::default()
        });
        if has(&root, manifest::FILE) {
            // The files belong to the cookbook, which is listed below. The project around it has nothing else.
            own.source = source::Source::Typed(None);
            own.has_probes = false;
        }
        let mut cookbooks = listed_cookbooks::shipped(&mut wrong);
        let mut unfinished = BTreeMap::new();
        let on_disk = listed_cookbooks::on_disk(&root, owners, &mut wrong, &mut unfinished);
        let (shared, lock) = shared((&root, owners), &settings, &on_disk).unwrap_or_else(|found| {
            wrong.extend(found.0);
            (BTreeMap::new(), None)
        });
        let names: BTreeSet<String> = shared.keys().cloned().collect();
        let own_names = on_disk.keys().cloned().collect();
        cookbooks.extend(on_disk);
        cookbooks.extend(shared);
        if let Some((name, directory)) = other {
            cookbooks.extend(listed_cookbooks::other(name, directory, owners, &mut wrong));
        }
        // A cookbook of the project hides the shipped one of the same name, even if it is unfinished.
        cookbooks.retain(|name, _| !unfinished.contains_key(name));
        manifest::check_versions(&cookbooks, &mut wrong);
        // Without what is wrong with the lock, it is not known which cookbooks there are.
        let mut of_grants = Vec::new();
        limits::limit(&mut cookbooks, |name| names.contains(name), &settings, &mut of_grants);
        if wrong.is_empty() {
            wrong.append(&mut of_grants);
        }
        own.dependencies = sorted::collected(cookbooks.keys().map(|name| (name.clone(), name.clone())));
        for source in &settings.cookbooks {
            let other = cookbooks.get(&source.alias).filter(|other| !other.cookbook.is_shipped());
            if other.is_some_and(|other| other.cookbook.name != source.key()) {
                let message = format!(
                    "`{}` is the alias of `{}`, and the name of another cookbook",
                    source.alias, source.name
                );
                wrong.push(source.wrong(message).hint("give it another alias"));
            }
            own.dependencies.insert(source.alias.clone(), source.key());
        }
        if !wrong.is_empty() {
            return Err(Diagnostics(wrong));
        }
        let inventory = inventory::finder::InventoryFiles::new(
            root.clone(),
            own.source.clone(),
            owners.clone(),
            settings.inventory,
        );
        Ok(Self {
            root,
            own,
            cookbooks: sorted::collected(cookbooks.into_iter().map(|(name, found)| (name, found.cookbook))),
            own_names,
            lock,
            attributes: settings.attributes,
            unfinished,
            owners: owners.clone(),
            nodes: inventory::finder::NodeFinder::Files(Arc::new(inventory)),
            become_password: settings.become_password,
            defaults: settings.defaults,
            secrets: settings.secrets,
            handlers: settings.handlers,
        })
    }

    /// Adds declarations that were typed on the command line, as the recipe [`TYPED_RECIPE`]. Each begins a line.
    #[must_use]
    pub fn with_declarations(mut self, declarations: &[String]) -> Self {
        if let source::Source::Directory { typed, .. } | source::Source::Typed(typed) = &mut self.own.source {
            *typed = (!declarations.is_empty()).then(|| declarations.join("\n").into());
        }
        self
    }

    /// Finds the project for a working directory. If the directory has a part of a project, it is the project itself.
    /// Otherwise the nearest parent with a `chefrs.toml`, recipes or cookbooks is, as with `git` and `cargo`. A
    /// cookbook belongs to the project that contains it. One that is in no project is opened by itself. If nothing is
    /// found, returns the directory itself.
    ///
    /// Does not check who owns the files. Opening the project does.
    #[must_use]
    pub fn directory_around(directory: &Utf8Path) -> Utf8PathBuf {
        project_parts::directory_around(directory)
    }

    /// The directory of the project.
    #[must_use]
    pub fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// `[defaults]` of `chefrs.toml`.
    #[must_use]
    pub fn defaults(&self) -> &defaults::Defaults {
        &self.defaults
    }

    /// Whether a directory has a `chefrs.toml`. Does not check who owns it. Opening the project does.
    #[must_use]
    pub fn has_settings(directory: &Utf8Path) -> bool {
        has(directory, settings::FILE)
    }

    /// Whether a directory has cookbooks. Does not check who owns it. Opening the project does.
    #[must_use]
    pub fn has_cookbooks(directory: &Utf8Path) -> bool {
        has(directory, shipped::COOKBOOKS)
    }

    /// The project's own files, as a cookbook with an empty name. It may use all cookbooks.
    #[must_use]
    pub fn own(&self) -> &Cookbook {
        &self.own
    }

    /// Finds a cookbook by name: `cookbooks/NAME` of the project, or else the shipped one.
    #[must_use]
    pub fn cookbook(&self, name: &str) -> Option<&Cookbook> {
        self.cookbooks.get(name)
    }

    /// Adds to a collection what the cookbooks of its rows may do.
    pub fn limit(&self, collection: &mut Collection) {
        collection.limit(&|name| self.cookbook(name)?.authority.as_deref().cloned());
    }

    /// Whether a cookbook is in the directory of the project: in `cookbooks/`, or the directory itself.
    #[must_use]
    pub fn is_own(&self, cookbook: &str) -> bool {
        self.own_names.contains(cookbook)
    }

    /// Names of all cookbooks, sorted.
    #[must_use]
    pub fn cookbook_names(&self) -> Vec<&str> {
        self.cookbooks.keys().map(String::as_str).collect()
    }

    /// Directories in `cookbooks/` without a `cookbook.toml`, with the error for recipes that use one.
    #[must_use]
    pub fn unfinished(&self) -> &BTreeMap<String, Diagnostic> {
        &self.unfinished
    }

    /// The cookbooks from elsewhere, as the lock has them. None without any.
    #[must_use]
    pub fn lock(&self) -> Option<&LockedCookbooks> {
        self.lock.as_ref()
    }

    /// The attributes in `chefrs.toml`, with their lines.
    #[must_use]
    pub fn attributes(&self) -> Option<&AttributeSource> {
        self.attributes.as_ref()
    }
}

/// The cookbooks that the project takes from elsewhere, as its lock says. Fetches nothing.
fn shared(
    (root, owners): (&Utf8Path, &Owners),
    settings: &settings::Settings,
    on_disk: &BTreeMap<String, manifest::Listed>,
) -> Result<(BTreeMap<String, manifest::Listed>, Option<LockedCookbooks>), Diagnostics> {
    if settings.cookbooks.is_empty() && on_disk.values().all(|listed| listed.sources.is_empty()) {
        return Ok((BTreeMap::new(), None));
    }
    let text = Cookbook::own(root, owners).text(lock_file::FILE)?;
    let lock = text.as_ref().map(|text| lock_file::LockFile::read(text)).transpose()?;
    let wrong = lock.as_ref().map(|lock| settings.trust.misfits(lock)).unwrap_or_default();
    if !wrong.is_empty() {
        return Err(Diagnostics(wrong));
    }
    let noted = lock.as_ref().zip(text).map(|(lock, text)| LockedCookbooks {
        digest: sha256(text.as_bytes()),
        cookbooks: lock.names_and_versions(),
    });
    let ground = members::SharingGround {
        root,
        owners,
        declared: &settings.cookbooks,
        overrides: &settings.overrides,
        registries: &settings.registries,
        on_disk,
    };
    let mut wrong = Vec::new();
    let mut content = locked_content::LockedContent { root, lock, strict: true };
    let found = members::members(&ground, &mut content, &mut wrong);
    if let Some(lock) = content.lock.as_ref().filter(|_| wrong.is_empty()) {
        limits::check_lock(lock, &found, &mut wrong);
    }
    if wrong.is_empty() {
        let found = found.into_iter().map(|(name, member)| (name, member.listed));
        Ok((sorted::collected(found), noted.filter(|noted| !noted.cookbooks.is_empty())))
    } else {
        Err(Diagnostics(wrong))
    }
}
