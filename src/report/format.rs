//! The formats of output: a row each. A new one is a file below `report/`, and a row here.

use super::Reporter;
use super::document::DocumentReport;
use super::json::Json;
use super::outlet::Outlet;
use super::text::TextReport;
use super::{html, junit};

/// A format of output.
#[derive(Debug)]
pub struct ReportFormat {
    /// The word that means it.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// How it is read.
    pub kind: FormatKind,
    new: fn(Outlet) -> Box<dyn Reporter + Send>,
}

/// How a format is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatKind {
    /// By a person who watches: what goes wrong outside of the run stands beside it.
    Watched,
    /// By a program, line by line: its form does not depend on how many targets a group happens to have.
    Stream,
    /// As a document, written once the run has ended.
    Document,
}

/// All of them; the first is the usual one.
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
    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// What reports in it.
    #[must_use]
    pub fn reporter(&self, outlet: Outlet) -> Box<dyn Reporter + Send> {
        (self.new)(outlet)
    }
}
