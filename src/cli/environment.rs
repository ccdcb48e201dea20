//! Environment variables: secrets, the state directory, and trusted projects.

use camino::Utf8PathBuf;

use crate::cookbook::Owners;
use crate::history::History;
use crate::model::error::Diagnostic;
use crate::model::kept::SOCKETS;
use crate::model::secrets::Secrets;
use crate::model::variables::{RUNTIME, SECRET, STATE, SUDO_UID, TRUST};
use crate::target::local::Local;

use super::early_end::EarlyEnd;

/// The users who may own a project: the current user, root, and the user who called sudo. All users for projects that
/// the user trusts.
///
/// # Errors
/// The variable has a path that is not absolute.
pub(super) fn owners() -> Result<Owners, EarlyEnd> {
    let mut owners = Owners::default();
    let sudo_uid = std::env::var_os(SUDO_UID.name).and_then(|value| value.to_str()?.parse().ok());
    // Anybody can set the variable, but only root can have been started by sudo.
    if let Some(uid) = sudo_uid.filter(|_| rustix::process::geteuid().is_root()) {
        owners = owners.and(uid);
    }
    let Some(value) = std::env::var_os(TRUST.name).filter(|value| !value.is_empty()) else {
        return Ok(owners);
    };
    let wrong = || {
        EarlyEnd::usage(Diagnostic::error(format!("{} takes absolute paths, separated by `:`", TRUST.name)))
    };
    let text = value.into_string().map_err(|_| wrong())?;
    let paths: Vec<Utf8PathBuf> =
        text.split(':').filter(|path| !path.is_empty()).map(Utf8PathBuf::from).collect();
    if !paths.iter().all(|path| path.is_absolute()) {
        return Err(wrong());
    }
    Ok(owners.trusting(paths))
}

/// The state directory, if the variable is set.
///
/// # Errors
/// It is not an absolute path.
pub(super) fn state() -> Result<Option<Utf8PathBuf>, EarlyEnd> {
    let Some(value) = std::env::var_os(STATE.name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let path = value.into_string().ok().map(Utf8PathBuf::from).filter(|path| path.is_absolute());
    path.map(Some).ok_or_else(|| {
        EarlyEnd::usage(Diagnostic::error(format!("{} must be an absolute path, in UTF-8", STATE.name)))
    })
}

/// This machine as a target, with its state directory.
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

/// The history of runs started on this machine. None if there is none yet.
///
/// # Errors
/// The history exists and can't be read.
pub(super) fn history() -> Result<Option<History>, EarlyEnd> {
    History::look(&here()?.state_directory()).map_err(EarlyEnd::from)
}

/// Directory for the sockets of shared connections: the user's runtime directory, or else the state directory.
///
/// # Errors
/// See [`state`].
pub(super) fn sockets() -> Result<Utf8PathBuf, EarlyEnd> {
    let runtime =
        std::env::var_os(RUNTIME.name).and_then(|value| value.into_string().ok()).map(Utf8PathBuf::from);
    match (state()?, runtime.filter(|path| path.is_absolute())) {
        (None, Some(runtime)) => Ok(runtime.join("chefrs")),
        _ => Ok(here()?.state_directory().join(SOCKETS.name)),
    }
}

/// Secrets by name, in lowercase.
///
/// # Errors
/// A value is not UTF-8.
pub(super) fn secrets() -> Result<Secrets, EarlyEnd> {
    let mut secrets = Secrets::default();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().and_then(|name| name.strip_prefix(SECRET.name)) else { continue };
        let value = value.into_string().map_err(|_| {
            EarlyEnd::usage(Diagnostic::error(format!(
                "the secret in {}{name} is not UTF-8 text",
                SECRET.name
            )))
        })?;
        secrets.insert(name.to_ascii_lowercase(), value);
    }
    Ok(secrets)
}
