//! The helpers that return a value: quoting for configuration formats, and simple text functions.

use handlebars::{
    Context, Handlebars, Helper, HelperDef, RenderContext, RenderError, RenderErrorReason, ScopedJson,
};
use serde_json::Value;

use super::limits::OUTPUT_LIMIT;
use super::variables::{kind, plain};
use super::word_error::WordError;

/// A helper for templates, as in the reference.
#[derive(Debug, Clone, Copy)]
pub struct TemplateWord {
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it returns, in one line.
    pub doc: &'static str,
    /// The function that creates its text. None for a helper of the engine.
    text: Option<MakeText>,
}

type MakeText = fn(&Given<'_>) -> Result<String, RenderError>;

/// A helper of the engine.
const fn word(name: &'static str, usage: &'static str, doc: &'static str) -> TemplateWord {
    TemplateWord { name, usage, doc, text: None }
}

/// A helper of chefrs.
const fn own(name: &'static str, usage: &'static str, text: MakeText, doc: &'static str) -> TemplateWord {
    TemplateWord { name, usage, doc, text: Some(text) }
}

/// All helpers, in the order of the reference. Those of chefrs are registered from this table.
pub const WORDS: &[TemplateWord] = &[
    own(
        "shell",
        "{{shell value}}",
        shell,
        "The value as one word of a POSIX shell, in single quotes; a list as several.",
    ),
    own("json", "{{json value}}", json, "The value as JSON; over several lines with `pretty=true`."),
    own(
        "toml",
        "{{toml value}}",
        toml_value,
        "The value as TOML: a quoted string, a number, a list, an inline table.",
    ),
    own("ini", "{{ini value}}", ini, "The value for one line of an INI file, in double quotes if necessary."),
    own("join", "{{join list \", \"}}", join, "The items of a list with a separator. Default: a comma."),
    own(
        "indent",
        "{{indent value 4}}",
        indent,
        "The value, with all lines after the first indented by a number of spaces.",
    ),
    own("upper", "{{upper value}}", upper, "The value in uppercase."),
    own("lower", "{{lower value}}", lower, "The value in lowercase."),
    word("len", "{{len value}}", "Number of items of a list or a map, of bytes of a string."),
    word(
        "lookup",
        "{{lookup map key}}",
        "The value at a key of a map, or the item of a list at a number that counts from 0. The key may be a variable.",
    ),
    word("eq", "{{#if (eq a b)}}", "Whether two values are equal."),
    word("ne", "{{#if (ne a b)}}", "Whether they differ."),
    word("gt", "{{#if (gt a b)}}", "Whether the first is larger."),
    word("gte", "{{#if (gte a b)}}", "Whether the first is larger or equal."),
    word("lt", "{{#if (lt a b)}}", "Whether the first is smaller."),
    word("lte", "{{#if (lte a b)}}", "Whether the first is smaller or equal."),
    word("and", "{{#if (and a b)}}", "Whether both are set and not false, zero or empty."),
    word("or", "{{#if (or a b)}}", "Whether one of them is."),
    word("not", "{{#if (not a)}}", "Whether it is not."),
    word(
        "if",
        "{{#if value}} … {{else}} … {{/if}}",
        "One text or the other; false, 0, \"\" and empty lists count as false.",
    ),
    word("unless", "{{#unless value}} … {{/unless}}", "The opposite of `if`."),
    word(
        "each",
        "{{#each list as |item|}} … {{else}} … {{/each}}",
        "A text for each item; `@index` (from 0), `@first`, `@last`, and `@key` of a map. What follows `{{else}}` is for an \
         empty list.",
    ),
    word(
        "with",
        "{{#with map as |m|}} … {{/with}}",
        "A text with the keys of a map as variables. `@root` has all variables.",
    ),
    word("raw", "{{{{raw}}}} … {{{{/raw}}}}", "A literal text, including braces."),
];

/// The helper for a bare `{{x}}`.
pub(super) const VALUE: &str = "value";

/// Registers the helpers of chefrs.
pub(super) fn register(registry: &mut Handlebars<'_>) {
    registry.register_helper(VALUE, Box::new(Plain(VALUE, value)));
    for word in WORDS {
        if let Some(text) = word.text {
            registry.register_helper(word.name, Box::new(Plain(word.name, text)));
        }
    }
}

/// The arguments of a helper.
struct Given<'a> {
    word: &'static str,
    /// The first argument as written, for messages.
    path: &'a str,
    first: &'a Value,
    second: Option<&'a Value>,
    pretty: bool,
}

/// A helper that converts one value to text.
struct Plain(&'static str, MakeText);

impl HelperDef for Plain {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        tag: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let Some(first) = tag.param(0) else {
            return Err(RenderErrorReason::ParamNotFoundForIndex(self.0, 0).into());
        };
        for given in tag.params().iter().chain(tag.hash().values()) {
            if given.is_value_missing() {
                return Err(RenderError::strict_error(given.relative_path()));
            }
        }
        let given = Given {
            word: self.0,
            path: first.relative_path().map_or("the value", String::as_str),
            first: first.value(),
            second: tag.param(1).map(handlebars::PathAndJson::value),
            pretty: tag.hash_get("pretty").is_some_and(|pretty| pretty.value() == &Value::Bool(true)),
        };
        let text = (self.1)(&given)?;
        if text.len() > OUTPUT_LIMIT {
            let limit = OUTPUT_LIMIT / 1024 / 1024;
            return Err(WordError::raise(format!("`{}` gives more than {limit} MiB", self.0), ""));
        }
        Ok(ScopedJson::Derived(Value::String(text)))
    }
}

fn value(given: &Given<'_>) -> Result<String, RenderError> {
    let path = given.path;
    match given.first {
        Value::Array(_) => Err(WordError::raise(
            format!("`{path}` is a list, which a template can't print directly"),
            format!(
                "write `{{{{join {path} \", \"}}}}`, `{{{{json {path}}}}}`, or loop with `{{{{#each {path}}}}}`"
            ),
        )),
        Value::Object(_) => Err(WordError::raise(
            format!("`{path}` is a map, which a template can't print directly"),
            format!("name a key of it: `{{{{{path}.key}}}}`, or write `{{{{json {path}}}}}`"),
        )),
        _ => scalar(given, given.first),
    }
}

/// Text of a string, number or boolean. Null has no text.
fn scalar(given: &Given<'_>, value: &Value) -> Result<String, RenderError> {
    match plain(value) {
        Value::String(text) => Ok(text),
        Value::Null => Ok(String::new()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        other @ (Value::Array(_) | Value::Object(_)) => Err(WordError::raise(
            format!(
                "`{}` expects a string, a number or a boolean, but `{}` holds {}",
                given.word,
                given.path,
                kind(&other)
            ),
            "loop over it with `{{#each}}`, or write it with `{{json}}`",
        )),
    }
}

fn upper(given: &Given<'_>) -> Result<String, RenderError> {
    Ok(scalar(given, given.first)?.to_uppercase())
}

fn lower(given: &Given<'_>) -> Result<String, RenderError> {
    Ok(scalar(given, given.first)?.to_lowercase())
}

fn shell(given: &Given<'_>) -> Result<String, RenderError> {
    let quote = |value: &Value| -> Result<String, RenderError> {
        let text = scalar(given, value)?;
        if text.contains('\0') {
            let message =
                format!("`{}` holds a NUL byte, which an argument of a shell can't have", given.path);
            return Err(WordError::raise(message, ""));
        }
        Ok(format!("'{}'", text.replace('\'', r"'\''")))
    };
    match given.first {
        Value::Array(items) => Ok(items.iter().map(quote).collect::<Result<Vec<_>, _>>()?.join(" ")),
        value => quote(value),
    }
}

fn json(given: &Given<'_>) -> Result<String, RenderError> {
    let value = plain(given.first);
    let text =
        if given.pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
    text.map_err(|error| WordError::raise(format!("`{}` can't be written as JSON: {error}", given.path), ""))
}

fn toml_value(given: &Given<'_>) -> Result<String, RenderError> {
    toml::Value::try_from(plain(given.first)).map(|value| value.to_string()).map_err(|_| {
        let message = format!("`{}` can't be written as TOML, which has no null", given.path);
        WordError::raise(message, "leave the line out with `{{#if}}`")
    })
}

fn ini(given: &Given<'_>) -> Result<String, RenderError> {
    let text = scalar(given, given.first)?;
    if text.contains(['\n', '\r', '\0']) {
        return Err(WordError::raise(
            format!("`{}` has more than one line, which an INI value can't have", given.path),
            "pass the text without its newline",
        ));
    }
    let bare = !text.is_empty() && text.trim() == text && !text.contains(['"', '\'', ';', '#', '\\']);
    if bare {
        return Ok(text);
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn join(given: &Given<'_>) -> Result<String, RenderError> {
    let between = match given.second {
        None => ",".to_owned(),
        Some(text) => scalar(given, text)?,
    };
    match given.first {
        Value::Array(items) => {
            Ok(items.iter().map(|item| scalar(given, item)).collect::<Result<Vec<_>, _>>()?.join(&between))
        }
        // An empty Lua table may arrive as an empty map.
        Value::Object(map) if map.is_empty() => Ok(String::new()),
        other => Err(WordError::raise(
            format!("`join` expects a list, but `{}` holds {}", given.path, kind(other)),
            "pass a list: `variables = { items = { \"a\", \"b\" } }`",
        )),
    }
}

fn indent(given: &Given<'_>) -> Result<String, RenderError> {
    let text = scalar(given, given.first)?;
    let columns = match given.second.map(plain).as_ref().map(Value::as_u64) {
        Some(Some(columns @ 0..=64)) => " ".repeat(usize::try_from(columns).unwrap_or_default()),
        _ => {
            return Err(WordError::raise(
                "`indent` expects a number of spaces up to 64",
                "write `{{indent value 4}}`",
            ));
        }
    };
    let mut lines = text.split('\n');
    let mut moved = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        moved.push('\n');
        if !line.is_empty() {
            moved.push_str(&columns);
            moved.push_str(line);
        }
    }
    Ok(moved)
}
