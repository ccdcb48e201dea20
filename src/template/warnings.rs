//! Warns of likely mistakes in a template: tags of another engine, and variables that are not used.

use crate::model::content::Template;
use crate::model::error::{Diagnostic, Location};

/// Keywords in Jinja tags.
const JINJA: [&str; 12] =
    ["if", "elif", "else", "endif", "for", "endfor", "set", "block", "include", "macro", "raw", "extends"];

/// A warning for a template that is written for another engine. Its tags would be copied to the output.
#[must_use]
pub fn foreign(name: &str, text: &str) -> Option<Diagnostic> {
    if text.starts_with('\u{feff}') {
        let wrong =
            Diagnostic::warning("the template begins with a byte order mark, which is copied to the output");
        return Some(wrong.at(Location::new(name, 1)).hint("save it as UTF-8 without a byte order mark"));
    }
    let found = erb(text).map(|at| (at, "ERB", "<% … %>")).or_else(|| {
        let at = jinja(text)?;
        Some((at, "Jinja", "{% … %}"))
    });
    let found = found.or_else(|| Some((jinja_comment(text)?, "Jinja", "{# … #}")));
    let found =
        found.or_else(|| text.starts_with('\u{feff}').then_some((0, "some editors", "a byte order mark")));
    let (at, engine, tag) = found?;
    let line = text[..at].matches('\n').count();
    let mut location = Location::new(name, u32::try_from(line + 1).unwrap_or(u32::MAX));
    text.lines().nth(line).unwrap_or_default().trim_end().clone_into(&mut location.excerpt);
    Some(
        Diagnostic::warning(format!(
            "the template has a tag of {engine}, `{tag}`, which is copied to the output"
        ))
        .at(location)
        .hint(
            "templates are Handlebars: `{{ name }}`, `{{#if name}} … {{/if}}`, `{{#each list}} … {{/each}}`",
        ),
    )
}

/// The variables that a template does not use.
pub fn unused<'a>(template: &Template, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let texts = || std::iter::once(&template.text).chain(template.partials.values());
    let words: Vec<&str> = texts()
        .flat_map(|text| text.split("{{").skip(1))
        .filter_map(|tag| tag.split("}}").next())
        .flat_map(|tag| tag.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'))))
        .flat_map(|word| if word == "." { vec![word] } else { word.split(['.', '/']).collect() })
        .collect();
    // These refer to all variables.
    if words.iter().any(|word| matches!(*word, "this" | "." | "@root" | "lookup")) {
        return Vec::new();
    }
    names.filter(|name| !words.contains(name)).collect()
}

fn erb(text: &str) -> Option<usize> {
    text.match_indices("<%").map(|(at, _)| at).find(|at| {
        let tag = &text[at + 2..];
        tag.starts_with(['=', '-', ' ', '\n']) && tag.contains("%>")
    })
}

/// Finds a Jinja comment on one line. `${#name}` is shell syntax.
fn jinja_comment(text: &str) -> Option<usize> {
    text.match_indices("{# ").map(|(at, _)| at).find(|at| {
        let line = text[*at..].lines().next().unwrap_or_default();
        line.contains(" #}") && !text[..*at].ends_with('$')
    })
}

fn jinja(text: &str) -> Option<usize> {
    text.match_indices("{%").map(|(at, _)| at).find(|at| {
        let tag = text[at + 2..].trim_start_matches(['-', '+']).trim_start();
        let word = tag.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        JINJA.contains(&word) && tag.lines().next().is_some_and(|line| line.contains("%}"))
    })
}
