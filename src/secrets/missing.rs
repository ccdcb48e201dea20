//! What is said of secrets that are not there, or there twice.

use super::asking::AskingNode;
use crate::cookbook::Project;
use crate::cookbook::secret_files::SecretPlace;
use crate::cookbook::secret_name::is_file_like;
use crate::model::collection::deferred::secret_key;
use crate::model::english::{list, nearest, one_line};
use crate::model::error::Diagnostic;
use crate::model::variables::SECRET;

/// The environment variable of a secret.
fn variable(name: &str) -> String {
    format!("{}{}", SECRET.name, secret_key(name).to_ascii_uppercase())
}

/// No source has it.
pub(super) fn told(name: &str, project: &Project, node: &AskingNode) -> Diagnostic {
    let shown = one_line(name);
    let mut wrong = Diagnostic::error(format!("the secret `{shown}` is not known"));
    let places: Vec<SecretPlace> = node.places().into_iter().flatten().collect();
    let looked: Vec<String> = places.iter().map(|place| format!("`{}/`", place.folder())).collect();
    wrong.notes.push(format!("it is not in {}", list(&looked, "or")));
    let stored: Vec<String> = places
        .iter()
        .flat_map(|place| project.secret_files(place).unwrap_or_default())
        .map(|file| file.name)
        .collect();
    if let Some(near) = nearest(name, stored.iter().map(String::as_str)) {
        wrong.hints.push(format!("did you mean `{near}`?"));
    }
    let elsewhere = elsewhere(name, project, &places);
    if !elsewhere.is_empty() {
        wrong.notes.push(format!("{} has it, which is not asked here", list(&elsewhere, "and")));
    }
    if is_file_like(name) {
        wrong.hints.push(format!("store it, encrypted: `chefrs secret set {shown}`"));
        wrong.hints.push(format!("or give it in the environment variable {}", variable(name)));
    } else {
        wrong.hints.push(format!("give it in the environment variable {}", variable(&shown)));
    }
    wrong
}

/// The places of other nodes and groups that have it.
fn elsewhere(name: &str, project: &Project, asked: &[SecretPlace]) -> Vec<String> {
    let key = secret_key(name);
    let has = |place: &SecretPlace| {
        let files = project.secret_files(place).unwrap_or_default();
        files.iter().any(|file| secret_key(&file.name) == key)
    };
    let places = project.secret_places().unwrap_or_default().into_iter();
    places.filter(|place| !asked.contains(place) && has(place)).map(|place| place.to_string()).collect()
}

/// It is empty in the environment: the output of a failed command, `CHEFRS_SECRET_X="$(false)"`.
pub(super) fn empty(name: &str) -> Diagnostic {
    Diagnostic::error(format!("the secret `{}` is empty", one_line(name)))
        .hint(format!("{} is set but empty: check the command that sets it", variable(name)))
}

/// Two places that count the same have it.
pub(super) fn twice(name: &str, first: &str, second: &str) -> Diagnostic {
    Diagnostic::error(format!("the secret `{}` is in `{first}` and in `{second}`", one_line(name)))
        .note("neither counts more than the other")
        .hint(format!(
            "remove one of them, or set it for the node itself: `chefrs secret set {} --node NODE`",
            one_line(name)
        ))
}
