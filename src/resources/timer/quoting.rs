//! Words of a command as a unit writes them: systemd.syntax(7), systemd.service(5).

/// A value in which only specifiers have a meaning.
pub(super) fn plain(text: &str) -> String {
    text.replace('%', "%%")
}

/// A value in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '\\' | '"' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '%' => quoted.push_str("%%"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A word of a command. Dollar signs are doubled, because systemd would put the value of a variable there.
pub(super) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:,@".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    quoted(&text.replace('$', "$$"))
}
