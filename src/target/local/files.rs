//! Answers queries about files. Each file is reached through an open directory, so what was checked is what is read.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use camino::Utf8Path;
use rustc_hash::FxHashMap;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags, Stat};
use rustix::io::Errno;

use super::accounts::Accounts;
use super::digest::digest_of;
use super::errno::{refused, refused_io};
use super::open::{Opened, open_at};
use super::stat::{self, kind};
use super::walk::{ReachedPlace, Walk};
use crate::model::error::Failure;
use crate::model::query::{Answer, FileKind, Query};
use crate::target::interrupt::{HALTED, Interrupt};

/// Largest read buffer, in bytes.
const BUFFER: usize = 128 * 1024;

/// Read buffer for small files and files of unknown size, in bytes.
const SMALL: usize = 4 * 1024;

/// With fewer queries, a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 128;

/// Number of directories that a thread keeps open.
const HELD: usize = 64;

/// How long a file is read on after an interrupt.
const PATIENCE: Duration = Duration::from_secs(5);

/// A directory with queried files, as far as it can be reached.
enum HeldWay {
    Open {
        dir: OwnedFd,
        /// Whether its path has no symlink. Then the kernel can use the path directly.
        is_straight: bool,
    },
    /// The kernel refused.
    Closed(Errno),
    /// A symlink in its path is not followed.
    Refused(Failure),
}

/// Answers queries one by one: the share of one thread.
struct FileReader<'a> {
    accounts: &'a Accounts,
    interrupt: &'a Interrupt,
    buffer: Vec<u8>,
    /// Many files share a directory, so directories are kept open.
    ways: FxHashMap<&'a str, HeldWay>,
}

impl<'a> FileReader<'a> {
    /// Answers a query about a file; `None` for any other query.
    fn answer(&mut self, query: &'a Query) -> Option<Answer> {
        let path = query.path()?;
        Some(match query {
            // `Writable` is about what the kernel would do later, so it is not answered from an open directory.
            Query::Writable(path) => stat::writable(path),
            _ if !path.is_absolute() => {
                Answer::Failed(Failure::new(format!("`{path}` is not an absolute path")))
            }
            _ => self.look(query, path).unwrap_or_else(|answer| answer),
        })
    }

    fn look(&mut self, query: &Query, path: &'a Utf8Path) -> Result<Answer, Answer> {
        let Self { accounts, ways, .. } = self;
        let verb = if matches!(query, Query::List(_)) { "list" } else { "look at" };
        let failed = |errno| match errno {
            Errno::NOENT | Errno::NOTDIR => nothing(query),
            errno => Answer::Failed(refused(verb, path, errno)),
        };
        let (directory, name) = match (path.parent(), path.file_name()) {
            (Some(directory), Some(name)) => (directory, name),
            _ => (path, "."),
        };
        if ways.len() >= HELD && !ways.contains_key(directory.as_str()) {
            ways.clear();
        }
        let way = ways.entry(directory.as_str()).or_insert_with(|| way(directory, path, accounts));
        let (dir, is_straight) = match way {
            HeldWay::Open { dir, is_straight } => ((*dir).as_fd(), *is_straight),
            HeldWay::Closed(errno) => return Err(failed(*errno)),
            HeldWay::Refused(failure) => return Err(Answer::Failed(failure.clone())),
        };
        let seen = rustix::fs::statat(dir, name, AtFlags::SYMLINK_NOFOLLOW).map_err(failed)?;
        if matches!(query, Query::Stat(_)) {
            return Ok(stat::describe((dir, name), (path, is_straight), &seen, accounts));
        }
        let reader = ContentReader { accounts, interrupt: self.interrupt, buffer: &mut self.buffer };
        if kind(seen.st_mode) != FileKind::Link {
            return reader.answer(query, path, (dir, name), &seen);
        }
        let mut walk = Walk::new(path, accounts).map_err(Answer::Failed)?;
        if matches!(query, Query::Resolve(_)) {
            walk = walk.only_looking();
        }
        let reached = walk.reach_anything(path);
        let ReachedPlace { stat, holder: (dir, name), .. } =
            reached.map_err(|failure| walk.stopped.map_or(Answer::Failed(failure), failed))?;
        reader.answer(query, path, (dir.as_fd(), &name), &stat)
    }
}

/// Opens the directory of a queried path.
fn way(directory: &Utf8Path, path: &Utf8Path, accounts: &Accounts) -> HeldWay {
    // One system call opens it if there is no symlink in the path, which is the usual case.
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened =
        rustix::fs::openat2(CWD, directory.as_std_path(), flags, Mode::empty(), ResolveFlags::NO_SYMLINKS);
    match opened {
        Ok(dir) => return HeldWay::Open { dir, is_straight: true },
        Err(errno @ (Errno::NOENT | Errno::NOTDIR | Errno::ACCESS)) => return HeldWay::Closed(errno),
        // There is a symlink, or the kernel lacks the call.
        Err(_) => {}
    }
    let mut walk = match Walk::new(path, accounts) {
        Ok(walk) => walk,
        Err(failure) => return HeldWay::Refused(failure),
    };
    match (walk.reach_directory(directory), walk.stopped) {
        (Ok(dir), _) => HeldWay::Open { dir, is_straight: false },
        (Err(_), Some(errno)) => HeldWay::Closed(errno),
        (Err(failure), None) => HeldWay::Refused(failure),
    }
}

/// The answer if nothing is at a path.
fn nothing(query: &Query) -> Answer {
    match query {
        Query::Digest(_) => Answer::Digest(None),
        Query::Read(_) => Answer::Read(None),
        Query::List(_) => Answer::List(None),
        _ => Answer::Stat(None),
    }
}

/// Answers queries about the content at a path, with symlinks followed.
struct ContentReader<'a> {
    accounts: &'a Accounts,
    interrupt: &'a Interrupt,
    buffer: &'a mut Vec<u8>,
}

impl ContentReader<'_> {
    fn answer(
        self,
        query: &Query,
        path: &Utf8Path,
        (dir, name): (BorrowedFd<'_>, &str),
        seen: &Stat,
    ) -> Result<Answer, Answer> {
        let kind = kind(seen.st_mode);
        match query {
            Query::Resolve(_) => Ok(stat::describe_end(seen, self.accounts)),
            Query::List(_) if kind == FileKind::Directory => stat::list(dir, name, path),
            Query::Digest(_) | Query::Read(_) if kind == FileKind::File => {
                match open_at(dir, name, path, seen, self.accounts).map_err(Answer::Failed)? {
                    None => Ok(nothing(query)),
                    Some(opened) if matches!(query, Query::Read(_)) => stat::read(opened, path),
                    Some(opened) => self.digest(opened, path),
                }
            }
            _ => Ok(nothing(query)),
        }
    }

    fn digest(self, Opened { mut file, size }: Opened, path: &Utf8Path) -> Result<Answer, Answer> {
        let room = usize::try_from(size).unwrap_or(BUFFER).clamp(SMALL, BUFFER);
        if self.buffer.len() < room {
            self.buffer.resize(room, 0);
        }
        let mut wanted = None;
        let ends = || {
            self.interrupt.is_halted()
                || self.interrupt.is_wanted() && wanted.get_or_insert_with(Instant::now).elapsed() > PATIENCE
        };
        match digest_of(&mut file, Some(size), self.buffer, ends) {
            Ok(Some(digest)) => Ok(Answer::Digest(Some(digest))),
            Ok(None) => Err(Answer::Failed(Failure::new(format!("can't read `{path}`: {HALTED}")))),
            Err(error) => Err(Answer::Failed(refused_io("read", path, &error))),
        }
    }
}

/// Answers the queries about files in a batch. All others stay `None`.
pub(super) fn answer_files(
    queries: &[Query],
    accounts: &Accounts,
    interrupt: &Interrupt,
) -> Vec<Option<Answer>> {
    let share = |queries| {
        let mut reader = FileReader { accounts, interrupt, buffer: Vec::new(), ways: FxHashMap::default() };
        <[Query]>::iter(queries).map(|query| reader.answer(query)).collect::<Vec<_>>()
    };
    let files = queries.iter().filter(|query| query.path().is_some()).count();
    if files < WORTH_A_THREAD {
        return share(queries);
    }
    // Counting the processors takes a dozen system calls, so it comes last.
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    if threads < 2 {
        return share(queries);
    }
    std::thread::scope(|scope| {
        let parts: Vec<_> = queries
            .chunks(queries.len().div_ceil(threads))
            .map(|part| scope.spawn(move || share(part)))
            .collect();
        let mut answers = Vec::new();
        for part in parts {
            let mut more = part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            answers.append(&mut more);
        }
        answers
    })
}
