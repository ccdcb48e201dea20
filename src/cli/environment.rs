//! What the caller's environment says: secrets, by the one prefix that chefrs reads.

use std::collections::BTreeMap;

use crate::model::error::Diagnostic;

use super::stop::Stop;

/// `CHEFRS_SECRET_DB_PASSWORD` holds `secret "db_password"`.
const PREFIX: &str = "CHEFRS_SECRET_";

/// Secrets by name, lowercase.
///
/// # Errors
/// A value that is not UTF-8.
pub(super) fn secrets() -> Result<BTreeMap<String, String>, Stop> {
    let mut secrets = BTreeMap::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        let value = value.into_string().map_err(|_| {
            Stop::usage(Diagnostic::error(format!("the secret in {PREFIX}{name} is not UTF-8 text")))
        })?;
        secrets.insert(name.to_ascii_lowercase(), value);
    }
    Ok(secrets)
}
