//! `http_check`: checks that a page is served.

use std::collections::BTreeMap;
use std::net::IpAddr;

use regex_lite::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::CommandLine;
use crate::model::english::{count, list};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, script};
use crate::model::query::{End, HttpMethod, HttpRequest, HttpResult, Query};
use crate::model::step::Command;
use crate::provider::portable_regex;
use crate::provider::{Action, Provider, action};

/// Number of lines of the body, and of the output of `diagnose`, that a failure shows.
const SHOWN: usize = 50;

/// A check that a page is served. The machine asks for it itself. Use it at the end of a deployment.
///
/// It changes nothing, so it is never updated. Redirects are not followed. If the page is not as expected, the resource fails and shows the answer.
/// In a plan with changes before it, the result is unknown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HttpCheck {
    /// Address of the page: `http://127.0.0.1:8000/path`, `https://blog.example.org/`, or `unix:/run/blog.sock:/path` for
    /// a socket.
    url: String,
    /// The method of the request. Others may change something, and a plan makes the request too.
    #[serde(default)]
    method: HttpMethod,
    /// IP address to connect to, instead of the one that the name in `url` has: with `"127.0.0.1"` the machine asks its
    /// own server for `https://blog.example.org/`.
    connect_to: Option<String>,
    /// Whether the server needs a certificate for its name from an authority that the machine trusts: the ones in
    /// `/etc/ssl/certs`, or in the file that the environment variable `SSL_CERT_FILE` names.
    #[serde(default = "yes")]
    verify_certificate: bool,
    /// Headers of the request, for example `Host` and `X-Forwarded-Proto`.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Status that is expected: a number, a list of numbers, `"ok"` for 200 to 399, or `"served"` for all except 400
    /// and 5xx.
    #[serde(default)]
    expect: Expect,
    /// Headers that the answer must have: a text that must be in the value, for each name.
    #[serde(default)]
    response_headers: BTreeMap<String, String>,
    /// Text that must be in the first 64 KiB of the page.
    body_contains: Option<String>,
    /// Regular expression that must match in the first 64 KiB of the page: `"version: 1\\.[2-9]"`.
    body_matches: Option<String>,
    /// Seconds for one attempt.
    #[serde(default = "five")]
    timeout: u32,
    /// Number of attempts.
    #[serde(default = "ten")]
    attempts: u32,
    /// Seconds between two attempts.
    #[serde(default = "one")]
    interval: u32,
    /// Command to run after a failure; its last lines are shown. It must only read: `"journalctl -u blog -n 50
    /// --no-pager"`.
    diagnose: Option<CommandLine>,
}

fn yes() -> bool {
    true
}

fn five() -> u32 {
    5
}

fn ten() -> u32 {
    10
}

fn one() -> u32 {
    1
}

/// The expected status.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
enum Expect {
    StatusWord(StatusWord),
    Status(u16),
    Statuses(Vec<u16>),
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum StatusWord {
    Served,
    Ok,
}

impl Default for Expect {
    fn default() -> Self {
        Self::StatusWord(StatusWord::Served)
    }
}

impl Expect {
    fn ranges(&self) -> Vec<(u16, u16)> {
        match self {
            // Many applications answer 404 at their root.
            Self::StatusWord(StatusWord::Served) => vec![(200, 399), (401, 499)],
            Self::StatusWord(StatusWord::Ok) => vec![(200, 399)],
            Self::Status(status) => vec![(*status, *status)],
            Self::Statuses(statuses) => statuses.iter().map(|status| (*status, *status)).collect(),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::StatusWord(StatusWord::Served) => "anything but 400 and 5xx".into(),
            Self::StatusWord(StatusWord::Ok) => "200 to 399".into(),
            Self::Status(status) => status.to_string(),
            Self::Statuses(statuses) => list(&statuses.iter().map(u16::to_string).collect::<Vec<_>>(), "or"),
        }
    }
}

impl HttpCheck {
    fn request(&self) -> HttpRequest {
        HttpRequest {
            url: self.url.clone(),
            method: self.method,
            connect_to: self.connect_to.as_deref().and_then(|ip| ip.parse().ok()),
            any_certificate: !self.verify_certificate,
            wanted_headers: self.response_headers.keys().map(|name| name.to_ascii_lowercase()).collect(),
            headers: self.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            timeout: self.timeout,
            attempts: self.attempts,
            interval: self.interval,
            accept: self.expect.ranges(),
            of_version: false,
        }
    }

    /// What is wrong with an answer, if anything.
    fn fault(&self, result: &HttpResult) -> Option<String> {
        let url = &self.url;
        let attempts = count(self.attempts as usize, "attempt");
        let Some(status) = result.status else {
            let why = result.error.as_deref().unwrap_or("no answer");
            return Some(format!("`{url}` does not answer after {attempts}: {why}"));
        };
        if !self.expect.ranges().iter().any(|(low, high)| (*low..=*high).contains(&status)) {
            let expected = self.expect.describe();
            return Some(format!("`{url}` answers {status} after {attempts}, expected {expected}"));
        }
        self.wrong_header(result)
            .or_else(|| self.wrong_body(&result.body))
            .map(|wrong| format!("`{url}` answers {status}, but {wrong}"))
    }

    /// What is wrong with the headers, if anything.
    fn wrong_header(&self, result: &HttpResult) -> Option<String> {
        self.response_headers.iter().find_map(|(name, wanted)| {
            let values = result.headers.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
            let values: Vec<&str> = values.map(|(_, value)| value.as_str()).collect();
            if values.iter().any(|value| value.contains(wanted.as_str())) {
                return None;
            }
            Some(if values.is_empty() {
                format!("has no header `{name}`")
            } else {
                format!("its header `{name}` is `{}`, without `{wanted}`", values.join("`, `"))
            })
        })
    }

    /// What is wrong with the page, if anything.
    fn wrong_body(&self, body: &str) -> Option<String> {
        if let Some(text) = self.body_contains.as_deref().filter(|text| !body.contains(text)) {
            return Some(format!("the page does not contain `{text}`"));
        }
        let pattern = self.body_matches.as_deref()?;
        let matches = Regex::new(pattern).is_ok_and(|regex| regex.is_match(body));
        (!matches).then(|| format!("nothing in the page matches `{pattern}`"))
    }

    fn failure(&self, fault: String, result: &HttpResult, known: &Known) -> Result<Failure, Stop> {
        let mut details: Vec<String> = Vec::new();
        if let Some(line) = &self.diagnose {
            let command = diagnosis(line);
            let told = known.command(&command)?;
            details.push(format!("$ {}", command.display()));
            details.extend(last(&told.stdout));
            details.extend(last(&told.stderr));
            if told.end != End::Exit(0) {
                details.push(told.end.to_string());
            }
        }
        let body = result.body.lines().filter(|line| !line.trim().is_empty()).take(SHOWN);
        details.extend(body.map(str::to_owned));
        let failure = Failure { details, ..Failure::new(fault) };
        Ok(match (result.status, &self.diagnose) {
            (Some(400), _) if !self.headers.keys().any(|name| name.eq_ignore_ascii_case("host")) => {
                failure.hint("a server that checks the host name wants `headers = { Host = \"…\" }`")
            }
            (_, None) => failure.hint("add a diagnosis: diagnose = \"journalctl -u … -n 50 --no-pager\""),
            _ => failure,
        })
    }
}

fn diagnosis(line: &CommandLine) -> Command {
    Command::new(line.0.iter().cloned())
}

fn last(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN)..].iter().map(|line| (*line).to_owned()).collect()
}

/// What is wrong with an address, if anything.
fn misfit(url: &str) -> Option<&'static str> {
    if url.contains(|c: char| c.is_control() || c == ' ') {
        return Some("has blanks or control characters in it");
    }
    if let Some(rest) = url.strip_prefix("unix:") {
        let fits = rest.starts_with('/') && rest.split_once(":/").is_some();
        return (!fits).then_some("is not of the form `unix:/path/of.sock:/page`");
    }
    let Some(rest) = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")) else {
        return Some("is none of `https://…`, `http://…` and `unix:/path/of.sock:/page`");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    if authority.contains(['@', '\\']) {
        return Some("has something other than host and port ahead of the page");
    }
    let host = match authority.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((host, _)) => host,
        None => authority.split(':').next().unwrap_or(authority),
    };
    host.is_empty().then_some("names no host")
}

/// Whether a page is served: attempts, seconds between them, ranges of statuses, a text, a pattern, headers with a text each, and
/// the command.
const IS_SERVED: &str = r#"
attempts=$1 interval=$2 statuses=$3 text=$4 pattern=$5 headers=$6
shift 6
has_headers() {
  [ -z "$headers" ] || printf '%s\n' "$headers" | while IFS=: read -r name value; do
    printf '%s\n' "$answer" | grep -i -e "^$name:" | grep -qF -e "$value" || exit 1
  done
}
while :; do
  answer=$("$@" 2>/dev/null) || answer=000
  status=$(printf '%s\n' "$answer" | tail -n 1)
  for range in $statuses; do
    if [ "$status" -ge "${range%-*}" ] && [ "$status" -le "${range#*-}" ] &&
      { [ -z "$text" ] || printf '%s\n' "$answer" | grep -qF -e "$text"; } &&
      has_headers && { [ -z "$pattern" ] || printf '%s\n' "$answer" | grep -qE -e "$pattern"; }; then exit 0; fi
  done
  attempts=$((attempts - 1))
  [ "$attempts" -gt 0 ] || exit 1
  sleep "$interval"
done
"#;

/// Says that a page is not served, and why that may be: the address, and a command.
const NOT_SERVED: &str = r#"
printf '%s\n' "$1 is not served as expected" >&2
command -v curl >/dev/null || echo "curl is not installed, so nothing can ask for it" >&2
shift
[ $# = 0 ] || "$@" 2>&1 | tail -n 50 >&2
exit 1
"#;

impl Provider for HttpCheck {
    const NAME: &'static str = "http_check";
    const ACTIONS: &'static [Action] = &[action("check", "Fails if the page is not served as expected.")];
    const NAME_PROPERTY: Option<&'static str> = Some("url");
    const PLAN: &'static str =
        "The page is fetched, as in a run. Where something would change first, the answer is unknown.";
    const PLATFORMS: &'static str = "Any Linux. Through a shell, the target needs curl.";
    const EXAMPLE: &'static str = r#"
http_check "http://127.0.0.1:8000/" {
  headers = { Host = "blog.example.org" },
  expect = "ok",
  diagnose = { "journalctl", "-u", "blog", "-n", "50", "--no-pager" },
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        let url = &self.url;
        if let Some(wrong) = misfit(url) {
            return Err(Failure::new(format!("`{url}` {wrong}")).hint(
                "write `https://host/page`, `http://127.0.0.1:8000/page`, or `unix:/run/app.sock:/page`",
            ));
        }
        if let Some(wrong) = self.connect_to.as_deref().filter(|ip| ip.parse::<IpAddr>().is_err()) {
            return Err(Failure::new(format!(
                "`connect_to` is an IP address, not `{}`",
                wrong.escape_debug()
            ))
            .hint("the name of the site belongs in `url`"));
        }
        if self.connect_to.is_some() && url.starts_with("unix:") {
            return Err(Failure::new("`connect_to` has no use with a socket"));
        }
        if let Some(Err(error)) = self.body_matches.as_deref().map(Regex::new) {
            return Err(Failure::new(format!("`body_matches` is not a regular expression: {error}"))
                .hint("write a backslash twice in quotes: \"\\\\.\" matches a dot"));
        }
        if self.method == HttpMethod::Head && (self.body_contains.is_some() || self.body_matches.is_some()) {
            return Err(Failure::new("an answer to HEAD has no page to look into"));
        }
        if self.attempts == 0 || self.timeout == 0 {
            return Err(Failure::new("`attempts` and `timeout` are at least 1"));
        }
        if self.expect.ranges().is_empty() {
            return Err(Failure::new("`expect` names no status"));
        }
        let broken = |text: &String| text.contains(|c: char| c.is_control());
        if let Some((name, _)) = self.headers.iter().find(|(name, value)| broken(name) || broken(value)) {
            return Err(Failure::new(format!(
                "the header `{}` has control characters in it",
                name.escape_debug()
            )));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.fetch(&self.url);
        self.connect_to.iter().for_each(|address| needs.fetch(&format!("tcp://{address}")));
        self.diagnose.iter().for_each(|line| needs.argv(&line.0));
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        vec![Query::Http(Box::new(self.request()))]
    }

    fn portable(&self, _action: &str, into: &mut Portables) -> Result<(), Declined> {
        let ranges: Vec<String> =
            self.expect.ranges().iter().map(|(low, high)| format!("{low}-{high}")).collect();
        let pattern = self.body_matches.as_deref().map_or(Ok(String::new()), portable_regex::extended)?;
        let text = self.body_contains.clone().unwrap_or_default();
        let mut words =
            vec![self.attempts.to_string(), self.interval.to_string(), ranges.join(" "), text, pattern];
        let headers: Vec<String> =
            self.response_headers.iter().map(|(name, text)| format!("{name}:{text}")).collect();
        words.push(headers.join("\n"));
        words.extend(["curl", "--silent", "--max-time"].map(str::to_owned));
        words.push(self.timeout.to_string());
        match self.method {
            HttpMethod::Get => {}
            HttpMethod::Head => words.push("--head".into()),
            HttpMethod::Options => words.extend(["--request".into(), "OPTIONS".into()]),
        }
        if !headers.is_empty() && self.method != HttpMethod::Head {
            words.push("--include".into());
        }
        if !self.verify_certificate {
            words.push("--insecure".into());
        }
        if let Some(address) = &self.connect_to {
            words.extend(["--connect-to".into(), format!("::{address}:")]);
        }
        for (name, value) in &self.headers {
            words.extend(["--header".into(), format!("{name}: {value}")]);
        }
        let url = match self.url.strip_prefix("unix:").and_then(|rest| rest.split_once(':')) {
            Some((socket, path)) => {
                words.extend(["--unix-socket".into(), socket.to_owned()]);
                format!("http://localhost{path}")
            }
            None => self.url.clone(),
        };
        words.extend(["--write-out", "\\n%{http_code}", "--", url.as_str()].map(str::to_owned));
        let look = Command { waits: true, ..script("is_served", IS_SERVED, words) };
        let diagnose = self.diagnose.iter().flat_map(|line| &line.0).map(String::as_str);
        let act = script("not_served", NOT_SERVED, std::iter::once(self.url.as_str()).chain(diagnose));
        into.add(Portable::Command(PortableCommand::unless(look, act)));
        Ok(())
    }

    fn plan(&self, _action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        let result = known.http(&self.request())?;
        match self.fault(result) {
            None => Ok(Vec::new()),
            Some(fault) => Err(self.failure(fault, result, known)?.into()),
        }
    }
}
