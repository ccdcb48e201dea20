//! Options that people add to the commands of a package manager, and those with which a command would not do what the plan
//! says.

/// The rules of a package manager's options. `-x` stands for that letter, `--xy` for that word, and anything else for text in
/// an option or its value. Spaces stand between them.
pub struct OptionRules {
    /// With them a command does less than it is asked for, or something else.
    pub refused: &'static str,
    /// They choose among the sources. The plan sees all of them, so they need a declared version.
    pub sources: &'static str,
    /// Letters that take a value, which may follow without a space.
    pub with_value: &'static str,
}

impl OptionRules {
    /// Whether a command with this option would not do what the plan says.
    #[must_use]
    pub fn refuses(&self, option: &str) -> bool {
        self.has(self.refused, option)
    }

    /// Whether the option chooses among the sources.
    #[must_use]
    pub fn chooses_sources(&self, option: &str) -> bool {
        self.has(self.sources, option)
    }

    fn has(&self, rules: &str, option: &str) -> bool {
        let letters = self.letters(option);
        rules.split_ascii_whitespace().any(|rule| match rule.strip_prefix('-') {
            Some(word) if word.starts_with('-') => {
                option.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
            }
            Some(letter) => letters.contains(letter),
            None => option.to_ascii_lowercase().contains(&rule.to_ascii_lowercase()),
        })
    }

    /// The letters of a word of short options, up to the first with a value.
    fn letters<'a>(&self, option: &'a str) -> &'a str {
        let Some(letters) = option.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else { return "" };
        let end = letters.char_indices().find(|(_, c)| self.with_value.contains(*c));
        &letters[..end.map_or(letters.len(), |(at, c)| at + c.len_utf8())]
    }
}
