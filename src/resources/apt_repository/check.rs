//! What a declaration must keep to.

use super::AptRepository;
use super::text::is_flat;
use crate::model::error::Failure;
use crate::provider::apt_pin;

/// Ways of transport of apt.
const TRANSPORTS: [&str; 8] =
    ["https://", "http://", "file:/", "copy:/", "mirror+https://", "mirror+file:/", "tor+https://", "ssh://"];

/// Fields that have properties of their own.
const FIELDS: [(&str, &str); 9] = [
    ("enabled", "enabled"),
    ("types", "types"),
    ("uris", "uri"),
    ("suites", "suites"),
    ("components", "components"),
    ("architectures", "architectures"),
    ("signed-by", "signed_by"),
    ("trusted", "trusted"),
    ("pin", "pin"),
];

impl AptRepository {
    /// Checks the declaration alone.
    ///
    /// # Errors
    /// A sentence that names the property.
    pub(super) fn check_declaration(&self, action: &str) -> Result<(), Failure> {
        apt_pin::check_name("repository", &self.repo_name)?;
        if action == "remove" {
            return Ok(());
        }
        self.check_address()?;
        self.check_words()?;
        self.check_fields()?;
        if let Some(priority) = self.pin {
            apt_pin::check_priority("pin", priority)?;
        }
        self.check_key()
    }

    fn check_address(&self) -> Result<(), Failure> {
        if self.uri.0.is_empty() {
            return Err(Failure::new("it needs `uri`, the address of the repository"));
        }
        for uri in &self.uri.0 {
            let fits = TRANSPORTS.iter().any(|transport| uri.starts_with(transport));
            if !fits || uri.contains(|c: char| c.is_control() || c.is_whitespace()) {
                return Err(Failure::new(format!(
                    "`{}` is not the address of a repository",
                    uri.escape_debug()
                ))
                .hint("https://host/path, http://host/path, or file:/path; the release is in `suites`"));
            }
            if has_login(uri) {
                return Err(Failure::new("`uri` has a login in it, and everybody may read the file")
                    .hint("put it into a file in /etc/apt/auth.conf.d, with mode \"0600\""));
            }
        }
        Ok(())
    }

    fn check_words(&self) -> Result<(), Failure> {
        let lists = [
            ("suites", self.suites.as_ref()),
            ("components", self.components.as_ref()),
            ("types", Some(&self.types)),
            ("architectures", self.architectures.as_ref()),
        ];
        for (property, words) in lists.into_iter().filter_map(|(property, list)| Some((property, list?))) {
            if words.0.is_empty() && property != "components" {
                return Err(Failure::new(format!("`{property}` is empty")));
            }
            let breaks = |c: char| c.is_control() || c.is_whitespace() || c == ',' || c == '#';
            if let Some(word) = words.0.iter().find(|word| word.is_empty() || word.contains(breaks)) {
                return Err(Failure::new(format!("`{property}`: `{}` is not one word", word.escape_debug()))
                    .hint(format!("several are a list: {property} = {{ \"one\", \"two\" }}")));
            }
        }
        if let Some(kind) = self.types.0.iter().find(|kind| !matches!(kind.as_str(), "deb" | "deb-src")) {
            return Err(Failure::new(format!("`types`: `{kind}` is neither `deb` nor `deb-src`")));
        }
        let suites = self.suites.iter().flat_map(|suites| &suites.0);
        let has_components = self.components.as_ref().is_some_and(|components| !components.0.is_empty());
        let flat = suites.clone().filter(|suite| is_flat(suite)).count();
        if flat > 0 && has_components {
            return Err(Failure::new("a repository without releases has no `components`")
                .hint("a release that ends with `/` is a directory of the repository"));
        }
        if flat > 0 && flat < suites.count() {
            return Err(Failure::new("`suites` has releases and directories; declare them one by one"));
        }
        if self.components.as_ref().is_some_and(|components| components.0.is_empty()) && flat == 0 {
            return Err(Failure::new("`components` is empty").hint("usual: components = { \"main\" }"));
        }
        Ok(())
    }

    fn check_fields(&self) -> Result<(), Failure> {
        for (name, values) in &self.options {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            if let Some((_, property)) = FIELDS.iter().find(|(field, _)| name.eq_ignore_ascii_case(field)) {
                return Err(Failure::new(format!(
                    "`options`: `{name}` has a property of its own, `{property}`"
                )));
            }
            if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(plain) {
                return Err(Failure::new(format!("`options`: `{}` is not a field", name.escape_debug())));
            }
            if values.0.is_empty() || values.0.iter().any(|value| value.contains(char::is_control)) {
                return Err(Failure::new(format!(
                    "`options`: the value of `{name}` is empty, or has a control character in it"
                )));
            }
        }
        Ok(())
    }

    fn check_key(&self) -> Result<(), Failure> {
        let said = [self.key.is_some(), self.key_file.is_some(), self.signed_by.is_some()];
        if said.iter().filter(|said| **said).count() > 1 {
            return Err(Failure::new("`key`, `key_file` and `signed_by` exclude each other; say one"));
        }
        if self.fingerprint.is_some() && !self.has_key() {
            return Err(Failure::new("`fingerprint` goes with `key` or `key_file`"));
        }
        let fingerprints = self.fingerprints()?;
        if let Some(address) = self.key_address() {
            let is_safe = address.starts_with("https://");
            let is_plain = !address.contains(|c: char| c.is_control() || c.is_whitespace());
            if !is_plain || !is_safe && !address.starts_with("http://") {
                return Err(Failure::new(format!(
                    "`key` is neither an address nor a key: \"{}\"",
                    address.chars().take(40).collect::<String>().escape_debug()
                ))
                .hint("https://host/key.asc, or the text that begins with `-----BEGIN PGP PUBLIC KEY BLOCK-----`")
                .hint("for a file of the cookbook: key_file = \"vendor.asc\""));
            }
            if has_login(address) {
                return Err(Failure::new(
                    "the address of the key has a login in it, which is not kept secret",
                )
                .hint("or give the key itself: key_file = \"vendor.asc\""));
            }
            if !is_safe && fingerprints.is_empty() {
                return Err(Failure::new(format!("anybody on the way could replace the key at `{address}`"))
                    .hint("use https, or declare its fingerprint: gpg --show-keys FILE"));
            }
        }
        self.key_text().map(|_| ())
    }
}

/// Whether an address has a user name or a password in it.
fn has_login(address: &str) -> bool {
    let authority = address.split_once("://").and_then(|(_, rest)| rest.split('/').next());
    authority.is_some_and(|authority| authority.contains('@'))
}
