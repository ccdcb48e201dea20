//! Logins in addresses: passed to git through the environment, and stored nowhere.

use crate::model::step::Command;

/// An address, split into what may be seen and the login.
pub(super) struct RemoteAddress {
    /// The part that git gets as an argument and stores in the working copy.
    pub(super) bare: String,
    pub(super) login: Option<Login>,
}

pub(super) struct Login {
    origin: String,
    user: String,
    password: String,
}

/// Variables for the login, and the credential helper that prints them to git.
const USER: &str = "CHEFRS_GIT_USER";
const PASSWORD: &str = "CHEFRS_GIT_PASSWORD";
const ASK: &str = r#"!f() { test "$1" != get || printf 'username=%s\npassword=%s\n' "$CHEFRS_GIT_USER" "$CHEFRS_GIT_PASSWORD"; }; f"#;

impl Login {
    /// Passes the login to git through its environment, since every user can read its arguments. All other credential
    /// helpers are disabled, so none stores it.
    pub(super) fn pass_to(self, command: &mut Command) {
        let Self { origin, user, password } = self;
        for helper in ["", ASK] {
            command.argv.extend(["-c".to_owned(), format!("credential.{origin}.helper={helper}")]);
        }
        command.environment.extend([(USER.to_owned(), user), (PASSWORD.to_owned(), password)]);
    }
}

/// Splits the login off an address. A user without a password counts as a login if the address is a secret, because
/// tokens are written that way.
pub(super) fn split_off_login(repository: &str, is_secret: bool) -> RemoteAddress {
    let whole = || RemoteAddress { bare: repository.to_owned(), login: None };
    let Some((transport, rest)) = repository.split_once("://") else { return whole() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let Some((login, host)) = authority.rsplit_once('@') else { return whole() };
    let (user, password) = match login.split_once(':') {
        Some((user, password)) => (user, password),
        None if is_secret => (login, ""),
        None => return whole(),
    };
    if !matches!(transport, "http" | "https") {
        // Other transports take no password from the address.
        return match login.split_once(':') {
            Some(_) => RemoteAddress { bare: format!("{transport}://{user}@{host}{path}"), login: None },
            None => whole(),
        };
    }
    let origin = format!("{transport}://{host}");
    let login = Login { origin, user: decoded(user), password: decoded(password) };
    RemoteAddress { bare: format!("{transport}://{host}{path}"), login: Some(login) }
}

/// Decodes `%40` and the like. Returns the text unchanged if the result is not UTF-8.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits =
            after.get(..2).filter(|digits| first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let byte = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains(char::is_control))
        .unwrap_or_else(|| text.to_owned())
}
