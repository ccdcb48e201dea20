//! The entry of `[cookbooks]` in chefrs.toml that `chefrs add` writes.

use clap::Args;
use toml_edit::{InlineTable, Value};

use crate::model::english::one_line;
use crate::model::error::Diagnostic;

use super::early_end::EarlyEnd;

#[derive(Debug, Args)]
pub(super) struct AddedWords {
    /// The cookbook: `SCOPE/NAME` or `SCOPE/NAME@RANGE` of a registry, or else what the project calls it:
    /// `include_recipe "NAME"`.
    #[arg(value_name = "COOKBOOK")]
    cookbook: String,
    /// URL of the git repository.
    #[arg(long, value_name = "URL", conflicts_with_all = ["path", "oci", "url"])]
    git: Option<String>,
    /// Directory of the cookbook. A relative path begins in the directory of the project.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["oci", "url"])]
    path: Option<String>,
    /// Name of the cookbook in an OCI registry: `oci.example.org/ops/vault`.
    #[arg(long, value_name = "HOST/NAME", conflicts_with = "url")]
    oci: Option<String>,
    /// URL of an archive: `https://example.org/vault-1.2.0.tar.zst`.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Directory of the cookbook in the repository.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["path", "oci", "url"])]
    subdirectory: Option<String>,
    /// The versions to allow: `^1.2`, `~1.2`, `>=1.2, <3`.
    #[arg(long, value_name = "RANGE", conflicts_with_all = ["tag", "branch", "revision", "url"])]
    version: Option<String>,
    /// The tag to take.
    #[arg(long, value_name = "TAG", conflicts_with_all = ["branch", "revision", "path", "oci", "url"])]
    tag: Option<String>,
    /// The branch to take.
    #[arg(long, value_name = "BRANCH", conflicts_with_all = ["revision", "path", "oci", "url"])]
    branch: Option<String>,
    /// The commit to take.
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["path", "oci", "url"])]
    revision: Option<String>,
    /// The name of the cookbook, if it is not what the project calls it.
    #[arg(long = "cookbook", value_name = "NAME")]
    name: Option<String>,
    /// What the project calls it, if not by its name.
    #[arg(long, value_name = "ALIAS")]
    alias: Option<String>,
}

/// The entry.
#[derive(Debug)]
pub(super) struct AddedEntry {
    pub(super) alias: String,
    /// The name of the cookbook, as far as it is known.
    pub(super) name: String,
    /// The range that was given.
    pub(super) version: Option<String>,
    /// Whether it is one of a registry, which is written as a text.
    is_of_registry: bool,
    keys: Vec<(&'static str, String)>,
}

impl AddedEntry {
    /// The entry for the words that were typed.
    pub(super) fn of(arguments: &AddedWords) -> Result<Self, EarlyEnd> {
        let word = &arguments.cookbook;
        let keys = [
            ("cookbook", &arguments.name),
            ("path", &arguments.path),
            ("git", &arguments.git),
            ("oci", &arguments.oci),
            ("url", &arguments.url),
            ("subdirectory", &arguments.subdirectory),
            ("tag", &arguments.tag),
            ("branch", &arguments.branch),
            ("revision", &arguments.revision),
        ];
        let mut keys: Vec<_> =
            keys.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect();
        let is_elsewhere = [&arguments.path, &arguments.git, &arguments.oci, &arguments.url]
            .iter()
            .any(|given| given.is_some());
        let short = |name: &str| match name.split_once('/') {
            Some((_, short)) => short.replace('-', "_"),
            None => name.to_owned(),
        };
        if is_elsewhere {
            if word.contains('/') && arguments.name.is_none() {
                keys.insert(0, ("cookbook", word.clone()));
            }
            return Ok(Self {
                alias: arguments.alias.clone().unwrap_or_else(|| short(word)),
                name: arguments.name.clone().unwrap_or_else(|| word.clone()),
                version: arguments.version.clone(),
                is_of_registry: false,
                keys,
            });
        }
        let (name, range) = match word.split_once('@') {
            Some((name, range)) => (name, Some(range.to_owned())),
            None => (word.as_str(), None),
        };
        if !name.contains('/') {
            let shown = one_line(word);
            let wrong = Diagnostic::error(format!("it is not said where `{shown}` is"));
            return Err(EarlyEnd::usage(
                wrong
                    .hint("name a directory, a repository, an OCI registry or an archive: `--path`, `--git`, `--oci`, `--url`")
                    .hint(format!("one of a registry is named with its scope: `chefrs add SCOPE/{shown}`")),
            ));
        }
        if range.is_some() && arguments.version.is_some() {
            let wrong = Diagnostic::error("the versions are said twice: after `@`, and with `--version`");
            return Err(EarlyEnd::usage(wrong.hint("leave out one of them")));
        }
        if let Some((key, _)) = keys.iter().find(|(key, _): &&(&str, String)| *key != "cookbook") {
            let wrong = Diagnostic::error(format!("`--{key}` does not go with a cookbook of a registry"));
            return Err(EarlyEnd::usage(wrong.hint("leave it out, or say the repository with `--git`")));
        }
        Ok(Self {
            alias: arguments.alias.clone().unwrap_or_else(|| short(name)),
            name: name.to_owned(),
            version: range.or_else(|| arguments.version.clone()),
            is_of_registry: true,
            keys: Vec::new(),
        })
    }

    /// Whether it names a version, or something that is one.
    pub(super) fn is_settled(&self) -> bool {
        let settles = |key: &str| matches!(key, "path" | "url" | "tag" | "branch" | "revision");
        self.version.is_some() || self.keys.iter().any(|(key, _)| settles(key))
    }

    /// Whether it is an archive, which is written with its sum.
    pub(super) fn is_archive(&self) -> bool {
        self.keys.iter().any(|(key, _)| *key == "url")
    }

    /// The value, with a range and a sum that were found.
    pub(super) fn value(&self, version: Option<&str>, sum: Option<&str>) -> Value {
        if self.is_of_registry {
            return match version {
                Some(version) => format!("{} {version}", self.name).into(),
                None => self.name.as_str().into(),
            };
        }
        let mut entry = InlineTable::new();
        let last = [("version", version), ("sum", sum)];
        let last = last.into_iter().filter_map(|(key, value)| Some((key, value?)));
        let mut add = |key: &str, value: &str| drop(entry.insert(key, value.into()));
        let (before, after): (Vec<_>, Vec<_>) =
            self.keys.iter().partition(|(key, _)| !matches!(*key, "tag" | "branch" | "revision"));
        for (key, value) in before {
            add(key, value);
        }
        for (key, value) in last {
            add(key, value);
        }
        for (key, value) in after {
            add(key, value);
        }
        entry.into()
    }
}
