//! The options of properties and attributes. The checks and the reference are made from this table.

/// An option of a kind.
#[derive(Debug, Clone, Copy)]
pub struct KindOption {
    pub name: &'static str,
    /// The kinds that have it. Empty if all do.
    pub kinds: &'static [&'static str],
    pub takes: &'static str,
    /// Its Luau type.
    pub luau: &'static str,
    pub doc: &'static str,
    /// What is true of properties besides. None if attributes alone have the option.
    pub of_properties: Option<&'static str>,
    /// What is true of attributes besides. None if properties alone have the option.
    pub of_attributes: Option<&'static str>,
}

impl KindOption {
    /// What is true of it besides after this word, `property` or `attribute`. None if it does not exist there.
    #[must_use]
    pub fn further(&self, word: &str) -> Option<&'static str> {
        if word == "property" { self.of_properties } else { self.of_attributes }
    }

    /// Whether `property.KIND` or `attribute.KIND` has it.
    #[must_use]
    pub fn fits(&self, word: &str, kind: &str) -> bool {
        self.further(word).is_some() && (self.kinds.is_empty() || self.kinds.contains(&kind))
    }
}

/// The kinds whose values have a length.
const WITH_LENGTH: &[&str] = &["list", "map", "string", "strings", "text"];
/// The kinds of numbers.
const NUMBERS: &[&str] = &["integer", "number"];

const fn limit(
    name: &'static str,
    kinds: &'static [&'static str],
    takes: &'static str,
    luau: &'static str,
    doc: &'static str,
) -> KindOption {
    KindOption { name, kinds, takes, luau, doc, of_properties: Some(""), of_attributes: Some("") }
}

/// The options of all kinds.
pub const KIND_OPTIONS: &[KindOption] = &[
    KindOption {
        name: "default",
        kinds: &[],
        takes: "a value of the kind.",
        luau: "any",
        doc: "The value if none is given.",
        of_properties: Some(
            "It may be a function, which gets `self` and reads other properties from it. It is called when the property is \
             read.",
        ),
        of_attributes: Some("It may be a function, which gets `node` and reads other attributes from it."),
    },
    KindOption {
        name: "doc",
        kinds: &[],
        takes: "a string.",
        luau: "string",
        doc: "What it means.",
        of_properties: Some("`chefrs resources` prints it."),
        of_attributes: Some("`chefrs explain` prints it."),
    },
    KindOption {
        name: "required",
        kinds: &[],
        takes: "true or false. Default: `false`.",
        luau: "boolean | { string }",
        doc: "Whether a value is required.",
        of_properties: Some("It may also be a list of the actions that require one: `{ \"create\" }`."),
        of_attributes: Some(""),
    },
    KindOption {
        name: "name_property",
        kinds: &[],
        takes: "true or false. Default: `false`.",
        luau: "boolean",
        doc: "Whether its default is the name of the resource. Only one property can have this.",
        of_properties: Some(""),
        of_attributes: None,
    },
    KindOption {
        name: "coerce",
        kinds: &[],
        takes: "a function.",
        luau: "(value: any) -> any",
        doc: "It gets the value that a resource gives, and returns the one to use. That one is checked. A default is not \
              changed.",
        of_properties: Some(""),
        of_attributes: None,
    },
    limit("values", &["choice"], "a list of strings. Required.", "{ string }", "The strings to choose from."),
    limit(
        "items",
        &["list"],
        "a property, or a table of properties.",
        "Declaration | { [any]: any }",
        "What each item is: `items = property.integer {}`, or a table with these keys: `items = { port = property.integer \
         {} }`.",
    ),
    limit("keys", &["map"], "a table of properties.", "{ [any]: any }", "The keys that the table may have."),
    limit(
        "values",
        &["map"],
        "a property, or a table of properties.",
        "Declaration | { [any]: any }",
        "What each value is, if the keys are free. It is written like `items`.",
    ),
    limit(
        "one_of",
        &["integer", "mode", "number", "path", "string", "strings", "text"],
        "a list of values.",
        "{ any }",
        "The allowed values.",
    ),
    limit(
        "pattern",
        &["path", "string", "strings", "text"],
        "a regular expression: `\"^[a-z]+$\"`.",
        "string",
        "What a string must match. The expression may match anywhere in it; `^` is its start, `$` its end.",
    ),
    limit("min", NUMBERS, "a number.", "number", "The least number."),
    limit("max", NUMBERS, "a number.", "number", "The greatest number."),
    limit(
        "min_length",
        WITH_LENGTH,
        "a whole number.",
        "number",
        "Least length: characters of a string, items of a list, keys of a table.",
    ),
    limit("max_length", WITH_LENGTH, "a whole number.", "number", "Greatest length, in the same unit."),
    limit(
        "message",
        &["integer", "list", "map", "mode", "number", "path", "string", "strings", "text"],
        "a string.",
        "string",
        "What to say about a value outside of these limits, instead of the reason.",
    ),
];
