//! Which versions are chosen, and what is said if none fit.

use std::process::Command;

use serde_json::{Value, json};

use super::ground::Ground;
use super::published::Index;
use crate::patience::CallInTime as _;

fn takes(ground: &Ground, lines: &str) {
    ground.file("chefrs.toml", &format!("[registries]\nacme = \"../index\"\n[cookbooks]\n{lines}\n"));
}

fn publish(index: &Index, name: &str, version: &str, dependencies: Value) {
    index.publish(name, version, dependencies, json!({}));
}

/// The lines of the lock with names and versions.
fn chosen(ground: &Ground) -> Vec<String> {
    let lock = ground.text("chefrs.lock");
    let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.trim_matches('"').to_owned());
    let names = lock.lines().filter_map(|line| value(line, "name = "));
    let versions = lock.lines().skip(2).filter_map(|line| value(line, "version = "));
    names.zip(versions).map(|(name, version)| format!("{name} {version}")).collect()
}

#[test]
fn an_older_version_is_taken_if_the_newest_ones_do_not_fit_each_other() {
    let Some(ground) = Ground::new() else { return };
    let index = ground.index("index");
    publish(&index, "acme/common", "1.0.0", json!({}));
    publish(&index, "acme/common", "2.0.0", json!({}));
    publish(&index, "acme/shop", "1.0.0", json!({"common": "acme/common ^1"}));
    publish(&index, "acme/shop", "1.1.0", json!({"common": "acme/common ^1"}));
    publish(&index, "acme/shop", "1.2.0", json!({"common": "acme/common ^2"}));
    publish(&index, "acme/blog", "1.0.0", json!({"common": "acme/common ^1"}));
    takes(&ground, "blog = \"acme/blog\"\nshop = \"acme/shop\"");
    ground.done(&["fetch"]);
    assert_eq!(chosen(&ground), ["acme/blog 1.0.0", "acme/common 1.0.0", "acme/shop 1.1.0"]);
    // The lock wins, and what is updated may not move others.
    publish(&index, "acme/blog", "1.1.0", json!({"common": "acme/common >=1, <3"}));
    ground.done(&["fetch"]);
    assert_eq!(chosen(&ground), ["acme/blog 1.0.0", "acme/common 1.0.0", "acme/shop 1.1.0"]);
    ground.done(&["update", "acme/blog"]);
    assert_eq!(chosen(&ground), ["acme/blog 1.1.0", "acme/common 1.0.0", "acme/shop 1.1.0"]);
    ground.done(&["update"]);
    assert_eq!(chosen(&ground), ["acme/blog 1.1.0", "acme/common 2.0.0", "acme/shop 1.2.0"]);
    // What must move does, and nothing else.
    takes(&ground, "blog = \"acme/blog\"\nshop = \"acme/shop =1.0.0\"");
    ground.done(&["fetch"]);
    assert_eq!(chosen(&ground), ["acme/blog 1.1.0", "acme/common 1.0.0", "acme/shop 1.0.0"]);
    ground.fails(
        &["update", "shop", "--precise", "1.2.0"],
        1,
        &[
            "version 1.2.0 of `acme/shop` does not fit all who ask for it",
            "chefrs.toml asks for =1.0.0, at chefrs.toml:5",
        ],
    );
}

#[test]
fn who_asks_for_what_is_told() {
    let Some(ground) = Ground::new() else { return };
    let index = ground.index("index");
    publish(&index, "acme/common", "1.0.0", json!({}));
    publish(&index, "acme/common", "2.0.0", json!({}));
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        publish(&index, "acme/shop", version, json!({"common": "acme/common ^2"}));
    }
    publish(&index, "acme/page", "1.0.0", json!({"shop": "acme/shop ^1"}));
    publish(&index, "acme/blog", "1.0.0", json!({"common": "acme/common ^1"}));
    takes(&ground, "blog = \"acme/blog ^1\"\npage = \"acme/page\"");
    let (status, said) = ground.call(&["fetch"]);
    assert_eq!(status, 1);
    assert_eq!(
        said,
        "error: no version of `acme/common` fits all who ask for it\n  --> ../index/acme/blog:1\n\
         note: cookbook `acme/blog` asks for ^1, at ../index/acme/blog:1\n\
         note: cookbook `acme/shop` asks for ^2, at ../index/acme/shop:3 (and 2 older versions of it)\n\
         note: cookbook `acme/page` asks for `shop` ^1, at ../index/acme/page:1\n\
         note: chefrs.toml asks for any version of `page`, at chefrs.toml:5\n\
         note: chefrs.toml asks for `blog` ^1, at chefrs.toml:4\n\
         note: its versions are 2.0.0 and 1.0.0\n\
         hint: change one of the ranges, or put a directory into the place of the cookbook: `[override]` in chefrs.toml\n"
    );
    assert!(!ground.project().join("chefrs.lock").exists());
    // The way out that is named.
    ground.file("../mine/cookbook.toml", "name = \"acme/common\"\nversion = \"1.5.0\"\n");
    ground.file(
        "chefrs.toml",
        "[registries]\nacme = \"../index\"\n[cookbooks]\nblog = \"acme/blog\"\n[override]\n\"acme/common\" = { path = \"../mine\" }\n",
    );
    ground.done(&["fetch"]);
    takes(&ground, "common = \"acme/common ^9\"");
    ground.fails(
        &["fetch"],
        1,
        &[
            "no version of `acme/common` fits",
            "chefrs.toml asks for ^9, at chefrs.toml:4",
            "change the range",
        ],
    );
    publish(&index, "acme/one", "1.0.0", json!({"two": "acme/two ^1"}));
    publish(&index, "acme/two", "1.0.0", json!({"one": "acme/one ^1"}));
    takes(&ground, "one = \"acme/one\"");
    ground.fails(&["fetch"], 1, &["cookbooks need each other in a circle: one, two, one"]);
}

#[test]
fn a_range_without_a_place_counts_where_the_place_is_known() {
    let Some(ground) = Ground::new() else { return };
    ground.version("common", "1.0.0", "");
    ground.version("common", "1.1.0", "");
    ground.version("shop", "1.0.0", "[dependencies]\ncommon = \"~1.0\"\n");
    let both = "common = { git = \"[OPS]\", subdirectory = \"common\" }\nshop = { git = \"[OPS]\", subdirectory = \"shop\" }";
    ground.takes(both).done(&["fetch"]);
    assert_eq!(chosen(&ground), ["common 1.0.0", "shop 1.0.0"]);
    ground.takes(&both.replace("subdirectory = \"common\"", "subdirectory = \"common\", version = \"^1.1\""));
    ground.fails(
        &["fetch"],
        1,
        &["no version of `common` fits", "cookbook `shop` asks for ~1.0, at shop@1.0.0/cookbook.toml:4"],
    );
}

#[test]
fn who_asks_for_a_range_takes_what_another_one_names() {
    let Some(ground) = Ground::new() else { return };
    let commit = ground.version("common", "1.0.0", "");
    ground.version(
        "shop",
        "1.0.0",
        "[dependencies]\ncommon = { git = \"[OPS]\", subdirectory = \"common\", version = \"^1\" }\n",
    );
    ground.version("page", "1.0.0", "[dependencies]\ncommon = { path = \"../common\" }\n");
    ground.version("common", "1.1.0", "");
    let shop = "shop = { git = \"[OPS]\", subdirectory = \"shop\" }";
    for named in [format!("revision = \"{}\"", &commit[..8]), "tag = \"common-v1.0.0\"".to_owned()] {
        ground.takes(&format!("common = {{ git = \"[OPS]\", subdirectory = \"common\", {named} }}\n{shop}"));
        ground.done(&["fetch"]);
        assert_eq!(chosen(&ground), ["common 1.0.0", "shop 1.0.0"]);
        ground.without_repository(|| drop(ground.done(&["lock", "--check"])));
        // Other things that change open what is locked, and it stays.
        ground.takes(&format!("common = {{ git = \"[OPS]\", subdirectory = \"common\", {named} }}\n{shop}\npage = {{ git = \"[OPS]\", subdirectory = \"page\" }}"));
        ground.done(&["fetch"]);
        ground.done(&["update"]);
        assert_eq!(chosen(&ground), ["common 1.0.0", "page 1.0.0", "shop 1.0.0"]);
        ground.without_repository(|| drop(ground.done(&["lock", "--check"])));
        // Nobody names it any more, and then what is beside counts.
        ground.takes(shop).done(&["fetch"]);
        assert_eq!(chosen(&ground), ["common 1.1.0", "shop 1.0.0"]);
        ground.takes(&format!("{shop}\npage = {{ git = \"[OPS]\", subdirectory = \"page\" }}"));
        ground.done(&["fetch"]);
        assert_eq!(chosen(&ground), ["common 1.0.0", "page 1.0.0", "shop 1.0.0"]);
        ground.done(&["update"]);
        ground.without_repository(|| drop(ground.done(&["lock", "--check"])));
    }
}

#[test]
fn a_hundred_cookbooks_with_thirty_versions_take_no_time() {
    let Some(ground) = Ground::new() else { return };
    let index = ground.index("index");
    let taken = |cookbook: usize| if cookbook.is_multiple_of(2) { 24 } else { 29 };
    for cookbook in 0..100_usize {
        let name = format!("acme/c{cookbook}");
        for minor in 0..30 {
            let version = format!("1.{minor}.0");
            let mut needs = serde_json::Map::new();
            for other in (cookbook + 1..100).take(3) {
                // The newest of every second one need what is not there.
                let range = if cookbook.is_multiple_of(2) && minor > 24 { "^2" } else { "^1" };
                needs.insert(format!("c{other}"), json!(format!("acme/c{other} {range}")));
            }
            if cookbook == 98 && minor > 24 {
                needs.insert("c99".to_owned(), json!("acme/c99 ^2"));
            }
            if minor == taken(cookbook) {
                publish(&index, &name, &version, needs.into());
            } else {
                let line = json!({
                    "name": name, "version": version, "dependencies": needs, "sum": format!("h1:sha256:{minor:064}"),
                    "source": "x", "published": "2020-01-01T00:00:00Z",
                });
                index.add(&name, &line.to_string());
            }
        }
    }
    takes(&ground, "c0 = \"acme/c0\"");
    // The cache is filled first.
    ground.done(&["fetch"]);
    let expected: Vec<String> =
        (0..100).map(|cookbook| format!("acme/c{cookbook} 1.{}.0", taken(cookbook))).collect();
    let mut found = chosen(&ground);
    found.sort_by_key(|line| line[6..].split(' ').next().unwrap().parse::<usize>().unwrap());
    assert_eq!(found, expected);
    let output = Command::new("sh")
        .args(["-c", "\"$1\" update >/dev/null && times", "sh", env!("CARGO_BIN_EXE_chefrs")])
        .env_clear()
        .env("HOME", ground.folder())
        .current_dir(ground.project())
        .output_in_time()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let seconds = |word: &str| {
        let (minutes, seconds) = word.trim_end_matches('s').split_once('m').unwrap();
        minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
    };
    // The second line is that of the children.
    let used: f64 = text.lines().nth(1).unwrap().split(' ').map(seconds).sum();
    println!("3000 versions: {used:.2} s of the processor, with checking all files that are chosen");
    // This program is not optimised.
    assert!(used < 10.0, "{used} s");
    // A conflict at the end of all ways is told in time too.
    publish(&index, "acme/c99", "2.0.0", json!({}));
    takes(&ground, "c0 = \"acme/c0\"\nlast = { git = \"[OPS]\", subdirectory = \"last\" }");
    ground.version("last", "1.0.0", "[dependencies]\nc99 = \"acme/c99 ^2\"\n");
    let (status, said) = ground.call(&["update"]);
    assert_eq!(status, 1, "{said}");
    assert!(said.starts_with("error: no version of `acme/c99` fits all who ask for it\n"), "{said}");
    assert!(said.contains("cookbook `last` asks for ^2, at last@1.0.0/cookbook.toml:4"), "{said}");
    assert!(said.lines().count() < 20, "{said}");
}
