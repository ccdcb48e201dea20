//! The file of the source: sources.list(5), in the format deb822.

use super::AptRepository;

/// Whether a release is a directory of its own, without components.
pub(super) fn is_flat(suite: &str) -> bool {
    suite.ends_with('/')
}

impl AptRepository {
    /// The declared components, or the usual one.
    pub(super) fn components(&self, suites: &[String]) -> Vec<String> {
        match &self.components {
            Some(components) => components.0.clone(),
            None if suites.iter().any(|suite| is_flat(suite)) => Vec::new(),
            None => vec!["main".to_owned()],
        }
    }

    /// The text of the file.
    pub(super) fn text(&self, suites: &[String]) -> String {
        let mut text =
            format!("# {}, written by chefrs: changes made here by hand will be lost.\n", self.id());
        let mut field = |name: &str, values: &[String]| {
            if !values.is_empty() {
                text.extend([name, ": ", &values.join(" "), "\n"]);
            }
        };
        if !self.enabled {
            field("Enabled", &["no".to_owned()]);
        }
        field("Types", &self.types.0);
        field("URIs", &self.uri.0);
        field("Suites", suites);
        field("Components", &self.components(suites));
        field("Architectures", self.architectures.as_ref().map(|list| list.0.as_slice()).unwrap_or_default());
        let keyring = match &self.signed_by {
            Some(path) => Some(path.to_string()),
            None => self.has_key().then(|| self.keyring_path().into_string()),
        };
        field("Signed-By", keyring.as_slice());
        if self.trusted {
            field("Trusted", &["yes".to_owned()]);
        }
        for (name, values) in &self.options {
            field(name, &values.0);
        }
        text
    }
}
