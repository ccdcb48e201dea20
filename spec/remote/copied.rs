//! `chefrs put` and `chefrs get`: files to and from machines, with both engines.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::server::Server;

use crate::patience::CallInTime as _;

/// Larger than one piece, and no text.
fn bytes() -> Vec<u8> {
    (0..900_000_u32)
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes())
        .take(2_000_003)
        .collect()
}

#[test]
fn a_file_goes_there_and_comes_back() {
    let Some(server) = Server::start(None) else { return };
    fs::write(server.path("own"), bytes()).unwrap();
    fs::set_permissions(server.path("own"), Permissions::from_mode(0o640)).unwrap();
    for engine in ["agent", "shell"] {
        let there = server.path(engine);
        let there = there.to_str().unwrap();
        let (status, out, err) = server.call("put", &["--engine", engine, "own", there]);
        assert_eq!((status, err.as_str()), (0, ""), "{out}");
        assert!(out.contains("create file, 2000003 bytes"), "{out}");
        assert_eq!(fs::read(there).unwrap(), bytes());
        assert_eq!(fs::metadata(there).unwrap().permissions().mode() & 0o7777, 0o640);
        let (status, out, _) = server.call("put", &["--engine", engine, "own", there]);
        assert_eq!((status, out.as_str()), (0, "up to date\n"));
        let (status, out, err) = server.call("get", &["--engine", engine, there, "back"]);
        assert_eq!((status, out.as_str(), err.as_str()), (0, "back: 2000003 bytes\n", ""));
        assert_eq!(fs::read(server.path("back")).unwrap(), bytes());
        assert_eq!(fs::metadata(server.path("back")).unwrap().permissions().mode() & 0o7777, 0o640);
        fs::remove_file(server.path("back")).unwrap();
    }
}

#[test]
fn several_have_a_directory_each() {
    let Some(server) = Server::start(None) else { return };
    fs::write(server.path("own"), "one\n").unwrap();
    let there = server.path("own");
    let call = &mut server.command("get", "target,nowhere", &[there.to_str().unwrap(), "all"]);
    let (status, out, _) = server.told(call.output_in_time().unwrap());
    assert_eq!(status, 4, "{out}");
    assert!(out.contains("  all/target/own: 4 bytes\n"), "{out}");
    assert!(out.ends_with("2 targets: 1 succeeded and 1 unreachable\nfailed: nowhere\n"), "{out}");
    assert_eq!(fs::read_to_string(server.path("all/target/own")).unwrap(), "one\n");
    assert!(!server.path("all/nowhere").exists());
}

#[test]
fn links_are_not_followed() {
    let Some(server) = Server::start(None) else { return };
    fs::write(server.path("own"), "one\n").unwrap();
    fs::write(server.path("kept"), "kept\n").unwrap();
    symlink(server.path("kept"), server.path("link")).unwrap();
    let link = server.path("link");
    let link = link.to_str().unwrap();
    for engine in ["agent", "shell"] {
        let (status, _, err) = server.call("get", &["--engine", engine, link, "back"]);
        let told = "error: target: `[DIR]/link` is a link\nhint: links are not followed: this one leads to `[DIR]/kept`\n";
        assert_eq!((status, err.as_str()), (1, told));
        let (status, _, err) = server.call("put", &["--engine", engine, "own", link]);
        assert_eq!(status, 1, "{err}");
        assert_eq!(fs::read_to_string(server.path("kept")).unwrap(), "kept\n");
        let (status, _, err) = server.call("get", &["--engine", engine, "/nonexistent/file", "back"]);
        assert_eq!((status, err.as_str()), (1, "error: target: there is no file `/nonexistent/file`\n"));
    }
    assert!(!server.path("back").exists(), "nothing is left behind");
}

#[test]
fn what_is_typed_wrong_reaches_no_machine() {
    let Some(server) = Server::start(None) else { return };
    for (verb, words, told) in [
        ("put", ["none", "/srv/x"], "error: `none` can't be read: "),
        ("put", ["home", "/srv/x"], "error: `home` is not a regular file\n"),
        ("put", ["ssh_config", "x"], "error: the path on the targets must be absolute: `x`\n"),
        ("get", ["x", "y"], "error: the path on the targets must be absolute: `x`\n"),
    ] {
        let (status, _, err) = server.call(verb, &words);
        assert!(status == 64 && err.starts_with(told), "{verb} {words:?}: {err}");
    }
    assert_eq!(server.logins(), 0);
}
