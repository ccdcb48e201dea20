//! The text of a job's file.

use super::Cron;
use crate::model::error::Failure;

/// Longest command and longest variable that cron reads. If one is longer, cron ignores the whole file.
const LONGEST: usize = 990;

impl Cron {
    /// The text of the file.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "# cron[{}], written by chefrs: changes made here by hand will be lost.\n",
            self.cron_name
        );
        for line in self.comment.iter().flat_map(|comment| comment.lines()) {
            text.push_str(format!("# {line}").trim_end());
            text.push('\n');
        }
        for (name, value) in self.variables() {
            // If no quotes fit, `check` has failed before.
            let value = quoted(&value).unwrap_or(value);
            text.extend([&name, "=", &value, "\n"]);
        }
        let when = match self.time {
            Some(time) => time.word().to_owned(),
            None => self.fields().map(|(field, _)| field.to_string()).join(" "),
        };
        text.extend([when.as_str(), " ", &self.user, " ", &self.line(), "\n"]);
        text
    }

    /// Fails for text that would end the line or change its meaning.
    ///
    /// # Errors
    /// A sentence that names the property.
    pub(super) fn check_text(&self) -> Result<(), Failure> {
        if self.command.as_ref().is_none_or(|command| command.trim().is_empty()) {
            return Err(Failure::new("`command` is missing or empty"));
        }
        let line = self.line();
        if line.contains(char::is_control) {
            return Err(Failure::new("`command` has more than one line, or a control character")
                .hint("cron runs one line: put the rest into a script and run that"));
        }
        if line.len() > LONGEST {
            return Err(Failure::new(format!(
                "`command` is longer than the {LONGEST} bytes that cron reads"
            ))
            .hint("put it into a script and run that"));
        }
        for (property, _) in self.own_variables() {
            if self.environment.contains_key(property) {
                return Err(Failure::new(format!(
                    "`environment` has `{property}`, and so has the property `{}`",
                    property.to_ascii_lowercase()
                )));
            }
        }
        self.variables().iter().try_for_each(|(name, value)| check_variable(name, value))
    }

    fn line(&self) -> String {
        escaped(self.command.as_deref().unwrap_or_default().trim())
    }

    fn variables(&self) -> Vec<(String, String)> {
        let own = self.own_variables().into_iter().map(|(name, value)| (name.to_owned(), value));
        let more = self.environment.iter().map(|(name, value)| (name.clone(), value.clone()));
        own.chain(more).collect()
    }

    fn own_variables(&self) -> Vec<(&'static str, String)> {
        let path =
            |path: &Option<crate::model::content::AbsolutePath>| path.as_ref().map(|it| it.to_string());
        [
            ("SHELL", path(&self.shell)),
            ("PATH", self.path.clone()),
            ("HOME", path(&self.home)),
            ("MAILTO", self.mailto.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

fn check_variable(name: &str, value: &str) -> Result<(), Failure> {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    if !name.starts_with(letter) || !name.chars().all(|c| letter(c) || c.is_ascii_digit()) {
        return Err(Failure::new(format!("`{name}` can't be the name of a variable"))
            .hint("a name has letters, digits and `_`, and does not begin with a digit"));
    }
    if value.contains(char::is_control) {
        return Err(Failure::new(format!(
            "the value of `{name}` has more than one line, or a control character"
        )));
    }
    if name.len() + value.len() > LONGEST {
        return Err(Failure::new(format!(
            "the value of `{name}` is longer than the {LONGEST} bytes that cron reads"
        )));
    }
    if quoted(value).is_none() {
        return Err(Failure::new(format!(
            "the value of `{name}` has both kinds of quotes, and cron can't escape them"
        ))
        .hint("set the variable in a script, and run that"));
    }
    Ok(())
}

/// Quotes a value for cron with quotes that it does not contain. Plain values need none.
fn quoted(value: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@,+=".contains(c);
    match value {
        plainly if !plainly.is_empty() && plainly.chars().all(plain) => Some(plainly.to_owned()),
        other if !other.contains('"') => Some(format!("\"{other}\"")),
        other if !other.contains('\'') => Some(format!("'{other}'")),
        _ => None,
    }
}

/// Escapes each `%` that is not escaped yet.
fn escaped(command: &str) -> String {
    let mut text = String::with_capacity(command.len());
    let mut before = ' ';
    for c in command.chars() {
        if c == '%' && before != '\\' {
            text.push('\\');
        }
        text.push(c);
        before = c;
    }
    text
}
