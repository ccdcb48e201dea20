//! A cookbook that somebody works on, publishes and signs, and a project that may use it.

use std::fs;
use std::process::{Command, Stdio};

use super::ground::Ground;
use crate::patience::CallInTime as _;

/// A cookbook `acme/motd` in `author/`, and the project that may use it.
pub(super) struct Author {
    pub(super) ground: Ground,
}

pub(super) const MANIFEST: &str = "name = \"acme/motd\"\nversion = \"1.0.0\"\ndescription = \"A message.\"\nlicense = \"MIT\"\n\
     capabilities.file = [\"[DIR]/**\"]\n";

impl Author {
    pub(super) fn new() -> Option<Self> {
        let author = Self { ground: Ground::new()? };
        author.ground.git(&["init", "--quiet", "--initial-branch=main", "author"]);
        author.file("cookbook.toml", MANIFEST).file("README.md", "# motd\n");
        author.file("recipes/default.lua", "file '[DIR]/motd' { content = 'one' }\n");
        author.file(
            "tests/default.lua",
            "test 'it is there' { expect = function(run) equal(#run:resources 'file', 1) end }\n",
        );
        author.commit();
        fs::create_dir(author.ground.folder().join("index")).unwrap();
        for name in ["AUTHOR", "COMMITTER"] {
            author.ground.variable(&format!("GIT_{name}_NAME"), "Ada");
            author.ground.variable(&format!("GIT_{name}_EMAIL"), "ada@example.org");
        }
        Some(author)
    }

    pub(super) fn file(&self, path: &str, text: &str) -> &Self {
        self.ground.file(&format!("../author/{path}"), text);
        self
    }

    pub(super) fn commit(&self) -> &Self {
        self.ground.git(&["-C", "author", "add", "--all"]);
        self.ground.git(&["-C", "author", "commit", "--quiet", "-m", "x"]);
        self
    }

    /// The next version: another content of the file.
    pub(super) fn version(&self, version: &str) -> &Self {
        self.file("cookbook.toml", &MANIFEST.replace("1.0.0", version));
        self.file("recipes/default.lua", &format!("file '[DIR]/motd' {{ content = '{version}' }}\n"));
        self.commit()
    }

    /// A new key, and its public line.
    pub(super) fn key(&self, name: &str) -> String {
        let path = self.ground.folder().join(name);
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(&path).stdin(Stdio::null());
        assert!(command.output_in_time().unwrap().status.success());
        fs::read_to_string(path.with_extension("pub")).unwrap().trim().to_owned()
    }

    /// Calls `chefrs cookbook VERB` for the cookbook.
    pub(super) fn call(&self, words: &[&str]) -> (i32, String) {
        let mut all = vec!["cookbook"];
        all.extend(words);
        all.extend(["--project", "../author"]);
        self.ground.call(&all)
    }

    pub(super) fn publish(&self, more: &[&str]) {
        let words: Vec<&str> = ["publish"].iter().chain(more).copied().collect();
        let (status, text) = self.call(&words);
        assert_eq!(status, 0, "{text}");
        assert!(text.contains("\npublished acme/motd "), "{text}");
    }

    pub(super) fn refused(&self, words: &[&str], status: i32, says: &[&str]) {
        let (found, text) = self.call(words);
        assert_eq!(found, status, "{words:?}: {text}");
        for part in says {
            assert!(text.contains(part), "{words:?} does not say {part:?}: {text}");
        }
        assert!(!text.contains("\npublished "), "{text}");
    }
}

/// The registry as projects name it.
pub(super) const REGISTRY: &str = "[registries]\nacme = { index = \"../index\", min-age = \"0 days\" }\n";
