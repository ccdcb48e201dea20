//! One resource of Puppet.

use std::fmt::Write as _;

use super::words::{listed, quoted};
use crate::model::portable::marked::is_marked;

/// A resource that is being written.
#[derive(Debug, Default)]
pub(super) struct PuppetResource {
    /// Its type: `file`.
    pub(super) kind: &'static str,
    /// Its titles. No two resources of a type have the same.
    pub(super) titles: Vec<String>,
    pub(super) attributes: Vec<(&'static str, String)>,
    /// Whether Puppet has no words for it.
    pub(super) is_unsayable: bool,
}

impl PuppetResource {
    pub(super) fn new(kind: &'static str, title: &str) -> Self {
        Self { kind, titles: vec![title.to_owned()], is_unsayable: is_marked(title), ..Self::default() }
    }

    /// A resource that Puppet has no words for.
    pub(super) fn unsayable() -> Self {
        Self { is_unsayable: true, ..Self::default() }
    }

    /// Whether another resource has a type and a title that this one has.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.kind == other.kind && other.titles.iter().any(|title| self.titles.contains(title))
    }

    /// Takes the attributes of the same service, if it can have both.
    pub(super) fn takes(&mut self, added: &Self) -> bool {
        let is_new = |(name, _): &(&str, String)| self.attributes.iter().all(|(known, _)| known != name);
        let fits = self.kind == "service" && !added.is_unsayable && added.attributes.iter().all(is_new);
        if fits {
            self.attributes.extend(added.attributes.iter().cloned());
        }
        fits
    }

    /// Sets an attribute to words of Puppet.
    pub(super) fn set(&mut self, name: &'static str, value: impl ToString) {
        self.attributes.push((name, value.to_string()));
    }

    /// Sets an attribute to a text.
    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        self.is_unsayable |= is_marked(text);
        self.attributes.push((name, quoted(text)));
    }

    /// Sets an attribute to a text, if there is one.
    pub(super) fn some_text(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// Words by which other resources name it.
    pub(super) fn reference(&self) -> String {
        let mut kind = self.kind.to_owned();
        kind[..1].make_ascii_uppercase();
        let titles: Vec<String> = self.titles.iter().map(|title| quoted(title)).collect();
        format!("{kind}[{}]", titles.join(", "))
    }

    pub(super) fn written(&self) -> String {
        let titles: Vec<String> = self.titles.iter().map(|title| quoted(title)).collect();
        let width = self.attributes.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let mut text = format!("{} {{ {}:\n", self.kind, listed(&titles));
        for (name, value) in &self.attributes {
            let _ = writeln!(text, "  {name:width$} => {value},");
        }
        text.push_str("}\n");
        text
    }
}
