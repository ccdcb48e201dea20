//! Requests to one OCI registry, with the tokens that it wants.

use std::collections::BTreeMap;

use serde_json::Value;

use super::credentials::{Credentials, basic, for_oci};
use super::web_call::{WebAnswer, WebCall, scheme};

/// Most bytes of an answer with a token.
const TOKEN: u64 = 1 << 20;

/// The registry of a host.
#[derive(Debug)]
pub(super) struct OciSession {
    pub(super) host: String,
    /// Headers by repository and whether it may write.
    headers: Vec<(String, bool, String)>,
}

/// Why there is no answer.
#[derive(Debug, Clone)]
pub(super) enum OciFailure {
    /// It can't be reached, or says something else.
    Failed(String),
    /// It wants credentials: whether some were sent.
    Refused(bool),
}

impl OciSession {
    pub(super) fn new(host: &str) -> Self {
        Self { host: host.to_owned(), headers: Vec::new() }
    }

    /// The URL of a path below `/v2/`.
    pub(super) fn url(&self, path: &str) -> String {
        let host = if self.host == "docker.io" { "registry-1.docker.io" } else { &self.host };
        format!("{}://{host}/v2/{path}", scheme(&self.host))
    }

    /// Sends a request about a repository. If the registry asks for it, again with credentials.
    pub(super) fn send(&mut self, name: &str, call: WebCall) -> Result<WebAnswer, OciFailure> {
        let writes = !matches!(call.method, None | Some("GET" | "HEAD"));
        let known = self.headers.iter().find(|(of, may_write, _)| of == name && *may_write == writes);
        let known = known.map(|(_, _, header)| header.clone());
        let mut call = WebCall { authorization: known, ..call };
        let answer = call.send().map_err(OciFailure::Failed)?;
        if answer.status != 401 {
            return accepted(answer, call.authorization.is_some());
        }
        let wanted = answer.header("www-authenticate").unwrap_or_default().to_owned();
        let known = for_oci(&self.host, name).map_err(OciFailure::Failed)?;
        let header = authorized((&call.url, &wanted), name, writes, known.as_ref())?;
        let Some(header) = header else { return Err(OciFailure::Refused(known.is_some())) };
        call.authorization = Some(header.clone());
        let answer = call.send().map_err(OciFailure::Failed)?;
        if answer.status == 401 {
            return Err(OciFailure::Refused(known.is_some()));
        }
        self.headers.push((name.to_owned(), writes, header));
        accepted(answer, known.is_some())
    }
}

/// The header that a challenge wants.
fn authorized(
    (url, challenge): (&str, &str),
    name: &str,
    writes: bool,
    known: Option<&Credentials>,
) -> Result<Option<String>, OciFailure> {
    let (kind, rest) = challenge.split_once(' ').unwrap_or((challenge, ""));
    if kind.eq_ignore_ascii_case("basic") {
        return Ok(match known {
            Some(Credentials::Basic(user, password)) => Some(basic(user, password)),
            _ => None,
        });
    }
    if !kind.eq_ignore_ascii_case("bearer") {
        return Err(OciFailure::Failed("it asks for credentials in a way that is not known".to_owned()));
    }
    let parameters = parameters(rest);
    let parameter = |key: &str| parameters.get(key).cloned();
    let realm = parameter("realm")
        .ok_or_else(|| OciFailure::Failed("it does not say where tokens come from".to_owned()))?;
    // Credentials go no other way than they came.
    if url.starts_with("https://") && !realm.starts_with("https://") {
        return Err(OciFailure::Failed("it wants its tokens to be fetched without TLS".to_owned()));
    }
    let actions = if writes { "pull,push" } else { "pull" };
    let scope = parameter("scope").unwrap_or_else(|| format!("repository:{name}:{actions}"));
    let service = parameter("service").unwrap_or_default();
    let query = format!("service={}&scope={}", encoded(&service), encoded(&scope));
    let call = match known {
        Some(Credentials::Identity(token)) => {
            let body =
                format!("grant_type=refresh_token&client_id=chefrs&{query}&refresh_token={}", encoded(token));
            WebCall {
                method: Some("POST"),
                headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
                body: Some(body.into_bytes()),
                ..WebCall::get(realm, TOKEN)
            }
        }
        _ => {
            let gap = if realm.contains('?') { "&" } else { "?" };
            let authorization = match known {
                Some(Credentials::Basic(user, password)) => Some(basic(user, password)),
                _ => None,
            };
            WebCall { authorization, ..WebCall::get(format!("{realm}{gap}{query}"), TOKEN) }
        }
    };
    let failed = |why: String| OciFailure::Failed(format!("no token can be had: {why}"));
    let answer = call.send().map_err(failed)?;
    if matches!(answer.status, 401 | 403) {
        return Err(OciFailure::Refused(known.is_some()));
    }
    let found: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let text = |key: &str| found.as_ref()?.get(key)?.as_str().map(str::to_owned);
    match text("token").or_else(|| text("access_token")) {
        Some(token) => Ok(Some(format!("Bearer {token}"))),
        None => Err(failed(format!("the server answered with status {}", answer.status))),
    }
}

fn accepted(answer: WebAnswer, is_known: bool) -> Result<WebAnswer, OciFailure> {
    if answer.status == 403 { Err(OciFailure::Refused(is_known)) } else { Ok(answer) }
}

/// Parses `realm="…",service="…"`.
fn parameters(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while let Some((key, after)) = rest.split_once('=') {
        let key = key.trim_matches([' ', ',']).to_lowercase();
        let value = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').unwrap_or((quoted, ""));
                rest = after;
                value
            }
            None => {
                let (value, after) = after.split_once(',').unwrap_or((after, ""));
                rest = after;
                value
            }
        };
        found.insert(key, value.to_owned());
    }
    found
}

/// A text as a part of a query.
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}
