//! Archives unpacked through a shell: the same trees, and the same that is refused.

use std::io::Write as _;

use camino::Utf8Path;
use chefrs::model::content::sha256;
use chefrs::model::step::{Attributes, Step, Unpack};
use chefrs::target::Target;
use chefrs::target::local::Local;

use super::steps::{told, tree};
use super::{Session, brings_its_own, root, shells, with_busybox, words};

mod zips;

type Entry = (&'static str, tar::EntryType, &'static str, u32);

const FILE: tar::EntryType = tar::EntryType::Regular;
const DIRECTORY: tar::EntryType = tar::EntryType::Directory;
const SYMLINK: tar::EntryType = tar::EntryType::Symlink;
const HARDLINK: tar::EntryType = tar::EntryType::Link;

/// A tar whose names are written as they are; the third word is a file's text or a link's target.
fn tar(entries: &[Entry]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, kind, word, mode) in entries {
        let mut header = tar::Header::new_ustar();
        let (text, link) = if *kind == FILE { (*word, "") } else { ("", *word) };
        let bytes = header.as_mut_bytes();
        bytes[..path.len()].copy_from_slice(path.as_bytes());
        bytes[157..157 + link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(*mode);
        header.set_size(text.len() as u64);
        header.set_cksum();
        builder.append(&header, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn good() -> Vec<u8> {
    tar(&[
        ("top/", DIRECTORY, "", 0o700),
        ("top/bin/run", FILE, "#!/bin/sh\n", 0o4777),
        ("top/read", FILE, "text", 0o600),
        ("top/bin/text", SYMLINK, "../read", 0o777),
        ("top/same", HARDLINK, "top/read", 0o644),
        ("top/-n it's $(x)\nnew", FILE, "odd", 0o644),
        ("top/.hidden/deep/er/x", FILE, "", 0o400),
    ])
}

fn zip() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    zip.start_file("top/run it", options).unwrap();
    zip.write_all(b"text").unwrap();
    zip.add_symlink("top/link", "run it", options).unwrap();
    zip.add_directory("top/below", options).unwrap();
    zip.finish().unwrap().into_inner()
}

fn forms() -> Vec<Vec<u8>> {
    let plain = good();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 1);
    xz.write_all(&plain).unwrap();
    let zstd = zstd::encode_all(&plain[..], 1).unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(&plain).unwrap();
    vec![gzip.finish().unwrap(), bzip2.finish().unwrap(), xz.finish().unwrap(), zstd, zip(), plain]
}

/// What a step comes to, and everything that is there afterwards.
fn unpack(
    target: &mut dyn Target,
    archive: &[u8],
    prepare: &dyn Fn(&Utf8Path),
    change: &dyn Fn(&mut Unpack),
) -> (Result<(), String>, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let here = root(&directory);
    std::fs::write(here.join("archive"), archive).unwrap();
    prepare(&here);
    let mut step = Unpack {
        archive: here.join("archive"),
        checksum: None,
        destination: here.join("to"),
        strip_components: 0,
        attributes: Attributes::default(),
        replace: false,
        size_limit: 0,
        mark: None,
    };
    change(&mut step);
    let done = target.apply(&Step::Unpack(step), &mut |_| {}).map_err(|failure| told(&failure, &here).0);
    (done, tree(&here))
}

#[test]
fn the_same_trees() {
    let owner = Attributes { owner: Some("65534".into()), group: Some("65533".into()), mode: Some(0o750) };
    let is_root = rustix::process::geteuid().is_root();
    let old = |here: &Utf8Path| {
        std::fs::create_dir_all(here.join("to/old")).unwrap();
        std::fs::write(here.join("to/old/x"), "old").unwrap();
    };
    let empty = |here: &Utf8Path| std::fs::create_dir(here.join("to")).unwrap();
    let other = |here: &Utf8Path| std::fs::write(here.join("to"), "file").unwrap();
    let linked = |here: &Utf8Path| {
        std::fs::rename(here.join("archive"), here.join("real")).unwrap();
        std::os::unix::fs::symlink("real", here.join("archive")).unwrap();
    };
    let nothing = |_: &Utf8Path| {};
    type Prepare<'a> = &'a dyn Fn(&Utf8Path);
    type Change<'a> = Box<dyn Fn(&mut Unpack) + 'a>;
    let bad = Some("0".repeat(64));
    for (number, archive) in forms().into_iter().rev().enumerate() {
        // What differs from one shell to the next is not the form.
        let shells = shells().into_iter().take(if number == 0 { 3 } else { 1 });
        let digest = sha256(&archive).to_ascii_uppercase();
        let cases: Vec<(Prepare<'_>, Change<'_>)> = vec![
            (&nothing, Box::new(|_| {})),
            (&nothing, Box::new(|step| step.strip_components = 1)),
            (&nothing, Box::new(|step| step.strip_components = 2)),
            (&nothing, Box::new(|step| step.checksum = Some(digest[..20].to_owned()))),
            (&nothing, Box::new(|step| step.checksum.clone_from(&bad))),
            (&nothing, Box::new(|step| step.checksum = Some("abc".into()))),
            (&nothing, Box::new(|step| step.attributes.mode = Some(0o700))),
            (
                &nothing,
                Box::new(|step| {
                    if is_root {
                        step.attributes = owner.clone();
                    }
                }),
            ),
            (&nothing, Box::new(|step| step.archive = "/no/such".into())),
            (&nothing, Box::new(|step| step.destination = "/no/such/to".into())),
            (&empty, Box::new(|_| {})),
            (&old, Box::new(|_| {})),
            (&old, Box::new(|step| step.replace = true)),
            (&other, Box::new(|step| step.replace = true)),
            (&linked, Box::new(|_| {})),
        ];
        for (index, (prepare, change)) in cases.iter().enumerate() {
            let (done, tree) = unpack(&mut Local::new(), &archive, prepare, change);
            let wanted = (done, tree);
            for argv in shells.clone() {
                let found = unpack(Session::with(&argv).shell(), &archive, prepare, change);
                assert_eq!(found, wanted, "{argv:?}: case {index}");
            }
        }
    }
}

/// Archives that are refused, whoever unpacks them.
fn bad() -> Vec<Vec<Entry>> {
    let pipe = tar::EntryType::Fifo;
    let below_link = [("b", DIRECTORY, "", 0o755), ("a", SYMLINK, "b", 0o777), ("a/x", FILE, "x", 0o644)];
    vec![
        vec![("/tmp/chefrs-escape", FILE, "x", 0o644)],
        vec![("a/../../escape", FILE, "x", 0o644)],
        vec![("a", SYMLINK, "/etc", 0o777)],
        vec![("a", SYMLINK, "/tmp", 0o777), ("a/chefrs-escape", FILE, "x", 0o644)],
        vec![("a", SYMLINK, "..", 0o777)],
        vec![("a", SYMLINK, "..", 0o777), ("a/escape", FILE, "x", 0o644)],
        vec![("a/b", SYMLINK, "../../c", 0o777)],
        vec![
            ("a/b", DIRECTORY, "", 0o755),
            ("a/b/up", SYMLINK, "../..", 0o777),
            ("out", SYMLINK, "a/b/up/..", 0o777),
        ],
        vec![("a", SYMLINK, "", 0o777)],
        vec![("a", HARDLINK, "/etc/passwd", 0o644)],
        vec![("a", HARDLINK, "../archive", 0o644)],
        vec![("a", pipe, "", 0o644)],
        vec![("a \\ b", pipe, "", 0o644)],
        // Through what earlier entries have made, even where all of it stays inside.
        below_link.to_vec(),
        [&below_link[..], &[("a", DIRECTORY, "", 0o755), ("a/x", FILE, "y", 0o644)]].concat(),
        vec![("./a b", SYMLINK, ".", 0o777), ("a b//x", FILE, "x", 0o644)],
        vec![("a -> b", SYMLINK, "c > d", 0o777), ("a -> b/x", FILE, "x", 0o644)],
        vec![("a", SYMLINK, "b", 0o777), ("a", DIRECTORY, "", 0o755)],
        vec![("a", SYMLINK, "b", 0o777), ("a/b/c", SYMLINK, "d", 0o777)],
        vec![("a", FILE, "x", 0o644), ("a/x", FILE, "x", 0o644)],
        vec![("a", FILE, "x", 0o644), ("a", DIRECTORY, "", 0o755)],
        vec![("a", DIRECTORY, "", 0o755), ("a", FILE, "x", 0o644)],
        vec![("a/x", FILE, "x", 0o644), ("a", SYMLINK, "b", 0o777)],
        vec![("b/x", FILE, "x", 0o644), ("a", SYMLINK, "b", 0o777), ("c", HARDLINK, "a/x", 0o644)],
        vec![("b", FILE, "x", 0o644), ("a", SYMLINK, "b", 0o777), ("c", HARDLINK, "a", 0o644)],
        vec![("b", DIRECTORY, "", 0o755), ("a", HARDLINK, "b", 0o644)],
        vec![("a", HARDLINK, "b", 0o644), ("b", FILE, "x", 0o644)],
        vec![("gr\u{fc}n b", SYMLINK, "d", 0o777), ("gr\u{fc}n b/x", FILE, "x", 0o644)],
        vec![("", FILE, "x", 0o644), ("a", FILE, "x", 0o644)],
        vec![("a", FILE, "x", 0o644), ("", DIRECTORY, "", 0o755)],
        vec![("a", FILE, "x", 0o644), ("", SYMLINK, "a", 0o777)],
        vec![("a", FILE, "x", 0o644), ("", HARDLINK, "a", 0o644)],
    ]
}

#[test]
fn what_one_refuses_the_other_refuses_in_the_same_words() {
    for entries in bad() {
        let archive = tar(&entries);
        let wanted = unpack(&mut Local::new(), &archive, &|_| {}, &|_| {});
        let message = wanted.0.as_ref().expect_err("refused");
        assert!(message.starts_with("the archive `ROOT/archive` holds "), "{entries:?}: {message}");
        let (own, plain): (Vec<_>, Vec<_>) = shells().into_iter().partition(|argv| brings_its_own(argv));
        for argv in plain {
            let found = unpack(Session::with(&argv).shell(), &archive, &|_| {}, &|_| {});
            assert_eq!(found, wanted, "{argv:?}: {entries:?}");
        }
        let own = own.into_iter().map(|argv| argv.into_iter().map(str::to_owned).collect());
        for argv in with_busybox(&["tar", "awk"]).iter().cloned().chain(own) {
            let (found, tree) = unpack(Session::with(&words(&argv)).shell(), &archive, &|_| {}, &|_| {});
            let hidden = entries.iter().any(|(path, kind, ..)| *kind == HARDLINK || path.is_empty());
            assert!(found.is_err() || hidden, "{argv:?}: {entries:?}");
            assert!(found.is_ok() || tree == wanted.1, "{argv:?}: {entries:?}: {tree:?}");
        }
    }
    assert!(!std::path::Path::new("/tmp/chefrs-escape").exists());
}

#[test]
fn what_one_accepts_the_other_accepts() {
    let good: Vec<Vec<Entry>> = vec![
        vec![("a", SYMLINK, "b", 0o777), ("a", FILE, "x", 0o644)],
        vec![("a", FILE, "x", 0o644), ("a", FILE, "y", 0o644)],
        vec![("a", FILE, "x", 0o644), ("a", SYMLINK, "b", 0o777)],
        vec![("a/", DIRECTORY, "", 0o755), ("a", DIRECTORY, "", 0o755), ("a/x", SYMLINK, "../b", 0o777)],
        vec![("a/x", FILE, "x", 0o644), ("b/y", HARDLINK, "./a//x", 0o644), ("b/z", HARDLINK, "b/y", 0o644)],
        vec![("a -> b", FILE, "x", 0o644), ("a link to b", HARDLINK, "a -> b", 0o644)],
        vec![("link", FILE, "x", 0o644), ("to", HARDLINK, "link", 0o644), ("a/to", HARDLINK, "to", 0o644)],
        vec![("..a/b..", FILE, "x", 0o644), ("l", SYMLINK, "./..a/b..", 0o777)],
    ];
    for entries in good {
        let archive = tar(&entries);
        let wanted = unpack(&mut Local::new(), &archive, &|_| {}, &|_| {});
        assert_eq!(wanted.0, Ok(()), "{entries:?}");
        for argv in shells() {
            let found = unpack(Session::with(&argv).shell(), &archive, &|_| {}, &|_| {});
            assert_eq!(found, wanted, "{argv:?}: {entries:?}");
        }
        if let Some(argv) = &with_busybox(&["tar", "awk"]) {
            let found = unpack(Session::with(&words(argv)).shell(), &archive, &|_| {}, &|_| {});
            assert_eq!(found, wanted, "{argv:?}: {entries:?}");
        }
    }
}

#[test]
fn names_that_no_list_shows_as_they_are() {
    let odd = tar(&[("x/a\nb", SYMLINK, "../..", 0o777)]);
    let through = tar(&[("x/a\nb", SYMLINK, "c", 0o777), ("x/a\nb/d", FILE, "x", 0o644)]);
    for archive in [odd, through] {
        let (_, wanted) = unpack(&mut Local::new(), &archive, &|_| {}, &|_| {});
        let argvs = shells().into_iter().map(|argv| argv.into_iter().map(str::to_owned).collect());
        for argv in with_busybox(&["tar", "awk"]).into_iter().chain(argvs) {
            let (found, tree) = unpack(Session::with(&words(&argv)).shell(), &archive, &|_| {}, &|_| {});
            let message = found.expect_err("refused");
            assert!(message.starts_with("the archive `ROOT/archive` holds "), "{argv:?}: {message}");
            assert_eq!(tree, wanted, "{argv:?}");
        }
    }
}

/// A tar with a name of these bytes.
fn named(name: &[u8], target: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    let bytes = header.as_mut_bytes();
    bytes[..name.len()].copy_from_slice(name);
    bytes[157..157 + target.len()].copy_from_slice(target);
    header.set_entry_type(if target.is_empty() { FILE } else { SYMLINK });
    header.set_mode(0o644);
    header.set_size(0);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, &b""[..]).unwrap();
    builder.into_inner().unwrap()
}

#[test]
fn names_that_are_no_text_are_refused_and_others_are_not() {
    let target = &b"t"[..];
    for (name, target) in [
        (&b"caf\xe9"[..], &b""[..]),
        (b"\xc3", b""),
        (b"\xc0\xaf", b""),
        (b"\xed\xa0\x80x", b""),
        (b"\xf4\x90\x80\x80", b""),
        (b"a\x80b", target),
        (b"l", b"caf\xe9"),
        ("gr\u{fc}n".as_bytes(), b""),
        ("\u{10ffff}\u{800}\u{d7ff}\u{7f}".as_bytes(), "\u{20ac}".as_bytes()),
    ] {
        let archive = named(name, target);
        let wanted = unpack(&mut Local::new(), &archive, &|_| {}, &|_| {});
        for argv in shells() {
            let found = unpack(Session::with(&argv).shell(), &archive, &|_| {}, &|_| {});
            assert_eq!(found, wanted, "{argv:?}: {name:?} {target:?}");
        }
    }
}

#[test]
fn what_is_in_an_archive_has_a_limit() {
    for archive in [good(), zip()] {
        for limit in [1, 17, 18, 1000] {
            let change = |step: &mut Unpack| step.size_limit = limit;
            let wanted = unpack(&mut Local::new(), &archive, &|_| {}, &change);
            for argv in shells() {
                let found = unpack(Session::with(&argv).shell(), &archive, &|_| {}, &change);
                assert_eq!(found, wanted, "{argv:?}: {limit}");
            }
        }
    }
}

#[test]
fn damage_and_bombs_leave_what_was_there() {
    let mut cut = good();
    cut.truncate(1600);
    let mut gzip = forms().remove(0);
    gzip.truncate(gzip.len() - 20);
    let mut zip = zip();
    zip.truncate(100);
    let zeros = std::io::Read::take(std::io::repeat(0), 300 << 20);
    let mut builder = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
    let mut header = tar::Header::new_ustar();
    header.set_size(300 << 20);
    header.set_mode(0o644);
    header.set_path("zeros").unwrap();
    header.set_cksum();
    builder.append(&header, zeros).unwrap();
    let bomb = builder.into_inner().unwrap().finish().unwrap();
    for (archive, words) in [
        (b"no archive at all".to_vec(), "`ROOT/archive` is damaged, or no archive of a known form"),
        (gzip, "`ROOT/archive` is damaged, or no archive of a known form"),
        (cut, "`ROOT/archive` is damaged, or no archive of a known form"),
        (zip, "`ROOT/archive` is damaged, or no archive of a known form"),
        (bomb, "the archive `ROOT/archive` grows to more than 200 times its size"),
    ] {
        for argv in shells() {
            let old = |here: &Utf8Path| std::fs::create_dir_all(here.join("to/old")).unwrap();
            let replace = |step: &mut Unpack| step.replace = true;
            let (found, tree) = unpack(Session::with(&argv).shell(), &archive, &old, &replace);
            let message = found.expect_err("refused");
            assert!(message.starts_with(words), "{argv:?}: {message}");
            assert_eq!(tree.len(), 3, "{argv:?}: {tree:?}");
        }
    }
}
