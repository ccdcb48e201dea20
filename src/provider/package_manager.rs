//! The package manager of the machine.

use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::package_manager::{self, PackageManager};

/// The package manager of the machine.
///
/// # Errors
/// It has none, or none that chefrs supports; an answer is missing.
pub fn of_machine(known: &Known) -> Result<&'static PackageManager, Stop> {
    let Some(name) = known.host()?.package_manager.as_deref() else {
        return Err(Failure::impossible("this machine has no package manager that chefrs supports")
            .hint(format!("chefrs supports {}", package_manager::known()))
            .into());
    };
    package_manager::named(name).ok_or_else(|| {
        Failure::impossible(format!("chefrs does not support the package manager `{name}`")).into()
    })
}
