//! The table of output formats. A new format needs a file in `report/` and a row here.

use super::Reporter;
use super::document::DocumentReport;
use super::json::Json;
use super::outlet::Outlet;
use super::text::TextReport;
use super::{html, junit};

/// An output format.
#[derive(Debug)]
pub struct ReportFormat {
    /// The name for `--format`.
    pub name: &'static str,
    /// A short description.
    pub about: &'static str,
    /// How the output is consumed.
    pub kind: FormatKind,
    new: fn(Outlet) -> Box<dyn Reporter + Send>,
}

/// How the output of a format is consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatKind {
    /// By a person who watches the run. Other errors are printed in the same stream of text.
    Watched,
    /// By a program, line by line. The form must not depend on how many targets a group has.
    Stream,
    /// As a document, written at the end of the run.
    Document,
}

/// All formats. The first one is the default.
pub const FORMATS: &[ReportFormat] = &[
    ReportFormat {
        name: "text",
        about: "Text for people",
        kind: FormatKind::Watched,
        new: |outlet| Box::new(TextReport::new(outlet)),
    },
    ReportFormat {
        name: "json",
        about: "The event stream as JSON, one object a line",
        kind: FormatKind::Stream,
        new: |outlet| Box::new(Json::new(outlet)),
    },
    ReportFormat {
        name: "junit",
        about: "JUnit XML for CI systems: a suite for each target, a case for each action",
        kind: FormatKind::Document,
        new: |outlet| Box::new(DocumentReport::new(outlet, junit::render)),
    },
    ReportFormat {
        name: "html",
        about: "A page for people: one file that needs nothing else",
        kind: FormatKind::Document,
        new: |outlet| Box::new(DocumentReport::new(outlet, html::render)),
    },
];

impl ReportFormat {
    /// Finds a format by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// Creates a reporter.
    #[must_use]
    pub fn reporter(&self, outlet: Outlet) -> Box<dyn Reporter + Send> {
        (self.new)(outlet)
    }
}
