//! Lines that grow into a text.

/// Lines, each ended by a newline.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// One more line.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        self.0.push_str(line.as_ref());
        self.0.push('\n');
    }

    /// Further lines that have their newlines already.
    pub(super) fn text(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.0
    }
}
