//! The index of a registry in a directory, and cookbooks that are published there.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use chefrs::cookbook::SharedFile;
use chefrs::cookbook::archive::pack;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// An index in a directory. What is published writes a file with its name into the directory of the project.
pub(super) struct Index {
    pub(super) root: PathBuf,
    target: String,
}

/// The files of a cookbook: a manifest, and a recipe that writes a file with its version.
pub(super) fn cookbook(name: &str, version: &str, rest: &str, target: &str) -> Vec<SharedFile> {
    let short = name.split('/').next_back().unwrap().replace('-', "_");
    let file = |path: &str, text: String| SharedFile {
        path: path.to_owned(),
        executable: false,
        bytes: text.into_bytes(),
    };
    vec![
        file(
            "cookbook.toml",
            format!(
                "name = \"{name}\"\nversion = \"{version}\"\n{rest}\n[capabilities]\nfile = [\"{target}/**\"]\n"
            ),
        ),
        file("recipes/default.lua", format!("file \"{target}/{short}\" {{ content = \"{version}\\n\" }}\n")),
    ]
}

/// The sum of files, as the documentation has it.
pub(super) fn h1(files: &[SharedFile]) -> String {
    let hex = |bytes: &[u8]| {
        Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    };
    let mut lines: Vec<(String, String)> = files
        .iter()
        .map(|file| {
            let mark = if file.executable { 'x' } else { '-' };
            (file.path.clone(), format!("{mark} {} {}\n", hex(&file.bytes), file.path))
        })
        .collect();
    lines.sort();
    let text: String = lines.into_iter().map(|(_, line)| line).collect();
    format!("h1:sha256:{}", hex(text.as_bytes()))
}

impl Index {
    /// An empty one, for a project.
    pub(super) fn new(root: PathBuf, project: &Path) -> Self {
        fs::create_dir_all(&root).unwrap();
        Self { root, target: project.display().to_string() }
    }

    /// Publishes a version. `more` is laid over its line.
    pub(super) fn publish(&self, name: &str, version: &str, dependencies: Value, more: Value) -> String {
        let mut rest = "[dependencies]\n".to_owned();
        for (alias, what) in dependencies.as_object().unwrap() {
            writeln!(rest, "{alias} = {what}").unwrap();
        }
        let files = cookbook(name, version, &rest, &self.target);
        self.publish_files(name, version, &files, dependencies, more)
    }

    /// Publishes files as a version.
    pub(super) fn publish_files(
        &self,
        name: &str,
        version: &str,
        files: &[SharedFile],
        dependencies: Value,
        more: Value,
    ) -> String {
        let source = format!("archives/{}-{version}.tar.zst", name.replace('/', "-"));
        self.write(&source, &pack(files).unwrap());
        let sum = h1(files);
        let mut line = json!({
            "name": name, "version": version, "description": format!("{name} for specs"), "license": "MIT",
            "dependencies": dependencies, "capabilities": {"file": ["/etc/**"]}, "sum": sum, "source": source,
            "published": "2020-01-01T00:00:00Z", "yanked": false, "key of a later chefrs": [1],
        });
        for (key, value) in more.as_object().unwrap() {
            line[key] = value.clone();
        }
        self.add(name, &line.to_string());
        sum
    }

    /// Adds a line for a cookbook.
    pub(super) fn add(&self, name: &str, line: &str) {
        let text = fs::read_to_string(self.root.join(name)).unwrap_or_default();
        self.write(name, format!("{text}{line}\n").as_bytes());
    }

    /// Changes the file of a cookbook.
    pub(super) fn change(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.root.join(name)).unwrap();
        assert!(text.contains(from), "{text}");
        self.write(name, text.replace(from, to).as_bytes());
    }

    pub(super) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
