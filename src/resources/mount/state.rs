//! What is mounted now, and the changes to it.

use camino::{Utf8Path, Utf8PathBuf};

use super::{FileSystemMount, device};
use crate::model::change::{Change, Reach};
use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::query::{Answer, CommandResult, End, FileText, MOUNTS, Query};
use crate::model::step::{Command, Step};
use crate::provider::mount_table::{self, Mounted};
use crate::provider::{at_path, parents};

/// Options of a mount that the mount table shows, each with its opposite: mount(8).
const SHOWN: &[(&str, &str)] = &[
    ("ro", "rw"),
    ("nosuid", "suid"),
    ("nodev", "dev"),
    ("noexec", "exec"),
    ("noatime", "atime"),
    ("nodiratime", "diratime"),
];

/// Programs that tell who uses a file system: fuser(1), where it may be.
const FUSER: &[&str] = &["/usr/bin/fuser", "/bin/fuser", "/usr/sbin/fuser", "/sbin/fuser"];

/// Whether something is mounted at a directory; without a second argument, whether nothing is.
pub(super) const IS_MOUNTED: &str = r#"
found=$(point=$1 awk '{
  while (match($2, /\\[0-7][0-7][0-7]/)) {
    code = substr($2, RSTART + 1, 3)
    c = sprintf("%c", substr(code, 1, 1) * 64 + substr(code, 2, 1) * 8 + substr(code, 3, 1))
    $2 = substr($2, 1, RSTART - 1) c substr($2, RSTART + 4)
  }
} $2 == ENVIRON["point"] { print "yes"; exit }' /proc/self/mounts)
[ "$found" = "$2" ]
"#;

/// Whether what is mounted at a directory has options.
pub(super) const HAS_OPTIONS: &str = r#"
point=$1 options=$2 awk '
  { gsub(/\\040/, " ", $2) }
  $2 == ENVIRON["point"] { now = "," $4 "," }
  END {
    count = split(ENVIRON["options"], wanted, ",")
    for (i = 1; i <= count; i++) if (index(now, "," wanted[i] ",") == 0) exit 1
  }' /proc/self/mounts
"#;

impl FileSystemMount {
    pub(super) fn plan_mount(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let device = self.device()?;
        let point = self.mount_point.to_path_buf();
        let table = mount_table::table(known)?;
        if let Some(mounted) = mount_table::at(table, &point) {
            if !self.is(&mounted, known)? {
                return Err(Failure::new(format!(
                    "`{}` is mounted at `{point}`, not `{device}`",
                    mounted.source
                ))
                .hint(format!("unmount it first: mount \"{point}\" {{ action = \"unmount\" }}"))
                .into());
            }
            return Ok(self.other_options(&mounted, table).into_iter().collect());
        }
        match at_path::directory(&point, known) {
            Ok(None) => parents::require(&point.join("x"), known)?,
            Ok(Some(_)) | Err(Stop::Unknown(_)) => {}
            Err(stop) => return Err(stop),
        }
        self.require_device(known)?;
        let hides = match known.list(&point) {
            Ok(Some(names)) => !names.is_empty(),
            Ok(None) | Err(Stop::Unknown(_)) => false,
            Err(stop) => return Err(stop),
        };
        let mut command = vec!["mount".to_owned()];
        let mut summary = format!("mount {device}");
        if self.fstype != "auto" {
            command.extend(["-t".to_owned(), self.fstype.clone()]);
            summary.extend([", type ", &self.fstype]);
        }
        let options = self.joined_options();
        if options != "defaults" {
            summary.extend([", options ", &options]);
            command.extend(["-o".to_owned(), options.clone()]);
        }
        command.extend(["--".to_owned(), device.to_owned(), point.to_string()]);
        let shown: Vec<&str> =
            self.options().filter(|option| SHOWN.iter().any(|(on, _)| on == option)).collect();
        let options = if self.has_option("ro") { shown } else { [&["rw"][..], &shown].concat() }.join(",");
        let kind = self.fstype.as_str();
        let mounted = Mounted {
            point: point.clone(),
            options: &options,
            kind,
            source: self.source(),
            whole_options: &options,
        };
        let warning = hides.then(|| format!("what is in `{point}` now is hidden by the mount"));
        let change = self
            .change(summary, command)
            .warning(warning)
            .then(table_query(), table_answer(mount_table::with(table, &mounted)));
        // Both names lead to the same directory.
        let same = self.is_bind().then(|| known.resolve(Utf8Path::new(device)).ok().flatten()).flatten();
        Ok(vec![match same {
            Some(stat) => at_path::with_stat(change, &point, Some(stat)),
            None => change.obscures(point),
        }])
    }

    /// What the mount table will show as mounted.
    fn source(&self) -> String {
        let device = self.device.clone().unwrap_or_default();
        device::path(&device).map_or(device, Utf8PathBuf::into_string)
    }

    /// The change that gives a mount the declared options, of those that can be told.
    fn other_options(&self, mounted: &Mounted<'_>, table: &str) -> Option<Change> {
        let now: Vec<&str> = mounted.options.split(',').collect();
        let is_read_only =
            |option: &str| option == "ro" && mounted.whole_options.split(',').any(|now| now == "ro");
        let differs = |option: &&str| {
            SHOWN.iter().any(|(on, off)| {
                (option == on && !now.contains(on) && !is_read_only(on))
                    || (option == off && now.contains(on))
            })
        };
        let wanted: Vec<&str> = self.options().filter(differs).collect();
        if wanted.is_empty() {
            return None;
        }
        let opposite = |option: &str| {
            SHOWN.iter().find_map(|(on, off)| match option {
                word if word == *on => Some(*off),
                word if word == *off => Some(*on),
                _ => None,
            })
        };
        let mut after: Vec<&str> = now.clone();
        after.retain(|now| !wanted.iter().any(|option| opposite(option) == Some(*now)));
        after.extend(&wanted);
        let after = after.join(",");
        let options: Vec<&str> = ["remount"]
            .into_iter()
            .chain(self.is_bind().then_some("bind"))
            .chain(wanted.iter().copied())
            .collect();
        let point = self.mount_point.to_string();
        let command = ["mount", "-o", &options.join(","), "--", &point].map(str::to_owned).to_vec();
        let mounted = Mounted { options: &after, ..mounted.clone() };
        let table = mount_table::with(&mount_table::without(table, &mounted.point), &mounted);
        let summary = format!("remount with {}", list(&wanted, "and"));
        Some(self.change(summary, command).then(table_query(), table_answer(table)))
    }

    /// The declared options that the mount table shows as they were set.
    pub(super) fn shown_options(&self) -> String {
        let shown: Vec<&str> =
            self.options().filter(|option| SHOWN.iter().any(|(on, _)| on == option)).collect();
        shown.join(",")
    }

    pub(super) fn plan_remount(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        if mount_table::at(mount_table::table(known)?, &self.mount_point).is_none() {
            return Ok(Vec::new());
        }
        let options: Vec<&str> = ["remount"].into_iter().chain(self.options()).collect();
        let command = ["mount", "-o", &options.join(","), "--", self.mount_point.as_str()].map(str::to_owned);
        let change = self.change("remount".to_owned(), command.to_vec());
        Ok(vec![change.then(table_query(), Answer::Unknown(String::new())).repeats()])
    }

    pub(super) fn plan_unmount(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let point = self.mount_point.to_path_buf();
        let table = mount_table::table(known)?;
        if mount_table::at(table, &point).is_none() {
            return Ok(Vec::new());
        }
        if let Some(below) = mount_table::below(table, &point) {
            return Err(Failure::new(format!(
                "`{point}` can't be unmounted: something is mounted below it, at `{below}`"
            ))
            .hint(format!("declare it before this resource: mount \"{below}\" {{ action = \"unmount\" }}"))
            .into());
        }
        self.require_unused(known)?;
        let command = ["umount", "--", point.as_str()].map(str::to_owned).to_vec();
        let change = self
            .change("unmount".to_owned(), command)
            .then(table_query(), table_answer(mount_table::without(table, &point)))
            .obscures(point);
        Ok(vec![change])
    }

    /// Fails if a process uses the file system, as far as the machine can tell.
    fn require_unused(&self, known: &Known) -> Result<(), Stop> {
        known.want(FUSER.iter().map(|path| Query::Resolve((*path).into())))?;
        let has = |path: &&&str| matches!(known.resolve((**path).into()), Ok(Some(_)));
        let Some(fuser) = FUSER.iter().find(has) else { return Ok(()) };
        let command = Command { timeout: 60, ..Command::new([fuser, "-m", self.mount_point.as_str()]) };
        let CommandResult { end: End::Exit(0), stdout, .. } = known.command(&command)? else { return Ok(()) };
        let processes: Vec<&str> =
            stdout.split_ascii_whitespace().filter(|word| word.parse::<u32>().is_ok()).collect();
        if processes.is_empty() {
            return Ok(());
        }
        let noun = if processes.len() == 1 { "process" } else { "processes" };
        Err(Failure::new(format!(
            "`{}` can't be unmounted: it is in use by {noun} {}",
            self.mount_point.as_str(),
            list(&processes, "and")
        ))
        .hint("stop what uses it before this resource: service \"…\" { action = \"stop\" }")
        .into())
    }

    fn change(&self, summary: String, argv: Vec<String>) -> Change {
        let step = Step::Run(Command { timeout: self.timeout, ..Command::new(argv) });
        Change::new(summary, step).reaching(Reach::Told)
    }
}

fn table_query() -> Query {
    Query::Read(MOUNTS.into())
}

fn table_answer(table: String) -> Answer {
    Answer::Read(Some(FileText::Text(table)))
}
