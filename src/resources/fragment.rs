//! `fragment`: a part of a file that several recipes write together.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::collection::deferred::ORDER;
use crate::model::content::Text;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::provider::{Action, Provider, action};

/// A part of a file that several recipes write together.
///
/// Any recipe may declare fragments. One resource takes all that have the same `into`, with `fragments`:
/// `file "/etc/app.conf" { content = fragments "/etc/app.conf" }`. It may be a `template` too, with the fragments in a
/// variable. The file is written once, at the turn of that resource, whether its fragments are declared before or after it.
/// It has exactly the fragments that are declared: one that is removed from the recipe is gone from the file.
///
/// The guards of a fragment say whether it is in the file. They are evaluated, and deferred values in `content` are read,
/// when the file is made. A fragment changes nothing by itself: the file is what is up to date or updated. The notifications
/// of a fragment are sent when its file changes. A file whose fragment is secret or sensitive is sensitive.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Fragment {
    /// Name of the fragment, for people.
    #[expect(dead_code, reason = "only the resource's name is made of it")]
    fragment_name: String,
    /// What it is a part of: the path of a file, or any other name that `fragments` is called with.
    into: String,
    /// The text. A line break is added at its end if there is none.
    #[expect(dead_code, reason = "the compile reads it")]
    content: Text,
    /// Its place: fragments with a lower number come before those with a higher one. Those with the same number are in the
    /// order in which they are declared.
    #[serde(default = "order")]
    #[expect(dead_code, reason = "the compile reads it")]
    order: i64,
}

fn order() -> i64 {
    ORDER
}

impl Provider for Fragment {
    const NAME: &'static str = "fragment";
    const ACTIONS: &'static [Action] = &[action("add", "Adds the text to what it is a part of.")];
    const NAME_PROPERTY: Option<&'static str> = Some("fragment_name");
    const PART_OF: Option<&'static str> = Some("into");
    const PARTS: &'static [&'static str] = &["into"];
    const PLAN: &'static str = "Complete: the file that is made of the fragments is shown with a diff.";
    const PLATFORMS: &'static str = "Any system.";
    const EXAMPLE: &'static str = r#"
file "/etc/app.conf" {
  content = fragments "/etc/app.conf",
}

fragment "listen" {
  into = "/etc/app.conf",
  content = "listen 80",
}

fragment "header" {
  into = "/etc/app.conf",
  content = "user www-data",
  order = 1,
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        if self.into.is_empty() {
            return Err(
                Failure::new("`into` is empty").hint("say what it is a part of: into = \"/etc/app.conf\"")
            );
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        // The text is a part of what another resource writes.
        if self.into.starts_with('/') {
            needs.file(&self.into);
        } else {
            needs.system(format!("fragment/{}", self.into));
        }
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        Vec::new()
    }

    fn portable(&self, _action: &str, _into: &mut Portables) -> Result<(), Declined> {
        // Its text is part of another resource.
        Ok(())
    }

    fn plan(&self, _action: &str, _known: &Known) -> Result<Vec<Change>, Stop> {
        Ok(Vec::new())
    }
}
