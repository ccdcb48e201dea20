//! A secret in an address, in a variable or in an input is no argument of a program, and nobody has to quote it.

use std::fs;
use std::process::Command;
use std::sync::{Arc, Mutex};

use super::script::Script;
use super::{SHELLS, of_recipe};
use crate::patience::CallInTime as _;
use crate::shell::server::{path, serve};

/// A secret that a shell could take for something else.
const ODD: &str = "it's \"$HOME\" `id` \\n";
/// One that may stand in an address, and that curl could take for a pattern.
const TOKEN: &str = "c4rrier-pigeon{7719}[1-2]'$x";

const RECIPE: &str = r#"
remote_file "[DIR]/fetched" { source = "http://[ADDRESS]/" .. secret "token" .. "/file", use_conditional_get = false }
execute "variable" {
  command = "printf %s \"$KEY\" >[DIR]/variable", environment = { KEY = "key=" .. secret "odd" }, creates = "[DIR]/variable",
}
execute "input" { command = { "tee", "[DIR]/input" }, input = "a $b\n" .. secret "odd" .. "\n", creates = "[DIR]/input" }
"#;

/// A server that notes for which paths it was asked, and which command lines had the token in them then.
struct Watcher {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
    shown: Arc<Mutex<Vec<String>>>,
}

impl Watcher {
    fn new() -> Self {
        let (asked, shown) = <(Arc<Mutex<Vec<String>>>, Arc<Mutex<Vec<String>>>)>::default();
        let (requests, lines) = (Arc::clone(&asked), Arc::clone(&shown));
        let address = serve(move |request| {
            requests.lock().unwrap().push(path(request).to_owned());
            for process in fs::read_dir("/proc").unwrap().flatten() {
                // Others come and go.
                let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
                let line = String::from_utf8_lossy(&line).into_owned();
                if line.contains("c4rrier-pigeon") {
                    lines.lock().unwrap().push(line);
                }
            }
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nfile\n".into()
        });
        Self { address, asked, shown }
    }

    /// What it was asked for since the last look. No command line had the token in it.
    fn asked(&self) -> Vec<String> {
        assert_eq!(*self.shown.lock().unwrap(), Vec::<String>::new());
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

#[test]
fn a_script_shows_no_secret_of_an_address() {
    let server = Watcher::new();
    for shell in SHELLS {
        let script = Script::new(shell, &RECIPE.replace("[ADDRESS]", &server.address))
            .env("CHEFRS_SECRET_TOKEN", TOKEN)
            .env("CHEFRS_SECRET_ODD", ODD);
        let said = script.ends(&[], 0);
        assert_eq!(server.asked(), [format!("/{TOKEN}/file")], "{said}");
        assert_eq!(script.read("fetched"), "file\n", "{said}");
        assert_eq!(script.read("variable"), format!("key={ODD}"));
        assert!(!said.contains("c4rrier-pigeon"), "{said}");
        // Neither does it say one that is wrong.
        fs::remove_file(script.directory.path().join("fetched")).unwrap();
        let script = script.env("CHEFRS_SECRET_TOKEN", "c4rrier-pigeon with a space");
        let said = script.ends(&[], 1);
        assert!(said.contains("an address has a space in it") && !said.contains("c4rrier-pigeon"), "{said}");
    }
}

/// The blocks of a text that are commands.
fn commands(notes: &str) -> String {
    let mut all = String::new();
    let mut indent = None;
    for line in notes.lines() {
        let bare = line.trim_start();
        match (&indent, bare) {
            (None, "```sh") => indent = Some(line.len() - bare.len()),
            (Some(_), "```") => indent = None,
            (Some(indent), _) => all.extend([&line[*indent..], "\n"]),
            (None, _) => {}
        }
    }
    all
}

#[test]
fn notes_ask_for_a_secret_once_and_nobody_quotes_it() {
    let server = Watcher::new();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let recipe = RECIPE.replace("[ADDRESS]", &server.address).replace("[DIR]", place);
    let (notes, _) = of_recipe("markdown", &recipe);
    assert!(notes.contains("every user can read the arguments of a program"), "{notes}");
    assert!(notes.contains("\ninstall -m 0600 /dev/null "), "{notes}");
    for shell in SHELLS {
        for (name, value) in [("odd", ODD), ("token", TOKEN)] {
            fs::write(folder.path().join(name), value).unwrap();
        }
        // Who reads them types the secrets, and passes over what is kept of before.
        let mut typed = commands(&notes);
        for name in ["odd", "token"] {
            let asked = format!("secret_{name}=$(cat)\n");
            assert_eq!(typed.matches(&asked).count(), 1, "{notes}");
            typed = typed.replace(&asked, &format!("secret_{name}=$(cat <{place}/{name})\n"));
        }
        assert!(!typed.contains("<secret "), "{notes}");
        let typed = typed.lines().filter(|line| !line.starts_with("tar ")).collect::<Vec<_>>().join("\n");
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).args(["-c", &format!("set -e\n{typed}")]);
        let output = command.output_in_time().unwrap();
        assert!(output.status.success(), "{shell:?}: {output:?}\n{typed}");
        assert_eq!(server.asked(), [format!("/{TOKEN}/file")], "{typed}");
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("fetched"), "file\n");
        assert_eq!(read("variable"), format!("key={ODD}"));
        assert_eq!(read("input"), format!("a $b\n{ODD}\n"));
    }
}

#[test]
fn the_hash_of_a_password_may_be_a_secret() {
    let recipe = "user \"ada\" { password = secret \"hash\" }\n";
    for (form, line) in [
        ("sh", "\nuser create ada password=\"$secret_hash\"\n"),
        ("markdown", "\nprintf '%s\\n' ada:\"$secret_hash\" | chpasswd -e\n"),
        ("ansible", "password: \"{{ (secrets[part_0]) | string }}\""),
        ("puppet", "password => Sensitive(join([$secrets['hash']]))"),
        ("chef", "password [secrets['hash']].join"),
        ("salt", "password: {{ (pillar['secrets']['hash']) | json }}"),
    ] {
        let (text, losses) = of_recipe(form, recipe);
        assert!(text.contains(line), "{form}: {text}");
        assert_eq!(losses, Vec::<String>::new(), "{form}");
    }
}

#[test]
fn notes_say_what_git_asks_for() {
    let recipe = "git \"/srv/code\" { repository = \"https://ada:\" .. secret \"token\" .. \"@example.org/code.git\" }\n";
    let (notes, _) = of_recipe("markdown", recipe);
    assert!(
        notes.contains("\ngit asks for the user, `ada`, and the password, `<secret token>`.\n"),
        "{notes}"
    );
    assert!(!notes.contains("secret_token"), "it is typed when git asks: {notes}");
}
