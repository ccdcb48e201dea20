//! `source`: a package file on the machine.

use camino::Utf8Path;

use super::declared::DeclaredPackages;
use super::item::Wanted;
use crate::model::content::AbsolutePath;
use crate::model::error::Failure;
use crate::model::known::Stop;
use crate::model::package_manager::{FilePackage, PackageFiles};
use crate::model::query::{End, FileKind, Query};
use crate::model::step::Command;
use crate::provider::trust;

/// Fails for text that is no path of a package file.
///
/// # Errors
/// What is wrong, and what to declare.
pub(super) fn check(source: &str) -> Result<(), Failure> {
    if source.contains("://") {
        return Err(Failure::new(format!("`source` takes a file of the machine, not the address `{source}`")).hint(
            "download it first: remote_file \"/var/cache/NAME\" { source = … }, and give that path to `source`",
        ));
    }
    if !source.starts_with('/') {
        return Err(Failure::new(format!(
            "`source` takes an absolute path, not `{}`",
            source.escape_debug()
        ))
        .hint("for a file of the cookbook: cookbook_file \"/var/cache/NAME\" { source = … }, and give that path to `source`"));
    }
    AbsolutePath::parse(source).map_err(Failure::new)?;
    if source.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` can't be given to a package manager", source.escape_debug()))
        .hint("the path of a package file has only letters, digits and marks of ASCII, and no space"))
}

/// What is asked in any case.
pub(super) fn observe(source: &str) -> Vec<Query> {
    let path = Utf8Path::new(source);
    trust::observe(path).chain([Query::Resolve(path.to_owned())]).collect()
}

impl DeclaredPackages<'_> {
    /// What has to be done so that the package of a file is there.
    ///
    /// # Errors
    /// There is no such file, it holds another package, or somebody else may write it; an answer is missing.
    pub(super) fn wanted_from_file(&self, source: &str) -> Result<Vec<Wanted>, Stop> {
        let name = self.names.first().copied().unwrap_or_default();
        self.known.want(observe(source).into_iter().chain([self.query(name)]))?;
        let file = self.read(Utf8Path::new(source))?;
        if file.name != self.manager.name_of(name) {
            return Err(Failure::impossible(format!(
                "`{source}` holds the package `{}`, not `{name}`",
                file.name
            ))
            .hint(format!(
                "declare it by its own name: package \"{}\" {{ source = \"{source}\" }}",
                file.name
            ))
            .into());
        }
        let version = file.version.as_str();
        if let Some(declared) = self.version
            && !(self.manager.versions.fits)(declared, version)
        {
            return Err(Failure::impossible(format!(
                "`{source}` holds `{name}` in the version {version}, not `{declared}`"
            ))
            .into());
        }
        let state = self.state(name)?;
        let was = state.version.as_deref();
        let is_older = |was: &str| (self.manager.versions.compare)(version, was).is_lt();
        if self.action == "upgrade" && was.is_some_and(is_older) {
            return Ok(Vec::new());
        }
        let Some(mut one) = self.moved(name, version, was) else { return Ok(Vec::new()) };
        self.require_may(&one, &state)?;
        source.clone_into(&mut one.argument);
        one.from = Some(source.to_owned());
        Ok(vec![one])
    }

    /// The package that a file holds.
    fn read(&self, path: &Utf8Path) -> Result<FilePackage, Stop> {
        let manager = self.manager.name;
        let Some(files) = &self.manager.commands.files else {
            return Err(Failure::impossible(format!("{manager} installs no package files"))
                .hint("bring the package by a package source")
                .into());
        };
        if !files.endings.iter().any(|ending| path.as_str().contains(ending)) {
            return Err(Failure::impossible(format!(
                "`{path}` is not named like a package file of {manager}"
            ))
            .hint(format!("its name ends in `{}`", files.endings.join("` or `")))
            .into());
        }
        match self.known.resolve(path)? {
            Some(stat) if stat.kind == FileKind::File => {}
            Some(stat) => {
                let noun = stat.kind.noun();
                return Err(Failure::impossible(format!("`{path}` is {noun}, not a package file")).into());
            }
            None => {
                return Err(Failure::new(format!("there is no package file `{path}`"))
                    .hint("bring it before this resource: remote_file or cookbook_file")
                    .into());
            }
        }
        if let Some(stranger) = trust::untrusted(path, None, self.known)? {
            let user = trust::runner(None, self.known)?;
            return Err(Failure::impossible(format!(
                "`{path}` would be installed as `{user}`, and {}",
                stranger.words
            ))
            .hint("it and the directories above it must be root's alone: `chown root`, `chmod go-w`")
            .into());
        }
        let command = reader(files, path);
        let result = self.known.command(&command)?;
        let told = if result.end == End::Exit(0) { (files.parse)(&result.stdout) } else { None };
        told.ok_or_else(|| {
            let mut failure = Failure::impossible(format!("{manager} can't read the package file `{path}`"));
            failure.details.extend(result.stderr.lines().map(str::to_owned));
            failure.into()
        })
    }
}

/// The command that tells which package a file holds.
fn reader(files: &PackageFiles, path: &Utf8Path) -> Command {
    let words = files.read.iter().map(|word| (*word).to_owned()).chain([path.to_string()]);
    Command { tells_of_file: true, ..Command::new(words) }
}
