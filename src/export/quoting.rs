//! What a template does with a deferred value: prints it, or quotes it in a way that a machine can repeat.

use crate::model::portable::marked::{TextPiece, TextQuoting};

/// A text in which each way of quoting shows.
pub(super) const ODD: &str = "a\"'\\ $`\n<&>b";
/// The same in one line, for what takes no more.
pub(super) const ODD_LINE: &str = "a\"'\\ $`<&>b";
/// A text that needs no quotes.
pub(super) const SECRET: &str = "secret";

/// All ways of quoting.
const ALL: [TextQuoting; 3] = [TextQuoting::Shell, TextQuoting::Json, TextQuoting::Ini];

/// A text as it is quoted; as it is if it is not.
fn written(how: Option<TextQuoting>, text: &str) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    match how {
        None => text.to_owned(),
        Some(TextQuoting::Shell) => text.replace('\'', r"'\''"),
        Some(TextQuoting::Json) => escaped(text).replace('\n', "\\n"),
        Some(TextQuoting::Ini) if text == SECRET => text.to_owned(),
        Some(TextQuoting::Ini) => format!("\"{}\"", escaped(text)),
    }
}

/// How the deferred values in a rendered text are quoted, in the order of its pieces. `of_odd` is the same text where each
/// of them is `odd`. None if something else was done with one of them.
pub(super) fn found(rendered: &[TextPiece<'_>], of_odd: &str, odd: &str) -> Option<Vec<Option<TextQuoting>>> {
    let mut rest = of_odd;
    let mut all = Vec::new();
    for piece in rendered {
        match piece {
            TextPiece::Text(text) => rest = rest.strip_prefix(text)?,
            TextPiece::Later(_) => {
                let ways = std::iter::once(None).chain(ALL.map(Some));
                let behind = |how| Some((how, rest.strip_prefix(written(how, odd).as_str())?));
                let (how, after) = ways.into_iter().find_map(behind)?;
                all.push(how);
                rest = after;
            }
        }
    }
    rest.is_empty().then_some(all)
}

/// The rendered text where each deferred value is what `value` gives for its number.
pub(super) fn filled(
    rendered: &[TextPiece<'_>],
    ways: &[Option<TextQuoting>],
    value: impl Fn(usize) -> &'static str,
) -> String {
    let mut ways = ways.iter().copied();
    let text = |piece: &TextPiece<'_>| match piece {
        TextPiece::Text(text) => (*text).to_owned(),
        TextPiece::Later(number) => written(ways.next().flatten(), value(*number)),
    };
    rendered.iter().map(text).collect()
}
