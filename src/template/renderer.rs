//! Prepares a template for the Handlebars engine, and renders it with limited memory.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{Context, Handlebars, Template as Parsed, no_escape};
use serde_json::{Map, Value};

use super::graph::TemplateSize;
use super::limits::OUTPUT_LIMIT;
use super::{blocks, explain, graph, variables, words};
use crate::model::content::Template;
use crate::model::error::Diagnostic;

/// Name of the template itself. Partials can't have it.
const MAIN: &str = "";
/// Number of values that can be copied in the time that a tag takes.
const COPIED_PER_TAG: usize = 32;

/// A registry with all helpers, built once. A render adds its own templates to a clone.
static WORDS: LazyLock<Handlebars<'static>> = LazyLock::new(|| {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(no_escape);
    // It writes to the terminal.
    registry.unregister_helper("log");
    words::register(&mut registry);
    blocks::register(&mut registry);
    registry
});

thread_local! {
    /// The template that this thread rendered last. To parse one takes much longer than to render it, and many resources in a
    /// row may have the same.
    static LAST: Cell<Option<Box<Renderer>>> = const { Cell::new(None) };
}

/// A parsed template.
pub(super) struct Renderer {
    template: Template,
    registry: Handlebars<'static>,
    size: TemplateSize,
}

/// Parses a template, unless it is the last one, and uses it.
pub(super) fn with_parsed<T>(
    template: &Template,
    work: impl FnOnce(&mut Renderer) -> Result<T, Diagnostic>,
) -> Result<T, Diagnostic> {
    let last = LAST.take().filter(|last| last.template == *template);
    let mut renderer = match last {
        Some(last) => last,
        None => Box::new(Renderer::new(template)?),
    };
    let done = work(&mut renderer);
    LAST.set(Some(renderer));
    done
}

impl Renderer {
    /// Checks the limits of a template and its partials, and parses them.
    fn new(template: &Template) -> Result<Self, Diagnostic> {
        let size = graph::check(template)?;
        let mut registry = WORDS.clone();
        let names = std::iter::once(MAIN).chain(template.partials.keys().map(String::as_str));
        for name in names {
            let (_, text) = explain::source(template, name);
            let parsed = guarded(template, || Parsed::compile_with_name(text, name.to_owned()))?;
            let mut parsed = parsed.map_err(|error| explain::syntax(template, name, &error))?;
            print_checked(&mut parsed);
            registry.register_template(name, parsed);
        }
        Ok(Self { template: template.clone(), registry, size })
    }

    /// Renders the template.
    pub(super) fn render(&mut self, values: &Map<String, Value>) -> Result<String, Diagnostic> {
        let copied = if self.size.copies { variables::count(values) / COPIED_PER_TAG } else { 0 };
        let pass = self.size.weight.saturating_mul(1 + copied);
        if pass > blocks::WORK_LIMIT {
            return Err(explain::too_slow(&self.template));
        }
        blocks::register_each(&mut self.registry, pass);
        let mut context = Context::null();
        *context.data_mut() = Value::Object(variables::plain_map(values));
        let mut sink = Sink::default();
        let done = guarded(&self.template, || {
            self.registry.render_with_context_to_write(MAIN, &context, &mut sink)
        })?;
        if sink.full {
            return Err(explain::too_long(&self.template));
        }
        done.map_err(|error| explain::failed(&self.template, values, &error))?;
        String::from_utf8(sink.bytes).map_err(|_| {
            Diagnostic::error("the template did not render to UTF-8").at(explain::whole(&self.template))
        })
    }
}

/// Makes `{{x}}` use the helper `value`, which refuses values that would print as `[object]`.
fn print_checked(template: &mut Parsed) {
    for element in &mut template.elements {
        match element {
            TemplateElement::Expression(tag) | TemplateElement::HtmlExpression(tag) => print_tag(tag),
            TemplateElement::HelperBlock(block) => {
                block.template.iter_mut().chain(block.inverse.iter_mut()).for_each(print_checked);
            }
            _ => {}
        }
    }
}

fn print_tag(tag: &mut HelperTemplate) {
    if tag.params.is_empty() && tag.hash.is_empty() {
        let printed = std::mem::replace(&mut tag.name, Parameter::Name(words::VALUE.to_owned()));
        tag.params.push(printed);
    }
}

/// Runs the engine, and converts a panic to an error of this template.
fn guarded<T>(template: &Template, work: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        Diagnostic::error("the template engine gave up on this template")
            .at(explain::whole(template))
            .hint("remove parts of the template to find the one that it can't parse")
    })
}

/// A buffer for the output, with a limit.
#[derive(Default)]
struct Sink {
    bytes: Vec<u8>,
    full: bool,
}

impl io::Write for Sink {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + buffer.len() > OUTPUT_LIMIT {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
