//! File systems of the machine in memory: each is a directory of its own, which is seen at the one where it is mounted.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::model::error::Failure;

use super::{Machine, Node};

/// What is on file systems, below the name of each.
const ROOTS: &str = "/.mounted";

/// Exit status of `mount` and `umount` where they refuse.
const REFUSED: i32 = 32;

/// Options that the table of mounts shows, and each one's opposite.
const SHOWN: &[(&str, &str)] =
    &[("ro", "rw"), ("nosuid", "suid"), ("nodev", "dev"), ("noexec", "exec"), ("noatime", "atime")];

/// A file system at a directory.
#[derive(Debug, Clone)]
pub struct Mounted {
    /// The directory, as the table of mounts names it.
    point: Utf8PathBuf,
    /// The same as a node of the machine.
    over: Utf8PathBuf,
    /// The directory that is seen there.
    root: Utf8PathBuf,
    source: String,
    kind: String,
    options: Vec<String>,
}

impl Machine {
    /// A disk that can be mounted.
    pub(super) fn disk(&mut self, device: &str) {
        self.file(device, "");
        self.directory(root(device));
    }

    /// What is seen at a node: the root of what is mounted there last, or itself.
    pub(super) fn seen_at(&self, node: Utf8PathBuf) -> Utf8PathBuf {
        let mut seen = node;
        while let Some(mounted) = self.mounts.iter().rev().find(|mounted| mounted.over == seen) {
            seen.clone_from(&mounted.root);
        }
        seen
    }

    /// Fails where something is mounted at a name or, of all that is below it, anywhere.
    pub(super) fn require_unmounted(&self, path: &Utf8Path, whole: bool) -> Result<(), Failure> {
        let parent = self.real(path.parent().unwrap_or(path), true);
        let name = path.file_name().map_or(parent.clone(), |name| parent.join(name));
        let in_the_way = |over: &Utf8Path| if whole { over.starts_with(&name) } else { over == name };
        match self.mounts.iter().find(|mounted| in_the_way(&mounted.over)) {
            Some(mounted) => Err(Failure::new(format!("`{}` is busy", mounted.point))),
            None => Ok(()),
        }
    }

    /// The table of mounts: proc_pid_mountinfo(5).
    pub(super) fn mount_table(&self) -> String {
        let mut table = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n".to_owned();
        for (at, Mounted { point, source, kind, options, .. }) in self.mounts.iter().enumerate() {
            let options = options.join(",");
            let _ = writeln!(table, "{} 1 0:{at} / {point} {options} - {kind} {source} rw", at + 2);
        }
        table
    }

    /// `mount`; the exit status.
    pub(super) fn mount(&mut self, words: &[&str]) -> i32 {
        let value = |option: &str| {
            let at = words.iter().position(|word| *word == option)?;
            words.get(at + 1).copied()
        };
        let options: Vec<&str> = value("-o").unwrap_or_default().split(',').collect();
        let operands = words.iter().position(|word| *word == "--").map_or(&[][..], |at| &words[at + 1..]);
        match operands {
            [point] if options.contains(&"remount") => {
                let Some(mounted) = self.mounts.iter_mut().rev().find(|mounted| mounted.point == **point)
                else {
                    return REFUSED;
                };
                set(&mut mounted.options, &options);
                0
            }
            [device, point] => self.mount_at(device, Utf8Path::new(point), value("-t"), &options),
            _ => 1,
        }
    }

    fn mount_at(&mut self, device: &str, point: &Utf8Path, kind: Option<&str>, options: &[&str]) -> i32 {
        if self.list(point).is_none() {
            return REFUSED;
        }
        let over = self.real(point, true);
        let (root, source, kind) = if options.contains(&"bind") {
            if self.list(Utf8Path::new(device)).is_none() {
                return REFUSED;
            }
            (self.real(Utf8Path::new(device), true), "/dev/sda1".to_owned(), "ext4")
        } else if kind == Some("tmpfs") {
            let root = root(&format!("at{over}"));
            self.nodes.insert(root.clone(), Node::directory());
            (root, device.to_owned(), "tmpfs")
        } else {
            let root = root(device);
            if !self.has(device) || !self.nodes.contains_key(&root) {
                return REFUSED;
            }
            (root, device.to_owned(), kind.unwrap_or("ext4"))
        };
        let point = if self.is_link(point) { over.clone() } else { point.to_owned() };
        let mut shown = vec!["rw".to_owned()];
        set(&mut shown, options);
        self.mounts.push(Mounted { point, over, root, source, kind: kind.to_owned(), options: shown });
        0
    }

    /// `umount`; the exit status.
    pub(super) fn unmount(&mut self, point: &str) -> i32 {
        let below = |mounted: &Mounted| mounted.point.starts_with(point) && mounted.point != point;
        let Some(at) = self.mounts.iter().rposition(|mounted| mounted.point == point) else {
            return REFUSED;
        };
        if self.mounts.iter().any(below) {
            return REFUSED;
        }
        let mounted = self.mounts.remove(at);
        if mounted.kind == "tmpfs" {
            self.remove(&mounted.root);
        }
        0
    }

    /// Nothing is mounted any more but what is mounted at every start.
    pub(super) fn mount_all(&mut self) {
        for mounted in std::mem::take(&mut self.mounts) {
            if mounted.kind == "tmpfs" {
                self.remove(&mounted.root);
            }
        }
        for [device, point, kind, options] in self.fstab() {
            if kind != "swap" && point != "/" {
                let kind = Some(kind.as_str()).filter(|kind| !matches!(*kind, "auto" | "none"));
                let options: Vec<&str> = options.split(',').collect();
                self.mount_at(&device, Utf8Path::new(&point), kind, &options);
            }
        }
    }

    /// The first four words of each line of `/etc/fstab`.
    pub(super) fn fstab(&self) -> Vec<[String; 4]> {
        let text = self.text("/etc/fstab").unwrap_or_default();
        let fields = |line: &str| {
            let mut words = line.split_whitespace().map(str::to_owned);
            Some([words.next()?, words.next()?, words.next()?, words.next()?])
        };
        text.lines().filter_map(fields).collect()
    }
}

/// What is on the file system of a name.
fn root(name: &str) -> Utf8PathBuf {
    Utf8Path::new(ROOTS).join(name.replace('/', "-"))
}

/// Sets the options among these that the table shows.
fn set(shown: &mut Vec<String>, options: &[&str]) {
    for option in options {
        let Some((on, off)) = SHOWN.iter().find(|(on, off)| on == option || off == option) else { continue };
        shown.retain(|now| now != on && now != off);
        if option == on || *off == "rw" {
            shown.push((*option).to_owned());
        }
    }
}

/// The number of a directory, which is no other's.
pub(super) fn inode(directory: &Utf8Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    directory.as_str().hash(&mut hasher);
    hasher.finish() | 1 << 63
}
