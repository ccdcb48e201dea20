//! Services of OpenRC: those of the default run level, beyond what every system has there.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::asking::{AskedMachine, text_of};
use super::package_records::PackageRecords;
use super::services::{CapturedUnit, paths};
use crate::model::error::Failure;
use crate::model::query::{Answer, Query};
use crate::model::service_manager::openrc::{DEFAULT, RUN_LEVELS};
use crate::model::sorted;

/// Where scripts of services are.
const SCRIPTS: &str = "/etc/init.d";
/// The settings of services, each below the name of its script.
const SETTINGS: &str = "/etc/conf.d";
/// Links of what runs.
const STARTED: &str = "/run/openrc/started";
/// Services that every system has in the default run level.
const OF_EVERY_SYSTEM: [&str; 3] = ["local", "netmount", "agetty"];

/// Reads the services that start with the machine.
pub(super) fn read(
    asked: &mut AskedMachine<'_>,
    records: &PackageRecords,
) -> Result<Vec<CapturedUnit>, Failure> {
    let default = format!("{RUN_LEVELS}/{DEFAULT}");
    let lists = [default.as_str(), STARTED].map(|path| Query::List(path.into()));
    let mut names = asked.batch(&lists)?.into_iter().map(|answer| match answer {
        Answer::List(Some(names)) => names,
        _ => Vec::new(),
    });
    let (enabled, started) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    let started: BTreeSet<String> = started.into_iter().collect();
    // An instance is a link: `agetty.tty1`, `net.eth0`.
    let is_of_system = |name: &str| {
        let stem = name.split('.').next().unwrap_or(name);
        stem == "net" || OF_EVERY_SYSTEM.contains(&stem)
    };
    let enabled: Vec<String> = enabled.into_iter().filter(|name| !is_of_system(name)).collect();
    let place = |directory: &str, name: &str| Utf8Path::new(directory).join(name);
    let all: Vec<Utf8PathBuf> =
        enabled.iter().flat_map(|name| [place(SCRIPTS, name), place(SETTINGS, name)]).collect();
    let texts = asked.texts(all)?;
    let units = enabled.iter().map(|name| {
        let script = place(SCRIPTS, name);
        let settings = place(SETTINGS, name);
        let mut paths: BTreeSet<Utf8PathBuf> = sorted::collected(
            [&script, &settings].into_iter().flat_map(|path| paths(text_of(texts.get(path)))),
        );
        paths.extend([script.clone(), settings]);
        let package = records.owner(&script).map(str::to_owned);
        let runs = started.contains(name);
        CapturedUnit {
            name: format!("{name}.service"),
            asked: package
                .as_deref()
                .and_then(|package| records.asked_for_behind(package))
                .map(str::to_owned),
            is_own: package.is_none(),
            is_script: true,
            package,
            paths,
            actions: if runs { vec!["enable", "start"] } else { vec!["enable"] },
            runs,
            ..CapturedUnit::default()
        }
    });
    Ok(units.collect())
}
