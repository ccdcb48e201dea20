//! What a mask hides: whether the unit will be enabled after it is unmasked.

use camino::{Utf8Path, Utf8PathBuf};

use crate::model::known::{Known, Stop};
use crate::model::query::{Enabled, FileText, Query};
use crate::provider::unit_text::UnitText;

/// Directories of units behind a mask, in order of precedence: systemd.unit(5).
const PLACES: &[&str] = &[
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// What systemd will say of a unit after it is unmasked. `None` if its file is in none of the usual places, as with a
/// script. `own` is the directory of the mask and the links.
///
/// # Errors
/// An answer is missing.
pub(super) fn enabled(unit: &str, own: &Utf8Path, known: &Known) -> Result<Option<Enabled>, Stop> {
    let file = template(unit).unwrap_or_else(|| unit.to_owned());
    let paths: Vec<Utf8PathBuf> = PLACES.iter().map(|place| Utf8Path::new(place).join(&file)).collect();
    known.want(paths.iter().cloned().map(Query::Read))?;
    let mut text = None;
    for path in &paths {
        if let Some(FileText::Text(found)) = known.read(path)? {
            text = Some(found);
            break;
        }
    }
    let Some(text) = text else { return Ok(None) };
    let links: Vec<Utf8PathBuf> =
        UnitText::read(text).links.iter().map(|link| place(own, link, unit)).collect();
    if links.is_empty() {
        return Ok(Some(Enabled::Static));
    }
    known.want(links.iter().cloned().map(Query::Stat))?;
    for link in &links {
        if known.stat(link)?.is_some() {
            return Ok(Some(Enabled::Yes));
        }
    }
    Ok(Some(Enabled::No))
}

/// The path of a link that enabling creates.
fn place(own: &Utf8Path, link: &str, unit: &str) -> Utf8PathBuf {
    let link_path = own.join(link);
    let is_directory = [".wants", ".requires", ".upholds"].iter().any(|suffix| link.ends_with(suffix));
    if is_directory { link_path.join(unit) } else { link_path }
}

/// The template of a unit that is an instance: `each@.service` for `each@one.service`.
fn template(unit: &str) -> Option<String> {
    let (stem, instance) = unit.split_once('@')?;
    let (_, suffix) = instance.rsplit_once('.')?;
    Some(format!("{stem}@.{suffix}"))
}
