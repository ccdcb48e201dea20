//! Swap files, and what is mounted from elsewhere than the disks of the machine: the lines of `/etc/fstab` that another
//! machine can have as well.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;

use super::asking::{AskedMachine, text_of};
use super::declaration::CapturedResource;
use crate::model::english::list;
use crate::model::error::Failure;
use crate::model::query::{Answer, MOUNTS, Query};

const FSTAB: &str = "/etc/fstab";
/// What the kernel swaps to.
const SWAPS: &str = "/proc/swaps";
/// Kinds of file systems that are on no disk of the machine.
const FROM_ELSEWHERE: [&str; 9] =
    ["tmpfs", "nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "glusterfs", "ceph", "fuse.glusterfs"];
/// Points at which every system has its own disks.
const OF_SYSTEM: [&str; 5] = ["/", "/boot", "/boot/efi", "/efi", "/usr"];
/// Options that have the password of a share.
const LOGINS: [&str; 2] = ["password=", "pass="];
const MEGABYTE: u64 = 1 << 20;

/// What was found.
#[derive(Default)]
pub(super) struct FoundMounts {
    pub(super) declarations: Vec<CapturedResource>,
    /// What is left out, each a sentence.
    pub(super) notes: Vec<String>,
}

/// What is asked of them.
pub(super) fn questions() -> Vec<Query> {
    [FSTAB, SWAPS, MOUNTS].map(|path| Query::Read(path.into())).into()
}

pub(super) fn read(asked: &mut AskedMachine<'_>) -> Result<FoundMounts, Failure> {
    let texts = asked.texts([FSTAB, SWAPS, MOUNTS].map(Utf8PathBuf::from))?;
    let text = |path: &str| text_of(texts.get(Utf8Path::new(path)));
    let mut found = FoundMounts::default();
    let mut disks = Vec::new();
    for line in text(FSTAB).lines().filter(|line| !line.trim_start().starts_with('#')) {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [device, point, kind, options, ref rest @ ..] = fields[..] else { continue };
        // A blank in a name is written as `\040`.
        if [device, point].iter().any(|name| name.contains('\\'))
            || device.starts_with("/dev/") && kind == "swap"
        {
            continue;
        }
        let is_bound = options.split(',').any(|option| matches!(option, "bind" | "rbind"));
        if kind == "swap" && device.starts_with('/') {
            let is_used =
                text(SWAPS).lines().any(|line| line.split_ascii_whitespace().next() == Some(device));
            let size = asked.batch(&[Query::Stat(device.into())])?.pop();
            match (swap(options, size), is_used) {
                (Some((size, priority)), true) => {
                    let file = CapturedResource::new("swap_file", device).with("size", format!("{size}M"));
                    found.declarations.push(match priority {
                        Some(priority) => file.with("priority", priority),
                        None => file,
                    });
                }
                _ => found.notes.push(format!(
                    "the swap file `{device}` of {FSTAB} is left out: it is not in use, or not as a recipe makes one"
                )),
            }
        } else if FROM_ELSEWHERE.contains(&kind) || is_bound {
            if LOGINS.iter().any(|login| options.contains(login)) {
                found.notes.push(format!(
                    "`{point}` of {FSTAB} is left out: its options have a password, which belongs into a file of `credentials=`"
                ));
                continue;
            }
            let is_mounted =
                text(MOUNTS).lines().any(|line| line.split_ascii_whitespace().nth(4) == Some(point));
            let mut mount = CapturedResource::new("mount", point).with("device", device).with("fstype", kind);
            if options != "defaults" {
                mount = mount.with("options", options);
            }
            for (property, number) in ["dump", "pass"].iter().zip(rest) {
                if let Some(number) = number.parse::<u32>().ok().filter(|number| *number > 0) {
                    mount = mount.with(property, number);
                }
            }
            let actions = if is_mounted { json!(["mount", "enable"]) } else { json!("enable") };
            found.declarations.push(mount.with("action", actions));
        } else if point.starts_with('/') && !OF_SYSTEM.contains(&point) {
            disks.push(format!("`{point}`"));
        }
    }
    if !disks.is_empty() {
        found
            .notes
            .push(format!("on disks of this machine by {FSTAB}, and left out: {}", list(&disks, "and")));
    }
    Ok(found)
}

/// The megabytes of a swap file and its priority, if a recipe would make the same.
fn swap(options: &str, stat: Option<Answer>) -> Option<(u64, Option<u16>)> {
    let Some(Answer::Stat(Some(stat))) = stat else { return None };
    let priority = match options.split_once(',') {
        None if options == "sw" => None,
        Some(("sw", priority)) => Some(priority.strip_prefix("pri=")?.parse().ok()?),
        _ => return None,
    };
    (stat.size > 0 && stat.size % MEGABYTE == 0).then_some((stat.size / MEGABYTE, priority))
}
