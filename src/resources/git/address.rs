//! Valid addresses and revisions, and the ssh command.

use crate::model::error::Failure;

use super::Git;

/// Transports that only carry data.
const TRANSPORTS: &[&str] =
    &["https://", "http://", "ssh://", "git://", "file://", "git+ssh://", "ssh+git://"];

impl Git {
    /// Checks the declaration alone.
    pub(super) fn check_address(&self) -> Result<(), Failure> {
        let repository = self.repository.as_str();
        let broken = |text: &str| text.is_empty() || text.starts_with('-') || text.contains(char::is_control);
        // `user@host:path` is an ssh address. `ext::program` would run the program.
        let scp = repository.split_once(':').is_some_and(|(host, path)| {
            !host.is_empty() && !host.contains('/') && !path.is_empty() && !path.starts_with([':', '-'])
        });
        let carried = TRANSPORTS.iter().any(|transport| repository.starts_with(transport));
        let host = repository.split_once("://").map_or("", |(_, rest)| rest);
        if broken(repository)
            || host.starts_with('-')
            || !(carried || repository.starts_with('/') || scp && !repository.contains("://"))
        {
            return Err(Failure::new(format!("`{}` is not the address of a repository", shown(repository)))
                .hint("https://host/path, ssh://user@host/path, user@host:path, file:///path, or an absolute path"));
        }
        let revision = self.revision.as_str();
        let forbidden = |c: char| c.is_whitespace() || "^~:?*[\\".contains(c);
        if broken(revision) || revision.contains(forbidden) || revision.contains("..") {
            return Err(Failure::new(format!(
                "`{}` is not a branch, tag or commit",
                revision.escape_debug()
            )));
        }
        if let Some(branch) = revision.strip_prefix(&format!("{}/", self.remote)) {
            return Err(Failure::new(format!(
                "`{revision}` is the name that a working copy gives to a branch"
            ))
            .hint(format!("name the branch as the repository does: revision = \"{branch}\"")));
        }
        let word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if broken(&self.remote) || !self.remote.chars().all(word) {
            return Err(Failure::new(format!(
                "`{}` is not the name of a remote",
                self.remote.escape_debug()
            )));
        }
        for path in [&self.ssh_key, &self.known_hosts].into_iter().flatten() {
            if !path.as_str().chars().all(|c| word(c) || "/+@,".contains(c)) {
                // git passes the ssh command to a shell.
                return Err(Failure::new(format!(
                    "the path `{}` has characters that git can't hand to ssh",
                    **path
                )));
            }
        }
        if self.depth == Some(0) {
            return Err(Failure::new("`depth` is at least 1"));
        }
        Ok(())
    }

    /// The ssh command: no prompts, no unknown host keys.
    pub(super) fn ssh(&self) -> String {
        let command = "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes".to_owned();
        let key = self.ssh_key.as_ref().map(|key| format!(" -i {} -o IdentitiesOnly=yes", **key));
        let hosts = self.known_hosts.as_ref().map(|file| format!(" -o UserKnownHostsFile={}", **file));
        [Some(command), key, hosts].into_iter().flatten().collect()
    }
}

/// An address without its password.
pub(super) fn shown(repository: &str) -> String {
    let Some((transport, rest)) = repository.split_once("://") else { return repository.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((login, host)) if login.contains(':') || transport.starts_with("http") => {
            format!("{transport}://***@{host}{path}")
        }
        _ => repository.to_owned(),
    }
}
