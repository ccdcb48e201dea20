//! Hard links.

use camino::Utf8Path;

use super::{Link, same_file};
use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{PortableCommand, Unless, script};
use crate::model::query::{Answer, FileKind, Query, Stat};
use crate::model::step::Step;
use crate::provider::parents;

/// Removes a path, if it is a name of a file.
const REMOVE: &str = r#"
if [ ! "$1" -ef "$2" ]; then
  printf '%s\n' "$1 is not a name of the file $2" >&2
  exit 1
fi
rm -f -- "$1"
"#;

impl Link {
    /// The command that removes a hard link, and nothing that is none.
    pub(super) fn portable_removal(&self) -> PortableCommand {
        let act = script("remove_hard_link", REMOVE, [self.path().as_str(), self.to()]);
        PortableCommand { act, unless: Unless::Missing(self.path()) }
    }

    pub(super) fn plan_hard(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let to = Utf8Path::new(self.to());
        let file = Self::hard_source(to, known)?;
        let verb = match known.stat(&self.target_file)? {
            None => {
                parents::require(&self.target_file, known)?;
                format!("create hard link to {to}")
            }
            Some(stat) if same_file(stat, file) => return Ok(Vec::new()),
            Some(stat) if stat.kind == FileKind::Link => format!("replace a link by a hard link to {to}"),
            Some(stat) => self.replaces(stat, "hard link")?,
        };
        let mut change = Change::new(verb, Step::Hardlink { path: self.path(), to: to.to_owned() })
            .then(Query::Stat(self.path()), Answer::Stat(Some(file.clone())))
            .then(Query::Resolve(self.path()), Answer::Stat(Some(file.clone())));
        change.steps.splice(0..0, self.removes(known)?);
        let digest = match known.digest(to) {
            Ok(digest) => Answer::Digest(digest.map(str::to_owned)),
            Err(Stop::Unknown(until)) => Answer::Unknown(until),
            Err(stop) => return Err(stop),
        };
        Ok(vec![change.then(Query::Digest(self.path()), digest)])
    }

    fn hard_source<'a>(to: &Utf8Path, known: &'a Known) -> Result<&'a Stat, Stop> {
        match known.stat(to)? {
            Some(stat) if stat.kind == FileKind::File => Ok(stat),
            Some(stat) => Err(Failure::new(format!("`{to}` is {}, not a file", stat.kind.noun()))
                .hint("a hard link is a second name of a regular file; for others say `link_type = \"symbolic\"`")
                .into()),
            None => Err(Failure::new(format!("the file `{to}` is not there, so it can't get a second name"))
                .hint("declare the resource that makes it before this one")
                .into()),
        }
    }
}
