//! The actions of `sudo`, and how they are planned.

use camino::Utf8Path;

use super::{DIRECTORY, SudoRule, VISUDO};
use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::Content;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portables};
use crate::model::query::{FileText, Query};
use crate::model::step::{Attributes, Command};
use crate::provider::accounts::is_missing;
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action, backups, parents};

/// The file that includes the directory.
const MAIN: &str = "/etc/sudoers";

impl SudoRule {
    fn state(&self) -> FileState {
        FileState {
            path: self.file(),
            content: Some(Content::Text(self.text())),
            attributes: Attributes {
                owner: Some("root".into()),
                group: Some("root".into()),
                mode: Some(0o440),
            },
            verify: vec![Command::new([self.visudo.as_str(), "-c", "-f", "{path}"])],
            backup: backups::wanted(None, self.secret),
            secret: self.secret,
            ..FileState::default()
        }
    }

    /// Fails if there is no sudo and no earlier resource brings it.
    fn require_sudo(&self, known: &Known) -> Result<(), Stop> {
        known.want(
            [Query::Stat(self.visudo.to_path_buf())].into_iter().chain(parents::observe(&self.file())),
        )?;
        if is_missing(known.stat(&self.visudo))? && is_missing(known.resolve(Utf8Path::new(DIRECTORY)))? {
            return Err(Failure::new(format!(
                "there is no sudo on this machine: neither `{DIRECTORY}` nor `{}`",
                self.visudo.as_str()
            ))
            .hint("declare it before this resource: package \"sudo\"")
            .into());
        }
        Ok(())
    }

    /// A warning if sudo does not read the directory.
    fn unread(known: &Known) -> Option<String> {
        let Ok(Some(FileText::Text(text))) = known.read(Utf8Path::new(MAIN)) else { return None };
        let includes = |line: &str| {
            let mut words = line.split_whitespace();
            matches!(words.next(), Some("@includedir" | "#includedir"))
                && words.next().is_some_and(|path| path.trim_end_matches('/') == DIRECTORY)
        };
        (!text.lines().any(includes))
            .then(|| format!("sudo does not read it: `{MAIN}` has no line `@includedir {DIRECTORY}`"))
    }

    fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        self.require_sudo(known)?;
        let mut changes = self.state().plan_create(known)?;
        if let Some(first) = changes.first_mut() {
            known.want([Query::Read(MAIN.into())])?;
            first.warning = Self::unread(known);
            if self.name() != self.filename {
                first.summary =
                    format!("{}, as `{}`: sudo ignores names with a dot or `~`", first.summary, self.file());
            }
        }
        Ok(changes)
    }
}

impl Provider for SudoRule {
    const NAME: &'static str = "sudo";
    const ACTIONS: &'static [Action] = &[
        action("create", "Writes the file of the rule."),
        action("delete", "Removes the file of the rule."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("filename");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str =
        "Complete: the file is shown as a diff. Whether `visudo` accepts it is known when it is written.";
    const PLATFORMS: &'static str = "Any Linux with sudo and visudo.";
    const EXAMPLE: &'static str = r#"
package "sudo"

sudo "deploy" {
  users = { "deploy" },
  groups = { "ops" },
  commands = { "/usr/bin/systemctl reload nginx" },
  nopasswd = true,
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '~');
        let name = &self.filename;
        if !name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') || !name.chars().all(plain) {
            return Err(Failure::new(format!("`{}` can't be the name of a rule", name.escape_debug()))
                .hint("its file has that name: letters, digits, `_` and `-`, and no dash at the beginning"));
        }
        if action == "delete" { Ok(()) } else { self.check_text() }
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(self.file());
        if self.visudo.as_str() != VISUDO {
            needs.argv([&*self.visudo]);
        }
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        match action {
            "delete" => vec![Query::Stat(self.file())],
            _ => self.state().observe(),
        }
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        self.state().portable(action, into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        match action {
            "delete" => self.state().plan_delete(known),
            _ => self.plan_create(known),
        }
    }
}
