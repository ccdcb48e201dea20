//! `cookbook publish`, `pack` and `yank`, and signatures: from a cookbook that somebody works on, through a registry, into a
//! project. Keys are real ones of `ssh-keygen`.

use std::fs;
use std::process::{Command, Stdio};

use super::ground::Ground;
use super::oci::USERS;
use super::oci_registry::OciRegistry;
use crate::patience::CallInTime as _;

/// A cookbook `acme/motd` in `author/`, and the project that may use it.
struct Author {
    ground: Ground,
}

const MANIFEST: &str = "name = \"acme/motd\"\nversion = \"1.0.0\"\ndescription = \"A message.\"\nlicense = \"MIT\"\n\
     capabilities.file = [\"[DIR]/**\"]\n";

impl Author {
    fn new() -> Option<Self> {
        let author = Self { ground: Ground::new()? };
        author.ground.git(&["init", "--quiet", "--initial-branch=main", "author"]);
        author.file("cookbook.toml", MANIFEST).file("README.md", "# motd\n");
        author.file("recipes/default.lua", "file '[DIR]/motd' { content = 'one' }\n");
        author.file(
            "tests/default.lua",
            "test 'it is there' { expect = function(run) equal(#run:resources 'file', 1) end }\n",
        );
        author.commit();
        fs::create_dir(author.ground.folder().join("index")).unwrap();
        for name in ["AUTHOR", "COMMITTER"] {
            author.ground.variable(&format!("GIT_{name}_NAME"), "Ada");
            author.ground.variable(&format!("GIT_{name}_EMAIL"), "ada@example.org");
        }
        Some(author)
    }

    fn file(&self, path: &str, text: &str) -> &Self {
        self.ground.file(&format!("../author/{path}"), text);
        self
    }

    fn commit(&self) -> &Self {
        self.ground.git(&["-C", "author", "add", "--all"]);
        self.ground.git(&["-C", "author", "commit", "--quiet", "-m", "x"]);
        self
    }

    /// The next version: another content of the file.
    fn version(&self, version: &str) -> &Self {
        self.file("cookbook.toml", &MANIFEST.replace("1.0.0", version));
        self.file("recipes/default.lua", &format!("file '[DIR]/motd' {{ content = '{version}' }}\n"));
        self.commit()
    }

    /// A new key, and its public line.
    fn key(&self, name: &str) -> String {
        let path = self.ground.folder().join(name);
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(&path).stdin(Stdio::null());
        assert!(command.output_in_time().unwrap().status.success());
        fs::read_to_string(path.with_extension("pub")).unwrap().trim().to_owned()
    }

    /// Calls `chefrs cookbook VERB` for the cookbook.
    fn call(&self, words: &[&str]) -> (i32, String) {
        let mut all = vec!["cookbook"];
        all.extend(words);
        all.extend(["--project", "../author"]);
        self.ground.call(&all)
    }

    fn publish(&self, more: &[&str]) {
        let words: Vec<&str> = ["publish"].iter().chain(more).copied().collect();
        let (status, text) = self.call(&words);
        assert_eq!(status, 0, "{text}");
        assert!(text.contains("\npublished acme/motd "), "{text}");
    }

    fn refused(&self, words: &[&str], status: i32, says: &[&str]) {
        let (found, text) = self.call(words);
        assert_eq!(found, status, "{words:?}: {text}");
        for part in says {
            assert!(text.contains(part), "{words:?} does not say {part:?}: {text}");
        }
        assert!(!text.contains("\npublished "), "{text}");
    }
}

/// The registry as projects name it.
const REGISTRY: &str = "[registries]\nacme = { index = \"../index\", min-age = \"0 days\" }\n";

#[test]
fn from_new_to_run_with_a_signature_that_the_lock_keeps() {
    let Some(author) = Author::new() else { return };
    let ground = &author.ground;
    author.key("ada");
    author.key("eve");
    author.publish(&["--to", "../index", "--key", "../ada"]);
    ground.file("chefrs.toml", REGISTRY);
    let said = ground.done(&["add", "acme/motd", "--grant"]);
    assert!(said.contains("`acme/motd` 1.0.0 is signed with SHA256:"), "{said}");
    assert!(said.contains("from now on `acme` must be signed with it"), "{said}");
    let lock = ground.text("chefrs.lock");
    assert!(lock.contains("\nsigner = \"SHA256:"), "{lock}");
    ground.done(&["run", "-r", "motd"]);
    assert_eq!(ground.text("motd"), "one");
    let said = ground.done(&["verify"]);
    assert!(said.starts_with("acme/motd 1.0.0: signed with SHA256:"), "{said}");
    assert!(said.ends_with("\n1 cookbook as chefrs.lock says\n"), "{said}");

    // A change is published; the project runs the old one until it updates.
    author.version("1.0.1").publish(&["--to", "../index", "--key", "../ada"]);
    assert!(ground.done(&["outdated"]).contains("1.0.1"));
    ground.done(&["run", "-r", "motd"]);
    assert_eq!(ground.text("motd"), "one");
    let said = ground.done(&["update"]);
    let different = "motd 1.0.0 to 1.0.1:\n  files: changed `cookbook.toml` and `recipes/default.lua`\n";
    assert!(said.ends_with(different), "{said}");
    ground.done(&["run", "-r", "motd"]);
    assert_eq!(ground.text("motd"), "1.0.1");
    let lock = ground.text("chefrs.lock");

    // Another signer, and none, are refused: the lock stays as it is.
    author.version("1.0.2").publish(&["--to", "../index", "--key", "../eve"]);
    ground.fails(
        &["update"],
        1,
        &["`acme/motd` 1.0.2 is signed with SHA256:", "`acme` was signed with SHA256:", "[trust.scopes]"],
    );
    author.version("1.0.3").publish(&["--to", "../index", "--unsigned"]);
    ground.fails(&["update"], 1, &["`acme/motd` 1.0.3 is not signed, and `acme` was signed with SHA256:"]);
    assert_eq!(ground.text("chefrs.lock"), lock);
    ground.done(&["run", "-r", "motd"]);
}

#[test]
fn who_must_have_signed() {
    let Some(author) = Author::new() else { return };
    let ground = &author.ground;
    let (ada, eve) = (author.key("ada"), author.key("eve"));
    author.publish(&["--to", "../index", "--key", "../ada"]);
    let require =
        |keys: &str| ground.file("chefrs.toml", &format!("[trust]\npolicy = \"require\"\n{keys}{REGISTRY}"));
    require("");
    ground.fails(
        &["add", "acme/motd", "--grant"],
        1,
        &["`[trust.scopes]` lists no key for `acme`", "acme = [\"ssh-ed25519 …\"]"],
    );
    require(&format!("[trust.scopes]\nacme = [\"{eve}\"]\n"));
    ground.fails(
        &["add", "acme/motd", "--grant"],
        1,
        &["is signed with SHA256:", "which `[trust.scopes]` does not list for `acme`"],
    );
    assert_eq!(ground.text("chefrs.lock"), "");
    require(&format!("[trust.scopes]\nacme = [\"{ada}\"]\n"));
    ground.done(&["add", "acme/motd", "--grant"]);
    ground.done(&["run", "-r", "motd"]);
    // A key that is taken off the list counts no more, in runs either.
    let taken = ground.text("chefrs.toml").replace(&ada, &eve);
    ground.file("chefrs.toml", &taken);
    ground.fails(&["run", "-r", "motd"], 3, &["which `[trust.scopes]` does not list for `acme`"]);
    ground.fails(&["verify"], 1, &["which `[trust.scopes]` does not list for `acme`"]);
    // Words that can't be taken.
    for (trust, says) in [
        ("[trust]\npolicy = \"maybe\"\n", "write `off`, `warn` or `require`"),
        ("[trust.scopes]\nacme = [\"ssh-ed25519 AAAA\"]\n", "can't be read as a public key"),
        ("[trust.scopes]\nacme = \"x\"\n", "must be a list of public keys"),
        ("trust = 1\n", "`trust` must be a table"),
        ("[trust]\nkeys = 1\n", "`trust.keys` is not a known key"),
    ] {
        ground.file("chefrs.toml", trust);
        ground.fails(&["check"], 3, &[says]);
    }
}

#[test]
fn a_signature_of_something_else_is_none() {
    let Some(author) = Author::new() else { return };
    let ground = &author.ground;
    author.key("ada");
    author.publish(&["--to", "../index", "--key", "../ada"]);
    author.version("1.0.1").publish(&["--to", "../index", "--key", "../ada"]);
    // The signature of one version beside the other.
    let index = ground.folder().join("index/acme/motd");
    let text = fs::read_to_string(&index).unwrap();
    let signature = |line: &str| {
        let start = line.find("\"signature\":").unwrap();
        line[start..line[start..].find("-----END").unwrap() + start].to_owned()
    };
    let lines: Vec<&str> = text.lines().collect();
    let swapped = lines[1].replace(&signature(lines[1]), &signature(lines[0]));
    fs::write(&index, format!("{}\n{swapped}\n", lines[0])).unwrap();
    ground.file("chefrs.toml", REGISTRY);
    ground.fails(
        &["add", "acme/motd", "--grant"],
        1,
        &["error: `acme/motd` 1.0.1: the signature is not one of these files, this name and this version"],
    );
    assert_eq!(
        (ground.text("chefrs.lock"), ground.text("chefrs.toml")),
        (String::new(), REGISTRY.to_owned())
    );
    // Without it, the version is merely not signed.
    ground.file("chefrs.toml", &format!("[trust]\npolicy = \"off\"\n{REGISTRY}"));
    ground.done(&["add", "acme/motd", "--grant"]);
    assert!(ground.done(&["verify"]).starts_with("acme/motd 1.0.1: not signed\n"));
}

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
fn a_tag_can_be_signed_too() {
    let Some(author) = Author::new() else { return };
    let ground = &author.ground;
    let ada = author.key("ada");
    author.publish(&["--to", "tag", "--key", "../ada"]);
    let url = format!("file://{}", ground.folder().join("author").display());
    ground
        .file("chefrs.toml", &format!("[trust]\npolicy = \"require\"\n[trust.scopes]\nacme = [\"{ada}\"]\n"));
    ground.done(&["add", "motd", "--git", &url, "--cookbook", "acme/motd", "--grant"]);
    ground.done(&["run", "-r", "motd"]);
    assert!(ground.done(&["verify"]).starts_with("acme/motd 1.0.0: signed with SHA256:"));
    // A tag without a signature is not enough.
    author.version("1.0.1");
    ground.git(&["-C", "author", "tag", "-a", "-m", "x", "v1.0.1"]);
    ground.fails(
        &["update"],
        1,
        &["`acme/motd` 1.0.1 is not signed, and `[trust.scopes]` lists the keys of `acme`"],
    );
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
