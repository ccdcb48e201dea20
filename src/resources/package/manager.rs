//! Package managers: what each must be able to say.

use std::cmp::Ordering;

use crate::model::step::Command;

/// What a package manager must be able to say: one file for each.
pub(super) trait Manager {
    /// Its name in queries and steps.
    fn name(&self) -> &'static str;
    /// The command for an action, without the packages.
    fn command(&self, action: &str) -> Command;
    /// How the command names a version of a package.
    fn pin(&self, name: &str, version: &str) -> String;
    /// Whether a version is the declared one, by the manager's own comparison.
    fn fits(&self, declared: &str, version: &str) -> bool;
    /// Which of two versions is the newer one.
    fn compare(&self, a: &str, b: &str) -> Ordering;
    /// The command that finishes an interrupted transaction.
    fn repair(&self) -> Command;
    /// What to try when no source offers a package.
    fn refresh_hint(&self) -> &'static str;
}
