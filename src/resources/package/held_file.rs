//! Holds that stand in a text file.

use camino::Utf8Path;

use crate::model::change::{Change, Reach};
use crate::model::content::Content;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::package_manager::{EditHolds, HeldPackage, PackageManager};
use crate::model::query::{Answer, Query};
use crate::model::step::Attributes;
use crate::provider::edited_file::{EditedFile, EditedText};
use crate::provider::file_state::FileState;

use super::item::{Wanted, summary};

/// The file, and whether it is made where it is missing.
pub(super) struct HoldsFile {
    pub(super) path: &'static str,
    pub(super) ours: bool,
    pub(super) edit: EditHolds,
}

impl HoldsFile {
    /// The changes that hold packages, or let them move again.
    pub(super) fn plan(
        &self,
        wanted: &[Wanted],
        manager: &PackageManager,
        known: &Known,
    ) -> Result<Vec<Change>, Stop> {
        let hold = wanted.iter().any(|one| one.after.held);
        let packages: Vec<HeldPackage<'_>> = wanted
            .iter()
            .map(|one| HeldPackage { name: &one.name, version: one.after.version.as_deref() })
            .collect();
        let edit = |text: &str| (self.edit)(text, &packages, hold);
        let mut changes = if self.ours && known.stat(Utf8Path::new(self.path))?.is_none() {
            let attributes = Attributes { mode: Some(0o644), ..Attributes::default() };
            let content = Some(Content::Text(edit("")?));
            FileState { path: self.path.into(), content, attributes, ..FileState::default() }
                .plan_create(known)?
        } else {
            let file = EditedFile::new(self.path.into());
            file.plan(known, |text| Ok(EditedText { text: edit(text)?, summary: summary(wanted) }))?
        };
        let Some(change) = changes.last_mut() else {
            // Something other than its name holds it, such as a pattern.
            return Err(Failure::new(format!(
                "`{}` does not hold `{}` by its name",
                self.path, wanted[0].name
            ))
            .hint("a pattern there holds it: take that out")
            .into());
        };
        change.summary =
            change.summary.replacen("create file", &format!("{} in a new file", summary(wanted)), 1);
        *change = wanted.iter().fold(std::mem::take(change).reaching(Reach::Told), |change, one| {
            let query = Query::Package { manager: manager.name.into(), name: one.name.clone() };
            change.then(query, Answer::Package(one.after.clone()))
        });
        Ok(changes)
    }
}
