//! Whether the environment still has the interpreter that it was built with.

use camino::{Utf8Path, Utf8PathBuf};

use super::PythonVenv;
use crate::model::known::{Known, Stop};
use crate::model::query::{End, FileText, Query};
use crate::model::step::Command;
use crate::provider::at_path;

/// Where programs are searched if `environment` has no `PATH`.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Timeout of an interpreter that prints its version, in seconds.
const TIMEOUT: u64 = 60;

impl PythonVenv {
    /// Why the environment can't be used, whatever packages it has.
    ///
    /// # Errors
    /// An answer is missing.
    pub(super) fn why_unusable(&self, configuration: &str, known: &Known) -> Result<Option<String>, Stop> {
        let python = self.inside("bin/python");
        if known.resolve(&python)?.is_none() {
            return Ok(Some("its interpreter is gone".to_owned()));
        }
        if let Some(executable) = executable(configuration)
            && known.resolve(&executable)?.is_none()
        {
            return Ok(Some("its version of Python is gone".to_owned()));
        }
        // An upgrade from 3.11 to 3.12 leaves `bin/python` working, but its packages can't be found.
        if let Some(built) = version(configuration)
            && let Some(now) = self.version_now(&python, known)?
            && built != now
        {
            return Ok(Some(format!("it was built with Python {built}, and its interpreter is {now} now")));
        }
        if self.is_elsewhere(configuration, known)? {
            return Ok(Some("it was built at another path".to_owned()));
        }
        Ok(None)
    }

    /// Major and minor version of the interpreter, from the file name behind the link, or else from its own output.
    fn version_now(&self, python: &Utf8Path, known: &Known) -> Result<Option<String>, Stop> {
        let end = match known.stat(python)?.and_then(|stat| stat.target.as_deref()) {
            Some(target) => at_path::end(python, target, known)?,
            None => python.to_owned(),
        };
        let named = end.file_name().and_then(|name| short(name.strip_prefix("python")?));
        if named.is_some() {
            return Ok(named);
        }
        let tell = ["-I", "-S", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"];
        let argv = [end.as_str()].into_iter().chain(tell).map(str::to_owned).collect();
        let told = known.command(&Command { timeout: TIMEOUT, ..self.surrounded(argv) })?;
        Ok(if told.end == End::Exit(0) { short(told.stdout.trim()) } else { None })
    }

    /// Whether the environment was moved or copied: its programs contain its path.
    fn is_elsewhere(&self, configuration: &str, known: &Known) -> Result<bool, Stop> {
        if let Some(command) = setting(configuration, "command") {
            return Ok(!command.ends_with(&format!(" {}", *self.path)));
        }
        // Before Python 3.11 only a script has the path.
        match known.read(&self.inside("bin/activate"))? {
            Some(FileText::Text(text)) => Ok(!text.contains(self.path.as_str())),
            _ => Ok(false),
        }
    }

    /// Whether an unfinished environment has another interpreter than the declared one.
    ///
    /// # Errors
    /// An answer is missing.
    pub(super) fn is_of_another_python(&self, configuration: &str, known: &Known) -> Result<bool, Stop> {
        if let Some(system) = setting(configuration, "include-system-site-packages")
            && (system == "true") != self.system_site_packages
        {
            return Ok(true);
        }
        let candidates = self.candidates();
        known.want(candidates.iter().cloned().map(Query::Resolve))?;
        let own = known.resolve(&self.inside("bin/python"))?.map(|stat| stat.inode);
        for candidate in candidates {
            if let Ok(Some(stat)) = known.resolve(&candidate) {
                return Ok(own.is_some_and(|own| own != stat.inode));
            }
        }
        Ok(false)
    }

    /// Paths where the declared interpreter may be, in order of precedence.
    fn candidates(&self) -> Vec<Utf8PathBuf> {
        if self.python.starts_with('/') {
            return vec![self.python.as_str().into()];
        }
        let path = self.environment.get("PATH").map_or(PATH, String::as_str);
        let directories = path.split(':').filter(|directory| directory.starts_with('/'));
        directories.map(|directory| Utf8Path::new(directory).join(&self.python)).collect()
    }
}

fn setting<'a>(configuration: &'a str, name: &str) -> Option<&'a str> {
    let settings = configuration.lines().filter_map(|line| line.split_once('='));
    settings.into_iter().find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

/// The interpreter with its version in `pyvenv.cfg` (Python 3.11 and later).
fn executable(configuration: &str) -> Option<Utf8PathBuf> {
    setting(configuration, "executable").map(Utf8PathBuf::from).filter(|path| path.is_absolute())
}

/// Major and minor version that it was built with. virtualenv writes the second key.
pub(super) fn version(configuration: &str) -> Option<String> {
    let told = setting(configuration, "version").or_else(|| setting(configuration, "version_info"));
    told.and_then(short)
}

/// `3.11` for `3.11.2` and for `3.11`.
fn short(version: &str) -> Option<String> {
    let mut numbers = version.splitn(3, '.');
    let major = numbers.next()?.parse::<u32>().ok()?;
    let minor: String = numbers.next()?.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("{major}.{}", minor.parse::<u32>().ok()?))
}
