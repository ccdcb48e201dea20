//! The kinds of probes and their options. The checks and the reference are made from this table.

use crate::model::schema::TableKey;

/// A kind of probe.
#[derive(Debug, Clone, Copy)]
pub struct ProbeWord {
    /// The word after the dot: `probe.units`.
    pub name: &'static str,
    /// What recipes read.
    pub doc: &'static str,
    /// The options that it has besides those of all.
    pub options: &'static [ProbeOption],
}

/// An option of a kind.
#[derive(Debug, Clone, Copy)]
pub struct ProbeOption {
    pub key: TableKey,
    /// Its Luau type.
    pub luau: &'static str,
    pub required: bool,
}

const fn option(
    name: &'static str,
    takes: &'static str,
    luau: &'static str,
    doc: &'static str,
    required: bool,
) -> ProbeOption {
    ProbeOption { key: TableKey { name, takes, doc }, luau, required }
}

/// The command of a probe.
const COMMAND: ProbeOption = option(
    "command",
    "a command, in the forms of a guard. Required.",
    "Command",
    "It must change nothing. It is stopped after 10 seconds, or its own `timeout`, which can be up to 60.",
    true,
);

/// All kinds of probes.
pub const PROBES: &[ProbeWord] = &[
    ProbeWord {
        name: "command",
        doc: "What a command prints, or nil if it can't be run or fails.",
        options: &[
            COMMAND,
            option(
                "read",
                "`\"text\"`, `\"lines\"` or `\"json\"`. Default: `\"text\"`.",
                "\"text\" | \"lines\" | \"json\"",
                "How its output is read: as text without the last newline, as a list of lines, or as JSON.",
                false,
            ),
        ],
    },
    ProbeWord {
        name: "file",
        doc: "The text of a file, or nil if it does not exist.",
        options: &[option("path", "an absolute path. Required.", "string", "The file.", true)],
    },
    ProbeWord {
        name: "mounts",
        doc: "What is mounted: a list of tables with `mount_point`, `device`, `fstype` and `options`.",
        options: &[],
    },
    ProbeWord {
        name: "packages",
        doc: "Installed packages, of the machine's package manager: a list of tables with `name` and `version`, by name.",
        options: &[option(
            "names",
            "a list of names and patterns: `{ \"nginx\", \"postgresql-*\" }`. Default: all.",
            "{ string }",
            "The packages to list.",
            false,
        )],
    },
    ProbeWord {
        name: "units",
        doc: "Units that systemd knows: a list of tables with `name` (`nginx.service`), `active` (`active`, `inactive`, \
              `failed`), `sub` (`running`, `dead`) and `state` (`enabled`, `disabled`, `static`), by name. It is empty \
              without systemd. Templates and aliases are not in it.",
        options: &[option(
            "type",
            "a type of units: `\"service\"`, `\"timer\"`, … Default: `\"service\"`.",
            "string",
            "The type of the units.",
            false,
        )],
    },
    ProbeWord {
        name: "version",
        doc: "The version that a program prints, such as `\"1.22.1\"`, or nil if it is not there or prints none.",
        options: &[
            COMMAND,
            option(
                "pattern",
                "a regular expression. Default: numbers with dots.",
                "string",
                "What finds the version in the output: its first group, or all that it matches.",
                false,
            ),
        ],
    },
];

/// The options that all kinds have.
pub const COMMON: &[ProbeOption] = &[
    option("doc", "a string.", "string", "What it is for. `chefrs explain` prints it.", false),
    option(
        "example",
        "a value as the probe gives it.",
        "any",
        "The value where nothing was asked: in `chefrs check`, and with recorded facts that hold no answer. Without it, that \
         is an empty list, or nil.",
        false,
    ),
];
