//! The actions of `cron`, and how they are planned.

use super::Cron;
use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{Content, FileMode};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::Query;
use crate::model::step::Attributes;
use crate::provider::accounts::check_name;
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action, backups, default_attributes};

impl Cron {
    fn state(&self) -> FileState {
        FileState {
            path: self.file(),
            content: Some(Content::Text(self.text())),
            attributes: Attributes {
                owner: Some("root".into()),
                group: Some("root".into()),
                mode: Some(self.mode().0),
            },
            verify: Vec::new(),
            backup: backups::wanted(None, self.secret),
            force_unlink: false,
            follow_link: false,
            secret: self.secret,
        }
    }

    fn mode(&self) -> FileMode {
        FileMode(default_attributes::mode(self.mode.map(|mode| mode.0), 0o644, self.secret))
    }
}

impl Provider for Cron {
    const NAME: &'static str = "cron";
    const ACTIONS: &'static [Action] =
        &[action("create", "Writes the file of the job."), action("delete", "Removes the file of the job.")];
    const NAME_PROPERTY: Option<&'static str> = Some("cron_name");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete: the job's file is shown as a diff.";
    const PLATFORMS: &'static str = "Any Linux with a cron that reads `/etc/cron.d`.";
    const EXAMPLE: &'static str = r#"
package "cron"

cron "backup" {
  minute = 30,
  hour = "2",
  command = "/usr/local/bin/backup --quiet",
  mailto = "ops@example.org",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let name = &self.cron_name;
        let begin = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if !begin || !name.chars().all(word) {
            return Err(Failure::new(format!("`{name}` can't be the name of a job"))
                .hint("its file has that name: letters, digits, `_` and `-`, and no dash at the beginning"));
        }
        if action == "delete" {
            return Ok(());
        }
        check_name("user", &self.user)?;
        for (field, range) in self.fields() {
            field.check(range)?;
        }
        let said = self.fields().iter().find(|(field, _)| !field.is_any()).map(|(_, range)| range.property);
        if let (Some(_), Some(said)) = (self.time, said) {
            return Err(Failure::new(format!(
                "`time` and `{said}` are both said, and cron takes one of them"
            )));
        }
        let mode = self.mode();
        if mode.0 & 0o7133 != 0 || mode.0 & 0o400 == 0 {
            return Err(Failure::new(format!("cron would pass over a file with mode {mode}"))
                .hint("only root may write it, and nobody executes it: \"0644\" or \"0600\""));
        }
        self.check_text()
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(self.file());
        needs.mode(self.mode);
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        if action == "delete" {
            return vec![Query::Stat(self.file())];
        }
        let mut queries = self.state().observe();
        queries.push(Query::User(self.user.clone()));
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        self.state().portable(action, into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        if action == "delete" {
            return self.state().plan_delete(known);
        }
        known.want(self.observe(action))?;
        Self::require_directory(known)?;
        self.require_user(known)?;
        self.state().plan_create(known)
    }
}
