//! Custom resources: what `resource { … }` in a file below `resources/` declares, and what tasks have in common with them.

use std::collections::BTreeMap;
use std::rc::Rc;

use mlua::{AnyUserData, Function, Lua, Table, UserData, Value as LuaValue};

use crate::model::english::{list, nearest, suggestion};
use crate::model::error::{Diagnostic, Location};
use crate::model::schema::Schema;
use crate::model::task_card;
use crate::provider::common::common_properties;
use crate::resources;

use super::allowance::Allowance;
use super::compilation::Compilation;
use super::convert::{describe, text};
use super::fault::recorded;
use super::properties;
use super::session::{FileFrame, ScriptKind};
use super::types::{Callback, CustomType, Declared, Default};
use super::words::{RESOURCE_KEYS, names};

/// A folder of files that each declare a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TypesFolder {
    Resources,
    Tasks,
}

impl TypesFolder {
    /// Its name in a cookbook.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Resources => "resources",
            Self::Tasks => task_card::FOLDER,
        }
    }

    fn kind(self) -> ScriptKind {
        match self {
            Self::Resources => ScriptKind::Resource,
            Self::Tasks => ScriptKind::Task,
        }
    }

    /// What a file declares.
    fn noun(self) -> &'static str {
        match self {
            Self::Resources => "custom resource",
            Self::Tasks => "task",
        }
    }

    /// What the last line of a file is to be.
    fn example(self) -> &'static str {
        match self {
            Self::Resources => {
                "return resource { properties = { … }, actions = { create = function(self) … end } }"
            }
            Self::Tasks => "return task { arguments = { … }, run = function(self) … end }",
        }
    }
}

/// The return value of `resource` and `task`: a type that does not know its name yet.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) schema: Rc<Schema>,
    name_property: Option<String>,
    computed: BTreeMap<String, Callback>,
    coerced: BTreeMap<String, Callback>,
    pub(super) actions: BTreeMap<String, Function>,
    pub(super) default_action: String,
    /// Whether it is a task that needs a terminal.
    pub(super) terminal: bool,
}

impl UserData for Body {}

/// Adds the function `resource` to the globals.
pub(super) fn install(compilation: &Rc<Compilation>, lua: &Lua, into: &Table) -> mlua::Result<()> {
    let this = Rc::clone(compilation);
    let resource = move |lua: &Lua, table: LuaValue| match body(&table, &this.allowance) {
        Ok(body) => Ok(body),
        Err(diagnostic) => Err(this.refuse(lua, *diagnostic)),
    };
    into.raw_set("resource", lua.create_function(resource)?)
}

impl Compilation {
    /// Finds a type that a cookbook declares. It is loaded on first use, and its errors are reported once.
    pub(super) fn custom_type(
        self: &Rc<Self>,
        cookbook: &str,
        folder: TypesFolder,
        name: &str,
    ) -> mlua::Result<Rc<CustomType>> {
        let vm = self.vm(cookbook)?;
        let noun = folder.noun();
        let path = format!("{}/{name}.lua", folder.name());
        if let Some(known) = vm.types.borrow().get(&path) {
            return known.clone().ok_or_else(|| recorded(format!("the {noun} `{name}` can't be loaded")));
        }
        vm.types.borrow_mut().insert(path.clone(), None);
        let recipe = self.session.borrow().frame().map(|frame| frame.recipe.clone()).unwrap_or_default();
        let frame = FileFrame { cookbook: cookbook.into(), recipe, kind: folder.kind(), parent: None };
        let label = self.book(cookbook).map(|book| book.label(&path)).unwrap_or_default();
        let value = self.evaluate(&path, frame)?.unwrap_or(LuaValue::Nil);
        let made = match &value {
            LuaValue::UserData(data) => data.borrow::<Body>().ok(),
            _ => None,
        };
        let Some(body) = made else {
            return Err(self.refuse_at(
                Some(Location::new(label, 0)),
                Diagnostic::error(format!("the file returns {}, not a {noun}", describe(&value)))
                    .hint(folder.example()),
            ));
        };
        let word = name.replace('/', "_");
        let type_name = if cookbook.is_empty() { word } else { format!("{cookbook}_{word}") };
        if resources::find(&type_name).is_some() {
            return Err(self.refuse_at(
                Some(Location::new(label, 0)),
                Diagnostic::error(format!("the {noun} `{type_name}` has the name of a resource type"))
                    .hint("rename the file: messages and notifications could not tell them apart"),
            ));
        }
        let made = Rc::new(CustomType {
            type_name,
            cookbook: cookbook.to_owned(),
            schema: Rc::clone(&body.schema),
            name_property: body.name_property.clone(),
            computed: body.computed.clone(),
            coerced: body.coerced.clone(),
            actions: body.actions.clone(),
            default_action: body.default_action.clone(),
            terminal: body.terminal,
        });
        vm.types.borrow_mut().insert(path, Some(Rc::clone(&made)));
        Ok(made)
    }
}

fn body(value: &LuaValue, allowance: &Allowance) -> Result<Body, Box<Diagnostic>> {
    let error = |message: String| Box::new(Diagnostic::error(message));
    let LuaValue::Table(table) = value else {
        return Err(error(format!("`resource` takes a table, not {}", describe(value))));
    };
    let (mut made, mut schema, mut default_action) = (Body::default(), Schema::default(), None);
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|problem| error(problem.to_string()))?;
        let key = text(&key).ok_or_else(|| error("`resource` takes named keys, not a list".into()))?;
        match (key.as_str(), &value) {
            ("doc", LuaValue::String(_)) => schema.doc = text(&value).unwrap_or_default(),
            ("default_action", LuaValue::String(_)) => default_action = text(&value),
            ("properties", LuaValue::Table(table)) => {
                properties(table, "a custom resource", (&mut made, &mut schema), allowance)?;
            }
            ("actions", LuaValue::Table(table)) => made.actions = functions(table)?,
            (known, value) if names(RESOURCE_KEYS).contains(&known) => {
                return Err(error(format!("`{known}` of `resource` can't be {}", describe(value))));
            }
            (unknown, _) => {
                let diagnostic = Diagnostic::error(format!("`resource` has no key `{unknown}`"));
                return Err(Box::new(diagnostic.hint(suggestion(
                    unknown,
                    &names(RESOURCE_KEYS),
                    "its keys are",
                ))));
            }
        }
    }
    made.default_action = choose_default(&made.actions, default_action)?;
    for property in &schema.properties {
        let unknown = |action: &&String| !made.actions.contains_key(*action);
        if let Some(action) = property.required_for.iter().find(unknown) {
            let names: Vec<&str> = made.actions.keys().map(String::as_str).collect();
            let message = format!(
                "property `{}` is required for the action `{action}`, which does not exist",
                property.name
            );
            return Err(Box::new(Diagnostic::error(message).hint(suggestion(
                action,
                &names,
                "the actions are",
            ))));
        }
    }
    made.schema = Rc::new(schema);
    Ok(made)
}

/// Reads the properties into the body of what declares them.
pub(super) fn properties(
    table: &Table,
    what: &str,
    (body, schema): (&mut Body, &mut Schema),
    allowance: &Allowance,
) -> Result<(), Box<Diagnostic>> {
    let common = common_properties();
    // The iteration order of Lua tables is not defined. This one is sorted.
    for (name, declared) in properties::read(table, "`properties`", allowance)? {
        if name == "name" || common.iter().any(|property| property.name == name) {
            return Err(Box::new(
                Diagnostic::error(format!("{what} can't declare the property `{name}`"))
                    .note("every resource has it"),
            ));
        }
        if declared.name_property && body.name_property.replace(name.clone()).is_some() {
            return Err(Box::new(Diagnostic::error("there are two name properties")));
        }
        let callback = |function: &Function| Callback {
            function: function.clone(),
            location: declared.location.clone(),
        };
        if let Default::Lazy(function) = &declared.default {
            body.computed.insert(name.clone(), callback(function));
        }
        if let Some(function) = &declared.coerce {
            body.coerced.insert(name.clone(), callback(function));
        }
        schema.properties.push(declared.property(&name));
    }
    Ok(())
}

fn functions(table: &Table) -> Result<BTreeMap<String, Function>, Box<Diagnostic>> {
    let mut actions = BTreeMap::new();
    for pair in table.pairs::<LuaValue, LuaValue>() {
        let (key, value) = pair.map_err(|problem| Box::new(Diagnostic::error(problem.to_string())))?;
        match (text(&key), value) {
            (Some(name), LuaValue::Function(function)) if name != "nothing" => {
                actions.insert(name, function);
            }
            (Some(name), _) if name == "nothing" => {
                return Err(Box::new(Diagnostic::error(
                    "the action `nothing` exists already, and does nothing",
                )));
            }
            (name, value) => {
                let name = name.unwrap_or_else(|| describe(&key));
                return Err(Box::new(
                    Diagnostic::error(format!("action `{name}` is {}, not a function", describe(&value)))
                        .hint(format!("{name} = function(self) … end")),
                ));
            }
        }
    }
    Ok(actions)
}

fn choose_default(
    actions: &BTreeMap<String, Function>,
    said: Option<String>,
) -> Result<String, Box<Diagnostic>> {
    let names: Vec<&str> = actions.keys().map(String::as_str).collect();
    match said {
        Some(name) if actions.contains_key(&name) || name == "nothing" => Ok(name),
        Some(name) => {
            let diagnostic =
                Diagnostic::error(format!("the default action `{name}` is not among the actions"));
            Err(Box::new(match nearest(&name, names) {
                Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
                None => diagnostic,
            }))
        }
        None => match names.as_slice() {
            [] => Err(Box::new(
                Diagnostic::error("a custom resource needs an action")
                    .hint("actions = { create = function(self) … end }"),
            )),
            [only] => Ok((*only).to_owned()),
            names if names.contains(&"create") => Ok("create".into()),
            names => Err(Box::new(Diagnostic::error("there is no default action").hint(format!(
                "default_action = \"{}\"; the actions are {}",
                names[0],
                list(names, "and")
            )))),
        },
    }
}

/// The functions that declare resources of the types in a folder of a cookbook, by name.
pub(super) fn exports(
    compilation: &Rc<Compilation>,
    lua: &Lua,
    (of, folder): (&str, TypesFolder),
    path: &str,
) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    let names = compilation.book(of).map(|book| book.names(folder.name(), "lua")).unwrap_or_default();
    for name in &names {
        let (this, cookbook, resource) = (Rc::clone(compilation), of.to_owned(), name.clone());
        let declare = move |lua: &Lua, args: mlua::MultiValue| -> mlua::Result<AnyUserData> {
            let kind = this.custom_type(&cookbook, folder, &resource)?;
            this.declare(lua, Declared::Custom(kind), args)
        };
        table.raw_set(name.replace('/', "_"), lua.create_function(declare)?)?;
    }
    let path = path.to_owned();
    Compilation::make_strict(lua, &table, move |_, key| {
        let diagnostic = Diagnostic::error(format!("`{path}` has no {} `{key}`", folder.noun()));
        if names.is_empty() {
            return diagnostic.note(format!("the cookbook has no files below {}/", folder.name()));
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        diagnostic.hint(suggestion(key, &names, "it has"))
    })?;
    Ok(table)
}
