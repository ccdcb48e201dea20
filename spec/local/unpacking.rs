//! Archives: all or nothing, and nothing outside of their directory.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use chefrs::model::content::sha256;
use chefrs::model::step::{Attributes, Step, Unpack};

use super::{Ground, file};

use crate::skipped::is_root;

/// What a spec puts into an archive.
enum Put {
    File(&'static str, &'static str, u32),
    Directory(&'static str),
    Symlink(&'static str, &'static str),
    Hardlink(&'static str, &'static str),
    Pipe(&'static str),
}

/// A tar whose names are written as they are: the library's own writer refuses bad ones.
fn tar(puts: &[Put]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for put in puts {
        let (path, kind, link, text, mode) = match put {
            Put::File(path, text, mode) => (path, tar::EntryType::Regular, "", *text, *mode),
            Put::Directory(path) => (path, tar::EntryType::Directory, "", "", 0o700),
            Put::Symlink(path, to) => (path, tar::EntryType::Symlink, *to, "", 0o777),
            Put::Hardlink(path, to) => (path, tar::EntryType::Link, *to, "", 0o644),
            Put::Pipe(path) => (path, tar::EntryType::Fifo, "", "", 0o644),
        };
        let mut header = tar::Header::new_ustar();
        let bytes = header.as_mut_bytes();
        bytes[..path.len()].copy_from_slice(path.as_bytes());
        bytes[157..157 + link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(text.len() as u64);
        header.set_cksum();
        builder.append(&header, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn tree() -> Vec<u8> {
    tar(&[
        Put::Directory("top/"),
        Put::File("top/bin/run", "#!/bin/sh\n", 0o4777),
        Put::File("top/read", "text", 0o600),
        Put::Symlink("top/bin/text", "../read"),
        Put::Hardlink("top/same", "top/read"),
    ])
}

fn step(ground: &Ground, archive: &[u8]) -> Unpack {
    let path = ground.path("archive");
    std::fs::write(&path, archive).unwrap();
    Unpack {
        archive: path,
        checksum: None,
        destination: ground.path("to"),
        strip_components: 0,
        attributes: Attributes::default(),
        replace: false,
        size_limit: 0,
        mark: None,
    }
}

#[test]
fn every_form_unpacks_the_same() {
    let plain = tree();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(&plain).unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(&plain).unwrap();
    let forms = [
        plain.clone(),
        gzip.finish().unwrap(),
        bzip2.finish().unwrap(),
        xz.finish().unwrap(),
        zstd::encode_all(&plain[..], 1).unwrap(),
    ];
    for form in forms {
        let mut ground = Ground::new();
        let step = Unpack { strip_components: 1, checksum: Some(sha256(&form)), ..step(&ground, &form) };
        ground.apply(&Step::Unpack(step)).unwrap();
        assert_eq!(ground.names("to"), ["bin", "read", "same"]);
        assert_eq!((ground.text("to/bin/text").as_str(), ground.text("to/same").as_str()), ("text", "text"));
        let mode = |name: &str| std::fs::metadata(ground.path(name)).unwrap().permissions().mode() & 0o7777;
        assert_eq!(
            (mode("to"), mode("to/bin/run"), mode("to/read"), mode("to/bin")),
            (0o755, 0o755, 0o644, 0o755)
        );
        assert_eq!(ground.names(""), ["archive", "to"]);
    }
}

#[test]
fn zip_archives() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    zip.start_file("top/run", options).unwrap();
    zip.write_all(b"text").unwrap();
    zip.add_symlink("top/link", "run", options).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    let mut ground = Ground::new();
    let step = step(&ground, &bytes);
    ground.apply(&Step::Unpack(step)).unwrap();
    assert_eq!(ground.text("to/top/link"), "text");
    assert_eq!(std::fs::read_link(ground.path("to/top/link")).unwrap().to_str(), Some("run"));
}

#[test]
fn nothing_leaves_the_directory() {
    let out = "to";
    let bad: Vec<(&str, Vec<Put>)> = vec![
        ("an absolute path", vec![Put::File("/tmp/chefrs-escape", "x", 0o644)]),
        ("a path upwards", vec![Put::File("a/../../escape", "x", 0o644)]),
        ("an absolute link", vec![Put::Symlink("a", "/etc")]),
        ("a link upwards", vec![Put::Symlink("a", "..")]),
        ("a link upwards from below", vec![Put::Symlink("a/b", "../../c")]),
        (
            "links that lead up together",
            vec![Put::Directory("a/b"), Put::Symlink("a/b/up", "../.."), Put::Symlink("out", "a/b/up/..")],
        ),
        (
            "a file through a link",
            vec![Put::Directory("d"), Put::Symlink("a", "d"), Put::File("a/x", "x", 0o644)],
        ),
        ("a directory over a link", vec![Put::Symlink("a", "d"), Put::Directory("a")]),
        ("a hard link out", vec![Put::Hardlink("a", "/etc/passwd")]),
        ("a hard link to a link", vec![Put::Symlink("a", "b"), Put::Hardlink("c", "a")]),
        ("a pipe", vec![Put::Pipe("a")]),
    ];
    for (name, puts) in bad {
        let mut ground = Ground::new();
        let step = step(&ground, &tar(&puts));
        let failure = ground.apply(&Step::Unpack(step)).expect_err(name);
        assert!(failure.message.starts_with("the archive `"), "{name}: {failure}");
        assert_eq!(ground.names(""), ["archive"], "{name}");
        assert!(!ground.path(out).exists());
    }
    assert!(!std::path::Path::new("/tmp/chefrs-escape").exists());
}

#[test]
fn damage_and_wrong_checksums_leave_what_was_there() {
    let mut ground = Ground::new();
    ground.put("to/old", "old");
    let replaced = Unpack { replace: true, ..step(&ground, b"no archive at all") };
    let failure = ground.apply(&Step::Unpack(replaced.clone())).unwrap_err();
    assert!(failure.message.contains("is damaged, or no archive of a known form"), "{failure}");
    let mut cut = tree();
    cut.truncate(1600);
    assert!(ground.apply(&Step::Unpack(Unpack { replace: true, ..step(&ground, &cut) })).is_err());
    let wrong = Unpack { checksum: Some(sha256(b"")), replace: true, ..step(&ground, &tree()) };
    let failure = ground.apply(&Step::Unpack(wrong)).unwrap_err();
    assert!(failure.message.starts_with("the checksum of"), "{failure}");
    assert_eq!(
        (ground.names(""), ground.names("to")),
        (vec!["archive".to_owned(), "to".into()], vec!["old".to_owned()])
    );
}

#[test]
fn an_existing_directory_is_replaced_whole_or_refused() {
    let mut ground = Ground::new();
    ground.put("to/old/file", "old");
    let plain = step(&ground, &tree());
    let failure = ground.apply(&Step::Unpack(plain.clone())).unwrap_err();
    assert!(failure.message.ends_with("is there already"), "{failure}");
    ground.apply(&Step::Unpack(Unpack { replace: true, ..plain })).unwrap();
    assert_eq!(ground.names("to"), ["top"]);
    assert_eq!(ground.names(""), ["archive", "to"]);
}

#[test]
fn a_bomb_is_stopped() {
    let mut builder = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
    let mut header = tar::Header::new_ustar();
    let size = 200 << 20;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_path("zeros").unwrap();
    header.set_cksum();
    builder.append(&header, std::io::Read::take(std::io::repeat(0), size)).unwrap();
    let bytes = builder.into_inner().unwrap().finish().unwrap();
    let mut ground = Ground::new();
    let step = step(&ground, &bytes);
    let failure = ground.apply(&Step::Unpack(step)).unwrap_err();
    assert!(failure.message.contains("grows to more than 200 times its size"), "{failure}");
    assert_eq!(ground.names(""), ["archive"]);
}

#[test]
fn everything_gets_the_owner_that_was_said() {
    if !is_root() {
        return;
    }
    let mut ground = Ground::new();
    let attributes =
        Attributes { owner: Some("65534".into()), group: Some("65533".into()), mode: Some(0o750) };
    let step = Unpack { attributes, ..step(&ground, &tree()) };
    ground.apply(&Step::Unpack(step)).unwrap();
    for name in ["to", "to/top", "to/top/bin", "to/top/bin/run", "to/top/bin/text"] {
        use std::os::unix::fs::MetadataExt as _;
        let found = std::fs::symlink_metadata(ground.path(name)).unwrap();
        assert_eq!((found.uid(), found.gid()), (65534, 65533), "{name}");
    }
    assert_eq!(std::fs::metadata(ground.path("to")).unwrap().permissions().mode() & 0o777, 0o750);
}

#[test]
fn a_form_that_is_not_unpacked_is_called_by_its_name() {
    let mut ground = Ground::new();
    let step = step(&ground, b"7z\xbc\xaf\x27\x1c and so on");
    let failure = ground.apply(&Step::Unpack(step)).unwrap_err();
    assert_eq!(
        failure.message,
        format!("`{}` is a 7z archive, which is not unpacked", ground.path("archive"))
    );
    assert!(failure.hints[0].starts_with("use tar or zip"), "{failure:?}");
}

#[test]
fn what_says_that_something_is_unpacked_comes_only_with_a_good_archive() {
    let mut ground = Ground::new();
    let mark = || Some(Box::new(file(&ground.path("to.chefrs"), "unpacking")));
    let bad = Unpack { mark: mark(), ..step(&ground, b"no archive at all") };
    let good = Unpack { mark: mark(), ..step(&ground, b"no archive at all") };
    ground.apply(&Step::Unpack(bad)).unwrap_err();
    assert_eq!(ground.names(""), ["archive"]);
    std::fs::write(ground.path("archive"), tree()).unwrap();
    ground.apply(&Step::Unpack(good)).unwrap();
    assert_eq!(ground.names(""), ["archive", "to", "to.chefrs"]);
}

#[test]
fn what_an_archive_may_become_is_bounded() {
    let mut ground = Ground::new();
    let long = "x".repeat(5000).leak();
    let step = |size_limit| Unpack { size_limit, ..step(&ground, &tar(&[Put::File("a", long, 0o644)])) };
    let (small, large) = (step(4999), step(5000));
    let failure = ground.apply(&Step::Unpack(small)).unwrap_err();
    assert!(failure.message.ends_with("grows to more than its `size_limit` of 4999 bytes"), "{failure}");
    assert_eq!(ground.names(""), ["archive"]);
    ground.apply(&Step::Unpack(large)).unwrap();
}

/// The owner of an archive writes into it as fast as she can while root hashes and unpacks it.
#[test]
fn an_archive_that_its_owner_writes_into_is_unpacked_as_it_was_hashed() {
    if !is_root() {
        return;
    }
    let good: &str = "good".repeat(500_000).leak();
    let bytes = tar(&[Put::File("a", good, 0o644)]);
    let mut ground = Ground::new();
    let step = Unpack { checksum: Some(sha256(&bytes)), replace: true, ..step(&ground, &bytes) };
    std::os::unix::fs::chown(&step.archive, Some(65534), None).unwrap();
    let place = bytes.len() as u64 - 2048;
    let toggled = bytes[bytes.len() - 2048..][..512].to_vec();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            use std::os::unix::fs::FileExt as _;
            let file = std::fs::File::options().write(true).open(&step.archive).unwrap();
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                file.write_all_at(&[b'e'; 512], place).unwrap();
                std::thread::sleep(std::time::Duration::from_micros(200));
                file.write_all_at(&toggled, place).unwrap();
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
        });
        let begin = std::time::Instant::now();
        // Hashed, then read a second time: what is not to be done.
        let mut had = false;
        while !had && begin.elapsed().as_secs() < 20 {
            let hashed = sha256(&std::fs::read(&step.archive).unwrap());
            let unpacked = std::fs::read(&step.archive).unwrap();
            had = hashed == sha256(&bytes) && unpacked != bytes;
        }
        let mut right = 0;
        for _ in 0..30 {
            if ground.apply(&Step::Unpack(step.clone())).is_ok() {
                right += 1;
                assert!(ground.text("to/a") == good, "other bytes were unpacked than were hashed");
            }
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(had, "the attack itself does not work here, so this proves nothing");
        assert!(right > 0, "it was never unpacked, so this proves nothing");
    });
    let left = ground.names("");
    assert!(left.iter().all(|name| ["archive", "to", "state"].contains(&name.as_str())), "{left:?}");
}

/// Names are held in memory while they are read, so an archive of a few bytes could fill that of the machine.
#[test]
fn the_names_of_an_entry_are_bounded() {
    for kind in [tar::EntryType::GNULongName, tar::EntryType::GNULongLink, tar::EntryType::XHeader] {
        let mut ground = Ground::new();
        let step = step(&ground, &compressed(kind, 3 << 20));
        let failure = ground.apply(&Step::Unpack(step)).unwrap_err();
        assert!(
            failure.message.ends_with("the names of an entry take more than 1048576 bytes"),
            "{failure:?}"
        );
        assert!(!ground.path("to").exists());
    }
}

/// What has no content and says that it has is gone past no further than a file would be written.
#[test]
fn content_of_what_has_none_is_bounded() {
    for kind in [tar::EntryType::Directory, tar::EntryType::XGlobalHeader] {
        let mut ground = Ground::new();
        let step = step(&ground, &compressed(kind, 80 << 20));
        let failure = ground.apply(&Step::Unpack(step)).unwrap_err();
        assert!(failure.message.ends_with("it grows to more than 200 times its size"), "{failure:?}");
        assert!(!ground.path("to").exists());
    }
    let mut ground = Ground::new();
    let stripped = compressed(tar::EntryType::Regular, 80 << 20);
    let failure = ground.apply(&Step::Unpack(Unpack { strip_components: 1, ..step(&ground, &stripped) }));
    assert!(failure.unwrap_err().message.ends_with("grows to more than 200 times its size"));
}

/// An entry of that kind whose content is one letter, so often.
fn compressed(kind: tar::EntryType, size: u64) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_path("name").unwrap();
    header.set_mode(0o755);
    header.set_size(size);
    header.set_cksum();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bzip2.write_all(header.as_bytes()).unwrap();
    std::io::copy(&mut std::io::repeat(b'a').take(size), &mut bzip2).unwrap();
    bzip2.finish().unwrap()
}
