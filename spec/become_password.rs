//! The password for sudo from a program of the project's: how it is named, and what can go wrong with it.

use camino::Utf8Path;
use chefrs::cookbook::Project;
use chefrs::model::error::Diagnostics;

use crate::executable::executable;
use crate::patience::PATIENCE;

/// What comes of a `chefrs.toml`; the project has a program `./ask` with this text.
fn told(toml: &str, ask: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("chefrs.toml"), toml).unwrap();
    executable(folder.path().join("ask"), ask);
    let password = Project::open(Utf8Path::from_path(folder.path()).unwrap())
        .and_then(|project| project.become_password(PATIENCE).map_err(|wrong| Diagnostics(vec![wrong])));
    match password {
        Ok(password) => format!("{password:?}"),
        Err(wrong) => wrong.to_string(),
    }
}

const ASK: &str = "become_password = [\"./ask\"]\n";

#[test]
fn its_first_line_is_the_password() {
    assert_eq!(told("", ""), "None");
    let shell = "become_password = [\"sh\", \"-c\", \"printf 'a  b\\\\nuser: deploy\\\\n'\"]\n";
    assert_eq!(told(shell, ""), "Some(\"a  b\")");
    assert_eq!(told(ASK, "#!/bin/sh\npwd | grep -q / && echo pässword\n"), "Some(\"pässword\")");
    // The project's directory is where it runs, and nobody waits for it to read.
    assert_eq!(told(ASK, "#!/bin/sh\ncat; test -e chefrs.toml && printf x\n"), "Some(\"x\")");
}

#[test]
fn what_goes_wrong_is_said_with_a_way_out() {
    let cases = [
        (
            "become_password = \"pass show deploy\"\n",
            "",
            "error: `become_password` must be a program and its arguments\n  --> chefrs.toml:1\n\
             1 | become_password = \"pass show deploy\"\n\
             hint: write a list of strings: `become_password = [\"pass show deploy\"]`",
        ),
        (
            "become_password = []\n",
            "",
            "error: `become_password` must be a program and its arguments\n  --> chefrs.toml:1\n\
             1 | become_password = []\n\
             hint: write a list of strings: `become_password = [\"pass\", \"show\", \"deploy\"]`",
        ),
        (
            ASK,
            "#!/bin/sh\necho locked >&2\nexit 2\n",
            "error: `./ask` failed: exit status 2\n  --> chefrs.toml:1\n1 | become_password = [\"./ask\"]\nnote: locked",
        ),
        (
            ASK,
            "#!/bin/sh\necho\necho second\n",
            "error: the first line that `./ask` prints is empty\n  --> chefrs.toml:1\n\
             1 | become_password = [\"./ask\"]\n\
             hint: it must print the password for sudo, and nothing else",
        ),
        (
            "become_password = [\"no-such-store\"]\n",
            "",
            "error: `no-such-store` can't be started: no such file or directory\n  --> chefrs.toml:1\n\
             1 | become_password = [\"no-such-store\"]\n\
             hint: a file of the project is called `./no-such-store`",
        ),
        (
            "become_pasword = [\"pass\"]\n",
            "",
            "error: `become_pasword` is not a known key\n  --> chefrs.toml:1\n1 | become_pasword = [\"pass\"]\n\
             hint: did you mean `become_password`?",
        ),
    ];
    for (toml, ask, expected) in cases {
        assert_eq!(told(toml, ask).trim_end(), expected);
    }
}
