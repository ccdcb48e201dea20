//! Texts of files in templates: what a template would read as a sign of its own stands there so that it comes out as it is.

/// Longest run of braces that a backslash in front of it takes as it is.
const LONGEST: usize = 5;

/// A brace in a string of a template, where none may stand as it is.
const BRACE: &str = r"\u007b";

/// A text in which a template means nothing. What comes `before_variable` must not become a part of that.
pub(super) fn as_template(text: &str, before_variable: bool) -> String {
    let mut template = String::new();
    let mut rest = text;
    let is_open = |rest: &str| before_variable && rest.ends_with('{');
    while let Some(start) = rest.find("{{").or_else(|| is_open(rest).then(|| rest.len() - 1)) {
        let (plain, behind) = rest.split_at(start);
        let (run, behind) = behind.split_at(behind.len() - behind.trim_start_matches('{').len());
        let is_last = before_variable && behind.is_empty();
        template.push_str(plain);
        if is_last || plain.ends_with('\\') || run.len() > LONGEST {
            template.push_str(more(plain));
            template.extend(["{{lower \"", &BRACE.repeat(run.len()), "\"}}"]);
        } else {
            template.extend(["\\", run]);
        }
        rest = behind;
    }
    template.push_str(rest);
    if before_variable {
        template.push_str(more(rest));
    }
    template
}

/// The backslash that is wanted behind others in front of braces: the first of several is taken away there.
fn more(text: &str) -> &'static str {
    if text.ends_with('\\') { "\\" } else { "" }
}
