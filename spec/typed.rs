//! Calls on a terminal: waits for what the program shows, and types what a person would.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use crate::patience::{CallInTime as _, EndInTime as _, Patient};
use crate::skipped::skip;

/// Makes the call on a terminal of its own. For each pair, waits until the first has been shown, and types the second.
/// Gives the exit code and all that stood on the terminal, or nothing and a line that says so.
pub fn typed(call: &Command, talk: &[(&str, &str)]) -> Option<(i32, String)> {
    typed_after(call, talk, |_| {})
}

/// The same. Before an answer is typed, does something while the question stands: it gets the number of the question, from 0.
pub fn typed_after(
    call: &Command,
    talk: &[(&str, &str)],
    mut meanwhile: impl FnMut(usize),
) -> Option<(i32, String)> {
    if Command::new("script").arg("--version").output_in_time().is_err() {
        skip("no script(1)");
        return None;
    }
    let words = std::iter::once(call.get_program()).chain(call.get_args());
    let line: Vec<String> =
        words.map(|word| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''"))).collect();
    // What a shell starts in the background ignores Ctrl-C, and so would the call.
    let mut command = Command::new("env");
    command.args(["--default-signal=INT,QUIT", "script", "-qec", &line.join(" "), "/dev/null"]).env_clear();
    if let Some(directory) = call.get_current_dir() {
        command.current_dir(directory);
    }
    for (name, value) in call.get_envs() {
        command.env(name, value.unwrap());
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut keys, mut screen) = (child.stdin.take().unwrap(), Patient::new(child.stdout.take().unwrap()));
    let (mut shown, mut seen) = (Vec::new(), 0);
    for (number, (question, answer)) in talk.iter().enumerate() {
        while !String::from_utf8_lossy(&shown[seen..]).contains(question) {
            let mut byte = [0];
            assert_eq!(screen.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&shown));
            shown.push(byte[0]);
        }
        seen = shown.len();
        meanwhile(number);
        keys.write_all(answer.as_bytes()).unwrap();
    }
    screen.read_to_end(&mut shown).unwrap();
    let status = child.wait_in_time().unwrap().code().unwrap_or(-1);
    Some((status, String::from_utf8(shown).unwrap().replace('\r', "")))
}
