//! `message`: a text that a run shows at its turn.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::english::one_line;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, Portables};
use crate::model::query::Query;
use crate::provider::{Action, Provider, action};

/// A text that a run shows when its turn comes, and the report and the history keep.
///
/// It changes nothing, so it is up to date, and other resources can notify it: it tells what was done. A plan shows it too.
/// The function `print` shows a text when the recipe is compiled.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    /// The text. It may have values that are only known in the run: `output`, `contents`.
    message: String,
    /// How it is shown: as a line, or as a warning.
    #[serde(default)]
    level: Level,
    /// Whether it counts as updated in each run. Then it notifies other resources.
    #[serde(default)]
    count_as_updated: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Level {
    #[default]
    Info,
    Warn,
}

impl Provider for Message {
    const NAME: &'static str = "message";
    const ACTIONS: &'static [Action] = &[action("write", "Shows the text.")];
    const NAME_PROPERTY: Option<&'static str> = Some("message");
    const PLAN: &'static str =
        "Shows the text as a run does, unless it depends on what an earlier resource changes.";
    const PLATFORMS: &'static str = "Any Linux.";
    const EXAMPLE: &'static str = r#"
message "the site is there; its first page takes a minute" {
  level = "warn",
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        if self.message.trim().is_empty() {
            return Err(Failure::new("the text is empty"));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, _needs: &mut NeededRights) {}

    fn observe(&self, _action: &str) -> Vec<Query> {
        Vec::new()
    }

    fn portable(&self, _action: &str, into: &mut Portables) -> Result<(), Declined> {
        into.lose(self.count_as_updated, "count_as_updated", "a message is no change, and notifies nothing");
        into.add(Portable::Message(self.message.clone()));
        Ok(())
    }

    fn plan(&self, _action: &str, _known: &Known) -> Result<Vec<Change>, Stop> {
        let warning = (self.level == Level::Warn).then(|| self.message.clone());
        let change = Change { warning, ..Change::default() };
        Ok(vec![if self.count_as_updated {
            Change { summary: one_line(&self.message), ..change }.repeats()
        } else {
            Change { summary: self.message.clone(), is_message: true, ..change }
        }])
    }
}
