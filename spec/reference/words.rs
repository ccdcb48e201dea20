//! One word for one thing: what the glossary has decided against stands in no text that a person reads.

use std::fs;

use chefrs::reference::glossary::GLOSSARY;
use chefrs::reference::pages;

use crate::house::source::home;

#[test]
fn the_glossary_is_sorted() {
    let words: Vec<&str> = GLOSSARY.iter().map(|term| term.word).collect();
    assert!(words.is_sorted(), "{words:?}");
}

#[test]
fn no_text_has_a_word_that_lost() {
    let mut texts: Vec<(String, String)> =
        pages().into_iter().map(|page| (format!("chefrs help {}", page.name), page.markdown)).collect();
    texts.push(("README.md".into(), fs::read_to_string(home().join("README.md")).unwrap()));
    for folder in ["spec/cli/help", "spec/errors", "spec/report", "src/docs/chapters"] {
        for entry in fs::read_dir(home().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            // Who comes from another tool is met with its words.
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_translation = name.starts_with("from_") || name.starts_with("foreign_");
            if path.extension().is_some_and(|ending| ending == "txt" || ending == "md") && !is_translation {
                texts.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(texts.len() > 60, "too little was looked at: {}", texts.len());
    let mut wrong = Vec::new();
    for (place, text) in texts {
        let text = text.to_lowercase().replace('\n', " ");
        for term in GLOSSARY {
            for loser in term.losers {
                if has_word(&text, &loser.to_lowercase()) {
                    wrong.push(format!("{place} says `{loser}` for `{}`", term.word));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Whether a word stands there by itself, not as a part of another.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}
