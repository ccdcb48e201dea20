//! Names with a scope, and what a manifest says besides.

use super::ground::Ground;

#[test]
fn in_a_project_the_scope_is_left_out() {
    let Some(ground) = Ground::new() else { return };
    ground.file(
        "cookbooks/my_site/cookbook.toml",
        "name = \"acme/my-site\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\nrepository = \"https://example.org/x\"\n\
         chefrs = \">=0.1\"\nplatforms = [\"debian >=12\"]\npublish = [\"acme\"]\n",
    );
    ground.file(
        "cookbooks/my_site/attributes.lua",
        "return attributes { port = attribute.integer { default = 80, doc = \"Its port.\" } }\n",
    );
    ground.file(
        "cookbooks/my_site/resources/page.lua",
        "return resource { doc = \"A page.\", actions = { create = function(self)\n\
         file(`[DIR]/{self.name}`) { content = `{node.my_site.port}` } end } }\n",
    );
    ground.file("recipes/web.lua", "local site = require \"@my_site\"\nsite.page \"index\"\n");
    let said = ground.done(&["run", "-r", "web"]);
    assert!(said.contains("my_site_page[index]"), "{said}");
    assert_eq!(ground.text("index"), "80");
    ground.file("cookbooks/my_site/cookbook.toml", "name = \"acme/my_site\"\nversion = \"1.0.0\"\n");
    ground.fails(&["check"], 3, &["`acme/my_site` can't name a cookbook", "`scope/name`"]);
    ground.file("cookbooks/my_site/cookbook.toml", "name = \"acme/site\"\nversion = \"1.0.0\"\n");
    ground.fails(
        &["check"],
        3,
        &["the cookbook is called `acme/site`, but its directory `my_site`", "call the directory `site`"],
    );
}

#[test]
fn two_scopes_do_not_fit_one_name() {
    let Some(ground) = Ground::new() else { return };
    ground.file("../a/cookbook.toml", "name = \"acme/nginx\"\nversion = \"1.0.0\"\n");
    ground.file("../b/cookbook.toml", "name = \"other/nginx\"\nversion = \"1.0.0\"\n");
    ground.takes(
        "nginx = { path = \"../a\", cookbook = \"acme/nginx\" }\n\
         proxy = { path = \"../b\", cookbook = \"other/nginx\" }",
    );
    ground.fails(
        &["fetch"],
        1,
        &["two cookbooks are called `nginx`: ", "`../a`", "`other/nginx` of `../b`", "`[override]`"],
    );
    // The name alone is enough if there is one.
    ground.takes("nginx = { path = \"../a\" }").done(&["fetch"]);
    assert!(ground.text("chefrs.lock").contains("name = \"acme/nginx\"\nsource = \"path+../a\"\n"));
    ground.takes("");
    ground.done(&["add", "acme/nginx", "--path", "../a"]);
    assert!(ground.text("chefrs.toml").contains("nginx = { cookbook = \"acme/nginx\", path = \"../a\" }\n"));
    ground.takes("nginx = { path = \"../a\", cookbook = \"other/nginx\" }");
    ground.fails(
        &["fetch"],
        1,
        &["the cookbook that is meant to be `other/nginx` calls itself `acme/nginx`"],
    );
}

#[test]
fn a_cookbook_says_which_chefrs_it_needs() {
    let Some(ground) = Ground::new() else { return };
    let this = env!("CARGO_PKG_VERSION");
    ground.version("web", "1.0.0", "");
    ground.version("web", "1.1.0", "chefrs = \">=99\"\n");
    ground.takes("web = { git = \"[OPS]\", subdirectory = \"web\" }").done(&["fetch"]);
    assert!(ground.text("chefrs.lock").contains("version = \"1.0.0\""));
    let says = format!("`web` 1.1.0 works with chefrs >=99, and this is chefrs {this}");
    ground.fails(&["update", "web", "--precise", "1.1.0"], 1, &[&says, "web@1.1.0/cookbook.toml:3"]);
    ground
        .takes("")
        .file("cookbooks/app/cookbook.toml", "name = \"app\"\nversion = \"2.0.0\"\nchefrs = \">=99\"\n");
    ground.fails(&["check"], 3, &["`app` 2.0.0 works with chefrs >=99", "--> cookbooks/app/cookbook.toml:3"]);
    for (line, says) in [
        ("chefrs = \"new\"", "`new` is not a range of versions"),
        ("publish = true", "`publish` must be a list of registries, or `false`"),
        ("platforms = \"debian\"", "`platforms` must be a list of strings"),
        ("repository = 1", "`repository` must be a string"),
        ("[dev-dependencies]\napp = \"*\"", "a cookbook can't depend on itself"),
        (
            "[dependencies]\nx = \"*\"\n[dev-dependencies]\nx = \"*\"",
            "`x` is in `dependencies` and in `dev-dependencies`",
        ),
    ] {
        ground.file("cookbooks/app/cookbook.toml", &format!("name = \"app\"\nversion = \"2.0.0\"\n{line}\n"));
        ground.fails(&["check"], 3, &[says, "--> cookbooks/app/cookbook.toml:"]);
    }
}

#[test]
fn what_tests_need_counts_in_the_project_alone() {
    let Some(ground) = Ground::new() else { return };
    ground.file(
        "../web/cookbook.toml",
        "name = \"web\"\nversion = \"1.0.0\"\n[dev-dependencies]\nless = { path = \"../less\" }\n",
    );
    ground.file("../web/recipes/default.lua", "include_recipe \"less\"\n");
    let needs = "[capabilities]\nfile = [\"[DIR]/less\"]\n";
    ground.file("../less/cookbook.toml", &format!("name = \"less\"\nversion = \"1.0.0\"\n{needs}"));
    ground.file("../less/recipes/default.lua", "file \"[DIR]/less\"\n");
    ground.takes("web = { path = \"../web\" }").done(&["fetch"]);
    assert!(!ground.text("chefrs.lock").contains("less"));
    ground.fails(&["plan", "-r", "web"], 3, &["cookbook `web` does not declare the dependency `less`"]);
    let text =
        "name = \"web\"\nversion = \"1.0.0\"\n[dev-dependencies]\nless = { path = \"../../../less\" }\n";
    ground.takes_and_grants("", &["less"]).file("cookbooks/web/cookbook.toml", text);
    ground.file("cookbooks/web/recipes/default.lua", "include_recipe \"less\"\n");
    ground.done(&["run", "-r", "web"]);
}
