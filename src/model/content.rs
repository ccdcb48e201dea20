//! The content of files, and property types for content, paths and modes.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read};

use super::blob::BlobRef;

/// Digest and size of the rest of a reader, which is not kept in memory.
///
/// # Errors
/// The error of the reader.
pub fn digest(reader: &mut impl Read) -> io::Result<BlobRef> {
    let (mut hash, mut size) = (Sha256::new(), 0);
    let mut buffer = vec![0; 128 << 10];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(BlobRef { sha256: hex(&hash.finalize()), size }),
            Ok(length) => {
                hash.update(&buffer[..length]);
                size += length as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// SHA-256 in lowercase hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Encodes bytes in lowercase hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS[usize::from(nibble)];
    let digits = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
    String::from_utf8(digits).unwrap_or_default()
}

/// The declared content of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Text that is part of the collection.
    Text(String),
    /// Bytes that are stored beside the collection.
    Blob(BlobRef),
    /// Not known until the named resource has converged. Occurs only in a plan.
    Unknown(String),
}

impl Content {
    /// SHA-256 of the bytes, or `None` if the content is unknown.
    #[must_use]
    pub fn sha256(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(sha256(text.as_bytes())),
            Self::Blob(blob) => Some(blob.sha256.clone()),
            Self::Unknown(_) => None,
        }
    }

    /// Size in bytes, or `None` if the content is unknown.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Text(text) => Some(text.len() as u64),
            Self::Blob(blob) => Some(blob.size),
            Self::Unknown(_) => None,
        }
    }
}

/// Implements `JsonSchema` for a property type, with the name of its kind in the compile phase.
macro_rules! kind {
    ($type:ty, $kind:literal) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                $kind.into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "x-kind": $kind })
            }
        }
    };
}

/// Text for a file: a string, or in a plan `{"$unknown": "type[name]"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Text(pub Content);
kind!(Text, "text");

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(Content::Text(text))),
            Value::Object(map) if map.contains_key(UNKNOWN) => {
                Ok(Self(Content::Unknown(map[UNKNOWN].as_str().unwrap_or_default().to_owned())))
            }
            other => Err(serde::de::Error::custom(format!("expected text, found {other}"))),
        }
    }
}

/// Key of the placeholder that a plan uses for a value that is not known yet.
pub const UNKNOWN: &str = "$unknown";

/// The resource that the first unknown value waits for, at any depth.
#[must_use]
pub fn unknown(value: &Value) -> Option<&str> {
    match value {
        Value::Object(map) => unknown_in(map),
        Value::Array(items) => items.iter().find_map(unknown),
        _ => None,
    }
}

/// The same among the values of a map.
#[must_use]
pub fn unknown_in(map: &Map<String, Value>) -> Option<&str> {
    match map.get(UNKNOWN) {
        Some(until) => Some(until.as_str().unwrap_or_default()),
        None => map.values().find_map(unknown),
    }
}

/// An octal file mode, written as a string: `"0644"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileMode(pub u32);
kind!(FileMode, "mode");

impl FileMode {
    /// Reads `0644`, `644`, or `4755`.
    ///
    /// # Errors
    /// The text is not an octal number of up to four digits.
    pub fn parse(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix("0o").unwrap_or(text);
        // `from_str_radix` would accept a sign.
        if digits.is_empty() || digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("`{text}` is not an octal mode such as \"0644\""));
        }
        match u32::from_str_radix(digits, 8) {
            Ok(bits) if bits <= 0o7777 => Ok(Self(bits)),
            _ => Err(format!("`{text}` is not an octal mode such as \"0644\"")),
        }
    }
}

impl std::fmt::Display for FileMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

impl Serialize for FileMode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FileMode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Longest file name that Linux accepts, in bytes.
const LONGEST_NAME: usize = 255;
const LONGEST_PATH: usize = 4095;

/// An absolute path without `.`, `..`, or redundant slashes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AbsolutePath(Utf8PathBuf);
kind!(AbsolutePath, "path");

impl AbsolutePath {
    /// Parses and normalises a path.
    ///
    /// # Errors
    /// The path is relative, or has a `..`.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with('/') || text.contains('\0') {
            return Err(format!("`{text}` is not an absolute path"));
        }
        if Self::is_too_long(text) {
            return Err(format!(
                "`{text}` is too long: a name has at most {LONGEST_NAME} bytes, a path {LONGEST_PATH}"
            ));
        }
        if is_plain(text) {
            return Ok(Self(text.into()));
        }
        if text.split('/').any(|part| part == "..") {
            return Err(format!("`{text}` contains `..`; write the path without it"));
        }
        let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        Ok(Self(format!("/{}", parts.join("/")).into()))
    }

    /// Whether the path, or one of its names, is too long for Linux.
    #[must_use]
    pub fn is_too_long(text: &str) -> bool {
        text.len() > LONGEST_PATH
            || text.len() > LONGEST_NAME && text.split('/').any(|part| part.len() > LONGEST_NAME)
    }
}

/// Removes `.` and `..` from an absolute path, without looking at symlinks.
#[must_use]
pub fn without_dots(path: &Utf8Path) -> Utf8PathBuf {
    let mut plain = Utf8PathBuf::from("/");
    for component in path.components() {
        match component {
            Utf8Component::ParentDir => drop(plain.pop()),
            Utf8Component::Normal(part) => plain.push(part),
            _ => {}
        }
    }
    plain
}

/// Whether an absolute path is already normalised, as nearly all are. This saves an allocation.
fn is_plain(path: &str) -> bool {
    path.len() > 1 && path[1..].split('/').all(|part| !matches!(part, "" | "." | ".."))
}

impl std::ops::Deref for AbsolutePath {
    type Target = Utf8PathBuf;
    fn deref(&self) -> &Utf8PathBuf {
        &self.0
    }
}

impl<'de> Deserialize<'de> for AbsolutePath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// A Handlebars template of a cookbook, with its text and all partials that it uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Path shown in messages: `cookbooks/nginx/templates/site.conf.hbs`.
    pub name: String,
    /// Source in Handlebars.
    pub text: String,
    /// Partials that it uses, directly or through others, by the name in `{{> name}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub partials: BTreeMap<String, String>,
}
kind!(Template, "template");

/// A file of a cookbook, with its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Path shown in messages: `cookbooks/nginx/files/logo.png`.
    pub name: String,
    pub content: Content,
}
kind!(SourceFile, "file");

/// Variables for a template: plain data, which may contain deferred values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Variables(pub Map<String, Value>);
kind!(Variables, "variables");

/// A command: a string for the shell, or a list of arguments without a shell.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct CommandLine(pub Vec<String>);
kind!(CommandLine, "command");

impl<'de> Deserialize<'de> for CommandLine {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(script) => Ok(Self(vec!["/bin/sh".into(), "-c".into(), script])),
            Value::Array(items) if !items.is_empty() => items
                .into_iter()
                .map(|item| match item {
                    Value::String(word) => Ok(word),
                    Value::Number(number) => Ok(number.to_string()),
                    other => Err(serde::de::Error::custom(format!(
                        "a command's arguments are strings, found {other}"
                    ))),
                })
                .collect::<Result<_, _>>()
                .map(Self),
            _ => Err(serde::de::Error::custom("expected a string or a list of strings")),
        }
    }
}

/// A string or a list of strings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Strings(pub Vec<String>);
kind!(Strings, "strings");

impl<'de> Deserialize<'de> for Strings {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(one) => Ok(Self(vec![one])),
            Value::Object(map) if map.is_empty() => Ok(Self(Vec::new())),
            Value::Array(items) => items
                .into_iter()
                .map(|item| match item {
                    Value::String(word) => Ok(word),
                    other => Err(serde::de::Error::custom(format!("expected a string, found {other}"))),
                })
                .collect::<Result<_, _>>()
                .map(Self),
            other => Err(serde::de::Error::custom(format!(
                "expected a string or a list of strings, found {other}"
            ))),
        }
    }
}
