//! Small changes of a text, as a fuzzer makes them.

use crate::laws::random::Random;

/// What readers look out for.
const WORDS: [&[u8]; 20] = [
    b"\n",
    b"\n\n",
    b"\r\n",
    b"\0",
    b"\x1b[2J",
    b"\xff\xfe",
    "\u{202e}".as_bytes(),
    "\u{e4}".as_bytes(),
    b"-1",
    b"4294967296",
    b"18446744073709551616",
    b"1e999",
    b"..",
    b"/",
    b":",
    b"\"",
    b"\\",
    b"{{",
    b"}}",
    b"[[[[[[[[[[[[[[[[",
];

/// The text with up to four changes.
pub fn mutated(text: &[u8], random: &mut Random) -> Vec<u8> {
    let mut text = text.to_vec();
    for _ in 0..=random.below(4) {
        change(&mut text, random);
    }
    text
}

fn change(text: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(text.len() + 1);
    let length = random.below(64).min(text.len() - at);
    match random.below(7) {
        0 => text.truncate(at),
        1 => drop(text.drain(at..at + length)),
        2 => {
            let piece = text[at..at + length].to_vec();
            let to = random.below(text.len() + 1);
            text.splice(to..to, piece);
        }
        3 => {
            let word = random.pick(&WORDS);
            text.splice(at..at, word.iter().copied());
        }
        4 => {
            let (word, end) = (random.pick(&WORDS), at + length.min(4));
            text.splice(at..end, word.iter().copied());
        }
        5 if at < text.len() => text[at] ^= 1 << random.below(8),
        _ if at < text.len() => text[at] = u8::try_from(random.below(256)).expect("a byte"),
        _ => text.push(b'\n'),
    }
}
