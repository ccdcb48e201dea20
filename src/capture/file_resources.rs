//! Makes resources of files, with names in the place of secrets.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::{Map, Value, json};

use super::declaration::CapturedResource;
use super::secret_text::{self, SecretNames, SecretPart};
use super::template_text::as_template;
use crate::model::collection::deferred;
use crate::model::lua_value;
use crate::model::query::Stat;

/// Most lines of a file whose text stands in the recipe. Longer ones are files of the cookbook.
const INLINE_LINES: usize = 4;

/// The files of a machine in the making.
#[derive(Default)]
pub(super) struct FileResources {
    names: SecretNames,
    /// The secrets that were found, with the file that each is in.
    pub(super) secrets: BTreeMap<String, Utf8PathBuf>,
}

impl FileResources {
    /// A file whose text is known, with names in the place of secrets.
    pub(super) fn with_text(&mut self, path: &Utf8Path, text: &str) -> CapturedResource {
        let parts = secret_text::find(path, text);
        if parts.is_empty() {
            if text.lines().count() <= INLINE_LINES && text.len() <= 400 {
                return CapturedResource::new("file", path.as_str()).with("content", text);
            }
            return with_bytes(path, text.as_bytes().to_vec());
        }
        if let [SecretPart { range, word }] = parts.as_slice()
            && *range == (0..text.len())
        {
            let name = self.secret(path, word, text);
            return CapturedResource::new("file", path.as_str())
                .with("content", json!({ deferred::SECRET: name }));
        }
        let source = format!("{}.hbs", place_of(path));
        let (template, variables) = self.template(path, text, &parts);
        let mut file = CapturedResource::new("template", path.as_str())
            .with("source", source.as_str())
            .with("variables", Value::Object(variables));
        file.files.push((format!("templates/{source}"), template.into_bytes()));
        file
    }

    /// A resource with a text as its content. With secrets in it, that is a rendered template of the cookbook.
    pub(super) fn with_content(
        &mut self,
        mut declaration: CapturedResource,
        path: &Utf8Path,
        text: &str,
        source: &str,
    ) -> CapturedResource {
        let parts = secret_text::find(path, text);
        if parts.is_empty() {
            return declaration.with("content", text);
        }
        let source = format!("{source}.hbs");
        let (template, variables) = self.template(path, text, &parts);
        declaration.files.push((format!("templates/{source}"), template.into_bytes()));
        declaration.with("content", json!({ lua_value::RENDER: [source, variables] }))
    }

    /// The text as a template, and its variables.
    fn template(
        &mut self,
        path: &Utf8Path,
        text: &str,
        parts: &[SecretPart],
    ) -> (String, Map<String, Value>) {
        let (mut template, mut variables, mut done) = (String::new(), Map::new(), 0);
        let mut by_value: BTreeMap<&str, String> = BTreeMap::new();
        for part in parts.iter().filter(|part| !part.range.is_empty()) {
            if part.range.start < done {
                continue;
            }
            let value = &text[part.range.clone()];
            let variable = match by_value.get(value) {
                Some(variable) => variable.clone(),
                None => {
                    let name = self.secret(path, &part.word, value);
                    variables.insert(name.clone(), json!({ deferred::SECRET: name }));
                    by_value.insert(value, name.clone());
                    name
                }
            };
            template.push_str(&as_template(&text[done..part.range.start], true));
            template.extend(["{{", &variable, "}}"]);
            done = part.range.end;
        }
        template.push_str(&as_template(&text[done..], false));
        (template, variables)
    }

    /// A name for a secret. The same value has one name, wherever it stands.
    pub(super) fn secret(&mut self, path: &Utf8Path, word: &str, value: &str) -> String {
        let name = self.names.name(path, word, value);
        self.secrets.entry(name.clone()).or_insert_with(|| path.to_owned());
        name
    }
}

/// A file that is a file of the cookbook, too.
pub(super) fn with_bytes(path: &Utf8Path, bytes: Vec<u8>) -> CapturedResource {
    let source = place_of(path);
    let mut file = CapturedResource::new("cookbook_file", path.as_str()).with("source", source.as_str());
    file.files.push((format!("files/{source}"), bytes));
    file
}

/// Owner, group and mode, where they are not what a new file of root has.
pub(super) fn with_attributes(
    mut declaration: CapturedResource,
    stat: &Stat,
    usual: u32,
) -> CapturedResource {
    if stat.uid != 0 {
        declaration = declaration.with("owner", stat.owner.as_str());
    }
    if stat.gid != 0 {
        declaration = declaration.with("group", stat.group.as_str());
    }
    let has_secret =
        declaration.properties.iter().any(|(_, value)| value.to_string().contains(deferred::SECRET));
    if stat.mode != usual || has_secret {
        declaration = declaration.with("mode", format!("{:04o}", stat.mode));
    }
    declaration
}

/// Where a file of the machine is below `files/` or `templates/`: the same path, without `/etc`.
pub(super) fn place_of(path: &Utf8Path) -> String {
    let path = path.strip_prefix("/etc").or_else(|_| path.strip_prefix("/")).unwrap_or(path);
    path.as_str().to_owned()
}

/// Reads base64.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
