//! Downloads: tries mirrors in order, streams into a draft, verifies, renames.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::{Duration, Instant};

use camino::Utf8Path;
use sha2::{Digest as _, Sha256};

use super::attributes::WantedAttributes;
use super::downloads;
use super::draft::DraftFile;
use super::errno::refused_io;
use super::path::OpenPlace;
use super::sparse::SparseCopy;
use super::surroundings::Surroundings;
use super::write::{Replaced, verify};
use crate::model::content::hex;
use crate::model::downloaded::{Downloaded, Version};
use crate::model::error::Failure;
use crate::model::redirect;
use crate::model::step::{Fetch, LIST_LIMIT, PublishedChecksum};
use crate::target::Progress;
use crate::target::interrupt::{HALTED, Interrupt};

mod source;

pub(super) use source::page;
use source::{DownloadTrouble, OpenSource, open};
pub(in crate::target) use source::{PAGE_TIMEOUT, TOO_LARGE};

/// Fewest digits of a checksum prefix.
const DIGITS: usize = 8;
/// Default timeout of a download, in seconds.
pub(in crate::target) const TIMEOUT: u64 = 3600;

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
                read_list(&list, published, deadline, with).map_err(|trouble| of_list(trouble, &list))?;
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
            Ok(arrived) => {
                draft.take_attributes(wanted, old.regular())?;
                verify(&step.verify, &draft, &step.path, with, progress)?;
                old.back_up(&step.path, step.backup, with)?;
                draft.replace(&place)?;
                let version = arrived.version.unwrap_or_default();
                let file = Downloaded::of(step, url, &version, &arrived.sha256);
                downloads::remember(&with.state(), &step.path, file.as_ref());
                return Ok(());
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

fn of_list(trouble: DownloadTrouble, list: &Fetch) -> Failure {
    match trouble {
        DownloadTrouble::Mirror(why) => no_list(list, Failure::new(why)),
        DownloadTrouble::Source(failure) | DownloadTrouble::Disk(failure) => no_list(list, failure),
    }
}

fn read_list(
    list: &Fetch,
    published: &PublishedChecksum,
    deadline: Instant,
    with: &Surroundings,
) -> Result<Vec<u8>, DownloadTrouble> {
    let OpenSource { body, .. } = open(&published.url, list, deadline, with)?;
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

/// A download that is in its draft.
struct Arrived {
    sha256: String,
    version: Option<Version>,
}

fn download(
    url: &str,
    step: &Fetch,
    draft: &mut DraftFile,
    deadline: Instant,
    with: &Surroundings,
) -> Result<Arrived, DownloadTrouble> {
    let OpenSource { mut body, length, version } = open(url, step, deadline, with)?;
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
        _ => Ok(Arrived { sha256: digest, version }),
    }
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
