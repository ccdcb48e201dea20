//! Secrets in whatever form they are printed: a secret, a text, and what is shown of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use chefrs::model::error::Location;
use chefrs::model::event::{Event, ResourceRef};
use chefrs::model::redact::{MaskedEvents, Redactor, is_too_plain};

fn secrets(value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("it".to_owned(), value.to_owned())])
}

fn shown(secret: &str, text: &str) -> String {
    masked(&Redactor::new(&secrets(secret)), text)
}

fn masked(redactor: &Redactor, text: &str) -> String {
    let mut text = text.to_owned();
    redactor.list(&mut [&mut text]);
    text
}

/// Secret, text, what is shown.
const TABLE: &[(&str, &str, &str)] = &[
    ("s3cr3t-tok3n", "it is s3cr3t-tok3n.", "it is ********."),
    ("s3cr3t-tok3n", "s3cr3t-tok3ns3cr3t-tok3n", "********"),
    ("s3cr3t-tok3n", "S3CR3T-TOK3N", "********"),
    ("s3cr3t-tok3n\n", "x=s3cr3t-tok3n;", "x=********;"),
    ("s3cr3t-tok3n", "s3cr3t-tok3", "s3cr3t-tok3"),
    // What templates write.
    (r#"pa"ss\wo'rd"#, r#""pa\"ss\\wo'rd""#, "\"********\""),
    (r#"pa"ss\wo'rd"#, r#"'pa"ss\wo'\''rd'"#, "'********'"),
    (r#"pa"ss\wo'rd"#, r#"'pa"ss\wo'"'"'rd'"#, "'********'"),
    (r#"pa"ss\wo'rd"#, r#"\"pa\\\"ss\\\\wo'rd\""#, r#"\"********\""#),
    (r#"pa"ss wo"#, r#"pa\"ss\ wo"#, "********"),
    (r#"pa"ss wo'r"#, r#""pa""ss wo'r""#, "\"********\""),
    (r#"pa"ss wo'r"#, r#"'pa"ss wo''r'"#, "'********'"),
    ("pass'word1", r"'PASS'\''WORD1'", "'********'"),
    // JSON that is ASCII alone, in whole or in part.
    ("pässwörd", r"p\u00e4ssw\u00F6rd", "********"),
    ("pässwörd", r"\u0070\u00e4\u0073\u0073\u0077\u00f6\u0072\u0064", "********"),
    ("a/b<c>&d", r"a\/b\u003cc\u003e\u0026d", "********"),
    ("pass\u{1F511}word", r"pass\ud83d\udd11word", "********"),
    ("a/b<c>&d", "a/b&lt;c&gt;&amp;d", "********"),
    // Addresses.
    ("p@ss/wörd", "https://u:p%40ss%2Fw%C3%B6rd@h", "https://u:********@h"),
    ("p@ss/wörd", "%70%40%73%73%2f%77%c3%b6%72%64", "********"),
    ("pass word", "q=pass+word&x=1", "q=********&x=1"),
    // Digits.
    ("s3cr3t", "733363723374", "********"),
    ("s3cr3t", "73 33 63 72 33 74", "******** ******** ******** ******** ******** ********"),
    ("s3cr3t", "0000000 7333 6372 3374", "0000000 ******** ******** ********"),
    ("K\u{e4}se!", "4BC3A4736521", "********"),
    // Dumps: `od -tx1`, `xxd`.
    (
        "s3cr3t-tok3n-that-is-long",
        "0000000 73 33 63 72 33 74 2d 74\n0000010 6f 6b 33 6e 2d 74 68 61",
        "0000000 ******** ******** ******** ******** ******** ******** ******** ********\n\
         0000010 ******** ******** ******** ******** ******** ******** ******** ********",
    ),
    (
        "s3cr3t-tok3n-that-is-long",
        "00000000: 7333 6372 3374 2d74  s3c",
        "00000000: ******** ******** ******** ********  s3c",
    ),
    // Lines that were folded, indented, or marked as a difference.
    ("s3cr3t-tok3n", "s3cr3\nt-tok3n", "********\n********"),
    ("s3cr3t-tok3n", "x: s3cr3\\\n    t-tok3n", "x: ********\\\n    ********"),
    ("s3cr3t-tok3n", "-s3cr3\n-t-tok\n-3n", "-********\n-********\n-********"),
    ("first-line\nsecond-line", "+first-line\n+second-line", "+********\n+********"),
    ("first-line\nsecond-line", r#"{"key":"first-line\nsecond-line"}"#, r#"{"key":"********\n********"}"#),
    ("first-line\nsecond-line", "only second-line", "only ********"),
    // What is too plain is left.
    ("0644", "mode 0644, was 0600", "mode 0644, was 0600"),
    ("root", "chown root /root", "chown root /root"),
    ("abc", "abc", "abc"),
    ("", "nothing", "nothing"),
];

#[test]
fn a_secret_is_masked_in_the_forms_that_it_is_printed_in() {
    for (secret, text, wanted) in TABLE {
        assert_eq!(shown(secret, text), *wanted, "{secret:?} in {text:?}");
    }
}

const PEM: &str = "-----BEGIN KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIH0a9V1i5oZmSpF2pT8wEJ3oH1v0a7lPq4sJ2n9xYb1Q\n\
    Zk3vC8hWmJt5oYcRr0L2eNfUgXdKaB6iTqSzPxV7yEwOu9DlHbGjM4nFpAsIoQeK\n\
    dGVzdA==\n\
    -----END KEY-----\n";

#[test]
fn encoded_alone_or_within_other_bytes_folded_or_not() {
    for secret in ["s3cr3t-tok3n", "geheim1", "p\u{e4}ss??>>w\u{f6}rd~~", PEM] {
        let redactor = Redactor::new(&secrets(secret));
        for before in ["", "u", "us", "user:"] {
            for after in ["", "\n", "@host/and/more"] {
                let whole = format!("{before}{secret}{after}");
                for engine in [STANDARD, URL_SAFE] {
                    let encoded = engine.encode(&whole);
                    let own = engine.encode(secret.trim());
                    for columns in [usize::MAX, 76, 64, 20] {
                        let lines: Vec<String> = encoded
                            .as_bytes()
                            .chunks(columns)
                            .map(|line| String::from_utf8_lossy(line).into_owned())
                            .collect();
                        let shown = masked(&redactor, &lines.join("\n"));
                        let kept: String = shown.chars().filter(|c| !"*\n".contains(*c)).collect();
                        let spare = encoded.len() - own.len() + 8;
                        assert!(
                            kept.len() <= spare,
                            "{before:?} {secret:?} {after:?} folded at {columns} shows {kept:?} of {encoded:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn no_line_of_a_key_is_shown_wherever_it_is_cut() {
    let redactor = Redactor::new(&secrets(PEM));
    for line in PEM.lines().skip(1).take(2) {
        for cut in (12..line.len()).step_by(5) {
            for piece in [&line[..cut], &line[line.len() - cut..]] {
                for text in [piece.to_owned(), format!("+ {piece}"), format!("key = \"{piece}\"")] {
                    let shown = masked(&redactor, &text);
                    assert!(!shown.contains(&piece[..8]), "{text:?} shows {shown:?}");
                }
            }
        }
    }
}

fn output(row: usize, line: &str) -> Event {
    let resource = ResourceRef {
        row,
        id: format!("execute[{row}]"),
        location: Location::new("recipes/a.lua", 1),
        within: Vec::new(),
        cookbook: String::new(),
        asked_by: String::new(),
        position: 1,
    };
    Event::Output { resource, line: line.to_owned() }
}

fn passed(secret: &str, lines: &[&str]) -> Vec<String> {
    let mut masked = MaskedEvents::new(&secrets(secret));
    let mut told = Vec::new();
    let mut sink = |event: Event| {
        if let Event::Output { line, .. } = event {
            told.push(line);
        }
    };
    for line in lines {
        masked.pass(output(1, line), &mut sink);
    }
    masked.flush(&mut sink);
    told
}

#[test]
fn cut_at_any_place_over_lines_that_come_one_by_one() {
    let secret = "s3cr3t-tok3n-long";
    for first in 1..secret.len() {
        for second in first..secret.len() {
            let lines = [&secret[..first], &secret[first..second], &secret[second..]];
            let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
            let told = passed(secret, &lines);
            assert_eq!(told.len(), lines.len());
            let shown: String = told.concat().replace('*', "");
            assert!(shown.len() < 4, "{lines:?} shows {told:?}");
        }
    }
}

#[test]
fn what_can_not_go_on_does_not_wait() {
    let mut masked = MaskedEvents::new(&secrets("s3cr3t-tok3n"));
    let mut told = 0;
    masked.pass(output(1, "an ordinary line"), &mut |_| told += 1);
    assert_eq!(told, 1);
    masked.pass(output(1, "here begins s3cr3t"), &mut |_| told += 1);
    assert_eq!(told, 1, "it may go on");
    masked.pass(output(2, "another command"), &mut |_| told += 1);
    assert_eq!(told, 3, "what follows is in order");
    masked.pass(Event::Note { text: "done with s3cr3t-tok3n".into() }, &mut |event| {
        assert_eq!(event, Event::Note { text: "done with ********".into() });
    });
}

#[test]
fn ordinary_words_stay() {
    let address = "postgres://blog:s3cr3t-tok3n@localhost/blog";
    for text in [
        "listens on localhost",
        "installed postgresql-15",
        "mode 0644",
        "the blog is at /srv/blog",
        "--------------------------------",
        "00000000000000000000000000000000",
        "C:\\Users\\blog",
        "100% of 5 & more; \\u12 %zz &nothing",
        "änderung",
    ] {
        assert_eq!(shown(address, text), text);
    }
    for plain in ["", "abc", "0644", "12345", "root", "admin"] {
        assert!(is_too_plain(plain), "{plain}");
    }
    for telling in ["hunter2", "geheim", "pw12", "123456", "s3cr"] {
        assert!(!is_too_plain(telling), "{telling}");
    }
}

#[test]
fn a_long_text_takes_time_in_proportion() {
    // One that is quadratic would not come to an end here.
    let secret = (0..4_000_u32).map(|n| (n * 7919 % 4093).to_string()).collect::<String>();
    let text = "\\u0061%61&amp;\n".repeat(10_000) + &secret;
    assert!(shown(&secret, &text).ends_with("\n********"));
    assert_eq!(shown(&"a".repeat(200), &"a".repeat(20_000)), "********");
}
