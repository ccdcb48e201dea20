//! Finds what looks like a secret in the files of a cookbook, before others can read it.

use super::own_files::OwnFiles;

/// What a text with a secret has in it, and what that is.
const TEXTS: [(&str, &str); 8] = [
    ("PRIVATE KEY-----", "a private key"),
    ("AGE-SECRET-KEY-1", "a key of age"),
    ("AKIA", "an access key of AWS"),
    ("ghp_", "a token of GitHub"),
    ("github_pat_", "a token of GitHub"),
    ("glpat-", "a token of GitLab"),
    ("xoxb-", "a token of Slack"),
    ("sk_live_", "a key of Stripe"),
];
/// Names of files that hold secrets.
const NAMES: [&str; 7] =
    [".env", ".netrc", "id_rsa", "id_ecdsa", "id_ed25519", ".htpasswd", "credentials.json"];
/// Fewest letters and digits that follow the beginning of a token.
const LENGTH: usize = 12;

/// Paths, each with what is found there.
pub(super) fn lookalike_secrets(files: &OwnFiles) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    for file in &files.files {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        if NAMES.contains(&name) {
            found.push((file.path.clone(), "a file with secrets"));
        } else if let Some(what) = in_text(&String::from_utf8_lossy(&file.bytes)) {
            found.push((file.path.clone(), what));
        }
    }
    found
}

fn in_text(text: &str) -> Option<&'static str> {
    TEXTS.iter().find_map(|(begin, what)| {
        let is_long = |at: usize| {
            let rest = text[at + begin.len()..].bytes();
            rest.take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count() >= LENGTH
        };
        let is_whole = begin.ends_with('-') && begin.starts_with('P');
        text.match_indices(begin).any(|(at, _)| is_whole || is_long(at)).then_some(*what)
    })
}
