//! The rows of a collection as lines of a script.

use super::body::{ShellLines, has_commands};
use super::script::ShellScript;
use crate::export::outlined::{OutlinedAction, OutlinedGuard, OutlinedRow, OutlinedTest};
use crate::model::collection::{Notification, Timing};
use crate::model::english::one_line;
use crate::model::portable::marked::{LaterValue, TextQuoting, marker};
use crate::model::portable::{PackageAct, Portable, PortablePackages};

/// All rows, in order, and the end of the script.
pub(super) fn all(script: &mut ShellScript<'_>) -> String {
    let mut out = ShellLines::default();
    let mut recipe = "";
    let mut index = 0;
    while index < script.outline.rows.len() {
        let row = &script.outline.rows[index];
        if row.row.parent.is_some() {
            index += 1;
            continue;
        }
        if row.row.recipe_as_named() != recipe {
            recipe = row.row.recipe_as_named();
            out.line(&format!("\n# ---- recipe {} ----", one_line(recipe)));
        }
        let joined = script.joined(index);
        if joined > 1 {
            script.transaction(index, joined, &mut out);
        } else {
            script.row(index, &mut out);
        }
        index += joined;
    }
    out.text
}

impl ShellScript<'_> {
    /// The number of rows from this one on whose packages are one transaction.
    fn joined(&self, first: usize) -> usize {
        let rows = &self.outline.rows;
        let Some(of_first) = packages_alone(&rows[first]) else { return 1 };
        let same = |row: &&OutlinedRow<'_>| {
            row.row.recipe == rows[first].row.recipe
                && packages_alone(row).is_some_and(|packages| {
                    packages.act == of_first.act && packages.command == of_first.command
                })
        };
        rows[first..].iter().take_while(same).count().max(1)
    }

    /// Rows with packages that are one transaction.
    fn transaction(&mut self, first: usize, number: usize, out: &mut ShellLines) {
        let rows = &self.outline.rows[first..first + number];
        let mut all: Option<PortablePackages> = None;
        for packages in rows.iter().filter_map(packages_alone) {
            match &mut all {
                Some(all) => all.names.extend(packages.names.iter().cloned()),
                None => all = Some(packages.clone()),
            }
        }
        out.line("");
        for row in rows {
            Self::comment(row, out);
        }
        let ids: Vec<String> = rows.iter().map(|row| row.row.id()).collect();
        self.begin(&ids.join(", "), out);
        if let Some(packages) = all {
            let has_timeout = rows.iter().any(|row| row.row.properties.contains_key("timeout"));
            self.item(&Portable::Packages(packages), has_timeout, out);
        }
    }

    /// A row at its turn.
    fn row(&mut self, index: usize, out: &mut ShellLines) {
        let row = &self.outline.rows[index];
        let is_empty = row.actions.iter().all(|action| action.items.is_empty() && action.declined.is_none());
        let declared: Vec<&OutlinedAction> = row.actions.iter().filter(|action| action.is_declared).collect();
        if declared.is_empty() || is_empty && !row.row.custom && row.never.is_none() {
            return;
        }
        out.line("");
        Self::comment(row, out);
        if let Some(never) = &row.never {
            out.line(&format!("# {} is left out: {never}", one_line(&row.row.id())));
            return;
        }
        let waits: Vec<String> = row
            .row
            .requires
            .iter()
            .filter(|required| self.outline.rows[**required].row.ignore_failure)
            .map(|required| format!("! {} {required}", self.call("has_failed")))
            .collect();
        if !waits.is_empty() {
            out.open(&format!("if {}; then", waits.join(" && ")));
        }
        if row.row.custom {
            self.custom(index, &declared, out);
        } else if is_simple(row) {
            let id = row.row.id();
            self.begin(&id, out);
            self.actions(index, &declared, out);
            self.notifications(row, out);
        } else {
            self.guarded_by_function(index, &declared, out);
        }
        if !waits.is_empty() {
            out.close("fi");
        }
    }

    fn begin(&mut self, id: &str, out: &mut ShellLines) {
        let id = self.word(&one_line(id));
        out.line(&format!("resource {id}"));
    }

    /// Where a row was declared, and why.
    fn comment(row: &OutlinedRow<'_>, out: &mut ShellLines) {
        let why = row.row.why.as_ref().map(|why| format!(": {}", one_line(why))).unwrap_or_default();
        out.line(&format!("# {}{why}", one_line(&row.row.location.to_string())));
    }

    /// The guards and things of actions.
    fn actions(&mut self, index: usize, actions: &[&OutlinedAction], out: &mut ShellLines) {
        let row = &self.outline.rows[index];
        self.row = index;
        for action in actions {
            if let Some(reason) = &action.declined {
                let words = one_line(&format!("{} {}: {reason}", row.row.id(), action.name));
                let call = format!("{} {}", self.call("left_out"), self.word(&words));
                out.line(&call);
                continue;
            }
            let has_guards = !row.guards.is_empty();
            if has_guards {
                self.open_guards(&row.guards, out);
            }
            let mut inner = ShellLines { text: String::new(), ..*out };
            let has_timeout = row.row.properties.contains_key("timeout");
            for item in &action.items {
                if item.after_change {
                    inner.open(&format!("if {}; then", self.call("has_changed")));
                    self.item(&item.what, has_timeout, &mut inner);
                    inner.close("fi");
                } else {
                    self.item(&item.what, has_timeout, &mut inner);
                }
            }
            self.look_up(out);
            out.text.push_str(&inner.text);
            if has_guards {
                out.close("fi");
            }
        }
    }

    fn open_guards(&mut self, guards: &[OutlinedGuard], out: &mut ShellLines) {
        let tests: Vec<String> = guards.iter().map(|guard| self.guard(guard)).collect();
        self.look_up(out);
        out.open(&format!("if {}; then", tests.join(" && ")));
    }

    fn guard(&mut self, guard: &OutlinedGuard) -> String {
        let not = if guard.wanted { "" } else { "! " };
        match &guard.test {
            OutlinedTest::Exists(path) => format!("{not}{} {}", self.call("exists"), self.word(path)),
            // For it, 127 is an answer.
            OutlinedTest::Succeeds(command) if guard.test.looks_for_programs() => {
                format!("{not}{} {}", self.call("succeeds"), self.look(command, true))
            }
            OutlinedTest::Succeeds(command) => {
                let name = self.call(if guard.wanted { "when" } else { "unless" });
                format!("{name} {}", self.look(command, true))
            }
        }
    }

    /// Reads the deferred values that the lines which follow use.
    fn look_up(&mut self, out: &mut ShellLines) {
        for (number, value) in self.take_later() {
            match value {
                LaterValue::Contents(path) => {
                    let call = format!("{} {}", self.call("text_of"), self.word(&path));
                    out.command(&format!("contents_{number}=$({call})"));
                    out.line(&format!("contents_{number}=${{contents_{number}%.}}"));
                }
                LaterValue::Output(command) => {
                    let call = format!("{} {}", self.call("output_of"), self.look(&command, true));
                    // Its own words may have such values, too.
                    self.look_up(out);
                    out.command(&format!("output_{number}=$({call})"));
                }
                LaterValue::Quoted(how, of) => {
                    let function = match how {
                        TextQuoting::Shell => "for_shell",
                        TextQuoting::Json => "for_json",
                        TextQuoting::Ini => "for_ini",
                    };
                    let call = format!("{} {}", self.call(function), self.word(&marker(of)));
                    // It has been read already.
                    self.later.remove(&of);
                    out.command(&format!("quoted_{number}=$({call})"));
                    out.line(&format!("quoted_{number}=${{quoted_{number}%.}}"));
                }
                LaterValue::Secret(_) => {}
            }
        }
    }

    /// What an updated row notifies, apart from what is notified before or after a failure.
    fn notifications(&mut self, row: &OutlinedRow<'_>, out: &mut ShellLines) {
        if !notifies_after(row) {
            return;
        }
        out.open(&format!("if {}; then", self.call("has_changed")));
        self.notify(row, out);
        out.close("fi");
    }

    fn notify(&mut self, row: &OutlinedRow<'_>, out: &mut ShellLines) {
        for timing in [Timing::Immediately, Timing::Delayed] {
            for notification in row.row.notifies.iter().filter(|notification| notification.timing == timing) {
                let name = self.notified(notification);
                let word = self.call(if timing == Timing::Immediately { "now" } else { "later" });
                let unless = if notification.skip_on_failure { " unless_failed" } else { "" };
                let line = format!("{word} {name}{unless}");
                if timing == Timing::Immediately { out.command(&line) } else { out.line(&line) }
            }
        }
    }

    /// The function of a notified action.
    fn notified(&mut self, notification: &Notification) -> String {
        let (name, is_new) = self.action(notification.target, &notification.action);
        if is_new {
            let outline = self.outline;
            let row = &outline.rows[notification.target];
            let mut body = ShellLines::of_function();
            Self::comment(row, &mut body);
            let before = self.take_later();
            match row.action(&notification.action) {
                _ if row.never.is_some() => body.line(":"),
                Some(action) if row.row.custom => self.custom(notification.target, &[action], &mut body),
                Some(action) => {
                    self.begin(&row.row.id(), &mut body);
                    self.actions(notification.target, &[action], &mut body);
                    self.notifications(row, &mut body);
                }
                None => body.line(":"),
            }
            drop(before);
            self.define(&name, &body.text);
        }
        name
    }

    /// A custom resource: its rows, inside its guards.
    fn custom(&mut self, index: usize, actions: &[&OutlinedAction], out: &mut ShellLines) {
        let row = &self.outline.rows[index];
        for (is_set, property) in
            [(row.row.retries > 0, "retries"), (row.row.ignore_failure, "ignore_failure")]
        {
            if is_set {
                self.lose_of(index, property, "the resources inside stop the script when they fail");
            }
        }
        for timing in [Timing::Before, Timing::OnFailure] {
            if row.row.notifies.iter().any(|notification| notification.timing == timing) {
                self.lose_of(index, timing.word(), "a custom resource does not notify at that time");
            }
        }
        let notifies = notifies_after(row);
        if notifies {
            out.line(&format!("begin_{index}=$changes"));
        }
        for action in actions {
            let children: Vec<usize> = self.outline.children(index, &action.name).collect();
            out.line(&format!("# {} {}", one_line(&row.row.id()), action.name));
            let mut inner = ShellLines { text: String::new(), ..*out };
            if !row.guards.is_empty() {
                self.open_guards(&row.guards, &mut inner);
            }
            let length = inner.text.len();
            for child in children {
                self.row(child, &mut inner);
            }
            if inner.text.len() == length {
                continue;
            }
            if !row.guards.is_empty() {
                if !has_commands(&inner.text[length..]) {
                    inner.line(":");
                }
                inner.close("fi");
            }
            out.text.push_str(&inner.text);
        }
        if notifies {
            out.open(&format!("if [ \"$changes\" -gt \"$begin_{index}\" ]; then"));
            self.notify(row, out);
            out.close("fi");
        }
    }

    /// A row that is tried again, whose failure is not the end, or that notifies before it changes something.
    fn guarded_by_function(&mut self, index: usize, declared: &[&OutlinedAction], out: &mut ShellLines) {
        let row = &self.outline.rows[index];
        let id = row.row.id();
        let name = self.new_name(&id);
        let mut body = ShellLines::of_function();
        self.actions(index, declared, &mut body);
        self.define(&name, &body.text);
        let of = |timing: Timing| {
            row.row.notifies.iter().filter(move |notification| notification.timing == timing)
        };
        self.begin(&id, out);
        if of(Timing::Before).next().is_some() {
            out.open(&format!("if {} {name}; then", self.call("would_change")));
            for notification in of(Timing::Before) {
                let notified = self.notified(notification);
                out.command(&format!("{} {notified}", self.call("now")));
            }
            self.begin(&id, out);
            out.close("fi");
        }
        let call = match row.row.retries {
            0 => name,
            retries => format!("{} {retries} {} {name}", self.call("attempt"), row.row.retry_delay),
        };
        if row.row.ignore_failure || of(Timing::OnFailure).next().is_some() {
            out.open(&format!("if ! {call}; then"));
            out.line(&format!("{} {index}", self.call("failed_resource")));
            for notification in of(Timing::OnFailure) {
                let notified = self.notified(notification);
                out.line(&format!("{} {notified} || :", self.call("now")));
            }
            if !row.row.ignore_failure {
                out.give_up();
            }
            if notifies_after(row) {
                out.depth -= 1;
                out.open(&format!("elif {}; then", self.call("has_changed")));
                self.notify(row, out);
            }
            out.close("fi");
        } else {
            out.command(&call);
            self.notifications(row, out);
        }
    }
}

fn notifies_after(row: &OutlinedRow<'_>) -> bool {
    row.row.notifies.iter().any(|it| matches!(it.timing, Timing::Immediately | Timing::Delayed))
}

/// Whether the row's lines can stand in the script as they are.
fn is_simple(row: &OutlinedRow<'_>) -> bool {
    let is_after = |it: &Notification| matches!(it.timing, Timing::Immediately | Timing::Delayed);
    row.row.retries == 0 && !row.row.ignore_failure && row.row.notifies.iter().all(is_after)
}

/// The packages of a row that does nothing else, and that nothing is said of that matters to others.
fn packages_alone<'r>(row: &'r OutlinedRow<'_>) -> Option<&'r PortablePackages> {
    let is_plain = is_simple(row)
        && row.guards.is_empty()
        && row.never.is_none()
        && row.row.parent.is_none()
        && row.row.notifies.is_empty()
        && row.row.requires.is_empty();
    let [action] = row.actions.as_slice() else { return None };
    let [item] = action.items.as_slice() else { return None };
    match &item.what {
        Portable::Packages(packages) if is_plain && action.is_declared => {
            let is_joined = packages.version.is_none()
                && packages.file.is_none()
                && !matches!(packages.act, PackageAct::Hold | PackageAct::Unhold);
            is_joined.then_some(packages)
        }
        _ => None,
    }
}
