//! `sysctl`: a kernel parameter, now and after every boot.

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, Content};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, FileText, Query};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action};

/// A kernel parameter, now and after every boot.
///
/// The value that the kernel has now is compared with the declared one, and so is the file in `/etc/sysctl.d` that
/// sets it at boot. No `sysctl` program is needed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sysctl {
    /// Name of the parameter: `net.ipv4.ip_forward`. A dot inside a component is written as `/`, as in sysctl(8).
    key: String,
    /// Value, as text. Several words stand with single spaces between them.
    value: Option<String>,
    /// Line of comment in the file.
    comment: Option<String>,
    /// Directory of the file.
    #[serde(default = "conf_dir")]
    conf_dir: AbsolutePath,
    /// Whether a parameter that the running kernel does not have is left to the next boot.
    #[serde(default)]
    ignore_error: bool,
}

fn conf_dir() -> AbsolutePath {
    AbsolutePath::parse("/etc/sysctl.d").unwrap_or_default()
}

impl Sysctl {
    /// The parameter's file below `/proc/sys`.
    fn live(&self) -> Utf8PathBuf {
        let swapped: String = self
            .key
            .chars()
            .map(|c| {
                if c == '.' {
                    '/'
                } else if c == '/' {
                    '.'
                } else {
                    c
                }
            })
            .collect();
        Utf8PathBuf::from("/proc/sys").join(swapped)
    }

    fn value(&self) -> String {
        words(self.value.as_deref().unwrap_or_default())
    }

    /// The file that sets it at boot: late in the order, so that it wins over the distribution's.
    fn at_boot(&self) -> FileState {
        let comment = self.comment.as_ref().map(|comment| format!("# {comment}\n")).unwrap_or_default();
        FileState {
            path: self.conf_dir.join(format!("99-chefrs-{}.conf", self.key.replace('/', "-"))),
            content: Some(Content::Text(format!("{comment}{} = {}\n", self.key, self.value()))),
            attributes: Attributes { mode: Some(0o644), ..Attributes::default() },
            ..FileState::default()
        }
    }

    fn now(&self, known: &Known) -> Result<Option<Change>, Stop> {
        let path = self.live();
        let old = match known.read(&path)? {
            Some(FileText::Text(text)) => words(text),
            _ if self.ignore_error => return Ok(None),
            _ => {
                return Err(Failure::new(format!("the kernel has no parameter `{}`", self.key))
                    .hint("look for it: ls /proc/sys; it may come with a module that is not loaded")
                    .hint("or say `ignore_error = true` to set it at the next boot")
                    .into());
            }
        };
        let value = self.value();
        if old == value {
            return Ok(None);
        }
        // The shell sees name and value as words, never as its own text.
        let write = ["/bin/sh", "-c", "printf '%s\\n' \"$1\" >\"$2\"", "sh", &value, path.as_str()];
        Ok(Some(
            Change::new(format!("set {} to {value}, was {old}", self.key), Step::Run(Command::new(write)))
                .then(Query::Read(path), Answer::Read(Some(FileText::Text(format!("{value}\n")))))
                .reaching(Reach::Told),
        ))
    }
}

/// The kernel separates words by tabs, people by spaces.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Provider for Sysctl {
    const NAME: &'static str = "sysctl";
    const ACTIONS: &'static [Action] = &[
        action("apply", "Sets the parameter now, and at every boot."),
        action("remove", "Removes the file that sets it at boot; the value of now stays."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("key");
    const NEEDS_ROOT: bool = true;
    const EXAMPLE: &'static str = r#"
sysctl "net.core.somaxconn" {
  value = "4096",
  comment = "Room for bursts of new connections.",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '_' | '-');
        let parts = self.key.split(['.', '/']);
        if !self.key.chars().all(word) || parts.clone().count() < 2 || parts.clone().any(str::is_empty) {
            return Err(Failure::new(format!("`{}` is not the name of a kernel parameter", self.key))
                .hint("a name looks like `net.ipv4.ip_forward`"));
        }
        if action == "apply" && self.value().is_empty() {
            return Err(Failure::new("a parameter to apply needs a `value`"));
        }
        if self.comment.as_ref().is_some_and(|comment| comment.contains('\n')) {
            return Err(Failure::new("`comment` is a single line"));
        }
        Ok(())
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries = self.at_boot().observe();
        if action == "apply" {
            queries.push(Query::Read(self.live()));
        }
        queries
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        if action == "remove" {
            return self.at_boot().plan_delete(known);
        }
        // The kernel first: it refuses a value that is none, and then no file shall repeat it at every boot.
        let now = self.now(known)?;
        let at_boot = self
            .at_boot()
            .plan_create(known)?
            .into_iter()
            .map(|change| Change { summary: format!("at boot: {}", change.summary), ..change });
        Ok(now.into_iter().chain(at_boot).collect())
    }
}
