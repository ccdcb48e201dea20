//! The environment of commands: small and fixed, independent of the environment of chefrs.

use std::collections::BTreeMap;

use super::accounts::Account;
use crate::model::sorted;
use crate::model::variables::{PASSED_ON, Variable};

/// Default `PATH`.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A variable of our own environment, unless it is empty.
pub(super) fn own(variable: Variable) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where commands take over what a gateway needs"
    )]
    std::env::var(variable.name).ok().filter(|value| !value.is_empty())
}

/// The environment of a command: fixed variables, those of the account, those for proxies, and its own.
pub(super) fn of_command(
    account: Option<&Account>,
    said: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut variables: BTreeMap<String, String> = sorted::collected(
        PASSED_ON.iter().filter_map(|passed| Some((passed.name.to_owned(), own(*passed)?))),
    );
    variables.insert("PATH".into(), PATH.into());
    variables.insert("LANG".into(), "C.UTF-8".into());
    if let Some(account) = account {
        variables.insert("HOME".into(), account.home.clone());
        variables.insert("USER".into(), account.name.clone());
        variables.insert("LOGNAME".into(), account.name.clone());
    } else {
        variables.insert("HOME".into(), "/".into());
    }
    variables.extend(said.iter().map(|(name, value)| (name.clone(), value.clone())));
    variables
}
