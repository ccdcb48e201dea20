//! The small POSIX script that looks for the agent on a target, takes it if it is not there, and becomes it.
//!
//! It stands in the argument of the one command that a run starts, so it may be passed on by any login shell: one line,
//! no single quote, no exclamation mark. Which agent it looks for stands in it too: `ssh` sends on what it reads only
//! once the script is known to run, and that would be one more way there and back.
//!
//! A directory will do if nobody else could have put anything into it: it is ours, and neither it nor any directory above
//! it can be written by others (a sticky one excepted), and a program in it can really be executed.

use crate::target::quote::quote;

/// What the script says before anything else, behind the nonce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// The agent runs: version of its frames.
    Agent(String),
    /// The agent must be sent now: a line with two numbers, from which byte on and how many follow, and the bytes.
    Need(Needed),
    /// What came could not be kept: why. The script has ended.
    Bad(String),
    /// A shell runs, and calls sudo now.
    Sudo,
    /// Sudo will ask for a password now, on standard error.
    Asks,
    /// We are who we want to be, and the script waits for its line.
    Root,
    /// Our executable can't run on this system: its kernel and machine. A shell follows, which reads its script.
    Foreign(String),
    /// No directory will do: those that were tried. A shell follows, which reads its script.
    Nowhere(String),
}

impl Word {
    /// Reads the rest of a line that carried the nonce.
    #[must_use]
    pub fn parse(rest: &str) -> Option<Self> {
        let (word, more) = rest.split_once(' ').unwrap_or((rest, ""));
        let more = more.trim().to_owned();
        match word {
            "agent" => Some(Self::Agent(more)),
            "need" => Needed::parse(&more).map(Self::Need),
            "bad" => Some(Self::Bad(more)),
            "sudo" => Some(Self::Sudo),
            "asks" => Some(Self::Asks),
            "root" => Some(Self::Root),
            "foreign" => Some(Self::Foreign(more)),
            "nowhere" => Some(Self::Nowhere(more)),
            _ => None,
        }
    }
}

/// In which form the agent is to be sent, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Whether it is to be compressed by gzip.
    pub gzip: bool,
    /// Bytes of that form that are there since a connection broke.
    pub have: u64,
    /// Directory that will hold it.
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

/// The agent that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedAgent<'a> {
    /// SHA-256 of it, lowercase hexadecimal.
    pub sha256: &'a str,
    /// Number of its bytes.
    pub size: u64,
    /// Kernel and machine that it runs on, as `uname -sm` tells them.
    pub system: &'a str,
}

/// No system is called by this name, so the shell follows at once.
const NONE: WantedAgent<'_> = WantedAgent { sha256: "-", size: 0, system: "-" };

/// The script as it is read; what stands in capitals in its first line is put in.
const PROBE: &str = include_str!("probe.sh");

/// Who shall run the agent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Become {
    /// Whoever logs in.
    #[default]
    Nobody,
    /// Root, by sudo that asks for nothing; whoever logs in as root needs none.
    Root,
    /// Root, by sudo that may ask for a password. The script says when it does, and when it is root.
    RootByPassword,
}

/// What sudo asks with.
#[must_use]
pub fn question(nonce: &str) -> String {
    format!("{nonce} password:")
}

/// The script for a shell; where no agent is wanted, a shell follows.
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
