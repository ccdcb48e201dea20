//! Converts errors of the Handlebars engine to diagnostics with location and hints.

use handlebars::{RenderError, RenderErrorReason, TemplateError, TemplateErrorReason};
use serde_json::{Map, Value};

use super::limits::OUTPUT_LIMIT;
use super::scan::scanner::line_place;
use super::word_error::WordError;
use super::words::WORDS;
use crate::model::content::Template;
use crate::model::english;
use crate::model::error::{Diagnostic, Location};
use crate::model::node;

/// Most variables in a hint.
const NAMED: usize = 12;

/// The location of the template as a whole.
pub(super) fn whole(template: &Template) -> Location {
    Location::new(&template.name, 0)
}

/// Label and text of the template (with the empty name) or of a partial.
pub(super) fn source<'a>(template: &'a Template, name: &str) -> (String, &'a str) {
    match template.partials.get(name) {
        Some(text) if !name.is_empty() => (format!("{} > {name}", template.name), text),
        _ => (template.name.clone(), &template.text),
    }
}

/// The error for a template that can't be parsed.
pub(super) fn syntax(template: &Template, name: &str, error: &TemplateError) -> Diagnostic {
    let (label, text) = source(template, name);
    let line = error.pos().map_or(0, |(line, _)| u32::try_from(line).unwrap_or_default());
    let place = line_place(&label, text, line);
    let message = match error.reason() {
        TemplateErrorReason::MismatchingClosedHelper(open, close)
        | TemplateErrorReason::MismatchingClosedDecorator(open, close) => {
            format!("`{{{{/{close}}}}}` closes `{{{{#{open}}}}}`")
        }
        TemplateErrorReason::InvalidParam(parameter) => {
            format!("`{}` can't be read as a value", english::printable(parameter))
        }
        _ => "a tag of this template can't be parsed".to_owned(),
    };
    if let Some(hint) = filter(&place.excerpt) {
        return Diagnostic::error("templates are Handlebars, which has no filters after a `|`")
            .at(place)
            .hint(hint);
    }
    Diagnostic::error(message)
        .at(place)
        .hint("a tag is `{{name}}`, `{{word value}}`, `{{#if value}} … {{/if}}` or `{{> partial}}`")
        .hint("write `\\{{` for two literal braces")
}

/// The equivalent of a Jinja filter in a line: `{{join list ", "}}` for `{{ list | join(", ") }}`.
fn filter(line: &str) -> Option<String> {
    let (tag, _) = line
        .split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"))
        .find(|(tag, _)| tag.contains('|'))?;
    let (value, filter) = tag.split_once('|')?;
    let (value, filter) = (value.trim(), filter.trim());
    let (word, argument) = filter.split_once('(').unwrap_or((filter, ""));
    let argument = argument.trim_end_matches(')').trim();
    let ours = match word.trim() {
        "default" | "d" => {
            let text = argument.trim_matches(['"', '\'']);
            return Some(format!(
                "write `{{{{#if {value}}}}}{{{{{value}}}}}{{{{else}}}}{text}{{{{/if}}}}`, and pass `{value} = false` where there is none"
            ));
        }
        "to_json" | "tojson" | "json" => "json",
        "quote" | "shellquote" => "shell",
        "length" | "count" => "len",
        "uppercase" => "upper",
        "lowercase" => "lower",
        word => WORDS.iter().find(|known| known.name == word).map(|known| known.name)?,
    };
    let argument = if argument.is_empty() { String::new() } else { format!(" {argument}") };
    Some(format!("write `{{{{{ours} {value}{argument}}}}}`"))
}

/// The error for a template that can't be rendered with these values.
pub(super) fn failed(template: &Template, values: &Map<String, Value>, error: &RenderError) -> Diagnostic {
    let (message, hints) = reason(values, error.reason());
    let mut wrong = Diagnostic::error(message).at(location(template, error));
    wrong.hints = hints;
    wrong
}

/// The error for output above the limit.
pub(super) fn too_long(template: &Template) -> Diagnostic {
    Diagnostic::error(format!("the template renders to more than {} MiB", OUTPUT_LIMIT / 1024 / 1024))
        .at(whole(template))
        .hint("use a `file` or a `remote_file` for content that large")
}

/// The error for partials that copy too many values.
pub(super) fn too_slow(template: &Template) -> Diagnostic {
    Diagnostic::error("the template has too many tags for that many values")
        .at(whole(template))
        .hint("pass only the values that the template prints")
}

fn location(template: &Template, error: &RenderError) -> Location {
    let (label, text) = source(template, error.template_name.as_deref().unwrap_or_default());
    match error.line_no {
        Some(line) => line_place(&label, text, u32::try_from(line).unwrap_or_default()),
        None => Location::new(label, 0),
    }
}

fn reason(values: &Map<String, Value>, reason: &RenderErrorReason) -> (String, Vec<String>) {
    match reason {
        RenderErrorReason::MissingVariable(Some(path)) => missing(values, path),
        RenderErrorReason::MissingVariable(None) => (
            "`lookup` finds nothing under that key".to_owned(),
            vec!["test for it with `{{#if}}` over a variable, or pass a value for every key".to_owned()],
        ),
        RenderErrorReason::HelperNotFound(word) => {
            let names: Vec<&str> = WORDS.iter().map(|word| word.name).collect();
            let hint = english::suggestion(word, &names, "templates know");
            (format!("there is no word `{}` for templates", english::printable(word)), vec![hint])
        }
        RenderErrorReason::ParamNotFoundForIndex(word, index) => {
            (format!("`{word}` needs a value in place {}", index + 1), usage(word))
        }
        RenderErrorReason::ParamNotFoundForName(word, name) => {
            (format!("`{word}` needs a value for `{name}`"), usage(word))
        }
        RenderErrorReason::ParamTypeMismatchForName(word, name, wanted)
        | RenderErrorReason::HashTypeMismatchForName(word, name, wanted) => {
            (format!("`{word}` wants {wanted} for `{name}`"), usage(word))
        }
        RenderErrorReason::InvalidJsonIndex(index) => (
            format!("`{}` is no place in a list", english::printable(index)),
            vec!["loop over it with `{{#each list}}`, or name a place by its number".to_owned()],
        ),
        RenderErrorReason::NestedError(inner) => match inner.downcast_ref::<WordError>() {
            Some(trouble) if trouble.hint.is_empty() => (trouble.message.clone(), Vec::new()),
            Some(trouble) => (trouble.message.clone(), vec![trouble.hint.clone()]),
            None => (lowercase(&inner.to_string()), Vec::new()),
        },
        other => (lowercase(&other.to_string()), Vec::new()),
    }
}

fn usage(word: &str) -> Vec<String> {
    WORDS.iter().filter(|known| known.name == word).map(|known| format!("write `{}`", known.usage)).collect()
}

/// The message and hints for a missing variable: near names, or where the name exists, or all names.
fn missing(values: &Map<String, Value>, path: &str) -> (String, Vec<String>) {
    let message = format!("the template variable `{}` is not given", english::printable(path));
    let bare = path.trim_start_matches("../").trim_start_matches("./").trim_start_matches("this.");
    let bare = bare.trim_start_matches("@root.");
    let mut hints = Vec::new();
    if node::lookup(values, bare).is_some() {
        hints.push(format!("inside `each` and `with` the template's own variables are `@root.{bare}`"));
    } else if let Some(near) = near(values, bare) {
        hints.push(if near == bare {
            format!("other items of the list have `{bare}`: give it in each of them")
        } else {
            format!("did you mean `{near}`?")
        });
    } else if values.is_empty() {
        hints.push(format!("give it: `variables = {{ {bare} = … }}`"));
    } else {
        let mut names: Vec<String> = values.keys().take(NAMED).map(|name| format!("`{name}`")).collect();
        if values.len() > NAMED {
            names.push(format!("{} more", values.len() - NAMED));
        }
        hints.push(format!("variables given: {}", names.join(", ")));
    }
    hints.push(
        "a variable that may be absent is passed as `false`: nil can't be told from a forgotten one".into(),
    );
    (message, hints)
}

/// The nearest path with the same parents, or else the nearest name at any depth.
fn near(values: &Map<String, Value>, path: &str) -> Option<String> {
    let (parents, last) = path.rsplit_once('.').map_or((None, path), |(parents, last)| (Some(parents), last));
    let siblings = match parents {
        None => Some(values),
        Some(parents) => node::lookup(values, parents).and_then(Value::as_object),
    };
    let Some(siblings) = siblings else {
        return anywhere(values, path.split('.').next().unwrap_or(last));
    };
    match english::nearest(last, siblings.keys().map(String::as_str)) {
        Some(near) => Some(parents.map_or_else(|| near.to_owned(), |parents| format!("{parents}.{near}"))),
        None => anywhere(values, last),
    }
}

fn anywhere(values: &Map<String, Value>, name: &str) -> Option<String> {
    let mut names = Vec::new();
    for (key, value) in values {
        collect(key, value, &mut names);
    }
    english::nearest(name, names.iter().copied()).map(str::to_owned)
}

fn collect<'a>(key: &'a str, value: &'a Value, names: &mut Vec<&'a str>) {
    names.push(key);
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| collect(key, value, names)),
        Value::Array(items) => {
            for map in items.iter().filter_map(Value::as_object) {
                map.iter().for_each(|(key, value)| collect(key, value, names));
            }
        }
        _ => {}
    }
}

fn lowercase(text: &str) -> String {
    let text = english::printable(text);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => text,
    }
}
