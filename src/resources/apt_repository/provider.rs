//! The actions of `apt_repository`.

use super::{AptRepository, KEYRINGS};
use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::provider::{Action, Provider, action};

impl Provider for AptRepository {
    const NAME: &'static str = "apt_repository";
    const ACTIONS: &'static [Action] = &[
        action("add", "Writes the source and its key, and reads its lists when something has changed."),
        action("remove", "Removes the source, its key, and its priority."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("repo_name");
    const NEEDS_ROOT: bool = true;
    const REACH: Reach = Reach::Offers;
    const PLAN: &'static str = "The files are shown as diffs. A key with an address is downloaded for the plan too, unless the machine \
         has it. What the lists offer is unknown until they are read, so packages further down may be reported as unknown.";
    const PLATFORMS: &'static str = "Debian, Ubuntu and other systems with apt 1.4 or newer. Through a shell, a key with an address \
         needs curl or wget there.";
    const EXAMPLE: &'static str = r#"
apt_repository "vendor" {
  uri = "https://deb.example.org/debian",
  suites = "stable",
  components = { "main" },
  signed_by = "/usr/share/keyrings/vendor.gpg",
  pin = 400,
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        self.check_declaration(action)
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        self.files().iter().for_each(|file| needs.file(&file.path));
        needs.file(self.old_path());
        needs.file(KEYRINGS);
        self.uri.0.iter().for_each(|uri| needs.fetch(uri));
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        match action {
            "remove" => self.files().into_iter().map(|file| Query::Stat(file.path)).collect(),
            _ => self.ask(),
        }
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        match action {
            "remove" => self.portable_removal(into),
            _ => self.portable_source(into)?,
        }
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        match action {
            "remove" => self.plan_remove(known),
            _ => self.plan_add(known),
        }
    }
}
