//! `chefrs get`.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io;
use std::num::NonZeroUsize;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use tempfile::NamedTempFile;

use crate::fleet::{Board, FleetHost, FleetLimits};
use crate::model::english::{count, one_line};
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::Mode;
use crate::model::exit::Exit;
use crate::remote::Session;
use crate::run::fetch_file;
use crate::target::interrupt::Interrupt;
use crate::target::local::Local;

use super::early_end::EarlyEnd;
use super::format::Format;
use super::on_each::{EachTarget, WorkDone};
use super::put::require_absolute;
use super::signals::{Audience, Listening};
use super::target_options::Targets;
use super::terminal::Terminal;

/// Copies a file from targets.
///
/// From one target, LOCAL is the file, or a directory to put it in. From several, it is a directory with one for each
/// target, named as the target is. A local file is replaced in one step, once its copy is complete; it gets the permissions
/// that the file has there. A link is not followed. It takes no lock, and is not recorded. Results and exit codes are those
/// of `chefrs exec`.
#[derive(Debug, Args)]
pub(super) struct GetArguments {
    /// The file on the targets, as an absolute path.
    #[arg(value_name = "PATH")]
    path: Utf8PathBuf,
    /// Where to put it here.
    #[arg(value_name = "LOCAL")]
    local: Utf8PathBuf,
    #[command(flatten)]
    targets: Targets,
    /// Number of targets to work on at a time. Default: 64.
    #[arg(long, value_name = "N")]
    forks: Option<NonZeroUsize>,
    /// Text for people, or one JSON object a target.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn get(arguments: &GetArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    let GetArguments { path, local, targets, format, .. } = arguments;
    require_absolute(path, "chefrs get /etc/hosts LOCAL")?;
    let Some(name) = path.file_name() else {
        let wrong = Diagnostic::error(format!("`{path}` is not a file"));
        return Err(EarlyEnd::usage(wrong.hint("only regular files can be copied")));
    };
    let hosts = targets.choose()?;
    let of_many = hosts.len() > 1 || targets.may_be_several();
    if of_many {
        require_own_directories(&hosts)?;
    }
    let place = |host: &FleetHost| match () {
        () if of_many => local.join(directory_of(&host.name)).join(name),
        () if local.is_dir() => local.join(name),
        () => local.clone(),
    };
    let board = Arc::<Board>::default();
    let interrupt = Listening::default().start(Audience::Many(Arc::clone(&board)), Mode::Run)?;
    let limits = FleetLimits { forks: targets.forks(arguments.forks), ..FleetLimits::default() };
    let interrupt = &interrupt;
    let each = EachTarget { hosts: &hosts, limits, format: *format, board: &board, interrupt, terminal };
    each.run(&|host: &FleetHost| -> WorkDone {
        let place = place(host);
        match copy(host, path, &place, interrupt) {
            Ok(size) => {
                let line = format!("{place}: {}", count(usize::try_from(size).unwrap_or(usize::MAX), "byte"));
                if !each.is_alone() {
                    return (Ok(()), vec![line], 0);
                }
                // If the reader is gone, the copy is made all the same.
                let _ = terminal.print(&format!("{}\n", one_line(&line)));
                (Ok(()), Vec::new(), 0)
            }
            Err(failure) => (Err(failure), Vec::new(), 0),
        }
    })
}

/// Name of the directory for the files of a target. A name may be an address.
fn directory_of(target: &str) -> String {
    let plain = target.replace('/', "_");
    if plain.starts_with('.') { format!("_{plain}") } else { plain }
}

fn require_own_directories(hosts: &[FleetHost]) -> Result<(), EarlyEnd> {
    let mut names = BTreeSet::new();
    match hosts.iter().find(|host| !names.insert(directory_of(&host.name))) {
        None => Ok(()),
        Some(host) => {
            let name = one_line(&directory_of(&host.name));
            let wrong = Diagnostic::error(format!("the files of two targets would be in `{name}`"));
            Err(EarlyEnd::usage(wrong.hint("copy from one of them at a time")))
        }
    }
}

/// Copies the file of a target. Returns its size.
fn copy(host: &FleetHost, path: &Utf8Path, place: &Utf8Path, interrupt: &Interrupt) -> Result<u64, Failure> {
    let unwritten = |error: io::Error| Failure::new(format!("`{place}` can't be written: {error}"));
    let directory = match place.parent() {
        Some(directory) if directory != "" => directory,
        _ => Utf8Path::new("."),
    };
    // The target is reached before anything is made here.
    let mut session = match &host.destination {
        Some(destination) => Some(Session::open(destination, interrupt)?),
        None => None,
    };
    let mut fetch = |out: &mut NamedTempFile| match &mut session {
        Some(session) => fetch_file(session, path, out, interrupt),
        None => fetch_file(&mut Local::under(interrupt.clone()), path, out, interrupt),
    };
    let made = fs::create_dir_all(directory).and_then(|()| NamedTempFile::new_in(directory));
    let mut draft = made.map_err(unwritten)?;
    let fetched = fetch(&mut draft);
    if let Some(session) = session {
        session.close();
    }
    let stat = fetched?;
    // Neither setuid nor setgid: here it belongs to another user.
    let permissions = Permissions::from_mode(stat.mode & 0o777);
    draft.as_file().set_permissions(permissions).map_err(unwritten)?;
    draft.as_file().sync_all().map_err(unwritten)?;
    draft.persist(place).map_err(|error| unwritten(error.error))?;
    Ok(stat.size)
}
