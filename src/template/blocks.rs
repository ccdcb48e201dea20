//! The block helpers `if`, `unless`, `each` and `with`. Unlike those of the engine, they refuse missing variables.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use handlebars::{
    BlockContext, BlockParams, Context, Handlebars, Helper, HelperDef, HelperResult, JsonTruthy, Output,
    PathAndJson, RenderContext, RenderError, RenderErrorReason, Renderable, Template,
};
use serde_json::Value;

use super::variables::kind;
use super::word_error::WordError;

/// Most tags that the loops of a render may process. The cost of a loop is estimated from above.
pub(super) const WORK_LIMIT: usize = 10_000_000;

/// Registers the helpers without state.
pub(super) fn register(registry: &mut Handlebars<'_>) {
    registry.register_helper("if", Box::new(If { word: "if", wanted: true }));
    registry.register_helper("unless", Box::new(If { word: "unless", wanted: false }));
    registry.register_helper("with", Box::new(With));
}

/// Registers `each` with a new account. `pass` is the cost of rendering the whole template once.
pub(super) fn register_each(registry: &mut Handlebars<'_>, pass: usize) {
    registry.register_helper("each", Box::new(Each { pass, work: Arc::default() }));
}

/// The argument of a block, which must exist.
fn subject<'a, 'rc>(word: &'static str, tag: &'a Helper<'rc>) -> Result<&'a PathAndJson<'rc>, RenderError> {
    let Some(value) = tag.param(0) else {
        return Err(RenderErrorReason::ParamNotFoundForIndex(word, 0).into());
    };
    if value.is_value_missing() {
        return Err(RenderError::strict_error(value.relative_path()));
    }
    Ok(value)
}

/// Renders a part of a block, if the block has it.
fn part<'reg: 'rc, 'rc>(
    text: Option<&'rc Template>,
    registry: &'reg Handlebars<'reg>,
    context: &'rc Context,
    state: &mut RenderContext<'reg, 'rc>,
    out: &mut dyn Output,
) -> HelperResult {
    text.map_or(Ok(()), |text| text.render(registry, context, state, out))
}

/// A block context whose base is the value.
fn inside<'rc>(value: &PathAndJson<'rc>) -> BlockContext<'rc> {
    let mut block = BlockContext::new();
    match value.context_path() {
        Some(path) => block.base_path_mut().clone_from(path),
        None => block.set_base_value(value.value().clone()),
    }
    block
}

struct If {
    word: &'static str,
    wanted: bool,
}

impl HelperDef for If {
    fn call<'reg: 'rc, 'rc>(
        &self,
        tag: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        state: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let holds = subject(self.word, tag)?.value().is_truthy(false) == self.wanted;
        part(if holds { tag.template() } else { tag.inverse() }, registry, context, state, out)
    }
}

struct With;

impl HelperDef for With {
    fn call<'reg: 'rc, 'rc>(
        &self,
        tag: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        state: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let value = subject("with", tag)?;
        if !value.value().is_truthy(false) {
            return part(tag.inverse(), registry, context, state, out);
        }
        let mut block = inside(value);
        if let Some(outer) = state.block() {
            block.local_variables_mut().clone_from(outer.local_variables());
        }
        if let Some(name) = tag.block_param() {
            let mut names = BlockParams::new();
            bind(&mut names, name, value, value.value())?;
            block.set_block_params(names);
        }
        state.push_block(block);
        part(tag.template(), registry, context, state, out)?;
        state.pop_block();
        Ok(())
    }
}

struct Each {
    pass: usize,
    work: Arc<AtomicUsize>,
}

impl Each {
    /// Nested loops multiply, so each pass is charged before it starts.
    fn charge(&self, passes: usize) -> Result<(), RenderError> {
        let cost = passes.saturating_mul(self.pass);
        if self.work.fetch_add(cost, Ordering::Relaxed).saturating_add(cost) > WORK_LIMIT {
            return Err(WordError::raise(
                "the loops of this template take too long",
                "pass only the values that the template prints, or compute the text in the recipe",
            ));
        }
        Ok(())
    }
}

impl HelperDef for Each {
    fn call<'reg: 'rc, 'rc>(
        &self,
        tag: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        state: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let value = subject("each", tag)?;
        let items: Vec<(String, Value, &Value)> = match value.value() {
            Value::Array(list) => {
                list.iter().enumerate().map(|(index, item)| (index.to_string(), index.into(), item)).collect()
            }
            Value::Object(map) => {
                map.iter().map(|(key, item)| (key.clone(), key.as_str().into(), item)).collect()
            }
            Value::Null | Value::Bool(false) => Vec::new(),
            other => {
                let path = value.relative_path().map_or("the value", String::as_str);
                return Err(WordError::raise(
                    format!("`each` expects a list or a map, but `{path}` is {}", kind(other)),
                    "pass a list: `variables = { items = { \"a\", \"b\" } }`",
                ));
            }
        };
        if items.is_empty() {
            return part(tag.inverse(), registry, context, state, out);
        }
        self.charge(items.len())?;
        let is_map = value.value().is_object();
        let last = items.len() - 1;
        for (index, (segment, key, item)) in items.into_iter().enumerate() {
            let mut block = BlockContext::new();
            match value.context_path() {
                Some(path) => {
                    block.base_path_mut().clone_from(path);
                    block.base_path_mut().push(segment);
                }
                None => block.set_base_value(item.clone()),
            }
            block.set_local_var("first", (index == 0).into());
            block.set_local_var("last", (index == last).into());
            block.set_local_var("index", index.into());
            if is_map {
                block.set_local_var("key", key.clone());
            }
            block.set_block_params(names(tag, value, item, key)?);
            state.push_block(block);
            part(tag.template(), registry, context, state, out)?;
            state.pop_block();
        }
        Ok(())
    }
}

/// The names in `as |item|` or `as |item key|`.
fn names<'rc>(
    tag: &Helper<'rc>,
    subject: &PathAndJson<'rc>,
    item: &Value,
    key: Value,
) -> Result<BlockParams<'rc>, RenderError> {
    let mut names = BlockParams::new();
    if let Some(name) = tag.block_param() {
        bind(&mut names, name, subject, item)?;
    } else if let Some((name, key_name)) = tag.block_param_pair() {
        bind(&mut names, name, subject, item)?;
        names.add_value(key_name, key)?;
    }
    Ok(names)
}

/// Binds a name in a block: to a path if the value is a variable, because copying it for each pass is slow.
fn bind<'rc>(
    names: &mut BlockParams<'rc>,
    name: &'rc str,
    subject: &PathAndJson<'rc>,
    seen: &Value,
) -> Result<(), RenderError> {
    match subject.context_path() {
        // The empty path means the base of the block.
        Some(_) => names.add_path(name, Vec::new()),
        None => names.add_value(name, seen.clone()),
    }
}
