//! Reports that are written to files: `html=report.html`.

use std::fs::{self, File, Permissions};
use std::io::{self, Seek as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use camino::Utf8PathBuf;

use crate::model::english::one_line;
use crate::model::error::Diagnostic;
use crate::model::fleet::FleetEvent;
use crate::report::Reporter;
use crate::report::format::{FORMATS, ReportFormat};
use crate::report::outlet::Outlet;

use super::early_end::EarlyEnd;

/// A report that the user asked for.
#[derive(Debug, Clone)]
pub(super) struct ReportFile {
    pub(super) format: &'static ReportFormat,
    path: Utf8PathBuf,
}

/// A report that is being written to a file.
///
/// The data goes to an unnamed file first, so that nothing is left if the process is killed. At the end it replaces the
/// old file atomically.
pub(super) struct FileReport {
    reporter: Box<dyn Reporter + Send>,
    gathered: File,
    path: Utf8PathBuf,
    /// Whether the path is a regular file or does not exist, so that it can be replaced. Pipes and devices are written
    /// directly.
    is_replaced: bool,
}

/// Parses `html=report.html`.
pub(super) fn parse(word: &str) -> Result<ReportFile, String> {
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    let names = names.join(", ");
    match word.split_once('=') {
        Some((name, path)) if !path.is_empty() => match ReportFormat::named(name) {
            Some(format) => Ok(ReportFile { format, path: path.into() }),
            None => Err(format!("there is no format `{}`; there are {names}", one_line(name))),
        },
        _ => Err(format!("it takes a format and a file, such as `html=report.html`; formats are {names}")),
    }
}

impl ReportFile {
    /// Opens the unnamed file. A file that can't be written is found out before the run starts.
    ///
    /// # Errors
    /// The directory does not exist, or is not writable.
    pub(super) fn open(&self, outlet: impl FnOnce(File) -> Outlet) -> Result<FileReport, EarlyEnd> {
        // A symlink stays, and its target is replaced.
        let path = self.path.canonicalize_utf8().unwrap_or_else(|_| self.path.clone());
        let is_replaced = fs::metadata(&path).map_or(true, |there| there.is_file());
        let gather = || {
            if fs::metadata(&path).is_ok_and(|there| there.is_dir()) {
                return Err(io::Error::from(io::ErrorKind::IsADirectory));
            }
            let gathered =
                if is_replaced { tempfile::tempfile_in(directory(&path))? } else { tempfile::tempfile()? };
            let reporter = self.format.reporter(outlet(gathered.try_clone()?));
            Ok(FileReport { reporter, gathered, path: path.clone(), is_replaced })
        };
        gather().map_err(|error: io::Error| {
            let wrong = format!("the report can't be written to `{}`: {error}", one_line(self.path.as_str()));
            EarlyEnd::usage(Diagnostic::error(wrong).hint("name a file in a directory that you can write to"))
        })
    }
}

impl FileReport {
    fn write(&mut self) -> io::Result<()> {
        self.gathered.rewind()?;
        if !self.is_replaced {
            let mut there = File::options().write(true).open(&self.path)?;
            io::copy(&mut self.gathered, &mut there)?;
            return there.flush();
        }
        // The umask of the user decides who can read it, as for other output files.
        let mut draft = tempfile::Builder::new()
            .prefix(".chefrs-report-")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(directory(&self.path))?;
        io::copy(&mut self.gathered, &mut draft)?;
        draft.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Reporter for FileReport {
    fn event(&mut self, event: &FleetEvent) {
        self.reporter.event(event);
    }

    fn finish(&mut self) -> io::Result<()> {
        let written = self.reporter.finish().and_then(|()| self.write());
        written.map_err(|error| {
            let words = format!("`{}`: {error}", one_line(self.path.as_str()));
            // A broken pipe is ignored on standard output, but not for a file that the user asked for.
            io::Error::other(words)
        })
    }
}

fn directory(path: &camino::Utf8Path) -> &camino::Utf8Path {
    path.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(".".into())
}
