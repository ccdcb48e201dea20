//! Writes YAML: block style, sorted keys, and quotes wherever a version of YAML would read something else.

use serde_json::Value;

use crate::model::yaml_scalar;

/// Spaces for each level.
const STEP: usize = 2;

/// Most bytes of a key that stands before its colon without a mark (section 7.4.2 of the specification: 1024 characters).
const LONGEST_KEY: usize = 1024;

/// The text of a value. Keys are sorted.
pub(in crate::compile::formats) fn write(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => write_inside(value, 0, &mut text),
        Value::Array(items) if !items.is_empty() => write_inside(value, 0, &mut text),
        single => write_single(single, STEP, &mut text),
    }
    text
}

/// Writes the keys of a map or the items of a list, whose first line begins where the text ends.
fn write_inside(value: &Value, indent: usize, text: &mut String) {
    let mut is_first = true;
    let mut start_line = |text: &mut String| {
        if !std::mem::take(&mut is_first) {
            text.push_str(&" ".repeat(indent));
        }
    };
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                start_line(text);
                let key = yaml_scalar::write(&Value::from(key.as_str()), "");
                if key.len() > LONGEST_KEY {
                    text.push_str("? ");
                    text.push_str(&key);
                    text.push('\n');
                    text.push_str(&" ".repeat(indent));
                } else {
                    text.push_str(&key);
                }
                text.push(':');
                if is_block(value) {
                    text.push('\n');
                    text.push_str(&" ".repeat(indent + STEP));
                    write_inside(value, indent + STEP, text);
                } else {
                    text.push(' ');
                    write_single(value, indent + STEP, text);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                start_line(text);
                text.push_str("- ");
                if is_block(item) {
                    write_inside(item, indent + STEP, text);
                } else {
                    write_single(item, indent + STEP, text);
                }
            }
        }
        single => write_single(single, indent, text),
    }
}

/// Whether a value takes lines of its own.
fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

/// Writes a value that stands behind its key, and the end of the line.
fn write_single(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::String(lines) if is_literal(lines) => {
            let body = lines.trim_end_matches('\n');
            text.push_str(match lines.len() - body.len() {
                0 => "|-\n",
                1 => "|\n",
                _ => "|+\n",
            });
            for line in lines.split_inclusive('\n') {
                if line != "\n" {
                    text.push_str(&" ".repeat(indent));
                }
                text.push_str(line);
            }
            if !lines.ends_with('\n') {
                text.push('\n');
            }
        }
        single => {
            text.push_str(&yaml_scalar::write(single, ""));
            text.push('\n');
        }
    }
}

/// Whether several lines can be written as they are, which is how people write them.
fn is_literal(text: &str) -> bool {
    let is_plain =
        |c: char| c == '\n' || !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    // A line that begins with a space would be taken for the indentation.
    text.trim_end_matches('\n').contains('\n')
        && !text.starts_with(['\n', ' '])
        && text.chars().all(is_plain)
        && text.lines().all(|line| line.is_empty() || !line.trim().is_empty())
}
