//! Downloads: tries mirrors in order, streams into a draft, verifies, renames.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use camino::Utf8Path;
use sha2::{Digest as _, Sha256};

use super::accounts::Accounts;
use super::attributes::WantedAttributes;
use super::draft::DraftFile;
use super::errno::refused_io;
use super::open::open_source;
use super::path::OpenPlace;
use super::redirect;
use super::sparse::SparseCopy;
use super::surroundings::Surroundings;
use super::web::{self, WebClient};
use super::write::{Replaced, verify};
use crate::model::content::hex;
use crate::model::error::Failure;
use crate::model::query::READ_LIMIT;
use crate::model::step::{Fetch, LIST_LIMIT, PublishedChecksum};
use crate::target::Progress;
use crate::target::interrupt::{HALTED, Interrupt};

/// Fewest digits of a checksum prefix.
const DIGITS: usize = 8;
/// Default timeout of a download, in seconds.
pub(in crate::target) const TIMEOUT: u64 = 3600;
/// Timeout of a page that a plan needs, in seconds.
pub(in crate::target) const PAGE_TIMEOUT: u64 = 60;
/// Why a page that is too large is not read.
pub(in crate::target) const TOO_LARGE: &str = "it has more than 1 MiB";

/// Applies `Step::Fetch`.
///
/// # Errors
/// No mirror gave the right content. Nothing was replaced.
pub(super) fn fetch(
    step: &Fetch,
    with: &Surroundings,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let wanted = WantedAttributes::of(&step.attributes, &with.accounts)?;
    if let Some(checksum) = &step.checksum {
        check_digits(checksum)?;
    }
    let place = OpenPlace::find(&step.path, &with.accounts)?;
    let old = Replaced::at(&place, step.unlink)?;
    let seconds = if step.timeout == 0 { TIMEOUT } else { step.timeout };
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let checked;
    let step = match &step.published {
        None => step,
        Some(published) => {
            let list = list_of(step, published);
            let text =
                read_list(&list, published, deadline, with).map_err(|trouble| trouble.of_list(&list))?;
            checked = with_published(step, published, &text)?;
            &checked
        }
    };
    let mut told: Vec<String> = Vec::new();
    let mut hints = Vec::new();
    for url in &step.urls {
        // A new draft for each mirror, so that nothing of a failed download is left in it.
        let mut draft = DraftFile::beside(&place, &with.drafts)?;
        match download(url, step, &mut draft, deadline, with) {
            Ok(()) => {
                draft.take_attributes(wanted, old.regular())?;
                verify(&step.verify, &draft, &step.path, with, progress)?;
                old.back_up(&step.path, step.backup, with)?;
                return draft.replace(&place);
            }
            Err(DownloadTrouble::Mirror(why)) => told.push(format!("{}: {why}", without_password(url))),
            Err(DownloadTrouble::Source(failure)) => {
                told.push(format!("{}: {}", without_password(url), failure.message));
                hints.extend(failure.hints);
            }
            Err(DownloadTrouble::Disk(failure)) => return Err(failure),
        }
    }
    Err(Failure { hints, ..tried(&step.path, told) })
}

/// The download of a list of checksums. Headers are only sent to the origin of a source.
pub(in crate::target) fn list_of(step: &Fetch, published: &PublishedChecksum) -> Fetch {
    let is_theirs = step.urls.iter().any(|source| redirect::is_same_origin(source, &published.url));
    Fetch {
        urls: vec![published.url.clone()],
        headers: if is_theirs { step.headers.clone() } else { BTreeMap::new() },
        checksum: None,
        published: None,
        size_limit: LIST_LIMIT,
        verify: Vec::new(),
        ..step.clone()
    }
}

/// The step with the checksum that the text of the list has.
///
/// # Errors
/// The list has none for the file.
pub(in crate::target) fn with_published(
    step: &Fetch,
    published: &PublishedChecksum,
    text: &[u8],
) -> Result<Fetch, Failure> {
    let checksum = published.find_in(&String::from_utf8_lossy(text)).map_err(|failure| Failure {
        message: format!("can't check `{}`: {}", step.path, failure.message),
        ..failure
    })?;
    Ok(Fetch { checksum: Some(checksum), published: None, ..step.clone() })
}

/// The failure if the list of checksums did not come.
pub(in crate::target) fn no_list(list: &Fetch, why: Failure) -> Failure {
    let url = list.urls.first().map_or("", String::as_str);
    let message = format!(
        "can't download the checksum of `{}` from {}: {}",
        list.path,
        without_password(url),
        why.message
    );
    Failure { message, ..why }
}

fn read_list(
    list: &Fetch,
    published: &PublishedChecksum,
    deadline: Instant,
    with: &Surroundings,
) -> Result<Vec<u8>, DownloadTrouble> {
    let (body, _) = open(&published.url, list, deadline, with)?;
    let mut text = Vec::new();
    let read = body.take(LIST_LIMIT + 1).read_to_end(&mut text);
    read.map_err(|error| DownloadTrouble::Mirror(format!("it broke off: {error}")))?;
    if exceeds(text.len() as u64, list) {
        return Err(DownloadTrouble::Mirror(format!("it has more than {LIST_LIMIT} bytes")));
    }
    Ok(text)
}

/// The failure if no mirror worked. Each has a line with the reason.
pub(in crate::target) fn tried(path: &Utf8Path, told: Vec<String>) -> Failure {
    let message = match told.as_slice() {
        [] => format!("there is no address to download `{path}` from"),
        [one] => format!("can't download `{path}` from {one}"),
        many => format!("can't download `{path}` from any of {} addresses", many.len()),
    };
    let details = if told.len() > 1 { told } else { Vec::new() };
    Failure { message, details, ..Failure::default() }
}

/// A failed download. The next mirror is tried unless it is `Disk`.
enum DownloadTrouble {
    Mirror(String),
    /// A failure with hints.
    Source(Failure),
    Disk(Failure),
}

impl DownloadTrouble {
    /// The failure if a list of checksums did not come.
    fn of_list(self, list: &Fetch) -> Failure {
        match self {
            Self::Mirror(why) => no_list(list, Failure::new(why)),
            Self::Source(failure) | Self::Disk(failure) => no_list(list, failure),
        }
    }
}

fn download(
    url: &str,
    step: &Fetch,
    draft: &mut DraftFile,
    deadline: Instant,
    with: &Surroundings,
) -> Result<(), DownloadTrouble> {
    let (mut body, length) = open(url, step, deadline, with)?;
    if length.is_some_and(|length| exceeds(length, step)) {
        return Err(too_large(step));
    }
    let (digest, bytes) = copy(&mut *body, draft, step, deadline, &with.interrupt)?;
    if let Some(length) = length.filter(|length| *length != bytes) {
        return Err(DownloadTrouble::Mirror(format!("{length} bytes were announced, {bytes} came")));
    }
    match &step.checksum {
        Some(wanted) if !digest.starts_with(&wanted.to_ascii_lowercase()) => {
            Err(DownloadTrouble::Mirror(format!("the checksum is {digest}, not {wanted}")))
        }
        _ => Ok(()),
    }
}

fn open(
    url: &str,
    step: &Fetch,
    deadline: Instant,
    with: &Surroundings,
) -> Result<PageBody, DownloadTrouble> {
    match url.strip_prefix("file://") {
        Some(path) => open_file(path, &with.accounts),
        None => open_url(url, &step.headers, deadline),
    }
}

/// Answers `Query::Download`: the bytes in base64, or why nothing came.
pub(super) fn page(url: &str, with: &Surroundings) -> Result<String, String> {
    let words = |trouble| match trouble {
        DownloadTrouble::Mirror(why) => why,
        DownloadTrouble::Source(failure) | DownloadTrouble::Disk(failure) => failure.message,
    };
    let deadline = Instant::now() + Duration::from_secs(PAGE_TIMEOUT);
    let (body, _) = open_url(url, &BTreeMap::new(), deadline).map_err(words)?;
    let mut bytes = Vec::new();
    body.take(READ_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| format!("it broke off: {error}"))?;
    if with.interrupt.is_halted() {
        return Err(HALTED.to_owned());
    }
    if bytes.len() as u64 > READ_LIMIT {
        return Err(TOO_LARGE.to_owned());
    }
    Ok(STANDARD.encode(bytes))
}

fn exceeds(bytes: u64, step: &Fetch) -> bool {
    step.size_limit > 0 && bytes > step.size_limit
}

fn too_large(step: &Fetch) -> DownloadTrouble {
    DownloadTrouble::Source(
        Failure::new(format!("it has more than {} bytes, the `size_limit`", step.size_limit))
            .hint("raise `size_limit` if so much is wanted"),
    )
}

type PageBody = (Box<dyn Read>, Option<u64>);

fn open_file(path: &str, accounts: &Accounts) -> Result<PageBody, DownloadTrouble> {
    // A file URL may have a host, and only local files can be read.
    let path = path.strip_prefix("localhost").unwrap_or(path);
    if !path.starts_with('/') {
        return Err(DownloadTrouble::Mirror("the address of a file is `file:///path`".into()));
    }
    match open_source(Utf8Path::new(path), accounts) {
        Ok(opened) => Ok((Box::new(opened.file), Some(opened.size))),
        Err(failure) => Err(DownloadTrouble::Source(failure)),
    }
}

fn open_url(
    url: &str,
    headers: &BTreeMap<String, String>,
    deadline: Instant,
) -> Result<PageBody, DownloadTrouble> {
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(DownloadTrouble::Mirror(
            "the address begins with none of `http://`, `https://`, and `file://`".into(),
        ));
    }
    let mut at = url.to_owned();
    // The headers may be secrets, so they are only sent to the declared origin.
    let mut headers = Some(headers);
    let mut followed = 0;
    let response = loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(DownloadTrouble::Mirror("the time was over before its turn".into()));
        }
        let agent = WebClient::new(left).agent(&at).map_err(DownloadTrouble::Mirror)?;
        let mut request = agent.get(&at);
        for (name, value) in headers.into_iter().flatten() {
            request = request.header(name, value);
        }
        let response = request.call().map_err(|error| DownloadTrouble::Mirror(web::explain(&error)))?;
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            break response;
        }
        let location = response.headers().get("location").and_then(|location| location.to_str().ok());
        let next = location.and_then(|location| redirect::leads_to(&at, location));
        let Some(next) = next.filter(|_| followed < redirect::REDIRECTS) else {
            let why = if followed < redirect::REDIRECTS {
                "to an address that is not http or https"
            } else {
                "too often"
            };
            return Err(DownloadTrouble::Mirror(format!("it is redirected {why}")));
        };
        followed += 1;
        headers = headers.filter(|_| redirect::is_same_origin(&at, &next));
        at = next;
    };
    // Any content encoding is ignored: the bytes are stored as they come.
    let length =
        response.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    Ok((Box::new(response.into_body().into_reader()), length))
}

fn copy(
    from: &mut dyn Read,
    draft: &mut DraftFile,
    step: &Fetch,
    deadline: Instant,
    interrupt: &Interrupt,
) -> Result<(String, u64), DownloadTrouble> {
    let mut buffer = vec![0; 64 * 1024];
    let mut hash = Sha256::new();
    let mut bytes = 0;
    let failed = |error: std::io::Error| DownloadTrouble::Disk(refused_io("write", &step.path, &error));
    let mut to = SparseCopy::to(&mut draft.file);
    loop {
        let n = match from.read(&mut buffer) {
            Ok(0) => {
                to.finish().map_err(failed)?;
                return Ok((hex(&hash.finalize()), bytes));
            }
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => {
                return Err(DownloadTrouble::Mirror(format!("it broke off after {bytes} bytes: {error}")));
            }
        };
        if Instant::now() >= deadline {
            return Err(DownloadTrouble::Mirror(format!("the time was over after {bytes} bytes")));
        }
        if interrupt.is_halted() {
            return Err(DownloadTrouble::Disk(Failure::new(format!(
                "can't write `{}`: {HALTED}",
                step.path
            ))));
        }
        hash.update(&buffer[..n]);
        bytes += n as u64;
        if exceeds(bytes, step) {
            return Err(too_large(step));
        }
        to.write(&buffer[..n]).map_err(failed)?;
    }
}

/// A URL without its login.
pub(in crate::target) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://***{}", &rest[at..]),
        None => url.to_owned(),
    }
}

/// A checksum in lowercase; empty if there is none.
///
/// # Errors
/// It is invalid.
pub(in crate::target) fn wanted(checksum: Option<&str>) -> Result<String, Failure> {
    let checksum = checksum.unwrap_or_default().to_ascii_lowercase();
    if !checksum.is_empty() {
        check_digits(&checksum)?;
    }
    Ok(checksum)
}

/// Validates a checksum.
///
/// # Errors
/// It is too short, too long, or not hexadecimal.
pub(in crate::target) fn check_digits(checksum: &str) -> Result<(), Failure> {
    let hexadecimal = checksum.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hexadecimal && (DIGITS..=64).contains(&checksum.len()) {
        return Ok(());
    }
    Err(Failure::new(format!("`{checksum}` is not a SHA-256 checksum: it takes 8 to 64 hexadecimal digits")))
}
