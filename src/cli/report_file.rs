//! Reports that are written to files: `html=report.html`.

use std::fs::File;
use std::io::{self, Seek as _};

use camino::Utf8PathBuf;

use crate::model::english::one_line;
use crate::model::error::{Diagnostic, Failure};
use crate::model::fleet::FleetEvent;
use crate::report::Reporter;
use crate::report::format::{FORMATS, ReportFormat};
use crate::report::outlet::Outlet;
use crate::target::local::own_file::OwnFile;

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
/// old file atomically. Like the history, it is readable by its owner only.
pub(super) struct FileReport {
    reporter: Box<dyn Reporter + Send>,
    gathered: File,
    path: Utf8PathBuf,
    file: OwnFile,
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
        let gather = || {
            let file = OwnFile::at(&self.path)?;
            let gathered = file.gathered()?;
            let copy = gathered.try_clone().map_err(|error| Failure::new(error.to_string()))?;
            let reporter = self.format.reporter(outlet(copy));
            Ok(FileReport { reporter, gathered, path: self.path.clone(), file })
        };
        gather().map_err(|failure: Failure| {
            let path = one_line(self.path.as_str());
            let mut wrong = Diagnostic::from(failure);
            wrong.message = format!("the report can't be written to `{path}`: {}", wrong.message);
            wrong.hints = vec!["name a file in a directory that you can write to".to_owned()];
            EarlyEnd::usage(wrong)
        })
    }
}

impl FileReport {
    fn write(&mut self) -> io::Result<()> {
        // A broken pipe is ignored on standard output, but not for a file that the user asked for.
        let ended = self.reporter.finish().and_then(|()| self.gathered.rewind());
        ended.map_err(|error| io::Error::other(format!("`{}`: {error}", one_line(self.path.as_str()))))?;
        self.file.write(&mut self.gathered).map_err(|failure| io::Error::other(failure.message))
    }
}

impl Reporter for FileReport {
    fn event(&mut self, event: &FleetEvent) {
        self.reporter.event(event);
    }

    fn finish(&mut self) -> io::Result<()> {
        self.write()
    }
}
