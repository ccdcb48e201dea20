//! Commands that change what a project takes from elsewhere.

use std::fs;

use super::ground::Ground;

#[test]
fn an_entry_comes_and_goes_and_comments_stay() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.3.0", "");
    let before = "# Ours.\n[project]\nname = \"x\" # the name\n\n[attributes.web]\n# port = 1\n";
    ground.file("chefrs.toml", before);
    let said = ground.done(&["add", "web", "--git", "[OPS]", "--subdirectory", "web", "--grant"]);
    assert!(said.contains("\nadded web 1.3.0 (") && said.ends_with("added `web` to chefrs.toml\n"), "{said}");
    let after = ground.text("chefrs.toml");
    let entry = format!(
        "\n[cookbooks]\nweb = {{ git = \"{}\", subdirectory = \"web\", version = \"^1.3.0\" }}\n",
        ground.url()
    );
    let grants = format!("\n[grants.web]\nfile = [\"{}/**\"]\n", ground.project().display());
    assert_eq!(after, format!("{before}{entry}{grants}"));
    ground.done(&["run", "-r", "web"]);
    ground.fails(
        &["add", "web", "--path", "../web"],
        64,
        &["chefrs.toml has `web` already", "`chefrs remove web`"],
    );
    ground.fails(&["remove", "wbe"], 64, &["chefrs.toml has no cookbook `wbe`", "did you mean `web`?"]);
    let said = ground.done(&["remove", "web"]);
    assert!(
        said.starts_with("removed web 1.3.0 (") && said.ends_with("removed `web` from chefrs.toml\n"),
        "{said}"
    );
    assert_eq!(ground.text("chefrs.toml"), format!("{before}\n[cookbooks]\n"));
    assert!(!ground.text("chefrs.lock").contains("[[cookbook]]"));
}

#[test]
fn nothing_is_written_if_a_cookbook_can_not_be_added() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    ground.file("chefrs.toml", "# empty\n");
    let words = ["add", "web", "--git", "[OPS]"];
    ground.fails(&words, 1, &["there is no cookbook for `web` in [OPS]"]);
    ground.fails(&[&words[..], &["--subdirectory", "wb"]].concat(), 1, &["there is no such directory"]);
    ground.fails(&[&words[..], &["--branch", "mian"]].concat(), 1, &["has no branch `mian`", "it has main"]);
    ground.fails(&["add", "w-b", "--path", "../web"], 3, &["`w-b` can't name a cookbook"]);
    ground.fails(&["add", "web", "--path", "../nothing"], 1, &["`../nothing` can't be used as a cookbook"]);
    ground.fails(&["add", "web", "--git", "--upload-pack=x"], 64, &[]);
    ground.fails(&["add", "web", "--git=--upload-pack=x"], 3, &["it begins with `-`"]);
    assert_eq!(ground.text("chefrs.toml"), "# empty\n");
    assert!(!ground.project().join("chefrs.lock").exists());
}

#[test]
fn copies_in_the_project_need_neither_network_nor_cache() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    ground.takes("web = { git = \"[OPS]\", subdirectory = \"web\", version = \"*\" }");
    let said = ground.done(&["vendor"]);
    assert!(said.ends_with("wrote vendor/web\n"), "{said}");
    fs::remove_dir_all(ground.cache()).unwrap();
    ground.without_repository(|| {
        ground.done(&["run", "-r", "web"]);
        assert_eq!(ground.text("web"), "1.0.0\n");
        assert!(ground.done(&["vendor"]).ends_with("1 cookbook up to date in vendor/\n"));
    });
    ground.file("vendor/web/recipes/default.lua", "file \"[DIR]/other\"");
    ground.fails(
        &["plan", "-r", "web"],
        3,
        &["`web` is not what chefrs.lock says", "`chefrs vendor` writes it anew"],
    );
    ground.version("web", "1.1.0", "");
    ground.done(&["update"]);
    ground.fails(&["plan", "-r", "web"], 3, &["`chefrs vendor` writes it anew"]);
    ground.done(&["vendor"]);
    ground.done(&["run", "-r", "web"]);
    assert_eq!(ground.text("web"), "1.1.0\n");
}

#[test]
fn newer_versions_are_listed() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    ground.takes("web = { git = \"[OPS]\", subdirectory = \"web\", version = \"^1\" }").done(&["fetch"]);
    assert_eq!(ground.done(&["outdated"]), "all cookbooks are at their newest versions\n");
    let lock = ground.text("chefrs.lock");
    ground.version("web", "1.1.0", "");
    ground.version("web", "2.0.0", "");
    assert_eq!(ground.done(&["outdated", "--offline"]), "all cookbooks are at their newest versions\n");
    let said = ground.done(&["outdated"]);
    assert!(
        said.starts_with("web 1.0.0 (") && said.contains("the newest is 2.0.0; an update takes 1.1.0 ("),
        "{said}"
    );
    assert_eq!(ground.text("chefrs.lock"), lock);
}

#[test]
fn two_at_once_do_each_other_no_harm() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    ground.takes("web = { git = \"[OPS]\", subdirectory = \"web\" }");
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| ground.done(&["fetch"]))).collect();
        for call in calls {
            call.join().unwrap();
        }
    });
    assert_eq!(fs::read_dir(ground.cache().join("trees")).unwrap().count(), 1);
    ground.done(&["run", "-r", "web"]);
}

#[test]
fn without_anything_from_elsewhere_nothing_is_written() {
    let Some(ground) = Ground::new() else { return };
    ground.file("chefrs.toml", "");
    assert_eq!(ground.done(&["fetch"]), "no cookbooks come from elsewhere; `chefrs add` adds one\n");
    assert!(!ground.project().join("chefrs.lock").exists() && !ground.cache().exists());
    ground.fails(&["tree"], 3, &["there is no chefrs.lock"]);
}
