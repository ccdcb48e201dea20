//! What package sources offer: a program asked once for all names.

use std::collections::HashMap;

use super::process;
use super::surroundings::Surroundings;
use crate::model::error::Failure;
use crate::model::package_manager::{FromCache, PackageManager, Question};
use crate::model::query::End;
use crate::model::step::Command;

/// Seconds for the program.
const TIMEOUT: u64 = 60;

/// What a program tells of some names, or why it does not.
pub(super) type ToldOfNames<T> = HashMap<String, Result<T, Failure>>;

/// What is told of each name, by one call for all.
pub(super) fn each<T: Clone + Default>(
    manager: &PackageManager,
    question: &Question<T>,
    names: &[&str],
    with: &Surroundings,
) -> ToldOfNames<T> {
    let (good, bad): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| manager.is_name(name));
    let refuse = |name: &str| Err(Failure::new(format!("`{name}` can't be the name of a package")));
    let mut told: ToldOfNames<T> = bad.into_iter().map(|name| (name.to_owned(), refuse(name))).collect();
    if good.is_empty() {
        return told;
    }
    match ask(question, &good, with) {
        Ok(mut found) => told.extend(
            good.into_iter().map(|name| (name.to_owned(), Ok(found.remove(name).unwrap_or_default()))),
        ),
        Err(failure) => told.extend(good.into_iter().map(|name| (name.to_owned(), Err(failure.clone())))),
    }
    told
}

/// What the program tells. Names of which it knows nothing are passed over by it.
fn ask<T>(
    question: &Question<T>,
    names: &[&str],
    with: &Surroundings,
) -> Result<HashMap<String, T>, Failure> {
    let names = (question.names)(names);
    let ask = |argv: &[&str]| {
        let argv = argv.iter().copied().chain(names.iter().map(String::as_str));
        output_of(argv, question.accepts, with)
    };
    if let Some(cache) = question.from_cache.as_ref().filter(|cache| is_new(cache))
        && let Ok(said) = ask(cache.argv)
    {
        return Ok((question.parse)(&said));
    }
    Ok((question.parse)(&ask(question.argv)?))
}

/// What a program prints that changes nothing.
///
/// # Errors
/// It could not be started, or its exit status is none that is accepted.
pub(super) fn output_of<'a>(
    argv: impl IntoIterator<Item = &'a str>,
    accepts: fn(i32) -> bool,
    with: &Surroundings,
) -> Result<String, Failure> {
    let command = Command::new(argv);
    let ran = process::run(&command, with, TIMEOUT, &mut |_| {});
    if !matches!(ran.end, End::Exit(status) if accepts(status)) {
        ran.accept(&command)?;
    }
    Ok(ran.stdout.text())
}

/// Whether the cache was written after everything that goes into it.
fn is_new(cache: &FromCache) -> bool {
    let written = |path: &str| std::fs::metadata(path).and_then(|found| found.modified()).ok();
    let Some(made) = written(cache.file) else { return false };
    cache.sources.iter().filter_map(|source| written(source)).all(|source| source < made)
}
