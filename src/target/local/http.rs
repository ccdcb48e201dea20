//! Pages: a small HTTP/1.1 client over TCP and Unix sockets for those of this machine, and the client of downloads for
//! https and other machines. Redirects are not followed.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use super::names::known_here;
use super::web::{self, WebClient, is_here};
use crate::model::query::{HttpMethod, HttpRequest, HttpResult};
use crate::target::interrupt::Interrupt;

/// Bytes of the body that are kept.
const BODY: usize = 64 * 1024;
/// Limit for status line and headers, in bytes.
const HEAD: usize = 64 * 1024;

/// Answers `Query::Http`: tries again until the status is accepted.
pub(super) fn fetch(request: &HttpRequest, interrupt: &Interrupt) -> HttpResult {
    let attempts = request.attempts.max(1);
    let mut last = HttpResult::default();
    for attempt in 1..=attempts {
        last = match once(request) {
            Ok(result) => result,
            Err(error) => HttpResult { error: Some(error), ..HttpResult::default() },
        };
        last.headers.retain(|(name, _)| request.wanted_headers.contains(name));
        let wanted = |status: u16| {
            request.accept.is_empty()
                || request.accept.iter().any(|(from, to)| (*from..=*to).contains(&status))
        };
        if last.status.is_some_and(wanted) {
            break;
        }
        if interrupt.is_halted() {
            break;
        }
        if attempt < attempts {
            std::thread::sleep(Duration::from_secs(u64::from(request.interval)));
        }
    }
    last
}

fn once(request: &HttpRequest) -> Result<HttpResult, String> {
    let seconds = if request.timeout == 0 { 10 } else { u64::from(request.timeout) };
    let is_web = request.url.starts_with("http://") || request.url.starts_with("https://");
    if is_web
        && (request.of_version
            || request.connect_to.is_some()
            || request.url.starts_with("https://")
            || !is_here(&request.url))
    {
        return from_the_web(request, seconds);
    }
    let place = PageAddress::parse(&request.url)?;
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let text = place.request(request)?;
    let mut stream = place.connect(deadline)?;
    stream.set_deadline(deadline)?;
    stream.write_all(text.as_bytes()).map_err(|error| told(&error, seconds))?;
    read_answer(&mut stream, request, deadline, seconds)
}

/// Makes a request with the client of downloads.
fn from_the_web(request: &HttpRequest, seconds: u64) -> Result<HttpResult, String> {
    let broken = |text: &str| text.contains(|c: char| c.is_control());
    let is_broken = request.headers.iter().any(|(name, value)| broken(name) || broken(value));
    if is_broken || broken(&request.url) || request.url.contains(' ') {
        return Err("the address or a header has a space or control character in it".into());
    }
    let client = WebClient {
        connect_to: request.connect_to,
        any_certificate: request.any_certificate,
        ..WebClient::new(Duration::from_secs(seconds))
    };
    let agent = client.agent(&request.url)?;
    let mut call = match request.method {
        HttpMethod::Get => agent.get(&request.url),
        HttpMethod::Head => agent.head(&request.url),
        HttpMethod::Options => agent.options(&request.url),
    }
    .config()
    .http_status_as_error(false)
    .build();
    for (name, value) in &request.headers {
        call = call.header(name, value);
    }
    let why = |error: &ureq::Error| match error {
        ureq::Error::Timeout(_) => format!("no answer within {seconds} s"),
        error => web::explain(error),
    };
    let response = call.call().map_err(|error| why(&error))?;
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let limit = if request.of_version { 0 } else { BODY };
    let mut body = Vec::new();
    // What has come until an error may be enough.
    let _ = response.into_body().into_reader().take(limit as u64).read_to_end(&mut body);
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(HttpResult { status: Some(status), headers, body, error: None })
}

/// The address of a page.
enum PageAddress {
    Tcp { host: String, port: u16, path: String },
    Unix { socket: String, path: String },
}

impl PageAddress {
    fn parse(url: &str) -> Result<Self, String> {
        if let Some(rest) = url.strip_prefix("unix:") {
            let (socket, path) = rest.split_once(':').unwrap_or((rest, "/"));
            if !socket.starts_with('/') || !path.starts_with('/') {
                return Err(format!("`{url}` is not of the form `unix:/run/site.sock:/path`"));
            }
            return Ok(Self::Unix { socket: socket.into(), path: path.into() });
        }
        let Some(rest) = url.strip_prefix("http://") else {
            return Err(format!("`{url}` begins with none of `https://`, `http://` and `unix:`"));
        };
        let split = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(split);
        let path = path.split('#').next().unwrap_or_default();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        // The port follows the last colon outside of brackets.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                (host, port.parse().map_err(|_| format!("`{port}` is not a port"))?)
            }
            _ => (authority, 80),
        };
        if host.is_empty() || host.contains('@') {
            return Err(format!("`{url}` names no host"));
        }
        Ok(Self::Tcp { host: host.into(), port, path })
    }

    fn connect(&self, deadline: Instant) -> Result<Stream, String> {
        match self {
            Self::Unix { socket, .. } => UnixStream::connect(socket)
                .map(Stream::Unix)
                .map_err(|error| format!("can't connect to `{socket}`: {}", lower(&error))),
            Self::Tcp { host, port, .. } => {
                let mut failed = format!("`{host}` is not a name that this machine knows by itself");
                for ip in known_here(host) {
                    let left = left(deadline)?;
                    match TcpStream::connect_timeout(&SocketAddr::new(ip, *port), left) {
                        Ok(stream) => return Ok(Stream::Tcp(stream)),
                        Err(error) => failed = format!("can't connect to `{host}:{port}`: {}", lower(&error)),
                    }
                }
                Err(failed)
            }
        }
    }

    fn request(&self, HttpRequest { method, headers, .. }: &HttpRequest) -> Result<String, String> {
        let (host, path) = match self {
            Self::Unix { path, .. } => ("localhost".to_owned(), path),
            Self::Tcp { host, port: 80, path } => (host.clone(), path),
            Self::Tcp { host, port, path } => (format!("{host}:{port}"), path),
        };
        let mut lines = vec![format!("{} {path} HTTP/1.1", method.word())];
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            lines.push(format!("Host: {host}"));
        }
        lines.push("User-Agent: chefrs".into());
        lines.push("Accept: */*".into());
        lines.push("Connection: close".into());
        lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
        if lines.iter().any(|line| line.contains(|c: char| c.is_control())) || path.contains(' ') {
            return Err("the address or a header has a space or control character in it".into());
        }
        Ok(lines.join("\r\n") + "\r\n\r\n")
    }
}

/// An open connection.
enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    fn set_deadline(&self, deadline: Instant) -> Result<(), String> {
        let left = Some(left(deadline)?);
        let set = match self {
            Self::Tcp(stream) => stream.set_read_timeout(left).and_then(|()| stream.set_write_timeout(left)),
            Self::Unix(stream) => stream.set_read_timeout(left).and_then(|()| stream.set_write_timeout(left)),
        };
        set.map_err(|error| lower(&error))
    }

    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            Self::Unix(stream) => stream.read(buffer),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.write_all(bytes),
            Self::Unix(stream) => stream.write_all(bytes),
        }
    }
}

fn left(deadline: Instant) -> Result<Duration, String> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err("no answer in time".into()) } else { Ok(left) }
}

/// Reads the headers and the start of the body. The rest is not read.
fn read_answer(
    stream: &mut Stream,
    request: &HttpRequest,
    deadline: Instant,
    seconds: u64,
) -> Result<HttpResult, String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        if let Some(result) = parse_answer(&bytes, request, false)? {
            return Ok(result);
        }
        if bytes.len() > HEAD + 4 * BODY {
            return Err("the headers of the answer are too long".into());
        }
        stream.set_deadline(deadline)?;
        match stream.read(&mut buffer) {
            Ok(0) => {
                return parse_answer(&bytes, request, true)?
                    .ok_or_else(|| "the connection ended without an answer".into());
            }
            Ok(n) => bytes.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(told(&error, seconds)),
        }
    }
}

/// Parses an answer; `None` if it is incomplete. `ended`: no more bytes will come.
pub(in crate::target) fn parse_answer(
    bytes: &[u8],
    request: &HttpRequest,
    ended: bool,
) -> Result<Option<HttpResult>, String> {
    let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap_or_default();
    let status = first
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1)?.parse().ok())
        .ok_or_else(|| "the answer is not HTTP".to_owned())?;
    let header = |name: &str| {
        let named =
            |line: &&str| line.split(':').next().is_some_and(|key| key.trim().eq_ignore_ascii_case(name));
        head.split("\r\n").skip(1).find(named).and_then(|line| Some(line.split_once(':')?.1.trim()))
    };
    let rest = &bytes[end + 4..];
    if (100..200).contains(&status) && status != 101 {
        return parse_answer(rest, request, ended);
    }
    let is_chunked = |coding: &str| coding.contains("chunked") && request.method != HttpMethod::Head;
    let (body, complete) = if header("transfer-encoding").is_some_and(is_chunked) {
        unchunk(rest)
    } else {
        let length = header("content-length").and_then(|length| length.parse::<usize>().ok());
        let empty = matches!(status, 204 | 304) || request.method == HttpMethod::Head;
        let wanted = if empty { 0 } else { length.unwrap_or(usize::MAX) };
        (rest[..rest.len().min(wanted)].to_vec(), rest.len() >= wanted)
    };
    if !complete && !ended && body.len() < BODY {
        return Ok(None);
    }
    let body = String::from_utf8_lossy(&body[..body.len().min(BODY)]).into_owned();
    let named = head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
    let headers =
        named.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned())).collect();
    Ok(Some(HttpResult { status: Some(status), headers, body, error: None }))
}

/// Joins the chunks. Returns whether the last one is among them.
fn unchunk(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(end) = memchr::memmem::find(rest, b"\r\n") {
        let size = String::from_utf8_lossy(&rest[..end]);
        let size = size.split(';').next().unwrap_or_default().trim();
        let Ok(size) = usize::from_str_radix(size, 16) else { return (body, true) };
        if size == 0 {
            return (body, true);
        }
        let data = &rest[end + 2..];
        body.extend_from_slice(&data[..data.len().min(size)]);
        match size.checked_add(2) {
            Some(next) if data.len() >= next && body.len() < BODY => rest = &data[next..],
            _ => break,
        }
    }
    (body, false)
}

fn told(error: &std::io::Error, seconds: u64) -> String {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    if matches!(error.kind(), WouldBlock | TimedOut) {
        return format!("no answer within {seconds} s");
    }
    lower(error)
}

/// The error in lowercase, without its number.
fn lower(error: &std::io::Error) -> String {
    match rustix::io::Errno::from_io_error(error) {
        Some(rustix::io::Errno::CONNREFUSED) => "connection refused".into(),
        Some(rustix::io::Errno::NOENT) => "there is no such socket".into(),
        Some(rustix::io::Errno::ACCESS) => "permission denied".into(),
        _ => error.to_string().to_lowercase(),
    }
}
