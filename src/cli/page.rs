//! Formats a page of the reference for a terminal. Supports just the subset of Markdown that `reference` writes.

use anstyle::Style;

const BOLD: Style = Style::new().bold();

/// Formats a page for this width.
pub(super) fn page(markdown: &str, width: usize) -> String {
    let mut text = String::new();
    for block in blocks(markdown) {
        let set = match &block {
            PageBlock::Heading(words) => format!("{BOLD}{}{BOLD:#}\n", words.replace('`', "")),
            PageBlock::Prose(words) => wrap(words, width, ""),
            PageBlock::Code(lines) => lines.iter().flat_map(|line| ["  ", line, "\n"]).collect(),
            PageBlock::Items(items) => list(items, width),
        };
        // No empty line after a heading.
        if !text.is_empty() && !matches!(block, PageBlock::Heading(_)) && after_heading(&text) {
            text.pop();
        }
        text.push_str(&set);
        text.push('\n');
    }
    text.pop();
    text
}

/// A block of a page.
enum PageBlock {
    Heading(String),
    Prose(String),
    Code(Vec<String>),
    Items(Vec<PageItem>),
}

/// An item of a list, with the paragraphs below it.
struct PageItem {
    line: String,
    below: Vec<String>,
}

fn after_heading(text: &str) -> bool {
    text.ends_with(&format!("{BOLD:#}\n\n"))
}

fn blocks(markdown: &str) -> Vec<PageBlock> {
    let mut found: Vec<PageBlock> = Vec::new();
    let mut lines = markdown.lines().peekable();
    // Whether a new block starts.
    let mut apart = true;
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let code = lines.by_ref().take_while(|line| !line.starts_with("```")).map(str::to_owned);
            found.push(PageBlock::Code(code.collect()));
        } else if let Some(words) = line.strip_prefix('#') {
            found.push(PageBlock::Heading(words.trim_start_matches('#').trim().to_owned()));
        } else if let Some(words) = line.strip_prefix("- ") {
            let item = PageItem { line: words.to_owned(), below: Vec::new() };
            match found.last_mut() {
                Some(PageBlock::Items(items)) => items.push(item),
                _ => found.push(PageBlock::Items(vec![item])),
            }
        } else if let (Some(words), Some(PageBlock::Items(items))) =
            (line.strip_prefix("  "), found.last_mut())
        {
            if let Some(item) = items.last_mut() {
                item.below.push(words.to_owned());
            }
        } else if !line.is_empty() {
            match found.last_mut() {
                Some(PageBlock::Prose(words)) if !apart => {
                    words.push(' ');
                    words.push_str(line);
                }
                _ => found.push(PageBlock::Prose(line.to_owned())),
            }
        }
        apart = line.is_empty();
    }
    found
}

/// Formats a list: short items in two columns, others with their text below the name.
fn list(items: &[PageItem], width: usize) -> String {
    let rows: Option<Vec<(String, String)>> = items
        .iter()
        .map(|item| item.below.is_empty().then(|| named(&item.line)).flatten())
        .map(|row| row.map(|(name, beside)| (name.to_owned(), beside.to_owned())))
        .collect();
    // A long name would leave no room for the text.
    let is_narrow =
        |rows: &Vec<(String, String)>| rows.iter().all(|(name, _)| name.chars().count() <= width / 3);
    if let Some(rows) = rows.filter(is_narrow) {
        return columns(&rows, width, "  ");
    }
    let mut text = String::new();
    for item in items {
        text.push_str(&head(&item.line, width, "  "));
        for paragraph in &item.below {
            let words = paragraph.trim_start();
            let margin = " ".repeat(6 + paragraph.len() - words.len());
            text.push_str(&match words.strip_prefix("- ") {
                Some(part) => head(part, width, &margin),
                None => wrap(words, width, &margin),
            });
        }
    }
    text
}

/// Formats the first line of an item, with its name in bold.
fn head(line: &str, width: usize, margin: &str) -> String {
    let Some((name, beside)) = named(line) else { return wrap(line, width, margin) };
    let head = wrap(&format!("{name}: {beside}"), width, margin);
    head.replacen(name, &format!("{BOLD}{name}{BOLD:#}"), 1)
}

/// Splits an item into its name and the text beside it.
fn named(line: &str) -> Option<(&str, &str)> {
    let inside = line.strip_prefix("`` ").and_then(|rest| rest.split_once(" ``: "));
    inside.or_else(|| line.strip_prefix('`')?.split_once("`: "))
}

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
