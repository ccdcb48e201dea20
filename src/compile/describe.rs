//! What a project's cookbooks offer: their custom resources and attributes as they are declared, without a run list.

use std::rc::Rc;

use crate::cookbook::Cookbook;
use crate::model::error::Diagnostics;
use crate::model::type_card::TypeCard;

use super::budget::Due;
use super::compilation::Compilation;
use super::input::{Compiled, Input, Limits};
use super::types::CustomType;
use super::{environment, sandbox};

/// Loads what all cookbooks declare. What is wrong with one does not keep the others from being told: it is among the
/// warnings.
pub(super) fn run(input: &Input<'_>, limits: Limits, due: Due) -> Result<Compiled, Diagnostics> {
    sandbox::prepare()?;
    let compilation = Rc::new(Compilation::new(input, limits, due, None, environment::words));
    let types = compilation.declared_types();
    let is_over = compilation.is_over(|| None);
    let attributes = compilation.attribute_report();
    let errors = std::mem::take(&mut compilation.session.borrow_mut().errors);
    compilation.let_go();
    if is_over {
        return Err(Diagnostics(errors));
    }
    Ok(Compiled { types, attributes, warnings: errors, ..Compiled::default() })
}

impl Compilation {
    fn declared_types(self: &Rc<Self>) -> Vec<TypeCard> {
        let books: Vec<Cookbook> = self.books.all().cloned().collect();
        let mut cards = Vec::new();
        for book in &books {
            // What is wrong with it is on the list of errors.
            let _recorded = self.load_attributes(&book.name);
            for name in book.names("resources", "lua") {
                if self.is_over(|| None) {
                    return cards;
                }
                if let Ok(found) = self.custom_type(&book.name, &name) {
                    cards.push(card(&found, &name));
                }
            }
        }
        cards
    }
}

/// A custom resource as its page tells of it.
fn card(found: &CustomType, name: &str) -> TypeCard {
    let word = name.replace('/', "_");
    TypeCard {
        name: found.type_name.clone(),
        word: if found.cookbook.is_empty() { word } else { format!("{}.{word}", found.cookbook) },
        cookbook: Some(found.cookbook.clone()),
        schema: (*found.schema).clone(),
        name_property: found.name_property.clone(),
        actions: found.action_names().into_iter().map(|name| (name.to_owned(), String::new())).collect(),
        plan: String::new(),
        platforms: String::new(),
        example: None,
    }
}
