//! Content that does not stand in the code itself, as files beside it.

use super::loss::ExportedFile;
use super::outlined::ExportOutline;
use crate::model::content::Content;
use crate::model::portable::marked::is_marked;

/// Largest content that stands in the code, in bytes.
const LARGEST_TEXT: usize = 4 << 10;
/// Longest name of a file.
const LONGEST: usize = 48;

/// Files in one directory.
#[derive(Debug)]
pub(super) struct KeptFiles {
    /// The directory, with a slash.
    directory: &'static str,
    pub(super) files: Vec<ExportedFile>,
}

/// Content as the code shows it.
pub(super) enum KeptContent<'a> {
    /// It stands in the code. It may have markers in it.
    Text(&'a str),
    /// The name of a file.
    File(String),
}

impl KeptFiles {
    pub(super) fn new(directory: &'static str) -> Self {
        Self { directory, files: Vec::new() }
    }

    /// Keeps a file. Gives its name, in which all is a letter, a digit, `.`, `-` or `_`.
    pub(super) fn keep(&mut self, words: &str, ending: &str, content: &[u8]) -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        let words: String = words.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        let stem: String = words.trim_matches(['.', '-', '_']).chars().take(LONGEST).collect();
        let stem = if stem.is_empty() { "content" } else { stem.as_str() };
        let mut number = 1;
        loop {
            let name =
                if number == 1 { format!("{stem}{ending}") } else { format!("{stem}_{number}{ending}") };
            let path = format!("{}{name}", self.directory);
            match self.files.iter().find(|file| file.path.eq_ignore_ascii_case(&path)) {
                Some(file) if file.content == content && file.path == path => return name,
                Some(_) => number += 1,
                None => {
                    self.files.push(ExportedFile { path, content: content.to_vec() });
                    return name;
                }
            }
        }
    }

    /// Content of the file at a path on the machine.
    pub(super) fn content<'a>(
        &mut self,
        outline: &ExportOutline<'a>,
        path: &str,
        content: &'a Content,
    ) -> KeptContent<'a> {
        let bytes = match content {
            Content::Text(text) => text.as_bytes(),
            Content::Blob(blob) => outline.blobs.get(&blob.sha256).map_or(&[][..], Vec::as_slice),
            Content::Unknown(_) => &[],
        };
        let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        match std::str::from_utf8(bytes) {
            Ok(text) if matches!(content, Content::Text(_)) && is_marked(text) => KeptContent::Text(text),
            Ok(text) if bytes.len() <= LARGEST_TEXT && !text.contains(is_odd) && !is_marked(text) => {
                KeptContent::Text(text)
            }
            _ => KeptContent::File(self.keep(path.rsplit('/').next().unwrap_or_default(), "", bytes)),
        }
    }
}
