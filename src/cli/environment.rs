//! What the caller's environment says: secrets, by the one prefix that chefrs reads, and where state is kept.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::history::History;
use crate::model::error::Diagnostic;
use crate::target::local::Local;

use super::stop::EarlyEnd;

/// `CHEFRS_SECRET_DB_PASSWORD` holds `secret "db_password"`.
const PREFIX: &str = "CHEFRS_SECRET_";

/// Where this machine keeps lock, journal, history and backups, if not where it usually does.
const STATE: &str = "CHEFRS_STATE_DIRECTORY";

/// Where the user's sockets belong: XDG Base Directory Specification.
const RUNTIME: &str = "XDG_RUNTIME_DIR";

/// The state directory, where one is said.
///
/// # Errors
/// It is not an absolute path.
pub(super) fn state() -> Result<Option<Utf8PathBuf>, EarlyEnd> {
    let Some(value) = std::env::var_os(STATE).filter(|value| !value.is_empty()) else { return Ok(None) };
    let path = value.into_string().ok().map(Utf8PathBuf::from).filter(|path| path.is_absolute());
    path.map(Some).ok_or_else(|| {
        EarlyEnd::usage(Diagnostic::error(format!("{STATE} must be an absolute path, in UTF-8")))
    })
}

/// This machine, with its state directory.
///
/// # Errors
/// See [`state`].
pub(super) fn here() -> Result<Local, EarlyEnd> {
    let mut here = Local::new();
    if let Some(state) = state()? {
        here.keep_state_in(state);
    }
    Ok(here)
}

/// The history of the runs that were started on this machine; nothing where none was.
///
/// # Errors
/// It is there and can't be read.
pub(super) fn history() -> Result<Option<History>, EarlyEnd> {
    History::look(&here()?.state_directory()).map_err(EarlyEnd::from)
}

/// Where the sockets of shared connections lie: with what ends when nobody is logged in any more, or with the state.
///
/// # Errors
/// See [`state`].
pub(super) fn sockets() -> Result<Utf8PathBuf, EarlyEnd> {
    let runtime = std::env::var_os(RUNTIME).and_then(|value| value.into_string().ok()).map(Utf8PathBuf::from);
    match (state()?, runtime.filter(|path| path.is_absolute())) {
        (None, Some(runtime)) => Ok(runtime.join("chefrs")),
        _ => Ok(here()?.state_directory().join("ssh")),
    }
}

/// Secrets by name, lowercase.
///
/// # Errors
/// A value that is not UTF-8.
pub(super) fn secrets() -> Result<BTreeMap<String, String>, EarlyEnd> {
    let mut secrets = BTreeMap::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        let value = value.into_string().map_err(|_| {
            EarlyEnd::usage(Diagnostic::error(format!("the secret in {PREFIX}{name} is not UTF-8 text")))
        })?;
        secrets.insert(name.to_ascii_lowercase(), value);
    }
    Ok(secrets)
}
