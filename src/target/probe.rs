//! The POSIX script that finds the agent on a target, receives it if it is missing, and starts it.
//!
//! The script is an argument of the one command that a run starts. Any login shell may pass it on, so it is one line
//! without single quotes and exclamation marks. The digest of the agent is part of it: `ssh` sends standard input only
//! after the script has started, which would take one more round trip.
//!
//! A directory for the agent must be safe: it belongs to us, neither it nor any directory above it is writable by
//! others (sticky directories excepted), and programs in it can be executed.

use crate::target::quote::quote;

/// First output of the script, after the nonce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// The agent is running. Its protocol version.
    Agent(String),
    /// The agent must be sent now. The script reads a line with two numbers (offset and length), then the bytes.
    Need(Needed),
    /// What was sent could not be stored, and why. The script has ended.
    Bad(String),
    /// The system can't run programs properly: what it lacks, and its kernel and architecture. The script has ended.
    Lacks(Vec<&'static str>, String),
    /// A shell is running, and starts sudo now.
    Sudo,
    /// sudo will ask for a password on standard error.
    Asks,
    /// The script runs as the wanted user, and waits for its line.
    Root,
    /// Our executable can't run on this system: its kernel and architecture. A shell follows that reads its script.
    Foreign(String),
    /// No directory is usable; these were tried. A shell follows that reads its script.
    Nowhere(String),
}

impl Word {
    /// Parses the rest of a line with the nonce.
    #[must_use]
    pub fn parse(rest: &str) -> Option<Self> {
        let (word, more) = rest.split_once(' ').unwrap_or((rest, ""));
        let more = more.trim().to_owned();
        match word {
            "agent" => Some(Self::Agent(more)),
            "need" => Needed::parse(&more).map(Self::Need),
            "bad" => Some(Self::Bad(more)),
            "lacks" => Some(lacking(&more)),
            "sudo" => Some(Self::Sudo),
            "asks" => Some(Self::Asks),
            "root" => Some(Self::Root),
            "foreign" => Some(Self::Foreign(more)),
            "nowhere" => Some(Self::Nowhere(more)),
            _ => None,
        }
    }
}

/// Paths that every target must have.
const NEEDED: [&str; 2] = ["/dev/null", "/proc"];

fn lacking(mut words: &str) -> Word {
    let mut missing = Vec::new();
    for name in NEEDED {
        if let Some(rest) = words.strip_prefix(name) {
            missing.push(name);
            words = rest.trim_start();
        }
    }
    Word::Lacks(missing, words.to_owned())
}

/// How the agent must be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Whether it must be compressed with gzip.
    pub gzip: bool,
    /// Number of bytes that an interrupted connection has already sent, in that form.
    pub have: u64,
    /// Directory that the agent will be stored in.
    pub directory: String,
}

impl Needed {
    fn parse(words: &str) -> Option<Self> {
        let mut words = words.splitn(3, ' ');
        let gzip = match words.next()? {
            "gzip" => true,
            "plain" => false,
            _ => return None,
        };
        Some(Self { gzip, have: words.next()?.parse().ok()?, directory: words.next()?.to_owned() })
    }
}

/// The agent to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedAgent<'a> {
    /// SHA-256, lowercase hexadecimal.
    pub sha256: &'a str,
    /// Size in bytes.
    pub size: u64,
    /// Kernel and architecture that it needs, as printed by `uname -sm`.
    pub system: &'a str,
}

/// Matches no system, so the shell follows at once.
const NONE: WantedAgent<'_> = WantedAgent { sha256: "-", size: 0, system: "-" };

/// The script. Words in capitals in its first line are placeholders.
const PROBE: &str = include_str!("probe.sh");

/// The user that runs the agent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Become {
    /// The user who logs in.
    #[default]
    Nobody,
    /// Root, by sudo without a password. A login as root needs no sudo.
    Root,
    /// Root, by sudo that may ask for a password. The script reports when it asks, and when it is root.
    RootByPassword,
}

/// The password prompt for sudo.
#[must_use]
pub fn question(nonce: &str) -> String {
    format!("{nonce} password:")
}

/// The script for a shell. Without a wanted agent, a shell follows.
#[must_use]
pub fn script(nonce: &str, wanted: Option<WantedAgent<'_>>, r#become: Become) -> String {
    let WantedAgent { sha256, size, system } = wanted.unwrap_or(NONE);
    let lines = PROBE.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let probe = lines.collect::<Vec<_>>().join(" ").replace("NONCE", nonce);
    let probe = probe.replace("DIGEST", sha256).replace("SIZE", &size.to_string()).replace("SYSTEM", system);
    match r#become {
        Become::Nobody => probe,
        Become::Root => format!(
            "p={}; s=; [ \"$(id -u)\" = 0 ] || {{ s=\"sudo -n --\"; printf \"\\n%s sudo\\n\" {nonce}; }}; \
             exec $s /bin/sh -c \"$p\"",
            quote(&probe)
        ),
        Become::RootByPassword => {
            let root = format!("printf \"\\n%s root\\n\" {nonce}; {probe}");
            format!(
                "p={}; [ \"$(id -u)\" = 0 ] && exec /bin/sh -c \"$p\"; printf \"\\n%s sudo\\n\" {nonce}; \
                 sudo -n true 2>/dev/null && exec sudo -n -- /bin/sh -c \"$p\"; \
                 q=$(printf \"{}\\n.\"); printf \"\\n%s asks\\n\" {nonce}; \
                 exec sudo -S -p \"${{q%.}}\" -- /bin/sh -c \"$p\"",
                quote(&root),
                question(nonce),
            )
        }
    }
}
