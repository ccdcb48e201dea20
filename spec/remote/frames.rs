//! Frames: what is sent comes out again, and nothing that a liar sends costs more than a message.

use std::io::{BufReader, Cursor};

use chefrs::model::message::{FromAgent, ToAgent};
use chefrs::target::frame::{self, Broken, Frame};

fn wire(kind: u8, length: u32, body: &[u8]) -> Cursor<Vec<u8>> {
    Cursor::new([&length.to_be_bytes()[..], &[kind], body].concat())
}

#[test]
fn messages_and_bytes_come_out_again() {
    let mut out = Vec::new();
    let bytes: Vec<u8> = (0..700_000_u32).map(|n| (n % 251) as u8).collect();
    frame::send(&mut out, &ToAgent::Interrupt).unwrap();
    assert_eq!(frame::send_bytes(&mut out, &mut bytes.as_slice()).unwrap(), 700_000);
    let mut input = Cursor::new(out);
    assert_eq!(frame::receive::<ToAgent>(&mut input).unwrap(), ToAgent::Interrupt);
    let mut got = Vec::new();
    frame::receive_bytes(&mut input, 700_000, &mut |part| {
        got.extend_from_slice(part);
        Ok(())
    })
    .unwrap();
    assert_eq!(got, bytes);
    assert!(matches!(frame::read(&mut input), Err(Broken::End)));
}

/// What a recipe computes is what every machine gets: `0.1 * 14` is not 1.4.
#[test]
fn numbers_come_out_as_they_were() {
    let numbers =
        [0.1 * 14.0, 0.1 + 0.2, 6.934_698_245_112_694e276, f64::MIN_POSITIVE, f64::MAX, 5e-324, 0.1];
    for number in numbers {
        let mut out = Vec::new();
        frame::send(&mut out, &number).unwrap();
        let read: f64 = frame::receive(&mut Cursor::new(out)).unwrap();
        assert_eq!(read.to_bits(), number.to_bits(), "{number:?} is read as {read:?}");
    }
}

#[test]
fn a_frame_that_is_too_long_is_refused_by_its_head() {
    let limit = u32::try_from(frame::LIMIT).unwrap();
    for length in [limit + 1, u32::MAX] {
        let told = frame::read(&mut wire(b'j', length, b"")).unwrap_err().to_string();
        assert!(told.contains(&length.to_string()), "{told}");
    }
    // One that is only announced gets no memory, and its end is seen.
    assert!(matches!(frame::read(&mut wire(b'j', limit, b"{}")), Err(Broken::Io(_))));
}

#[test]
fn a_stream_that_ends_within_a_frame_is_broken_not_over() {
    let whole = wire(b'j', 11, b"\"interrupt\"").into_inner();
    for length in 1..whole.len() {
        let cut = frame::read(&mut &whole[..length]);
        assert!(matches!(cut, Err(Broken::Io(_))), "{length}: {cut:?}");
    }
    assert_eq!(frame::read(&mut &whole[..]).unwrap(), Frame::Json(b"\"interrupt\"".to_vec()));
}

#[test]
fn garbage_is_told_as_such() {
    let deep = "[".repeat(10_000);
    let cases: Vec<(u8, &[u8])> = vec![
        (b'x', b"{}"),
        (0, b""),
        (b'j', b""),
        (b'j', b"{"),
        (b'j', b"null"),
        (b'j', b"\"dance\""),
        (b'j', b"{\"finished\":{\"success\":1}}"),
        (b'j', b"{\"event\":{\"event\":\"earthquake\"}}"),
        (b'j', b"\xff\xfe"),
        (b'j', deep.as_bytes()),
        (b'b', b"bytes"),
    ];
    for (kind, body) in cases {
        let length = u32::try_from(body.len()).unwrap();
        let told = frame::receive::<FromAgent>(&mut wire(kind, length, body)).unwrap_err();
        assert!(matches!(told, Broken::Senseless(_)), "{kind} {body:?}: {told}");
        assert!(told.to_string().len() < 400, "{told}");
    }
}

#[test]
fn any_bytes_end_in_an_error_or_a_message() {
    // A generator of our own: the same cases on every machine.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..20_000 {
        let length = usize::try_from(next() % 64).unwrap();
        let mut bytes: Vec<u8> = (0..length).map(|_| next().to_le_bytes()[3]).collect();
        if length > 5 {
            bytes[..3].fill(0);
            bytes[4] = b'j';
        }
        let mut input = Cursor::new(bytes);
        while frame::receive::<FromAgent>(&mut input).is_ok() {}
    }
}

#[test]
fn more_or_fewer_bytes_than_announced() {
    let mut sent = Vec::new();
    frame::send_bytes(&mut sent, &mut &b"four"[..]).unwrap();
    frame::send(&mut sent, &ToAgent::Interrupt).unwrap();
    for size in [3, 5] {
        let told = frame::receive_bytes(&mut sent.as_slice(), size, &mut |_| Ok(())).unwrap_err();
        assert!(matches!(told, Broken::Senseless(_)), "{told}");
    }
    let empty = frame::receive_bytes(&mut wire(b'b', 0, b""), 1, &mut |_| Ok(())).unwrap_err();
    assert!(matches!(empty, Broken::Senseless(_)), "{empty}");
}

#[test]
fn noise_before_the_nonce_is_skipped_and_bounded() {
    let find = |text: &str| frame::find(&mut BufReader::new(text.as_bytes()), "n0nce");
    assert_eq!(find("n0nce agent 1\nrest").unwrap(), "agent 1");
    assert_eq!(find("Last login: today\n\nmore\n\nn0nce agent 1\n").unwrap(), "agent 1");
    assert_eq!(find(&format!("{}\nn0nce need /x\n", "x".repeat(100_000))).unwrap(), "need /x");
    assert!(matches!(find("no such word"), Err(Broken::NoNonce(said)) if said == ["no such word"]));
    assert!(matches!(find(&"noise\n".repeat(frame::NOISE)), Err(Broken::Noise)));
}
