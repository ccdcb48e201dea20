//! `[secrets]` of `chefrs.toml`: the keys that open encrypted files, and the program that knows secrets.

use serde_json::Value;

use super::defaults::SetValue;
use super::document::Document;
use super::keys;
use super::program::Program;
use crate::model::error::Diagnostic;

/// Name of the table.
const TABLE: &str = "secrets";
/// What stands for the name of the secret in an argument.
pub(super) const NAME: &str = "{name}";
/// Where secrets come from, besides the environment and the files in `secrets/`.
#[derive(Debug, Clone, Default)]
pub struct SecretSettings {
    /// Files with private keys, as they are written there. `None`: those of the program.
    pub identities: Option<SetValue<Vec<String>>>,
    pub(super) program: Option<Program>,
}

/// Parses the table, if there is one.
pub(super) fn read(document: &Document, wrong: &mut Vec<Diagnostic>) -> SecretSettings {
    if !document.values.contains_key(TABLE) {
        return SecretSettings::default();
    }
    let Some(table) = document.inner(TABLE) else {
        let mistake = document.wrong(TABLE, format!("`{TABLE}` must be a table"));
        wrong.push(
            mistake.hint(format!("write `[{TABLE}]`, and below it `identities = [\"~/.ssh/id_ed25519\"]`")),
        );
        return SecretSettings::default();
    };
    let mut unknown = table.unknown_keys("", keys::SECRETS);
    for mistake in &mut unknown {
        // Most likely it is a secret, and the line shows it.
        if let Some(location) = &mut mistake.location {
            location.excerpt.clear();
        }
        mistake.notes.push(
            "a secret itself is never written here: `chefrs secret set NAME` stores it encrypted".into(),
        );
    }
    wrong.extend(unknown);
    let identities = table.strings("identities", wrong);
    let identities = table
        .values
        .get("identities")
        .filter(|value| value.is_array())
        .map(|_: &Value| SetValue { value: identities, location: table.place("identities") });
    let program = Program::read(&table, "program", r#""pass", "show", "{name}""#, wrong);
    if let Some(program) = &program
        && !program.argv[1..].iter().any(|word| word.contains(NAME))
    {
        let mistake = program.wrong("`secrets.program` does not pass on the name of the secret".to_owned());
        wrong
            .push(mistake.hint("write `{name}` in one of its arguments: `[\"pass\", \"show\", \"{name}\"]`"));
    }
    SecretSettings { identities, program }
}
