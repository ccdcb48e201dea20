//! The day on which an account is disabled.

use jiff::civil::Date;

use crate::model::error::Failure;

/// Days since 1970 for a date such as `2027-12-31`; `None` for `never`.
///
/// # Errors
/// Other text, or a day before 1970.
pub(super) fn parse(text: &str) -> Result<Option<i64>, Failure> {
    if text == "never" {
        return Ok(None);
    }
    let wrong = || {
        Failure::new(format!("`expire_date` is not a day: \"{text}\""))
            .hint("write it as year, month, day: \"2027-12-31\"; or \"never\"")
    };
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let date: Date = if shape { text.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
    let epoch = Date::constant(1970, 1, 1);
    match date.duration_since(epoch).as_hours() / 24 {
        days if days >= 0 => Ok(Some(days)),
        _ => Err(wrong()),
    }
}

/// The argument of `--expiredate`: empty for never.
pub(super) fn argument(text: &str) -> String {
    if text == "never" { String::new() } else { text.to_owned() }
}
