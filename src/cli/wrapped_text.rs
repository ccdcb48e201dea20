//! Wraps text, and formats two columns.

/// Wraps text at spaces to lines of at most `width` characters, each with a margin. Paragraphs stay separate.
pub(super) fn wrap(text: &str, width: usize, margin: &str) -> String {
    let paragraphs: Vec<String> = text.split("\n\n").map(|part| paragraph(part, width, margin)).collect();
    paragraphs.join("\n")
}

fn paragraph(text: &str, width: usize, margin: &str) -> String {
    let room = width.saturating_sub(margin.chars().count()).max(20);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().flat_map(|line| [margin, line, "\n"]).collect()
}

/// Formats two columns: names as wide as the longest one, and texts that wrap in their column.
pub(super) fn columns(rows: &[(String, String)], width: usize, margin: &str) -> String {
    let widest = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let beside = format!("{margin}{}", " ".repeat(widest + 2));
    let mut set = String::new();
    for (name, text) in rows {
        let wrapped = wrap(text, width, &beside);
        let rest = wrapped.strip_prefix(&beside).unwrap_or("\n");
        set.push_str(margin);
        set.push_str(name);
        set.push_str(&" ".repeat(widest + 2 - name.chars().count()));
        set.push_str(rest);
    }
    set
}
