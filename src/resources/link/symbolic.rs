//! Symbolic links.

use camino::{Utf8Path, Utf8PathBuf};

use super::Link;
use crate::model::change::Change;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, FileKind, Query, Stat};
use crate::model::step::Step;
use crate::provider::{ownership, parents};

impl Link {
    pub(super) fn plan_symbolic(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        ownership::require_accounts(&self.attributes(), known)?;
        let verb = match self.there(known)? {
            None => {
                parents::require(&self.target_file, known)?;
                format!("create link to {}", self.to())
            }
            Some(stat) if stat.kind == FileKind::Link && stat.target.as_deref() == Some(self.to()) => {
                return Ok(self.bring_attributes(stat));
            }
            Some(Stat { kind: FileKind::Link, target, .. }) => {
                let was = target.as_ref().map(|was| format!(", was {was}")).unwrap_or_default();
                format!("point link at {}{was}", self.to())
            }
            Some(stat) => self.replaces(stat, "link")?,
        };
        let removed = self.removes(known)?;
        let step =
            Step::Symlink { path: self.path(), to: self.to().to_owned(), attributes: self.attributes() };
        let mut change = Change::new(format!("{verb}{}", ownership::describe(&self.attributes())), step);
        change.steps.splice(0..0, removed);
        let mut link = new_link(&known.host()?.user, self.to());
        ownership::overlay(&mut link, &self.attributes());
        self.resolved(change.then(Query::Stat(self.path()), Answer::Stat(Some(link))), known)
            .map(|it| vec![it])
    }

    /// Predicts what is behind the link.
    fn resolved(&self, change: Change, known: &Known) -> Result<Change, Stop> {
        let behind = self.destination();
        match known.resolve(&behind) {
            Err(Stop::Unknown(until)) => {
                Ok(change.then(Query::Resolve(self.path()), Answer::Unknown(until)).obscures(self.path()))
            }
            // The link can be made even if the machine can't look there.
            Err(Stop::Failed(_)) => Ok(change),
            Err(stop) => Err(stop),
            Ok(stat) => {
                let directory = stat.is_some_and(|stat| stat.kind == FileKind::Directory);
                let change = change.then(Query::Resolve(self.path()), Answer::Stat(stat.cloned()));
                Ok(if directory { change.obscures(self.path()) } else { change })
            }
        }
    }

    /// The path that a symbolic link points to.
    fn destination(&self) -> Utf8PathBuf {
        let above = self.target_file.parent().unwrap_or(Utf8Path::new("/"));
        let mut path = Utf8PathBuf::new();
        for part in above.join(self.to()).components() {
            match part.as_str() {
                ".." => drop(path.pop()),
                "." => {}
                part => path.push(part),
            }
        }
        path
    }

    fn bring_attributes(&self, stat: &Stat) -> Vec<Change> {
        let mut change = ownership::plan(&self.target_file, stat, &self.attributes());
        if let Some(change) = &mut change {
            // The owner of a link is not the owner of its target.
            change.then.retain(|(query, _)| !matches!(query, Query::Resolve(_)));
        }
        change.into_iter().collect()
    }
}

fn new_link(user: &str, to: &str) -> Stat {
    Stat {
        kind: FileKind::Link,
        mode: 0o777,
        owner: user.to_owned(),
        group: user.to_owned(),
        uid: 0,
        gid: 0,
        size: to.len() as u64,
        modified: 0,
        inode: (0, 0),
        target: Some(to.to_owned()),
        access: None,
    }
}
