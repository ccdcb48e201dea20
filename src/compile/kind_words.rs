//! The kinds of properties and attributes, and their options. The checks and the reference are made from these tables.

/// A kind of property or attribute.
#[derive(Debug, Clone, Copy)]
pub struct KindWord {
    /// The word after the dot: `property.integer`.
    pub name: &'static str,
    /// What it takes.
    pub doc: &'static str,
    /// What a property of the kind takes besides. Empty if nothing.
    pub of_properties: &'static str,
}

const fn kind(name: &'static str, doc: &'static str, of_properties: &'static str) -> KindWord {
    KindWord { name, doc, of_properties }
}

/// All kinds of properties and attributes.
pub const KINDS: &[KindWord] = &[
    kind("any", "Any plain data.", ""),
    kind("boolean", "`true` or `false`.", ""),
    kind("choice", "One of the strings in `values`.", ""),
    kind("command", "A command: a string for the shell, or a list of arguments.", ""),
    kind(
        "commands",
        "One command or several: a string, a list of arguments, a table with `command`, or a list of such lists and tables.",
        "",
    ),
    kind(
        "file",
        "A file of the cookbook or the project that sets it: a name below its `files/`.",
        "It may be `source_file \"x\"`.",
    ),
    kind("integer", "A whole number.", ""),
    kind("list", "A list of any plain data.", ""),
    kind("map", "A table that maps names to plain data.", ""),
    kind("mode", "An octal mode in quotes: `\"0644\"`.", ""),
    kind("number", "Any number.", ""),
    kind("path", "An absolute path.", ""),
    kind("string", "A string.", "It may be a deferred value."),
    kind("strings", "A string, or a list of strings.", ""),
    kind(
        "template",
        "A template of the cookbook or the project that sets it: a name below its `templates/`.",
        "It may be `template_file \"x.hbs\"`.",
    ),
    kind("text", "Text for a file.", "It may be a deferred value."),
    kind(
        "tree",
        "A directory of the cookbook or the project that sets it: a name below its `files/`.",
        "It may be `source_directory \"x\"`.",
    ),
];

/// An option of a kind.
#[derive(Debug, Clone, Copy)]
pub struct KindOption {
    pub name: &'static str,
    /// The only kind that has it. None if all kinds do.
    pub kind: Option<&'static str>,
    pub takes: &'static str,
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
        self.further(word).is_some() && self.kind.is_none_or(|own| own == kind)
    }
}

/// The options of all kinds.
pub const KIND_OPTIONS: &[KindOption] = &[
    KindOption {
        name: "default",
        kind: None,
        takes: "a value of the kind.",
        doc: "The value if none is given.",
        of_properties: Some(""),
        of_attributes: Some("It may be a function, which gets `node` and reads other attributes from it."),
    },
    KindOption {
        name: "doc",
        kind: None,
        takes: "a string.",
        doc: "What it means.",
        of_properties: Some("`chefrs resources` prints it."),
        of_attributes: Some("`chefrs explain` prints it."),
    },
    KindOption {
        name: "required",
        kind: None,
        takes: "true or false. Default: `false`.",
        doc: "Whether a value is required.",
        of_properties: Some("It may also be a list of the actions that require one: `{ \"create\" }`."),
        of_attributes: Some(""),
    },
    KindOption {
        name: "name_property",
        kind: None,
        takes: "true or false. Default: `false`.",
        doc: "Whether its default is the name of the resource. Only one property can have this.",
        of_properties: Some(""),
        of_attributes: None,
    },
    KindOption {
        name: "values",
        kind: Some("choice"),
        takes: "a list of strings. Required.",
        doc: "The strings to choose from.",
        of_properties: Some(""),
        of_attributes: Some(""),
    },
];
