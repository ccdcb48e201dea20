//! A machine that lies costs little, and is told of as one that is lost.

use std::process::{Command, Stdio};

use chefrs::model::error::FailureKind;
use chefrs::model::query::Query;
use chefrs::target::Target as _;
use chefrs::target::shell::Shell;

use crate::patience::EndInTime as _;

/// Says what it is, and answers the first question without end.
const LIAR: &str = r#"
IFS= read -r line
eval "$line"
while IFS= read -r line; do case $line in *'over') break ;; esac; done
printf "$N %s\n" 'me =0' 'process =1' 'init =none' 'end =yes'
while IFS= read -r line; do case $line in N=*) break ;; esac; done
eval "$line"
yes "$N name =$(head -c 4000 /dev/zero | tr '\0' x)"
"#;

#[test]
fn an_answer_without_end_is_given_up() {
    let mut child = Command::new("/bin/sh")
        .args(["-c", LIAR])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (reader, writer) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
    let mut shell = Shell::over("spec", reader, writer).unwrap();
    let failure = shell.ask(&[Query::List("/etc".into())]).unwrap_err();
    assert_eq!(failure.message, "the connection to `spec` broke off: its answer is longer than 96 MiB");
    assert_eq!((failure.kind, shell.is_lost()), (FailureKind::Lost, true));
    drop(shell);
    child.wait_in_time().unwrap();
}
