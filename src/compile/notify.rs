//! Reads `notifies`, `subscribes` and `on_failure` of a declaration.

use mlua::{Table, Value as LuaValue};

use crate::model::collection::Timing;
use crate::model::english::{list, nearest};
use crate::model::error::Diagnostic;
use crate::provider::common::TIMINGS;

use super::allowance::ROW;
use super::compilation::Compilation;
use super::convert::{describe, text};
use super::handle::Handle;
use super::session::{NotificationEnd, WrittenNotification};

impl Compilation {
    /// Reads the value of one of these properties: an action and a resource, or a list of such pairs.
    pub(super) fn read_notifications(
        &self,
        draft: usize,
        property: &str,
        value: &LuaValue,
    ) -> Result<(), Diagnostic> {
        let LuaValue::Table(table) = value else { return Err(malformed(property, &describe(value))) };
        let first: LuaValue = table.raw_get(1).unwrap_or(LuaValue::Nil);
        let tables: Vec<Table> = if matches!(first, LuaValue::Table(_)) {
            let mut tables = Vec::new();
            for pair in table.pairs::<LuaValue, LuaValue>() {
                match pair {
                    Ok((LuaValue::Number(_) | LuaValue::Integer(_), LuaValue::Table(one))) => {
                        tables.push(one);
                    }
                    Ok((_, other)) => return Err(malformed(property, &describe(&other))),
                    Err(error) => return Err(Diagnostic::error(error.to_string())),
                }
            }
            tables
        } else {
            vec![table.clone()]
        };
        let location = self.session.borrow().property_location(draft, Some(property));
        if self.allowance.take(tables.len() * ROW).is_err() {
            return Err(Diagnostic::error(format!("property `{property}` holds too much data")));
        }
        for table in tables {
            let mut written = read_notification(property, &table)?;
            written.owner = draft;
            written.location = location.clone();
            self.session.borrow_mut().notifications.push(written);
        }
        Ok(())
    }
}

fn read_notification(property: &str, table: &Table) -> Result<WrittenNotification, Diagnostic> {
    let is_failure = property == "on_failure";
    let mut written = WrittenNotification {
        owner: 0,
        other_end: NotificationEnd::Draft(0),
        action: String::new(),
        timing: if is_failure { Timing::OnFailure } else { Timing::Delayed },
        skip_on_failure: false,
        subscribed: property == "subscribes",
        location: crate::model::error::Location::new("", 0),
    };
    let mut has_end = false;
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|error| Diagnostic::error(error.to_string()))?;
        let index = match &key {
            #[expect(clippy::cast_possible_truncation, reason = "only 1 to 3 are looked at")]
            LuaValue::Number(number) => *number as i64,
            LuaValue::Integer(number) => *number,
            _ => 0,
        };
        match (index, text(&key).as_deref()) {
            (1, _) => written.action = text(&value).ok_or_else(|| malformed(property, &describe(&value)))?,
            (2, _) => {
                written.other_end = read_end(property, &value)?;
                has_end = true;
            }
            (3, _) if is_failure => {
                return Err(malformed(property, "a third item").hint("it runs directly after the failure"));
            }
            (3, _) => written.timing = timing(property, &value)?,
            (_, Some("on_failure")) if !is_failure => match text(&value).as_deref() {
                Some("skip") => written.skip_on_failure = true,
                Some("run") => written.skip_on_failure = false,
                _ => {
                    return Err(Diagnostic::error(format!(
                        "`on_failure` in `{property}` takes \"skip\" or \"run\", not {}",
                        describe(&value)
                    )));
                }
            },
            (_, Some(name)) => {
                let wrong = Diagnostic::error(format!("`{property}` has no key `{name}`"));
                return Err(if is_failure { wrong } else { wrong.hint("`on_failure` is the only one") });
            }
            _ => return Err(malformed(property, "a longer list")),
        }
    }
    if written.action.is_empty() || !has_end {
        return Err(malformed(property, "a table that lacks one of them"));
    }
    Ok(written)
}

fn malformed(property: &str, found: &str) -> Diagnostic {
    let example = match property {
        "subscribes" => "\"reload\", \"template[/etc/app.conf]\"",
        "on_failure" => "\"run\", \"execute[roll back]\"",
        _ => "\"reload\", \"service[nginx]\"",
    };
    Diagnostic::error(format!("property `{property}` takes an action and a resource, not {found}"))
        .hint(format!("{property} = {{ {example} }}, or a list of these"))
}

fn read_end(property: &str, value: &LuaValue) -> Result<NotificationEnd, Diagnostic> {
    mentioned(value).ok_or_else(|| {
        let found = text(value).map_or_else(|| describe(value), |target| format!("\"{target}\""));
        malformed(property, &found)
    })
}

/// The resource that a value names: what a declaration gave, or `type[name]`. None if it names none.
pub(super) fn mentioned(value: &LuaValue) -> Option<NotificationEnd> {
    if let LuaValue::UserData(data) = value
        && let Ok(handle) = data.borrow::<Handle>()
    {
        return Some(NotificationEnd::Draft(handle.draft));
    }
    let target = text(value)?;
    let (kind, name) = target.strip_suffix(']')?.split_once('[')?;
    (!kind.is_empty() && !name.is_empty()).then(|| NotificationEnd::Named(kind.into(), name.into()))
}

fn timing(property: &str, value: &LuaValue) -> Result<Timing, Diagnostic> {
    match text(value).as_deref() {
        Some("delayed") => Ok(Timing::Delayed),
        Some("immediately" | "immediate") => Ok(Timing::Immediately),
        Some("before") => Ok(Timing::Before),
        other => {
            let quoted: Vec<String> = TIMINGS.iter().map(|timing| format!("\"{}\"", timing.word)).collect();
            let diagnostic = Diagnostic::error(format!(
                "the timing in `{property}` is {}, not {}",
                list(&quoted, "or"),
                describe(value)
            ));
            Err(match other.and_then(|word| nearest(word, TIMINGS.iter().map(|timing| timing.word))) {
                Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                None => diagnostic,
            })
        }
    }
}
