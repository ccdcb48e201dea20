//! A missing program.

use crate::model::english::list;
use crate::model::error::{Failure, FailureKind};

/// None of these programs is installed.
pub(super) fn missing(programs: &[&str], address: &str) -> Failure {
    let names: Vec<String> = programs.iter().map(|name| format!("`{name}`")).collect();
    Failure::new(format!("{} is not installed here", list(&names, "or")))
        .of_kind(FailureKind::Unreachable)
        .hint(format!("it is needed to reach `{address}`"))
}
