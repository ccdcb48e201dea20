//! Finds the value of a secret: in the environment, then in the files of the node, of its groups and of all nodes, then by
//! the project's program.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;
use zeroize::Zeroizing;

use super::asking::AskingNode;
use super::encrypted::open;
use super::identity::Identities;
use super::missing;
use super::value::{SecretText, value};
use crate::cookbook::Project;
use crate::cookbook::secret_files::{SecretFile, SecretForm, SecretPlace};
use crate::model::collection::Collection;
use crate::model::collection::deferred::secret_key;
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::secrets::Secrets;

/// What was done once is not done again for another node: a file is opened once, and the program is run once for each
/// secret.
type Once<T> = Mutex<BTreeMap<String, Result<T, Diagnostic>>>;

/// All sources of one command.
#[derive(Debug)]
pub struct SecretSources<'a> {
    project: &'a Project,
    environment: Secrets,
    identities: OnceLock<Identities>,
    opened: Once<SecretText>,
    of_sops: Once<Secrets>,
    printed: Once<SecretText>,
}

impl<'a> SecretSources<'a> {
    /// The sources of a project, and of the environment.
    #[must_use]
    pub fn new(project: &'a Project, environment: Secrets) -> Self {
        let (opened, of_sops, printed) = (Once::default(), Once::default(), Once::default());
        Self { project, environment, identities: OnceLock::new(), opened, of_sops, printed }
    }

    /// The secrets in the environment, all of them.
    #[must_use]
    pub fn environment(&self) -> &Secrets {
        &self.environment
    }

    /// The private keys, which are read when they are needed first.
    pub fn identities(&self) -> &Identities {
        self.identities.get_or_init(|| Identities::of(self.project))
    }

    /// Opens a private key with its passphrase. Returns whether it was the right one.
    pub fn unlock(&mut self, origin: &str, passphrase: String) -> bool {
        let mut identities = self.identities.take().unwrap_or_else(|| Identities::of(self.project));
        let is_open = identities.unlock(origin, passphrase);
        self.identities = OnceLock::from(identities);
        is_open
    }

    /// The values that a node needs for a collection, together with all of the environment.
    ///
    /// # Errors
    /// All secrets that are not found or can't be opened.
    pub fn of_collection(&self, node: &AskingNode, collection: &Collection) -> Result<Secrets, Diagnostics> {
        let mut found = self.environment.clone();
        let mut wrong: Vec<Diagnostic> = Vec::new();
        for (name, row) in collection.secrets() {
            let key = secret_key(name);
            if found.contains_key(&key) && !self.environment.contains_key(&key) {
                continue;
            }
            match self.find(node, name) {
                Ok(Some(text)) => drop(found.insert(key, text.as_str().to_owned())),
                Ok(None) => wrong.push(missing::told(name, self.project, node).at(row.location.clone())),
                Err(mistake) if wrong.contains(&mistake) => {}
                Err(mistake) => wrong.push(needed(mistake, name, &row.location)),
            }
        }
        if wrong.is_empty() { Ok(found) } else { Err(Diagnostics(wrong)) }
    }

    /// The value of a secret for a node. None if no source has it.
    ///
    /// # Errors
    /// It is there and can't be opened, is empty, or two groups of the node have it.
    pub fn find(&self, node: &AskingNode, name: &str) -> Result<Option<Zeroizing<String>>, Diagnostic> {
        let key = secret_key(name);
        if let Some(value) = self.environment.get(&key) {
            return if value.is_empty() {
                Err(missing::empty(name))
            } else {
                Ok(Some(Zeroizing::new(value.clone())))
            };
        }
        for places in node.places() {
            let mut found: Vec<(String, SecretText)> = Vec::new();
            for place in &places {
                found.extend(self.in_place(place, &key)?);
            }
            if let [(first, _), (second, _), ..] = found.as_slice() {
                return Err(missing::twice(name, first, second));
            }
            if let Some((_, text)) = found.pop() {
                return Ok(Some(text));
            }
        }
        self.by_program(name)
    }

    /// The values of a secret in a place, each with its file.
    fn in_place(&self, place: &SecretPlace, key: &str) -> Result<Vec<(String, SecretText)>, Diagnostic> {
        let files = self.project.secret_files(place).map_err(first)?;
        let mut found = Vec::new();
        for file in &files {
            match file.form {
                SecretForm::Age if secret_key(&file.name) == key => {
                    found.push((file.path.clone(), self.opened(&file.path)?));
                }
                SecretForm::Age => {}
                SecretForm::Sops => {
                    let text = self.of_sops(&file.path, key)?;
                    found.extend(text.map(|text| (file.path.clone(), text)));
                }
            }
        }
        Ok(found)
    }

    /// The value in an encrypted file.
    ///
    /// # Errors
    /// It can't be read or opened, is empty, or is not text.
    pub fn opened(&self, path: &str) -> Result<Zeroizing<String>, Diagnostic> {
        let open = || {
            let bytes = self.project.secret_bytes(path)?;
            let value = open(&bytes, self.identities()).and_then(value);
            value.map_err(|mistake| mistake.at(Location::new(path, 0)))
        };
        once(&self.opened, path, open, Clone::clone)
    }

    /// The bytes in an encrypted file, as they were stored.
    ///
    /// # Errors
    /// It can't be read or opened.
    pub fn raw(&self, file: &SecretFile) -> Result<Zeroizing<Vec<u8>>, Diagnostic> {
        let bytes = self.project.secret_bytes(&file.path)?;
        open(&bytes, self.identities()).map_err(|mistake| mistake.at(Location::new(file.path.clone(), 0)))
    }

    /// The value of a secret in a file in the format of SOPS. None if it has none with that name.
    fn of_sops(&self, path: &str, key: &str) -> Result<Option<SecretText>, Diagnostic> {
        let read = || {
            let text = Zeroizing::new(self.project.opened_by_sops(path)?);
            let wrong =
                || Diagnostic::error("`sops` does not print a JSON object").at(Location::new(path, 0));
            let content: Value = serde_json::from_str(&text).map_err(|_| wrong())?;
            let mut secrets = Secrets::default();
            flatten("", &content, &mut secrets);
            Ok(secrets)
        };
        let value = once(&self.of_sops, path, read, |secrets| secrets.get(key).cloned())?;
        Ok(value.map(Zeroizing::new))
    }

    /// The names of the secrets in a file in the format of SOPS.
    ///
    /// # Errors
    /// `sops` is not installed, or can't open it.
    pub fn names_of_sops(&self, path: &str) -> Result<Vec<String>, Diagnostic> {
        self.of_sops(path, "")?;
        once(&self.of_sops, path, || Ok(Secrets::default()), |secrets| secrets.keys().cloned().collect())
    }

    fn by_program(&self, name: &str) -> Result<Option<SecretText>, Diagnostic> {
        let Some(command) = self.project.secret_command(name) else { return Ok(None) };
        let run = || {
            let printed = self.project.printed_secret(name)?.unwrap_or_default();
            value(Zeroizing::new(printed.into_bytes()))
                .map_err(|mistake| mistake.note(format!("that is what `{command}` prints")))
        };
        once(&self.printed, name, run, Clone::clone).map(Some)
    }
}

/// Gives what `get` takes out of a result that is made once. Others that need it wait meanwhile.
fn once<T, V>(
    known: &Once<T>,
    of: &str,
    make: impl FnOnce() -> Result<T, Diagnostic>,
    get: impl FnOnce(&T) -> V,
) -> Result<V, Diagnostic> {
    let mut known: MutexGuard<'_, _> = known.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(of.to_owned()).or_insert_with(make).as_ref().map(get).map_err(Clone::clone)
}

/// Adds the values in a JSON object. Names of nested ones are joined by dots.
fn flatten(above: &str, content: &Value, into: &mut Secrets) {
    match content {
        Value::Object(map) => {
            for (key, value) in map {
                let name = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
                flatten(&name, value, into);
            }
        }
        Value::String(text) => drop(into.insert(secret_key(above), text.clone())),
        Value::Number(_) | Value::Bool(_) => drop(into.insert(secret_key(above), content.to_string())),
        Value::Null | Value::Array(_) => {}
    }
}

/// Says for what something was needed.
fn needed(mistake: Diagnostic, name: &str, user: &Location) -> Diagnostic {
    mistake.note(format!("the secret `{name}` is needed at {user}"))
}

fn first(Diagnostics(findings): Diagnostics) -> Diagnostic {
    let wrong = || Diagnostic::error("the encrypted files can't be listed");
    findings.into_iter().next().unwrap_or_else(wrong)
}
