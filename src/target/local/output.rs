//! Output of a command: keeps its start and its last lines, and passes on each line as progress.

use std::collections::VecDeque;

use crate::model::english::printable;
use crate::target::Progress;

/// Bytes kept of a stream: 1 MiB.
const HEAD: usize = 1 << 20;
/// Last lines kept of a stream.
const TAIL: usize = 20;
/// Longest line, in bytes. The rest is dropped.
const LINE: usize = 1024;
/// Number of lines passed on as progress. Of more than that only the last ones are useful, and these are kept.
const LINES: u32 = 20_000;

/// One stream of a command.
#[derive(Debug, Default)]
pub(in crate::target) struct OutputStream {
    head: Vec<u8>,
    /// Whether more came than the head has room for.
    is_longer: bool,
    line: Vec<u8>,
    after_return: bool,
    tail: VecDeque<Vec<u8>>,
    passed: u32,
}

impl OutputStream {
    /// Adds bytes. A carriage return ends a line too, because progress bars use it.
    pub(in crate::target) fn take(&mut self, bytes: &[u8], progress: &mut dyn FnMut(Progress)) {
        let room = HEAD - self.head.len();
        self.is_longer |= bytes.len() > room;
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        let mut rest = bytes;
        while let Some(end) = memchr::memchr2(b'\n', b'\r', rest) {
            self.lengthen(&rest[..end]);
            let returned = rest[end] == b'\r';
            let is_pair = !returned && self.after_return && self.line.is_empty();
            if !is_pair {
                self.end_line(progress);
            }
            self.after_return = returned;
            rest = &rest[end + 1..];
        }
        self.lengthen(rest);
    }

    fn lengthen(&mut self, bytes: &[u8]) {
        let room = LINE - self.line.len();
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_line(&mut self, progress: &mut dyn FnMut(Progress)) {
        self.passed = self.passed.saturating_add(1);
        match self.passed.cmp(&LINES) {
            std::cmp::Ordering::Less => progress(Progress::Output(text(&self.line))),
            std::cmp::Ordering::Equal => {
                progress(Progress::Output(format!("(more than {LINES} lines: the rest is not shown)")));
            }
            std::cmp::Ordering::Greater => {}
        }
        if self.after_return {
            // A line that a carriage return ended was overwritten on the terminal.
            self.tail.pop_back();
        }
        let spare = if self.tail.len() == TAIL { self.tail.pop_front() } else { None };
        self.tail.push_back(std::mem::replace(&mut self.line, spare.unwrap_or_default()));
        self.line.clear();
    }

    /// Ends the stream. The last line may lack its newline.
    pub(in crate::target) fn finish(&mut self, progress: &mut dyn FnMut(Progress)) {
        if !self.line.is_empty() {
            self.end_line(progress);
        }
    }

    /// The start of the stream as text. Invalid UTF-8 is replaced.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.head).into_owned()
    }

    /// Whether [`OutputStream::text`] is all that came, byte for byte.
    pub(super) fn is_told_whole(&self) -> bool {
        !self.is_longer && std::str::from_utf8(&self.head).is_ok()
    }

    /// The last lines, safe to print.
    pub(super) fn last_lines(&self) -> Vec<String> {
        self.tail.iter().map(|line| text(line)).collect()
    }
}

fn text(line: &[u8]) -> String {
    printable(&String::from_utf8_lossy(line))
}
