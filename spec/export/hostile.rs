//! Names and texts that a shell could take for something else are data in an exported script.

use std::fs;

use super::script::{Script, tree};
use super::{SHELLS, of_recipe};

/// What a careless script would run, or take for an option.
const ODD: [&str; 9] =
    ["a b", "it's", "a\"b", "-rf", "$(touch ran)", "`touch ran`", "a;touch ran", "back\\slash", "star*?[x]"];

#[test]
fn hostile_names_are_names() {
    for shell in SHELLS {
        let rows = ODD.map(|name| {
            let name = lua(name);
            format!(
                "directory(\"[DIR]/\" .. {name} .. \"-d\")\n\
                 file(\"[DIR]/\" .. {name}) {{ content = {name} .. \"\\n\" }}\n\
                 link(\"[DIR]/\" .. {name} .. \"-l\") {{ to = {name} }}\n\
                 execute({name}) {{ command = {{ \"sh\", \"-c\", 'printf \"%s\\\\n\" \"$1\" >>[DIR]/log', \"sh\", {name} }} }}\n"
            )
        });
        let script = Script::new(shell, &rows.concat());
        script.ends(&["--check"], 2);
        script.ends(&[], 0);
        for name in ODD {
            assert_eq!(script.read(name), format!("{name}\n"), "{shell:?}");
            let link = fs::read_link(script.directory.path().join(format!("{name}-l"))).unwrap();
            assert_eq!(link.to_str(), Some(name), "{shell:?}");
        }
        assert_eq!(script.read("log"), ODD.map(|name| format!("{name}\n")).concat(), "{shell:?}");
        assert!(tree(script.directory.path()).iter().all(|line| !line.starts_with("ran ")), "{shell:?}");
    }
}

#[test]
fn a_comment_holds_no_command() {
    let (text, _) = of_recipe("sh", "file \"/a\" { why = \"so\\ntouch /ran\" }\n");
    assert!(text.lines().all(|line| !line.trim_start().starts_with("touch")), "{text}");
}

#[test]
fn contents_with_bytes_that_are_no_text_are_carried() {
    for shell in SHELLS {
        let script = Script::new(shell, "file \"[DIR]/a\" { content = \"a\\0b\\r\\n\" }\n");
        script.ends(&[], 0);
        assert_eq!(script.read("a"), "a\0b\r\n", "{shell:?}");
    }
}

/// A string of Lua.
fn lua(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
