//! The grammar of one line of a case: words, clauses after commas, what comes after an arrow, and text in a block below.
//!
//! ```text
//! file /srv/a 0640 deploy:www, 3 bytes, text "hi\n"
//! file /etc/motd, text:
//!   | Welcome.
//!   | Please wipe your feet.
//! command id -u -> exit 0, stdout "0\n"
//! ```
//!
//! A word with a space, a comma, a quote or nothing in it is written as a JSON string.

/// A line, taken apart.
#[derive(Debug, Default)]
pub struct Line {
    /// The words between commas, ahead of the arrow.
    pub clauses: Vec<Vec<String>>,
    /// The same after it, where there is one.
    pub answer: Option<Vec<Vec<String>>>,
    /// What stands below, each line after `  | `.
    pub block: Option<String>,
}

impl Line {
    /// Reads a line, with the block below it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let (first, below) =
            text.split_once('\n').map_or((text, None), |(first, below)| (first, Some(below)));
        let mut line = Self { clauses: vec![Vec::new()], ..Self::default() };
        let mut rest = first.trim_end();
        while !rest.is_empty() {
            let clauses = line.answer.as_mut().unwrap_or(&mut line.clauses);
            if let Some(after) = rest.strip_prefix(' ') {
                rest = after;
            } else if let Some(after) = rest.strip_prefix(',') {
                clauses.push(Vec::new());
                rest = after;
            } else if let Some(after) = rest.strip_prefix("-> ") {
                line.answer = Some(vec![Vec::new()]);
                rest = after;
            } else {
                let (word, after) = next_word(rest)?;
                clauses.last_mut().ok_or("a line has clauses")?.push(word);
                rest = after;
            }
        }
        if line.clauses.iter().chain(line.answer.iter().flatten()).any(Vec::is_empty) {
            return Err(format!("`{first}` has a clause without words"));
        }
        for below in below.iter().flat_map(|below| below.lines()) {
            let text = below.strip_prefix(BLOCK).ok_or_else(|| format!("`{below}` belongs to no block"))?;
            let block = line.block.get_or_insert_default();
            block.push_str(text.strip_prefix(' ').unwrap_or(text));
            block.push('\n');
        }
        Ok(line)
    }
}

/// What each line of a block begins with.
pub const BLOCK: &str = "  |";

fn next_word(text: &str) -> Result<(String, &str), String> {
    if text.starts_with('"') {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let word = values.next().and_then(Result::ok).ok_or_else(|| format!("`{text}` is no string"))?;
        return Ok((word, &text[values.byte_offset()..]));
    }
    let end = text.find([' ', ',']).unwrap_or(text.len());
    Ok((text[..end].to_owned(), &text[end..]))
}

/// The words of a clause, to be compared.
pub fn words(clause: &[String]) -> Vec<&str> {
    clause.iter().map(String::as_str).collect()
}

/// A word as a line takes it.
pub fn word(text: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != ',' && c != '"';
    if text.is_empty() || text == "->" || !text.chars().all(plain) {
        return serde_json::to_string(text).expect("a string");
    }
    text.to_owned()
}

/// A line that is being written.
#[derive(Debug, Default, Clone)]
pub struct Sentence {
    text: String,
    block: String,
}

impl Sentence {
    /// One that begins with these words.
    pub fn of<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> Self {
        Self::default().words(words)
    }

    /// The same, with further words.
    pub fn words<S: AsRef<str>>(mut self, words: impl IntoIterator<Item = S>) -> Self {
        for text in words {
            if !self.text.is_empty() && !self.text.ends_with(' ') {
                self.text.push(' ');
            }
            self.text.push_str(&word(text.as_ref()));
        }
        self
    }

    /// The same, with a clause.
    pub fn clause<S: AsRef<str>>(self, words: impl IntoIterator<Item = S>) -> Self {
        self.then(&Self::of(words))
    }

    /// The same, with a clause where that is so.
    pub fn clause_if<S: AsRef<str>>(self, so: bool, words: impl IntoIterator<Item = S>) -> Self {
        if so { self.clause(words) } else { self }
    }

    /// The same, with the clauses of another one.
    pub fn then(mut self, other: &Self) -> Self {
        if !self.text.is_empty() && !other.text.is_empty() {
            self.text.push_str(", ");
        }
        self.text.push_str(&other.text);
        self.block.push_str(&other.block);
        self
    }

    /// The same, with an arrow to another one.
    pub fn arrow(mut self, other: &Self) -> Self {
        self.text.push_str(" -> ");
        self.text.push_str(&other.text);
        self.block.push_str(&other.block);
        self
    }

    /// The same, with text: of several lines in a block, where each of them ends and all of it can be seen.
    pub fn text(self, text: &str) -> Self {
        let hidden = |c: char| c.is_control() && c != '\n';
        let several = text.strip_suffix('\n').is_some_and(|text| text.contains('\n'));
        if !several || text.contains(hidden) || text.lines().any(|line| line.ends_with(' ')) {
            return self.clause(["text", text]);
        }
        let mut said = self.clause(["text:"]);
        for line in text.lines() {
            said.block.push_str(format!("\n{BLOCK} {line}").trim_end());
        }
        said
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The line, with what stands below it.
    pub fn say(self) -> String {
        self.text + &self.block
    }
}
