//! `limit`: what the sessions of a user may use.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::Content;
use crate::model::english::{list, nearest};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::step::Attributes;
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action};

/// Directory of the files: limits.conf(5).
const DIRECTORY: &str = "/etc/security/limits.d";

/// What can be limited.
const ITEMS: &[&str] = &[
    "as",
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "maxlogins",
    "maxsyslogins",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nonewprivs",
    "nproc",
    "priority",
    "rss",
    "rtprio",
    "sigpending",
    "stack",
];

/// What the sessions of a user may use, in a file of its own in `/etc/security/limits.d`.
///
/// A limit holds for sessions that start after the change. Services of systemd don't read these files: give their unit
/// `LimitNOFILE=` and the like.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Limit {
    /// A user; `@group` for the members of a group; `*` for all users but root.
    domain: String,
    /// The limits: `{ nofile = 65536, core = "unlimited" }`. A number is both the soft and the hard limit; for two
    /// different ones write `{ soft = 1024, hard = 4096 }`. Required for `create`.
    #[serde(default)]
    limits: BTreeMap<String, LimitValue>,
    /// Name of the file. Default: made of the domain. Files are read in the order of their names.
    filename: Option<String>,
}

/// A limit.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
enum LimitValue {
    Number(i64),
    Word(Unlimited),
    Two {
        #[serde(default)]
        soft: Option<Bound>,
        #[serde(default)]
        hard: Option<Bound>,
    },
}

/// One of the two limits.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
enum Bound {
    Number(i64),
    Word(Unlimited),
}

#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Unlimited {
    Unlimited,
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Word(Unlimited::Unlimited) => f.write_str("unlimited"),
        }
    }
}

impl LimitValue {
    /// The limit, by the word for its kind: a dash means both.
    fn bounds(&self) -> Vec<(&'static str, Bound)> {
        match self {
            Self::Number(number) => vec![("-", Bound::Number(*number))],
            Self::Word(word) => vec![("-", Bound::Word(*word))],
            Self::Two { soft, hard } => {
                let soft = soft.map(|soft| ("soft", soft));
                soft.into_iter().chain(hard.map(|hard| ("hard", hard))).collect()
            }
        }
    }
}

impl Limit {
    fn file(&self) -> FileState {
        let lines = self.limits.iter().flat_map(|(item, value)| {
            value
                .bounds()
                .into_iter()
                .map(move |(kind, bound)| format!("{} {kind} {item} {bound}\n", self.domain))
        });
        FileState {
            path: format!("{DIRECTORY}/{}", self.filename()).into(),
            content: Some(Content::Text(lines.collect())),
            attributes: Attributes { mode: Some(0o644), ..Attributes::default() },
            ..FileState::default()
        }
    }

    fn filename(&self) -> String {
        self.filename.clone().unwrap_or_else(|| match self.domain.as_str() {
            // What holds for all comes first, so that the file of one user wins.
            "*" => "00_all_limits.conf".to_owned(),
            domain => format!("{}_limits.conf", domain.replace(['@', '%', ':'], "_")),
        })
    }

    fn check_limits(&self) -> Result<(), Failure> {
        if self.limits.is_empty() {
            return Err(
                Failure::new("it needs `limits`").hint("say what is limited: limits = { nofile = 65536 }")
            );
        }
        for (item, value) in &self.limits {
            if !ITEMS.contains(&item.as_str()) {
                let failure = Failure::new(format!("`{}` can't be limited", item.escape_debug()));
                return Err(match nearest(item, ITEMS.iter().copied()) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure.hint(format!("what can be: {}", list(ITEMS, "and"))),
                });
            }
            let bounds = value.bounds();
            if bounds.is_empty() {
                return Err(Failure::new(format!("`{item}` has neither `soft` nor `hard`")));
            }
            let is_signed = matches!(item.as_str(), "nice" | "priority");
            if bounds.iter().any(|(_, bound)| matches!(bound, Bound::Number(number) if *number < 0))
                && !is_signed
            {
                return Err(Failure::new(format!("`{item}` can't be negative"))
                    .hint(format!("no limit is written {item} = \"unlimited\"")));
            }
            if let [(_, Bound::Number(soft)), (_, Bound::Number(hard))] = bounds.as_slice()
                && soft > hard
                && !is_signed
            {
                return Err(Failure::new(format!("the soft limit of `{item}` is above the hard one")));
            }
        }
        Ok(())
    }
}

impl Provider for Limit {
    const NAME: &'static str = "limit";
    const ACTIONS: &'static [Action] = &[
        action("create", "Writes the file of the limits."),
        action("delete", "Removes the file of the limits."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("domain");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete: the file is shown as a diff.";
    const PLATFORMS: &'static str = "Linux with pam_limits, which reads `/etc/security/limits.d`.";
    const EXAMPLE: &'static str = r#"
limit "deploy" {
  limits = {
    nofile = { soft = 4096, hard = 65536 },
    core = 0,
  },
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let word = |c: char| c.is_ascii_alphanumeric() || "._-@%:*$".contains(c);
        if self.domain.is_empty() || !self.domain.chars().all(word) {
            return Err(Failure::new(format!(
                "`{}` is not whom a limit can be for",
                self.domain.escape_debug()
            ))
            .hint("a user, `@group`, or `*` for all users but root"));
        }
        let word = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if let Some(name) = self.filename.as_deref().filter(|name| {
            !name.chars().all(word)
                || name.starts_with('.')
                || name.strip_suffix(".conf").is_none_or(str::is_empty)
        }) {
            return Err(Failure::new(format!(
                "`{}` is not the name of a file of limits",
                name.escape_debug()
            ))
            .hint("only files whose name ends in `.conf` are read: filename = \"50-deploy.conf\""));
        }
        if action == "create" { self.check_limits() } else { Ok(()) }
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(self.file().path);
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        if action == "delete" { vec![Query::Stat(self.file().path)] } else { self.file().observe() }
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        self.file().portable(action, into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        if action == "delete" { self.file().plan_delete(known) } else { self.file().plan_create(known) }
    }
}
