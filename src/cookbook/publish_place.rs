//! Where a cookbook is published: a directory or a git repository with an index, or an OCI registry.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Value, json};

use super::cache::CacheDirectory;
use super::fetch_git::GitFetcher;
use super::git::GitClone;
use super::index_line::IndexLine;
use super::index_place::IndexPlace;
use super::oci::{OciClient, tag_of, version_of};
use super::publication::Publication;
use super::range::{by_age, is_newer, is_version};
use super::scoped_name::short;
use super::sharing::SharedCookbooks;
use super::source::plain;
use super::working_clone::WorkingClone;
use crate::model::english::{list, one_line};
use crate::model::error::{Diagnostic, Location};

/// The word for a tag in the repository of the cookbook.
const TAG: &str = "tag";
/// Folder of the archives in the directory of an index. No scope has a name that begins so.
const ARCHIVES: &str = "_archives";
/// How often a push is tried again if somebody else has pushed meanwhile.
const PUSHES: usize = 5;

/// A place.
#[derive(Debug)]
pub struct PublishPlace {
    written: String,
    /// The name of the registry in `chefrs.toml`, if it has one.
    registry: Option<String>,
    kind: PublishKind,
}

#[derive(Debug)]
enum PublishKind {
    Directory(Utf8PathBuf),
    Git(String),
    Oci(String),
    /// A tag in the repository of the cookbook itself.
    Tag,
}

/// A change of the index of one cookbook: its lines before, and what they are then.
type IndexEdit<'a> = dyn Fn(Vec<String>) -> Result<Vec<String>, Diagnostic> + 'a;

impl SharedCookbooks {
    /// The place with a name in `[registries]`, or at an address.
    ///
    /// # Errors
    /// There is no such registry, or nothing can be written there.
    pub fn publish_place(&self, written: &str) -> Result<PublishPlace, Diagnostic> {
        let place =
            |registry: Option<String>, kind| PublishPlace { written: written.to_owned(), registry, kind };
        if written == TAG {
            return Ok(place(None, PublishKind::Tag));
        }
        if let Some(reference) = written.strip_prefix("oci://") {
            if let Some(why) = super::source_address::misfit_oci(reference) {
                return Err(Diagnostic::error(format!("`{}` can't be used: {why}", one_line(written))));
            }
            return Ok(place(None, PublishKind::Oci(reference.to_owned())));
        }
        let registries = self.settings.registries.all();
        let known = registries.iter().find(|registry| registry.name == written);
        let is_address = written.contains('/');
        let (index, name) = match known {
            Some(registry) => (registry.index.as_str(), Some(registry.name.clone())),
            None if is_address => (
                written,
                registries.iter().find(|known| known.index == written).map(|known| known.name.clone()),
            ),
            None => {
                let names: Vec<String> = registries.iter().map(|known| format!("`{}`", known.name)).collect();
                let wrong = Diagnostic::error(format!("chefrs.toml has no registry `{}`", one_line(written)));
                return Err(if names.is_empty() {
                    wrong
                        .hint(format!("write `{} = \"URL\"` below `[registries]`", one_line(written)))
                        .hint("or name a place: a directory, `git+https://…`, or `oci://HOST/NAME`")
                } else {
                    wrong.hint(format!("it has {}", list(&names, "and")))
                });
            }
        };
        match IndexPlace::read(index, name.as_deref().unwrap_or_default(), &self.root) {
            IndexPlace::Directory(root) => Ok(place(name, PublishKind::Directory(root))),
            IndexPlace::Git(url) => Ok(place(name, PublishKind::Git(url))),
            IndexPlace::Web(url, _) => Err(Diagnostic::error(format!(
                "nothing can be published at `{url}`: it is read with HTTP alone"
            ))
            .hint("name the directory or the git repository that it is made from: `--to git+ssh://…`")),
        }
    }
}

impl PublishPlace {
    /// Whether names have scopes there.
    #[must_use]
    pub fn needs_scope(&self) -> bool {
        matches!(self.kind, PublishKind::Directory(_) | PublishKind::Git(_))
    }

    /// Publishes a version, reads it again from there, and compares.
    ///
    /// # Errors
    /// It may not go there, it is there already, or the place can't be written.
    pub fn publish(&self, publication: &Publication, directory: &Utf8Path) -> Result<(), Diagnostic> {
        let Publication { name, version, .. } = publication;
        if let Some(allowed) = &publication.registries
            && !self.registry.as_ref().is_some_and(|name| allowed.contains(name))
        {
            let names: Vec<String> = allowed.iter().map(|name| format!("`{name}`")).collect();
            let only = if names.is_empty() {
                "nowhere".to_owned()
            } else {
                format!("to {} alone", list(&names, "and"))
            };
            return Err(Diagnostic::error(format!(
                "`{name}` may go {only}, and not to `{}`",
                one_line(&self.written)
            ))
            .hint("`publish` in its cookbook.toml says so"));
        }
        match &self.kind {
            PublishKind::Oci(reference) => return push(reference, publication),
            PublishKind::Tag => return tag(publication, directory),
            _ => {}
        }
        let archive = format!("{ARCHIVES}/{name}-{version}.tar.zst");
        let line = publication.line(Some(&archive));
        let edit = |mut lines: Vec<String>| {
            for known in versions(name, &lines) {
                if known.version == *version {
                    let wrong = Diagnostic::error(format!(
                        "`{}` has `{name}` {version} already",
                        one_line(&self.written)
                    ));
                    return Err(
                        wrong.hint("a version never changes: give it a new `version` in cookbook.toml")
                    );
                }
            }
            lines.push(line.clone());
            Ok(lines)
        };
        let message = format!("{name} {version}");
        self.edit(name, &message, Some((&archive, &publication.packed)), &edit)?;
        self.verify(publication, &archive)
    }

    /// The newest older version that is there, in the cache. None if there is none.
    ///
    /// # Errors
    /// The place can't be read.
    pub fn previous(&self, name: &str, version: &str) -> Result<Option<Utf8PathBuf>, Diagnostic> {
        let cache = CacheDirectory::of_user()?;
        let mut git = GitFetcher::new(&cache, false);
        let packed = match self.index() {
            Some(place) => {
                let text = place.text(name, &mut git, (&cache, false))?.unwrap_or_default();
                let lines: Vec<String> = text.lines().map(str::to_owned).collect();
                let older = versions(name, &lines).into_iter();
                let older = older.filter(|known| is_newer(version, &known.version));
                let Some(line) = older.max_by(|one, other| by_age(&one.version, &other.version)) else {
                    return Ok(None);
                };
                place.archive(&line.source, &mut git)?
            }
            None => {
                let PublishKind::Oci(reference) = &self.kind else { return Ok(None) };
                let mut client = OciClient::default();
                let tags = client.tags(reference)?.unwrap_or_default();
                let older = tags.iter().map(|tag| version_of(tag)).filter(|known| is_newer(version, known));
                let Some(newest) =
                    older.filter(|known| is_version(known)).max_by(|one, other| by_age(one, other))
                else {
                    return Ok(None);
                };
                let found = client.cookbook(reference, &tag_of(&newest))?;
                let Some(found) = found else { return Ok(None) };
                client.layer(reference, &found)?
            }
        };
        let files = super::archive::unpack(&packed).map_err(|why| {
            Diagnostic::error(format!(
                "the version before can't be read from `{}`: {why}",
                one_line(&self.written)
            ))
        })?;
        Ok(Some(cache.tree(&cache.put(&files)?)))
    }

    /// The place as an index that can be read. None for an OCI registry.
    fn index(&self) -> Option<IndexPlace> {
        match &self.kind {
            PublishKind::Directory(root) => Some(IndexPlace::Directory(root.clone())),
            PublishKind::Git(url) => Some(IndexPlace::Git(url.clone())),
            PublishKind::Oci(_) | PublishKind::Tag => None,
        }
    }

    /// Marks a version, so that no project takes it any more that has not taken it before. Without a reason, takes the mark
    /// away.
    ///
    /// # Errors
    /// There is no such version, or the place can't be written.
    pub fn yank(&self, name: &str, version: &str, reason: Option<&str>) -> Result<(), Diagnostic> {
        if let PublishKind::Tag = &self.kind {
            let wrong = Diagnostic::error("a tag has no mark that takes it out of use");
            return Err(wrong.hint("remove it, and push that: `git push --delete origin TAG`"));
        }
        if let PublishKind::Oci(reference) = &self.kind {
            return Err(Diagnostic::error(format!(
                "`oci://{reference}` has no marks: what an OCI registry has never changes"
            ))
            .hint(format!("remove the tag `{}` there", tag_of(version))));
        }
        let edit = |lines: Vec<String>| {
            let known = versions(name, &lines);
            if !known.iter().any(|known| known.version == version) {
                let wrong = Diagnostic::error(format!(
                    "`{}` has no version {} of `{}`",
                    one_line(&self.written),
                    one_line(version),
                    one_line(name)
                ));
                let newest = known.iter().max_by(|one, other| by_age(&one.version, &other.version));
                return Err(match newest {
                    Some(newest) => wrong.hint(format!("the newest one is {}", newest.version)),
                    None => wrong.hint("check its name: `acme/nginx`"),
                });
            }
            let marked = |line: String| match serde_json::from_str(&line) {
                Ok(Value::Object(mut values))
                    if values.get("version").and_then(Value::as_str) == Some(version) =>
                {
                    values.insert("yanked".to_owned(), reason.map_or(json!(false), |reason| json!(reason)));
                    Value::Object(values).to_string()
                }
                _ => line,
            };
            Ok(lines.into_iter().map(marked).collect())
        };
        let verb = if reason.is_some() { "yanked" } else { "not yanked any more" };
        self.edit(name, &format!("{name} {version} is {verb}"), None, &edit)
    }

    /// Changes the index, and adds an archive before.
    fn edit(
        &self,
        name: &str,
        message: &str,
        archive: Option<(&str, &[u8])>,
        edit: &IndexEdit<'_>,
    ) -> Result<(), Diagnostic> {
        match &self.kind {
            PublishKind::Directory(root) => {
                let lock = || -> io::Result<File> {
                    let file = OpenOptions::new()
                        .write(true)
                        .create(true)
                        .truncate(false)
                        .open(root.join(".lock"))?;
                    file.lock()?;
                    Ok(file)
                };
                let _held = lock().map_err(|error| self.unwritten(&error))?;
                self.edit_directory(root, name, archive, edit)
            }
            PublishKind::Git(url) => {
                for _ in 0..PUSHES {
                    let clone = WorkingClone::of(url)?;
                    self.edit_directory(clone.directory(), name, archive, edit)?;
                    if clone.push(message)? {
                        return Ok(());
                    }
                }
                Err(Diagnostic::error(format!(
                    "`{url}` was changed by others each time, so nothing was published"
                ))
                .hint("try again"))
            }
            PublishKind::Oci(_) | PublishKind::Tag => Ok(()),
        }
    }

    fn edit_directory(
        &self,
        root: &Utf8Path,
        name: &str,
        archive: Option<(&str, &[u8])>,
        edit: &IndexEdit<'_>,
    ) -> Result<(), Diagnostic> {
        let index = root.join(name);
        let text = match fs::read_to_string(&index) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(self.unwritten(&error)),
        };
        let lines = edit(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect())?;
        let write = || -> io::Result<()> {
            if let Some((path, bytes)) = archive {
                replace(&root.join(path), bytes)?;
            }
            replace(&index, (lines.join("\n") + "\n").as_bytes())
        };
        write().map_err(|error| self.unwritten(&error))
    }

    /// Reads what was published as a project would.
    fn verify(&self, publication: &Publication, archive: &str) -> Result<(), Diagnostic> {
        let cache = CacheDirectory::of_user()?;
        let mut git = GitFetcher::new(&cache, false);
        let Some(place) = self.index() else { return Ok(()) };
        let text = place.text(&publication.name, &mut git, (&cache, false))?.unwrap_or_default();
        let is_listed = text.lines().any(|line| line == publication.line(Some(archive)));
        if is_listed && publication.is_in(&place.archive(archive, &mut git)?) {
            return Ok(());
        }
        Err(differs(&self.written))
    }

    fn unwritten(&self, error: &io::Error) -> Diagnostic {
        Diagnostic::error(format!("`{}` can't be written: {}", one_line(&self.written), plain(error)))
            .hint("a registry is a directory that you may write: make it, or ask its people")
    }
}

fn differs(place: &str) -> Diagnostic {
    Diagnostic::error(format!("what `{}` has now is not what was published", one_line(place)))
        .hint("somebody else changes it at the same time: look at it there")
}

/// The lines of an index that can be read.
fn versions(name: &str, lines: &[String]) -> Vec<IndexLine> {
    let read = |line: &String| IndexLine::read(line, Location::new(name, 1)).ok();
    lines.iter().filter_map(read).collect()
}

/// Writes a file: whole, or nothing of it.
fn replace(path: &Utf8Path, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let mut draft = tempfile::NamedTempFile::new_in(folder)?;
    draft.write_all(bytes)?;
    draft.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    draft.as_file().sync_all()?;
    draft.persist(path).map(drop).map_err(|error| error.error)
}

/// Makes a tag with the signature in its message.
fn tag(publication: &Publication, directory: &Utf8Path) -> Result<(), Diagnostic> {
    let cache = CacheDirectory::of_user()?;
    let Some((clone, subdirectory)) = GitClone::around(&cache, directory)? else {
        let message = format!("`{directory}` is in no git repository, so there can be no tag");
        return Err(Diagnostic::error(message));
    };
    let version = &publication.version;
    let tag = match subdirectory.as_str() {
        "" => format!("v{version}"),
        _ => format!("{}-v{version}", short(&publication.name)),
    };
    clone.tag(&tag, &publication.message())
}

/// Pushes a version to an OCI registry, and reads it again.
fn push(reference: &str, publication: &Publication) -> Result<(), Diagnostic> {
    let mut client = OciClient::default();
    let tag = tag_of(&publication.version);
    if client.cookbook(reference, &tag)?.is_some() {
        let wrong =
            Diagnostic::error(format!("`oci://{reference}` has version {} already", publication.version));
        return Err(wrong.hint("a version never changes: give it a new `version` in cookbook.toml"));
    }
    let config = publication.line(None);
    let annotations = BTreeMap::from([
        ("org.opencontainers.image.title".to_owned(), publication.name.clone()),
        ("org.opencontainers.image.version".to_owned(), publication.version.clone()),
    ]);
    client.push((reference, &tag), config.as_bytes(), &publication.packed, &annotations)?;
    let found = client.cookbook(reference, &tag)?.ok_or_else(|| differs(reference))?;
    let layer = client.layer(reference, &found)?;
    if found.config == config && publication.is_in(&layer) { Ok(()) } else { Err(differs(reference)) }
}
