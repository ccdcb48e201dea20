//! The actions of `link`, and how they are planned.

use super::{Link, LinkType};
use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::AbsolutePath;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableAbsence, PortableKind, PortableLink, Portables};
use crate::model::query::Query;
use crate::provider::{Action, Provider, action, ownership, parents};

impl Provider for Link {
    const NAME: &'static str = "link";
    const ACTIONS: &'static [Action] = &[
        action("create", "Makes the link, or points an existing one at what is declared."),
        action("delete", "Removes the link, and nothing that is not one."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("target_file");
    const PLAN: &'static str = "Complete.";
    const PLATFORMS: &'static str = "Any Linux.";
    const EXAMPLE: &'static str = r#"
link "/etc/localtime" {
  to = "/usr/share/zoneinfo/Etc/UTC",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let hard = self.link_type == LinkType::Hard;
        match &self.to {
            None if hard || action == "create" => {
                return Err(
                    Failure::new("`to` is missing").hint("say what the link leads to: to = \"/path\"")
                );
            }
            Some(to) if to.is_empty() || to.contains('\0') => {
                return Err(Failure::new("`to` is empty or contains a NUL character"));
            }
            Some(to) if hard && AbsolutePath::parse(to).map_or(true, |path| path.as_str() != to) => {
                return Err(Failure::new(format!("`to` of a hard link is an absolute path, not \"{to}\""))
                    .hint("write it without `..`, `.`, or a slash at the end"));
            }
            _ => {}
        }
        if hard && (self.owner.is_some() || self.group.is_some()) {
            return Err(Failure::new("a hard link has no `owner` and `group` of its own")
                .hint("declare them where the file itself is declared"));
        }
        Ok(())
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(&*self.target_file);
        // A second name of a file is the file itself.
        if self.link_type == LinkType::Hard {
            self.to.iter().for_each(|to| needs.file(to));
        }
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries = vec![Query::Stat(self.path())];
        if self.link_type == LinkType::Hard {
            queries.push(Query::Stat(self.to().into()));
        }
        if action != "delete" {
            queries.push(Query::Host);
            queries.extend(parents::observe(&self.target_file));
            queries.extend(ownership::observe(&self.attributes()));
        }
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        into.add(match action {
            "delete" if self.link_type == LinkType::Symbolic => Portable::Absence(PortableAbsence {
                path: self.path(),
                kind: PortableKind::Link,
                recursive: false,
            }),
            "delete" => Portable::Command(self.portable_removal()),
            _ => Portable::Link(PortableLink {
                path: self.path(),
                to: self.to().to_owned(),
                hard: self.link_type == LinkType::Hard,
                attributes: self.attributes(),
                replace: self.force_unlink,
            }),
        });
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        match (action, self.link_type) {
            ("delete", _) => self.plan_delete(known),
            (_, LinkType::Symbolic) => self.plan_symbolic(known),
            (_, LinkType::Hard) => self.plan_hard(known),
        }
    }
}
