//! Whose a file shall be and who may read it, where the declaration leaves that open.

use crate::model::content::FileMode;
use crate::model::known::{Known, Stop};
use crate::model::query::Stat;
use crate::model::step::Attributes;

/// Mode of a new file with a secret in it for which none was said: who else is to read it, the cook says.
const NEW_SECRET: u32 = 0o600;

/// Why a file changes hands that nobody declared.
const SECRET: &str = "as it holds a secret";

/// The attributes of a file that is not there, and words for a mode that nobody declared. Those of a secret are said, so
/// that they are not taken over from one that somebody puts there in between.
///
/// # Errors
/// It was not asked yet who we are.
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

/// The attributes that the file shall have where one is, and why they are more than what is declared.
///
/// Who and what is not declared stays as it is, with two exceptions. A secret is not left with a user who is neither
/// declared nor the one whom we work for. And a program that lends its owner's or group's rights lends those that were
/// declared, or the ones that a new file would have.
///
/// # Errors
/// It was not asked yet who we are.
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
        // What was seen is said, so that nobody puts another file there in between.
        attributes.owner.get_or_insert_with(|| stat.owner.clone());
        attributes.group.get_or_insert_with(|| stat.group.clone());
        attributes.mode.get_or_insert(stat.mode);
    }
    Ok((attributes, None))
}

/// Whether a mode lends the rights of the file's owner or group to whoever runs it.
fn is_set_id(mode: u32) -> bool {
    mode & 0o6000 != 0
}

/// Says for whom a new file is made, where that is not declared.
fn own(attributes: &mut Attributes, known: &Known) -> Result<(), Stop> {
    let host = known.host()?;
    attributes.owner.get_or_insert_with(|| host.user.clone());
    if host.root {
        attributes.group.get_or_insert_with(|| "root".to_owned());
    }
    Ok(())
}
