//! Public keys of OpenPGP: their fingerprints, and their form as text. RFC 9580, and RFC 4880 for what is older.
//!
//! Only the packets are taken apart. Whether signatures are valid is for the program that uses the keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::model::content::hex;

/// Packet tags: RFC 9580, section 5.
const SECRET_KEY: u8 = 5;
const PUBLIC_KEY: u8 = 6;

const HEAD: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const TAIL: &str = "-----END PGP PUBLIC KEY BLOCK-----";

/// Length of a line of base64.
const LINE: usize = 64;

/// Public keys, without their armour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeys {
    bytes: Vec<u8>,
    /// Fingerprints of the primary keys, in capital hexadecimal digits.
    pub fingerprints: Vec<String>,
}

impl PublicKeys {
    /// Reads keys as a file has them: binary, or as text.
    ///
    /// # Errors
    /// What is wrong with them, to complete "the key …".
    pub fn read(file: &[u8]) -> Result<Self, String> {
        let is_binary = file.first().is_some_and(|byte| byte & 0x80 != 0);
        let bytes = if is_binary { file.to_vec() } else { without_armour(file)? };
        let mut fingerprints = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (tag, body, after) = packet(rest).ok_or("is cut off or damaged")?;
            match tag {
                PUBLIC_KEY => fingerprints.push(fingerprint(body)?),
                SECRET_KEY => return Err("is a private key: give the public one".to_owned()),
                _ if fingerprints.is_empty() => return Err("does not begin with a public key".to_owned()),
                _ => {}
            }
            rest = after;
        }
        if fingerprints.is_empty() {
            return Err("is empty".to_owned());
        }
        Ok(Self { bytes, fingerprints })
    }

    /// The keys as text, in one block: apt reads no second one.
    #[must_use]
    pub fn armoured(&self) -> String {
        let encoded = STANDARD.encode(&self.bytes);
        let mut text = format!("{HEAD}\n\n");
        let mut rest = encoded.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(LINE));
            text.extend([line, "\n"]);
            rest = after;
        }
        text.extend([TAIL, "\n"]);
        text
    }
}

/// The bytes of all blocks of a text. The checksum is not read, as the RFC wants it.
fn without_armour(file: &[u8]) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(file).map_err(|_| "is neither an OpenPGP key nor text")?;
    if text.contains("PRIVATE KEY BLOCK") {
        return Err("is a private key: give the public one".to_owned());
    }
    let mut bytes = Vec::new();
    let mut blocks = text.split(HEAD);
    let before = blocks.next().unwrap_or_default();
    let mut any = false;
    for block in blocks {
        any = true;
        let (block, _) = block.split_once(TAIL).ok_or("is cut off: its last line is missing")?;
        // Headers such as `Version: …` end with an empty line.
        let lines = block.lines().map(str::trim).skip(1).skip_while(|line| line.contains(": "));
        let encoded: String = lines.filter(|line| !line.starts_with('=')).collect();
        let decoded = STANDARD.decode(encoded).map_err(|_| "is damaged: it is not base64")?;
        bytes.extend(decoded);
    }
    if !any {
        let is_page = before.trim_start().starts_with('<');
        return Err(if is_page { "is a web page".to_owned() } else { "is no OpenPGP key".to_owned() });
    }
    Ok(bytes)
}

/// The tag and the body of the first packet, and what follows it.
fn packet(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&head, rest) = bytes.split_first()?;
    if head & 0x80 == 0 {
        return None;
    }
    let is_new = head & 0x40 != 0;
    let tag = if is_new { head & 0x3f } else { (head >> 2) & 0x0f };
    let (length, rest) = if is_new { new_length(rest)? } else { old_length(head & 3, rest)? };
    let (body, after) = rest.split_at_checked(length)?;
    Some((tag, body, after))
}

/// A number of the first `size` bytes, and the rest.
fn number(size: usize, bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_at_checked(size)?;
    let number = number.iter().fold(0u32, |number, byte| (number << 8) | u32::from(*byte));
    Some((usize::try_from(number).ok()?, rest))
}

fn old_length(kind: u8, bytes: &[u8]) -> Option<(usize, &[u8])> {
    match kind {
        0 => number(1, bytes),
        1 => number(2, bytes),
        2 => number(4, bytes),
        // To the end of the file: no key has that.
        _ => None,
    }
}

fn new_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = number(1, bytes)?;
    match first {
        0..=191 => Some((first, rest)),
        192..=223 => {
            let (second, rest) = number(1, rest)?;
            Some((((first - 192) << 8) + second + 192, rest))
        }
        255 => number(4, rest),
        // In parts: no key has that.
        _ => None,
    }
}

/// The fingerprint of a key: RFC 9580, section 5.5.4.
fn fingerprint(body: &[u8]) -> Result<String, String> {
    let length = u32::try_from(body.len()).map_err(|_| "is too large")?.to_be_bytes();
    let digest = match body.first() {
        Some(4) => {
            hex(&Sha1::new().chain_update([0x99]).chain_update(&length[2..]).chain_update(body).finalize())
        }
        Some(version @ (5 | 6)) => {
            let lead = if *version == 5 { 0x9a } else { 0x9b };
            hex(&Sha256::new().chain_update([lead]).chain_update(length).chain_update(body).finalize())
        }
        Some(version) => return Err(format!("has version {version}, which is no longer safe or not known")),
        None => return Err("is cut off or damaged".to_owned()),
    };
    Ok(digest.to_ascii_uppercase())
}

/// A fingerprint as people write it, without blanks and in capitals; `None` if it is none.
#[must_use]
pub fn plain_fingerprint(text: &str) -> Option<String> {
    let bare = text.trim_start_matches("0x");
    let digits: String = bare.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    let fits = matches!(digits.len(), 40 | 64) && digits.chars().all(|c| c.is_ascii_hexdigit());
    fits.then(|| digits.to_ascii_uppercase())
}
