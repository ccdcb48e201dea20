//! The lines of an answer.

use std::collections::VecDeque;

#[derive(Debug)]
pub(in crate::target::shell) struct AnswerLine {
    /// What the value is.
    pub(in crate::target::shell) key: String,
    pub(in crate::target::shell) value: Vec<u8>,
}

impl AnswerLine {
    /// The value as text. Invalid UTF-8 is replaced.
    pub(in crate::target::shell) fn text(&self) -> String {
        String::from_utf8_lossy(&self.value).into_owned()
    }
}

/// The lines of one answer. They are taken from the front.
#[derive(Debug, Default)]
pub(in crate::target::shell) struct Frames(pub(in crate::target::shell) VecDeque<AnswerLine>);

impl Frames {
    /// The value of the next line, if it has this key.
    pub(in crate::target::shell) fn next(&mut self, key: &str) -> Option<Vec<u8>> {
        if self.0.front()?.key == key { self.0.pop_front().map(|frame| frame.value) } else { None }
    }

    /// Like [`Self::next`], as text.
    pub(in crate::target::shell) fn text(&mut self, key: &str) -> Option<String> {
        self.next(key).map(|value| String::from_utf8_lossy(&value).into_owned())
    }
}
