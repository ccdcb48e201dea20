//! What lies on disk: sealing of files and trees, and the walls around a cookbook's directory.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use camino::{Utf8Path, Utf8PathBuf};
use chefrs::cookbook::Project;
use chefrs::model::blob::{BlobSource, Blobs};
use chefrs::model::content::Content;

/// A project in a directory of its own.
struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("there is room for a directory") }
    }

    fn root(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).expect("a UTF-8 path")
    }

    fn file(&self, path: &str, bytes: impl AsRef<[u8]>) -> Utf8PathBuf {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
        fs::write(&path, bytes).expect("it can be written");
        path
    }

    fn link(&self, path: &str, to: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
        symlink(to, path).expect("it can be made");
    }

    fn project(&self) -> Project {
        Project::open(self.root()).expect("the project is well formed")
    }
}

#[test]
fn short_text_stands_in_the_collection_and_the_rest_is_a_blob() {
    let ground = Ground::new();
    ground.file("files/text", "hello\n");
    ground.file("files/binary", [0, 159, 146, 150]);
    let long = ground.file("files/long", "x".repeat(64 * 1024 + 1));
    let (project, mut blobs) = (ground.project(), Blobs::new());
    let mut seal = |name: &str| project.own().file(name, &mut blobs).expect("it is there").content;
    assert_eq!(seal("text"), Content::Text("hello\n".into()));
    assert!(matches!(seal("binary"), Content::Blob(blob) if blob.size == 4));
    let Content::Blob(blob) = seal("long") else { panic!("long text is a blob") };
    assert_eq!(blobs.len(), 2);
    assert!(
        matches!(&blobs[&blob.sha256], BlobSource::Path(path) if path.canonicalize_utf8().ok() == long.canonicalize_utf8().ok())
    );
}

#[test]
fn a_tree_is_sorted_and_leaves_out_what_belongs_to_the_author_alone() {
    let ground = Ground::new();
    for path in [
        "app/b.py",
        "app/a/c.py",
        "app/.git/config",
        "app/.env",
        "app/__pycache__/b.pyc",
        "app/venv/bin/python",
        "app/package.json",
        "app/node_modules/left/out.js",
        "app/static/node_modules/kept.js",
    ] {
        ground.file(&format!("files/{path}"), "x");
    }
    let script = ground.file("files/app/run", "#!/bin/sh\n");
    fs::set_permissions(script, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let tree = ground.project().own().tree("app", &mut Blobs::new()).expect("it is there");
    let files: Vec<(&str, bool)> =
        tree.files.iter().map(|file| (file.path.as_str(), file.executable)).collect();
    let kept = ["a/c.py", "b.py", "package.json", "run", "static/node_modules/kept.js"];
    assert_eq!(files, kept.map(|name| (name, name == "run")));
}

#[test]
fn a_tree_with_too_many_files_says_where_most_of_them_are() {
    let ground = Ground::new();
    ground.file("files/app/a.py", "x");
    for number in 0..20_000 {
        ground.file(&format!("files/app/uploads/{}/{number}", number % 10), "");
    }
    let refused = ground.project().own().tree("app", &mut Blobs::new()).expect_err("it is too large");
    let refused = refused.to_string();
    assert!(refused.contains("the directory has more than 20000 files"), "{refused}");
    assert!(refused.contains(" of them are in `uploads`"), "{refused}");
}

#[test]
fn links_in_a_tree_stay_links_and_empty_directories_are_there() {
    let ground = Ground::new();
    ground.file("files/app/css/a.css", "x");
    ground.link("files/app/css/b.css", "a.css");
    ground.link("files/app/current", "css");
    ground.link("files/app/css/up", "../css/a.css");
    fs::create_dir_all(ground.root().join("files/app/spool/in")).expect("it is ours");
    let tree = ground.project().own().tree("app", &mut Blobs::new()).expect("it is there");
    let files: Vec<&str> = tree.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["css/a.css"]);
    let links: Vec<(&str, &str)> =
        tree.links.iter().map(|link| (link.path.as_str(), link.to.as_str())).collect();
    assert_eq!(links, [("css/b.css", "a.css"), ("css/up", "../css/a.css"), ("current", "css")]);
    assert_eq!(tree.empty, ["spool/in"]);
}

#[test]
fn a_link_that_would_lead_elsewhere_on_the_machine_is_refused_with_a_word() {
    let around = |ground: &Ground| ground.root().join("files/app/a").into_string();
    for to in [None, Some("../app/a"), Some("b/../../app/a")] {
        let ground = Ground::new();
        ground.file("files/app/a", "x");
        ground.file("files/app/b/c", "x");
        let to = to.map_or_else(|| around(&ground), str::to_owned);
        ground.link("files/app/link", &to);
        let refused = ground.project().own().tree("app", &mut Blobs::new()).expect_err("it leads elsewhere");
        assert!(refused.to_string().contains("would point elsewhere on the machine"), "{refused}");
    }
}

#[test]
fn nothing_outside_is_read_through_a_link() {
    let ground = Ground::new();
    let outside = tempfile::tempdir().expect("there is room for a directory");
    let secret = outside.path().join("secret");
    fs::write(&secret, "s3cret").expect("it can be written");
    let secret = secret.to_str().expect("a UTF-8 path");
    ground.file("cookbooks/web/cookbook.toml", "name = \"web\"\nversion = \"1.0.0\"\n");
    ground.link("cookbooks/web/files/direct", secret);
    ground.link("cookbooks/web/templates/t.hbs", secret);
    ground.link("cookbooks/web/files/folder", outside.path().to_str().expect("a UTF-8 path"));
    ground.file("cookbooks/web/files/tree/fine", "x");
    ground.link("cookbooks/web/files/tree/way-out", secret);
    let project = ground.project();
    let web = project.cookbook("web").expect("it is there");
    let mut blobs = Blobs::new();
    for source in ["direct", "folder/secret"] {
        let message = web.file(source, &mut blobs).expect_err("it leads outside").to_string();
        assert!(!message.contains("s3cret"), "{message}");
    }
    assert!(web.text("templates/t.hbs").is_err());
    assert!(web.tree("tree", &mut blobs).is_err());
    assert!(web.tree("folder", &mut blobs).is_err());
    assert!(blobs.is_empty());
}

#[test]
fn a_project_may_name_files_of_its_own_by_dot_slash_and_none_beyond() {
    let ground = Ground::new();
    ground.file("mysite/manage.py", "x");
    let project = ground.project();
    let tree = project.own().tree("./mysite", &mut Blobs::new()).expect("it is there");
    assert_eq!(tree.files[0].path, "manage.py");
    for source in ["./../x", "./mysite/../../x", "/etc"] {
        assert!(project.own().tree(source, &mut Blobs::new()).is_err(), "{source}");
    }
}

#[test]
fn the_shipped_cookbooks_and_recipes_are_there_in_an_empty_directory() {
    let project = Ground::new().project();
    for name in ["base", "django_app", "mariadb", "names", "nginx", "postgresql", "python"] {
        let cookbook = project.cookbook(name).unwrap_or_else(|| panic!("{name} is shipped"));
        assert!(cookbook.label("cookbook.toml").starts_with("shipped/"));
    }
    assert!(project.own().text("recipes/hello.lua").expect("it can be read").is_some());
}

#[test]
fn a_cookbook_of_the_project_wins_over_the_shipped_one() {
    let ground = Ground::new();
    ground.file("cookbooks/nginx/cookbook.toml", "name = \"nginx\"\nversion = \"9.0.0\"\n");
    let project = ground.project();
    assert_eq!(project.cookbook("nginx").expect("it is there").version, "9.0.0");
}

#[test]
fn a_huge_recipe_is_refused() {
    let ground = Ground::new();
    ground.file("recipes/huge.lua", "-".repeat(256 * 1024 + 1));
    let message = ground.project().own().text("recipes/huge.lua").expect_err("it is too large").to_string();
    assert!(message.contains("256 KiB"), "{message}");
}

/// The paths of many keys below a long one are far longer than the file that they stand in.
#[test]
fn keys_below_long_ones_take_little_memory() {
    let ground = Ground::new();
    let long = "k".repeat(100_000);
    let keys = (0..13_000).map(|n| format!("k{n} = 1")).collect::<Vec<_>>().join("\n");
    ground.file("chefrs.toml", format!("[attributes]\nfirst = 1\n[attributes.{long}]\n{keys}"));
    let project = ground.project();
    let attributes = project.attributes().expect("they are said");
    assert_eq!(attributes.lines["first"].line, 2);
    assert!(attributes.values[&long].as_object().expect("a table").len() > 10_000);
    let paths: usize = attributes.lines.keys().map(String::len).sum();
    assert!(paths < 17 << 20, "{paths} bytes of paths");
}
