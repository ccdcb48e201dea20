//! `chefrs cookbook check`: what others use, compared with the version before, and the version number that it needs.

use super::ground::Ground;

const ATTRIBUTES: &str = "return attributes {
  port = attribute.integer { default = 80, doc = \"Port.\" },
  user = attribute.string { default = \"www\", doc = \"User.\" },
}
";

const SITE: &str = "return resource {
  doc = \"A site.\",
  properties = {
    domain = property.string { required = true, doc = \"Name.\" },
    mode = property.choice { values = { \"a\", \"b\" }, default = \"a\", doc = \"Mode.\" },
    backlog = property.integer { default = 1, doc = \"Waiting.\" },
  },
  actions = { create = function(self) end, delete = function(self) end },
}
";

fn cookbook(version: &str) -> Option<Ground> {
    let ground = Ground::new()?;
    ground.file("cookbook.toml", &format!("name = \"web\"\nversion = \"{version}\"\n"));
    ground.file("attributes.lua", ATTRIBUTES).file("resources/site.lua", SITE);
    ground.file("recipes/default.lua", "file '/a'\n").file("recipes/tls.lua", "file '/b'\n");
    ground.git(&["init", "--quiet", "--initial-branch=main", "project"]);
    tag(&ground, &format!("v{version}"));
    Some(ground)
}

fn tag(ground: &Ground, tag: &str) {
    ground.git(&["-C", "project", "add", "--all"]);
    ground.git(&["-C", "project", "commit", "--quiet", "-m", "x"]);
    ground.git(&["-C", "project", "tag", tag]);
}

fn version(ground: &Ground, version: &str) {
    ground.file("cookbook.toml", &format!("name = \"web\"\nversion = \"{version}\"\n"));
}

#[test]
fn what_is_new_needs_a_second_number_and_what_breaks_a_first() {
    let Some(ground) = cookbook("1.2.3") else { return };
    assert_eq!(
        ground.done(&["cookbook", "check"]),
        "web 1.2.3: there is no earlier version to compare with\n"
    );
    version(&ground, "1.2.4");
    ground.file("recipes/default.lua", "file '/c'\n");
    assert_eq!(
        ground.done(&["cookbook", "check"]),
        "web 1.2.4, compared with 1.2.3 of the tag `v1.2.3`\n  nothing that others use is different\n"
    );
    // What is new.
    ground.file("recipes/fast.lua", "file '/c'\n");
    ground.file("attributes.lua", &ATTRIBUTES.replace("80", "8080"));
    let more = SITE
        .replace("{ \"a\", \"b\" }", "{ \"a\", \"b\", \"c\" }")
        .replace("    backlog", "    text = property.string { doc = \"Text.\" },\n    backlog")
        .replace("delete = ", "reload = function(self) end, delete = ");
    ground.file("resources/site.lua", &more).file("resources/proxy.lua", SITE);
    ground.fails(
        &["cookbook", "check"],
        1,
        &[
            "web 1.2.4, compared with 1.2.3 of the tag `v1.2.3`\n\
             \x20 compatible: new recipe `fast`\n\
             \x20 compatible: new resource `proxy`\n\
             \x20 compatible: new action `reload` of the resource `site`\n\
             \x20 compatible: new property `text` of the resource `site`\n\
             \x20 compatible: the property `mode` of the resource `site` takes more values\n\
             \x20 compatible: the default of the attribute `port` is `8080`, and was `80`\n",
            "error: version 1.2.4 of `web` must be 1.3.0 or higher, as it follows 1.2.3\n\
             hint: write `version = \"1.3.0\"` into its cookbook.toml\n",
        ],
    );
    version(&ground, "1.3.0-rc.1");
    ground.done(&["cookbook", "check", "web"]);
    // What breaks.
    std::fs::remove_file(ground.project().join("recipes/tls.lua")).unwrap();
    ground.file("attributes.lua", &ATTRIBUTES.replace("  user = ", "  account = "));
    let other = SITE
        .replace("{ \"a\", \"b\" }", "{ \"a\" }")
        .replace("property.integer { default = 1", "property.string { default = \"1\"")
        .replace("    domain", "    owner = property.string { required = true, doc = \"Who.\" },\n    domain")
        .replace("create = function(self) end, delete", "delete");
    ground.file("resources/site.lua", &other);
    ground.fails(
        &["cookbook", "check"],
        1,
        &[
            "  breaking: the recipe `tls` is gone\n",
            "  breaking: the resource `site` has no action `create` any more\n",
            "  breaking: the new property `owner` of the resource `site` is required\n",
            "  breaking: the property `mode` of the resource `site` takes \"a\", where it took \"a\" or \"b\"\n",
            "  breaking: the property `backlog` of the resource `site` takes a string, where it took a whole number\n",
            "  breaking: the attribute `user` is gone\n",
            "  compatible: new attribute `account`\n",
            "must be 2.0.0 or higher",
        ],
    );
    version(&ground, "2.0.0");
    ground.done(&["cookbook", "check"]);
}

#[test]
fn before_the_first_release_the_second_number_counts() {
    let Some(ground) = cookbook("0.3.1") else { return };
    ground.file("recipes/fast.lua", "file '/c'\n");
    version(&ground, "0.3.2");
    ground.done(&["cookbook", "check"]);
    std::fs::remove_file(ground.project().join("recipes/tls.lua")).unwrap();
    ground.fails(&["cookbook", "check"], 1, &["must be 0.4.0 or higher"]);
}

#[test]
fn a_version_that_has_a_tag_is_not_changed() {
    let Some(ground) = cookbook("1.0.0") else { return };
    version(&ground, "1.1.0");
    tag(&ground, "v1.1.0");
    ground.done(&["cookbook", "check"]);
    // A file that git does not know is none of the cookbook.
    ground.file("notes.txt", "mine");
    ground.done(&["cookbook", "check"]);
    ground.file("recipes/default.lua", "file '/c'\n");
    ground.fails(
        &["cookbook", "check"],
        1,
        &["error: the tag `v1.1.0` has other files than version 1.1.0 here\nhint: give it a new `version`"],
    );
}

#[test]
fn one_of_several_cookbooks_is_compared_in_its_project() {
    let Some(ground) = Ground::new() else { return };
    ground.file("cookbooks/base/cookbook.toml", "name = \"base\"\nversion = \"1.0.0\"\n");
    ground.file(
        "cookbooks/web/cookbook.toml",
        "name = \"web\"\nversion = \"1.0.0\"\n[dependencies]\nbase = \"*\"\n",
    );
    ground.file("cookbooks/web/resources/site.lua", SITE);
    ground.git(&["init", "--quiet", "--initial-branch=main", "project"]);
    tag(&ground, "web-v1.0.0");
    ground.file(
        "cookbooks/web/cookbook.toml",
        "name = \"web\"\nversion = \"1.0.1\"\n[dependencies]\nbase = \"*\"\n",
    );
    std::fs::remove_file(ground.project().join("cookbooks/web/resources/site.lua")).unwrap();
    ground.fails(
        &["cookbook", "check", "web"],
        1,
        &["breaking: the resource `site` is gone\n", "must be 2.0.0 or higher"],
    );
    ground.done(&["cookbook", "check", "base"]);
    ground.fails(
        &["cookbook", "check"],
        64,
        &["error: no cookbook is named", "the project has `base` and `web`"],
    );
    ground.fails(
        &["cookbook", "check", "wbe"],
        64,
        &["error: the project has no cookbook `wbe`\nhint: did you mean `web`?"],
    );
    // Another directory in the place of a tag.
    ground.file("old/cookbook.toml", "name = \"web\"\nversion = \"1.0.0\"\n[dependencies]\nbase = \"*\"\n");
    ground.fails(
        &["cookbook", "check", "base", "--against", "old"],
        3,
        &["the cookbook is called `web`, but its directory `base`"],
    );
    assert_eq!(
        ground.done(&["cookbook", "check", "web", "--against", "old"]),
        "web 1.0.1, compared with 1.0.0 of `old`\n  nothing that others use is different\n"
    );
    ground.fails(&["cookbook", "check", "web", "--against", "gone"], 64, &["there is no directory `gone`"]);
}
