//! Messages of the other half of a run: an agent, a control side, or the process that compiles.
//!
//! What begins with `{`, `"` or `[` is lines, each a message to be framed; all else is the bytes of a stream.

use std::io::Cursor;

use camino::Utf8Path;
use chefrs::compile::{Input, Limits};
use chefrs::confined;
use chefrs::cookbook::Project;
use chefrs::model::message::{FromAgent, ToAgent};
use chefrs::target::frame::{self, Broken, Frame};
use chefrs::target::pack;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Map;

use super::ground::Ground;

/// Ours before the first frame.
const NONCE: &str = "0123456789abcdef";
/// Most messages of one stream.
const MESSAGES: usize = 200;

/// Each side hears it as if the other had sent it.
pub fn frames(data: &[u8]) {
    let lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').take(MESSAGES).collect();
    let is_text = matches!(data.first(), Some(b'{' | b'"' | b'['));
    let stream = if is_text { framed(&lines) } else { data.to_vec() };
    heard::<FromAgent>(&stream);
    heard::<ToAgent>(&stream);
    let mut rest = Cursor::new(data);
    if let Ok(word) = frame::find(&mut rest, NONCE) {
        assert!(!word.contains('\n'));
        heard::<FromAgent>(&data[usize::try_from(rest.position()).expect("a place in it")..]);
    }
    compile(&if is_text { prefixed(&lines) } else { data.to_vec() });
}

/// A line that begins with `b` is a chunk of bytes.
fn framed(lines: &[&[u8]]) -> Vec<u8> {
    let mut stream = Vec::new();
    for line in lines {
        let (kind, body) = line.strip_prefix(b"b").map_or((b'j', *line), |chunk| (b'b', chunk));
        stream.extend(u32::try_from(body.len()).expect("a short line").to_be_bytes());
        stream.push(kind);
        stream.extend_from_slice(body);
    }
    stream
}

fn heard<M: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug + Announcing>(stream: &[u8]) {
    let mut input = Cursor::new(stream);
    for _ in 0..MESSAGES {
        let message: M = match frame::receive(&mut input) {
            Ok(message) => message,
            Err(Broken::End | Broken::Io(_) | Broken::TooLong(_)) => return,
            // It is left at once, so what comes then is looked at for itself.
            Err(Broken::Senseless(why)) => {
                assert!(why.chars().count() <= 300 && !why.contains('\u{1b}'), "{why:?}");
                continue;
            }
            Err(other) => panic!("{other}"),
        };
        let mut again = Vec::new();
        frame::send(&mut again, &message).expect("it was short enough before");
        let read: M = frame::receive(&mut Cursor::new(&again)).expect("it was sent so");
        assert_eq!(read, message);
        let announced = message.announced();
        let mut taken = 0;
        let received = frame::receive_bytes(&mut input, announced, &mut |bytes| {
            taken += bytes.len() as u64;
            Ok(())
        });
        assert!(taken <= announced && (received.is_err() || taken == announced));
    }
    // What can't be read as messages can as frames.
    let mut input = Cursor::new(stream);
    while let Ok(Frame::Json(body) | Frame::Chunk(body)) = frame::read(&mut input) {
        assert!(body.len() <= frame::LIMIT);
    }
}

/// What a message says of bytes that follow it; what it packs is looked at.
trait Announcing {
    fn announced(&self) -> u64;
}

impl Announcing for ToAgent {
    fn announced(&self) -> u64 {
        match self {
            Self::Begin(begin) => begin.collection,
            Self::Blob(rest) => rest.blob.size.saturating_sub(rest.from),
            _ => 0,
        }
    }
}

impl Announcing for FromAgent {
    fn announced(&self) -> u64 {
        if let Self::Events(packed) = self {
            let _ = pack::unpack_events(packed);
        }
        0
    }
}

fn prefixed(lines: &[&[u8]]) -> Vec<u8> {
    let length = |line: &[u8]| u32::try_from(line.len()).expect("a short line").to_le_bytes();
    lines.iter().flat_map(|line| [&length(line), *line].concat()).collect()
}

/// Whatever the process that compiles says, it gets nothing of what lies beside the project.
fn compile(stream: &[u8]) {
    thread_local! {
        static PROJECT: (Ground, Project) = project();
    }
    PROJECT.with(|(_, project)| {
        let input = Input { project, run_list: &[], facts: &Map::new(), attributes: &[] };
        let limits = Limits { resources: 50, ..Limits::default() };
        let mut answers = Vec::new();
        let heard = confined::hear((&mut answers, &mut Cursor::new(stream)), limits, &input);
        let secret = BESIDE.as_bytes();
        assert!(!answers.windows(secret.len()).any(|bytes| bytes == secret), "it was told what lies beside");
        if let Ok(Ok(compiled)) = heard {
            assert!(compiled.collection.check_links().is_ok());
            assert!(compiled.collection.rows.len() <= limits.resources);
        }
    });
}

/// What lies beside the project.
const BESIDE: &str = "nobody's business";

fn project() -> (Ground, Project) {
    let ground = Ground::new();
    ground.write("beside/file", BESIDE);
    ground.write("project/recipes/main.lua", "file \"/x\" {}");
    ground.write("project/files/text", "text");
    ground.write("project/files/.hidden", "hidden");
    ground.link("project/files/out", Utf8Path::new("../../beside"));
    ground.link("project/files/far", Utf8Path::new("../../beside/file"));
    let project = Project::open(&ground.path("project")).expect("it is one");
    (ground, project)
}
