//! Downloads with the target's own `curl` or `wget`. URLs and headers are passed on standard input of curl, because
//! everyone can read arguments.

use std::fmt::Write as _;

use camino::Utf8Path;

use super::checks::DraftChecks;
use super::command;
use super::page;
use super::refusal::{self, Refusal, refused};
use super::shell_state::ShellState;
use super::state;
use super::step::{done, flag, split, words};
use super::wire::{Frames, ShellWire, call};
use crate::model::downloaded::{Downloaded, Version};
use crate::model::english::printable;
use crate::model::error::Failure;
use crate::model::step::{Fetch, LIST_LIMIT, PublishedChecksum};
use crate::target::Progress;
use crate::target::local::fetch::{
    TIMEOUT, list_of, no_list, tried, wanted, with_published, without_password,
};
use crate::target::local::web::is_here;

/// The functions of these requests.
const FUNCTIONS: &str = "fetch.sh";

/// Exit status of curl if it can't write to the disk.
const CURL_WRITE: &str = "23";

/// Applies `Step::Fetch`.
///
/// # Errors
/// No mirror gave the right content. Nothing was replaced.
pub(super) fn fetch(
    step: &Fetch,
    wire: &mut ShellWire,
    seen: &ShellState,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    wire.define(FUNCTIONS)?;
    let checked;
    let step = match &step.published {
        None => step,
        Some(published) => {
            checked = with_published(step, published, &list(step, published, wire, seen)?)?;
            &checked
        }
    };
    let checksum = wanted(step.checksum.as_deref())?;
    let mut checks = DraftChecks::of(&step.verify);
    let check = checks.script(wire);
    let ground = if step.verify.is_empty() { ":".to_owned() } else { command::ground(wire) };
    let arrived = call("arrived \"$code\"", [checksum.as_str(), &step.backup.to_string()]);
    let request = MirrorRequest::new(step, &arrived, wire)?;
    let script = format!("{ground}\n{check}{}", request.script);
    let mut frames = wire.watch(&script, &mut |frame| checks.take(frame, progress))?;
    let told = ToldVersion::take(&mut frames);
    checks.judge(&mut frames, &step.path, progress)?;
    match request.trouble(&mut frames, step, seen)? {
        Some((lines, hints)) => {
            let lines = lines.into_iter().map(|(url, why)| format!("{}: {why}", without_password(url)));
            Err(Failure { hints, ..tried(&step.path, lines.collect()) })
        }
        None => {
            done(&mut frames, seen.root)?;
            let file =
                Downloaded::of(step, &told.from, &Version::read(&told.at, &told.headers), &told.sha256);
            state::remember(step, file.as_ref(), wire, seen)
        }
    }
}

/// What a server told of the file that it sent.
#[derive(Default)]
struct ToldVersion {
    /// The declared address.
    from: String,
    /// The address that was asked at last.
    at: String,
    headers: String,
    sha256: String,
}

impl ToldVersion {
    /// Takes it out of an answer. What the last address told counts.
    fn take(frames: &mut Frames) -> Self {
        let mut told = Self::default();
        frames.0.retain(|frame| {
            let part = match frame.key.as_str() {
                "from" => &mut told.from,
                "at" => &mut told.at,
                "version" => &mut told.headers,
                "sum" => &mut told.sha256,
                "mirror" => {
                    told = Self::default();
                    return true;
                }
                _ => return true,
            };
            *part = frame.text();
            false
        });
        told
    }
}

/// The text of a list of checksums. It is written into a draft, which is not put anywhere.
fn list(
    step: &Fetch,
    published: &PublishedChecksum,
    wire: &mut ShellWire,
    seen: &ShellState,
) -> Result<Vec<u8>, Failure> {
    let list = list_of(step, published);
    let request = MirrorRequest::new(&list, "published \"$code\"", wire)?;
    let mut frames = wire.ask(&request.script)?;
    if let Some((mut lines, hints)) = request.trouble(&mut frames, &list, seen)? {
        let why = match lines.pop() {
            Some((_, why)) if why.ends_with("the `size_limit`") => {
                format!("it has more than {LIST_LIMIT} bytes")
            }
            Some((_, why)) => why,
            None => String::new(),
        };
        return Err(no_list(&list, Failure { hints, ..Failure::new(why) }));
    }
    match frames.next("list") {
        Some(text) => Ok(text),
        None => done(&mut frames, seen.root).map(|()| Vec::new()),
    }
}

/// The request that tries the addresses of a step in order.
struct MirrorRequest<'a> {
    script: String,
    /// The addresses, with the reason why one can't be tried.
    told: Vec<(&'a str, Option<String>)>,
}

/// The addresses that did not work, with the reason, and hints.
type MirrorTrouble<'a> = (Vec<(&'a str, String)>, Vec<String>);

impl<'a> MirrorRequest<'a> {
    /// `arrived` is the call that takes what came, if `$code` is 0.
    fn new(step: &'a Fetch, arrived: &str, wire: &ShellWire) -> Result<Self, Failure> {
        let (parent, name) = split(&step.path)?;
        let draft = format!(".chefrs-{}", wire.word());
        let (owner, group, mode) = words(&step.attributes);
        let unlink = flag(step.unlink);
        let begin = call("replace", [step.path.as_str(), parent, name, &draft, owner, group, &mode, unlink]);
        let mut script = format!("(\ndeadline= limit={}\n{begin}\n", step.size_limit);
        let seconds = if step.timeout == 0 { TIMEOUT } else { step.timeout };
        let mut told: Vec<(&str, Option<String>)> = Vec::new();
        for url in &step.urls {
            match mirror(url, step, wire) {
                Ok(bring) => {
                    // Writing to a string can't fail.
                    let _ =
                        writeln!(script, "code=1\nif fresh {seconds}; then\n{bring}\ncode=$?\nfi\n{arrived}");
                    told.push((url, None));
                }
                Err(why) => told.push((url, Some(why))),
            }
        }
        script.push_str("put none yes\n)");
        Ok(Self { script, told })
    }

    /// What went wrong with each address, if none of them worked.
    fn trouble(
        self,
        frames: &mut Frames,
        step: &Fetch,
        seen: &ShellState,
    ) -> Result<Option<MirrorTrouble<'a>>, Failure> {
        let (mut lines, mut hints) = (Vec::new(), Vec::new());
        for (url, why) in self.told {
            let why = match why {
                Some(why) => Failure::new(why),
                None => match reason(frames, step, seen)? {
                    Some(why) => why,
                    None => break,
                },
            };
            lines.push((url, why.message));
            hints.extend(why.hints);
        }
        Ok(frames.text("none").map(|_| (lines, hints)))
    }
}

/// Why a mirror did not work. `None` if it was not tried.
fn reason(frames: &mut Frames, step: &Fetch, seen: &ShellState) -> Result<Option<Failure>, Failure> {
    let Some(told) = frames.text("mirror") else { return Ok(None) };
    if told == "walk" {
        return Ok(refusal::read(frames).map(|refusal| astray(&refusal, step, seen)));
    }
    if told == "large" {
        return Ok(Some(too_large(step)));
    }
    let (code, said) = told.split_once(' ').unwrap_or((&told, ""));
    if code == CURL_WRITE {
        return Err(refused("write", &step.path, said, seen.root));
    }
    Ok(Some(Failure::new(if code == "0" { said.to_owned() } else { explain(code, said) })))
}

fn too_large(step: &Fetch) -> Failure {
    Failure::new(format!("it has more than {} bytes, the `size_limit`", step.size_limit))
        .hint("raise `size_limit` if so much is wanted")
}

/// Why a local file is not read.
fn astray(refusal: &Refusal, step: &Fetch, seen: &ShellState) -> Failure {
    match refusal.what.as_str() {
        "missing" | "absent" | "obstacle" => Failure::new("no such file or directory"),
        "large" => too_large(step),
        _ => refusal.failure(seen.root),
    }
}

/// The command for one URL, if the URL is valid.
fn mirror(url: &str, step: &Fetch, wire: &ShellWire) -> Result<String, String> {
    if let Some(path) = url.strip_prefix("file://") {
        let path = path.strip_prefix("localhost").unwrap_or(path);
        if !path.starts_with('/') {
            return Err("the address of a file is `file:///path`".into());
        }
        let (parent, name) = split(Utf8Path::new(path)).map_err(|failure| failure.message)?;
        return Ok(call("from_file", [path, parent, name]));
    }
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err("the address begins with none of `http://`, `https://`, and `file://`".into());
    }
    let mut options = vec![
        ("url", url.to_owned()),
        ("user-agent", concat!("chefrs/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("connect-timeout", "30".to_owned()),
        ("max-redirs", "10".to_owned()),
        ("proto", "=http,https".to_owned()),
    ];
    if is_here(url) {
        // Addresses of this machine are never reached through a proxy.
        options.push(("noproxy", "*".to_owned()));
    }
    options.extend(step.headers.iter().map(|(name, value)| ("header", format!("{name}: {value}"))));
    let secret = !step.headers.is_empty() || without_password(url) != url;
    let flags = ["silent", "show-error", "fail", "globoff", "location"];
    // Redirects are followed one by one, if the origin of each must be known.
    let one_by_one = secret || step.remember;
    let configuration = page::curl(&options, &flags[..flags.len() - usize::from(one_by_one)])?;
    let hides_address = step.download().hides_address(url);
    let words = [url, flag(secret), flag(hides_address), flag(step.remember)];
    Ok(wire.printing(configuration.as_bytes(), &format!("| {}", call("bring", words))))
}

/// The message of curl or wget in the same words as the local target.
pub(super) fn explain(code: &str, said: &str) -> String {
    let known = [
        ("resolve host", "there is no host of that name"),
        ("bad address", "there is no host of that name"),
        ("Connection refused", "the connection failed"),
        ("Failed to connect", "the connection failed"),
        ("timed out", "no answer in time"),
        ("time was over", said),
    ];
    for marker in ["returned error: ", "ERROR ", "HTTP/1.1 ", "HTTP/1.0 "] {
        let status = said.split_once(marker).map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit));
        if let Some(status) = status.map(Iterator::collect::<String>).filter(|status| status.len() == 3) {
            return format!("the server answered with status {status}");
        }
    }
    if let Some((_, words)) = known.iter().find(|(marker, _)| said.contains(marker)) {
        return (*words).to_owned();
    }
    let last = said.lines().last().unwrap_or_default();
    // `curl: (18) transfer closed with 5 bytes remaining to read`
    let last = last.split_once(") ").filter(|_| last.starts_with("curl: (")).map_or(last, |(_, rest)| rest);
    if last.is_empty() {
        format!("it failed with exit status {code}")
    } else {
        printable(last).to_lowercase()
    }
}
