//! A report that goes to a file, beside what is told on standard output: `html=report.html`.

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

use super::stop::EarlyEnd;

/// A report that was asked for.
#[derive(Debug, Clone)]
pub(super) struct ReportFile {
    pub(super) format: &'static ReportFormat,
    path: Utf8PathBuf,
}

/// A report on its way into a file.
///
/// It is gathered in a file that has no name, so that nothing is left of it where the program is killed, and takes the
/// place of what was there at once.
pub(super) struct FileReport {
    reporter: Box<dyn Reporter + Send>,
    gathered: File,
    path: Utf8PathBuf,
    /// Whether there is a file to be replaced, or none; else it is written into: a pipe, a device.
    is_replaced: bool,
}

/// What a word means: `html=report.html`.
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
    /// Opens what it is gathered in, so that a file that can't be written is told of before anything is done.
    ///
    /// # Errors
    /// There is no such directory, or nothing can be written there.
    pub(super) fn open(&self, outlet: impl FnOnce(File) -> Outlet) -> Result<FileReport, EarlyEnd> {
        // A link stays one: what it leads to is replaced.
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
        // As anything else that is written here: who may read it is decided by the user's mask.
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
            // A reader that has gone is no trouble where it reads along; a file is what was asked for.
            io::Error::other(words)
        })
    }
}

fn directory(path: &camino::Utf8Path) -> &camino::Utf8Path {
    path.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(".".into())
}
