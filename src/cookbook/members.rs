//! All cookbooks that the declared sources lead to, whoever decides which commit is taken.

use std::collections::{BTreeMap, VecDeque};

use camino::{Utf8Path, Utf8PathBuf};

use super::manifest::{self, Listed};
use super::owners::Owners;
use super::registries::Registries;
use super::scoped_name::{answers_to, scope};
use super::shared_origin::{FetchedOrigin, GitOrigin, GitPick, Origin, SharedSource};
use super::shipped::COOKBOOKS;
use super::source::{Source, plain};
use super::source_address::is_inside;
use crate::model::error::Diagnostic;

/// What is known before anything is looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct SharingGround<'a> {
    /// The directory of the project.
    pub(super) root: &'a Utf8Path,
    pub(super) owners: &'a Owners,
    /// `[cookbooks]` of chefrs.toml.
    pub(super) declared: &'a [SharedSource],
    /// `[override]` of chefrs.toml.
    pub(super) overrides: &'a [SharedSource],
    /// `[registries]` of chefrs.toml.
    pub(super) registries: &'a Registries,
    /// The cookbooks in `cookbooks/`.
    pub(super) on_disk: &'a BTreeMap<String, Listed>,
}

impl SharingGround<'_> {
    /// The sources that the project itself names, each with what a path in it begins at.
    pub(super) fn declared_sources(&self) -> Vec<(SharedSource, MemberPlace)> {
        let project = MemberPlace::Directory(self.root.to_owned(), String::new());
        let mut found: Vec<(SharedSource, MemberPlace)> =
            self.declared.iter().map(|source| (source.clone(), project.clone())).collect();
        for (name, listed) in self.on_disk {
            let place = match &listed.cookbook.source {
                // The directory of the project is a cookbook itself.
                Source::Directory { label, .. } if label.is_empty() => project.clone(),
                _ => {
                    let written = format!("{COOKBOOKS}/{name}");
                    MemberPlace::Directory(self.root.join(&written), written)
                }
            };
            found.extend(listed.sources.iter().map(|source| (source.clone(), place.clone())));
        }
        found
    }
}

/// Finds the files of a cookbook that is fetched.
pub(super) trait ContentFinder {
    /// The files for the first who asks for it.
    fn find(&mut self, asked: &SharedSource, origin: &FetchedOrigin) -> Result<FoundContent, Diagnostic>;

    /// Whether they are right for another who asks for it too.
    fn agree(&mut self, asked: &SharedSource, origin: &FetchedOrigin) -> Result<(), Diagnostic>;

    /// Whether they are right for all who ask.
    fn settled(&self, askers: &[(SharedSource, MemberPlace)]) -> Result<(), Diagnostic>;
}

/// Files of a cookbook that is fetched.
#[derive(Debug, Clone, Default)]
pub(super) struct FoundContent {
    pub(super) directory: Utf8PathBuf,
    /// The directory as messages show it.
    pub(super) label: String,
    /// The commit, or the digest of the manifest in an OCI registry. Empty for others.
    pub(super) exact: String,
    pub(super) sum: String,
}

/// A cookbook that was found.
#[derive(Debug)]
pub(super) struct SharedMember {
    pub(super) listed: Listed,
    pub(super) place: MemberPlace,
    /// All who ask for it, each with the place that it names.
    pub(super) askers: Vec<(SharedSource, MemberPlace)>,
}

/// Where it is.
#[derive(Debug, Clone)]
pub(super) enum MemberPlace {
    /// A directory: its real path, and as it was written.
    Directory(Utf8PathBuf, String),
    /// A place that files are fetched from, and what was found there.
    Fetched(FetchedOrigin, Option<FoundContent>),
}

impl SharedMember {
    /// Its place, and its name if that has a scope, for messages.
    fn shown(&self) -> String {
        match scope(&self.listed.full_name) {
            Some(_) => format!("`{}` of {}", self.listed.full_name, self.place.shown()),
            None => self.place.shown(),
        }
    }
}

impl MemberPlace {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Directory(one, _), Self::Directory(two, _)) => one == two,
            (Self::Fetched(one, _), Self::Fetched(two, _)) => one.is_same_place(two),
            _ => false,
        }
    }

    pub(super) fn shown(&self) -> String {
        match self {
            Self::Directory(_, written) => format!("`{written}`"),
            Self::Fetched(origin, _) => origin.shown(),
        }
    }
}

/// Follows all sources. Mistakes go to `wrong`.
pub(super) fn members(
    ground: &SharingGround<'_>,
    finder: &mut dyn ContentFinder,
    wrong: &mut Vec<Diagnostic>,
) -> BTreeMap<String, SharedMember> {
    let mut found = BTreeMap::<String, SharedMember>::new();
    let mut waiting: VecDeque<(SharedSource, MemberPlace)> = ground.declared_sources().into();
    while let Some((asked, base)) = waiting.pop_front() {
        let place = asked.location.clone();
        let taken = take(ground, finder, (asked, &base), &mut found, &mut waiting);
        if let Err(mut mistake) = taken {
            mistake.location.get_or_insert(place);
            // What is wrong with the lock or a repository is told once, not for each cookbook.
            if wrong.iter().all(|known| known.message != mistake.message) {
                wrong.push(mistake);
            }
        }
    }
    for member in found.values() {
        wrong.extend(finder.settled(&member.askers).err());
        let version = &member.listed.cookbook.version;
        for (asked, _) in member.askers.iter().filter(|(asked, _)| !asked.version.allows(version)) {
            let message = format!(
                "{} asks for `{}` {}, but its version is {version}",
                asked.by, asked.name, asked.version
            );
            let other = member.askers.iter().find(|(other, _)| other.by != asked.by);
            let mut mistake = asked.wrong(message);
            mistake.notes.extend(
                other.map(|(other, _)| format!("{} asks for it too, at {}", other.by, other.location)),
            );
            wrong.push(
                mistake.hint(
                    "change the range, or what else asks for it; a project has one version of a cookbook",
                ),
            );
        }
    }
    found
}

fn take(
    ground: &SharingGround<'_>,
    finder: &mut dyn ContentFinder,
    (asked, base): (SharedSource, &MemberPlace),
    found: &mut BTreeMap<String, SharedMember>,
    waiting: &mut VecDeque<(SharedSource, MemberPlace)>,
) -> Result<(), Diagnostic> {
    let place = place_of(ground, &asked, base)?;
    let key = asked.key();
    if let Some(own) = ground.on_disk.get(&key) {
        let is_same = matches!((&own.cookbook.source, &place), (Source::Directory { root, .. }, MemberPlace::Directory(real, _)) if root == real);
        let own = format!("`{COOKBOOKS}/{key}`");
        return if is_same { Ok(()) } else { Err(two(&asked, &place, &own, None)) };
    }
    if let Some(member) = found.get_mut(&key) {
        if !member.place.is_same(&place) || !answers_to(&member.listed.full_name, &asked.name) {
            let first = member.askers.first().map(|(first, _)| first);
            return Err(two(&asked, &place, &member.shown(), first));
        }
        member.askers.push((asked.clone(), place.clone()));
        return match &place {
            MemberPlace::Fetched(origin, _) => finder.agree(&asked, origin),
            MemberPlace::Directory(..) => Ok(()),
        };
    }
    let (directory, label, place) = match place {
        MemberPlace::Directory(real, written) => {
            ground.owners.check_path(&real, &written)?;
            (real.clone(), written.clone(), MemberPlace::Directory(real, written))
        }
        MemberPlace::Fetched(origin, _) => {
            let content = finder.find(&asked, &origin)?;
            let place = MemberPlace::Fetched(origin, Some(content.clone()));
            (content.directory, content.label, place)
        }
    };
    let source = Source::Directory { root: directory, label, owners: ground.owners.clone(), typed: None };
    if !source.has(manifest::FILE) {
        let message = format!("there is no cookbook for `{}` in {}", asked.alias, place.shown());
        return Err(asked.wrong(message).hint(match &place {
            MemberPlace::Directory(..) => "the path is that of the directory with `cookbook.toml`",
            MemberPlace::Fetched(FetchedOrigin::Git(_), _) => {
                "`subdirectory` names the directory with `cookbook.toml`"
            }
            MemberPlace::Fetched(..) => "`cookbook.toml` is in the root of what is published",
        }));
    }
    let listed = manifest::read_shared(&asked, source).map_err(|mut mistakes| mistakes.0.remove(0))?;
    waiting.extend(listed.sources.iter().map(|source| (source.clone(), place.clone())));
    found.insert(key, SharedMember { listed, place: place.clone(), askers: vec![(asked, place)] });
    Ok(())
}

/// The place that a source names. A path begins at the one who declares it.
pub(super) fn place_of(
    ground: &SharingGround<'_>,
    asked: &SharedSource,
    base: &MemberPlace,
) -> Result<MemberPlace, Diagnostic> {
    let replaced = ground.overrides.iter().find(|replaced| answers_to(&asked.name, &replaced.name));
    let project = MemberPlace::Directory(ground.root.to_owned(), String::new());
    let (origin, base) = replaced.map_or((&asked.origin, base), |replaced| (&replaced.origin, &project));
    let asked = replaced.unwrap_or(asked);
    match (origin, base) {
        (Origin::Fetched(origin), _) => Ok(MemberPlace::Fetched(origin.clone(), None)),
        (Origin::OfScope, _) => {
            let scope = scope(&asked.name).unwrap_or_default();
            let registry = ground.registries.of_scope(scope).ok_or_else(|| {
                asked
                    .wrong(format!("no registry is known for the scope `{scope}` of `{}`", asked.name))
                    .note(format!("{} asks for it", asked.by))
                    .hint(format!("write it to chefrs.toml: `[registries]`, and below it `{scope} = \"URL\"` or `default = \"URL\"`"))
            })?;
            Ok(MemberPlace::Fetched(FetchedOrigin::Registry(registry.index.clone()), None))
        }
        (Origin::Path(path), MemberPlace::Directory(directory, written)) => {
            let real = directory.join(path).canonicalize_utf8().map_err(|error| {
                asked
                    .wrong(format!("`{path}` can't be used as a cookbook: {}", plain(&error)))
                    .hint("a relative path begins in the directory of the file that names it")
            })?;
            let shown = if written.is_empty() { path.clone() } else { format!("{written}/{path}") };
            Ok(MemberPlace::Directory(real, shown))
        }
        (
            Origin::Path(_),
            MemberPlace::Fetched(
                FetchedOrigin::Registry(_) | FetchedOrigin::Oci(_) | FetchedOrigin::Archive(_),
                _,
            ),
        ) => {
            let message = format!("{} names a path, but it does not come from a repository", asked.by);
            Err(asked.wrong(message).hint("its author must name a registry or a repository instead"))
        }
        (Origin::Path(path), MemberPlace::Fetched(FetchedOrigin::Git(origin), content)) => {
            let subdirectory = beside(&origin.subdirectory, path).ok_or_else(|| {
                asked
                    .wrong(format!("`{path}` leads out of the repository of {}", asked.by))
                    .hint("a cookbook that is fetched may name a path in its own repository alone")
            })?;
            let commit = content.as_ref().map(|content| content.exact.clone()).unwrap_or_default();
            let origin = GitOrigin { url: origin.url.clone(), subdirectory, pick: GitPick::Beside(commit) };
            Ok(MemberPlace::Fetched(FetchedOrigin::Git(origin), None))
        }
    }
}

/// A path from a directory of a repository. None if it leads out of it.
fn beside(directory: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    if path.starts_with('/') {
        return None;
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    is_inside(&joined).then_some(joined)
}

pub(super) fn two(
    asked: &SharedSource,
    place: &MemberPlace,
    other: &str,
    first: Option<&SharedSource>,
) -> Diagnostic {
    let shown = match scope(&asked.name) {
        Some(_) => format!("`{}` of {}", asked.name, place.shown()),
        None => place.shown(),
    };
    let message = format!("two cookbooks are called `{}`: {other}, and {shown}", asked.key());
    let mut mistake = asked.wrong(message);
    mistake
        .notes
        .extend(first.map(|first| format!("{} names the first one, at {}", first.by, first.location)));
    mistake.hint("a project has one cookbook of a name: leave out one of them").hint(format!(
        "or put one into the place of both: `[override]`, `{} = {{ path = \"…\" }}`",
        asked.key()
    ))
}
