//! `file`: a regular file with declared content.

use std::cell::OnceCell;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{AbsolutePath, FileMode, Text};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::schema::CommandList;
use crate::model::step::Attributes;
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action, backups, file_actions};

/// A regular file with declared content, owner, group and mode.
///
/// The file is replaced in one step: a temporary file beside it gets the final owner and mode, is checked by `verify`,
/// and is renamed over the old one. No program ever sees half a file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Where the file is.
    path: AbsolutePath,
    /// Content of the file. Default: the content is left as it is; a new file is empty.
    content: Option<Text>,
    /// Owner of the file, by name or number.
    owner: Option<String>,
    /// Group of the file, by name or number.
    group: Option<String>,
    /// Permissions, in octal. Default for a new file: `"0644"`, or `"0600"` for a file with a secret and for a sensitive
    /// resource.
    mode: Option<FileMode>,
    /// Command that must succeed before the file is replaced, or several. `{path}` is the temporary file with the new
    /// content. A list of strings is one command with its arguments. In a list with a list or a table in it, each item is
    /// a command: `{ { "visudo", "-cf", "{path}" }, "test -s {path}" }`. A table may say more: `{ command = "…", user =
    /// "app" }`.
    verify: Option<CommandList>,
    /// Number of old versions to keep on the machine, in the state directory of chefrs. Default: 5, or 0 for a file
    /// with a secret and for a sensitive resource.
    backup: Option<u32>,
    /// Whether a link, device or socket at the path may be replaced. A directory is never replaced.
    #[serde(default)]
    force_unlink: bool,
    /// Whether a link at the path is kept, and the file that it leads to is managed instead. Each link, and the directories
    /// above it, must be such that only root and the user who runs chefrs may change them.
    #[serde(default)]
    follow_link: bool,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
    /// The file state made from these properties. Kept, because each file is planned several times.
    #[serde(skip)]
    state: OnceCell<FileState>,
}

impl File {
    fn state(&self) -> &FileState {
        self.state.get_or_init(|| FileState {
            path: self.path.to_path_buf(),
            content: self.content.clone().map(|text| text.0),
            attributes: Attributes {
                owner: self.owner.clone(),
                group: self.group.clone(),
                mode: self.mode.map(|mode| mode.0),
            },
            verify: self.verify.clone().unwrap_or_default().0,
            backup: backups::wanted(self.backup, self.secret),
            force_unlink: self.force_unlink,
            follow_link: self.follow_link,
            secret: self.secret,
        })
    }
}

impl Provider for File {
    const NAME: &'static str = "file";
    const ACTIONS: &'static [Action] = &[
        action("create", "Makes the file if it is missing, and sets content, owner, group and mode."),
        action("create_if_missing", "Makes the file if nothing is there. An existing file is left as it is."),
        action("delete", "Removes the file."),
        action("touch", "Sets the times of the file to now, in every run. Makes the file if it is missing."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("path");
    const PLAN: &'static str = "Complete: the new content is shown as a diff. With a deferred value in it, the content may be \
         unknown until an earlier resource has converged.";
    const PLATFORMS: &'static str = "Any Linux.";
    const EXAMPLE: &'static str = r#"
file "/etc/motd" {
  content = "This machine is managed by chefrs.\n",
  owner = "root",
  mode = "0644",
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        self.state().check()
    }

    fn keep_secret(&mut self) {
        self.secret = true;
        self.state.take();
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(&*self.path);
        needs.mode(self.mode);
        self.verify.iter().flat_map(|checks| &checks.0).for_each(|check| needs.command(check));
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        file_actions::observe(self.state(), action)
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        self.state().portable(action, into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        file_actions::plan(self.state(), action, known)
    }
}
