//! What an answer consists of.

use std::collections::VecDeque;

/// One line of an answer.
#[derive(Debug)]
pub(in crate::target::shell) struct AnswerLine {
    pub(in crate::target::shell) key: String,
    /// The value, as it was.
    pub(in crate::target::shell) value: Vec<u8>,
}

impl AnswerLine {
    /// The value as text; what is not UTF-8 is replaced.
    pub(in crate::target::shell) fn text(&self) -> String {
        String::from_utf8_lossy(&self.value).into_owned()
    }
}

/// The lines of one answer, taken from the front.
#[derive(Debug, Default)]
pub(in crate::target::shell) struct Frames(pub(in crate::target::shell) VecDeque<AnswerLine>);

impl Frames {
    /// The next line's value, if it has that key.
    pub(in crate::target::shell) fn next(&mut self, key: &str) -> Option<Vec<u8>> {
        if self.0.front()?.key == key { self.0.pop_front().map(|frame| frame.value) } else { None }
    }

    /// The same as text.
    pub(in crate::target::shell) fn text(&mut self, key: &str) -> Option<String> {
        self.next(key).map(|value| String::from_utf8_lossy(&value).into_owned())
    }
}
