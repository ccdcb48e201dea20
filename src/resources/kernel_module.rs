//! `kernel_module`: a module of the kernel, now and at every boot.

use camino::Utf8PathBuf;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, Content, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, Unless, script};
use crate::model::query::{Answer, End, FileKind, FileText, Query};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action, at_path};

/// The modules that are loaded: proc_modules(5).
const LOADED: &str = "/proc/modules";

/// A module of the kernel, now and at every boot.
///
/// What is loaded at boot is a file in `/etc/modules-load.d`, and options and what is kept from being loaded are files in
/// `/etc/modprobe.d`. Whatever changes there is used when the module is loaded the next time. A module that is loaded out of
/// the initial RAM disk sees a change after that was built again, with `update-initramfs` or `dracut`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KernelModule {
    /// Name of the module.
    modname: String,
    /// Parameters to load it with: `{ "max_loop=64" }`. Only `install` uses them.
    #[serde(default)]
    options: Strings,
    /// Directory of the files that say what is loaded at boot.
    #[serde(default = "load_dir")]
    load_dir: AbsolutePath,
    /// Directory of the files for `modprobe`.
    #[serde(default = "unload_dir")]
    unload_dir: AbsolutePath,
}

fn load_dir() -> AbsolutePath {
    AbsolutePath::parse("/etc/modules-load.d").unwrap_or_default()
}

fn unload_dir() -> AbsolutePath {
    AbsolutePath::parse("/etc/modprobe.d").unwrap_or_default()
}

impl KernelModule {
    /// The name as the kernel writes it.
    fn name(&self) -> String {
        self.modname.replace('-', "_")
    }

    fn directory(&self) -> Utf8PathBuf {
        format!("/sys/module/{}", self.name()).into()
    }

    fn file(path: Utf8PathBuf, text: String) -> FileState {
        FileState {
            path,
            content: Some(Content::Text(text)),
            attributes: Attributes { mode: Some(0o644), ..Attributes::default() },
            ..FileState::default()
        }
    }

    fn at_boot(&self) -> FileState {
        Self::file(self.load_dir.join(format!("{}.conf", self.modname)), format!("{}\n", self.modname))
    }

    /// A file for `modprobe`: `options`, `blacklist` or `disable`.
    fn for_modprobe(&self, word: &str) -> FileState {
        let name = &self.modname;
        let text = match word {
            "options" => format!("options {name} {}\n", self.options.0.join(" ")),
            "blacklist" => format!("blacklist {name}\n"),
            // The command is run in place of loading the module.
            _ => format!("install {name} /bin/false\n"),
        };
        Self::file(self.unload_dir.join(format!("{word}_{name}.conf")), text)
    }

    /// The files that an action writes and those that it removes, before it loads or unloads the module.
    fn files(&self, action: &str) -> (Vec<FileState>, Vec<FileState>) {
        let of = |words: &[&str]| words.iter().map(|word| self.for_modprobe(word)).collect::<Vec<_>>();
        match action {
            "install" if self.options.0.is_empty() => (Vec::new(), of(&["options", "blacklist", "disable"])),
            "install" => (of(&["options"]), of(&["blacklist", "disable"])),
            "uninstall" => {
                (Vec::new(), [vec![self.at_boot()], of(&["options", "blacklist", "disable"])].concat())
            }
            "blacklist" => (of(&["blacklist"]), vec![self.at_boot()]),
            "disable" => (of(&["disable"]), vec![self.at_boot()]),
            _ => (Vec::new(), Vec::new()),
        }
    }

    fn plan_files(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        let (written, removed) = self.files(action);
        let mut changes = Vec::new();
        for file in &removed {
            for mut change in file.plan_delete(known)? {
                change.summary = format!("delete `{}`", file.path);
                changes.push(change);
            }
        }
        for file in &written {
            changes.extend(written_to(file, known)?);
        }
        Ok(changes)
    }

    /// The change that loads it, if it is not loaded.
    fn load(&self, known: &Known) -> Result<Option<Change>, Stop> {
        if known.stat(&self.directory())?.is_some() {
            return Ok(None);
        }
        self.require_loadable(known)?;
        let change = Change::new("load", modprobe(&["--", &self.modname]));
        let stat = at_path::stat(FileKind::Directory, "root", &Attributes::default());
        Ok(Some(at_path::with_stat(change.reaching(Reach::Told), &self.directory(), Some(&stat))))
    }

    /// Fails if the kernel that runs has no such module.
    fn require_loadable(&self, known: &Known) -> Result<(), Stop> {
        let probe = Command { timeout: 60, ..Command::new(["modprobe", "--dry-run", "--", &self.modname]) };
        let told = known.command(&probe)?;
        match &told.end {
            // Without `modprobe` the step itself says so.
            End::Exit(0) | End::NotStarted(_) => Ok(()),
            _ => {
                let failure = Failure::new(format!("the module `{}` can't be loaded", self.modname));
                let details = told.stderr.lines().take(3).map(str::to_owned).collect();
                Err(Failure { details, ..failure }
                    .hint("look for it: find /lib/modules/$(uname -r) -name '*.ko*'")
                    .into())
            }
        }
    }

    /// The change that unloads it, if it is loaded.
    fn unload(&self, known: &Known, is_required: bool) -> Result<Option<Change>, Stop> {
        if known.stat(&self.directory())?.is_none() {
            return Ok(None);
        }
        let Some(FileText::Text(loaded)) = known.read(LOADED.into())? else {
            return Err(Failure::new(format!("`{LOADED}` can't be read")).into());
        };
        let name = self.name();
        let Some(line) = loaded.lines().find(|line| line.split(' ').next() == Some(name.as_str())) else {
            if !is_required {
                return Ok(None);
            }
            return Err(Failure::new(format!(
                "the module `{}` is built into the kernel, so it can't be unloaded",
                self.modname
            ))
            .into());
        };
        let mut fields = line.split(' ').skip(2);
        let (count, users) = (fields.next().unwrap_or("0"), fields.next().unwrap_or("-"));
        if count != "0" {
            if !is_required {
                return Ok(None);
            }
            let users = match users.trim_end_matches(',') {
                "-" => "something".to_owned(),
                users => format!("`{}`", users.replace(',', "`, `")),
            };
            return Err(Failure::new(format!("the module `{}` is in use by {users}", self.modname))
                .hint("stop what uses it before this resource")
                .into());
        }
        let rest = loaded.lines().filter(|other| *other != line).flat_map(|line| [line, "\n"]).collect();
        let change = Change::new("unload", modprobe(&["-r", "--", &self.modname])).reaching(Reach::Told);
        let change = at_path::with_stat(change, &self.directory(), None);
        Ok(Some(change.then(Query::Read(LOADED.into()), Answer::Read(Some(FileText::Text(rest))))))
    }
}

fn modprobe(words: &[&str]) -> Step {
    let argv = ["modprobe"].into_iter().chain(words.iter().copied());
    Step::Run(Command { timeout: 120, ..Command::new(argv) })
}

fn written_to(file: &FileState, known: &Known) -> Result<Vec<Change>, Stop> {
    let mut changes = file.plan_create(known)?;
    for change in &mut changes {
        change.summary = format!("`{}`: {}", file.path, change.summary);
    }
    Ok(changes)
}

/// Whether a module is not loaded, or something uses it.
const IN_USE: &str =
    r#"! awk -v name="$1" '$1 == name && $3 == 0 { found = 1 } END { exit !found }' /proc/modules"#;

impl Provider for KernelModule {
    const NAME: &'static str = "kernel_module";
    const ACTIONS: &'static [Action] = &[
        action("install", "Loads the module now and at every boot, with its options."),
        action("uninstall", "Removes all files about the module, and unloads it if nothing uses it."),
        action(
            "blacklist",
            "Keeps the module from being loaded by itself, and unloads it if nothing uses it.",
        ),
        action("disable", "Keeps the module from being loaded at all. A module that is loaded stays."),
        action("load", "Loads the module now."),
        action("unload", "Unloads the module now. Fails if it is in use."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("modname");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete: what is loaded, what can be loaded, and the files, as diffs. With `--no-commands` it is \
         unknown whether the kernel has a module that is not loaded.";
    const PLATFORMS: &'static str = "Linux with `modprobe`. A container can't load modules.";
    const EXAMPLE: &'static str = r#"
kernel_module "br_netfilter" {
  action = "install",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if self.modname.is_empty() || self.modname.starts_with('-') || !self.modname.chars().all(word) {
            return Err(Failure::new(format!(
                "`{}` is not the name of a module",
                self.modname.escape_debug()
            ))
            .hint("a name has letters, digits, `_` and `-`, and no `.ko`"));
        }
        if !self.options.0.is_empty() && action != "install" {
            return Err(Failure::new(format!(
                "`options` are for `install`, and `{action}` does not use them"
            )));
        }
        if let Some(option) = self.options.0.iter().find(|option| {
            option.is_empty()
                || option.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#' || c == '\\')
        }) {
            return Err(Failure::new(format!("`{}` is not a parameter of a module", option.escape_debug()))
                .hint("one looks like `max_loop=64`; several are a list"));
        }
        Ok(())
    }

    fn needs(&self, action: &str, needs: &mut NeededRights) {
        let (written, removed) = self.files(action);
        written.iter().chain(&removed).for_each(|file| needs.file(&file.path));
        if action == "load" || action == "install" {
            needs.file(self.at_boot().path);
        }
        needs.system(format!("module/{}", self.modname));
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let (written, removed) = self.files(action);
        let mut queries: Vec<Query> = written.iter().flat_map(FileState::observe).collect();
        queries.extend(removed.iter().map(|file| Query::Stat(file.path.clone())));
        if action == "install" {
            queries.extend(self.at_boot().observe());
        }
        if action != "disable" {
            queries.push(Query::Stat(self.directory()));
        }
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let (written, removed) = self.files(action);
        for (files, action) in [(&removed, "delete"), (&written, "create")] {
            for file in files {
                file.portable(action, into);
            }
        }
        let name = self.modname.as_str();
        let load = || PortableCommand {
            act: Command::new(["modprobe", "--", name]),
            unless: Unless::Exists(self.directory()),
        };
        let unload = |act: Command| PortableCommand { act, unless: Unless::Missing(self.directory()) };
        match action {
            "install" | "load" => into.add(Portable::Command(load())),
            "unload" => into.add(Portable::Command(unload(Command::new(["modprobe", "-r", "--", name])))),
            "uninstall" | "blacklist" => {
                into.add(Portable::Command(PortableCommand::unless(
                    script("module_is_in_use", IN_USE, [self.name()]),
                    Command::new(["modprobe", "-r", "--", name]),
                )));
            }
            _ => {}
        }
        if action == "install" {
            self.at_boot().portable("create", into);
        }
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe(action))?;
        let mut changes = self.plan_files(action, known)?;
        changes.extend(match action {
            "install" | "load" => self.load(known)?,
            "uninstall" | "blacklist" => self.unload(known, false)?,
            "unload" => self.unload(known, true)?,
            _ => None,
        });
        // Last: what the kernel refuses now is not to be tried at every boot.
        if action == "install" {
            changes.extend(written_to(&self.at_boot(), known)?);
        }
        Ok(changes)
    }
}
