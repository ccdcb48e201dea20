//! The files of fetched cookbooks as `chefrs.lock` says, from `vendor/` or the cache. Nothing is fetched.

use camino::Utf8Path;

use super::cache::CacheDirectory;
use super::lock_file::{FILE, LockFile, LockedVersion};
use super::members::{ContentFinder, FoundContent, MemberPlace};
use super::scoped_name::short;
use super::shared_origin::{FetchedOrigin, GitPick, SharedSource};
use super::tree_sum::sum_of_directory;
use crate::model::error::Diagnostic;

/// Directory of copies in the project.
pub(super) const VENDOR: &str = "vendor";

/// Finds files by the lock.
pub(super) struct LockedContent<'a> {
    pub(super) root: &'a Utf8Path,
    /// None: there is no file.
    pub(super) lock: Option<LockFile>,
    /// Whether a changed copy in `vendor/` is an error. Otherwise it does not count.
    pub(super) strict: bool,
}

impl LockedContent<'_> {
    /// The whole name of a cookbook.
    fn full_name(&self, asked: &str) -> String {
        let entry = self.lock.as_ref().and_then(|lock| lock.entries.get(&short(asked)));
        entry.map_or_else(|| asked.to_owned(), |entry| entry.name.clone())
    }

    fn entry(&self, asked: &SharedSource, origin: &FetchedOrigin) -> Result<&LockedVersion, Diagnostic> {
        let Some(lock) = &self.lock else {
            let wrong = Diagnostic::error(format!(
                "there is no {FILE}, so it is not known which versions of the cookbooks are taken"
            ));
            return Err(wrong.at(asked.location.clone()).hint("`chefrs fetch` makes it; commit it then"));
        };
        let Some(entry) = lock.fetched(&asked.name) else {
            let message = format!("{FILE} does not know the cookbook `{}`", asked.name);
            return Err(asked.wrong(message).hint("`chefrs fetch` adds it"));
        };
        if entry.fits(asked, origin) {
            return Ok(entry);
        }
        Err(another(asked, entry))
    }
}

fn another(asked: &SharedSource, entry: &LockedVersion) -> Diagnostic {
    let mistake = asked.wrong(format!("{FILE} has another `{}` than {} asks for", asked.name, asked.by));
    mistake
        .note(format!("it has version {} of {}", entry.version, entry.shown()))
        .hint(format!("`chefrs update {}` changes it", asked.name))
}

impl ContentFinder for LockedContent<'_> {
    fn find(&mut self, asked: &SharedSource, origin: &FetchedOrigin) -> Result<FoundContent, Diagnostic> {
        let entry = self.entry(asked, origin)?;
        if let Some(found) = content(self.root, &self.full_name(&asked.name), entry, self.strict)? {
            return Ok(found);
        }
        let message = format!("the cookbook `{}` {} was not fetched yet", asked.name, entry.version);
        Err(asked.wrong(message).hint("`chefrs fetch` does it"))
    }

    fn agree(&mut self, asked: &SharedSource, origin: &FetchedOrigin) -> Result<(), Diagnostic> {
        self.entry(asked, origin).map(drop)
    }

    fn settled(&self, askers: &[(SharedSource, MemberPlace)]) -> Result<(), Diagnostic> {
        let Some((asked, _)) = askers.first() else { return Ok(()) };
        let Some(entry) = self.lock.as_ref().and_then(|lock| lock.fetched(&asked.name)) else {
            return Ok(());
        };
        let names = |place: &MemberPlace| matches!(place, MemberPlace::Fetched(origin, _) if origin.pick() == entry.origin.pick());
        // A tag, a branch or a commit counts only as long as somebody names it.
        let is_asked =
            *entry.origin.pick() == GitPick::Version || askers.iter().any(|(_, place)| names(place));
        let is_path = matches!(askers.first(), Some((_, MemberPlace::Directory(..))));
        if is_asked || is_path { Ok(()) } else { Err(another(asked, entry)) }
    }
}

/// The files of an entry, if they are there: in `vendor/` or in the cache.
///
/// # Errors
/// They differ from their sum. If it is not `strict`, a copy in `vendor/` that differs does not count.
pub(super) fn content(
    root: &Utf8Path,
    name: &str,
    entry: &LockedVersion,
    strict: bool,
) -> Result<Option<FoundContent>, Diagnostic> {
    let vendored = format!("{VENDOR}/{name}");
    let in_project = root.join(&vendored);
    if in_project.symlink_metadata().is_ok() {
        match verified(name, entry, &in_project, vendored) {
            Err(_) if !strict => {}
            Err(wrong) => {
                return Err(wrong
                    .hint("`chefrs vendor` writes it anew")
                    .hint("a cookbook that is changed for this project belongs into `cookbooks/`"));
            }
            found => return found,
        }
    }
    let place = CacheDirectory::of_user()?.tree(&entry.sum);
    verified(name, entry, &place, format!("{name}@{}", entry.version))
        .map_err(|wrong| wrong.hint("`chefrs fetch` puts it right"))
}

fn verified(
    name: &str,
    entry: &LockedVersion,
    directory: &Utf8Path,
    label: String,
) -> Result<Option<FoundContent>, Diagnostic> {
    // The directory in the cache is made with a rename, so it is there as a whole.
    let Ok(real) = directory.canonicalize_utf8() else { return Ok(None) };
    let why = match sum_of_directory(&real) {
        Ok(sum) if sum == entry.sum => {
            let exact = entry.exact.clone();
            return Ok(Some(FoundContent { directory: real, label, exact, sum }));
        }
        Ok(_) => "its files have another sum".to_owned(),
        Err(why) => why,
    };
    let wrong = Diagnostic::error(format!("the cookbook `{name}` is not what {FILE} says: {why}"));
    Err(wrong.note(format!("it is in `{directory}`")))
}
