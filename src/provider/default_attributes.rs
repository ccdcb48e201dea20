//! Owner and permissions of a file, where the declaration leaves them open.

use crate::model::content::FileMode;
use crate::model::known::{Known, Stop};
use crate::model::query::Stat;
use crate::model::step::Attributes;

/// Mode of a new file with a secret and no declared mode. Other readers must be declared.
const NEW_SECRET: u32 = 0o600;

/// Reason for an owner or mode that is not declared.
const SECRET: &str = "as it holds a secret";

/// The mode of a file that always gets one: the declared mode, or the usual one. A file with a secret is for its owner only.
#[must_use]
pub fn mode(declared: Option<u32>, usual: u32, secret: bool) -> u32 {
    declared.unwrap_or(if secret { NEW_SECRET } else { usual })
}

/// The attributes of a new file, and words for the summary if its mode was not declared. For a secret all attributes
/// are set, so that none is taken over from a file that appears there meanwhile.
///
/// # Errors
/// The current user was not asked for yet.
pub fn of_new(declared: &Attributes, secret: bool, known: &Known) -> Result<(Attributes, String), Stop> {
    let mut attributes = declared.clone();
    let mut words = String::new();
    if secret && declared.mode.is_none() {
        attributes.mode = Some(NEW_SECRET);
        words = format!(", mode {} {SECRET}", FileMode(NEW_SECRET));
    }
    if secret || attributes.mode.is_some_and(is_set_id) {
        own(&mut attributes, known)?;
    }
    Ok((attributes, words))
}

/// The attributes to set on an existing file, and why they are more than the declared ones.
///
/// What is not declared stays, with two exceptions. A secret does not stay with an owner who is neither declared, root
/// nor the current user. And a setuid or setgid program gets the declared owner and group, or those of a new file.
///
/// # Errors
/// The current user was not asked for yet.
pub fn over(
    declared: &Attributes,
    secret: bool,
    stat: &Stat,
    known: &Known,
) -> Result<(Attributes, Option<&'static str>), Stop> {
    let mut attributes = declared.clone();
    let foreign = secret && stat.uid != 0 && stat.owner != known.host()?.user;
    if foreign && attributes.owner.is_none() {
        own(&mut attributes, known)?;
        attributes.mode.get_or_insert(stat.mode & NEW_SECRET);
        return Ok((attributes, Some(SECRET)));
    }
    if attributes.mode.is_some_and(is_set_id) {
        own(&mut attributes, known)?;
    } else if secret && stat.access.is_none() {
        // Set what was seen, in case another file appears there meanwhile.
        attributes.owner.get_or_insert_with(|| stat.owner.clone());
        attributes.group.get_or_insert_with(|| stat.group.clone());
        attributes.mode.get_or_insert(stat.mode);
    }
    Ok((attributes, None))
}

/// Whether a mode has setuid or setgid.
fn is_set_id(mode: u32) -> bool {
    mode & 0o6000 != 0
}

/// Sets the owner and group that a new file gets.
fn own(attributes: &mut Attributes, known: &Known) -> Result<(), Stop> {
    let host = known.host()?;
    attributes.owner.get_or_insert_with(|| host.user.clone());
    if host.root {
        attributes.group.get_or_insert_with(|| "root".to_owned());
    }
    Ok(())
}
