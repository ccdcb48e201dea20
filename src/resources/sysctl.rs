//! `sysctl`: a kernel parameter, now and after every boot.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, Content};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, script};
use crate::model::query::{Answer, FileKind, FileText, Query};
use crate::model::step::{Attributes, Command, Step};
use crate::provider::file_state::FileState;
use crate::provider::{Action, Provider, action, at_path};

use setting::words;

mod order;
mod setting;

/// The mounts of the process that reads it, in the order in which they were made.
const MOUNTS: &str = "/proc/self/mounts";

/// A kernel parameter, now and after every boot.
///
/// Both the value that the kernel has now and the file in `/etc/sysctl.d` that sets it at boot are compared. The
/// program `sysctl` is not needed. The file is read after the others in the directory, so it wins over them. A file
/// that is read even later and sets another value is an error. `sysctl --system` reads `/etc/sysctl.conf` last; if that
/// sets another value, a warning names the line.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Sysctl {
    /// Name of the parameter: `net.ipv4.ip_forward`. A dot inside a component is written as `/`, as in sysctl(8).
    key: String,
    /// Value, as text. Several words are separated by single spaces.
    value: Option<String>,
    /// Comment in the file.
    comment: Option<String>,
    /// Directory of the file.
    #[serde(default = "conf_dir")]
    conf_dir: AbsolutePath,
    /// Whether a parameter that the running kernel lacks, or does not allow to be set, is left to the next boot.
    #[serde(default)]
    ignore_error: bool,
}

fn conf_dir() -> AbsolutePath {
    AbsolutePath::parse("/etc/sysctl.d").unwrap_or_default()
}

impl Sysctl {
    /// The parameter's file below `/proc/sys`.
    fn live(&self) -> Utf8PathBuf {
        Utf8PathBuf::from("/proc/sys").join(setting::path(&self.key))
    }

    fn value(&self) -> String {
        words(self.value.as_deref().unwrap_or_default())
    }

    /// Its file in the directory. The prefix `lead` decides the order.
    fn file(&self, lead: &str) -> Utf8PathBuf {
        self.conf_dir.join(format!("{lead}-chefrs-{}.conf", self.key.replace('/', "-")))
    }

    /// The file that earlier versions of chefrs wrote. Others with numbers, such as the one for `/etc/sysctl.conf`, are
    /// read after it.
    fn former(&self) -> Utf8PathBuf {
        self.file("99")
    }

    /// The file that sets it at boot. Files are read in the order of their names, so it comes last.
    fn at_boot(&self) -> FileState {
        let comment = self.comment.as_ref().map(|comment| format!("# {comment}\n")).unwrap_or_default();
        FileState {
            path: self.file("zz"),
            content: Some(Content::Text(format!("{comment}{} = {}\n", self.key, self.value()))),
            attributes: Attributes { mode: Some(0o644), ..Attributes::default() },
            ..FileState::default()
        }
    }

    /// The changes to the files: ours is written, and the former one is removed.
    fn plan_at_boot(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let mut changes = self.at_boot().plan_create(known)?;
        for change in &mut changes {
            change.summary = format!("at boot: {}", change.summary);
        }
        if self.has_former(known)? {
            let former = self.former();
            let step = Step::Remove { path: former.clone(), recursive: false, backup: 0 };
            let change = Change::new(format!("at boot: delete its former file `{former}`"), step);
            changes.push(at_path::with_stat(change, &former, None));
        }
        Ok(changes)
    }

    fn has_former(&self, known: &Known) -> Result<bool, Stop> {
        let stat = known.stat(&self.former())?;
        Ok(stat.is_some_and(|stat| stat.kind == FileKind::File))
    }

    fn plan_remove(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let mut changes = self.at_boot().plan_delete(known)?;
        if self.has_former(known)? {
            changes.extend(FileState { path: self.former(), ..self.at_boot() }.plan_delete(known)?);
        }
        Ok(changes)
    }

    fn plan_apply(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe("apply"))?;
        let warning = order::require_last(&self.at_boot().path, &self.key, &self.value(), known)?;
        let now = self.now(known)?;
        let at_boot = self.plan_at_boot(known)?;
        let mut changes: Vec<Change> = if now.is_none() || !self.ignore_error {
            // The kernel first: if it refuses the value, no file may set it at every boot.
            now.into_iter().chain(at_boot).collect()
        } else {
            at_boot.into_iter().chain(now).collect()
        };
        if let Some(first) = changes.first_mut() {
            first.warning = first.warning.take().or(warning);
        }
        Ok(changes)
    }

    fn now(&self, known: &Known) -> Result<Option<Change>, Stop> {
        let path = self.live();
        let old = match known.read(&path)? {
            Some(FileText::Text(text)) => words(text),
            _ if self.ignore_error => return Ok(None),
            _ => {
                return Err(Failure::new(format!("the kernel has no parameter `{}`", self.key))
                    .hint("look for it: ls /proc/sys; it may come with a module that is not loaded")
                    .hint("or say `ignore_error = true` to set it at the next boot")
                    .into());
            }
        };
        let value = self.value();
        if old == value {
            return Ok(None);
        }
        if is_read_only(&path, known)? {
            if self.ignore_error {
                return Ok(None);
            }
            return Err(Failure::impossible(format!(
                "`{}` is {old} and can't be set: `{path}` is mounted read-only, as in most containers",
                self.key
            ))
            .hint("say `ignore_error = true` to set it at the next boot only")
            .into());
        }
        // The kernel takes a value in one write(2). dd(1) does that, and prints the kernel's reason if it is refused.
        let set = Command {
            input: Some(format!("{value}\n")),
            returns: if self.ignore_error { vec![0, 1] } else { Vec::new() },
            ..Command::new(["dd", &format!("of={path}"), "status=none"])
        };
        let change = Change::new(format!("set {} to {value}, was {old}", self.key), Step::Run(set))
            .reaching(Reach::Told);
        if self.ignore_error {
            return Ok(Some(change.repeats()));
        }
        Ok(Some(change.then(Query::Read(path), Answer::Read(Some(FileText::Text(format!("{value}\n")))))))
    }
}

/// Whether a path is on a read-only file system. File modes and access(2) say nothing about `/proc/sys`.
///
/// # Errors
/// An answer is missing.
fn is_read_only(path: &Utf8Path, known: &Known) -> Result<bool, Stop> {
    known.want([Query::Read(MOUNTS.into())])?;
    let Ok(Some(FileText::Text(mounts))) = known.read(MOUNTS.into()) else { return Ok(false) };
    let over = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        let (point, options) = (fields.next()?, fields.nth(1)?);
        path.starts_with(point).then_some((point.len(), options))
    });
    // The innermost mount; of several at one path, the last.
    let nearest = over.max_by_key(|(length, _)| *length);
    Ok(nearest.is_some_and(|(_, options)| options.split(',').any(|option| option == "ro")))
}

/// Whether a parameter of the kernel has a value.
const IS: &str = r#"[ "$(tr -s '[:space:]' ' ' <"$1" | sed 's/ $//')" = "$2" ]"#;

/// Sets it.
const SET: &str = r#"printf '%s\n' "$2" | dd of="$1" status=none"#;

impl Provider for Sysctl {
    const NAME: &'static str = "sysctl";
    const ACTIONS: &'static [Action] = &[
        action("apply", "Sets the parameter now and at every boot."),
        action("remove", "Removes the file that sets it at boot. The present value stays."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("key");
    const NEEDS_ROOT: bool = true;
    const PLAN: &'static str = "Complete: the value in the kernel and the file that sets it at boot.";
    const PLATFORMS: &'static str =
        "Any Linux with `/proc/sys`. In most containers the kernel's parameters are read-only.";
    const EXAMPLE: &'static str = r#"
sysctl "net.core.somaxconn" {
  value = "4096",
  comment = "Room for bursts of new connections.",
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '/' | '_' | '-');
        let parts = self.key.split(['.', '/']);
        if !self.key.chars().all(word) || parts.clone().count() < 2 || parts.clone().any(str::is_empty) {
            return Err(Failure::new(format!("`{}` is not the name of a kernel parameter", self.key))
                .hint("a name looks like `net.ipv4.ip_forward`"));
        }
        if action == "apply" && self.value().is_empty() {
            return Err(Failure::new("a parameter to apply needs a `value`"));
        }
        if self.comment.as_ref().is_some_and(|comment| comment.contains('\n')) {
            return Err(Failure::new("`comment` is a single line"));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.file(self.at_boot().path);
        needs.file(self.former());
        needs.system(format!("sysctl/{}", self.key));
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries = self.at_boot().observe();
        queries.push(Query::Stat(self.former()));
        if action == "apply" {
            queries.push(Query::Read(self.live()));
            queries.extend(order::observe(&self.conf_dir));
        }
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        if action == "remove" {
            self.at_boot().portable("delete", into);
            FileState { path: self.former(), ..self.at_boot() }.portable("delete", into);
            return Ok(());
        }
        let arguments = [self.live().into_string(), self.value()];
        let mut act = script("set_parameter", SET, arguments.clone());
        if self.ignore_error {
            act.returns = vec![0, 1];
        }
        into.add(Portable::Command(PortableCommand::unless(script("parameter_is", IS, arguments), act)));
        self.at_boot().portable("create", into);
        FileState { path: self.former(), ..self.at_boot() }.portable("delete", into);
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        if action == "remove" { self.plan_remove(known) } else { self.plan_apply(known) }
    }
}
