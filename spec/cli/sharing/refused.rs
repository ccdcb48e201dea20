//! What is refused, and what is said then. The lock stays as it was.

use std::fs;
use std::os::unix::fs::symlink;

use super::ground::Ground;

/// A call of `fetch` that must say these things, with this line in `[cookbooks]`.
fn refused(ground: &Ground, line: &str, says: &[&str]) {
    ground.takes(line);
    ground.fails(&["fetch"], 1, says);
    assert!(!ground.project().join("chefrs.lock").exists());
}

#[test]
fn versions_that_do_not_fit() {
    let Some(ground) = Ground::new() else { return };
    ground.version("common", "1.0.0", "");
    ground.version("common", "2.0.0", "");
    ground.version(
        "shop",
        "1.0.0",
        "[dependencies]\ncommon = { git = \"[OPS]\", subdirectory = \"common\", version = \"^2\" }\n",
    );
    let common = "common = { git = \"[OPS]\", subdirectory = \"common\", version = \"^9\" }";
    refused(
        &ground,
        common,
        &[
            "no version of `common` fits all who ask for it",
            "chefrs.toml asks for ^9, at chefrs.toml:2",
            "its versions are 2.0.0 and 1.0.0",
        ],
    );
    let both =
        format!("{}\nshop = {{ git = \"[OPS]\", subdirectory = \"shop\" }}", common.replace("^9", "^1"));
    refused(
        &ground,
        &both,
        &[
            "chefrs.toml asks for ^1, at chefrs.toml:2",
            "cookbook `shop` asks for ^2, at shop@1.0.0/cookbook.toml:4",
            "`[override]`",
        ],
    );
    refused(
        &ground,
        "web = { git = \"[OPS]\", subdirectory = \"shop\", branch = \"main\" }",
        &["calls itself `shop`", "write `cookbook = \"shop\"`"],
    );
    ground.pushed("shop/cookbook.toml", "name = \"shop\"\nversion = \"1.0.1\"\n").push(&["shop-v1.2.0"]);
    refused(
        &ground,
        "shop = { git = \"[OPS]\", subdirectory = \"shop\" }",
        &["the tag `shop-v1.2.0` holds version 1.0.1 of `shop`"],
    );
    ground.git(&["-C", "work", "tag", "-d", "common-v1.0.0", "common-v2.0.0"]);
    ground.push(&[]);
    refused(
        &ground,
        common,
        &["has no tag with a version of `common`", "name a `tag`, a `branch` or a `revision`"],
    );
}

#[test]
fn two_of_one_name_and_circles() {
    let Some(ground) = Ground::new() else { return };
    ground.version("one", "1.0.0", "[dependencies]\ntwo = { path = \"../two\" }\n");
    ground.version("two", "1.0.0", "[dependencies]\none = { path = \"../one\" }\n");
    let one = "one = { git = \"[OPS]\", subdirectory = \"one\", branch = \"main\" }";
    refused(&ground, one, &["cookbooks need each other in a circle: one, two, one"]);
    ground.file("cookbooks/one/cookbook.toml", "name = \"one\"\nversion = \"1.0.0\"\n");
    refused(&ground, one, &["two cookbooks are called `one`: `cookbooks/one`, and [OPS] (directory `one`)"]);
    fs::remove_dir_all(ground.project().join("cookbooks")).unwrap();
    ground.file("../mine/cookbook.toml", "name = \"one\"\nversion = \"1.0.0\"\n");
    let two = format!("{one}\nmine = {{ path = \"../mine\", cookbook = \"one\" }}");
    refused(&ground, &two, &["two cookbooks are called `one`: `../mine`, and"]);
    ground.version("two", "1.0.1", "[dependencies]\nout = { path = \"../../etc\" }\n");
    refused(
        &ground,
        "two = { git = \"[OPS]\", subdirectory = \"two\" }",
        &["`../../etc` leads out of the repository of cookbook `two`"],
    );
}

#[test]
fn trees_that_are_no_cookbooks() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    let work = ground.project().join("../work/web");
    let web = "web = { git = \"[OPS]\", subdirectory = \"web\", branch = \"main\" }";
    symlink("/etc/passwd", work.join("link")).unwrap();
    ground.push(&[]);
    refused(&ground, web, &["`link` is a link", "a cookbook has regular files alone"]);
    fs::remove_file(work.join("link")).unwrap();
    ground.pushed("web/files/A", "x").pushed("web/files/a", "x").push(&[]);
    refused(&ground, web, &["`files/A` and `files/a` are equal but for case"]);
    fs::remove_file(work.join("files/A")).unwrap();
    ground.pushed("web/files/a\u{7}b", "x").push(&[]);
    refused(&ground, web, &["the name `files/a\\u{7}b` is refused"]);
    fs::remove_file(work.join("files/a\u{7}b")).unwrap();
    ground.pushed("web/files/large", "version https://git-lfs.github.com/spec/v1\noid sha256:aa\n").push(&[]);
    refused(&ground, web, &["`files/large` is in Git LFS"]);
    fs::remove_file(work.join("files/large")).unwrap();
    for index in 0..5001 {
        ground.pushed(&format!("web/files/many/{index}"), "");
    }
    ground.push(&[]);
    refused(&ground, web, &["it has more than 5000 files or 32 MiB"]);
}

#[test]
fn repositories_that_are_not_there() {
    let Some(ground) = Ground::new() else { return };
    refused(
        &ground,
        "web = { git = \"file:///nowhere/x.git\" }",
        &[
            "the repository `file:///nowhere/x.git` can't be fetched",
            "does not appear to be a git repository",
            "--> chefrs.toml:2",
            "git ls-remote",
        ],
    );
    // Nobody listens there.
    refused(&ground, "web = { git = \"git://127.0.0.1:1/x\" }", &["`git://127.0.0.1:1/x` can't be fetched"]);
    ground.takes("web = { git = \"[OPS]\" }");
    ground.fails(&["fetch", "--offline"], 1, &["was never fetched", "leave out `--offline` once"]);
}

#[test]
fn words_that_can_not_be_taken() {
    let Some(ground) = Ground::new() else { return };
    for (line, says) in [
        ("nginx = \"Acme/nginx\"", "`Acme/nginx` is not the name of a cookbook"),
        ("nginx = \"acme/my_nginx\"", "`acme/my_nginx` is not the name of a cookbook"),
        ("nginx = \"acme/nginx 1.2, <3\"", "`1.2, <3` is not a range of versions"),
        ("\"acme/nginx\" = \"acme/nginx ^1\"", "the alias has no scope: write `nginx = "),
        ("nginx = \"*\"", "`cookbooks.nginx` must be a table that says where the cookbook is"),
        ("nginx = { oci = \"nginx\" }", "it has no host: write `HOST/NAME`"),
        ("nginx = { oci = \"oci.example.org/Ops/nginx\" }", "has lowercase letters"),
        ("nginx = { oci = \"oci.example.org/x:1.0\" }", "a version belongs to `version`"),
        ("nginx = { oci = \"oci.example.org/x\", tag = \"1\" }", "`tag` belongs to `git`, but this is `oci`"),
        ("nginx = { url = \"https://example.org/x.tar.zst\", sum = \"x\" }", "`x` is not a sum"),
        (
            "nginx = { url = \"http://example.org/x.tar.zst\" }",
            "without TLS, only this machine itself is used",
        ),
        ("nginx = { url = \"https://me:secret@example.org/x\" }", "it holds a password"),
        ("nginx = { git = \"https://example.org/x\", oci = \"example.org/x\" }", "has both `git` and `oci`"),
        ("nginx = { git = \"-x\" }", "it begins with `-`, as an option does"),
        ("nginx = { git = \"ext::sh -c x\" }", "is not a URL that cookbooks are fetched from"),
        ("nginx = { git = \"ext::x\" }", "it would start another program"),
        ("nginx = { git = \"https://me:secret@example.org/x\" }", "it holds a password"),
        ("nginx = { git = \"../x\" }", "it is neither absolute nor on another machine"),
        (
            "nginx = { git = \"https://example.org/x\", subdirectory = \"../y\" }",
            "is not a directory inside of the repository",
        ),
        (
            "nginx = { git = \"https://example.org/x\", tag = \"v1\", branch = \"main\" }",
            "both say which commit is used",
        ),
        ("nginx = { git = \"https://example.org/x\", revision = \"main\" }", "`main` is not a commit"),
        ("nginx = { git = \"https://example.org/x\", version = \"1.2, <3\" }", "is not a range of versions"),
        ("nginx = { path = \"../x\", tag = \"v1\" }", "`tag` belongs to `git`, but this is a path"),
        ("nginx = { path = \"../x\", git = \"https://example.org/x\" }", "`nginx` has both `path` and `git`"),
        ("nginx = { version = \"^1\" }", "`nginx` does not say where the cookbook is"),
        ("\"a-b\" = { path = \"../x\" }", "`a-b` can't name a cookbook"),
        ("x = { path = \"../x\", subdir = \"y\" }", "`cookbooks.x.subdir` is not a known key"),
    ] {
        ground.takes(line);
        for verb in ["fetch", "check"] {
            let (status, text) = ground.call(&[verb]);
            assert!(
                status == 3 && text.contains(says) && text.contains("--> chefrs.toml:2"),
                "{line}: {text}"
            );
            assert!(!text.contains("secret"), "{text}");
        }
    }
    for (lines, says) in [
        ("default = \"http://example.org\"", "without TLS, only this machine itself is used"),
        ("default = \"index\"", "a directory begins with `/`, `./` or `../`"),
        ("default = \"git+ext::x\"", "it would start another program"),
        ("acme = { scopes = [\"acme\"] }", "`registries.acme` does not say where its index is"),
        ("acme = { index = \"./index\", scope = [\"acme\"] }", "`registries.acme.scope` is not a known key"),
        ("acme = \"./index\"\nmin-age = \"soon\"", "`soon` is not a time"),
        (
            "acme = \"./index\"\nours = { index = \"./ours\", scopes = [\"ours\", \"acme\"] }",
            "the registries `acme` and `ours` both have the scope `acme`",
        ),
    ] {
        ground.file("chefrs.toml", &format!("[registries]\n{lines}\n"));
        ground.fails(&["check"], 3, &[says, "--> chefrs.toml:"]);
    }
}

#[test]
fn locks_that_are_not_understood() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    ground.takes("web = { git = \"[OPS]\", subdirectory = \"web\" }").done(&["fetch"]);
    let good = ground.text("chefrs.lock");
    for (text, says) in [
        (good.replace("version = 1\n", "version = 2\n"), "upgrade chefrs"),
        (
            good.replace("[[cookbook]]", "<<<<<<< ours\n[[cookbook]]"),
            "the file has marks of a merge conflict",
        ),
        (good.replace("version = 1\n", ""), "the file does not say its version"),
        (good.replace("sum = ", "some = "), "`web` has no `sum`"),
        (good.replace("name = \"web\"", "name = \"../web\""), "`../web` is not a name"),
        (good.replace("git+", "oci+"), "the source of `web` is not understood"),
        (good.replace("git+", "hg+"), "the source of `web` is not understood"),
        (good.replace("sha256:", "sha256:0"), "the sum of `web` is not understood"),
        (format!("{good}{}", &good[good.find("\n[[").unwrap()..]), "`web` is there twice"),
    ] {
        ground.file("chefrs.lock", &text);
        for words in [&["plan", "-r", "web"][..], &["fetch"], &["update"]] {
            ground.fails(words, 3, &[says, "chefrs.lock"]);
            assert_eq!(ground.text("chefrs.lock"), text);
        }
    }
    // A sum that the repository does not have.
    let at = good.find("sha256:").unwrap() + 7;
    let digit = if good[at..].starts_with('0') { "1" } else { "0" };
    let text = [&good[..at], digit, &good[at + 1..]].concat();
    ground.file("chefrs.lock", &text);
    ground.fails(
        &["fetch"],
        1,
        &["the files of `web` 1.0.0 differ from their sum in chefrs.lock", "ask who did it"],
    );
    assert_eq!(ground.text("chefrs.lock"), text);
}
