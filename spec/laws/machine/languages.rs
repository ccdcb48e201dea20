//! Packages of languages on the machine in memory: what pip, npm and gem have installed, a file for each.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value, json};

use super::Machine;
use super::programs::NOT_FOUND;

/// What the world outside has, with the newest version and an older one.
const OFFERED: &[(&str, &str, &str)] =
    &[("gunicorn", "23.0.0", "22.0.0"), ("pm2", "5.4.3", "5.0.0"), ("bundler", "2.5.23", "2.0.0")];

/// The version that a name stands for; nothing where there is none.
fn version(name: &str, said: Option<&str>) -> Option<&'static str> {
    let (_, newest, older) = OFFERED.iter().find(|(offered, ..)| *offered == name)?;
    match said {
        None | Some("latest") => Some(newest),
        Some(said) => [*newest, *older].into_iter().find(|version| *version == said),
    }
}

fn newest(name: &str) -> &'static str {
    version(name, None).unwrap_or_default()
}

/// The names among the words of a command, without its options.
fn names<'a>(words: &[&'a str]) -> Vec<&'a str> {
    words.iter().copied().filter(|word| !word.starts_with('-')).collect()
}

/// The packages among the words of a command, each with the version behind the separator.
fn wanted<'a>(words: &[&'a str], separator: &str) -> Vec<(&'a str, Option<&'a str>)> {
    let split = |name: &'a str| match name.split_once(separator) {
        Some((name, version)) => (name, Some(version)),
        None => (name, None),
    };
    names(words).into_iter().map(split).collect()
}

impl Machine {
    /// Packages in a directory: name and version.
    fn packages_in(&self, directory: &Utf8Path) -> Vec<(String, String)> {
        let names = self.list(directory).unwrap_or_default();
        names.into_iter().filter_map(|name| Some((name.clone(), self.text(directory.join(name))?))).collect()
    }

    /// Installs packages, all or none; the exit status.
    fn install_in(&mut self, directory: &Utf8Path, wanted: &[(&str, Option<&str>)]) -> i32 {
        let versions: Option<Vec<(&str, &str)>> =
            wanted.iter().map(|(name, said)| Some((*name, version(name, *said)?))).collect();
        let Some(versions) = versions else { return 1 };
        let mut above: Vec<Utf8PathBuf> = directory.ancestors().map(Utf8Path::to_owned).collect();
        above.reverse();
        for directory in above {
            if !self.has(&directory) {
                let real = self.real(&directory, true);
                self.directory(real);
            } else if self.list(&directory).is_none() {
                return 1;
            }
        }
        for (name, version) in versions {
            self.write(directory.join(name).as_str(), version.to_owned(), false);
        }
        0
    }

    fn remove_in(&mut self, directory: &Utf8Path, names: &[&str]) {
        for name in names {
            let real = self.real(&directory.join(name), false);
            self.remove(&real);
        }
    }

    /// `python -m pip`: the exit status, and what it prints.
    pub(super) fn pip(&mut self, python: &str, words: &[&str]) -> (i32, String) {
        let environment =
            Utf8Path::new(python).parent().and_then(Utf8Path::parent).filter(|_| self.has(python));
        let directory = match environment {
            Some(environment) => environment.join("lib/site-packages"),
            None if python.contains('/') || !self.has_program(python) => return (NOT_FOUND, String::new()),
            None if !self.has_program("pip3") => return (1, String::new()),
            None => "/usr/local/lib/python3".into(),
        };
        let all = self.packages_in(&directory);
        match words {
            ["install", rest @ ..] => (self.install_in(&directory, &wanted(rest, "==")), String::new()),
            ["uninstall", rest @ ..] => {
                self.remove_in(&directory, &names(rest));
                (0, String::new())
            }
            ["list", "--outdated", ..] => {
                let old = all.iter().filter(|(name, version)| version != newest(name));
                let old = old.map(|(name, version)| {
                    json!({ "name": name, "version": version, "latest_version": newest(name) })
                });
                (0, Value::from(old.collect::<Vec<_>>()).to_string())
            }
            ["list", ..] => {
                let all = all.iter().map(|(name, version)| json!({ "name": name, "version": version }));
                (0, Value::from(all.collect::<Vec<_>>()).to_string())
            }
            _ => (2, String::new()),
        }
    }

    /// `npm`: the exit status, and what it prints.
    pub(super) fn npm(&mut self, words: &[&str]) -> (i32, String) {
        let (directory, words): (Utf8PathBuf, _) = match words {
            ["--prefix", path, rest @ ..] => (Utf8Path::new(path).join("node_modules"), rest),
            ["--global", rest @ ..] => ("/usr/local/lib/node_modules".into(), rest),
            _ => return (1, String::new()),
        };
        let all = self.packages_in(&directory);
        match words {
            ["install", rest @ ..] => (self.install_in(&directory, &wanted(rest, "@")), String::new()),
            ["uninstall", rest @ ..] => {
                self.remove_in(&directory, &names(rest));
                (0, String::new())
            }
            ["ls", ..] => {
                let all: Map<String, Value> =
                    all.into_iter().map(|(name, version)| (name, json!({ "version": version }))).collect();
                (0, json!({ "dependencies": all }).to_string())
            }
            ["outdated", ..] => {
                let old = all.into_iter().filter(|(name, version)| version != newest(name));
                let old: Map<String, Value> =
                    old.map(|(name, _)| (name.clone(), json!({ "latest": newest(&name) }))).collect();
                (i32::from(!old.is_empty()), Value::from(old).to_string())
            }
            _ => (1, String::new()),
        }
    }

    /// `gem`, which keeps versions side by side: the exit status, and what it prints.
    pub(super) fn gem(&mut self, words: &[&str]) -> (i32, String) {
        let directory = Utf8Path::new("/var/lib/gems");
        let at = words.iter().position(|word| *word == "--version");
        let said = at.and_then(|at| words.get(at + 1)).copied();
        let name = names(words).get(1).copied().unwrap_or_default();
        let files: Vec<String> = self.list(directory).unwrap_or_default();
        let split =
            |file: &str| file.rsplit_once('-').map(|(name, version)| (name.to_owned(), version.to_owned()));
        match words {
            ["install", ..] => {
                let Some(version) = version(name, said) else { return (2, String::new()) };
                self.file(directory.join(format!("{name}-{version}")), version);
                (0, String::new())
            }
            ["uninstall", ..] => {
                let goes = |file: &&String| {
                    split(file).is_some_and(|(other, version)| {
                        other == name && said.is_none_or(|said| said == version)
                    })
                };
                for file in files.iter().filter(goes) {
                    self.remove(&directory.join(file));
                }
                (0, String::new())
            }
            ["list", ..] => {
                let mut lines: Vec<(String, Vec<String>)> = Vec::new();
                for (name, version) in files.iter().filter_map(|file| split(file)) {
                    match lines.iter_mut().find(|(other, _)| *other == name) {
                        Some((_, versions)) => versions.insert(0, version),
                        None => lines.push((name, vec![version])),
                    }
                }
                let line =
                    |(name, versions): &(String, Vec<String>)| format!("{name} ({})\n", versions.join(", "));
                (0, lines.iter().map(line).collect())
            }
            ["outdated", ..] => {
                let has_newest = |name: &str| files.contains(&format!("{name}-{}", newest(name)));
                let old = files.iter().filter_map(|file| split(file)).filter(|(name, _)| !has_newest(name));
                let line =
                    |(name, version): (String, String)| format!("{name} ({version} < {})\n", newest(&name));
                (0, old.map(line).collect::<Vec<_>>().concat())
            }
            _ => (1, String::new()),
        }
    }
}
