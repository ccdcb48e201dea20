//! Random cookbooks: a few resources of every type that get in each other's way, on a machine where much is there already.

mod boot;
mod circles;
mod files;
mod guards;
mod parts;
mod sources;
mod stories;
mod system;
mod types;

use std::collections::BTreeSet;

use super::item::{Cookbook, Item, Notification};
use super::random::Random;

/// Custom resources around a row at most.
const DEEPEST: usize = 3;

/// Seeds from here on are of cookbooks that begin with old lists of packages and read them anew: what a source offers is
/// known before, and is something else afterwards.
pub const OLD_LISTS: u64 = 1_000_000;

/// The cookbook of a seed. Every second one comes to rest.
pub fn cookbook(seed: u64) -> Cookbook {
    if seed >= OLD_LISTS {
        return old_lists(seed);
    }
    let mut random = Random::new(seed);
    let machine = random.number() % 84;
    let tidy = seed.is_multiple_of(2);
    let mut generator = Generator::new(random, tidy);
    let mut items = Vec::new();
    if generator.random.percent(35) {
        items.push(generator.lists());
    }
    let rows = 3 + generator.random.below(9);
    while items.len() < rows {
        generator.more(&mut items, 0);
    }
    generator.notifications(&mut items);
    Cookbook { machine, tidy, items: circles::untangled(items) }
}

fn old_lists(seed: u64) -> Cookbook {
    let mut random = Random::new(seed);
    // Of three machines one has fresh lists.
    let machine = 3 * (random.number() % 28) + 1 + random.number() % 2;
    let tidy = seed.is_multiple_of(2);
    let mut generator = Generator::new(random, tidy);
    generator.claim("lists");
    let mut items = vec![generator.lists()];
    while items.len() < 4 {
        let rows = generator.versions();
        items.extend(generator.told(rows));
    }
    Cookbook { machine, tidy, items: circles::untangled(items) }
}

/// What is on the way.
struct Generator {
    random: Random,
    tidy: bool,
    /// What a declaration has been made of already: `file /srv/a`.
    claimed: BTreeSet<String>,
    /// Paths that commands make which come first.
    made: Vec<String>,
    /// What can be notified, and with which action.
    targets: Vec<(String, &'static str)>,
    customs: usize,
    numbers: usize,
}

impl Generator {
    fn new(random: Random, tidy: bool) -> Self {
        Self {
            random,
            tidy,
            claimed: BTreeSet::new(),
            made: Vec::new(),
            targets: Vec::new(),
            customs: 0,
            numbers: 0,
        }
    }

    /// A custom resource, a story or a row.
    fn more(&mut self, items: &mut Vec<Item>, depth: usize) {
        match self.random.below(100) {
            0..20 if depth < DEEPEST => items.extend(self.custom(depth)),
            20..45 => items.extend(self.story()),
            _ => items.extend(self.row()),
        }
    }

    /// A row, with guards and the rest; nothing where chance took what is taken already.
    fn row(&mut self) -> Option<Item> {
        let made = self.made.len();
        let row = self.of_some_type()?;
        // What a command makes behind a guard of its own is no guard for itself.
        let own = self.made.split_off(made);
        let row = self.surrounded(row);
        self.made.extend(own);
        Some(row)
    }

    /// Whether a thing is still free; in a cookbook that comes to rest it is then taken.
    fn claim(&mut self, what: &str) -> bool {
        !self.tidy || self.claimed.insert(what.to_owned())
    }

    fn next_number(&mut self) -> usize {
        self.numbers += 1;
        self.numbers
    }

    /// What makes a row fail, fail again, or be looked at through guards.
    fn surrounded(&mut self, mut row: Item) -> Item {
        if !row.waits() && self.random.percent(35) {
            let (guard, value) = self.guard();
            row = row.with(guard, value);
        }
        if self.random.percent(8) {
            row = row.with("retries", "1").with("retry_delay", "0");
        }
        if self.random.percent(15) {
            row = row.with("ignore_failure", "true");
        }
        if self.random.percent(8) {
            row = row.with("sensitive", "true");
        }
        row
    }

    /// A custom resource with rows in one action or two, which may hold another.
    fn custom(&mut self, depth: usize) -> Option<Item> {
        self.customs += 1;
        let number = self.customs;
        let mut item = Item::new(&format!("c{number}"), &format!("n{number}"));
        let waits = self.random.percent(25);
        let (outside, made) = (self.targets.len(), self.made.len());
        let actions: &[&str] = if self.random.percent(30) { &["go", "also"] } else { &["go"] };
        for action in actions {
            let mut rows: Vec<Item> = Vec::new();
            // The same name in several actions is a resource for each of them.
            if self.random.percent(30) {
                let line = format!("\"echo {action}{number} >>/var/log/{action}{number}\"");
                rows.push(Item::new("execute", "inner").with("command", line).action("nothing"));
            }
            let inner = rows.len();
            for _ in 0..=self.random.below(3) {
                self.more(&mut rows, depth + 1);
            }
            if inner == 1 {
                for row in rows.iter_mut().skip(1).filter(|row| !row.waits()) {
                    row.notifies.push(Notification::new("run", "execute[inner]"));
                }
            }
            // What is declared here is known here alone.
            self.notifications(&mut rows);
            self.targets.truncate(outside);
            if rows.len() == inner {
                return None;
            }
            item.inside.push(((*action).to_owned(), rows));
        }
        if waits {
            // Nobody knows when it will make what it makes.
            self.made.truncate(made);
            item = item.action("nothing");
            self.targets.extend(actions.iter().map(|action| (item.id(), *action)));
            return Some(item);
        }
        // What is made inside is nothing to look at from outside: it depends on that.
        let own = self.made.split_off(made);
        if actions.len() > 1 && self.random.percent(40) {
            item = item.with("action", "{ \"go\", \"also\" }");
        }
        let item = self.surrounded(item);
        self.made.extend(own);
        Some(item)
    }

    /// Lets some rows notify others.
    fn notifications(&mut self, items: &mut [Item]) {
        if self.targets.is_empty() {
            return;
        }
        for item in items {
            if item.waits() || !self.random.percent(45) {
                continue;
            }
            for _ in 0..=self.random.below(2) {
                let (to, action) = self.targets[self.random.below(self.targets.len())].clone();
                let timing = self.random.pick(&["", "immediately", "before", "delayed"]);
                let skips = self.random.percent(8);
                let notification = Notification { timing, skips, ..Notification::new(action, to) };
                if notification.to != item.id() && !item.notifies.contains(&notification) {
                    item.notifies.push(notification);
                }
            }
        }
    }
}
