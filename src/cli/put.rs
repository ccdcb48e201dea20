//! `chefrs put`.

use std::fs::File;
use std::io;
use std::num::NonZeroUsize;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use clap::Args;
use serde_json::json;

use crate::converge::{Options, Summary};
use crate::fleet::{Board, FleetHost, FleetLimits};
use crate::locked_run;
use crate::model::blob::{BlobRef, BlobSource, Blobs};
use crate::model::collection::{Collection, SCHEMA};
use crate::model::content::{self, Content, SourceFile};
use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Failure};
use crate::model::event::{Event, Mode};
use crate::model::exit::Exit;
use crate::remote::Patience;
use crate::run::{RowsRequest, converge_rows};

use super::early_end::EarlyEnd;
use super::environment;
use super::format::Format;
use super::on_each::{EachTarget, WorkDone};
use super::signals::{Audience, Listening};
use super::target_options::Targets;
use super::terminal::Terminal;

/// Copies a file to targets.
///
/// It is done as by the resource `cookbook_file`: the file is replaced in one step, only if it differs, and the old one is
/// kept in the state directory there. A link at the path is not followed, and not replaced. It takes the lock of each
/// target, and is not recorded here. Results and exit codes are those of `chefrs exec`.
#[derive(Debug, Args)]
pub(super) struct PutArguments {
    /// The file to copy.
    #[arg(value_name = "LOCAL")]
    local: Utf8PathBuf,
    /// Where it is to be on the targets, as an absolute path.
    #[arg(value_name = "PATH")]
    path: Utf8PathBuf,
    /// Permissions of the file there, in octal. Default: those of the local file.
    #[arg(long, value_name = "MODE")]
    mode: Option<String>,
    /// Owner of the file there, by name or number.
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Group of the file there, by name or number.
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    #[command(flatten)]
    targets: Targets,
    /// Number of targets to work on at a time. Default: 64.
    #[arg(long, value_name = "N")]
    forks: Option<NonZeroUsize>,
    /// Seconds to wait for a run on the same machine.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    lock_timeout: u64,
    /// Text for people, or one JSON object a target.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn put(arguments: &PutArguments, terminal: &Terminal) -> Result<Exit, EarlyEnd> {
    require_absolute(&arguments.path, "chefrs put LOCAL /srv/file")?;
    let (collection, blobs) = rows(arguments)?;
    let hosts = arguments.targets.choose()?;
    let state = environment::state()?;
    let lock_timeout = Duration::from_secs(arguments.lock_timeout);
    let board = Arc::<Board>::default();
    let interrupt = Listening::default().start(Audience::Many(Arc::clone(&board)), Mode::Run)?;
    let limits = FleetLimits { forks: arguments.targets.forks(arguments.forks), ..FleetLimits::default() };
    let (format, interrupt) = (arguments.format, &interrupt);
    let targets = EachTarget { hosts: &hosts, limits, format, board: &board, interrupt, terminal };
    targets.run(&|host: &FleetHost| -> WorkDone {
        let mut told = Told::default();
        let request = RowsRequest {
            destination: host.destination.as_ref(),
            collection: &collection,
            blobs: &blobs,
            options: Options { interrupt: interrupt.clone(), ..Options::new(Mode::Run) },
            lock_timeout,
            patience: Patience { reconnect: Duration::from_secs(60), ..Patience::default() },
            state: state.clone(),
        };
        let done = converge_rows(request, &mut |event| told.note(event));
        let Told { mut changes, failure } = told;
        if changes.is_empty() && failure.is_none() && done.is_ok() {
            changes.push("up to date".to_owned());
        }
        if targets.is_alone() {
            // If the reader is gone, the copy is made all the same.
            let lines = changes.drain(..).map(|change| format!("{}\n", one_line(&change)));
            let _ = terminal.print(&lines.collect::<String>());
        }
        (done.and_then(|summary| ended(&summary, failure)), changes, 0)
    })
}

fn ended(summary: &Summary, failure: Option<Failure>) -> Result<(), Failure> {
    match failure {
        Some(failure) => Err(failure),
        None if summary.interrupted => Err(locked_run::interrupted()),
        None => Ok(()),
    }
}

/// What the events told.
#[derive(Default)]
struct Told {
    changes: Vec<String>,
    failure: Option<Failure>,
}

impl Told {
    fn note(&mut self, event: Event) {
        match event {
            Event::Change { summary, .. } => self.changes.push(summary),
            Event::RunFinished { failures, .. } => {
                self.failure = failures.into_iter().next().map(|(_, failure)| failure);
            }
            _ => {}
        }
    }
}

/// Refuses a path on a target that begins nowhere.
pub(super) fn require_absolute(path: &Utf8Path, example: &str) -> Result<(), EarlyEnd> {
    if path.is_absolute() {
        return Ok(());
    }
    let wrong = Diagnostic::error(format!("the path on the targets must be absolute: `{path}`"));
    Err(EarlyEnd::usage(wrong.hint(format!("begin it with `/`: `{example}`"))))
}

/// The row for the file, and its content.
fn rows(arguments: &PutArguments) -> Result<(Collection, Blobs), EarlyEnd> {
    let PutArguments { local, path, mode, owner, group, .. } = arguments;
    let (blob, own_mode) = looked_at(local)?;
    let mode = match mode {
        Some(mode) => octal(mode)?,
        None => own_mode,
    };
    let mut properties = json!({
        "path": path,
        "source": SourceFile { name: local.to_string(), content: Content::Blob(blob.clone()) },
        "mode": format!("{mode:04o}"),
    });
    for (name, value) in [("owner", owner), ("group", group)] {
        if let (Some(value), Some(properties)) = (value, properties.as_object_mut()) {
            properties.insert(name.to_owned(), json!(value));
        }
    }
    let row = json!({
        "type": "cookbook_file", "name": path, "actions": ["create"], "properties": properties, "diff": false,
        "recipe": "put", "location": { "file": "chefrs put", "line": 0 },
    });
    let row = serde_json::from_value(row).map_err(io::Error::from)?;
    let collection = Collection {
        schema: SCHEMA,
        run_list: vec!["put".to_owned()],
        rows: vec![row],
        ..Collection::default()
    };
    let place = std::path::absolute(local).ok().and_then(|path| Utf8PathBuf::from_path_buf(path).ok());
    let source = BlobSource::Path(place.unwrap_or_else(|| local.clone()));
    Ok((collection, Blobs::from([(blob.sha256, source)])))
}

/// The digest, size and permissions of the local file.
fn looked_at(local: &Utf8Path) -> Result<(BlobRef, u32), EarlyEnd> {
    let unread = |error: io::Error| {
        let wrong = Diagnostic::error(format!("`{local}` can't be read: {error}"));
        EarlyEnd::usage(wrong.hint("the first path is that of a file here, the second one is on the targets"))
    };
    let mut file = File::open(local).map_err(unread)?;
    let metadata = file.metadata().map_err(unread)?;
    if !metadata.is_file() {
        let wrong = Diagnostic::error(format!("`{local}` is not a regular file"));
        return Err(EarlyEnd::usage(wrong.hint("pack a directory first: `tar -czf`")));
    }
    let blob = content::digest(&mut file).map_err(unread)?;
    Ok((blob, metadata.permissions().mode() & 0o777))
}

fn octal(mode: &str) -> Result<u32, EarlyEnd> {
    let digits = (3..=4).contains(&mode.len()) && mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    u32::from_str_radix(mode, 8).ok().filter(|_| digits).ok_or_else(|| {
        let wrong = Diagnostic::error(format!("`--mode` takes an octal mode, not `{mode}`"));
        EarlyEnd::usage(wrong.hint("write it with three or four digits: `--mode 0644`"))
    })
}
