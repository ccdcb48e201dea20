//! Which secret of which project a command is about.

use camino::Utf8PathBuf;
use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cookbook::Project;
use crate::cookbook::secret_files::{SecretFile, SecretForm, SecretPlace};
use crate::cookbook::secret_name::is_file_like;
use crate::model::collection::deferred::secret_key;
use crate::model::english::{list, nearest, one_line, suggestion};
use crate::model::error::Diagnostic;
use crate::secrets::SecretSources;

use super::super::early_end::EarlyEnd;
use super::super::project::open;
use super::super::{complete, environment};

/// A secret, and whom it is for.
#[derive(Debug, Args)]
pub(super) struct NamedSecret {
    /// The secret, as in `secret "NAME"`.
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(complete::secrets))]
    name: String,
    /// The value for this node alone.
    #[arg(long, value_name = "NODE", add = ArgValueCompleter::new(complete::nodes), conflicts_with = "group")]
    node: Option<String>,
    /// The value for the nodes of this group.
    #[arg(long, value_name = "GROUP", add = ArgValueCompleter::new(complete::groups))]
    group: Option<String>,
    #[command(flatten)]
    pub(super) project: SecretProject,
}

#[derive(Debug, Args)]
pub(super) struct SecretProject {
    /// Directory of the project. Default: this directory, or the project that it is a part of.
    #[arg(long, value_name = "DIR")]
    project: Option<Utf8PathBuf>,
}

impl SecretProject {
    pub(super) fn open(&self) -> Result<Project, EarlyEnd> {
        open(self.project.as_deref())
    }
}

impl NamedSecret {
    /// Where it is, or will be: a file that is there already, with the same name but for `-`, `.` and capitals, or else a
    /// new one.
    ///
    /// # Errors
    /// The name can't be that of a file, or there is no such node or group.
    pub(super) fn file(&self, project: &Project) -> Result<SecretFile, EarlyEnd> {
        let name = &self.name;
        if !is_file_like(name) {
            let wrong =
                Diagnostic::error(format!("`{}` can't be the name of a secret in a file", one_line(name)));
            return Err(EarlyEnd::usage(wrong.hint(
                "it may have letters, digits, `_`, `-` and `.`, of which the last two don't come first",
            )));
        }
        let place = self.place(project)?;
        let same =
            |file: &SecretFile| file.form == SecretForm::Age && secret_key(&file.name) == secret_key(name);
        if let Some(file) = project.secret_files(&place)?.into_iter().find(same) {
            return Ok(file);
        }
        let path = place.file(name);
        Ok(SecretFile { place, name: name.clone(), path, form: SecretForm::Age })
    }

    fn place(&self, project: &Project) -> Result<SecretPlace, EarlyEnd> {
        let place = match (&self.node, &self.group) {
            (Some(node), _) => {
                SecretPlace::Node(project.inventory()?.node(node).map_err(EarlyEnd::usage)?.name.clone())
            }
            (None, Some(group)) => {
                let groups: Vec<&str> = project.inventory()?.groups().collect();
                if !groups.contains(&group.as_str()) {
                    let wrong = Diagnostic::error(format!("there is no group `{}`", one_line(group)));
                    let hint = match groups.as_slice() {
                        [] => "there are no groups yet: write one to `groups/NAME.toml`".to_owned(),
                        some => suggestion(group, some, "there are"),
                    };
                    return Err(EarlyEnd::usage(wrong.hint(hint)));
                }
                SecretPlace::Group(group.clone())
            }
            (None, None) => SecretPlace::All,
        };
        let name = place.folder().rsplit('/').next().unwrap_or_default().to_owned();
        if !is_file_like(&name) {
            let wrong = format!("`{}` can't be the name of a folder", one_line(&name));
            return Err(EarlyEnd::usage(
                Diagnostic::error(wrong).hint("give the node or group a simpler name"),
            ));
        }
        Ok(place)
    }

    /// The sources, and the file, which must exist.
    ///
    /// # Errors
    /// There is no such file. The error tells where the secret is instead.
    pub(super) fn existing(&self, project: &Project) -> Result<SecretFile, EarlyEnd> {
        let file = self.file(project)?;
        let in_place = project.secret_files(&file.place)?;
        if in_place.contains(&file) {
            return Ok(file);
        }
        let wrong = Diagnostic::error(format!("there is no secret `{}` for {}", file.name, file.place));
        let mut elsewhere = Vec::new();
        for place in project.secret_places()? {
            let has = project
                .secret_files(&place)?
                .iter()
                .any(|other| secret_key(&other.name) == secret_key(&file.name));
            if has {
                elsewhere.push(place);
            }
        }
        let names = in_place.iter().map(|file| file.name.as_str());
        let hint = match (elsewhere.as_slice(), nearest(&file.name, names)) {
            ([], Some(near)) => format!("did you mean `{near}`?"),
            ([], None) => "`chefrs secret list` shows which there are".to_owned(),
            (some, _) => {
                let some: Vec<String> = some.iter().map(ToString::to_string).collect();
                format!("there is one for {}", list(&some, "and"))
            }
        };
        Err(EarlyEnd::usage(wrong.hint(hint)))
    }
}

/// The sources of secrets of a project.
pub(super) fn sources(project: &Project) -> Result<SecretSources<'_>, EarlyEnd> {
    Ok(SecretSources::new(project, environment::secrets()?))
}
