//! Groups targets with the same details under one heading.

use crate::model::fleet::TargetOutcome;
use crate::model::natural;
use crate::model::sorted;
use crate::report::line::{Page, SafeLine, line};
use crate::report::style::{FAINT, STRONG, paint};

/// Replaces the name of a target when details are compared.
const ANY: &str = "‹target›";

/// Shortest name that is replaced. A shorter one may be part of any text.
const SHORTEST: usize = 3;

/// Details of the targets that have ended. Each text is stored once.
#[derive(Debug, Default)]
pub(super) struct Groups(Vec<HostGroup>);

#[derive(Debug)]
struct HostGroup {
    /// The details, with [`ANY`] instead of the target's name.
    general: Page,
    /// The original details, if they differ from `general` and are the same for all.
    own: Option<Page>,
    troubled: bool,
    names: Vec<String>,
}

impl Groups {
    /// Adds the details of a target. A target without details is in no group.
    pub(super) fn add(&mut self, outcome: &TargetOutcome, details: Page) {
        if details.is_empty() {
            return;
        }
        let name = &outcome.target;
        let general = general(&details, name);
        let troubled = outcome.outcome.is_failure();
        let same = |group: &&mut HostGroup| group.troubled == troubled && group.general == general;
        if let Some(group) = self.0.iter_mut().find(same) {
            group.own.take_if(|own| *own != details);
            group.names.push(name.clone());
            return;
        }
        let own = (general != details).then_some(details);
        self.0.push(HostGroup { general, own, troubled, names: vec![name.clone()] });
    }

    /// Formats all groups. Successful ones come first, because people look for failures at the end.
    pub(super) fn tell(mut self, hosts: usize) -> Page {
        for group in &mut self.0 {
            sorted::sort_by(&mut group.names, |a, b| natural::compare(a, b));
        }
        sorted::sort_by(&mut self.0, |a, b| {
            let by_name = || natural::compare(&a.names[0], &b.names[0]);
            a.troubled.cmp(&b.troubled).then_with(by_name)
        });
        let mut page = Page::default();
        for group in &self.0 {
            page.line("");
            page.page(&group.tell(hosts));
        }
        page
    }
}

impl HostGroup {
    fn tell(&self, hosts: usize) -> Page {
        let mut page = Page::default();
        let mut of = line!("({} of {} targets)", self.names.len(), hosts);
        if self.own.is_none() && self.general.as_str().contains(ANY) {
            of = line!("({} of {} targets; {} is the name of each)", self.names.len(), hosts, ANY);
        }
        page.line(line!("{} {}", paint(STRONG, named(&self.names)), paint(FAINT, of)));
        for detail in self.own.as_ref().unwrap_or(&self.general).lines() {
            page.line(if detail.is_empty() { detail } else { line!("  {}", detail) });
        }
        page
    }
}

/// Replaces a name with [`ANY`], if it is a word of its own.
fn general(text: &Page, name: &str) -> Page {
    let is_part = name.len() < SHORTEST || !text.as_str().contains(name);
    if is_part { text.clone() } else { text.with_mark(name, ANY) }
}

/// Most names in a heading.
const NAMES: usize = 8;

/// The first few names, and the number of the others.
pub(super) fn named<S: AsRef<str>>(names: &[S]) -> SafeLine {
    let mut shown: Vec<SafeLine> = names.iter().take(NAMES).map(SafeLine::of).collect();
    if names.len() > NAMES + 1 {
        shown.push(line!("{} more", names.len() - NAMES));
    } else {
        shown.extend(names.iter().skip(NAMES).map(SafeLine::of));
    }
    SafeLine::list(&shown, "and")
}
