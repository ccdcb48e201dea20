//! Lists the custom resources and attributes of all cookbooks, without a run list.

use std::rc::Rc;

use crate::cookbook::Cookbook;
use crate::model::error::Diagnostics;
use crate::model::schema::{Property, Schema};
use crate::model::task_card::TaskCard;
use crate::model::type_card::TypeCard;

use super::budget::Due;
use super::compilation::Compilation;
use super::custom::TypesFolder;
use super::input::{Compiled, Input, Limits};
use super::node::is_not_set;
use super::reference::as_paths;
use super::types::CustomType;
use super::{environment, sandbox};

/// Loads the declarations of all cookbooks. Errors in a cookbook become warnings, so that the other ones are still
/// listed.
pub(super) fn run(input: &Input<'_>, limits: Limits, due: Due) -> Result<Compiled, Diagnostics> {
    sandbox::prepare()?;
    let compilation = Rc::new(Compilation::new(input, limits, due, None, environment::words));
    let (types, tasks) = compilation.declared_types();
    let is_over = compilation.is_over(|| None);
    let attributes = compilation.attribute_report();
    let mut errors = std::mem::take(&mut compilation.session.borrow_mut().errors);
    // Without a run list, nothing needs the values.
    errors.retain(|error| !error.cause.as_deref().is_some_and(is_not_set));
    compilation.drop_states();
    if is_over {
        return Err(Diagnostics(errors));
    }
    Ok(Compiled { types, tasks, attributes, warnings: errors, ..Compiled::default() })
}

/// Lists the probes that the cookbooks of the run list declare.
pub(super) fn probes(input: &Input<'_>, limits: Limits, due: Due) -> Result<Compiled, Diagnostics> {
    sandbox::prepare()?;
    let compilation = Rc::new(Compilation::new(input, limits, due, None, environment::words));
    let mut probes = Vec::new();
    for book in input.run_list {
        // The errors are recorded.
        probes.extend(compilation.probes_to_ask(book).unwrap_or_default());
    }
    compilation.is_over(|| None);
    let errors = std::mem::take(&mut compilation.session.borrow_mut().errors);
    compilation.drop_states();
    if errors.is_empty() { Ok(Compiled { probes, ..Compiled::default() }) } else { Err(Diagnostics(errors)) }
}

impl Compilation {
    fn declared_types(self: &Rc<Self>) -> (Vec<TypeCard>, Vec<TaskCard>) {
        let books: Vec<Cookbook> = self.books.all().cloned().collect();
        let (mut types, mut tasks) = (Vec::new(), Vec::new());
        for book in &books {
            // The errors are recorded already.
            let _recorded = self.load_declared(&book.name);
            for folder in [TypesFolder::Resources, TypesFolder::Tasks] {
                for name in book.names(folder.name(), "lua") {
                    if self.is_over(|| None) {
                        return (types, tasks);
                    }
                    match self.custom_type(&book.name, folder, &name) {
                        Ok(found) if folder == TypesFolder::Tasks => tasks.push(task_card(&found, name)),
                        Ok(found) => types.push(card(&found, &name)),
                        Err(_) => {}
                    }
                }
            }
        }
        (types, tasks)
    }
}

fn task_card(found: &CustomType, name: String) -> TaskCard {
    TaskCard {
        cookbook: found.cookbook.clone(),
        name: name.replace('/', "_"),
        schema: schema(found),
        terminal: found.terminal,
    }
}

/// The schema of a type, for people to read.
fn schema(found: &CustomType) -> Schema {
    let mut schema = (*found.schema).clone();
    schema.properties.iter_mut().for_each(name_files);
    schema
}

/// The reference page of a custom resource.
fn card(found: &CustomType, name: &str) -> TypeCard {
    let word = name.replace('/', "_");
    TypeCard {
        name: found.type_name.clone(),
        word: if found.cookbook.is_empty() { word } else { format!("{}.{word}", found.cookbook) },
        cookbook: Some(found.cookbook.clone()),
        schema: schema(found),
        name_property: found.name_property.clone(),
        actions: found.action_names().into_iter().map(|name| (name.to_owned(), String::new())).collect(),
        plan: String::new(),
        platforms: String::new(),
        example: None,
    }
}

/// Replaces the references to files in defaults with their names.
fn name_files(property: &mut Property) {
    property.default.iter_mut().for_each(as_paths);
    property.kind.keys_mut().iter_mut().for_each(name_files);
}
