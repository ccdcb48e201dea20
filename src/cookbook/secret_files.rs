//! The encrypted files of a project: `secrets/NAME.age` for all nodes, `secrets/groups/GROUP/NAME.age`, and
//! `secrets/nodes/NODE/NAME.age`. Files in the format of SOPS lie in the same folders: `NAME.sops.yaml`.
//!
//! `recipients.txt` in a folder lists the public keys for which its files are encrypted. A folder without one uses that
//! of `secrets/`.

use std::fmt;
use std::io;

use super::Project;
use super::path::whole;
use super::secret_name::is_file_like;
use super::source::{self, FoundFile, plain};
use crate::model::collection::deferred::secret_key;
use crate::model::error::{Diagnostic, Diagnostics};

/// The folder with all of them.
const FOLDER: &str = "secrets";
/// The list of public keys in a folder.
const RECIPIENTS: &str = "recipients.txt";
/// Ending of an encrypted file.
const AGE: &str = ".age";
/// Endings of files in the format of SOPS.
const SOPS: &[&str] = &[".sops.yaml", ".sops.yml", ".sops.json", ".sops.env"];
/// Endings of files that other tools or people put here. They are reported, because chefrs would ignore them.
const FOREIGN: &[&str] = &["yaml", "yml", "json", "env", "gpg", "asc", "enc", "key", "pem", "toml"];
/// Most bytes of a file.
const LIMIT: u64 = 1024 * 1024;
/// Most files in a folder.
const FILES: usize = 10_000;

/// Whom a secret is for. The smaller comes first, where a node has a secret from several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretPlace {
    Node(String),
    Group(String),
    All,
}

impl SecretPlace {
    /// Its folder in the project.
    #[must_use]
    pub fn folder(&self) -> String {
        match self {
            Self::Node(node) => format!("{FOLDER}/nodes/{node}"),
            Self::Group(group) => format!("{FOLDER}/groups/{group}"),
            Self::All => FOLDER.to_owned(),
        }
    }

    /// The path of an encrypted file in it.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        format!("{}/{name}{AGE}", self.folder())
    }

    /// The path of its own list of public keys.
    #[must_use]
    pub fn recipients(&self) -> String {
        format!("{}/{RECIPIENTS}", self.folder())
    }

    /// The options that name it, with a space before them.
    #[must_use]
    pub fn options(&self) -> String {
        match self {
            Self::Node(node) => format!(" --node {node}"),
            Self::Group(group) => format!(" --group {group}"),
            Self::All => String::new(),
        }
    }

    /// Whether its name can be that of a folder.
    fn is_sound(&self) -> bool {
        match self {
            Self::Node(name) | Self::Group(name) => is_file_like(name),
            Self::All => true,
        }
    }
}

impl fmt::Display for SecretPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => write!(f, "node `{node}`"),
            Self::Group(group) => write!(f, "group `{group}`"),
            Self::All => f.write_str("all nodes"),
        }
    }
}

/// How a file is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretForm {
    /// As age does, one secret in a file.
    Age,
    /// As SOPS does, any number of secrets by name.
    Sops,
}

/// An encrypted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    pub place: SecretPlace,
    /// Its name without the ending: the name of the secret, if it holds one.
    pub name: String,
    /// Its path in the project.
    pub path: String,
    pub form: SecretForm,
}

impl Project {
    /// The encrypted files of a place, sorted by name. None if there is no such folder.
    ///
    /// # Errors
    /// All files with a name that is not read, and two files for the same secret.
    pub fn secret_files(&self, place: &SecretPlace) -> Result<Vec<SecretFile>, Diagnostics> {
        if !place.is_sound() {
            return Ok(Vec::new());
        }
        let mut files: Vec<SecretFile> = Vec::new();
        let mut wrong = Vec::new();
        for name in self.names_in(&place.folder())? {
            match secret_file(place, &name) {
                Ok(None) => {}
                Ok(Some(file)) => {
                    let same = |other: &&SecretFile| {
                        other.form == SecretForm::Age && secret_key(&other.name) == secret_key(&file.name)
                    };
                    if file.form == SecretForm::Age
                        && let Some(other) = files.iter().find(same)
                    {
                        wrong.push(
                            Diagnostic::error(format!(
                                "`{}` and `{}` are the same secret",
                                other.path, file.path
                            ))
                            .note(
                                "`-`, `.` and `_` are the same in the name of a secret, and so are capitals",
                            )
                            .hint("remove one of them"),
                        );
                    }
                    files.push(file);
                }
                Err(mistake) => wrong.push(mistake),
            }
        }
        if wrong.is_empty() { Ok(files) } else { Err(Diagnostics(wrong)) }
    }

    /// All places with a folder: nodes, groups, and that of all nodes.
    ///
    /// # Errors
    /// A folder can't be listed.
    pub fn secret_places(&self) -> Result<Vec<SecretPlace>, Diagnostics> {
        let nodes = self.names_in(&format!("{FOLDER}/nodes"))?.into_iter().map(SecretPlace::Node);
        let groups = self.names_in(&format!("{FOLDER}/groups"))?.into_iter().map(SecretPlace::Group);
        let is_there = |place: &SecretPlace| self.root.join(place.folder()).is_dir();
        Ok(nodes.chain(groups).chain([SecretPlace::All]).filter(is_there).collect())
    }

    /// The bytes of an encrypted file.
    ///
    /// # Errors
    /// It can't be read, is larger than 1 MiB, is a link out of the project, or another user can write it.
    pub fn secret_bytes(&self, path: &str) -> Result<Vec<u8>, Diagnostic> {
        let unreadable = |error: &io::Error| {
            Diagnostic::error(format!("the file can't be read: {}", plain(error))).at(whole(path))
        };
        let Some(FoundFile::Disk { path: real, .. }) = self.own.source.find(path)? else {
            return Err(unreadable(&io::ErrorKind::NotFound.into()));
        };
        let bytes = source::read(&real, LIMIT + 1).map_err(|error| unreadable(&error))?;
        if bytes.len() as u64 > LIMIT {
            let wrong = Diagnostic::error(format!("the file is larger than {} MiB", LIMIT / 1024 / 1024));
            return Err(wrong.at(whole(path)).hint("a secret is small: a password, a key, a certificate"));
        }
        Ok(bytes)
    }

    /// The list of public keys for a place, with its path: its own, or that of all nodes. None if there is neither.
    ///
    /// # Errors
    /// As [`Self::secret_bytes`].
    pub fn recipients_text(&self, place: &SecretPlace) -> Result<Option<(String, String)>, Diagnostic> {
        for path in [place.recipients(), SecretPlace::All.recipients()] {
            if let Some(text) = self.own.source.text(&path)? {
                return Ok(Some((path, text.into_owned())));
            }
        }
        Ok(None)
    }

    /// Names in a folder, sorted, without hidden files.
    fn names_in(&self, folder: &str) -> Result<Vec<String>, Diagnostic> {
        let wrong = |error: &io::Error| {
            Diagnostic::error(format!("the directory can't be listed: {}", plain(error))).at(whole(folder))
        };
        // A link that leads out of the project is refused, as for a file.
        let Some(real) = self.own.source.resolve(&self.root, folder)? else { return Ok(Vec::new()) };
        let entries = match real.read_dir_utf8() {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(Vec::new()),
            Err(error) => return Err(wrong(&error)),
        };
        let mut names = Vec::new();
        for entry in entries.take(FILES) {
            let name = entry.map_err(|error| wrong(&error))?.file_name().to_owned();
            if !name.starts_with('.') {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }
}

/// The file with this name. None if it is something else.
fn secret_file(place: &SecretPlace, file: &str) -> Result<Option<SecretFile>, Diagnostic> {
    let path = format!("{}/{file}", place.folder());
    let found = |name: &str, form| {
        Ok(Some(SecretFile { place: place.clone(), name: name.to_owned(), path: path.clone(), form }))
    };
    if let Some(name) = SOPS.iter().find_map(|ending| file.strip_suffix(ending)) {
        return found(name, SecretForm::Sops);
    }
    if let Some(name) = file.strip_suffix(AGE) {
        if is_file_like(name) {
            return found(name, SecretForm::Age);
        }
        let wrong = Diagnostic::error(format!("`{}` can't be the name of a secret", name.escape_debug()));
        return Err(wrong.at(whole(path)).hint("rename it: letters, digits, `_`, `-` and `.`"));
    }
    match file.rsplit_once('.') {
        Some((name, ending)) if FOREIGN.contains(&ending) => {
            Err(Diagnostic::error("the file is not read: by its name, it is not encrypted for chefrs")
                .at(whole(path))
                .hint(format!(
                    "store what it holds with `chefrs secret set {name}{}`, and remove it",
                    place.options()
                ))
                .hint("a file in the format of SOPS is called `NAME.sops.yaml`, `.sops.json` or `.sops.env`"))
        }
        _ => Ok(None),
    }
}
