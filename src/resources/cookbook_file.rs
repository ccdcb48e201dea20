//! `cookbook_file`: a file of the cookbook, copied as it is.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{AbsolutePath, FileMode, SourceFile};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::schema::CommandList;
use crate::model::step::Attributes;
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action, backups, file_actions};

/// A file of the cookbook, copied as it is. It may be binary.
///
/// The file is replaced in one step, as with `file`, and only if its content, owner, group or mode differ.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CookbookFile {
    /// Where the file is.
    path: AbsolutePath,
    /// Name of the file below the cookbook's `files/`. Required except for `delete`.
    source: Option<SourceFile>,
    /// Cookbook whose `files/` has the source. Default: the cookbook that declares the resource.
    #[expect(dead_code, reason = "the compile phase reads it to find the source")]
    cookbook: Option<String>,
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
}

impl CookbookFile {
    fn state(&self) -> FileState {
        FileState {
            path: self.path.to_path_buf(),
            content: self.source.as_ref().map(|source| source.content.clone()),
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
        }
    }
}

impl Provider for CookbookFile {
    const NAME: &'static str = "cookbook_file";
    const ACTIONS: &'static [Action] = &[
        action("create", "Copies the file if it is missing or differs, and sets owner, group and mode."),
        action(
            "create_if_missing",
            "Copies the file if nothing is there. An existing file is left as it is.",
        ),
        action("delete", "Removes the file."),
        action(
            "touch",
            "Sets the times of the file to now, in every run. Makes an empty file if it is missing.",
        ),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("path");
    const PLAN: &'static str = "Complete: the new content, owner, group and mode are known in advance, and a text is shown as a \
         diff.";
    const PLATFORMS: &'static str = "Any Linux.";
    const EXAMPLE: &'static str = r#"
cookbook_file "/etc/motd" {
  source = "motd",
  mode = "0644",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if self.source.is_none() && matches!(action, "create" | "create_if_missing") {
            return Err(
                Failure::new("`source` is missing").hint("name a file below files/: source = \"logo.png\"")
            );
        }
        self.state().check()
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(&*self.path);
        needs.mode(self.mode);
        self.verify.iter().flat_map(|checks| &checks.0).for_each(|check| needs.command(check));
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        file_actions::observe(&self.state(), action)
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        self.state().portable(action, into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        file_actions::plan(&self.state(), action, known)
    }
}
