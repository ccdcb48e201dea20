//! What is at an address, through the target's own `curl` or `wget`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fetch::explain;
use super::page::{END, curl, write_out};
use super::step::flag;
use super::wire::{Frames, ShellWire, call};
use crate::model::error::Failure;
use crate::model::query::{Answer, READ_LIMIT};
use crate::model::step::{Download, DownloadLack};
use crate::target::local::fetch::{PAGE_TIMEOUT, TOO_LARGE};
use crate::target::local::web::is_here;

/// Answers `Download`.
///
/// # Errors
/// The connection broke.
pub(super) fn download(url: &str, wire: &mut ShellWire) -> Result<Answer, Failure> {
    let mut options = vec![
        ("url", url.to_owned()),
        ("user-agent", concat!("chefrs/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("connect-timeout", "30".to_owned()),
        ("max-time", PAGE_TIMEOUT.to_string()),
        ("max-redirs", "10".to_owned()),
        ("proto", "=http,https".to_owned()),
    ];
    if is_here(url) {
        // Addresses of this machine are never reached through a proxy.
        options.push(("noproxy", "*".to_owned()));
    }
    let flags = ["silent", "show-error", "fail", "globoff", "location"];
    let configuration = match curl(&options, &flags) {
        Ok(configuration) => configuration + &write_out(),
        Err(error) => return Ok(Answer::Download(Err(error))),
    };
    let urls = [url.to_owned()];
    let hides = Download { urls: &urls, headers: false, secret: false }.hides_address(url);
    let ask = call("ask_download", [url, &PAGE_TIMEOUT.to_string(), flag(hides)]);
    let mut frames = wire.ask(&wire.printing(configuration.as_bytes(), &format!("| {ask}")))?;
    if let Some(missing) = frames.text("missing") {
        let lack = if missing == "both" { DownloadLack::Program } else { DownloadLack::HidingAddress };
        return Ok(Answer::Download(Err(lack.reason().to_owned())));
    }
    Ok(Answer::Download(downloaded(&mut frames)))
}

fn downloaded(frames: &mut Frames) -> Result<String, String> {
    let page = frames.next("page").unwrap_or_default();
    let said = frames.text("said").unwrap_or_default();
    let Some(end) = memchr::memmem::rfind(&page, END.as_bytes()) else {
        return Err(if page.len() as u64 > READ_LIMIT {
            TOO_LARGE.to_owned()
        } else {
            "no answer".to_owned()
        });
    };
    let (page, status) = (&page[..end], &page[end + END.len()..]);
    match status {
        [b'2', ..] if page.len() as u64 <= READ_LIMIT => Ok(STANDARD.encode(page)),
        [b'2', ..] => Err(TOO_LARGE.to_owned()),
        _ => Err(explain("", &said)),
    }
}
