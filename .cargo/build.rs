//! What cargo has to know beyond the sources: what else is part of the program, and how it is linked so that it, and what it
//! starts, starts fast.

#![expect(
    clippy::disallowed_methods,
    reason = "cargo says in the environment what is built, and waits for what is started"
)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use liblzma::stream::{Check, Filters, LzmaOptions, PRESET_EXTREME, Stream};
use liblzma::write::XzEncoder;

/// The chapters of the documentation.
const CHAPTERS: &str = "src/docs/chapters";
/// A chapter that is in a place of its own, where forges look for it.
const POLICY: &str = ".github/SECURITY.md";
/// Recorded facts.
const FACTS: &str = "src/facts/recorded";

/// The functions of exported scripts, and those of the shell on a target.
const FUNCTIONS: [&str; 2] = ["src/export/sh/prelude", "src/target/shell"];
/// The parts of pages, of reports and of the documentation.
const PAGES: [&str; 2] = ["src/docs/layout", "src/report/html"];

/// The file of a cookbook that says what it is.
const MANIFEST: &str = "cookbook.toml";

/// Bytes from which a cookbook has an archive of its own.
const LARGE: u64 = 64 << 10;

/// The word for a linker that folds identical code.
const FOLDING: &str = "-Wl,--icf=all";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=.cargo/build.rs");
    // A new file in them means a new build.
    for path in ["cookbooks", "recipes", CHAPTERS, FACTS, POLICY].into_iter().chain(FUNCTIONS).chain(PAGES) {
        println!("cargo::rerun-if-changed={path}");
    }
    pack_folders(&PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?))?;
    if is("CARGO_CFG_TARGET_ENV", "gnu") && is("CARGO_CFG_TARGET_FEATURE", "crt-static") {
        // Of a static library only what is asked for is taken. With it a program is started in another directory without a
        // copy of all that we have in memory: 0.2 ms instead of 1.8 at 20 MB.
        println!("cargo::rustc-link-arg-bins=-Wl,--undefined=posix_spawn_file_actions_addchdir_np");
        // What is said of a C++ exception that nobody catches is written without the names of its types spelled out, which
        // takes 40 kB. None leaves the Lua engine.
        println!(
            "cargo::rustc-link-arg-bins=-Wl,--defsym=_ZN9__gnu_cxx27__verbose_terminate_handlerEv=abort"
        );
        // Keeps start-up code and code that rarely runs in sections of their own, so that a start touches fewer pages. Linkers
        // that don't know the option ignore it.
        println!("cargo::rustc-link-arg-bins=-Wl,-z,keep-text-section-prefix");
        if is("PROFILE", "release") && folds_code()? {
            // Functions of which every byte is the same are there once: 0.2 MB less. Nothing here compares the addresses of two
            // functions.
            println!("cargo::rustc-link-arg-bins={FOLDING}");
        }
        if knows_packed_relocations() {
            // 12 700 addresses that are set before anything else happens: 5 kB to read instead of 300.
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
    }
    Ok(())
}

/// Packs the recipes, the cookbooks and all longer texts: in the program they take a seventh of their size, and only what is
/// read is unpacked. Writes `packed.rs`, the list of them.
fn pack_folders(directory: &Path) -> io::Result<()> {
    let texts = [CHAPTERS, FACTS, "recipes"].into_iter().chain(FUNCTIONS).chain(PAGES);
    let mut folders = texts.map(|text| PackedFolder::read(text.as_ref())).collect::<io::Result<Vec<_>>>()?;
    for path in below("cookbooks".as_ref())?.into_iter().filter(|path| path.is_dir()) {
        folders.push(PackedFolder::read(&path)?);
    }
    folders.sort_by(|a, b| a.path.cmp(&b.path));
    // Small cookbooks are much alike: in one archive they take two thirds of what they take in one for each.
    let is_small = |folder: &&PackedFolder| folder.path.starts_with("cookbooks") && folder.bytes < LARGE;
    let mut archives = vec![pack(folders.iter().filter(is_small))?];
    let (mut rows, mut packed_files) = (Vec::new(), 0);
    for folder in &folders {
        let (number, first) = if is_small(&folder) {
            packed_files += folder.files.len();
            (0, packed_files - folder.files.len())
        } else {
            archives.push(pack(std::iter::once(folder))?);
            (archives.len() - 1, 0)
        };
        rows.push(folder.row(directory, number, first)?);
    }
    let mut packed = Vec::new();
    for (number, archive) in archives.iter().enumerate() {
        let name = format!("{number}.xz");
        fs::write(directory.join(&name), archive)?;
        packed.push(format!(r#"PackedArchive::new(include_bytes!(concat!(env!("OUT_DIR"), "/{name}")))"#));
    }
    let list = format!(
        "static ARCHIVES: [PackedArchive; {}] = [\n{}\n];\n\
         /// All of them, sorted.\npub static FOLDERS: [PackedFolder; {}] = [\n{}\n];\n",
        packed.len(),
        packed.join(",\n"),
        rows.len(),
        rows.join(",\n")
    );
    fs::write(directory.join("packed.rs"), list)
}

/// A folder that is packed.
struct PackedFolder {
    path: PathBuf,
    /// Its files, by their names in it.
    files: BTreeMap<String, PathBuf>,
    /// Sum of their sizes.
    bytes: u64,
}

impl PackedFolder {
    fn read(path: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        add(&mut files, path, path)?;
        if path == Path::new(CHAPTERS) {
            files.insert("promises.md".to_owned(), POLICY.into());
        }
        let mut bytes = 0;
        for file in files.values() {
            bytes += fs::metadata(file)?.len();
        }
        Ok(Self { path: path.to_owned(), files, bytes })
    }

    /// The folder in the list of all.
    fn row(&self, directory: &Path, archive: usize, first: usize) -> io::Result<String> {
        let path = self.path.display();
        // Every run reads the manifests of all cookbooks.
        let plain = if let Some(manifest) = self.files.get(MANIFEST) {
            let copy = format!("{path}.toml").replace('/', "-");
            fs::copy(manifest, directory.join(&copy))?;
            format!(r#"Some(("{MANIFEST}", include_bytes!(concat!(env!("OUT_DIR"), "/{copy}"))))"#)
        } else {
            "None".to_owned()
        };
        let names: Vec<&String> = self.files.keys().collect();
        Ok(format!(
            r#"PackedFolder {{ path: "{path}", names: &{names:?}, plain: {plain}, archive: &ARCHIVES[{archive}], first: {first} }}"#
        ))
    }
}

/// Packs folders as tight as xz can, with a window that is as large as most of them: who unpacks needs as much memory. The
/// files follow each other, each after its length: headers of tar would take 30 bytes for each.
fn pack<'a>(folders: impl Iterator<Item = &'a PackedFolder>) -> io::Result<Vec<u8>> {
    let mut options = LzmaOptions::new_preset(9 | PRESET_EXTREME)?;
    // What is packed is text: where a byte stands tells nothing of it.
    options.dict_size(1 << 20).position_bits(0);
    let stream = Stream::new_stream_encoder(Filters::new().lzma2(&options), Check::Crc32)?;
    let mut archive = XzEncoder::new_stream(Vec::new(), stream);
    for path in folders.flat_map(|folder| folder.files.values()) {
        let bytes = fs::read(path)?;
        archive.write_all(&u32::try_from(bytes.len()).map_err(io::Error::other)?.to_le_bytes())?;
        archive.write_all(&bytes)?;
    }
    archive.finish()
}

fn add(files: &mut BTreeMap<String, PathBuf>, top: &Path, folder: &Path) -> io::Result<()> {
    for path in below(folder)? {
        // The tests of a cookbook are for those who change it.
        if folder == top && path.file_name().is_some_and(|name| name == "tests") {
            continue;
        }
        // Code that stands beside the texts is compiled.
        if path.extension().is_some_and(|ending| ending == "rs") {
            continue;
        }
        if path.is_dir() {
            add(files, top, &path)?;
        } else {
            let name = path.strip_prefix(top).map_err(io::Error::other)?.display().to_string();
            files.insert(name, path);
        }
    }
    Ok(())
}

/// What is in a folder, sorted.
fn below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Whether a word is in what cargo says of the target.
fn is(name: &str, word: &str) -> bool {
    env::var(name).is_ok_and(|words| words.split(',').any(|found| found == word))
}

/// Whether the linker can fold identical code, as lld and mold can: a program is linked to find out.
fn folds_code() -> io::Result<bool> {
    let variable = |name: &str| env::var(name).map_err(io::Error::other);
    let directory = PathBuf::from(variable("OUT_DIR")?);
    let source = directory.join("linked.rs");
    fs::write(&source, "fn main() {}\n")?;
    let mut command = Command::new(variable("RUSTC")?);
    command.args(["--target", &variable("TARGET")?, "-C", &format!("link-arg={FOLDING}")]);
    command.args(env::var("RUSTC_LINKER").map(|linker| format!("-Clinker={linker}")));
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    command.args(flags.split('\u{1f}').filter(|flag| !flag.is_empty()));
    Ok(command.arg("-o").arg(directory.join("linked")).arg(&source).output()?.status.success())
}

/// Whether the library that is linked can read them, as it can from 2.36 on. It is this machine's, unless this machine
/// builds for another.
fn knows_packed_relocations() -> bool {
    if env::var("HOST").ok() != env::var("TARGET").ok() {
        return false;
    }
    let Ok(said) = Command::new("getconf").arg("GNU_LIBC_VERSION").output() else { return false };
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let numbers = said.trim().strip_prefix("glibc ").and_then(|version| version.split_once('.'));
    let version = numbers.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    version.is_some_and(|version: (u32, u32)| version >= (2, 36))
}
