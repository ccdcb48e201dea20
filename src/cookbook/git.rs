//! Repositories of cookbooks, through the user's own `git`: fetched into a bare clone, and read without a checkout.

use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read as _, Write as _};
use std::process::{Command, Output, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use super::cache::{CacheDirectory, make};
use super::source::plain;
use super::tree_sum::{BYTES, FILES, SharedFile, misfit_name, too_much};
use crate::model::error::Diagnostic;
use crate::target::channel::without_secrets;

/// Variables that would lead git to another repository than the clone.
const OF_ANOTHER: [&str; 8] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
];
/// Settings that hold whatever the user's configuration says: nothing but the repository is fetched, and nothing is run.
const SETTINGS: [&str; 8] = [
    "protocol.ext.allow=never",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "core.quotePath=false",
];
/// Kinds of addresses that git may use.
const PROTOCOLS: &str = "file:git:http:https:ssh";
/// Most lines of what git says in a message.
const LINES: usize = 5;
/// Most bytes of a manifest, and of a file of an index.
const TEXT: u64 = 8 << 20;
/// Begin of a file whose content is stored elsewhere.
const LARGE: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The bare clone of a URL.
#[derive(Debug)]
pub(super) struct GitClone<'a> {
    url: String,
    directory: Utf8PathBuf,
    cache: &'a CacheDirectory,
}

/// A tag or a branch.
#[derive(Debug, Clone)]
pub(super) struct GitName {
    /// `refs/tags/v1.0.0`.
    pub(super) name: String,
    pub(super) commit: String,
}

impl<'a> GitClone<'a> {
    pub(super) fn of(cache: &'a CacheDirectory, url: &str) -> Self {
        Self { url: url.to_owned(), directory: cache.clone_of(url), cache }
    }

    /// The repository that contains a directory, and the path of the directory in it. None if there is none.
    pub(super) fn around(
        cache: &'a CacheDirectory,
        directory: &Utf8Path,
    ) -> Result<Option<(Self, String)>, Diagnostic> {
        let mut command = program();
        command.arg("-C").arg(directory);
        command.args(["rev-parse", "--path-format=absolute", "--git-common-dir", "--show-prefix"]);
        let output = output_of(&mut command)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let Some((place, prefix)) = text.split_once('\n').filter(|_| output.status.success()) else {
            return Ok(None);
        };
        let subdirectory = prefix.trim_end_matches('\n').trim_end_matches('/').to_owned();
        let url = directory.to_string();
        Ok(Some((Self { url, directory: Utf8PathBuf::from(place), cache }, subdirectory)))
    }

    /// The files below a directory of the work tree that git knows, by their path in that directory.
    pub(super) fn known_files(&self, directory: &Utf8Path) -> Result<Vec<String>, Diagnostic> {
        self.listed(directory, &["ls-files", "-z", "--cached", "--deduplicate", "--", "."])
    }

    /// The files below a directory of the work tree that are not committed as they are.
    pub(super) fn uncommitted(&self, directory: &Utf8Path) -> Result<Vec<String>, Diagnostic> {
        let lines = self.listed(directory, &["status", "--porcelain", "-z", "--no-renames", "--", "."])?;
        // Two letters and a space come before the path.
        Ok(lines.iter().filter_map(|line| line.get(3..)).map(str::to_owned).collect())
    }

    fn listed(&self, directory: &Utf8Path, words: &[&str]) -> Result<Vec<String>, Diagnostic> {
        let mut command = program();
        command.arg("-C").arg(directory).args(words);
        let text = String::from_utf8(self.succeed("read", &mut command)?)
            .map_err(|_| self.wrong("has a name that is not UTF-8".to_owned()))?;
        Ok(text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
    }

    /// Whether it was ever fetched.
    pub(super) fn is_there(&self) -> bool {
        self.directory.join("fetched").exists()
    }

    /// Fetches all branches and tags, or a commit that none of them has.
    pub(super) fn fetch(&self, commit: Option<&str>) -> Result<(), Diagnostic> {
        let lock = self.cache.locked(&self.directory)?;
        if !self.directory.join("HEAD").exists() {
            make(&self.directory)?;
            let mut command = program();
            command.args(["init", "--quiet", "--bare", "--template=", "--"]).arg(&self.directory);
            self.succeed("cloned", &mut command)?;
        }
        let mut command = self.git();
        command.args(["fetch", "--quiet", "--force", "--no-recurse-submodules", "--no-write-fetch-head"]);
        match commit {
            Some(commit) => command.args(["--no-tags", "--", &self.url, commit]),
            None => command
                .args(["--prune", "--no-tags", "--", &self.url])
                .args(["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]),
        };
        self.succeed("fetched", &mut command)?;
        // What has no such mark was never fetched to its end.
        let marked = std::fs::write(self.directory.join("fetched"), "");
        marked.map_err(|error| self.wrong(format!("can't be kept: {}", plain(&error))))?;
        drop(lock);
        Ok(())
    }

    /// All tags and branches.
    pub(super) fn names(&self) -> Result<Vec<GitName>, Diagnostic> {
        let mut command = self.git();
        let form = "%(refname) %(objectname) %(*objectname)";
        command.args(["for-each-ref", &format!("--format={form}"), "refs/tags", "refs/heads"]);
        let text = self.succeed("read", &mut command)?;
        let text = String::from_utf8_lossy(&text);
        let name = |line: &str| {
            let mut words = line.split(' ');
            let (name, object) = (words.next()?, words.next()?);
            // Of a tag with a message, the commit comes last.
            let commit = words.next().filter(|word| !word.is_empty()).unwrap_or(object);
            Some(GitName { name: name.to_owned(), commit: commit.to_owned() })
        };
        Ok(text.lines().filter_map(name).collect())
    }

    /// Makes a tag with a message at the commit that is checked out.
    pub(super) fn tag(&self, name: &str, message: &str) -> Result<(), Diagnostic> {
        let mut command = self.git();
        // Lines that begin with `#` belong to the message too.
        command.args(["tag", "--annotate", "--cleanup=verbatim", "-m", message, "--", name, "HEAD"]);
        self.succeed("tagged", &mut command).map(drop)
    }

    /// The messages of the tags of a commit.
    pub(super) fn tag_messages(&self, commit: &str) -> Result<Vec<String>, Diagnostic> {
        let mut command = self.git();
        command.args(["for-each-ref", "--points-at", commit, "--format=%(contents)%00", "refs/tags"]);
        let text = self.succeed("read", &mut command)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        Ok(text.split('\0').map(str::to_owned).collect())
    }

    /// The whole name of a commit. None if it is not there.
    pub(super) fn commit(&self, revision: &str) -> Result<Option<String>, Diagnostic> {
        let mut command = self.git();
        command.args([
            "rev-parse",
            "--quiet",
            "--verify",
            "--end-of-options",
            &format!("{revision}^{{commit}}"),
        ]);
        let output = output_of(&mut command)?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok((output.status.success() && !text.is_empty()).then_some(text))
    }

    /// The text of a file at a commit. None if it is not there, or no file.
    pub(super) fn text(&self, commit: &str, path: &str) -> Result<Option<String>, Diagnostic> {
        let bytes = self.bytes(commit, path, TEXT)?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// A file at a commit, up to a limit. None if it is not there, or no file.
    pub(super) fn bytes(&self, commit: &str, path: &str, limit: u64) -> Result<Option<Vec<u8>>, Diagnostic> {
        let mut command = self.git();
        command.args(["cat-file", "blob", &format!("{commit}:{path}")]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.map_err(|error| not_started(&error))?;
        let mut bytes = Vec::new();
        let read = child.stdout.take().map(|output| output.take(limit + 1).read_to_end(&mut bytes));
        #[expect(clippy::disallowed_methods, reason = "its output is closed: its end comes")]
        let ended = child.wait();
        let status = read
            .transpose()
            .and(ended)
            .map_err(|error| self.wrong(format!("can't be read: {}", plain(&error))))?;
        if bytes.len() as u64 > limit {
            return Err(self.wrong(format!("has a `{path}` that is larger than {} MiB", limit >> 20)));
        }
        Ok(status.success().then_some(bytes))
    }

    /// The paths of all files at a commit.
    pub(super) fn paths(&self, commit: &str) -> Result<Vec<String>, Diagnostic> {
        let mut command = self.git();
        command.args(["ls-tree", "-r", "-z", "--name-only", commit]);
        let text = self.succeed("read", &mut command)?;
        Ok(String::from_utf8_lossy(&text).split('\0').map(str::to_owned).collect())
    }

    /// The files of a directory at a commit.
    pub(super) fn files(&self, commit: &str, subdirectory: &str) -> Result<Vec<SharedFile>, Diagnostic> {
        let short = &commit[..commit.len().min(12)];
        let refused = |why: String| {
            let place =
                if subdirectory.is_empty() { String::new() } else { format!(", directory `{subdirectory}`") };
            self.wrong(format!("has no cookbook that can be used at commit {short}{place}: {why}"))
        };
        let mut command = self.git();
        command.args(["ls-tree", "-r", "-z", "-l", &format!("{commit}:{subdirectory}")]);
        let output = output_of(&mut command)?;
        if !output.status.success() {
            return Err(refused("there is no such directory".to_owned())
                .hint("check `subdirectory`: it begins at the root of the repository"));
        }
        let listed =
            std::str::from_utf8(&output.stdout).map_err(|_| refused("a name is not UTF-8".to_owned()))?;
        let mut files = Vec::new();
        let mut bytes = 0;
        for line in listed.split('\0').filter(|line| !line.is_empty()) {
            let (about, path) = line.split_once('\t').unwrap_or((line, ""));
            let words: Vec<&str> = about.split_ascii_whitespace().collect();
            let [mode, kind, object, size] = words[..] else {
                return Err(refused("git lists it in a way that is not known".to_owned()));
            };
            if kind != "blob" || !mode.starts_with("100") {
                let what = match mode {
                    "120000" => "a link",
                    "160000" => "a submodule",
                    _ => "neither a file nor a directory",
                };
                let message = format!("`{}` is {what}", path.escape_debug());
                return Err(refused(message).hint("a cookbook has regular files alone: replace it by a copy"));
            }
            bytes += size.parse::<u64>().unwrap_or(u64::MAX / 2);
            if bytes > BYTES || files.len() >= FILES {
                return Err(
                    refused(too_much()).hint("name the directory of the cookbook with `subdirectory`")
                );
            }
            files.push((object.to_owned(), path.to_owned(), mode == "100755"));
        }
        if let Some(why) = misfit_name(files.iter().map(|(_, path, _)| path.as_str())) {
            return Err(refused(why).hint("rename it in the repository"));
        }
        let files =
            self.contents(files).map_err(|error| refused(format!("it can't be read: {}", plain(&error))))?;
        match files.iter().find(|file| file.bytes.starts_with(LARGE)) {
            Some(file) => {
                Err(refused(format!("the content of `{}` is in Git LFS, which is not fetched", file.path))
                    .hint(
                        "put the file itself into the repository, or fetch it in a recipe with `remote_file`",
                    ))
            }
            None => Ok(files),
        }
    }

    fn contents(&self, listed: Vec<(String, String, bool)>) -> io::Result<Vec<SharedFile>> {
        let mut child = self
            .git()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let streams = child.stdin.take().zip(child.stdout.take());
        let (mut input, output) = streams.ok_or(io::ErrorKind::BrokenPipe)?;
        let mut output = BufReader::new(output);
        let mut files = Vec::new();
        for (object, path, executable) in listed {
            writeln!(input, "{object}")?;
            input.flush()?;
            let mut head = String::new();
            output.read_line(&mut head)?;
            // `OBJECT blob SIZE`, or that it is missing.
            let size = head.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
            let size = size.filter(|size| *size <= BYTES).ok_or(io::ErrorKind::InvalidData)?;
            let mut bytes = Vec::new();
            (&mut output).take(size).read_to_end(&mut bytes)?;
            output.read_exact(&mut [0])?;
            files.push(SharedFile { path, executable, bytes });
        }
        drop(input);
        #[expect(clippy::disallowed_methods, reason = "its input is closed: its end comes")]
        child.wait()?;
        Ok(files)
    }

    /// Runs git, which must succeed, and returns its output.
    fn succeed(&self, done: &str, command: &mut Command) -> Result<Vec<u8>, Diagnostic> {
        let output = output_of(command)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(refused(&self.url, done, &String::from_utf8_lossy(&output.stderr)))
    }

    fn git(&self) -> Command {
        let mut command = program();
        command.arg("--git-dir").arg(&self.directory);
        command
    }

    fn wrong(&self, message: String) -> Diagnostic {
        Diagnostic::error(format!("the repository `{}` {message}", self.url))
    }
}

/// The error with what git said.
pub(super) fn refused(url: &str, done: &str, said: &str) -> Diagnostic {
    let mut wrong = Diagnostic::error(format!("the repository `{url}` can't be {done}"));
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    wrong.notes.extend(lines[lines.len().saturating_sub(LINES)..].iter().map(|line| (*line).to_owned()));
    wrong.hint(format!("what git itself says: `git ls-remote {url}`"))
}

pub(super) fn output_of(command: &mut Command) -> Result<Output, Diagnostic> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[expect(clippy::disallowed_methods, reason = "a clone takes the time that it takes")]
    let output = command.output();
    output.map_err(|error| not_started(&error))
}

fn not_started(error: &io::Error) -> Diagnostic {
    match error.kind() {
        io::ErrorKind::NotFound => Diagnostic::error("`git` is not installed here")
            .hint("it is needed to fetch cookbooks; runs don't need it"),
        _ => Diagnostic::error(format!("`git` can't be started: {}", plain(error))),
    }
}

pub(super) fn program() -> Command {
    let mut command = Command::new("git");
    without_secrets(&mut command);
    for name in OF_ANOTHER {
        command.env_remove(name);
    }
    // Without a terminal nobody can answer.
    let prompt = if io::stdin().is_terminal() { "1" } else { "0" };
    command
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", prompt)
        .env("GIT_ALLOW_PROTOCOL", PROTOCOLS)
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_NO_LAZY_FETCH", "1");
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    command
}
