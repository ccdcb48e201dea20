//! The private keys of the person who runs chefrs, which open encrypted files.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;

use age::secrecy::{ExposeSecret as _, SecretString};
use age::ssh;
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::process::geteuid;
use zeroize::Zeroizing;

use super::addressee::Addressee;
use crate::cookbook::Project;
use crate::model::english::list;
use crate::model::variables::HOME;

/// Where keys are looked for, if `chefrs.toml` names no other places. The first is where `chefrs secret keygen` writes.
const PLACES: [&str; 3] = ["~/.config/chefrs/identity.txt", "~/.ssh/id_ed25519", "~/.ssh/id_rsa"];
/// Most bytes of a file with keys.
const LIMIT: u64 = 64 * 1024;
/// The permissions of anybody but the owner.
const OF_OTHERS: u32 = 0o077;
/// Begin of a private key of age.
const AGE: &str = "AGE-SECRET-KEY-";

/// A private key.
struct PrivateKey {
    key: Box<dyn age::Identity + Send + Sync>,
    /// The public key, as a line.
    public: String,
    /// Its file, as it is written.
    origin: String,
}

/// A private key with a passphrase.
pub struct LockedKey {
    key: ssh::EncryptedKey,
    public: String,
    origin: String,
}

impl LockedKey {
    /// Its file, as it is written in `chefrs.toml`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

/// The keys that were found, and what was wrong with others.
#[derive(Default)]
pub struct Identities {
    keys: Vec<PrivateKey>,
    locked: Vec<LockedKey>,
    /// Files that are not used, a sentence for each.
    refused: Vec<String>,
    places: Vec<String>,
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.public_keys()).finish()
    }
}

/// Why a file with keys is not used.
struct Refused(String);

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        let text = error.to_string();
        Self(format!(
            "it can't be read: {}",
            text.split(" (os error").next().unwrap_or_default().to_lowercase()
        ))
    }
}

impl Identities {
    /// Reads the files that `chefrs.toml` names, or those in the usual places. Files that don't exist are left out.
    #[must_use]
    pub fn of(project: &Project) -> Self {
        let named = project.secret_settings().identities.as_ref().map(|set| set.value.clone());
        let mut found =
            Self { places: named.unwrap_or_else(|| PLACES.map(str::to_owned).to_vec()), ..Self::default() };
        for origin in found.places.clone() {
            let path = path(&origin, project.root());
            let read = match path.as_deref().map(text) {
                None => Err(Refused(format!("{} is not set", HOME.name))),
                Some(Ok(None)) => continue,
                Some(Ok(Some(text))) => found.add(&text, &origin),
                Some(Err(refused)) => Err(refused),
            };
            if let Err(Refused(why)) = read {
                found.refused.push(format!("`{origin}` is not used: {why}"));
            }
        }
        found
    }

    /// Where a new key is written: the first place.
    #[must_use]
    pub fn first_place(project: &Project) -> Option<Utf8PathBuf> {
        let named = project.secret_settings().identities.as_ref();
        let origin = named.map_or(Some(PLACES[0]), |set| set.value.first().map(String::as_str))?;
        path(origin, project.root())
    }

    /// Adds the keys in the text of a file.
    fn add(&mut self, text: &str, origin: &str) -> Result<(), Refused> {
        if text.starts_with("-----BEGIN AGE ENCRYPTED FILE") || text.starts_with("age-encryption.org/") {
            return Err(Refused(
                "it is encrypted itself, and only keys of SSH may have a passphrase".to_owned(),
            ));
        }
        if text.starts_with("-----BEGIN") {
            return self.add_ssh(text, origin);
        }
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let key: age::x25519::Identity = line.parse().map_err(|_| {
                // The line may be most of a key, so it is not shown.
                Refused(format!("it has a line that is no private key: `{AGE}1…`"))
            })?;
            let public = key.to_public().to_string();
            self.keys.push(PrivateKey { key: Box::new(key), public, origin: origin.to_owned() });
        }
        Ok(())
    }

    fn add_ssh(&mut self, text: &str, origin: &str) -> Result<(), Refused> {
        let refused = |why: &str| Refused(why.to_owned());
        let key = ssh::Identity::from_buffer(text.as_bytes(), None)
            .map_err(|_| refused("it is no private key of SSH that is known here"))?;
        if let ssh::Identity::Unsupported(_) = key {
            return Err(refused("a key of its type can't open files: only those of ed25519 and RSA do"));
        }
        let public = ssh::Recipient::try_from(key.clone())
            .map_err(|_| refused("a key of its type can't open files: only those of ed25519 and RSA do"))?
            .to_string();
        let origin = origin.to_owned();
        match key {
            ssh::Identity::Encrypted(key) => self.locked.push(LockedKey { key, public, origin }),
            key => self.keys.push(PrivateKey { key: Box::new(key), public, origin }),
        }
        Ok(())
    }

    /// The public keys of those that can open files, as lines for `recipients.txt`.
    #[must_use]
    pub fn public_keys(&self) -> Vec<String> {
        let locked = self.locked.iter().map(|key| key.public.clone());
        self.keys.iter().map(|key| key.public.clone()).chain(locked).collect()
    }

    /// A file that only a key with a passphrase opens, for some of the keys that it is for: that key.
    #[must_use]
    pub fn locked_for(&self, addressees: &[Addressee]) -> Option<&LockedKey> {
        let opens = |public: &str| Addressee::of_ssh(public).is_some_and(|own| addressees.contains(&own));
        if self.keys.iter().any(|key| opens(&key.public)) {
            return None;
        }
        self.locked.iter().find(|key| opens(&key.public))
    }

    /// Whether there is a key with a passphrase that was not given.
    #[must_use]
    pub fn has_locked(&self) -> bool {
        !self.locked.is_empty()
    }

    /// Opens a key with its passphrase. Returns whether it was the right one.
    pub fn unlock(&mut self, origin: &str, passphrase: String) -> bool {
        let Some(index) = self.locked.iter().position(|key| key.origin == origin) else { return false };
        let Ok(key) = self.locked[index].key.decrypt(SecretString::from(passphrase)) else { return false };
        let LockedKey { public, origin, .. } = self.locked.remove(index);
        self.keys.push(PrivateKey { key: Box::new(ssh::Identity::from(key)), public, origin });
        true
    }

    /// What was wrong with the files that are not used, and where keys were looked for if there are none: a sentence each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = self.refused.clone();
        if self.keys.is_empty() && self.locked.is_empty() && notes.is_empty() {
            let places: Vec<String> = self.places.iter().map(|place| format!("`{place}`")).collect();
            notes.push(match places.as_slice() {
                [] => "chefrs.toml names no file with a key".to_owned(),
                places => format!("there is no {}", list(places, "or")),
            });
        }
        let key = |public: &str, origin: &str| {
            let short = Addressee::of_ssh(public).map_or_else(|| public.to_owned(), |ssh| ssh.to_string());
            format!("`{origin}` is {short}")
        };
        notes.extend(self.keys.iter().map(|own| key(&own.public, &own.origin)));
        notes.extend(self.locked.iter().map(|own| key(&own.public, &own.origin)));
        notes
    }

    /// The sentences about the files that are not used.
    #[must_use]
    pub fn refused(&self) -> &[String] {
        &self.refused
    }

    pub(super) fn number(&self) -> usize {
        self.keys.len() + self.locked.len()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &dyn age::Identity> {
        self.keys.iter().map(|key| &*key.key as &dyn age::Identity)
    }
}

/// Makes a private key: the text of its file, and the public key.
#[must_use]
pub fn generate() -> (Zeroizing<String>, String) {
    let key = age::x25519::Identity::generate();
    let public = key.to_public().to_string();
    let secret = key.to_string();
    (Zeroizing::new(format!("# public key: {public}\n{}\n", secret.expose_secret())), public)
}

/// The path of a file with keys. None if the home directory is not known.
fn path(origin: &str, root: &Utf8Path) -> Option<Utf8PathBuf> {
    match origin.strip_prefix("~/") {
        Some(rest) => {
            let home = std::env::var_os(HOME.name)?.into_string().ok().filter(|home| !home.is_empty())?;
            Some(Utf8Path::new(&home).join(rest))
        }
        None => Some(root.join(origin)),
    }
}

/// Text of a file with keys, which only its owner may read. None if it does not exist.
fn text(path: &Utf8Path) -> Result<Option<Zeroizing<String>>, Refused> {
    let own = geteuid();
    let is_strange = |uid: u32| uid != 0 && uid != own.as_raw();
    match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
        Ok(link) if link.is_symlink() && is_strange(link.uid()) => {
            return Err(Refused("it is a link of another user".to_owned()));
        }
        Ok(_) => {}
    }
    // A pipe in its place must not stop the program.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = File::from(openat(CWD, path.as_str(), flags, Mode::empty()).map_err(io::Error::from)?);
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Refused("it is not a file".to_owned()));
    }
    // Root reads the keys of the user for whom it works.
    if is_strange(metadata.uid()) && !own.is_root() {
        return Err(Refused("it belongs to another user".to_owned()));
    }
    if metadata.mode() & OF_OTHERS != 0 {
        let mode = metadata.mode() & 0o7777;
        return Err(Refused(format!(
            "other users may read it (mode {mode:04o}); `chmod 600 {path}` takes that away"
        )));
    }
    if metadata.len() > LIMIT {
        return Err(Refused(format!("it is larger than {} KiB", LIMIT / 1024)));
    }
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(LIMIT).unwrap_or_default()));
    match file.take(LIMIT).read_to_string(&mut text) {
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(Refused("it is not text".to_owned())),
        Err(error) => Err(error.into()),
    }
}
