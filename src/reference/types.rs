//! The pages about resource types.

use crate::model::lua_value;
use crate::model::schema::Property;
use crate::model::type_card::TypeCard;
use crate::provider::ResourceType;
use crate::provider::common::common_properties;
use crate::resources::TYPES;

use super::markdown::{NamedItem, PageText, ReferencePage, TYPES_GROUP, names};

/// Description of the action that every type has.
const NOTHING: &str = "Does nothing until another resource notifies it.";

/// Generates a page for each built-in type.
pub(super) fn pages() -> Vec<ReferencePage> {
    TYPES.iter().map(|r#type| type_page(&card(r#type))).collect()
}

/// Generates the page of a type.
#[must_use]
pub fn type_page(card: &TypeCard) -> ReferencePage {
    let mut text = PageText::titled(&card.word);
    text.prose(&card.schema.doc);
    text.heading("Actions");
    text.items(actions(card));
    text.heading("Properties");
    text.items(card.schema.properties.iter().map(|own| property(own, card.name_property.as_deref())));
    text.heading("Properties of every type");
    text.items(common_properties().iter().map(|common| property(common, None)));
    if let Some(cookbook) = &card.cookbook {
        text.heading("What a plan tells");
        text.prose("It shows the resources that this one declares, each as its own type does.");
        text.heading("How to write it");
        text.code("lua", &custom_example(card, cookbook));
    } else {
        text.heading("What a plan tells");
        text.prose(&card.plan);
        text.heading("Where it works");
        text.prose(&card.platforms);
    }
    if let Some(example) = &card.example {
        text.heading("Example");
        text.code("lua", example);
    }
    ReferencePage {
        name: card.word.clone(),
        title: card.word.clone(),
        group: TYPES_GROUP,
        markdown: text.finish(),
    }
}

/// The documentation of a built-in type.
#[must_use]
pub fn card(r#type: &ResourceType) -> TypeCard {
    let root = if r#type.needs_root { "Every change needs root." } else { "" };
    TypeCard {
        name: r#type.name.to_owned(),
        word: r#type.name.to_owned(),
        cookbook: None,
        schema: (r#type.schema)(),
        name_property: r#type.name_property.map(str::to_owned),
        actions: r#type
            .actions
            .iter()
            .map(|action| (action.name.to_owned(), action.doc.to_owned()))
            .collect(),
        plan: r#type.plan.to_owned(),
        platforms: format!("{} {root}", r#type.platforms).trim().to_owned(),
        example: Some(r#type.example.to_owned()),
    }
}

fn actions(card: &TypeCard) -> Vec<NamedItem> {
    let mut items = Vec::new();
    for (index, (name, doc)) in card.actions.iter().enumerate() {
        let sentence = match (index, doc.as_str()) {
            (0, "") => "An action of the cookbook. (The default.)".to_owned(),
            (0, doc) => format!("{doc} (The default.)"),
            (_, "") => "An action of the cookbook.".to_owned(),
            (_, doc) => doc.to_owned(),
        };
        items.push(NamedItem::line(name, &sentence));
    }
    // A type may describe this action itself.
    if card.actions.iter().all(|(name, _)| name != "nothing") {
        items.push(NamedItem::line("nothing", NOTHING));
    }
    items
}

/// The item for a property: its kind, whether it is required, its description, and the keys of its tables.
pub(super) fn property(property: &Property, name_property: Option<&str>) -> NamedItem {
    let more = if name_property == Some(property.name.as_str()) {
        " Default: the name of the resource.".to_owned()
    } else if property.required {
        " Required.".to_owned()
    } else if !property.required_for.is_empty() {
        format!(" Required for {}.", names(property.required_for.iter().map(String::as_str)))
    } else if property.is_computed {
        " Default: made from the other properties.".to_owned()
    } else {
        property
            .default
            .as_ref()
            .map_or_else(String::new, |default| format!(" Default: `{}`.", lua_value::inline(default)))
    };
    let takes = match property.name.as_str() {
        "only_if" | "not_if" => "a guard, or a list of guards. See `chefrs help guards`.".to_owned(),
        "notifies" | "subscribes" => {
            "a notification, or a list of notifications. See `chefrs help notifications`.".to_owned()
        }
        _ => format!("{}.{more}", property.kind.describe()),
    };
    let parts = property.kind.keys().iter().map(|key| self::property(key, None)).collect();
    NamedItem { name: property.name.clone(), beside: takes, below: property.doc.clone(), parts }
}

/// A declaration with all required properties.
fn custom_example(card: &TypeCard, cookbook: &str) -> String {
    let (path, variable) =
        if cookbook.is_empty() { (".".to_owned(), "own") } else { (format!("@{cookbook}"), cookbook) };
    let word = card.word.rsplit('.').next().unwrap_or_default();
    let default = card.actions.first().map(|(name, _)| name);
    let is_required = |property: &&Property| {
        let of_default = default.is_some_and(|action| property.required_for.contains(action));
        (property.required || of_default) && card.name_property.as_ref() != Some(&property.name)
    };
    let required = card.schema.properties.iter().filter(is_required);
    let lines: Vec<String> = required
        .map(|property| format!("  {} = …,  -- {}\n", property.name, property.kind.describe()))
        .collect();
    let properties = if lines.is_empty() { String::new() } else { format!(" {{\n{}}}", lines.concat()) };
    format!("local {variable} = require \"{path}\"\n{variable}.{word} \"name\"{properties}")
}
