//! Cookbooks from the static index of a registry: a directory, or a git repository.

use std::fs;

use serde_json::json;

use super::ground::Ground;
use super::published::{Index, cookbook};

/// A project with a registry in the directory `index` beside it.
fn with_index(lines: &str) -> Option<(Ground, Index)> {
    let ground = Ground::new()?;
    let index = ground.index("index");
    takes(&ground, lines);
    Some((ground, index))
}

fn takes(ground: &Ground, lines: &str) {
    let aliases = lines.lines().filter_map(|line| line.split_once(" = ")).map(|(alias, _)| alias);
    let grants: Vec<String> =
        aliases.map(|alias| format!("[grants.{alias}]\nfile = [\"[DIR]/**\"]\n")).collect();
    let head = "[registries]\ndefault = \"../index\"\n[cookbooks]";
    ground.file("chefrs.toml", &format!("{head}\n{lines}\n{}", grants.concat()));
}

#[test]
fn the_newest_in_the_range_is_taken_with_all_that_it_needs() {
    let Some((ground, index)) = with_index("web = \"acme/my-web ^1.1\"") else { return };
    let sum = index.publish("acme/common", "2.1.0", json!({}), json!({}));
    index.publish("acme/common", "3.0.0", json!({}), json!({}));
    for version in ["1.0.0", "1.2.0", "2.0.0", "1.3.0-rc.1"] {
        index.publish("acme/my-web", version, json!({"base": "acme/common ^2"}), json!({}));
    }
    let said = ground.done(&["fetch"]);
    assert_eq!(
        said,
        "added acme/common 2.1.0\nadded acme/my-web 1.2.0\nwrote chefrs.lock: 2 cookbooks from registries\n\
         warning: `acme/common` 2.1.0 and `acme/my-web` 1.2.0 are not signed\n"
    );
    let lock = ground.text("chefrs.lock");
    let entry = format!(
        "[[cookbook]]\nname = \"acme/common\"\nversion = \"2.1.0\"\nsource = \"registry+../index\"\nsum = \"{sum}\"\n"
    );
    assert!(lock.contains(&entry) && lock.contains("  \"base = acme/common 2.1.0\",\n"), "{lock}");
    // Nothing but the cache is needed.
    fs::rename(&index.root, ground.folder().join("away")).unwrap();
    ground.done(&["run", "-r", "my_web"]);
    assert_eq!(ground.text("my_web"), "1.2.0\n");
    ground.done(&["lock", "--check"]);
    fs::rename(ground.folder().join("away"), &index.root).unwrap();
    assert_eq!(
        ground.done(&["tree"]),
        "acme/my-web 1.2.0  the registry ../index\n  acme/common 2.1.0  the registry ../index\n"
    );
    let ways = "chefrs.toml > acme/my-web 1.2.0 > acme/common 2.1.0\n";
    assert_eq!(ground.done(&["tree", "--why", "acme/common"]), ways);
    assert_eq!(ground.done(&["tree", "--why", "common"]), ways);
    ground.fails(&["tree", "--why", "other/common"], 3, &["does not know the cookbook `other/common`"]);
    index.publish("acme/my-web", "1.4.0", json!({"base": "acme/common ^2"}), json!({}));
    assert_eq!(
        ground.done(&["outdated"]),
        "acme/common 2.1.0: the newest is 3.0.0; chefrs.toml allows no newer one\n\
         acme/my-web 1.2.0: the newest is 2.0.0; an update takes 1.4.0\n"
    );
    ground.fails(&["update", "other/my-web"], 1, &["chefrs.lock has no cookbook `other/my-web`"]);
    let said = ground.done(&["update", "acme/my-web"]);
    assert!(said.starts_with("changed acme/my-web 1.2.0 to 1.4.0\n"), "{said}");
    ground.done(&["update", "my_web", "--precise", "1.2.0"]);
    let said = ground.done(&["vendor"]);
    assert!(said.ends_with("wrote vendor/acme/common\nwrote vendor/acme/my-web\n"), "{said}");
    fs::remove_dir_all(ground.cache()).unwrap();
    ground.done(&["run", "-r", "my_web"]);
    takes(&ground, "");
    ground.done(&["fetch"]);
    let said = ground.done(&["vendor"]);
    assert!(said.contains("nothing uses vendor/acme/common: it can be removed\n"), "{said}");
}

#[test]
fn one_is_added_by_its_name() {
    let Some((ground, index)) = with_index("") else { return };
    index.publish("acme/my-web", "1.2.0", json!({}), json!({}));
    index.publish("acme/my-web", "2.0.0", json!({}), json!({}));
    let said = ground.done(&["add", "acme/my-web@^1", "--grant"]);
    assert!(
        said.ends_with(
            "\nadded acme/my-web 1.2.0\nwrote chefrs.lock: 1 cookbook from registries\nadded `my_web` to chefrs.toml\n\
             warning: `acme/my-web` 1.2.0 is not signed\n"
        ),
        "{said}"
    );
    assert!(
        ground.text("chefrs.toml").contains("[cookbooks]\nmy_web = \"acme/my-web ^1\"\n")
            && ground.text("chefrs.toml").contains("[grants.my_web]\nfile = "),
        "{}",
        ground.text("chefrs.toml")
    );
    ground.done(&["remove", "my_web"]);
    ground.done(&["add", "acme/my-web", "--alias", "site", "--grant"]);
    assert!(ground.text("chefrs.toml").contains("site = \"acme/my-web ^2.0.0\"\n"));
    ground.done(&["run", "-e", "include_recipe \"site\""]);
    assert_eq!(ground.text("my_web"), "2.0.0\n");
    ground.fails(
        &["add", "acme/none"],
        1,
        &["the registry ../index has no cookbook `acme/none`", "its scope decides"],
    );
    ground.fails(
        &["add", "acme/my-wbe"],
        1,
        &["has no cookbook `acme/my-wbe`", "did you mean `acme/my-web`?"],
    );
    ground.fails(&["add", "none"], 64, &["it is not said where `none` is", "`chefrs add SCOPE/none`"]);
    ground.fails(&["add", "acme/x@^1", "--version", "^1"], 64, &["the versions are said twice"]);
    ground.fails(
        &["add", "acme/x", "--tag", "v1"],
        64,
        &["`--tag` does not go with a cookbook of a registry"],
    );
    let said = ground.done(&["search", "WEB"]);
    assert_eq!(said, "acme/my-web 2.0.0  acme/my-web for specs\n");
    assert_eq!(ground.done(&["search", "xyz"]), "no cookbook has `xyz` in its name or description\n");
}

#[test]
fn a_scope_belongs_to_one_registry() {
    let Some(ground) = Ground::new() else { return };
    let (all, ours) = (ground.index("index"), ground.index("ours"));
    all.publish("acme/web", "9.0.0", json!({}), json!({}));
    all.publish("other/lib", "1.0.0", json!({}), json!({}));
    ours.publish("acme/web", "1.0.0", json!({"lib": "other/lib ^1"}), json!({}));
    ours.publish("other/lib", "1.9.0", json!({}), json!({}));
    ground.file(
        "chefrs.toml",
        "[registries]\ndefault = \"../index\"\nours = { index = \"../ours\", scopes = [\"acme\"] }\n\
         [cookbooks]\nweb = \"acme/web\"\n",
    );
    ground.done(&["fetch"]);
    let lock = ground.text("chefrs.lock");
    assert!(lock.contains("version = \"1.0.0\"\nsource = \"registry+../ours\"\n"), "{lock}");
    assert!(
        lock.contains("name = \"other/lib\"\nversion = \"1.0.0\"\nsource = \"registry+../index\"\n"),
        "{lock}"
    );
    ground.file(
        "chefrs.toml",
        "[registries]\nours = { index = \"../ours\", scopes = [\"acme\"] }\n[cookbooks]\nweb = \"acme/web\"\n",
    );
    ground.fails(
        &["update"],
        1,
        &[
            "no registry is known for the scope `other` of `other/lib`",
            "cookbook `acme/web` asks for it",
            "`[registries]`",
        ],
    );
    assert_eq!(ground.text("chefrs.lock"), lock);
    // Two of one name, from one registry each.
    all.publish("other/web", "1.0.0", json!({}), json!({}));
    ground.file(
        "chefrs.toml",
        "[registries]\ndefault = \"../index\"\nours = { index = \"../ours\", scopes = [\"acme\"] }\n\
         [cookbooks]\na = \"acme/web\"\nb = \"other/web\"\n",
    );
    ground.fails(
        &["update"],
        1,
        &["two cookbooks are called `web`", "`other/web` of the registry ../index", "--> chefrs.toml:6"],
    );
    assert_eq!(ground.text("chefrs.lock"), lock);
    // Another place for the same name is not taken in silence.
    ground.file("../web/cookbook.toml", "name = \"acme/web\"\nversion = \"1.0.0\"\n");
    let head = "[registries]\ndefault = \"../index\"\nours = { index = \"../ours\", scopes = [\"acme\"] }\n[cookbooks]\n";
    ground.file(
        "chefrs.toml",
        &format!("{head}mine = {{ path = \"../web\", cookbook = \"acme/web\" }}\nweb = \"acme/web\"\n"),
    );
    ground.fails(&["update"], 1, &["two cookbooks are called `web`", "`[override]`"]);
    ground.file(
        "chefrs.toml",
        &format!("{head}web = \"acme/web\"\n[override]\n\"acme/web\" = {{ path = \"../web\" }}\n"),
    );
    ground.done(&["update"]);
    assert!(ground.text("chefrs.lock").contains("name = \"acme/web\"\nsource = \"path+../web\"\n"));
}

#[test]
fn what_is_new_or_was_yanked_is_only_taken_if_the_lock_has_it() {
    let Some((ground, index)) = with_index("web = \"acme/web ^1\"") else { return };
    index.publish("acme/web", "1.0.0", json!({}), json!({"deprecated": "use acme/site"}));
    index.publish("acme/web", "1.1.0", json!({}), json!({"published": "2999-01-01T00:00:00Z"}));
    index.publish("acme/web", "1.2.0", json!({}), json!({"published": null}));
    index.publish("acme/web", "1.3.0", json!({}), json!({"yanked": "it removed /srv"}));
    let said = ground.done(&["fetch"]);
    assert!(said.contains("warning: `acme/web` 1.0.0 is deprecated: use acme/site"), "{said}");
    assert!(said.contains("added acme/web 1.0.0\n"), "{said}");
    takes(&ground, "web = \"acme/web ^1.1\"");
    ground.fails(
        &["update"],
        1,
        &[
            "no version of `acme/web` fits all who ask for it",
            "1.1.0 is not taken: it was published in the future, and `min-age` is 3 days",
            "1.2.0 is not taken: it does not say when it was published",
            "1.3.0 is not taken: it was yanked: it removed /srv",
        ],
    );
    ground.file(
        "chefrs.toml",
        "[registries]\ndefault = \"../index\"\nmin-age = \"0 days\"\n[cookbooks]\nweb = \"acme/web ^1\"\n",
    );
    assert!(ground.done(&["update"]).contains("to 1.2.0\n"));
    // Of what is named exactly, a person knows.
    takes(&ground, "web = \"acme/web ^1\"");
    ground.done(&["update", "acme/web", "--precise", "1.1.0"]);
    ground.done(&["update", "web", "--precise", "1.3.0"]);
    let said = ground.done(&["fetch"]);
    assert!(said.contains("warning: `acme/web` 1.3.0 was yanked: it removed /srv"), "{said}");
    assert!(said.contains("hint: `chefrs update acme/web` takes another version"), "{said}");
    assert!(ground.done(&["update"]).contains("changed acme/web 1.3.0 to 1.0.0\n"));
}

#[test]
fn a_registry_that_says_other_things_than_its_files() {
    let Some((ground, index)) = with_index("web = \"acme/web\"") else { return };
    let target = &ground.project().display().to_string();
    let refused = |says: &[&str]| {
        let _ = fs::remove_dir_all(ground.cache());
        ground.fails(&["fetch"], 1, says);
        assert!(!ground.project().join("chefrs.lock").exists());
    };
    let publish = |files: &[chefrs::cookbook::SharedFile], more| {
        let _ = fs::remove_file(index.root.join("acme/web"));
        index.publish_files("acme/web", "1.0.0", files, json!({}), more)
    };
    let good = cookbook("acme/web", "1.0.0", "", target);
    publish(&cookbook("acme/other", "1.0.0", "", target), json!({}));
    refused(&["the cookbook that is meant to be `acme/web` calls itself `acme/other`"]);
    publish(&cookbook("acme/web", "1.0.1", "", target), json!({}));
    refused(&["says of `acme/web` 1.0.0 what its files do not", "that of `acme/web` 1.0.1"]);
    publish(&cookbook("acme/web", "1.0.0", "[dependencies]\nx = \"acme/x ^1\"\n", target), json!({}));
    refused(&["says of `acme/web` 1.0.0 what its files do not"]);
    publish(&good, json!({"sum": format!("h1:sha256:{}", "0".repeat(64))}));
    refused(&["has other files than its line in the index says", "--> ../index/acme/web:1"]);
    publish(&good, json!({"source": "../../etc/passwd"}));
    refused(&["has no source that can be used"]);
    publish(&good, json!({"source": "archives/none.tar.zst"}));
    refused(&["the archive `archives/none.tar.zst`", "there is no such file"]);
    publish(&good, json!({"source": "http://example.org/x.tar.zst"}));
    refused(&["`http://example.org/x.tar.zst` can't be fetched", "without TLS"]);
    publish(&good, json!({"name": "acme/other"}));
    refused(&["the index of `acme/web` can't be used: it has a version of `acme/other`"]);
    publish(&good, json!({}));
    index.add("acme/web", "{");
    refused(&["the index of `acme/web` can't be used: it is not JSON", "--> ../index/acme/web:2"]);
    index.change("acme/web", "{\n", "\n");
    std::os::unix::fs::symlink("/etc/passwd", index.root.join("acme/link")).unwrap();
    takes(&ground, "web = \"acme/link\"");
    refused(&["a link leads out of the directory"]);
    takes(&ground, "web = \"acme/web\"");
    ground.done(&["fetch"]);
    let lock = ground.text("chefrs.lock");
    // Another content under the same version.
    publish(&cookbook("acme/web", "1.0.0", "description = \"changed\"\n", target), json!({}));
    ground.done(&["fetch"]);
    ground.fails(
        &["update"],
        1,
        &["the registry has another `acme/web` 1.0.0 than chefrs.lock", "a version should never change"],
    );
    fs::remove_dir_all(ground.cache()).unwrap();
    ground.fails(&["fetch"], 1, &["the registry has another `acme/web` 1.0.0 than chefrs.lock"]);
    assert_eq!(ground.text("chefrs.lock"), lock);
    ground.done(&["update", "acme/web", "--precise", "1.0.0"]);
    assert_ne!(ground.text("chefrs.lock"), lock);
}

#[test]
fn an_index_in_a_git_repository() {
    let Some(ground) = Ground::new() else { return };
    let index = Index::new(ground.folder().join("work"), &ground.project());
    index.publish("acme/web", "1.0.0", json!({}), json!({}));
    ground.push(&[]);
    ground.file("chefrs.toml", "[registries]\nacme = \"git+[OPS]\"\n[cookbooks]\nweb = \"acme/web\"\n[grants.web]\nfile = [\"[DIR]/**\"]\n");
    ground.done(&["fetch"]);
    assert!(ground.text("chefrs.lock").contains(&format!("source = \"registry+git+{}\"\n", ground.url())));
    ground.without_repository(|| {
        ground.done(&["run", "-r", "web"]);
        ground.fails(&["update"], 1, &["the repository `[OPS]` can't be fetched"]);
        assert!(ground.done(&["update", "--offline"]).contains("chefrs.lock is up to date"));
    });
    assert_eq!(ground.text("web"), "1.0.0\n");
    index.publish("acme/web", "1.1.0", json!({}), json!({}));
    ground.push(&[]);
    assert!(ground.done(&["update"]).starts_with("changed acme/web 1.0.0 to 1.1.0\n"));
    assert_eq!(ground.done(&["search", "web"]), "acme/web 1.1.0  acme/web for specs\n");
    // A repository may have a cookbook and what it needs from a registry.
    ground.version("shop", "1.0.0", "[dependencies]\nweb = \"acme/web ^1\"\n");
    ground.file(
        "chefrs.toml",
        "[registries]\nacme = \"git+[OPS]\"\n[cookbooks]\nshop = { git = \"[OPS]\", subdirectory = \"shop\" }\n",
    );
    let said = ground.done(&["fetch"]);
    assert!(said.contains("1 cookbook from git, 1 cookbook from registries"), "{said}");
}
