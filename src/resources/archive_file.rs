//! `archive_file`: the content of an archive, unpacked into a directory.

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::content::{AbsolutePath, Content, FileMode, sha256};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableArchive, Portables};
use crate::model::query::{Answer, FileKind, FileText, Query};
use crate::model::step::{Attributes, Step, Unpack, WriteFile};
use crate::provider::{Action, Provider, action, at_path, checksum, ownership, parents};

/// Content of the stamp while the destination is being unpacked.
const UNPACKING: &str = "unpacking\n";

/// The content of an archive on the machine, unpacked into a directory.
///
/// The format is recognised by its first bytes: tar (plain, or compressed with gzip, bzip2, xz or zstd) and zip. The
/// directory appears whole or not at all. A file beside it, `DESTINATION.chefrs`, records which archive was unpacked.
/// When the archive changes, the directory is replaced, with everything that was added to it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ArchiveFile {
    /// The archive.
    path: AbsolutePath,
    /// Directory that holds the content.
    destination: AbsolutePath,
    /// Number of leading components to drop from the paths in the archive.
    #[serde(default)]
    strip_components: u32,
    /// Whether a directory that chefrs did not unpack may be replaced.
    #[serde(default)]
    overwrite: bool,
    /// Owner of everything that is unpacked, by name or number.
    owner: Option<String>,
    /// Group of everything unpacked, by name or number.
    group: Option<String>,
    /// Permissions of the directory, in octal.
    #[serde(default = "searchable")]
    mode: FileMode,
    /// SHA-256 of the archive, or at least its first eight digits.
    checksum: Option<String>,
    /// Greatest size of all files together, in bytes. Default: 10 GiB.
    #[serde(default = "ten_gibibytes")]
    size_limit: u64,
}

fn ten_gibibytes() -> u64 {
    10 << 30
}

fn searchable() -> FileMode {
    FileMode(0o755)
}

impl ArchiveFile {
    fn attributes(&self) -> Attributes {
        Attributes { owner: self.owner.clone(), group: self.group.clone(), mode: Some(self.mode.0) }
    }

    fn stamp_path(&self) -> Utf8PathBuf {
        at_path::beside(&self.destination, ".chefrs")
    }

    /// Content of the stamp once this archive is unpacked with these options.
    fn stamp(&self, digest: &str) -> String {
        let way = serde_json::json!({
            "archive": digest,
            "strip_components": self.strip_components,
            "owner": self.owner,
            "group": self.group,
        });
        format!("{way:#}\n")
    }

    fn plan_extract(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe("extract"))?;
        let attributes = self.attributes();
        ownership::require_accounts(&attributes, known)?;
        let there = at_path::directory(&self.destination, known)?;
        let digest = match self.archive_digest(known) {
            Err(Stop::Unknown(until)) if there.is_none() => Err(until),
            other => Ok(other?),
        };
        let Some(stat) = there else {
            parents::require(&self.destination, known)?;
            return Ok(vec![self.unpack(&digest, false, known)?]);
        };
        let stamp = match known.read(&self.stamp_path())? {
            Some(FileText::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        if let Ok(digest) = &digest
            && stamp == Some(self.stamp(digest).as_str())
        {
            return Ok(ownership::plan(&self.destination, stat, &attributes).into_iter().collect());
        }
        let empty = known.list(&self.destination)?.is_none_or(<[String]>::is_empty);
        if stamp.is_none() && !empty && !self.overwrite {
            return Err(Failure::new(format!(
                "`{}` has files in it that no archive brought",
                *self.destination
            ))
            .hint("name another directory, or say `overwrite = true` to replace it")
            .into());
        }
        Ok(vec![self.unpack(&digest, true, known)?])
    }

    fn archive_digest(&self, known: &Known) -> Result<String, Stop> {
        // `digest` follows links, but no step does.
        at_path::file(&self.path, known)?;
        let Some(digest) = known.digest(&self.path)? else {
            return Err(Failure::new(format!("there is no archive `{}`", *self.path))
                .hint("bring it before this resource: remote_file or cookbook_file")
                .into());
        };
        match self.checksum.as_deref().filter(|wanted| !checksum::matches(wanted, digest)) {
            Some(wanted) => Err(Failure::new(format!(
                "the archive `{}` has the SHA-256 {digest}, not {wanted}",
                *self.path
            ))
            .into()),
            None => Ok(digest.to_owned()),
        }
    }

    /// `Err` of `digest` is the resource that must converge before the digest is known.
    fn unpack(&self, digest: &Result<String, String>, replace: bool, known: &Known) -> Result<Change, Stop> {
        let attributes = self.attributes();
        let stamp = match digest {
            Ok(digest) => Content::Text(self.stamp(digest)),
            Err(until) => Content::Unknown(until.clone()),
        };
        let steps = vec![
            Step::Unpack(Unpack {
                archive: self.path.to_path_buf(),
                checksum: digest.as_ref().ok().cloned().or_else(|| self.checksum.clone()),
                destination: self.destination.to_path_buf(),
                strip_components: self.strip_components,
                attributes: attributes.clone(),
                replace,
                size_limit: self.size_limit,
                // Marks the destination as this resource's, even if the run ends before the stamp is written.
                mark: Some(Box::new(self.stamp_file(Content::Text(UNPACKING.to_owned())))),
            }),
            Step::WriteFile(self.stamp_file(stamp.clone())),
        ];
        let verb = if replace { "replace by the content of" } else { "unpack" };
        let summary = format!("{verb} {}{}", *self.path, ownership::describe(&attributes));
        let user = &known.host()?.user;
        let stat = at_path::stat(FileKind::Directory, user, &attributes);
        let file = at_path::stat(FileKind::File, user, &Attributes::default());
        let (text, hash) = match &stamp {
            Content::Text(text) => (
                Answer::Read(Some(FileText::Text(text.clone()))),
                Answer::Digest(Some(sha256(text.as_bytes()))),
            ),
            Content::Unknown(until) => (Answer::Unknown(until.clone()), Answer::Unknown(until.clone())),
            Content::Blob(blob) => {
                (Answer::Read(Some(FileText::Binary)), Answer::Digest(Some(blob.sha256.clone())))
            }
        };
        let change = Change { summary, steps, ..Change::default() };
        let change = at_path::with_stat(change, &self.destination, Some(&stat));
        let inside = Answer::Unknown(format!("archive_file[{}]", *self.path));
        Ok(at_path::with_stat(change, &self.stamp_path(), Some(&file))
            .then(Query::Read(self.stamp_path()), text)
            .then(Query::Digest(self.stamp_path()), hash)
            .then(Query::List(self.destination.to_path_buf()), inside)
            .obscures(self.destination.to_path_buf()))
    }

    fn stamp_file(&self, content: Content) -> WriteFile {
        WriteFile {
            path: self.stamp_path(),
            content,
            attributes: Attributes::default(),
            verify: Vec::new(),
            backup: 0,
            unlink: false,
        }
    }
}

impl Provider for ArchiveFile {
    const NAME: &'static str = "archive_file";
    const ACTIONS: &'static [Action] =
        &[action("extract", "Unpacks the archive, unless it was unpacked there before.")];
    const NAME_PROPERTY: Option<&'static str> = Some("path");
    const PLAN: &'static str = "Says whether the archive would be unpacked, if the archive is already there. What will be inside \
         the directory is unknown until it is unpacked.";
    const PLATFORMS: &'static str = "Any Linux. The agent unpacks by itself. Through a shell, the target needs tar and the program of \
         the compression, or unzip (or python3) for zip.";
    const EXAMPLE: &'static str = r#"
archive_file "/var/cache/blog-1.2.tar.gz" {
  destination = "/srv/blog/releases/1.2",
  strip_components = 1,
  owner = "root",
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        ownership::check(&self.attributes())?;
        if let Some(wanted) = &self.checksum {
            checksum::check(wanted)?;
        }
        if self.destination.parent().is_none() {
            return Err(Failure::new("the root directory can't be replaced by an archive"));
        }
        if self.path.starts_with(&*self.destination) || self.stamp_path() == *self.path {
            return Err(Failure::new("the archive would be replaced by its own content")
                .hint("keep the archive outside of `destination`"));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.read(&*self.path);
        needs.tree(&*self.destination);
        needs.file(self.stamp_path());
        needs.directory_mode(Some(self.mode));
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        let mut queries = vec![
            Query::Host,
            Query::Stat(self.path.to_path_buf()),
            Query::Digest(self.path.to_path_buf()),
            Query::Stat(self.destination.to_path_buf()),
            Query::Read(self.stamp_path()),
        ];
        queries.extend(parents::observe(&self.destination));
        queries.extend(ownership::observe(&self.attributes()));
        queries
    }

    fn portable(&self, _action: &str, into: &mut Portables) -> Result<(), Declined> {
        into.add(Portable::Archive(PortableArchive {
            archive: self.path.to_path_buf(),
            sha256: self.checksum.as_ref().map(|checksum| checksum.to_ascii_lowercase()),
            destination: self.destination.to_path_buf(),
            strip_components: self.strip_components,
            owner: self.owner.clone(),
            group: self.group.clone(),
            mode: self.mode.0,
            replace: self.overwrite,
        }));
        Ok(())
    }

    fn plan(&self, _action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        self.plan_extract(known)
    }
}
