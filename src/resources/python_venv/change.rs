//! The change to an environment, and its prediction.

use super::stamp::Stamp;
use super::{PythonVenv, VenvWork};
use crate::model::change::{Change, Reach};
use crate::model::content::Content;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, FileKind, FileText, Query};
use crate::model::step::{Attributes, Step, WriteFile};
use crate::provider::{at_path, ownership};

impl PythonVenv {
    /// `Err` of `stamp` is the resource that must converge before the stamp is known.
    pub(super) fn change(
        &self,
        work: &VenvWork,
        stamp: Result<Stamp, String>,
        known: &Known,
    ) -> Result<Change, Stop> {
        let attributes = self.attributes(known)?;
        let mut steps = Vec::new();
        if *work == VenvWork::Make {
            steps.push(Step::MakeDirectory {
                path: self.path.to_path_buf(),
                attributes: attributes.clone(),
                parents: false,
            });
        } else if matches!(work, VenvWork::Rebuild(_)) {
            steps.push(Step::Run(self.set_aside()));
        } else if known.read(&self.stamp_path()).is_ok_and(|text| text.is_some()) {
            // Until the end, the stamp would be wrong.
            steps.push(Step::Remove { path: self.stamp_path(), recursive: false, backup: 0 });
        }
        let leftover = self.leftover(known).filter(|_| !matches!(work, VenvWork::Rebuild(_)));
        steps.extend(leftover.map(|path| Step::Remove { path, recursive: true, backup: 0 }));
        if let Some(stat) = known.stat(&self.path)? {
            steps.extend(
                ownership::plan(&self.path, stat, &attributes)
                    .map(|change| change.steps)
                    .into_iter()
                    .flatten(),
            );
        }
        let build = (!matches!(work, VenvWork::Install(_))).then(|| self.build());
        let commands = build.into_iter().chain(self.install());
        if matches!(work, VenvWork::Rebuild(_)) {
            steps.extend(commands.map(|command| Step::Run(self.or_put_back(command))));
            steps.push(Step::Run(self.drop_old()));
        } else {
            steps.extend(commands.map(Step::Run));
        }
        let text = match &stamp {
            Ok(stamp) => Content::Text(stamp.text()),
            Err(until) => Content::Unknown(until.clone()),
        };
        steps.push(Step::WriteFile(WriteFile {
            path: self.stamp_path(),
            content: text,
            attributes: attributes.clone(),
            verify: Vec::new(),
            backup: 0,
            unlink: true,
        }));
        let summary = format!("{}{}", work.verb(&self.with(&attributes)), self.describe());
        let change = Change { summary, steps, ..Change::default() }.reaching(Reach::Told);
        let change = self.predict(change, &attributes, stamp, known)?;
        Ok(match work {
            // The directory of the old environment disappears from the list.
            VenvWork::Rebuild(_) => change.then(Query::List(self.path.to_path_buf()), self.open()),
            _ => change,
        })
    }

    /// The answer to queries about what is being built.
    fn open(&self) -> Answer {
        Answer::Unknown(format!("python_venv[{}]", *self.path))
    }

    fn predict(
        &self,
        change: Change,
        attributes: &Attributes,
        stamp: Result<Stamp, String>,
        known: &Known,
    ) -> Result<Change, Stop> {
        let user = &known.host()?.user;
        let directory = match known.stat(&self.path)? {
            Some(stat) => {
                let mut stat = stat.clone();
                ownership::overlay(&mut stat, attributes);
                stat
            }
            None => at_path::stat(FileKind::Directory, user, attributes),
        };
        let mut python = at_path::stat(FileKind::File, "root", &Attributes::default());
        python.mode = 0o755;
        let (text, digest) = match stamp {
            Ok(stamp) => {
                let text = Content::Text(stamp.text());
                (Answer::Read(Some(FileText::Text(stamp.text()))), Answer::Digest(text.sha256()))
            }
            Err(until) => (Answer::Unknown(until.clone()), Answer::Unknown(until)),
        };
        Ok(at_path::with_stat(change, &self.path, Some(&directory))
            .then(Query::Resolve(self.inside("bin/python")), Answer::Stat(Some(python)))
            .then(Query::Read(self.inside("pyvenv.cfg")), self.open())
            .then(Query::Read(self.stamp_path()), text)
            .then(Query::Digest(self.stamp_path()), digest)
            .obscures(self.path.to_path_buf()))
    }

    /// Owner and primary group of files that the user makes.
    fn attributes(&self, known: &Known) -> Result<Attributes, Stop> {
        let owner = Attributes { owner: self.user.clone(), ..Attributes::default() };
        ownership::require_accounts(&owner, known)?;
        let group = match &self.user {
            Some(user) => known.user(user)?.map(|user| user.group.clone()),
            None => None,
        };
        Ok(Attributes { group, ..owner })
    }
}
