//! The kinds of properties and attributes. The checks and the reference are made from this table.

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
    kind("list", "A list. `items` says what is in it; without, any plain data.", ""),
    kind(
        "map",
        "A table. `keys` says which keys it has, or `values` what is behind each; without, any plain data.",
        "",
    ),
    kind("mode", "An octal mode in quotes: `\"0644\"`.", ""),
    kind("number", "Any number.", ""),
    kind("path", "An absolute path.", ""),
    kind("string", "A string.", "It may be a deferred value."),
    kind("strings", "A string, or a list of strings. It is always a list where it is read.", ""),
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
