//! The state that the works make inside the throw-away machine: taken away, checked, and shown to be left alone.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::work::{HOME, State};

/// Where the files of the works are.
const ROOT: &str = "/srv/bench";
/// Files that account tools write to; their originals lie in `HOME/saved`.
pub(crate) const ACCOUNTS: [&str; 6] = ["passwd", "shadow", "group", "gshadow", "subuid", "subgid"];
/// Packages that the mixed work wants, which must be there: installing them would measure the network.
const PACKAGES: [&str; 10] =
    ["curl", "tar", "git", "bash", "coreutils", "sed", "grep", "gzip", "findutils", "dpkg"];
/// Programs without which the mixed work's script can't do its part.
const PROGRAMS: [&str; 4] = ["service", "update-rc.d", "useradd", "groupadd"];

/// Refuses to go on anywhere but in the throw-away machine: what follows removes accounts and files.
///
/// # Errors
/// This is some other machine.
pub(crate) fn guard() -> Result<()> {
    ensure!(Path::new(HOME).join("saved").is_dir(), "this is not the throw-away machine");
    Ok(())
}

/// Why a state can't be made here, if so.
pub(crate) fn missing(state: State) -> Option<String> {
    if state != State::Mixed {
        return None;
    }
    for package in PACKAGES {
        let mut query = Command::new("dpkg-query");
        query.args(["-W", "-f", "${db:Status-Status}", package]).stderr(Stdio::null());
        if !query.output().is_ok_and(|output| output.stdout == b"installed") {
            return Some(format!("this machine has no package {package}"));
        }
    }
    let found =
        |program: &str| ["/usr/sbin", "/usr/bin"].iter().any(|bin| Path::new(bin).join(program).exists());
    let program = PROGRAMS.iter().find(|program| !found(program))?;
    Some(format!("this machine has no program {program}"))
}

/// Takes away all that a work makes.
///
/// # Errors
/// Something could not be removed.
pub(crate) fn reset() -> Result<()> {
    guard()?;
    if Path::new(ROOT).exists() {
        fs::remove_dir_all(ROOT)?;
    }
    fs::create_dir_all(ROOT)?;
    for name in ACCOUNTS {
        let saved = format!("{HOME}/saved/{name}");
        if Path::new(&saved).exists() {
            // By rename, with owner and mode: whoever remembers the file sees that it is another.
            let copied = Command::new("cp").args(["-p", &saved, &format!("/etc/{name}.bench")]).status()?;
            ensure!(copied.success(), "{name} can't be put back");
            fs::rename(format!("/etc/{name}.bench"), format!("/etc/{name}"))?;
        }
    }
    for directory in [
        "/run",
        "/etc/cron.d",
        "/etc/rc0.d",
        "/etc/rc1.d",
        "/etc/rc2.d",
        "/etc/rc3.d",
        "/etc/rc4.d",
        "/etc/rc5.d",
        "/etc/rc6.d",
    ] {
        for path in made(directory)? {
            fs::remove_file(&path).with_context(|| path.clone())?;
        }
    }
    Ok(())
}

/// Files in a shared directory that the mixed work made.
fn made(directory: &str) -> Result<Vec<String>> {
    let Ok(entries) = fs::read_dir(directory) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let bare = name.trim_start_matches(|c: char| c == 'S' || c == 'K' || c.is_ascii_digit());
        if bare.starts_with("cbsvc") || (directory == "/etc/cron.d" && bare.starts_with("cb")) {
            found.push(format!("{directory}/{name}"));
        }
    }
    found.sort();
    Ok(found)
}

/// Holds the state against what it shall be.
///
/// # Errors
/// The first difference.
pub(crate) fn check(state: State) -> Result<()> {
    match state {
        State::Nothing => Ok(()),
        State::OneFile => file(&format!("{ROOT}/hello.conf"), "hello world\n"),
        State::Files(count) => {
            let body = "key = the quick brown fox jumps over the lazy dog 0123456789\n".repeat(16);
            (1..=count)
                .try_for_each(|n| file(&format!("{ROOT}/files/f{n}.conf"), &format!("# file {n}\n{body}")))
        }
        State::Mixed => mixed(),
    }
}

fn file(path: &str, text: &str) -> Result<()> {
    let metadata = fs::symlink_metadata(path).with_context(|| path.to_owned())?;
    ensure!(
        metadata.is_file() && metadata.mode() & 0o7777 == 0o644 && metadata.uid() == 0,
        "mode or owner of {path}"
    );
    ensure!(fs::read_to_string(path)? == text, "content of {path}");
    Ok(())
}

fn mixed() -> Result<()> {
    let group = account("/etc/group", "cbapp")?;
    account("/etc/group", "cbops")?;
    for name in ["cbweb", "cbworker", "cbdeploy"] {
        let user = account("/etc/passwd", name)?;
        ensure!(user.get(3) == group.get(2), "group of {name}");
        ensure!(user.get(6).is_some_and(|shell| shell == "/bin/bash"), "shell of {name}");
    }
    let number = |fields: &[String]| fields.get(2).and_then(|id| id.parse::<u32>().ok());
    let owner = number(&account("/etc/passwd", "cbweb")?);
    for n in 1..=20 {
        let path = format!("{ROOT}/d{n}");
        let metadata = fs::symlink_metadata(&path).with_context(|| path.clone())?;
        let right = Some(metadata.uid()) == owner && Some(metadata.gid()) == number(&group);
        ensure!(metadata.is_dir() && metadata.mode() & 0o7777 == 0o755 && right, "mode or owner of {path}");
    }
    for n in 1..=40 {
        let port = 8000 + n;
        let text = format!(
            "# managed\n[app]\nname = shop-{n}\nport = {port}\nworkers = 4\n\
             database = postgres://shop@db.internal:5432/shop_{n}\n\
             allowed_hosts = a.example,b.example,c.example\n\n[log]\nlevel = info\npath = /var/log/shop/{n}.log\n"
        );
        file(&format!("{ROOT}/etc/t{n}.conf"), &text)?;
    }
    for n in 1..=10 {
        let to = fs::read_link(format!("{ROOT}/links/l{n}")).with_context(|| format!("link {n}"))?;
        ensure!(to == Path::new(&format!("{ROOT}/etc/t{n}.conf")), "link {n} leads to {}", to.display());
        ensure!(Path::new(&format!("{ROOT}/stamps/c{n}")).exists(), "stamp {n}");
    }
    for n in 1..=5 {
        ensure!(Path::new(&format!("/run/cbsvc{n}.flag")).exists(), "cbsvc{n} does not run");
        let started = made("/etc/rc3.d")?
            .iter()
            .any(|path| path.contains("/S") && path.ends_with(&format!("cbsvc{n}")));
        ensure!(started, "cbsvc{n} is not enabled");
    }
    for n in 1..=3 {
        let text =
            fs::read_to_string(format!("/etc/cron.d/cb{n}")).with_context(|| format!("cron entry {n}"))?;
        let job = text.lines().any(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words == [&n.to_string(), "3", "*", "*", "*", "root", "/bin/true", &format!("cb{n}")]
        });
        ensure!(job, "cron entry {n}: {text}");
    }
    Ok(())
}

/// The fields of an account's line.
fn account(file: &str, name: &str) -> Result<Vec<String>> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find(|line| line.split(':').next() == Some(name));
    Ok(line.with_context(|| format!("{name} is not in {file}"))?.split(':').map(str::to_owned).collect())
}

/// Path, inode and time of change of all that the works make: equal only if nothing was touched.
///
/// # Errors
/// A directory can't be read.
pub(crate) fn fingerprint() -> Result<Vec<(String, u64, i64, i64)>> {
    let mut marks = Vec::new();
    mark(Path::new(ROOT), &mut marks)?;
    for name in ACCOUNTS {
        let path = Path::new("/etc").join(name);
        if path.exists() {
            mark(&path, &mut marks)?;
        }
    }
    for directory in ["/etc/cron.d", "/etc/rc3.d"] {
        for path in made(directory)? {
            mark(Path::new(&path), &mut marks)?;
        }
    }
    marks.sort();
    Ok(marks)
}

fn mark(path: &Path, marks: &mut Vec<(String, u64, i64, i64)>) -> Result<()> {
    let metadata = fs::symlink_metadata(path).with_context(|| path.display().to_string())?;
    marks.push((path.display().to_string(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec()));
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            mark(&entry?.path(), marks)?;
        }
    }
    Ok(())
}
