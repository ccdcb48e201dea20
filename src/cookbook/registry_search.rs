//! Searches the registries of a project for cookbooks.

use super::cache::CacheDirectory;
use super::fetch_git::GitFetcher;
use super::index_line::IndexLine;
use super::index_place::IndexPlace;
use super::range::is_newer;
use super::scoped_name::is_scoped;
use super::sharing::SharedCookbooks;
use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Diagnostics, Location};
use crate::model::sorted;

/// Most cookbooks that are looked at in one registry.
const NAMES: usize = 20_000;

/// What was found.
#[derive(Debug, Default)]
pub struct FoundCookbooks {
    /// `acme/nginx 1.4.2  nginx with sane TLS`, sorted.
    pub lines: Vec<String>,
    /// Registries that could not be searched.
    pub warnings: Vec<Diagnostic>,
}

impl SharedCookbooks {
    /// Cookbooks of the registries in `chefrs.toml` whose name or description has a text.
    ///
    /// # Errors
    /// There are no registries, or one can't be read.
    pub fn search(&self, text: &str, offline: bool) -> Result<FoundCookbooks, Diagnostics> {
        let registries = self.settings.registries.all();
        if registries.is_empty() {
            let wrong = Diagnostic::error("chefrs.toml has no registries to search");
            return Err(wrong.hint("write `[registries]`, and below it `default = \"URL\"`").into());
        }
        let cache = CacheDirectory::of_user()?;
        let mut git = GitFetcher::new(&cache, offline);
        let wanted = text.to_lowercase();
        let mut found = FoundCookbooks::default();
        for registry in registries {
            let place = IndexPlace::read(&registry.index, &registry.name, &self.root);
            let names = match place.names(&mut git)? {
                Some(names) => names,
                None => {
                    let message = format!(
                        "the registry `{}` can't be searched: its index is read by name",
                        registry.name
                    );
                    found.warnings.push(
                        Diagnostic::warning(message).hint("search for a whole name, such as `acme/nginx`"),
                    );
                    vec![text.to_owned()]
                }
            };
            for name in names.iter().filter(|name| is_scoped(name)).take(NAMES) {
                let Some(file) = place.text(name, &mut git, (&cache, offline))? else { continue };
                let Some((line, description)) = newest(&file) else { continue };
                let has = |text: &str| text.to_lowercase().contains(&wanted);
                if line.name == *name && (has(name) || has(&description)) {
                    let said =
                        if description.is_empty() { String::new() } else { format!("  {description}") };
                    found.lines.push(one_line(&format!("{name} {}{said}", line.version)));
                }
            }
        }
        sorted::sort_by(&mut found.lines, Ord::cmp);
        found.lines.dedup();
        Ok(found)
    }
}

/// The newest version that was not yanked, with its description.
fn newest(file: &str) -> Option<(IndexLine, String)> {
    let lines = file.lines().filter_map(|text| {
        let line = IndexLine::read(text, Location::new("", 0)).ok()?;
        let values: serde_json::Value = serde_json::from_str(text).ok()?;
        let said = values.get("description").and_then(serde_json::Value::as_str).unwrap_or_default();
        line.yanked.is_none().then(|| (line, said.to_owned()))
    });
    lines.reduce(|one, other| if is_newer(&other.0.version, &one.0.version) { other } else { one })
}
