//! Errors of the kernel as failures with hints.

use camino::Utf8Path;
use rustix::io::Errno;

use crate::model::error::{Failure, WayOut};

/// `can't write `/x`: the disk is full`, with a hint if there is one.
pub(super) fn refused(verb: &str, path: &Utf8Path, errno: Errno) -> Failure {
    let root = rustix::process::geteuid().is_root();
    let (reason, hint) = explain(errno, root);
    let failure = Failure::new(format!("can't {verb} `{path}`: {reason}"));
    match hint {
        Some(hint) => failure.hint(hint),
        None if matches!(errno, Errno::ACCESS | Errno::PERM) => failure.way_out(WayOut::Root),
        None => failure,
    }
}

/// Like [`refused`], for an error of the standard library.
pub(super) fn refused_io(verb: &str, path: &Utf8Path, error: &std::io::Error) -> Failure {
    match Errno::from_io_error(error) {
        Some(errno) => refused(verb, path, errno),
        None => Failure::new(format!("can't {verb} `{path}`: {error}")),
    }
}

/// The reason in words, and a hint. `root`: whether the process runs as root.
pub(in crate::target) fn explain(errno: Errno, root: bool) -> (String, Option<&'static str>) {
    match errno {
        Errno::NOSPC => {
            ("the disk is full".into(), Some("free some space there; `df` and `df -i` show what is used up"))
        }
        Errno::DQUOT => {
            ("the owner's disk quota is used up".into(), Some("raise the quota, or free some space"))
        }
        Errno::ROFS => (
            "the file system is mounted read-only".into(),
            Some("remount it writable; if it should not be read-only, look for a disk error in `dmesg`"),
        ),
        Errno::ACCESS | Errno::PERM if root => (
            "permission denied, although running as root".into(),
            Some("look for the immutable attribute (`lsattr`), a network file system, or a security policy"),
        ),
        Errno::ACCESS | Errno::PERM => ("permission denied".into(), None),
        Errno::NOENT => ("there is no such file or directory".into(), None),
        Errno::NOTDIR => ("a component of the path is not a directory".into(), None),
        Errno::ISDIR => ("it is a directory".into(), None),
        Errno::NOTEMPTY | Errno::EXIST => ("something is there already".into(), None),
        Errno::LOOP => ("the links on the path form a loop".into(), None),
        Errno::NAMETOOLONG => ("the name is too long".into(), None),
        Errno::XDEV => ("it would cross from one file system to another".into(), None),
        Errno::BUSY => (
            "it is in use, or something is mounted there".into(),
            Some(
                "`findmnt` shows whether it is mounted: then unmount it, or change it at its source, as for a container's /etc/hosts",
            ),
        ),
        Errno::MFILE | Errno::NFILE => ("too many files are open".into(), None),
        Errno::TXTBSY => ("the program is running".into(), None),
        other => (std::io::Error::from(other).to_string().to_lowercase(), None),
    }
}
