//! `chefrs cookbook check`: what the tests of a cookbook need, and what it declares.

use super::ground::Ground;

/// A project with the cookbook `web`, one test, and these tables in its manifest.
fn ground(tables: &str) -> Option<Ground> {
    let ground = Ground::new()?;
    let manifest = format!("# Ours.\nname = \"web\" # The name.\nversion = \"1.0.0\"\n{tables}");
    ground.file("cookbooks/web/cookbook.toml", &manifest);
    ground.file(
        "cookbooks/web/resources/site.lua",
        "return resource { actions = { create = function(self)\n\
         file(`/etc/web/{self.name}.conf`) { content = secret \"web_key\", verify = { \"webd\", \"-t\", \"{path}\" } }\n\
         service \"webd\" { action = { \"enable\", \"start\" } }\nend } }\n",
    );
    ground.file("cookbooks/web/recipes/default.lua", "package \"webd\"\nservice \"webd\"\n");
    ground.file(
        "cookbooks/web/tests/site.lua",
        "test \"default\" { expect = function(run) end }\n\
         test \"site\" { secrets = { web_key = \"0123456789\" }, recipe = function()\n\
         package \"only-of-the-test\"\nrequire(\".\").site \"blog\" {}\nend, expect = function(run) end }\n",
    );
    Some(ground)
}

#[test]
fn what_the_tests_need_is_written_into_the_manifest() {
    let Some(ground) = ground("") else { return };
    let needs = [
        "package `webd`",
        "service `webd`",
        "file `/etc/web/blog.conf`",
        "execute `webd -t {path}`",
        "secret `web_key`",
    ];
    let said = ground.done(&["cookbook", "check", "web"]);
    assert!(said.contains("warning: `web` has no `[capabilities]`, so it may do nothing"), "{said}");
    let manifest = ground.text("cookbooks/web/cookbook.toml");
    ground.file("cookbooks/web/cookbook.toml", &format!("{manifest}[capabilities]\n"));
    ground.fails(&["cookbook", "check", "web"], 1, &needs);
    let (_, text) = ground.call(&["cookbook", "check", "web"]);
    assert!(!text.contains("only-of-the-test"), "a test declares for itself: {text}");
    ground.file("cookbooks/web/cookbook.toml", &manifest);
    let said = ground.done(&["cookbook", "check", "web", "--infer"]);
    assert!(said.starts_with("wrote 5 rights into the manifest of `web`:\n"), "{said}");
    assert_eq!(
        ground.text("cookbooks/web/cookbook.toml"),
        "# Ours.\nname = \"web\" # The name.\nversion = \"1.0.0\"\n\n[capabilities]\npackage = [\n  \"webd\",\n]\nservice = [\n  \"webd\",\n]\n\
         file = [\n  \"/etc/web/blog.conf\",\n]\nexecute = [\n  \"/usr/bin/webd -t {path}\",\n]\nsecret = [\n  \"web_key\",\n]\n"
    );
    let said = ground.done(&["cookbook", "check", "web"]);
    assert_eq!(said, "web 1.0.0: there is no earlier version to compare with\n");
    assert_eq!(
        ground.done(&["cookbook", "check", "web", "--infer"]),
        "`web` declares all that its tests need\n"
    );
    // It is held to that from now on; the tests may declare what they want.
    ground.done(&["test", "web"]);
    ground.file("recipes/site.lua", "require(\"@web\").site \"shop\" {}\n");
    ground.fails(
        &["check", "-r", "site"],
        3,
        &["the cookbook `web` does not declare that it needs file `/etc/web/shop.conf`"],
    );
}

#[test]
fn what_is_far_wider_is_a_warning() {
    let tables = "[capabilities]\npackage = [\"**\"]\nservice = [\"webd\"]\nfile = [\"/etc/**\"]\nuser = [\"web\"]\n\
                  execute = [\"/usr/sbin/webd -t\"]\n[capabilities.optional]\nsecret = [\"web_key\"]\n";
    let Some(ground) = ground(tables) else { return };
    let said = ground.done(&["cookbook", "check", "web"]);
    for part in [
        "warning: package `**` amounts to full control: anything\nnote: the tests need `webd`",
        "warning: file `/etc/**` amounts to full control",
        "warning: no test needs user `web`",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    assert!(!said.contains("webd -t` amounts") && !said.contains("web_key"), "{said}");
}

#[test]
fn what_is_not_of_the_project_is_not_written() {
    let Some(ground) = ground("") else { return };
    ground.fails(
        &["cookbook", "check", "wbe"],
        64,
        &["the project has no cookbook `wbe`", "did you mean `web`?"],
    );
    ground.fails(&["cookbook", "check", "nginx", "--infer"], 64, &["one of that name ships with chefrs"]);
}
