//! What is in servers of databases: names, rights and settings, never data.

use super::asking::AskedMachine;
use super::captured_server::CapturedServer;
use super::package_records::PackageRecords;
use super::recipes::recipe_of;
use super::{mariadb, postgresql};
use crate::model::error::Failure;

/// Asks the servers that are installed. One that is not running, or has nothing in it, is as any other package.
pub(super) fn read(
    asked: &mut AskedMachine<'_>,
    records: &PackageRecords,
) -> Result<Vec<CapturedServer>, Failure> {
    let has = |is: &dyn Fn(&str) -> bool| records.packages.keys().any(|name| is(name));
    let mut servers = Vec::new();
    if has(&|name| name == "postgresql" || name.starts_with("postgresql-")) {
        servers.push(postgresql::read(asked)?);
    }
    if has(&|name| name.rsplit('/').next().is_some_and(|name| matches!(name, "mariadb-server" | "mariadb"))) {
        let package = records.asked_for().map(|(name, _)| name).find(|name| name.contains("mariadb"));
        servers.push(mariadb::read(asked, recipe_of(package.unwrap_or("mariadb")))?);
    }
    servers.retain(|server| !server.things.is_empty());
    Ok(servers)
}
