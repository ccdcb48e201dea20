//! `cron`: a job of cron, in its own file.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::content::{AbsolutePath, FileMode};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};

mod crontab;
mod field;
mod provider;

use field::Field;

/// Directory of job files.
const DIRECTORY: &str = "/etc/cron.d";

/// A job of cron, in its own file in `/etc/cron.d`.
///
/// Each job has its own file, so deleting a job leaves nothing behind. If cron may be missing, declare `package "cron"`
/// first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Cron {
    /// Name of the job and of its file: letters, digits, `_` and `-`. A dot becomes a dash, because cron ignores files
    /// with dots.
    cron_name: String,
    /// Minutes, 0 to 59: a number, `"*"`, a list (`"0,30"`), a range (`"0-15"`), with a step (`"*/5"`).
    #[serde(default)]
    minute: Field,
    /// Hours, 0 to 23, written like minutes.
    #[serde(default)]
    hour: Field,
    /// Days of the month, 1 to 31, written like minutes. If both `day` and `weekday` are given, cron starts the job on
    /// days that match either.
    #[serde(default)]
    day: Field,
    /// Months, 1 to 12 or `jan` to `dec`, written like minutes.
    #[serde(default)]
    month: Field,
    /// Days of the week, 0 to 7 or `sun` to `sat`, written like minutes; 0 and 7 are Sunday.
    #[serde(default)]
    weekday: Field,
    /// A named time, instead of the five fields.
    time: Option<Time>,
    /// Shell command, in one line. chefrs writes a `%` as `\%`, because cron would treat it as a line break.
    command: Option<String>,
    /// User to run as.
    #[serde(default = "root")]
    user: String,
    /// Address that the output is mailed to. `""` sends no mail.
    mailto: Option<String>,
    /// `PATH` of the command: directories, separated by colons.
    path: Option<String>,
    /// Shell that runs the command.
    shell: Option<AbsolutePath>,
    /// Home directory, in which the command starts.
    home: Option<AbsolutePath>,
    /// More environment variables for the command. cron does not expand `$NAME` in a value.
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Comment above the job. It may have several lines.
    comment: Option<String>,
    /// Permissions of the file, in octal. cron ignores a file that users other than root can write. Default: `"0644"`, or
    /// `"0600"` with a secret in it and for a sensitive resource.
    mode: Option<FileMode>,
    /// Whether a value is a secret.
    #[serde(skip)]
    secret: bool,
}

fn root() -> String {
    "root".into()
}

/// The usual times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Time {
    /// At the start of the machine.
    Reboot,
    /// On the first of January, at midnight.
    Yearly,
    /// The same.
    Annually,
    /// On the first of the month, at midnight.
    Monthly,
    /// On Sunday, at midnight.
    Weekly,
    /// At midnight.
    Daily,
    /// The same.
    Midnight,
    /// At the full hour.
    Hourly,
}

impl Time {
    fn word(self) -> &'static str {
        match self {
            Self::Reboot => "@reboot",
            Self::Yearly => "@yearly",
            Self::Annually => "@annually",
            Self::Monthly => "@monthly",
            Self::Weekly => "@weekly",
            Self::Daily => "@daily",
            Self::Midnight => "@midnight",
            Self::Hourly => "@hourly",
        }
    }
}

impl Cron {
    fn file(&self) -> Utf8PathBuf {
        Utf8Path::new(DIRECTORY).join(self.cron_name.replace('.', "-"))
    }

    fn fields(&self) -> [(&Field, &'static field::Range); 5] {
        [
            (&self.minute, &field::MINUTE),
            (&self.hour, &field::HOUR),
            (&self.day, &field::DAY),
            (&self.month, &field::MONTH),
            (&self.weekday, &field::WEEKDAY),
        ]
    }

    fn require_user(&self, known: &Known) -> Result<(), Stop> {
        if known.user(&self.user)?.is_some() {
            return Ok(());
        }
        Err(Failure::new(format!("there is no user `{}`", self.user))
            .hint(format!("declare it before this resource: user \"{}\"", self.user))
            .into())
    }

    fn require_directory(known: &Known) -> Result<(), Stop> {
        match known.resolve(Utf8Path::new(DIRECTORY)) {
            Ok(None) => {
                Err(Failure::new(format!("`{DIRECTORY}` is not there, so no cron would start the job"))
                    .hint("declare it before this resource: package \"cron\"")
                    .into())
            }
            Ok(Some(_)) | Err(Stop::Unknown(_)) => Ok(()),
            Err(stop) => Err(stop),
        }
    }
}
