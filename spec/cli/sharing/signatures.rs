//! Signatures of published cookbooks, with real keys of `ssh-keygen`: whose count, and what is none.

use std::fs;

use super::author::{Author, REGISTRY};

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
