//! What is shown of a sensitive resource.

use crate::model::error::Failure;

/// A failure of a sensitive resource, without its command and output.
pub(super) fn sensitive(failure: &Failure) -> Failure {
    Failure {
        kind: failure.kind,
        message: match &failure.command {
            None => failure.message.clone(),
            Some(_) => "its command failed".to_owned(),
        },
        command: None,
        details: failure.command.iter().filter_map(|command| command.status.clone()).collect(),
        ways_out: if failure.command.is_none() { failure.ways_out.clone() } else { Vec::new() },
        hints: match &failure.command {
            None => failure.hints.clone(),
            Some(_) => {
                vec!["the resource is sensitive, so its command and output are not shown".to_owned()]
            }
        },
    }
}
