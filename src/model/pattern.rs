//! Wildcard patterns.

/// Whether a word has wildcards.
#[must_use]
pub fn is_pattern(word: &str) -> bool {
    word.contains(['*', '?'])
}

/// Whether a text matches a pattern: `*` stands for any characters, `?` for one.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    matches_with(pattern, text, Some(b'?'))
}

/// Whether a text matches a pattern in which only `*` is special.
pub(super) fn matches_stars(pattern: &str, text: &str) -> bool {
    matches_with(pattern, text, None)
}

/// `one` stands for a single character.
fn matches_with(pattern: &str, text: &str, one: Option<u8>) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut read) = (0, 0);
    // Position of the last `*`, and how much of the text it has matched. It matches more before the search fails.
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(byte) if Some(*byte) == one || *byte == text[read] => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((back, taken)) = star else { return false };
                star = Some((back, taken + 1));
                at = back + 1;
                read = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}
