//! The lock decides which commit is used, until an update.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use chefrs::model::content::sha256;

use super::ground::Ground;

/// An entry for the cookbook `web` of the repository.
const WEB: &str = "web = { git = \"[OPS]\", subdirectory = \"web\", version = \"^1\" }";

#[test]
fn the_run_of_monday_is_that_of_friday() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    let commit = ground.version("web", "1.1.0", "");
    ground.version("web", "2.0.0", "");
    ground.takes(WEB).file("recipes/server.lua", "include_recipe \"web\"\n");
    let said = ground.done(&["fetch"]);
    assert_eq!(said, format!("added web 1.1.0 ({})\nwrote chefrs.lock: 1 cookbook from git\n", &commit[..7]));
    let lock = ground.text("chefrs.lock");
    let source = format!("source = \"git+{}?subdirectory=web#{commit}\"\n", ground.url());
    assert!(lock.contains("version = 1\n\n[[cookbook]]\nname = \"web\"\nversion = \"1.1.0\"\n"), "{lock}");
    assert!(lock.contains(&source) && lock.contains("\nsum = \"h1:sha256:"), "{lock}");
    ground.version("web", "1.2.0", "");
    // A run needs no network, and fetches nothing.
    ground.without_repository(|| {
        ground.done(&["run", "-r", "server"]);
        assert_eq!(ground.text("web"), "1.1.0\n");
        assert_eq!(ground.done(&["fetch"]), "chefrs.lock is up to date: 1 cookbook from git\n");
        ground.done(&["lock", "--check"]);
    });
    assert_eq!(ground.text("chefrs.lock"), lock);
    let said = ground.done(&["update", "web"]);
    assert!(said.starts_with("changed web 1.1.0 (") && said.contains(" to 1.2.0 ("), "{said}");
    ground.done(&["run", "-r", "web"]);
    assert_eq!(ground.text("web"), "1.2.0\n");
}

#[test]
fn the_history_says_which_cookbooks_a_machine_got() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    ground.takes(&format!("{WEB}\nbase = {{ path = \"../base\" }}"));
    ground.file("../base/cookbook.toml", "name = \"base\"\nversion = \"1.0.0\"\n");
    ground.file("recipes/own.lua", "file '[DIR]/own'\n");
    ground.done(&["fetch"]);
    ground.done(&["run", "-r", "web"]);
    let digest = sha256(ground.text("chefrs.lock").as_bytes());
    let line = format!("cookbooks from elsewhere: chefrs.lock {}: base, web 1.0.0\n", &digest[..12]);
    let said = ground.done(&["show", "last"]);
    assert_eq!(said.lines().nth(1), line.lines().next(), "{said}");
    let said = ground.done(&["log", "--format", "json"]);
    let entry = format!("\"lock\":{{\"digest\":\"{digest}\",\"cookbooks\":[\"base\",\"web 1.0.0\"]}}");
    assert!(said.contains(&entry), "{said}");
    // A project that takes none has none.
    ground.file("chefrs.toml", "");
    ground.done(&["run", "-r", "own"]);
    assert!(!ground.done(&["show", "last"]).contains("from elsewhere"));
}

#[test]
fn a_run_says_which_command_fetches() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    ground.version("web", "2.0.0", "");
    ground.takes(WEB);
    for verb in ["plan", "run", "compile"] {
        ground.fails(
            &[verb, "-r", "web"],
            3,
            &["there is no chefrs.lock", "--> chefrs.toml:2", "`chefrs fetch` makes it"],
        );
    }
    ground.fails(&["check"], 3, &["`chefrs fetch` makes it"]);
    ground.done(&["fetch"]);
    fs::remove_dir_all(ground.cache()).unwrap();
    ground.fails(&["plan", "-r", "web"], 3, &["`web` 1.0.0 was not fetched yet", "`chefrs fetch` does it"]);
    ground.done(&["fetch", "--locked"]);
    ground.takes(&WEB.replace("^1", "^2"));
    ground.fails(
        &["plan", "-r", "web"],
        3,
        &["chefrs.lock has another `web` than chefrs.toml asks for", "`chefrs update web`"],
    );
    ground.fails(&["fetch", "--locked"], 1, &["chefrs.lock does not fit the project", "changed web 1.0.0"]);
    ground.fails(&["lock", "--check"], 1, &["chefrs.lock does not fit the project"]);
    ground.done(&["update", "web"]);
    ground.fails(&["plan", "-r", "web"], 2, &["1 would change"]);
}

#[test]
fn the_cache_is_checked_against_the_sum_and_filled_again() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    ground.takes(WEB).done(&["fetch"]);
    let mode = fs::metadata(ground.cache()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let tree = fs::read_dir(ground.cache().join("trees")).unwrap().next().unwrap().unwrap().path();
    fs::write(tree.join("recipes/default.lua"), "file \"[DIR]/evil\"").unwrap();
    ground.fails(
        &["plan", "-r", "web"],
        3,
        &["`web` is not what chefrs.lock says", "`chefrs fetch` puts it right"],
    );
    ground.done(&["fetch"]);
    ground.done(&["run", "-r", "web"]);
    assert_eq!(ground.text("web"), "1.0.0\n");
}

#[test]
fn a_path_is_used_as_it_is() {
    let Some(ground) = Ground::new() else { return };
    ground.file(
        "../base/cookbook.toml",
        "name = \"base_setup\"\nversion = \"0.1.0\"\n[dependencies]\nless = { path = \"../less\" }\n",
    );
    ground.file("../base/recipes/default.lua", "include_recipe \"less\"\n");
    let needs = "[capabilities]\nfile = [\"[DIR]/less\"]\n";
    ground.file("../less/cookbook.toml", &format!("name = \"less\"\nversion = \"0.1.0\"\n{needs}"));
    ground.file("../less/recipes/default.lua", "file \"[DIR]/less\" { content = \"x\" }\n");
    ground.takes_and_grants("base = { path = \"../base\", cookbook = \"base_setup\" }", &["less"]);
    ground.file("recipes/server.lua", "include_recipe \"base\"\n");
    // No lock is needed for paths alone.
    ground.done(&["run", "-r", "server"]);
    assert_eq!(ground.text("less"), "x");
    assert_eq!(
        ground.done(&["fetch"]),
        "added base_setup a directory\nadded less a directory\nwrote chefrs.lock: 2 directories\n"
    );
    let lock = ground.text("chefrs.lock");
    assert!(lock.contains("source = \"path+../base\"\ndependencies = [\n  \"less = less\",\n]\n"), "{lock}");
    assert!(!lock.contains("sum"), "{lock}");
    assert_eq!(ground.done(&["tree"]), "base_setup  ../base\n  less  ../base/../less\n");
}

#[test]
fn indirect_cookbooks_are_locked_too() {
    let Some(ground) = Ground::new() else { return };
    ground.version("common", "1.0.0", "");
    ground.version("common", "1.4.0", "");
    ground.version("common", "2.0.0", "");
    ground.version("shop", "1.0.0", "[dependencies]\nbasics = { cookbook = \"common\", git = \"[OPS]\", subdirectory = \"common\", version = \"~1.4\" }\n");
    ground.version("blog", "1.0.0", "[dependencies]\nshop = { path = \"../shop\" }\n");
    let blog = "blog = { git = \"[OPS]\", subdirectory = \"blog\" }";
    ground.takes_and_grants(blog, &["common"]).done(&["fetch"]);
    let lock = ground.text("chefrs.lock");
    assert!(lock.contains("dependencies = [\n  \"shop = shop 1.0.0\",\n]"), "{lock}");
    assert!(lock.contains("dependencies = [\n  \"basics = common 1.4.0\",\n]"), "{lock}");
    ground.done(&["run", "-r", "common"]);
    assert_eq!(ground.text("common"), "1.4.0\n");
    let tree = ground.done(&["tree"]);
    let names: Vec<&str> = tree.lines().map(|line| line.split("  [OPS]").next().unwrap()).collect();
    assert_eq!(names, ["blog 1.0.0", "  shop 1.0.0", "    common 1.4.0"]);
    assert_eq!(
        ground.done(&["tree", "--why", "common"]),
        "chefrs.toml > blog 1.0.0 > shop 1.0.0 > common 1.4.0\n"
    );
    // A directory takes the place of one, wherever it is asked for.
    let needs = "[capabilities]\nfile = [\"[DIR]/common\"]\n";
    ground.file("../mine/cookbook.toml", &format!("name = \"common\"\nversion = \"1.4.9\"\n{needs}"));
    ground.file("../mine/recipes/default.lua", "file \"[DIR]/common\" { content = \"mine\" }\n");
    ground.file("chefrs.toml", "[cookbooks]\nblog = { git = \"[OPS]\", subdirectory = \"blog\" }\n[override]\ncommon = { path = \"../mine\" }\n[grants.common]\nfile = [\"[DIR]/common\"]\n");
    ground.done(&["run", "-r", "common"]);
    assert_eq!(ground.text("common"), "mine");
}

#[test]
fn a_branch_stays_at_its_commit_and_a_moved_tag_is_told() {
    let Some(ground) = Ground::new() else { return };
    ground.version("web", "1.0.0", "");
    ground.takes("web = { git = \"[OPS]\", subdirectory = \"web\", branch = \"main\" }").done(&["fetch"]);
    let first = ground.text("chefrs.lock");
    assert!(first.contains("?subdirectory=web&branch=main#"), "{first}");
    ground.version("web", "1.1.0", "");
    ground.done(&["fetch"]);
    assert_eq!(ground.text("chefrs.lock"), first);
    let said = ground.done(&["update"]);
    assert!(said.contains("changed web 1.0.0"), "{said}");
    ground.fails(
        &["update", "web", "--precise", "1.0.0"],
        1,
        &["`web` has version 1.1.0 where chefrs.toml takes it from"],
    );
    // Another way to name it is another source, even if the version fits.
    ground.pushed("web/files/later", "x").push(&[]);
    ground.done(&["update"]);
    ground.takes(WEB);
    ground.fails(&["plan", "-r", "web"], 3, &["chefrs.lock has another `web` than chefrs.toml asks for"]);
    ground.done(&["fetch"]);
    let before = ground.text("chefrs.lock");
    let moved = ground.pushed("web/files/new", "x").push(&["web-v1.1.0"]);
    ground.fails(
        &["update"],
        1,
        &[
            "the tag `web-v1.1.0` of `[OPS]` was moved",
            "--> chefrs.toml:2",
            "`chefrs update web --precise 1.1.0` takes the new commit",
        ],
    );
    assert_eq!(ground.text("chefrs.lock"), before);
    ground.done(&["run", "-r", "web"]);
    ground.done(&["update", "web", "--precise", "1.1.0"]);
    assert!(ground.text("chefrs.lock").contains(&moved));
}

#[test]
fn an_older_version_can_be_taken_and_a_commit_that_only_the_lock_knows() {
    let Some(ground) = Ground::new() else { return };
    let first = ground.version("web", "1.0.0", "");
    ground.version("web", "1.1.0", "");
    ground.takes(WEB).done(&["fetch"]);
    ground.done(&["update", "web", "--precise", "1.0.0"]);
    assert!(ground.text("chefrs.lock").contains(&first));
    ground.fails(
        &["update", "web", "--precise", "3.0.0"],
        1,
        &["there is no version 3.0.0 of `web`", "its versions are 1.1.0 and 1.0.0"],
    );
    ground.takes(&format!(
        "web = {{ git = \"[OPS]\", subdirectory = \"web\", revision = \"{}\" }}",
        &first[..9]
    ));
    ground.done(&["fetch"]);
    // The history of the repository is written anew, without that commit.
    ground.git(&["-C", "work", "checkout", "--quiet", "--orphan", "new"]);
    ground.git(&["-C", "work", "branch", "-D", "main"]);
    ground.git(&["-C", "work", "tag", "-d", "web-v1.0.0", "web-v1.1.0"]);
    ground.pushed("README", "new").push(&[]);
    ground.git(&["-C", "ops.git", "reflog", "expire", "--expire=now", "--all"]);
    ground.git(&["-C", "ops.git", "gc", "--quiet", "--prune=now"]);
    ground.done(&["fetch"]);
    fs::remove_dir_all(ground.cache()).unwrap();
    ground.fails(&["fetch"], 1, &["has no commit", "a branch can be written anew"]);
}

#[test]
fn a_cookbook_of_the_project_says_where_its_own_are_and_a_shipped_one_is_hidden() {
    let Some(ground) = Ground::new() else { return };
    ground.version("nginx", "9.0.0", "");
    ground.file(
        "cookbooks/app/cookbook.toml",
        "name = \"app\"\nversion = \"1.0.0\"\n[dependencies]\nproxy = { cookbook = \"nginx\", git = \"[OPS]\", subdirectory = \"nginx\" }\n",
    );
    ground.file("cookbooks/app/recipes/default.lua", "include_recipe \"proxy\"\n");
    ground.fails(
        &["plan", "-r", "app"],
        3,
        &["there is no chefrs.lock", "--> cookbooks/app/cookbook.toml:4"],
    );
    ground.file("chefrs.toml", "[grants.nginx]\nfile = [\"[DIR]/**\"]\n");
    ground.done(&["fetch"]);
    let said = ground.done(&["run", "-r", "app"]);
    assert!(!said.contains("warning"), "{said}");
    assert_eq!(ground.text("nginx"), "9.0.0\n");
    assert!(ground.done(&["cookbook", "show", "nginx"]).starts_with("nginx 9.0.0\n"));
}
