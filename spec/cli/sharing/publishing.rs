//! `cookbook publish`, `pack` and `yank`: from a cookbook that somebody works on, through a registry, into a project.

use std::fs;

use super::author::{Author, MANIFEST, REGISTRY};
use super::oci::USERS;
use super::oci_registry::OciRegistry;

#[test]
fn what_is_not_ready_is_not_published() {
    let Some(author) = Author::new() else { return };
    let publish = ["publish", "--to", "../index", "--unsigned"];
    let both = |more: &str| {
        author.file("cookbook.toml", &format!("{MANIFEST}{more}")).commit();
    };
    author.file("cookbook.toml", "name = \"motd\"\nversion = \"1.0.0\"\n").commit();
    author.refused(
        &publish,
        1,
        &[
            "a cookbook that is published has a `description`",
            "has a `license`",
            "has a scope, and `motd` has none",
        ],
    );
    author.file("cookbook.toml", &MANIFEST.replace("MIT", "MIT or so")).commit();
    author.refused(&publish, 1, &["`MIT or so` is not an SPDX expression"]);
    both("[dependencies]\nbase = { git = \"https://git.example.org/base\", version = \"^1\" }\n");
    author.refused(&publish, 3, &["there is no chefrs.lock"]);
    author.file("cookbook.toml", &MANIFEST.replace("license", "publish = [\"other\"]\nlicense")).commit();
    author.refused(&publish, 1, &["`acme/motd` may go to `other` alone, and not to `../index`"]);
    author.file("cookbook.toml", &MANIFEST.replace("license", "publish = false\nlicense")).commit();
    author.refused(&publish, 1, &["the cookbook is private: `publish` is `false`"]);
    author.file("cookbook.toml", MANIFEST);
    author.file("files/key.pem", "-----BEGIN OPENSSH PRIVATE KEY-----\n").commit();
    author.refused(&publish, 1, &["`files/key.pem` has what looks like a private key"]);
    author.file("files/key.pem", "x\n");
    author.refused(&publish, 1, &["not everything is committed: `", "files/key.pem`"]);
    author.commit();
    author.file("recipes/default.lua", "fiel '/x'\n").commit();
    author.refused(&publish, 3, &["`fiel`"]);
    author.file("recipes/default.lua", "file '/x'\n").commit();
    author.refused(&publish, 3, &["does not declare that it needs file `/x`"]);
    author.file("cookbook.toml", &MANIFEST.replace("capabilities.file = [\"[DIR]/**\"]\n", "")).commit();
    author.refused(&publish, 1, &["has no `[capabilities]`", "file `/x`", "cookbook check motd --infer"]);
    author.file("cookbook.toml", MANIFEST);
    author.file("recipes/default.lua", "file '[DIR]/x'; file '[DIR]/y'\n").commit();
    author.refused(&publish, 1, &["tests/default.lua:1"]);
    author.file("recipes/default.lua", "file '[DIR]/x'\n").commit();
    author.refused(
        &["publish", "--to", "nowhere", "--unsigned"],
        1,
        &["chefrs.toml has no registry `nowhere`"],
    );
    author.refused(
        &["publish", "--to", "https://example.org/index", "--unsigned"],
        1,
        &["it is read with HTTP alone"],
    );
    author.refused(&["publish", "--to", "../index", "--key", "../nokey"], 1, &["`../nokey` does not sign"]);
    author.refused(
        &["publish", "--to", "../gone", "--unsigned"],
        1,
        &["`acme/motd` of the registry `", "can't be read: no such file or directory"],
    );
    let (status, text) = author.call(&["publish", "--to", "../index", "--dry-run"]);
    assert_eq!((status, text.ends_with("nothing was published\n")), (0, true), "{text}");
    assert!(!author.ground.folder().join("index/acme").exists());
    // A version is there once, and one that breaks something needs a new number.
    author.publish(&["--to", "../index", "--unsigned"]);
    author.refused(&publish, 1, &["`../index` has `acme/motd` 1.0.0 already"]);
    author.file("cookbook.toml", &MANIFEST.replace("1.0.0", "1.0.1"));
    author.file("recipes/more.lua", "file '[DIR]/x'\n").commit();
    author.refused(&publish, 1, &["version 1.0.1 of `motd` must be 1.1.0 or higher, as it follows 1.0.0"]);
}

#[test]
fn a_version_that_is_out_of_use_is_kept_by_those_who_have_it() {
    let Some(author) = Author::new() else { return };
    let ground = &author.ground;
    author.publish(&["--to", "../index", "--unsigned"]);
    ground.file("chefrs.toml", REGISTRY).done(&["add", "acme/motd", "--grant"]);
    author.version("1.0.1").publish(&["--to", "../index", "--unsigned"]);
    ground.done(&["cookbook", "yank", "acme/motd", "1.0.1", "--from", "acme", "--reason", "it loses mail"]);
    ground.done(&["update"]);
    assert!(ground.text("chefrs.lock").contains("version = \"1.0.0\""));
    ground.done(&["cookbook", "yank", "acme/motd", "1.0.1", "--from", "acme", "--undo"]);
    ground.done(&["update"]);
    assert!(ground.text("chefrs.lock").contains("version = \"1.0.1\""));
    ground.done(&["cookbook", "yank", "acme/motd", "1.0.1", "--from", "acme", "--reason", "it loses mail"]);
    let said = ground.done(&["update", "--precise", "1.0.1", "motd"]);
    assert!(said.contains("`acme/motd` 1.0.1 was yanked: it loses mail"), "{said}");
    ground.done(&["run", "-r", "motd"]);
    ground.fails(
        &["cookbook", "yank", "acme/motd", "3.0.0", "--from", "acme", "--reason", "x"],
        1,
        &["the newest one is 1.0.1"],
    );
}

#[test]
fn a_registry_in_a_git_repository_takes_several_at_once() {
    let Some(author) = Author::new() else { return };
    let ground = &author.ground;
    ground.pushed("README.md", "an index\n").push(&[]);
    let place = format!("git+{}", ground.url());
    author.publish(&["--to", &place, "--unsigned"]);
    author.version("1.0.1").publish(&["--to", &place, "--unsigned"]);
    ground.file(
        "chefrs.toml",
        &format!("[registries]\nacme = {{ index = \"{place}\", min-age = \"0 days\" }}\n"),
    );
    ground.done(&["add", "acme/motd", "--grant"]);
    ground.done(&["run", "-r", "motd"]);
    assert_eq!(ground.text("motd"), "1.0.1");
    ground.done(&["cookbook", "yank", "acme/motd", "1.0.1", "--from", &place, "--reason", "x"]);
    let log = ground.git(&["-C", "ops.git", "log", "--format=%s"]);
    assert_eq!(log, "acme/motd 1.0.1 is yanked\nacme/motd 1.0.1\nacme/motd 1.0.0\nx");
}

#[test]
fn an_oci_registry_has_signed_versions() {
    let Some(author) = Author::new() else { return };
    let ground = &author.ground;
    let Some(registry) = OciRegistry::start(&ground.folder().join("oci"), None) else { return };
    let place = format!("oci://{}/ops/motd", registry.host());
    author.key("ada");
    author.publish(&["--to", &place, "--key", "../ada"]);
    author.refused(&["publish", "--to", &place, "--key", "../ada"], 1, &["has version 1.0.0 already"]);
    author.file("recipes/more.lua", "file '[DIR]/x'\n").version("1.0.1");
    author.refused(&["publish", "--to", &place, "--key", "../ada"], 1, &["must be 1.1.0 or higher"]);
    author.version("1.1.0").publish(&["--to", &place, "--key", "../ada"]);
    ground.file("chefrs.toml", "[registries]\nmin-age = \"0 days\"\n");
    let reference = format!("{}/ops/motd", registry.host());
    ground.done(&["add", "motd", "--oci", &reference, "--cookbook", "acme/motd", "--grant"]);
    ground.done(&["run", "-r", "motd"]);
    assert_eq!(ground.text("motd"), "1.1.0");
    assert!(ground.done(&["verify"]).starts_with("acme/motd 1.1.0: signed with SHA256:"));
    ground.fails(
        &["cookbook", "yank", "acme/motd", "1.1.0", "--from", &place, "--reason", "x"],
        1,
        &["what an OCI registry has never changes"],
    );
}

#[test]
fn an_oci_registry_asks_who_publishes() {
    let Some(author) = Author::new() else { return };
    let ground = &author.ground;
    let Some(registry) = OciRegistry::start(&ground.folder().join("oci"), Some(USERS)) else { return };
    let place = format!("oci://{}/ops/motd", registry.host());
    let login = |words: &str| {
        let auths = format!("{{\"auths\": {{\"{}\": {{\"auth\": \"{words}\"}}}}}}", registry.host());
        ground.file("../.docker/config.json", &auths);
    };
    author.refused(
        &["publish", "--to", &place, "--unsigned"],
        1,
        &["the registry asks for credentials", "docker login"],
    );
    // `ada:wrong`
    login("YWRhOndyb25n");
    author.refused(&["publish", "--to", &place, "--unsigned"], 1, &["the registry refuses the credentials"]);
    // `ada:secret`
    login("YWRhOnNlY3JldA==");
    author.publish(&["--to", &place, "--unsigned"]);
}

#[test]
fn an_archive_is_the_same_each_time() {
    let Some(author) = Author::new() else { return };
    let (ground, place) = (&author.ground, author.ground.folder().join("packed"));
    let pack = |folder: &str| {
        let (status, text) = author.call(&["pack", "-o", folder]);
        assert_eq!(status, 0, "{text}");
        let sum = text.lines().last().unwrap().to_owned();
        (
            sum,
            fs::read(ground.folder().join(folder.trim_start_matches("../")).join("acme-motd-1.0.0.tar.zst"))
                .unwrap(),
        )
    };
    let one = pack("../packed");
    assert!(one.0.starts_with("sum = \"h1:sha256:"), "{}", one.0);
    assert_eq!(pack("../again"), one);
    assert!(place.join("acme-motd-1.0.0.tar.zst").is_file());
}
