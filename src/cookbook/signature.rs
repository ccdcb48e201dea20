//! Signatures of published cookbooks: a statement with name, version and sum, signed with an SSH key by `ssh-keygen -Y`.
//! Anybody can verify it without chefrs. The form is that of OpenSSH's PROTOCOL.sshsig.

use std::io::{self, Write as _};
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use camino::Utf8Path;
use sha2::{Digest as _, Sha256};

use super::source::plain;
use crate::model::error::Diagnostic;
use crate::target::channel::without_secrets;

/// The namespace of the signatures. One that was made for something else is no signature of a cookbook.
const NAMESPACE: &str = "chefrs-cookbook";
/// Most bytes of a signature. One with the largest keys has some three thousand.
const LIMIT: usize = 16 << 10;
/// What stands before the fingerprint in the output of `ssh-keygen`.
const FINGERPRINT: &str = "SHA256:";

/// What stands before a signature in the message of a tag. One that git itself makes is for something else.
const HEADING: &str = "chefrs-signature:\n";
/// The last line of a signature.
const END: &str = "-----END SSH SIGNATURE-----";

/// The message of a tag that has a signature.
pub(super) fn tag_message(name: &str, version: &str, signature: &str) -> String {
    format!("{name} {version}\n\n{HEADING}{signature}")
}

/// The signature in the message of a tag.
pub(super) fn in_message(message: &str) -> Option<String> {
    let (_, rest) = message.split_once(HEADING)?;
    let end = rest.find(END)? + END.len();
    Some(format!("{}\n", &rest[..end]))
}

/// What is signed of a version.
#[must_use]
pub fn statement(name: &str, version: &str, sum: &str) -> String {
    format!("chefrs-cookbook-v1\n{name}\n{version}\n{sum}\n")
}

/// Signs a statement with a private key, or with the public key of one that an agent or a hardware key has.
///
/// # Errors
/// There is no `ssh-keygen`, or it does not sign.
pub fn sign(key: &Utf8Path, statement: &str) -> Result<String, Diagnostic> {
    let mut command = program();
    command.args(["-Y", "sign", "-q", "-n", NAMESPACE, "-f"]).arg(key);
    let output = output_of(&mut command, statement)?;
    let signature = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() && !signature.is_empty() {
        return Ok(signature);
    }
    let mut wrong = Diagnostic::error(format!("`{key}` does not sign"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    wrong.notes.extend(said.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
    Err(wrong.hint("name a private key, or the public one of a key that your ssh agent has"))
}

/// The fingerprint of the key that signed a statement: `SHA256:…`. The error is why it is no signature of it.
///
/// # Errors
/// There is no `ssh-keygen`, or the signature is not one of this statement.
pub(super) fn signer(statement: &str, signature: &str) -> Result<String, Diagnostic> {
    let refused = || Diagnostic::error("the signature is not one of these files, this name and this version");
    if signature.len() > LIMIT {
        return Err(refused());
    }
    let kept = || -> io::Result<tempfile::NamedTempFile> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(signature.as_bytes())?;
        Ok(file)
    };
    let file = kept().map_err(|error| {
        Diagnostic::error(format!("a temporary file can't be written: {}", plain(&error)))
    })?;
    let mut command = program();
    command.args(["-Y", "check-novalidate", "-n", NAMESPACE, "-s"]).arg(file.path());
    let output = output_of(&mut command, statement)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // `Good "chefrs-cookbook" signature with ED25519 key SHA256:…`
    let found = said.split_whitespace().find(|word| word.starts_with(FINGERPRINT));
    match found.filter(|_| output.status.success()) {
        Some(fingerprint) => Ok(fingerprint.to_owned()),
        None => Err(refused()),
    }
}

/// The fingerprint of a public key as it stands in a `.pub` file: `ssh-ed25519 AAAA… comment`. None if it is not one.
pub(super) fn fingerprint(public_key: &str) -> Option<String> {
    let mut words = public_key.split_ascii_whitespace();
    let (kind, data) = (words.next()?, words.next()?);
    let bytes = STANDARD.decode(data).ok()?;
    // The key begins with the length and the name of its kind.
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let named = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    (named == kind.as_bytes())
        .then(|| format!("{FINGERPRINT}{}", STANDARD_NO_PAD.encode(Sha256::digest(&bytes))))
}

/// Whether a text is the fingerprint of a key.
pub(super) fn is_fingerprint(text: &str) -> bool {
    let digits = text.strip_prefix(FINGERPRINT);
    digits.and_then(|digits| STANDARD_NO_PAD.decode(digits).ok()).is_some_and(|bytes| bytes.len() == 32)
}

fn program() -> Command {
    let mut command = Command::new("ssh-keygen");
    without_secrets(&mut command);
    command.env("LC_ALL", "C");
    command
}

fn output_of(command: &mut Command, input: &str) -> Result<Output, Diagnostic> {
    let mut run = || -> io::Result<Output> {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // What ends early says why itself.
            let _ = stdin.write_all(input.as_bytes());
        }
        #[expect(clippy::disallowed_methods, reason = "a person may have to touch a key")]
        child.wait_with_output()
    };
    run().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Diagnostic::error("`ssh-keygen` is not installed here")
            .hint("signatures of cookbooks need it: install OpenSSH's client"),
        _ => Diagnostic::error(format!("`ssh-keygen` can't be started: {}", plain(&error))),
    })
}
