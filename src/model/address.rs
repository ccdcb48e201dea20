//! The address of a target: this machine, an ssh host, a container, or a directory with a root file system.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::english::{nearest, one_line};
use super::error::Diagnostic;

/// The address of a target. A parsed address is safe as an argument of a program: no part begins with `-`. Except in
/// the path of a chroot, it also has no characters that are special to a shell.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Address {
    Local,
    /// A host that the system's `ssh` reaches.
    Ssh {
        /// Login user. Default: what ssh_config says.
        user: Option<String>,
        /// Host name, alias of ssh_config, or address; IPv6 without brackets.
        host: String,
        /// Port. Default: what ssh_config says.
        port: Option<u16>,
    },
    /// A running container, for `docker exec` or `podman exec`.
    Container {
        /// Name or id of the container.
        name: String,
    },
    /// A directory with a root file system, for `chroot`.
    Chroot {
        /// Absolute path, without `.` and `..`. Never `/`.
        path: Utf8PathBuf,
    },
}

impl Address {
    /// Parses `local`, `ssh://user@host:port`, a host name with optional user and port, `container:NAME`, or
    /// `chroot:/path`.
    ///
    /// # Errors
    /// The text has none of these forms, or a host, user or container begins with `-` or has a character that is not
    /// allowed in such names.
    pub fn parse(text: &str) -> Result<Self, Diagnostic> {
        if text == "local" {
            return Ok(Self::Local);
        }
        if let Some(rest) = text.strip_prefix("ssh://") {
            return ssh(rest);
        }
        if let Some(name) = text.strip_prefix("container:") {
            return container(name);
        }
        if let Some(path) = text.strip_prefix("chroot:") {
            return chroot(path);
        }
        match other_kind(text) {
            Some(wrong) => Err(wrong),
            None => ssh(text),
        }
    }
}

impl FromStr for Address {
    type Err = Diagnostic;

    fn from_str(text: &str) -> Result<Self, Diagnostic> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Address {
    type Error = Diagnostic;

    fn try_from(text: String) -> Result<Self, Diagnostic> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

/// Writes the full form. [`Address::parse`] reads it back to the same address.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local => f.write_str("local"),
            Self::Ssh { user, host, port } => {
                f.write_str("ssh://")?;
                if let Some(user) = user {
                    write!(f, "{user}@")?;
                }
                match (host.contains(':'), port) {
                    (false, None) => f.write_str(host),
                    (false, Some(port)) => write!(f, "{host}:{port}"),
                    (true, None) => write!(f, "[{host}]"),
                    (true, Some(port)) => write!(f, "[{host}]:{port}"),
                }
            }
            Self::Container { name } => write!(f, "container:{name}"),
            Self::Chroot { path } => write!(f, "chroot:{path}"),
        }
    }
}

/// Parses `[user@]host[:port]`.
fn ssh(text: &str) -> Result<Address, Diagnostic> {
    let (user, place) = match text.rsplit_once('@') {
        // The text may be a password. It is not repeated, because errors end up in logs.
        Some((user, host)) if user.contains(':') => {
            let host = one_line(host);
            return Err(Diagnostic::error(format!("the address of `{host}` has a password in it"))
                .hint("give ssh a key instead: `ssh-copy-id`, or `IdentityFile` in ssh_config"));
        }
        Some((user, place)) => (Some(word("user", user, "@")?), place),
        None => (None, text),
    };
    let (host, port) = split_port(place)?;
    let host = if host.contains(':') { ipv6(host)? } else { word("host", host, "")? };
    Ok(Address::Ssh { user, host, port: port.map(number).transpose()? })
}

/// Splits host and port. An IPv6 address must be in brackets if a port follows.
fn split_port(place: &str) -> Result<(&str, Option<&str>), Diagnostic> {
    if let Some(rest) = place.strip_prefix('[') {
        let unclosed = || {
            Diagnostic::error(format!("`{}` has unbalanced brackets", one_line(place)))
                .hint("an IPv6 address with a port is written `[2001:db8::1]:2222`")
        };
        let (host, rest) = rest.split_once(']').ok_or_else(unclosed)?;
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(unclosed()),
        };
    }
    Ok(match place.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (place, None),
    })
}

fn number(port: &str) -> Result<u16, Diagnostic> {
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let number = port.parse().ok().filter(|port| digits && *port > 0);
    number.ok_or_else(|| {
        Diagnostic::error(format!("`{}` is not a port", one_line(port)))
            .hint("a port is a number from 1 to 65535. Default: 22")
    })
}

fn ipv6(host: &str) -> Result<String, Diagnostic> {
    let (address, zone) = host.split_once('%').map_or((host, None), |(address, zone)| (address, Some(zone)));
    if address.parse::<Ipv6Addr>().is_err() {
        return Err(Diagnostic::error(format!("`{}` is not an IPv6 address", one_line(host)))
            .hint("a host and its port are written `host:2222`, an IPv6 address `[2001:db8::1]:2222`"));
    }
    zone.map(|zone| word("zone", zone, "")).transpose()?;
    Ok(host.to_owned())
}

fn container(name: &str) -> Result<Address, Diagnostic> {
    Ok(Address::Container { name: word("container", name, "")? })
}

/// Checks a name that is used as an argument: letters, digits, `.`, `_`, `-`, and the characters in `more`.
fn word(noun: &str, text: &str, more: &str) -> Result<String, Diagnostic> {
    if text.is_empty() {
        return Err(Diagnostic::error(format!("the name of the {noun} is empty")).hint(all_forms()));
    }
    if text.starts_with('-') {
        let message = format!("`{}` begins with `-`, which a {noun} can't", one_line(text));
        return Err(Diagnostic::error(message).hint("an option takes its value after it"));
    }
    let foreign =
        |c: &char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') || more.contains(*c));
    if let Some(foreign) = text.chars().find(foreign) {
        let shown = foreign.escape_debug();
        let message = format!("the {noun} `{}` has a `{shown}` in it", one_line(text));
        return Err(Diagnostic::error(message)
            .hint(format!("the name of a {noun} is made of letters, digits, `.`, `_` and `-`")));
    }
    Ok(text.to_owned())
}

fn chroot(text: &str) -> Result<Address, Diagnostic> {
    let refused = |message: &str| {
        Err(Diagnostic::error(format!("`chroot:{}` {message}", one_line(text)))
            .hint("give the absolute path of the directory: `chroot:/srv/image`"))
    };
    let written = Utf8Path::new(text);
    if !written.is_absolute() {
        return refused("is not an absolute path");
    }
    if written.components().any(|part| part == Utf8Component::ParentDir) {
        return refused("has `..` in it");
    }
    if text.chars().any(char::is_control) {
        return refused("has a control character in it");
    }
    // Collecting the components drops `.` and repeated or trailing slashes.
    let path: Utf8PathBuf = written.components().collect();
    if path == "/" {
        return Err(Diagnostic::error("`chroot:/` is this machine itself").hint("call it `local`"));
    }
    Ok(Address::Chroot { path })
}

/// One form of an address, for the reference.
#[derive(Debug, Clone, Copy)]
pub struct AddressForm {
    /// How it is written. Placeholders are in capitals.
    pub written: &'static str,
    pub doc: &'static str,
}

/// All forms of an address.
pub const FORMS: &[AddressForm] = &[
    AddressForm { written: "local", doc: "This machine." },
    AddressForm {
        written: "HOST",
        doc: "A host that `ssh HOST` reaches: a name, an address, or an alias of ssh_config. `USER@HOST:PORT` is accepted too.",
    },
    AddressForm { written: "ssh://USER@HOST:PORT", doc: "The same in full. An IPv6 address is in brackets." },
    AddressForm { written: "container:NAME", doc: "A running container of docker or podman, by name or id." },
    AddressForm {
        written: "chroot:/PATH",
        doc: "A directory with a root file system, such as a mounted image.",
    },
];

fn all_forms() -> String {
    let forms: Vec<String> = FORMS.iter().map(|form| format!("`{}`", form.written)).collect();
    let (last, others) = forms.split_last().map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
    format!("a target is {} or {last}", others.join(", "))
}

/// Reports a scheme that chefrs doesn't have, such as `docker:web` or `shh://web1`.
fn other_kind(text: &str) -> Option<Diagnostic> {
    let (kind, rest) = text.split_once(':')?;
    let is_word = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_port = rest.bytes().all(|byte| byte.is_ascii_digit());
    // Other checks report `fe80::1` and `user:password@host`.
    if !is_word || is_port || text.contains('@') || text.parse::<Ipv6Addr>().is_ok() || rest.contains('%') {
        return None;
    }
    let meant = match kind {
        "docker" | "podman" => Some("container"),
        _ => nearest(kind, ["ssh", "container", "chroot"]),
    };
    let bare = one_line(rest.trim_start_matches('/'));
    let wrong = Diagnostic::error(format!("`{kind}` is not a kind of target"));
    Some(match meant {
        Some("ssh") => wrong.hint(format!("did you mean `ssh://{bare}`?")),
        Some("chroot") => wrong.hint(format!("did you mean `chroot:/{bare}`?")),
        Some(meant) => wrong.hint(format!("did you mean `{meant}:{bare}`?")),
        None => wrong.hint(all_forms()),
    })
}
