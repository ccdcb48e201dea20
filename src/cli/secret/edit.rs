//! `chefrs secret edit`.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::slice::from_ref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;
use rustix::fs::statfs;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::cookbook::secret_files::SecretFile;
use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::exit::Exit;
use crate::model::variables::{EDITOR, RUNTIME, VISUAL};
use crate::secrets::RecipientList;
use crate::target::channel::without_secrets;

use super::super::early_end::EarlyEnd;
use super::super::passphrase::unlock;
use super::super::terminal::Terminal;
use super::named::{NamedSecret, sources};
use super::stored::{LIMIT, room, store};

/// The editor, if the environment names none.
const VI: &str = "vi";
/// A directory in memory, if the user has no own one.
const SHARED_MEMORY: &str = "/dev/shm";
/// File systems in memory: statfs(2).
const IN_MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];

/// Opens a secret in the editor, and stores what it leaves.
///
/// The editor is that of VISUAL or EDITOR. The file that it opens is in memory, can be read by nobody else, and is removed
/// afterwards.
#[derive(Debug, Args)]
pub(super) struct EditSecretArguments {
    #[command(flatten)]
    secret: NamedSecret,
}

pub(super) fn edit(arguments: &EditSecretArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let project = arguments.secret.project.open()?;
    let file = arguments.secret.file(&project)?;
    // What is wrong with the keys is said before a person types.
    RecipientList::of(&project, &file.place)?;
    let before = if project.secret_files(&file.place)?.contains(&file) {
        let mut sources = sources(&project)?;
        unlock(&mut sources, &project, from_ref(&file))?;
        sources.raw(&file).map_err(Diagnostics::from)?
    } else {
        Zeroizing::default()
    };
    // Ctrl-C is for the editor. Nothing may end this process while the file is there.
    let ignored = Arc::<AtomicBool>::default();
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&ignored))?;
    }
    let directory = directory_in_memory()?;
    let edited = edited(directory.path(), &file, &before);
    let removed = directory.close();
    let after = edited?;
    removed?;
    if after == before {
        terminal.print("nothing was changed\n")?;
        return Ok(Exit::Success);
    }
    terminal.print(&store(&project, &file, &after)?)?;
    Ok(Exit::Success)
}

/// A new directory of the user's own, in memory.
fn directory_in_memory() -> Result<TempDir, EarlyEnd> {
    let runtime = std::env::var_os(RUNTIME.name).map(PathBuf::from).filter(|path| path.is_absolute());
    let is_in_memory = |path: &PathBuf| {
        let kind = statfs(path.as_path()).ok().and_then(|found| u64::try_from(found.f_type).ok());
        kind.is_some_and(|kind| IN_MEMORY.contains(&kind))
    };
    let places: Vec<PathBuf> = runtime.into_iter().chain([PathBuf::from(SHARED_MEMORY)]).collect();
    let own = || Permissions::from_mode(0o700);
    let made = places
        .iter()
        .filter(|path| is_in_memory(path))
        .find_map(|path| tempfile::Builder::new().prefix("chefrs-").permissions(own()).tempdir_in(path).ok());
    made.ok_or_else(|| {
        let wrong =
            Diagnostic::error("there is no directory in memory, so the secret would be written to the disk");
        EarlyEnd::Findings(
            Exit::Failed,
            vec![wrong.hint(
                "set XDG_RUNTIME_DIR to one, or use `chefrs secret set`, which writes nothing in clear",
            )],
        )
    })
}

/// What the editor leaves.
fn edited(directory: &Path, secret: &SecretFile, before: &[u8]) -> Result<Zeroizing<Vec<u8>>, EarlyEnd> {
    let path = directory.join(&secret.name);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(before)?;
    drop(file);
    let mut words = editor();
    let failed = |why: String| {
        let wrong = Diagnostic::error(format!("{why}, so nothing was stored"));
        EarlyEnd::Findings(
            Exit::Failed,
            vec![wrong.hint("name your editor in the environment: VISUAL or EDITOR")],
        )
    };
    let name = words.remove(0);
    let mut command = Command::new(&name);
    without_secrets(&mut command).args(words).arg(&path);
    #[expect(clippy::disallowed_methods, reason = "a person takes the time that it takes")]
    let status = command.status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => return Err(failed(format!("the editor `{}` failed ({status})", one_line(&name)))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(failed(format!("the editor `{}` is not installed", one_line(&name))));
        }
        Err(error) => {
            return Err(failed(format!("the editor `{}` can't be started: {error}", one_line(&name))));
        }
    }
    let mut after = room();
    File::open(&path)?.take(LIMIT as u64 + 1).read_to_end(&mut after)?;
    Ok(after)
}

/// The editor and its arguments. There is no shell, so quotes have no meaning.
fn editor() -> Vec<String> {
    let words = |name: &str| -> Vec<String> {
        let value = std::env::var_os(name).and_then(|value| value.into_string().ok()).unwrap_or_default();
        value.split_ascii_whitespace().map(str::to_owned).collect()
    };
    let found = [VISUAL.name, EDITOR.name].into_iter().map(words).find(|words| !words.is_empty());
    found.unwrap_or_else(|| vec![VI.to_owned()])
}
