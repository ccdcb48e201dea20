//! Regular expressions for the tools that every machine has.

use crate::model::portable::Declined;

/// A regular expression as an extended one of POSIX, which means the same.
///
/// # Errors
/// It has something that POSIX does not have.
pub fn extended(pattern: &str) -> Result<String, Declined> {
    let unknown = || Declined(format!("the regular expression `{pattern}` can't be written for a shell"));
    let mut text = String::with_capacity(pattern.len());
    let (mut is_class, mut before) = (false, ' ');
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => {
                let of = rest.next().ok_or_else(unknown)?;
                let class = match of {
                    's' => "[:space:]",
                    'd' => "0-9",
                    'w' => "[:alnum:]_",
                    'S' if !is_class => "^[:space:]",
                    'D' if !is_class => "^0-9",
                    'W' if !is_class => "^[:alnum:]_",
                    't' => "\t",
                    of if of.is_ascii_punctuation() => "",
                    _ => return Err(unknown()),
                };
                match (class, is_class) {
                    ("", false) => text.extend(['\\', of]),
                    // awk reads a backslash in a list as an escape.
                    ("", true) => text.extend(['\\', of]),
                    ("\t", _) => text.push('\t'),
                    (class, true) => text.push_str(class),
                    (class, false) => text.extend(["[", class, "]"]),
                }
                before = of;
                continue;
            }
            '[' if !is_class => is_class = true,
            ']' if is_class && before != '[' => is_class = false,
            '(' if !is_class && rest.peek() == Some(&'?') => {
                rest.next();
                if rest.next() != Some(':') {
                    return Err(unknown());
                }
            }
            // A quantifier that takes as little as possible.
            '?' if !is_class && matches!(before, '*' | '+' | '?' | '}') => return Err(unknown()),
            _ => {}
        }
        text.push(c);
        before = c;
    }
    Ok(text)
}
