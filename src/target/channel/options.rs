//! How `ssh` is to be called.

use camino::Utf8PathBuf;

use crate::target::quote::quote;

/// How `ssh` is to be called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SshOptions {
    /// An ssh_config to use instead of the user's.
    pub config: Option<Utf8PathBuf>,
}

impl SshOptions {
    /// How a person would get to a host by the same way, for hints.
    #[must_use]
    pub fn typed(&self, user: Option<&str>, host: &str, port: Option<u16>) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        let file = self.config.as_ref().map(|file| {
            let file = file.as_str();
            if file.chars().all(plain) { format!("-F {file} ") } else { format!("-F {} ", quote(file)) }
        });
        let port = port.map(|port| format!("-p {port} "));
        let user = user.map(|user| format!("{user}@"));
        format!(
            "ssh {}{}{}{host}",
            file.unwrap_or_default(),
            port.unwrap_or_default(),
            user.unwrap_or_default()
        )
    }
}
