//! What a command prints: a bounded head, the last lines, and every line on its way to whoever watches.

use std::collections::VecDeque;

use crate::model::english::printable;
use crate::target::Progress;

/// Bytes kept of one stream: 1 MiB.
const HEAD: usize = 1 << 20;
/// Last lines kept of one stream.
const TAIL: usize = 20;
/// Bytes of one line; the rest of it is dropped.
const LINE: usize = 1024;
/// Lines passed on while a command runs; a flood helps nobody, and its last lines are told anyway.
const LINES: u32 = 20_000;

/// One stream of a command.
#[derive(Debug, Default)]
pub(in crate::target) struct OutputStream {
    head: Vec<u8>,
    line: Vec<u8>,
    after_return: bool,
    tail: VecDeque<Vec<u8>>,
    passed: u32,
}

impl OutputStream {
    /// Takes bytes as they come. A carriage return ends a line too: that is how progress bars repaint theirs.
    pub(in crate::target) fn take(&mut self, bytes: &[u8], progress: &mut dyn FnMut(Progress)) {
        let room = HEAD - self.head.len();
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
            // What a carriage return ended was painted over.
            self.tail.pop_back();
        }
        let spare = if self.tail.len() == TAIL { self.tail.pop_front() } else { None };
        self.tail.push_back(std::mem::replace(&mut self.line, spare.unwrap_or_default()));
        self.line.clear();
    }

    /// The stream has ended; a last line without its newline counts too.
    pub(in crate::target) fn finish(&mut self, progress: &mut dyn FnMut(Progress)) {
        if !self.line.is_empty() {
            self.end_line(progress);
        }
    }

    /// The bounded head as text; what is not UTF-8 is replaced.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.head).into_owned()
    }

    /// The last lines, safe to print.
    pub(super) fn last_lines(&self) -> Vec<String> {
        self.tail.iter().map(|line| text(line)).collect()
    }
}

fn text(line: &[u8]) -> String {
    printable(&String::from_utf8_lossy(line))
}
