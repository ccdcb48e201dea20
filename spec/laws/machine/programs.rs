//! Programs of the machine in memory, by their argument lists.

use camino::Utf8Path;
use chefrs::model::step::Command;

use super::{Machine, Node};

/// Exit status of what is not there.
pub(super) const NOT_FOUND: i32 = 127;

/// Repositories of the world outside, with the commit of their branch `main`.
const REPOSITORIES: &[(&str, &str)] =
    &[("https://git.test/app.git", "0123456789abcdef0123456789abcdef01234567")];

/// What keeps the locales that were made.
const LOCALES: &str = "/usr/lib/locale/locale-archive";

impl Machine {
    /// Runs a command: exit status and standard output.
    pub(super) fn call(&mut self, command: &Command) -> (i32, String) {
        let words: Vec<&str> = command.argv.iter().map(String::as_str).collect();
        let cwd = command.cwd.as_deref();
        if cwd.is_some_and(|cwd| !self.has(cwd)) {
            return (NOT_FOUND, String::new());
        }
        let program = words.first().copied().unwrap_or_default();
        if !program.contains('/') && program != "command" && !self.has_program(program) {
            return (NOT_FOUND, String::new());
        }
        let quiet = |status: i32| (status, String::new());
        match words.as_slice() {
            ["/bin/sh", "-c", script] => self.script(script),
            // Scripts come as input, in braces.
            ["bash", .., "-s"] => {
                let input = command.input.as_deref().unwrap_or_default();
                let code = input.strip_prefix("{ ").and_then(|code| code.strip_suffix("\n} </dev/null\n"));
                self.script(code.unwrap_or(input))
            }
            // What waits for a path, and is not given the time.
            ["/bin/sh", "-c", script, "sh", _, path] if script.contains("until test -e") => {
                (i32::from(!self.has(path)), String::new())
            }
            // How a kernel's parameter is set.
            ["dd", path, "status=none"] => {
                let path = path.trim_start_matches("of=");
                let value = command.input.clone().unwrap_or_default();
                (i32::from(!self.write(path, value, false)), String::new())
            }
            ["apt-get" | "apt-mark" | "dpkg", ..] => (self.change_packages(&words), String::new()),
            ["systemctl", rest @ ..] => (self.systemctl(rest), String::new()),
            ["git", rest @ ..] => self.git(rest, cwd),
            [python, "-m", "venv", rest @ ..] => (self.venv(python, rest), String::new()),
            [python, "-m", "pip", rest @ ..] => self.pip(python, rest),
            ["npm", rest @ ..] => self.npm(rest),
            ["gem", rest @ ..] => self.gem(rest),
            ["update-alternatives", rest @ ..] => quiet(self.update_alternatives(rest)),
            ["modprobe", rest @ ..] => quiet(self.modprobe(rest)),
            ["mount", rest @ ..] => quiet(self.mount(rest)),
            ["umount", "--", point] => quiet(self.unmount(point)),
            ["dd", rest @ ..] => quiet(self.fill(rest)),
            ["mkswap", path] => quiet(self.make_swap(path)),
            ["swapon", .., path] => quiet(self.swap_on(path)),
            ["swapoff", path] => quiet(self.swap_off(path)),
            ["blkid", .., path] => self.look_for_swap(path),
            ["df", ..] => {
                (0, format!("Filesystem Blocks Used Available\n/dev/sda1 0 0 {}\n", self.free() >> 10))
            }
            ["mv", "-f", "--", from, to] => quiet(self.move_file(from, to)),
            ["rm", "-f", "--", path] => {
                let real = self.real(Utf8Path::new(path), false);
                self.remove(&real);
                quiet(0)
            }
            ["nft", rest @ ..] => self.nft(rest),
            ["hostname", name] => {
                quiet(i32::from(!self.write("/proc/sys/kernel/hostname", format!("{name}\n"), false)))
            }
            ["locale", "-a"] => (0, format!("C\nC.utf8\nPOSIX\n{}", self.text(LOCALES).unwrap_or_default())),
            ["locale-gen"] => quiet(self.generate_locales()),
            [program, "-c", "-f", _] if program.ends_with("/visudo") => {
                quiet(if self.has(*program) { 0 } else { NOT_FOUND })
            }
            ["cat" | "test" | "touch" | "command", ..] => self.script(&words.join(" ")),
            ["echo", rest @ ..] => (0, rest.join(" ") + "\n"),
            _ => (self.change_accounts(&words, command.input.as_deref()), String::new()),
        }
    }

    /// Whether a program can be started.
    pub(super) fn has_program(&self, name: &str) -> bool {
        ["/usr/bin", "/usr/sbin"].into_iter().any(|place| self.has(Utf8Path::new(place).join(name)))
    }

    /// `locale-gen`: makes what is listed, and nothing else; the exit status.
    fn generate_locales(&mut self) -> i32 {
        let listed = self.text("/etc/locale.gen").unwrap_or_default();
        let wanted = listed.lines().filter(|line| !line.starts_with('#'));
        let names = wanted.filter_map(|line| line.split(' ').next());
        // As `locale -a` writes them.
        let text: String = names.map(|name| name.replace("UTF-8", "utf8") + "\n").collect();
        self.file(LOCALES, &text);
        0
    }

    fn git(&mut self, words: &[&str], cwd: Option<&Utf8Path>) -> (i32, String) {
        if !self.has_program("git") {
            return (NOT_FOUND, String::new());
        }
        // The options ahead of its verb are the same in every call.
        let words: Vec<&str> = words.iter().copied().skip(4).collect();
        let inside = |name: &str| cwd.map(|cwd| cwd.join(".git").join(name)).unwrap_or_default();
        let quiet = |went: bool| (i32::from(!went), String::new());
        match words.as_slice() {
            ["ls-remote", "--", url, revision, ..] => {
                match REPOSITORIES.iter().find(|(known, _)| known == url) {
                    Some((_, commit)) if *revision == "main" => (0, format!("{commit}\trefs/heads/main\n")),
                    Some(_) => (0, String::new()),
                    None => (128, String::new()),
                }
            }
            ["rev-parse", ..] => match self.text(inside("HEAD")) {
                Some(commit) => (0, format!("{commit}\n")),
                None => (1, String::new()),
            },
            ["config", "--get", key] => match self.text(inside(key)) {
                Some(value) => (0, format!("{value}\n")),
                None => (1, String::new()),
            },
            ["config", key, value] => quiet(self.write(inside(key).as_str(), (*value).to_owned(), false)),
            ["init", .., path] => {
                self.nodes.entry(Utf8Path::new(path).join(".git")).or_insert_with(Node::directory);
                quiet(true)
            }
            ["fetch", ..] => {
                let url = self
                    .text(inside("remote.origin.url"))
                    .or_else(|| self.text(inside("remote.chefrs-export.url")));
                quiet(url.is_some_and(|url| REPOSITORIES.iter().any(|(known, _)| *known == url)))
            }
            ["status" | "for-each-ref" | "log", ..] => (0, String::new()),
            ["symbolic-ref", ..] => (1, String::new()),
            ["update-ref", ..] => quiet(true),
            ["checkout", .., commit] => {
                let commit =
                    if *commit == "FETCH_HEAD" { REPOSITORIES[0].1.to_owned() } else { (*commit).to_owned() };
                let went = self.write(inside("HEAD").as_str(), commit, false);
                let app = cwd.map(|cwd| cwd.join("app.txt")).unwrap_or_default();
                quiet(went && self.write(app.as_str(), "app\n".to_owned(), false))
            }
            _ => (1, String::new()),
        }
    }

    fn venv(&mut self, python: &str, words: &[&str]) -> i32 {
        let Some(path) = words.last().map(Utf8Path::new) else { return 2 };
        let program = python.trim_start_matches("/usr/bin/");
        if !self.has_program(program) {
            return NOT_FOUND;
        }
        self.directory(path);
        for inside in ["bin", "lib", "lib/site-packages"] {
            self.directory(path.join(inside));
        }
        // What was begun with this interpreter is known by this link.
        self.link(&path.join("bin/python"), &format!("/usr/bin/{program}"));
        self.file(path.join("pyvenv.cfg"), "home = /usr/bin\n");
        0
    }
}
