//! Credentials for registries: netrc, tokens in the environment, and those of docker and podman.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::source::read;
use crate::model::variables::{DOCKER_CONFIG, HOME, NETRC, REGISTRY_AUTH_FILE, RUNTIME, TOKEN};
use crate::target::channel::without_secrets;

/// Most bytes of a file with credentials.
const FILE: u64 = 1 << 20;
/// Key of docker for its own registry.
const HUB: &str = "https://index.docker.io/v1/";

/// What a server is shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Credentials {
    /// A user and a password.
    Basic(String, String),
    /// A token that is exchanged for others.
    Identity(String),
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

/// The header for a user and a password.
pub(super) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// The header for a registry of `chefrs.toml`, or for a host: the token in the environment, or else what netrc has.
pub(super) fn header_for(registry: Option<&str>, host: &str) -> Option<String> {
    let token = registry.and_then(|name| {
        let name = name.to_uppercase().replace('-', "_");
        variable(&format!("{}{name}", TOKEN.name)).filter(|token| !token.is_empty())
    });
    match token {
        Some(token) => Some(format!("Bearer {token}")),
        None => of_netrc(host).map(|(user, password)| basic(&user, &password)),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(OsString::into_string)?.ok()
}

fn directory(name: &str) -> Option<Utf8PathBuf> {
    variable(name).map(Utf8PathBuf::from).filter(|path| path.is_absolute())
}

fn of_netrc(host: &str) -> Option<(String, String)> {
    let own = variable(NETRC.name).map(Utf8PathBuf::from);
    let path = own.or_else(|| directory(HOME.name).map(|home| home.join(".netrc")))?;
    let text = String::from_utf8(read(&path, FILE).ok()?).ok()?;
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    in_netrc(&text, host).or_else(|| in_netrc(&text, name))
}

/// The login and password of a machine.
fn in_netrc(text: &str, host: &str) -> Option<(String, String)> {
    let mut words = text.split_whitespace();
    let (mut is_it, mut login, mut password) = (false, None, None);
    while let Some(word) = words.next() {
        match word {
            "machine" | "default" => {
                if is_it && password.is_some() {
                    break;
                }
                is_it = word == "default" || words.next() == Some(host);
                (login, password) = (None, None);
            }
            "login" => login = words.next(),
            "password" => password = words.next(),
            // Its text may have any words.
            "macdef" => break,
            _ => {}
        }
    }
    let password = password.filter(|_| is_it)?;
    Some((login.unwrap_or_default().to_owned(), password.to_owned()))
}

/// The credentials of docker and podman for `HOST/NAME`. The error is why a program that has them failed.
pub(super) fn for_oci(host: &str, name: &str) -> Result<Option<Credentials>, String> {
    for path in files() {
        let Ok(bytes) = read(&path, FILE) else { continue };
        let Ok(config) = serde_json::from_slice::<Value>(&bytes) else {
            return Err(format!("`{path}` is not JSON"));
        };
        if let Some(found) = in_config(&config, host, name)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The files with credentials, in the order in which they count.
fn files() -> Vec<Utf8PathBuf> {
    let home = directory(HOME.name);
    let below = |folder: Option<&Utf8Path>, path: &str| folder.map(|folder| folder.join(path));
    let docker = directory(DOCKER_CONFIG.name).or_else(|| below(home.as_deref(), ".docker"));
    [
        variable(REGISTRY_AUTH_FILE.name).map(Utf8PathBuf::from),
        below(directory(RUNTIME.name).as_deref(), "containers/auth.json"),
        below(home.as_deref(), ".config/containers/auth.json"),
        below(docker.as_deref(), "config.json"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn in_config(config: &Value, host: &str, name: &str) -> Result<Option<Credentials>, String> {
    let helper = config.get("credHelpers").and_then(|helpers| helpers.get(host)).and_then(Value::as_str);
    if let Some(helper) = helper {
        return of_program(helper, host);
    }
    // Podman has keys for a part of a registry too: the longest counts.
    let parts = name.match_indices('/').map(|(at, _)| at).chain([name.len()]);
    let mut keys: Vec<String> = parts.map(|at| format!("{host}/{}", &name[..at])).collect();
    keys.reverse();
    keys.extend([host.to_owned(), format!("https://{host}"), format!("https://{host}/v1/")]);
    if host == "registry-1.docker.io" {
        keys.extend(["docker.io".to_owned(), HUB.to_owned()]);
    }
    let entries = config.get("auths").and_then(Value::as_object);
    let entry = entries.and_then(|entries| keys.iter().find_map(|key| entries.get(key)));
    if let Some(found) = entry.and_then(in_entry) {
        return Ok(Some(found));
    }
    match config.get("credsStore").and_then(Value::as_str) {
        Some(helper) => of_program(helper, host),
        None => Ok(None),
    }
}

fn in_entry(entry: &Value) -> Option<Credentials> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(token) = text("identitytoken") {
        return Some(Credentials::Identity(token.to_owned()));
    }
    let decoded = text("auth").and_then(|auth| String::from_utf8(STANDARD.decode(auth).ok()?).ok());
    if let Some((user, password)) = decoded.as_deref().and_then(|decoded| decoded.split_once(':')) {
        return Some(Credentials::Basic(user.to_owned(), password.to_owned()));
    }
    Some(Credentials::Basic(text("username")?.to_owned(), text("password")?.to_owned()))
}

/// Asks `docker-credential-NAME`.
fn of_program(name: &str, host: &str) -> Result<Option<Credentials>, String> {
    let is_fit = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if name.is_empty() || !is_fit {
        return Err("the name of the program for credentials has odd characters".to_owned());
    }
    let program = format!("docker-credential-{name}");
    let failed = |error: io::Error| format!("`{program}` can't be run: {}", super::source::plain(&error));
    let mut command = Command::new(&program);
    without_secrets(&mut command);
    let child = command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        // A program that does not read is told by what it prints.
        let _ = writeln!(input, "{host}");
    }
    #[expect(clippy::disallowed_methods, reason = "it may ask a person")]
    let output = child.wait_with_output().map_err(failed)?;
    let Ok(found) = serde_json::from_slice::<Value>(&output.stdout) else {
        let said = String::from_utf8_lossy(&output.stdout);
        let is_none = said.contains("credentials not found");
        return if is_none { Ok(None) } else { Err(format!("`{program}` did not give credentials")) };
    };
    let text = |key: &str| found.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(match (text("Username"), text("Secret")) {
        (Some(user), Some(token)) if user == "<token>" => Some(Credentials::Identity(token)),
        (Some(user), Some(password)) => Some(Credentials::Basic(user, password)),
        _ => None,
    })
}
