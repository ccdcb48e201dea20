//! Results of commands and HTTP requests.

use std::fmt;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a command ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandResult {
    pub end: End,
    /// Standard output, cut off at a limit, with invalid UTF-8 replaced.
    #[serde(default)]
    pub stdout: String,
    /// Whether standard output was longer than 1 MiB, or no valid UTF-8, so that `stdout` is not all of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_part: bool,
    /// Standard error, cut off at a limit, with invalid UTF-8 replaced.
    #[serde(default)]
    pub stderr: String,
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It exited with this status.
    Exit(i32),
    Signal(i32),
    /// It was stopped after this number of seconds.
    TimedOut(u64),
    /// It could not be started: the program, user or directory does not exist.
    NotStarted(String),
}

impl Default for End {
    fn default() -> Self {
        Self::Exit(0)
    }
}

/// Suggestion for a command that was stopped because it took too long.
pub const LONGER: &str = "raise `timeout` if it needs longer";

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(status) => write!(f, "exit status {status}"),
            Self::Signal(signal) => write!(f, "killed by signal {signal}"),
            Self::TimedOut(1) => f.write_str("stopped after 1 second"),
            Self::TimedOut(seconds) => write!(f, "stopped after {seconds} seconds"),
            Self::NotStarted(why) => write!(f, "not started: {why}"),
        }
    }
}

/// A method that changes nothing.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum HttpMethod {
    #[default]
    Get,
    Head,
    Options,
}

impl HttpMethod {
    /// As it is sent.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
        }
    }
}

/// An HTTP request. The machine itself makes it. Redirects are not followed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HttpRequest {
    /// `https://example.org/`, `http://127.0.0.1/` or `unix:/run/site.sock:/path`.
    pub url: String,
    #[serde(default)]
    pub method: HttpMethod,
    /// The address to connect to, instead of the one that the name in the URL has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_to: Option<IpAddr>,
    /// Whether any certificate is accepted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub any_certificate: bool,
    /// Names of the headers of the answer that are kept, in lowercase.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted_headers: Vec<String>,
    /// Headers, including `Host`.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// Seconds for one attempt.
    pub timeout: u32,
    /// Number of attempts. They end early with a status in `accept`.
    pub attempts: u32,
    /// Seconds between attempts.
    pub interval: u32,
    /// Ranges of accepted statuses.
    pub accept: Vec<(u16, u16)>,
    /// Whether it only asks for the version of a file to download: the body is not read, and a plan assumes that no change
    /// to this machine alters the answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_version: bool,
}

/// The last response to an [`HttpRequest`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResult {
    /// Status, if there was a response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Wanted headers, with names in lowercase.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// Start of the body, up to 64 KiB, with invalid UTF-8 replaced.
    #[serde(default)]
    pub body: String,
    /// Why there was no response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
