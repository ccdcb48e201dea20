//! Cookbooks from archives at a URL.

use std::fs;
use std::io::Write as _;

use chefrs::cookbook::SharedFile;
use chefrs::cookbook::archive::pack;
use tar::{Builder, EntryType, Header};

use super::ground::Ground;
use super::published::{cookbook, h1};
use super::web::{Answer, Web};

/// An entry of an archive.
fn entry(path: &str, kind: EntryType, content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_ustar();
    // Also names that a builder would refuse.
    header.as_ustar_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(content.len() as u64);
    if kind != EntryType::Regular {
        header.set_link_name("/etc/passwd").unwrap();
    }
    header.set_cksum();
    let mut builder = Builder::new(Vec::new());
    builder.append(&header, content).unwrap();
    let mut bytes = builder.into_inner().unwrap();
    // Without the end of the archive.
    bytes.truncate(bytes.len() - 1024);
    bytes
}

fn packed(entries: &[Vec<u8>]) -> Vec<u8> {
    zstd::stream::encode_all([entries.concat(), vec![0; 1024]].concat().as_slice(), 3).unwrap()
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let one = cookbook("acme/web", "1.0.0", "", "/x");
    let mut other = cookbook("acme/web", "1.0.0", "", "/x");
    other.reverse();
    let bytes = pack(&one).unwrap();
    assert_eq!(bytes, pack(&other).unwrap());
    // What `tar` sees: no times, no owners.
    let mut archive = tar::Archive::new(zstd::stream::read::Decoder::new(bytes.as_slice()).unwrap());
    let seen: Vec<String> = archive
        .entries()
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let header = entry.header();
            let about = [
                u64::from(header.mode().unwrap()),
                header.mtime().unwrap(),
                header.uid().unwrap(),
                header.gid().unwrap(),
            ];
            format!("{} {about:?}", entry.path().unwrap().display())
        })
        .collect();
    assert_eq!(seen, ["cookbook.toml [420, 0, 0, 0]", "recipes/default.lua [420, 0, 0, 0]"]);
    let long = SharedFile { path: "x".repeat(300), executable: false, bytes: Vec::new() };
    assert!(pack(&[long]).is_err());
}

#[test]
fn one_is_added_with_its_sum() {
    let Some(ground) = Ground::new() else { return };
    let files = cookbook("web", "1.0.0", "", ground.project().to_str().unwrap());
    let site = ground.folder().join("site");
    fs::create_dir(&site).unwrap();
    fs::write(site.join("web.tar.zst"), pack(&files).unwrap()).unwrap();
    let web = Web::files(site.clone(), None);
    let url = format!("{}/web.tar.zst", web.url());
    ground.file("chefrs.toml", "");
    let said = ground.done(&["add", "web", "--url", &url, "--grant"]);
    assert!(said.contains("added web 1.0.0\nwrote chefrs.lock: 1 cookbook from archives\n"), "{said}");
    let sum = h1(&files);
    let text = ground.text("chefrs.toml");
    assert!(text.contains(&format!("web = {{ url = \"{url}\", sum = \"{sum}\" }}\n")), "{text}");
    assert!(ground.text("chefrs.lock").contains(&format!("source = \"url+{url}\"\nsum = \"{sum}\"\n")));
    ground.done(&["run", "-r", "web"]);
    assert_eq!(ground.text("web"), "1.0.0\n");
    assert_eq!(ground.done(&["tree"]), format!("web 1.0.0  {url}\n"));
    assert_eq!(ground.done(&["outdated"]), "all cookbooks are at their newest versions\n");
    assert!(ground.done(&["vendor"]).ends_with("wrote vendor/web\n"));
    ground.done(&["lock", "--check"]);
    fs::remove_dir_all(ground.project().join("vendor")).unwrap();
    // Other files at the same place.
    let files = cookbook("web", "1.0.1", "", ground.project().to_str().unwrap());
    fs::write(site.join("web.tar.zst"), pack(&files).unwrap()).unwrap();
    let lock = ground.text("chefrs.lock");
    ground.done(&["update"]);
    fs::remove_dir_all(ground.cache()).unwrap();
    ground.fails(&["fetch"], 1, &["has other files than `sum` says", "ask who changed it"]);
    assert_eq!(ground.text("chefrs.lock"), lock);
    // Without a sum, the lock says what was there, and an update takes what is there.
    ground.takes(&format!("web = {{ url = \"{url}\" }}"));
    ground.fails(&["fetch"], 1, &["has other files than `sum` says"]);
    ground.done(&["update"]);
    assert!(ground.text("chefrs.lock").contains("version = \"1.0.1\""));
    ground.takes(&format!("web = {{ url = \"{url}\", sum = \"{sum}\" }}"));
    ground.fails(&["plan", "-r", "web"], 3, &["chefrs.lock has another `web` than chefrs.toml asks for"]);
    ground.takes(&format!("web = {{ url = \"{}/none\" }}", web.url()));
    ground.fails(&["fetch"], 1, &["there is no archive at"]);
}

#[test]
fn archives_that_are_refused() {
    let Some(ground) = Ground::new() else { return };
    let regular = |path: &str, content: &[u8]| entry(path, EntryType::Regular, content);
    let manifest = regular("cookbook.toml", b"name = \"web\"\nversion = \"1.0.0\"\n");
    let with = |other: Vec<u8>| packed(&[manifest.clone(), other]);
    let bomb = {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 19).unwrap();
        let head = {
            let mut header = Header::new_ustar();
            header.set_path("zeros").unwrap();
            header.set_mode(0o644);
            header.set_size(30 << 20);
            header.set_cksum();
            header.as_bytes().to_vec()
        };
        encoder.write_all(&head).unwrap();
        for _ in 0..30 {
            encoder.write_all(&vec![0; 1 << 20]).unwrap();
        }
        encoder.write_all(&[0; 1024]).unwrap();
        encoder.finish().unwrap()
    };
    let wide = {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
        encoder.window_log(27).unwrap();
        encoder.write_all(&[manifest.clone(), vec![0; 1024]].concat()).unwrap();
        encoder.finish().unwrap()
    };
    let many: Vec<Vec<u8>> = (0..5001).map(|index| regular(&format!("files/{index}"), b"")).collect();
    let cut = with(regular("files/x", &[7; 4096]));
    let cases = [
        (with(entry("link", EntryType::Symlink, b"")), "`link` is a link"),
        (with(entry("link", EntryType::Link, b"")), "`link` is a link"),
        (with(entry("null", EntryType::Char, b"")), "`null` is a device"),
        (with(entry("pipe", EntryType::Fifo, b"")), "`pipe` is a device"),
        (with(regular("/etc/motd", b"")), "the name `/etc/motd` is refused"),
        (with(regular("../motd", b"")), "the name `../motd` is refused"),
        (with(regular("files/../../motd", b"")), "is refused"),
        (with(regular(".git/config", b"")), "the name `.git/config` is refused"),
        (with(regular("a\u{1b}b", b"")), "the name `a\\u{1b}b` is refused"),
        (packed(&[manifest.clone(), regular("A/x", b""), regular("a/y", b"")]), "are equal but for case"),
        (with(manifest.clone()), "`cookbook.toml` is there twice"),
        (packed(&[]), "it is empty"),
        (packed(&many), "it has more than 5000 files or 32 MiB"),
        (bomb, "it unpacks to far more than its size"),
        (wide, "it is not an archive that can be read"),
        (cut[..cut.len() - 20].to_vec(), "is refused: it"),
        (b"PK\x03\x04".to_vec(), "it is not an archive that can be read"),
        (packed(&[regular("README", b"x")]), "there is no cookbook for `web`"),
        (pack(&cookbook("other", "1.0.0", "", "/x")).unwrap(), "calls itself `other`"),
    ];
    for (bytes, says) in cases {
        let web = Web::new(move |_, _| Answer::of(200, bytes.clone()));
        ground.takes(&format!("web = {{ url = \"{}/x\" }}", web.url()));
        ground.fails(&["fetch"], 1, &[says, "chefrs.toml:2"]);
        assert!(!ground.project().join("chefrs.lock").exists());
        assert!(!ground.folder().join("motd").exists());
    }
}
