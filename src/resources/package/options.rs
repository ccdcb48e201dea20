//! The declared options of the package manager's command.

use super::declared::DeclaredPackages;
use crate::model::error::Failure;

/// Fails for words that are no options: they would be read as packages.
///
/// # Errors
/// Which word it is.
pub(super) fn check(options: &[String]) -> Result<(), Failure> {
    let mut is_value = false;
    for word in options {
        let is_option = word.starts_with('-') && word.len() > 1 && word != "--";
        if !is_option && !is_value {
            return Err(Failure::new(format!("`{}` is not an option", word.escape_debug())).hint(
                "an option begins with `-`; packages are named by `package_name`, which may be a list",
            ));
        }
        if is_option && word.contains(" -") {
            return Err(Failure::new(format!("`{}` is one option with a space in it", word.escape_debug()))
                .hint("write each option as a string of its own: { \"--one\", \"--other\" }"));
        }
        is_value = is_option && !word.contains('=');
    }
    Ok(())
}

impl DeclaredPackages<'_> {
    /// Fails for options with which the command would not do what the plan says.
    ///
    /// # Errors
    /// Which option it is.
    pub(super) fn require_options(&self, options: &[String]) -> Result<(), Failure> {
        let rules = &self.manager.commands.options;
        let manager = self.manager.name;
        if let Some(option) = options.iter().find(|option| rules.refuses(option)) {
            return Err(Failure::impossible(format!(
                "with the option `{option}`, {manager} does not do what the plan says"
            ))
            .hint("take it out; `chefrs plan` tells what would be done"));
        }
        match options.iter().find(|option| rules.chooses_sources(option)) {
            Some(option) if self.comes() && self.version.is_none() => Err(Failure::impossible(format!(
                "the option `{option}` chooses among the package sources, and the plan looks at all of them"
            ))
            .hint("declare the `version`, too, which is then installed from there")),
            _ => Ok(()),
        }
    }
}
