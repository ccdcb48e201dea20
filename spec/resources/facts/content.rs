//! What is in a file, and what names are in a directory: `text "hi\n"`, `sha256 ab…`, `binary`, `holds a b`, `empty`.

use camino::Utf8Path;
use chefrs::model::content::sha256;
use chefrs::model::query::{Answer, FileText, Query};

use super::super::grammar::{Sentence, words};
use super::Facts;

/// What is known of a file's bytes.
#[derive(Debug)]
pub enum Content {
    Nothing,
    Digest(String),
    /// Digest and text.
    Text(String),
    /// Digest, and that it is no text.
    Binary(String),
}

impl Content {
    /// As two answers tell it.
    pub fn of(digest: Option<&Answer>, read: Option<&Answer>) -> Self {
        match (digest, read) {
            (Some(Answer::Digest(Some(digest))), Some(Answer::Read(Some(FileText::Text(text)))))
                if *digest == sha256(text.as_bytes()) =>
            {
                Self::Text(text.clone())
            }
            (Some(Answer::Digest(Some(digest))), Some(Answer::Read(Some(FileText::Binary)))) => {
                Self::Binary(digest.clone())
            }
            (Some(Answer::Digest(Some(digest))), None) => Self::Digest(digest.clone()),
            _ => Self::Nothing,
        }
    }

    /// Whether anything is known.
    pub fn is_some(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A line, with what is known.
    pub fn say(&self, line: Sentence) -> Sentence {
        match self {
            Self::Nothing => line,
            Self::Digest(digest) => line.clause(["sha256", &short(digest)]),
            Self::Text(text) => line.text(text),
            Self::Binary(digest) => line.clause(["sha256", &short(digest)]).clause(["binary"]),
        }
    }

    /// The answers.
    pub fn facts(self, path: &Utf8Path) -> Facts {
        let digest = |digest| (Query::Digest(path.to_owned()), Answer::Digest(Some(digest)));
        let read = |text| (Query::Read(path.to_owned()), Answer::Read(Some(text)));
        match self {
            Self::Nothing => Vec::new(),
            Self::Digest(sum) => vec![digest(sum)],
            Self::Text(text) => vec![digest(sha256(text.as_bytes())), read(FileText::Text(text))],
            Self::Binary(sum) if sum.is_empty() => vec![read(FileText::Binary)],
            Self::Binary(sum) => vec![digest(sum), read(FileText::Binary)],
        }
    }
}

/// A made-up digest of one pair of digits, in short: `ab…`.
pub fn short(digest: &str) -> String {
    match digest.get(..2) {
        Some(pair) if digest == pair.repeat(32) => format!("{pair}…"),
        _ => digest.to_owned(),
    }
}

/// Takes out of the clauses what they say of a file's bytes.
pub fn take(clauses: &mut Vec<Vec<String>>, block: Option<&str>) -> Result<Content, String> {
    let mut content = Content::Nothing;
    let mut rest = Vec::new();
    for clause in clauses.drain(..) {
        content = match (words(&clause).as_slice(), content) {
            (["text", text], Content::Nothing) => Content::Text((*text).to_owned()),
            (["text:"], Content::Nothing) => Content::Text(block.ok_or("no block stands below")?.to_owned()),
            (["sha256", digest], Content::Nothing) => Content::Digest(long(digest)),
            (["binary"], Content::Digest(digest)) => Content::Binary(digest),
            (["binary"], Content::Nothing) => Content::Binary(String::new()),
            (_, content) => {
                rest.push(clause);
                content
            }
        };
    }
    *clauses = rest;
    Ok(content)
}

/// A digest as it stands in a line.
pub fn long(digest: &str) -> String {
    digest.strip_suffix('…').map_or_else(|| digest.to_owned(), |pair| pair.repeat(32))
}

/// Takes out of the clauses what they say of the names in a directory.
pub fn take_names(clauses: &mut Vec<Vec<String>>) -> Option<Vec<String>> {
    let place = clauses.iter().position(|clause| *clause == ["empty"] || clause[0] == "holds")?;
    Some(clauses.remove(place)[1..].to_vec())
}

/// Says the names in a directory.
pub fn say_names(names: &[String]) -> Sentence {
    if names.is_empty() { Sentence::of(["empty"]) } else { Sentence::of(["holds"]).words(names) }
}
