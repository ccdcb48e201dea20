//! `swap_file`: a file that the kernel swaps to.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::AbsolutePath;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, Unless, script};
use crate::model::query::{Answer, End, FileKind, FileText, MOUNTS, Query};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::fstab::{self, FstabEntry};
use crate::provider::fstab_script;
use crate::provider::{Action, Provider, action, at_path, mount_table, ownership, parents};

mod size;

use size::SwapSize;

/// What the kernel swaps to now.
const SWAPS: &str = "/proc/swaps";

/// In the place of a priority, where a plan foretells what the kernel will swap to.
const FORETOLD: &str = "foretold";

/// Only root may read what was in memory.
const MODE: u32 = 0o600;

/// File systems that can't hold a swap file: swapon(8).
const UNFIT: &[(&str, &str)] = &[
    ("tmpfs", "it is in memory itself"),
    ("ramfs", "it is in memory itself"),
    ("overlay", "the kernel does not swap to it"),
    ("squashfs", "it can't be written"),
    ("zfs", "the kernel does not swap to it"),
    ("btrfs", "there a swap file needs `btrfs filesystem mkswapfile`"),
    ("nfs", "it is on another machine"),
    ("nfs4", "it is on another machine"),
    ("cifs", "it is on another machine"),
    ("9p", "it is on another machine"),
    ("virtiofs", "it is on another machine"),
];

/// A file that the kernel swaps to, now and after every boot.
///
/// The file is written in full, so that it has no holes, and only root can read it. If its size changes, it is taken out of
/// use, written anew and used again. How eagerly the kernel swaps is a parameter of it: `sysctl "vm.swappiness"`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SwapFile {
    /// Path of the file.
    path: AbsolutePath,
    /// Size: a number with a unit, such as `"512M"` and `"2G"`, or a number of MiB. Required for `create`.
    size: Option<SwapSize>,
    /// Which of several is used first: 0 to 32767, the higher the sooner. Default: the kernel decides.
    priority: Option<u16>,
    /// Whether it is used after the next boot too, by a line in `/etc/fstab`.
    #[serde(default = "yes")]
    persist: bool,
    /// Seconds until a command is stopped.
    #[serde(default = "ten_minutes")]
    timeout: u64,
}

fn yes() -> bool {
    true
}

fn ten_minutes() -> u64 {
    600
}

impl SwapFile {
    fn entry(&self) -> FstabEntry {
        FstabEntry {
            device: self.path.as_str().to_owned(),
            point: "none".to_owned(),
            kind: "swap".to_owned(),
            options: self.priority.map_or_else(|| "sw".to_owned(), |priority| format!("sw,pri={priority}")),
            dump: 0,
            pass: 0,
        }
    }

    fn is_about(&self, entry: &FstabEntry) -> bool {
        entry.kind == "swap" && entry.device == self.path.as_str()
    }

    fn run<S: Into<String>>(&self, argv: impl IntoIterator<Item = S>) -> Step {
        Step::Run(Command { timeout: self.timeout, ..Command::new(argv) })
    }

    /// Whether the kernel swaps to it, and the lines of the others.
    fn in_use(&self, known: &Known) -> Result<(bool, String), Stop> {
        let Some(FileText::Text(swaps)) = known.read(SWAPS.into())? else {
            return Ok((false, String::new()));
        };
        let is_it = |line: &str| {
            line.split_ascii_whitespace()
                .next()
                .is_some_and(|path| mount_table::unescaped(path) == self.path.as_str())
        };
        let others = swaps.lines().filter(|line| !is_it(line)).flat_map(|line| [line, "\n"]).collect();
        Ok((swaps.lines().any(is_it), others))
    }

    /// Predicts whether the kernel swaps to it, and with how many bytes more on the disk than there are now.
    fn used(&self, change: Change, others: &str, taken: Option<u64>) -> Change {
        let path = mount_table::escaped(self.path.as_str());
        let line = taken.map(|taken| format!("{path} file {} 0 {FORETOLD}\n", taken >> 10));
        let text = format!("{others}{}", line.unwrap_or_default());
        change.reaching(Reach::Told).then(Query::Read(SWAPS.into()), Answer::Read(Some(FileText::Text(text))))
    }

    fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let Some(SwapSize(size)) = self.size else { return Ok(Vec::new()) };
        let path = self.path.to_path_buf();
        let (is_used, others) = self.in_use(known)?;
        let mut changes = Vec::new();
        match at_path::file(&path, known)? {
            Some(stat) if stat.size == size => {
                if !is_used {
                    self.require_swap(known)?;
                }
                let wanted =
                    Attributes { owner: Some("root".into()), group: Some("root".into()), mode: Some(MODE) };
                changes.extend(ownership::plan(&path, stat, &wanted));
                if !is_used {
                    let change = Change::new("swap to it", self.swap_on());
                    changes.push(self.used(change, &others, Some(0)));
                }
            }
            there => {
                if there.is_some() && !is_used {
                    self.require_swap(known)?;
                }
                parents::require(&path, known)?;
                self.require_room(size, there.map_or(0, |stat| stat.size), known)?;
                let steps = self.write(size, is_used, there.is_some());
                let priority =
                    self.priority.map(|priority| format!(", priority {priority}")).unwrap_or_default();
                let summary = match there {
                    Some(stat) => format!(
                        "write it anew with {}, was {}{priority}",
                        SwapSize(size),
                        SwapSize(stat.size)
                    ),
                    None => format!("create a swap file of {}{priority}", SwapSize(size)),
                };
                let attributes = Attributes { mode: Some(MODE), ..Attributes::default() };
                let mut stat = at_path::stat(FileKind::File, "root", &attributes);
                stat.size = size;
                let change = Change { summary, steps, ..Change::default() };
                let taken = Some(size.saturating_sub(there.map_or(0, |stat| stat.size)));
                changes.push(self.used(at_path::with_stat(change, &path, Some(&stat)), &others, taken));
            }
        }
        changes.extend(if self.persist {
            fstab::plan_set(&self.entry(), false, |entry| self.is_about(entry), known)?
        } else {
            fstab::plan_remove(|entry| self.is_about(entry), known)?
        });
        Ok(changes)
    }

    /// The steps that write the file and swap to it. It gets its name when it is complete, so that a run that is killed
    /// leaves nothing there that looks like somebody's file.
    fn write(&self, size: u64, is_used: bool, is_there: bool) -> Vec<Step> {
        let path = self.path.to_path_buf();
        let draft = self.draft();
        let mut steps = Vec::new();
        if is_used {
            steps.push(self.run(["swapoff", path.as_str()]));
        }
        if is_there {
            steps.push(Step::Remove { path: path.clone(), recursive: false, backup: 0 });
        }
        let or_remove = |step: Step, what: &Utf8Path| match step {
            Step::Run(command) => Step::Run(Command {
                umask: Some(0o077),
                undo: Some(["rm", "-f", "--", what.as_str()].map(str::to_owned).into()),
                ..command
            }),
            other => other,
        };
        let fill = [
            "dd",
            "if=/dev/zero",
            &format!("of={draft}"),
            "bs=1048576",
            &format!("count={}", size >> 20),
            "conv=fsync",
        ];
        steps.push(or_remove(self.run(fill), &draft));
        steps.push(or_remove(self.run(["mkswap", draft.as_str()]), &draft));
        steps.push(or_remove(self.run(["mv", "-f", "--", draft.as_str(), path.as_str()]), &draft));
        steps.push(or_remove(self.swap_on(), &path));
        steps
    }

    fn swap_on(&self) -> Step {
        let priority = self.priority.map(|priority| ["-p".to_owned(), priority.to_string()]);
        let words = ["swapon".to_owned()].into_iter().chain(priority.into_iter().flatten());
        self.run(words.chain([self.path.as_str().to_owned()]))
    }

    /// Fails for a file that is not swap: it may be somebody's data.
    fn require_swap(&self, known: &Known) -> Result<(), Stop> {
        let path = self.path.as_str();
        let probe =
            Command { timeout: 60, ..Command::new(["blkid", "-p", "-s", "TYPE", "-o", "value", path]) };
        let told = known.command(&probe)?;
        match &told.end {
            End::Exit(0) if told.stdout.trim() == "swap" => Ok(()),
            // 2 is the status for a file in which nothing is recognised.
            End::Exit(0 | 2) => Err(Failure::new(format!("`{path}` is a file, and no swap is in it"))
                .hint("name another path")
                .hint(format!("or remove it first: {}", at_path::removal(&self.path, FileKind::File)))
                .into()),
            end => Err(Failure::new(format!(
                "it can't be told whether `{path}` is swap: `{}`: {end}",
                probe.display()
            ))
            .into()),
        }
    }

    /// Bytes that the swap files ahead of it in a plan will take on the file system of a directory.
    fn taken_before(&self, directory: &Utf8Path, known: &Known) -> Result<u64, Stop> {
        let table = mount_table::table(known)?;
        let place = |path: &Utf8Path| mount_table::around(table, path).map(|mounted| mounted.point);
        let of_line = |line: &str| {
            let mut fields = line.split_ascii_whitespace();
            let path = mount_table::unescaped(fields.next()?);
            let (size, priority) = (fields.nth(1)?.parse::<u64>().ok()?, fields.nth(1)?);
            let counts = priority == FORETOLD && place(Utf8Path::new(&path)) == place(directory);
            counts.then_some(size << 10)
        };
        let (_, others) = self.in_use(known)?;
        Ok(others.lines().filter_map(of_line).sum())
    }

    /// Bytes of a file that was not completed.
    fn size_of_draft(&self, known: &Known) -> Result<u64, Stop> {
        let draft = self.draft();
        known.want([Query::Stat(draft.clone())])?;
        Ok(known.stat(&draft)?.filter(|stat| stat.kind == FileKind::File).map_or(0, |stat| stat.size))
    }

    /// The path of the file until it is complete.
    fn draft(&self) -> Utf8PathBuf {
        at_path::beside(&self.path, ".chefrs")
    }

    /// Fails where the file system can't hold swap, or has not enough room. `freed` bytes will be there as well.
    fn require_room(&self, size: u64, freed: u64, known: &Known) -> Result<(), Stop> {
        let directory = self.path.parent().unwrap_or(Utf8Path::new("/")).to_path_buf();
        if let Some(mounted) = mount_table::around(mount_table::table(known)?, &directory)
            && let Some((kind, why)) = UNFIT.iter().find(|(kind, _)| *kind == mounted.kind)
        {
            return Err(Failure::impossible(format!("a swap file can't be on {kind}: {why}"))
                .hint("name a path on another file system")
                .into());
        }
        if matches!(known.resolve(&directory), Err(Stop::Unknown(_))) {
            return Ok(());
        }
        let free = free(&directory, known)?.saturating_sub(self.taken_before(&directory, known)?);
        let mut free = free.saturating_add(freed);
        if free < size {
            // What a run that was killed has left is written over.
            free = free.saturating_add(self.size_of_draft(known)?);
        }
        if free < size {
            return Err(Failure::new(format!(
                "a swap file of {} does not fit in `{directory}`, where {} are free",
                SwapSize(size),
                SwapSize(free)
            ))
            .hint("make room, or say a smaller `size`")
            .into());
        }
        Ok(())
    }

    fn plan_remove(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let path = self.path.to_path_buf();
        let (is_used, others) = self.in_use(known)?;
        let mut changes = Vec::new();
        // This may fail for want of memory, so it comes first.
        if is_used {
            let change = Change::new("stop swapping to it", self.run(["swapoff", path.as_str()]));
            changes.push(self.used(change, &others, None));
        }
        // The line before the file: if the machine restarts meanwhile, it does not look for a file that is gone.
        changes.extend(fstab::plan_remove(|entry| self.is_about(entry), known)?);
        if at_path::file(&path, known)?.is_some() {
            if !is_used {
                self.require_swap(known)?;
            }
            let step = Step::Remove { path: path.clone(), recursive: false, backup: 0 };
            changes.push(at_path::with_stat(Change::new("delete file", step), &path, None));
        }
        Ok(changes)
    }
}

/// Free bytes on the file system of a directory: df(1) of POSIX.
fn free(directory: &Utf8PathBuf, known: &Known) -> Result<u64, Stop> {
    let command = Command { timeout: 60, ..Command::new(["df", "-P", "-k", directory.as_str()]) };
    let told = known.command(&command)?;
    let line = told.stdout.lines().nth(1).unwrap_or_default();
    let free = line.split_ascii_whitespace().nth(3).and_then(|kilobytes| kilobytes.parse::<u64>().ok());
    free.map(|kilobytes| kilobytes << 10).ok_or_else(|| {
        Failure::new(format!("it can't be told how much room is left: `{}`: {}", command.display(), told.end))
            .into()
    })
}

/// Whether the kernel does not swap to a file.
const IS_NO_SWAP: &str = r#"! cut -d ' ' -f 1 /proc/swaps | grep -qxF -e "$1""#;

/// Whether the kernel swaps to a file of a size.
const IS_SWAP: &str = r#"
cut -d ' ' -f 1 /proc/swaps | grep -qxF -e "$2" && [ "$(stat -c %s -- "$1")" = $(($3 * 1048576)) ]
"#;

/// Makes the file, and lets the kernel swap to it.
const MAKE: &str = r#"
umask 077
if [ -e "$1" ] && [ "$(blkid -p -s TYPE -o value "$1")" != swap ]; then
  printf '%s\n' "$1 is a file, and no swap is in it" >&2
  exit 1
fi
if [ "$(stat -c %s -- "$1" 2>/dev/null)" != $(($3 * 1048576)) ]; then
  if cut -d ' ' -f 1 /proc/swaps | grep -qxF -e "$2"; then swapoff "$1" || exit 1; fi
  draft=$1.new
  if ! dd if=/dev/zero of="$draft" bs=1048576 count="$3" conv=fsync || ! mkswap "$draft" || ! mv -f -- "$draft" "$1"; then
    rm -f -- "$draft"
    exit 1
  fi
fi
if cut -d ' ' -f 1 /proc/swaps | grep -qxF -e "$2"; then exit 0; fi
if [ -n "$4" ]; then swapon -p "$4" "$1"; else swapon "$1"; fi
"#;

/// Removes the file, if it is swap.
const REMOVE: &str = r#"
if [ "$(blkid -p -s TYPE -o value "$1")" != swap ]; then
  printf '%s\n' "$1 is a file, and no swap is in it" >&2
  exit 1
fi
rm -f -- "$1"
"#;

impl Provider for SwapFile {
    const NAME: &'static str = "swap_file";
    const ACTIONS: &'static [Action] = &[
        action("create", "Makes the file, swaps to it, and adds it to `/etc/fstab`."),
        action("remove", "Stops swapping to it, and removes the file and its line in `/etc/fstab`."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("path");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str =
        "Complete. With `--no-commands` it is unknown whether there is room for a new file.";
    const PLATFORMS: &'static str =
        "Linux with `mkswap`, `swapon` and `blkid`. A container is usually not allowed to swap.";
    const EXAMPLE: &'static str = r#"
swap_file "/swapfile" {
  size = "512M",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        match self.size {
            None if action == "create" => {
                return Err(Failure::new("it needs a `size`").hint("say it with its unit: size = \"2G\""));
            }
            Some(SwapSize(size)) if size >> 20 == 0 => {
                return Err(Failure::new("`size` is less than 1M"));
            }
            _ => {}
        }
        if self.priority.is_some_and(|priority| priority > 32767) {
            return Err(Failure::new("`priority` is 0 to 32767"));
        }
        if self.timeout == 0 {
            return Err(Failure::new("`timeout` of 0 seconds would stop a command before it starts"));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(&*self.path);
        needs.system(format!("swap{}", *self.path));
        needs.elsewhere();
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        let mut queries = fstab::observe();
        queries.extend([
            Query::Stat(self.path.to_path_buf()),
            Query::Read(SWAPS.into()),
            Query::Read(MOUNTS.into()),
        ]);
        queries.extend(parents::observe(&self.path));
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let path = self.path.as_str();
        let escaped = mount_table::escaped(path);
        if action == "remove" {
            let off = Command { timeout: self.timeout, ..Command::new(["swapoff", path]) };
            let look = script("is_no_swap", IS_NO_SWAP, [escaped.as_str()]);
            into.add(Portable::Command(PortableCommand::unless(look, off)));
            fstab_script::add(true, &escaped, None, into);
            let unless = Unless::Missing(self.path.to_path_buf());
            let act = script("remove_swap", REMOVE, [path]);
            into.add(Portable::Command(PortableCommand { act, unless }));
            return Ok(());
        }
        let mebibytes = (self.size.map_or(0, |size| size.0) >> 20).to_string();
        let priority = self.priority.map(|priority| priority.to_string()).unwrap_or_default();
        let arguments = [path, &escaped, &mebibytes, &priority];
        let mut act = script("make_swap", MAKE, arguments);
        act.timeout = self.timeout;
        into.add(Portable::Command(PortableCommand::unless(script("is_swap", IS_SWAP, arguments), act)));
        let line = self.entry().line();
        fstab_script::add(true, &escaped, self.persist.then_some(line.as_str()), into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        if action == "remove" { self.plan_remove(known) } else { self.plan_create(known) }
    }
}
