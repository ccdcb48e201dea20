//! The actions of `mount`.

use super::state::{HAS_OPTIONS, IS_MOUNTED};
use super::{FileSystemMount, device};
use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, script};
use crate::model::query::{MOUNTS, Query};
use crate::model::step::Command;
use crate::provider::fstab::{self, FstabEntry};
use crate::provider::{Action, Provider, action};
use crate::provider::{fstab_script, mount_table};

impl FileSystemMount {
    /// Its line in `/etc/fstab`.
    fn entry(&self) -> Result<FstabEntry, Failure> {
        let is_device = device::tag(self.device()?).is_some() || self.device()?.starts_with("/dev/");
        Ok(FstabEntry {
            device: self.device()?.to_owned(),
            point: self.mount_point.as_str().to_owned(),
            kind: if self.is_bind() && self.fstype == "auto" {
                "none".to_owned()
            } else {
                self.fstype.clone()
            },
            options: self.joined_options(),
            dump: self.dump,
            pass: self.pass.unwrap_or(if is_device { 2 } else { 0 }),
        })
    }

    fn is_about(&self, entry: &FstabEntry) -> bool {
        entry.kind != "swap"
            && entry.point.trim_end_matches('/') == self.mount_point.as_str().trim_end_matches('/')
    }
}

impl Provider for FileSystemMount {
    const NAME: &'static str = "mount";
    const ACTIONS: &'static [Action] = &[
        action("mount", "Mounts it now. If it is mounted, options such as `noexec` and `ro` are set."),
        action("unmount", "Unmounts it now."),
        action("remount", "Mounts it again with its options, in every run. Not if it is not mounted."),
        action("enable", "Writes its line in `/etc/fstab`, so that it is mounted at every boot."),
        action("disable", "Removes its line from `/etc/fstab`."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("mount_point");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete: what is mounted, and the line in `/etc/fstab` as a diff. What is in a directory after \
         something was mounted there is unknown until then. That a file system is in use is only told before if `fuser` is \
         installed.";
    const PLATFORMS: &'static str =
        "Any Linux with `mount`. A container is usually not allowed to mount anything.";
    const EXAMPLE: &'static str = r#"
directory "/srv/cache"

mount "/srv/cache" {
  device = "tmpfs",
  fstype = "tmpfs",
  options = { "size=64m", "nosuid", "noexec" },
  action = { "enable", "mount" },
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if self.mount_point.as_str() == "/" && matches!(action, "mount" | "unmount" | "disable") {
            return Err(Failure::new(format!("the root is always mounted, so it has no {action}"))
                .hint("the actions `enable` and `remount` change its options"));
        }
        if matches!(action, "mount" | "enable") {
            self.device()?;
        }
        let is_word =
            |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
        if self.device.as_deref().is_some_and(|device| device.is_empty() || device.contains(char::is_control))
        {
            return Err(Failure::new("`device` is not the name of a device"));
        }
        if self.device.as_deref().is_some_and(|device| device.starts_with('-')) {
            return Err(Failure::new("`device` starts with a dash, as an option does"));
        }
        if !is_word(&self.fstype) {
            return Err(Failure::new(format!(
                "`{}` is not the type of a file system",
                self.fstype.escape_debug()
            )));
        }
        if let Some(option) = self.options.0.iter().find(|option| !is_word(option)) {
            return Err(Failure::new(format!("`{}` is not an option of a mount", option.escape_debug()))
                .hint("an option has no blanks: options = { \"noexec\", \"size=64m\" }"));
        }
        if self.dump > 1 || self.pass.is_some_and(|pass| pass > 2) {
            return Err(Failure::new("`dump` is 0 or 1, and `pass` is 0, 1 or 2"));
        }
        if self.timeout == 0 {
            return Err(Failure::new("`timeout` of 0 seconds would stop a command before it starts"));
        }
        Ok(())
    }

    fn keep_secret(&mut self) {
        self.secret = true;
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.system(format!("mount{}", *self.mount_point));
        needs.elsewhere();
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        if matches!(action, "enable" | "disable") {
            return fstab::observe();
        }
        let point = self.mount_point.to_path_buf();
        let mut queries = vec![Query::Read(MOUNTS.into())];
        if action == "mount" {
            queries.extend([Query::Stat(point.clone()), Query::List(point)]);
            queries.extend(self.ask_device());
        }
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let point = self.mount_point.as_str();
        let mounted = |is_wanted: &str| script("is_mounted", IS_MOUNTED, [point, is_wanted]);
        let options = self.joined_options();
        let command =
            |words: &[&str]| Command { timeout: self.timeout, ..Command::new(words.iter().copied()) };
        match action {
            "enable" => {
                let line = self.entry()?.line();
                fstab_script::add(false, &mount_table::escaped(point), Some(&line), into);
            }
            "disable" => fstab_script::add(false, &mount_table::escaped(point), None, into),
            "unmount" => {
                let act = command(&["umount", "--", point]);
                into.add(Portable::Command(PortableCommand::unless(mounted(""), act)));
            }
            "remount" => {
                let act = command(&["mount", "-o", &format!("remount,{options}"), "--", point]);
                into.add(Portable::Command(PortableCommand::unless(mounted(""), act)));
            }
            _ => {
                let act =
                    command(&["mount", "-t", &self.fstype, "-o", &options, "--", self.device()?, point]);
                into.add(Portable::Command(PortableCommand::unless(mounted("yes"), act)));
                let shown = self.shown_options();
                if !shown.is_empty() {
                    let bind = if self.is_bind() { "bind," } else { "" };
                    let act = command(&["mount", "-o", &format!("remount,{bind}{shown}"), "--", point]);
                    let look = script("is_mounted_with", HAS_OPTIONS, [point, &shown]);
                    into.add(Portable::Command(PortableCommand::unless(look, act)));
                }
            }
        }
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        match action {
            "enable" => fstab::plan_set(&self.entry()?, self.secret, |entry| self.is_about(entry), known),
            "disable" => fstab::plan_remove(|entry| self.is_about(entry), known),
            "unmount" => self.plan_unmount(known),
            "remount" => self.plan_remount(known),
            _ => self.plan_mount(known),
        }
    }
}
