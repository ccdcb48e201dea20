//! SHA-256 of files, and batches of file queries spread over a few threads.

use camino::Utf8Path;
use rustc_hash::FxHashMap;
use sha2::{Digest as _, Sha256};

use super::accounts::Accounts;
use super::errno::refused_io;
use super::path::unsafe_way;
use super::stat::{self, Opened};
use crate::model::content::hex;
use crate::model::error::Failure;
use crate::model::query::{Answer, FileKind, Query};

/// Bytes read at once.
const BUFFER: usize = 128 * 1024;

/// Below this number of queries a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 128;

/// Answers one query after the other: one thread's share of a batch.
struct FileReader<'a> {
    accounts: &'a Accounts,
    buffer: Vec<u8>,
    /// Where the last query found a regular file, and no link: most questions about a file come in pairs.
    file: Option<&'a Utf8Path>,
    /// Directories looked at, with the refusal of those that no step would go to.
    ways: FxHashMap<&'a str, Option<Failure>>,
}

impl<'a> FileReader<'a> {
    /// Answers a query about a file; nothing for any other.
    fn answer(&mut self, query: &'a Query) -> Option<Answer> {
        let path = query.path()?;
        // Whether something may be written is told of links too: it is asked before anything is done.
        if !matches!(query, Query::Writable(_))
            && let Some(failure) = self.unsafe_way(path)
        {
            return Some(Answer::Failed(failure));
        }
        let file = self.file.take();
        Some(match query {
            Query::Stat(path) => {
                let answer = stat::stat(path, false, self.accounts);
                self.file = is_file(&answer).then_some(path.as_path());
                answer
            }
            Query::Resolve(path) => stat::stat(path, true, self.accounts),
            Query::Digest(path) => self.digest(path, file == Some(path.as_path())),
            Query::Read(path) => stat::read(path),
            Query::List(path) => stat::list(path),
            Query::Writable(path) => stat::writable(path),
            _ => return None,
        })
    }

    /// Answers `Digest`.
    fn digest(&mut self, path: &Utf8Path, seen: bool) -> Answer {
        // Most batches are small and hold no digest at all.
        self.buffer.resize(BUFFER, 0);
        let Opened { mut file, size } = match if seen { stat::open_file(path) } else { stat::open(path) } {
            Ok(Some(opened)) => opened,
            Ok(None) => return Answer::Digest(None),
            Err(answer) => return answer,
        };
        match digest_of(&mut file, Some(size), &mut self.buffer) {
            Ok(digest) => Answer::Digest(Some(digest)),
            Err(error) => Answer::Failed(refused_io("read", path, &error)),
        }
    }

    /// What a step would be refused is not shown as if it could be done. Many files share a directory.
    fn unsafe_way(&mut self, path: &'a Utf8Path) -> Option<Failure> {
        let accounts = self.accounts;
        self.ways.entry(path.parent()?.as_str()).or_insert_with(|| unsafe_way(path, accounts)).clone()
    }
}

fn is_file(answer: &Answer) -> bool {
    matches!(answer, Answer::Stat(Some(stat)) if stat.kind == FileKind::File)
}

/// Answers all queries about files among a batch, each at its place.
pub(super) fn answer_files(queries: &[Query], accounts: &Accounts) -> Vec<Option<Answer>> {
    let files = queries.iter().filter(|query| query.path().is_some()).count();
    if files < WORTH_A_THREAD {
        return answer_share(queries, accounts);
    }
    // To count the processors takes a dozen system calls.
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    if threads < 2 {
        return answer_share(queries, accounts);
    }
    std::thread::scope(|scope| {
        let parts: Vec<_> = queries
            .chunks(queries.len().div_ceil(threads))
            .map(|part| scope.spawn(move || answer_share(part, accounts)))
            .collect();
        let mut answers = Vec::new();
        for part in parts {
            let mut more = part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            answers.append(&mut more);
        }
        answers
    })
}

fn answer_share(queries: &[Query], accounts: &Accounts) -> Vec<Option<Answer>> {
    let mut reader = FileReader { accounts, buffer: Vec::new(), file: None, ways: FxHashMap::default() };
    queries.iter().map(|query| reader.answer(query)).collect()
}

/// SHA-256 of what is left to read, as lowercase hexadecimal. Where a size is said, so many bytes are taken for all: the
/// read that would only tell of the end is saved. A size of zero says nothing.
///
/// # Errors
/// The reader's.
pub(super) fn digest_of(
    reader: &mut impl std::io::Read,
    size: Option<u64>,
    buffer: &mut [u8],
) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let mut left = size.filter(|size| *size > 0);
    loop {
        match reader.read(buffer) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(n) => {
                hash.update(&buffer[..n]);
                left = left.map(|left| left.saturating_sub(n as u64));
                if left == Some(0) {
                    return Ok(hex(&hash.finalize()));
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
