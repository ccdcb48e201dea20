//! Pages, through the `curl` of the target. URL and headers are passed on standard input, because everyone can
//! read arguments.

use std::net::IpAddr;
use std::time::Duration;

use super::wire::{Frames, ShellWire, call};
use crate::model::english::printable;
use crate::model::error::Failure;
use crate::model::query::{Answer, HttpMethod, HttpRequest, HttpResult};
use crate::target::local::http::parse_answer;
use crate::target::local::web::is_here;

/// Separates the page from the status of `curl`.
pub(super) const END: &str = "\nchefrs-status ";

/// Start of curl's message about a timeout.
const TIMED_OUT: &str = "curl: (28)";

/// Answers `Http`: tries again until the status is accepted.
///
/// # Errors
/// The connection broke.
pub(super) fn fetch(request: &HttpRequest, wire: &mut ShellWire) -> Result<Answer, Failure> {
    let configuration = match configuration(request) {
        Ok(configuration) => configuration,
        Err(error) => return Ok(Answer::Http(failed(error))),
    };
    let attempts = request.attempts.max(1);
    let mut last = HttpResult::default();
    for attempt in 1..=attempts {
        let script = wire.printing(configuration.as_bytes(), &ask(request));
        let mut frames = wire.ask(&script)?;
        if frames.text("missing").is_some() {
            let failure = Failure::new("the page can't be fetched: there is no program `curl`");
            return Ok(Answer::Failed(failure.hint("install curl there")));
        }
        last = read(&mut frames, request).unwrap_or_else(failed);
        last.headers.retain(|(name, _)| request.wanted_headers.contains(name));
        let wanted = |status: u16| {
            request.accept.is_empty()
                || request.accept.iter().any(|(from, to)| (*from..=*to).contains(&status))
        };
        if last.status.is_some_and(wanted) {
            break;
        }
        if attempt < attempts {
            std::thread::sleep(Duration::from_secs(u64::from(request.interval)));
        }
    }
    Ok(Answer::Http(last))
}

/// The call that fetches the page. Only for the version of a file that has no secrets, wget is good enough.
fn ask(request: &HttpRequest) -> String {
    if !request.of_version {
        return "| ask_page".to_owned();
    }
    let seconds = seconds(request).to_string();
    let mut words = vec![request.url.clone(), seconds];
    words.extend(request.headers.iter().map(|(name, value)| format!("--header={name}: {value}")));
    format!("| {}", call("ask_version", words.iter().map(String::as_str)))
}

fn failed(error: String) -> HttpResult {
    HttpResult { error: Some(error), ..HttpResult::default() }
}

fn read(frames: &mut Frames, request: &HttpRequest) -> Result<HttpResult, String> {
    let page = frames.next("page").unwrap_or_default();
    let said = frames.text("said").unwrap_or_default();
    let end = memchr::memmem::rfind(&page, END.as_bytes());
    let (page, status) = match end {
        Some(end) => (&page[..end], &page[end + END.len()..]),
        None => (&page[..], &b""[..]),
    };
    if said.starts_with(TIMED_OUT) {
        // The part until the timeout may be sufficient.
        return parse_answer(page, request, false)?
            .ok_or_else(|| format!("no answer within {} s", seconds(request)));
    }
    if status.starts_with(b"000") {
        // `curl: (7) Failed to connect to …`
        if said.contains("HTTP/0.9") {
            return Err("the answer is not HTTP".into());
        }
        let said = said.trim().split_once(") ").map_or("no answer", |(_, reason)| reason);
        return Err(printable(said).to_lowercase());
    }
    parse_answer(page, request, true)?.ok_or_else(|| "the connection ended without an answer".into())
}

/// Timeout of the page.
fn seconds(request: &HttpRequest) -> u32 {
    if request.timeout == 0 { 10 } else { request.timeout }
}

fn configuration(request: &HttpRequest) -> Result<String, String> {
    let (url, socket) = address(&request.url)?;
    let headers = request.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let mut options = vec![
        ("url", url),
        ("user-agent", "chefrs".to_owned()),
        ("max-time", seconds(request).to_string()),
        ("proto", "=http,https".to_owned()),
    ];
    if socket.is_some() || request.connect_to.is_some() || is_here(&request.url) {
        // Addresses of this machine are never reached through a proxy.
        options.push(("noproxy", "*".to_owned()));
    }
    options.extend(request.connect_to.map(|ip| match ip {
        IpAddr::V4(ip) => ("connect-to", format!("::{ip}:")),
        IpAddr::V6(ip) => ("connect-to", format!("::[{ip}]:")),
    }));
    if request.method == HttpMethod::Options {
        options.push(("request", request.method.word().to_owned()));
    }
    options.extend(socket.map(|socket| ("unix-socket", socket)));
    options.extend(headers.map(|header| ("header", header)));
    let mut flags = vec!["include", "raw", "silent", "show-error", "globoff", "http1.1"];
    if request.method == HttpMethod::Head {
        flags.push("head");
    }
    if request.any_certificate {
        flags.push("insecure");
    }
    let configuration = curl(&options, &flags)?;
    Ok(configuration + &write_out())
}

/// The option of curl that prints the status behind the page.
pub(super) fn write_out() -> String {
    format!("write-out = \"{}%{{http_code}}\"\n", END.replace('\n', "\\n"))
}

/// The configuration file for curl. The first option is the URL.
///
/// # Errors
/// A value would add another option.
pub(super) fn curl(options: &[(&str, String)], flags: &[&str]) -> Result<String, String> {
    let control = |(_, value): &(&str, String)| value.contains(|c: char| c.is_control());
    if options.iter().any(control) || options.first().is_some_and(|(_, url)| url.contains(' ')) {
        return Err("the address or a header has a space or control character in it".into());
    }
    let quoted = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"");
    let mut lines: Vec<String> =
        options.iter().map(|(name, value)| format!("{name} = \"{}\"", quoted(value))).collect();
    lines.extend(flags.iter().map(|flag| (*flag).to_owned()));
    Ok(lines.join("\n") + "\n")
}

/// The URL, and the socket to use.
fn address(url: &str) -> Result<(String, Option<String>), String> {
    if let Some(rest) = url.strip_prefix("unix:") {
        let (socket, path) = rest.split_once(':').unwrap_or((rest, "/"));
        if !socket.starts_with('/') || !path.starts_with('/') {
            return Err(format!("`{url}` is not of the form `unix:/run/site.sock:/path`"));
        }
        return Ok((format!("http://localhost{path}"), Some(socket.to_owned())));
    }
    if url.starts_with("http://") || url.starts_with("https://") {
        return Ok((url.to_owned(), None));
    }
    Err(format!("`{url}` begins with none of `https://`, `http://` and `unix:`"))
}
