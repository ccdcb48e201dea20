//! Failures of a shell, in the same words as the local target.

use camino::Utf8Path;
use rustix::io::Errno;

use super::wire::Frames;
use crate::model::english::printable;
use crate::model::error::Failure;
use crate::model::step::DownloadLack;
use crate::target::local::errno::explain;

/// Error messages of programs in the C locale, and the error of the kernel.
const REASONS: [(&str, Errno); 15] = [
    ("Permission denied", Errno::ACCESS),
    ("Operation not permitted", Errno::PERM),
    ("No space left on device", Errno::NOSPC),
    ("Disk quota exceeded", Errno::DQUOT),
    ("Read-only file system", Errno::ROFS),
    ("File name too long", Errno::NAMETOOLONG),
    ("Too many levels of symbolic links", Errno::LOOP),
    ("Device or resource busy", Errno::BUSY),
    ("Text file busy", Errno::TXTBSY),
    ("Invalid cross-device link", Errno::XDEV),
    ("Not a directory", Errno::NOTDIR),
    ("Is a directory", Errno::ISDIR),
    ("Directory not empty", Errno::NOTEMPTY),
    ("File exists", Errno::EXIST),
    ("No such file or directory", Errno::NOENT),
];

/// ``can't write `/x`: the disk is full``, with a hint if there is one.
pub(super) fn refused(verb: &str, path: &Utf8Path, said: &str, root: bool) -> Failure {
    let known = REASONS.iter().find(|(text, _)| said.contains(text));
    let (reason, hint) = match known {
        Some((_, errno)) => explain(*errno, root),
        None => (printable(said.trim()), None),
    };
    let failure = Failure::new(format!("can't {verb} `{path}`: {reason}"));
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// What the shell reported about a failed step.
pub(super) struct Refusal {
    pub(super) what: String,
    words: Vec<String>,
}

/// Reads it from the answer, if there is one.
pub(super) fn read(frames: &mut Frames) -> Option<Refusal> {
    let what = frames.text("fail")?;
    Some(Refusal { what, words: std::iter::from_fn(|| frames.text("word")).collect() })
}

impl Refusal {
    /// One of its arguments.
    pub(super) fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", String::as_str)
    }

    /// Converts it into a failure.
    pub(super) fn failure(&self, root: bool) -> Failure {
        failure(&self.what, &self.words, root)
    }
}

fn failure(what: &str, words: &[String], root: bool) -> Failure {
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    let path = word(0);
    match what {
        "refused" => refused(path, Utf8Path::new(word(1)), word(2), root),
        "missing" => Failure::new(format!("there is no directory `{path}`"))
            .hint(format!("declare it first: directory \"{path}\" {{ recursive = true }}")),
        "obstacle" => Failure::new(format!("`{path}` is not a directory"))
            .hint(format!("`{}` needs a directory there", word(1))),
        "circle" => Failure::new(format!("the links on the path `{path}` form a loop")),
        "swapped" => Failure::new(format!("`{path}` changed while it was being looked at")),
        "unsafe" => Failure::new(format!(
            "the link `{path}` belongs to `{}` and leads to `{}`, which belongs to `{}`: it is not followed",
            word(2),
            word(1),
            word(3)
        ))
        .hint("write the real path in the recipe, or let root own the link"),
        "user" => Failure::new(format!("there is no user `{path}`"))
            .hint(format!("declare it first: user \"{path}\"")),
        "group" => Failure::new(format!("there is no group `{path}`"))
            .hint(format!("declare it first: group \"{path}\"")),
        "directory" => Failure::new(format!("`{path}` is a directory, not a regular file"))
            .hint(format!("remove it first: directory \"{path}\" {{ action = \"delete\" }}")),
        "link" => Failure::new(format!("`{path}` is a link, not a regular file"))
            .hint("set `force_unlink = true` to replace it"),
        "other" => Failure::new(format!("`{path}` is a device, socket or pipe, not a regular file"))
            .hint("set `force_unlink = true` to replace it"),
        "incomplete" => Failure::new(format!("the content of `{path}` arrived incomplete"))
            .hint("nothing was replaced: run again"),
        "absent" => refused("open", Utf8Path::new(path), "No such file or directory", root),
        "planted" => Failure::new(format!(
            "`{path}` has further names (hard links), belongs to `{}`, and lies in a directory of `{}`: its owner and mode are not changed",
            word(1),
            word(2)
        ))
        .hint(format!("find out where it comes from: find / -xdev -samefile '{path}'")),
        "list" => Failure::new(format!(
            "`{path}` has an access control list, or its directory hands one down, and there is no `getfacl` and `setfacl` to deal with it"
        ))
        .hint("install acl there"),
        "exists" => Failure::new(format!("`{path}` is there and is not a directory"))
            .hint("remove it first, or choose another path"),
        "replaced" => Failure::new(format!("`{path}` is a directory: a link does not replace it"))
            .hint("remove it first"),
        "source" => Failure::new(format!("there is no file `{path}` to link to")),
        "hardlink" if word(2).contains("cross-device") => Failure::new(format!(
            "`{path}` and `{}` are on different file systems, so they can't be one file",
            word(1)
        ))
        .hint("make a symbolic link"),
        "hardlink" => refused("make", Utf8Path::new(path), word(2), root),
        "full" => Failure::new(format!("the directory `{path}` is not empty"))
            .hint("set `recursive = true` to remove it with all that is in it"),
        "untrusted" => Failure::new(format!(
            "the state directory `{path}` can be written by others, so it can't be trusted"
        ))
        .hint(format!("check what is in it, then: chown {} {path}; chmod 700 {path}", word(1))),
        "state" => refused("make the state directory", Utf8Path::new(path), word(1), root),
        "archive" => archive(path, words.get(1..).unwrap_or_default()),
        "program" => Failure::new(format!("`{path}` needs the program `{}`, which is not installed", word(1)))
            .hint("install it there"),
        "old" => Failure::new(format!("`{path}` can't be unpacked: the `tar` of this busybox is not safe"))
            .hint("install tar, or busybox 1.28 or later, there"),
        "strange" => {
            Failure::new(format!("`{path}` can't be unpacked: the `tar` there is neither GNU's nor busybox's"))
                .hint("install tar there")
        }
        "linked" => Failure::new(format!("`{path}` is a link, not a regular file")),
        "irregular" => Failure::new(format!("`{path}` is not a regular file")),
        "checksum" => {
            Failure::new(format!("the checksum of `{path}` is {}, not {}", word(1), word(2)))
        }
        "occupied" => Failure::new(format!("the directory `{path}` is there already")).hint(
            "an archive is not unpacked over existing files: set `overwrite = true` to replace the whole directory",
        ),
        "elsewhere" => Failure::new(format!("`{path}` is there and is not a directory"))
            .hint("remove it first, or choose another destination"),
        "fetcher" => match word(1) {
            "" => DownloadLack::Program,
            "address" => DownloadLack::HidingAddress,
            _ => DownloadLack::Hiding,
        }
        .failure(path),
        "held" => Failure::new(format!("`{path}` is held by another run")),
        "mounted" => Failure::new(format!("something is mounted at `{path}`: it is not removed"))
            .hint("unmount it first"),
        other => Failure::new(format!("the shell reported an unknown failure: {}", printable(other))),
    }
}

/// What is wrong with an archive.
fn archive(path: &str, words: &[String]) -> Failure {
    let word = |index: usize| words.get(index).map(|word| printable(word)).unwrap_or_default();
    if word(0) == "utf8" {
        return Failure::new(format!("`{path}` holds a name that is not valid UTF-8"));
    }
    if word(0) == "seven" {
        return Failure::new(format!("`{path}` is a 7z archive, which is not unpacked"))
            .hint("use tar or zip, or unpack it with a command: execute with `7z x`");
    }
    if word(0) == "grows" && !word(1).is_empty() {
        let limit = word(1);
        return Failure::new(format!(
            "the archive `{path}` grows to more than its `size_limit` of {limit} bytes"
        ))
        .hint("nothing was unpacked; raise `size_limit` if so much is wanted");
    }
    let what = match word(0).as_str() {
        "grows" => "grows to more than 200 times its size".to_owned(),
        "outside" if word(1).is_empty() => "holds names that would lie outside of its directory".to_owned(),
        "outside" => format!("holds `{}`, which would lie outside of its directory", word(1)),
        "nameless" => "holds an entry without a name".to_owned(),
        "below" => format!("holds names below `{}`, which is no directory in it", word(1)),
        "once" => format!("holds `{}` twice, once as a directory", word(1)),
        "hard" if word(2).is_empty() => format!("holds a hard link to `{}`", word(1)),
        "hard" => format!("holds a hard link to `{}`, which is {}", word(1), word(2)),
        "many" => "has more than 1000000 entries".to_owned(),
        "device" => {
            format!(
                "holds `{}`, which is a device or something else that an archive must not contain",
                word(1)
            )
        }
        "link" => {
            format!("holds the link `{}` to `{}`, which may lead outside of its directory", word(1), word(2))
        }
        "twice" => format!("holds `{}` twice", word(1)),
        _ => {
            let said = word(1);
            let said = said.lines().next().filter(|said| !said.is_empty());
            let said = said.map(|said| format!(": {said}")).unwrap_or_default();
            return Failure::new(format!("`{path}` is damaged, or no archive of a known form{said}"))
                .hint("known are tar (plain, gzip, bzip2, xz, zstd) and zip");
        }
    };
    Failure::new(format!("the archive `{path}` {what}"))
        .hint("nothing was unpacked; look at where the archive comes from")
}
