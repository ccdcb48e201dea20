//! Checks the graph of a template's partials: no cycles, limited nesting, no exponential growth.

use std::collections::BTreeMap;

use super::explain;
use super::limits::NESTING_LIMIT;
use super::scan::scan;
use super::scan::scanner::{Include, line_place};
use crate::model::content::Template;
use crate::model::english;
use crate::model::error::{Diagnostic, Location};

/// Most tags, after all partials are inserted.
const WEIGHT_LIMIT: usize = 20_000;
/// Limit for the sum of tags times bytes over the template and its partials. The time of the parser grows with it.
const PARSE_LIMIT: usize = 1 << 27;

/// Checks the limits of a template and its partials.
pub(super) fn check(template: &Template) -> Result<TemplateSize, Diagnostic> {
    let mut walk = PartialWalk { template, sizes: BTreeMap::new(), path: Vec::new(), parse: 0 };
    walk.visit("")
}

/// Size of a template, including its partials.
#[derive(Clone, Copy)]
pub(super) struct TemplateSize {
    /// Number of tags after all partials are inserted.
    pub(super) weight: usize,
    /// Whether rendering copies values: for partials, and for expressions in brackets.
    pub(super) copies: bool,
    depth: usize,
}

struct PartialWalk<'a> {
    template: &'a Template,
    sizes: BTreeMap<&'a str, TemplateSize>,
    /// Sum of tags times bytes so far.
    parse: usize,
    /// Names from the template to the current partial.
    path: Vec<&'a str>,
}

impl<'a> PartialWalk<'a> {
    /// Measures the template (with the empty name) or a partial. Paths are not longer than the nesting limit.
    fn visit(&mut self, name: &'a str) -> Result<TemplateSize, Diagnostic> {
        if let Some(size) = self.sizes.get(name) {
            return Ok(*size);
        }
        let (label, text) = explain::source(self.template, name);
        let scan = scan(&label, text)?;
        self.parse += scan.tags * text.len();
        if self.parse > PARSE_LIMIT {
            return Err(Diagnostic::error("the template is too large for the number of its tags")
                .at(Location::new(label, 0))
                .hint("use a `file` for long text without tags, or loop with `{{#each list}}`"));
        }
        let copies = scan.brackets || !scan.includes.is_empty();
        let mut size = TemplateSize { weight: scan.tags + 1, copies, depth: scan.depth };
        self.path.push(name);
        for include in &scan.includes {
            let inner = self.visit_included(name, include)?;
            size.weight = size.weight.saturating_add(inner.weight);
            size.copies |= inner.copies;
            size.depth = size.depth.max(include.depth + 1 + inner.depth);
            self.bounded(name, include, size)?;
        }
        self.path.pop();
        self.sizes.insert(name, size);
        Ok(size)
    }

    fn visit_included(&mut self, from: &str, include: &Include) -> Result<TemplateSize, Diagnostic> {
        let Some((name, _)) = self.template.partials.get_key_value(&include.name) else {
            return Err(self.missing(from, include));
        };
        if let Some(first) = self.path.iter().position(|seen| *seen == name.as_str()) {
            let round: Vec<String> = self.path[first..]
                .iter()
                .copied()
                .chain([name.as_str()])
                .map(|partial| format!("`{partial}`"))
                .collect();
            return Err(self
                .wrong(from, include, format!("the partial `{name}` includes itself"))
                .note(round.join(" includes "))
                .hint("partials can't be recursive; loop with `{{#each list}}`"));
        }
        if self.path.len() > NESTING_LIMIT {
            return Err(self.too_deep(from, include));
        }
        self.visit(name)
    }

    fn bounded(&self, from: &str, include: &Include, size: TemplateSize) -> Result<(), Diagnostic> {
        if size.depth > NESTING_LIMIT {
            return Err(self.too_deep(from, include));
        }
        if size.weight > WEIGHT_LIMIT {
            return Err(self
                .wrong(
                    from,
                    include,
                    format!("the template grows beyond {WEIGHT_LIMIT} tags with its partials"),
                )
                .hint("include a partial once and loop inside it with `{{#each list}}`"));
        }
        Ok(())
    }

    fn missing(&self, from: &str, include: &Include) -> Diagnostic {
        let name = &include.name;
        let wrong = self.wrong(from, include, format!("there is no partial `{name}`"));
        match english::nearest(name, self.template.partials.keys().map(String::as_str)) {
            Some(near) => wrong.hint(format!("did you mean `{near}`?")),
            None => wrong.hint(format!("write it to `templates/{name}.hbs` of the same cookbook")),
        }
    }

    fn too_deep(&self, from: &str, include: &Include) -> Diagnostic {
        self.wrong(from, include, format!("blocks and partials nest deeper than {NESTING_LIMIT}"))
            .hint("include the partial from the template itself, outside of blocks")
    }

    fn wrong(&self, from: &str, include: &Include, message: String) -> Diagnostic {
        let (label, text) = explain::source(self.template, from);
        Diagnostic::error(message).at(line_place(&label, text, include.line))
    }
}
