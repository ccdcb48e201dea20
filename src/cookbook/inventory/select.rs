//! Finds the nodes that the words of `-t` name.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::{Item, item};
use super::known::{Inventory, Node};
use crate::cookbook::near::these;
use crate::model::address::Address;
use crate::model::english::{count, list, nearest, one_line};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::pattern::{is_pattern, matches};
use crate::model::sorted;

impl Inventory {
    /// Finds the nodes for words of the command line, in the order of the words, each once. See
    /// [`SELECTION_FORMS`](super::SELECTION_FORMS) for the forms. A word that is not in the inventory is an address: a
    /// plain name is an ssh host.
    ///
    /// # Errors
    /// All errors: an unknown group, words that choose nothing, a word that is not a valid address.
    pub fn select<S: AsRef<str>>(&self, words: &[S]) -> Result<Vec<Node>, Diagnostics> {
        let selecting = Selecting {
            inventory: self,
            by_address: sorted::collected(self.nodes.values().map(|node| (&node.address, node))),
        };
        let mut chosen: Vec<Node> = Vec::new();
        let mut seen: BTreeSet<Address> = BTreeSet::new();
        let mut wrong = Vec::new();
        let mut without = Vec::new();
        for written in words.iter().flat_map(|words| words.as_ref().split(',')) {
            let found = match item(written) {
                Ok(Item::One(word)) => selecting.word(word),
                Ok(Item::All { first, others }) => selecting.all_of(first, &others),
                Ok(Item::Without(word)) => {
                    without.push(word);
                    continue;
                }
                Err(mistake) => Err(mistake),
            };
            match found {
                Ok(nodes) => {
                    chosen.extend(nodes.into_iter().filter(|node| seen.insert(node.address.clone())));
                }
                Err(mistake) => wrong.push(mistake),
            }
        }
        let all: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        if chosen.is_empty() && wrong.is_empty() && !without.is_empty() {
            wrong.push(only_excludes(&all.join(",")));
        }
        let chose = chosen.len();
        for word in without {
            match selecting.excluded(word, &chosen) {
                Ok(excluded) => chosen.retain(|node| !excluded.contains(&node.address)),
                Err(mistake) => wrong.push(mistake),
            }
        }
        if chosen.is_empty() && chose > 0 && wrong.is_empty() {
            let message = format!("`{}` leaves no target", one_line(&all.join(",")));
            wrong.push(
                Diagnostic::error(message)
                    .note(format!("it chooses {}, and leaves out as many", count(chose, "target"))),
            );
        }
        if wrong.is_empty() { Ok(chosen) } else { Err(Diagnostics(wrong)) }
    }
}

/// The error for words that all begin with `!`.
fn only_excludes(words: &str) -> Diagnostic {
    let words = one_line(words);
    Diagnostic::error(format!("`{words}` says only what to leave out"))
        .hint(format!("all other nodes are `-t '*,{words}'`"))
}

/// The evaluation of words.
struct Selecting<'a> {
    inventory: &'a Inventory,
    by_address: BTreeMap<&'a Address, &'a Node>,
}

impl Selecting<'_> {
    fn word(&self, word: &str) -> Result<Vec<Node>, Diagnostic> {
        if let Some(found) = self.known(word) {
            return found;
        }
        if word == "all" && !self.inventory.nodes.is_empty() {
            return Err(Diagnostic::error("no node is called `all`")
                .hint("`-t '*'` names all nodes, and `-t ssh://all` a host of that name"));
        }
        let address = Address::parse(word)?;
        Ok(vec![self.at(&address).cloned().unwrap_or_else(|| stranger(word, &address))])
    }

    /// The nodes of a group, a pattern or a name. None for other words.
    fn known(&self, word: &str) -> Option<Result<Vec<Node>, Diagnostic>> {
        if let Some(group) = word.strip_prefix('@') {
            return Some(match self.inventory.members(group) {
                Ok(members) if members.is_empty() => Err(empty(group)),
                members => members,
            });
        }
        if is_pattern(word) {
            let found = self.inventory.matching(word);
            return Some(if found.is_empty() { Err(self.inventory.unmatched(word)) } else { Ok(found) });
        }
        self.inventory.nodes.get(word).map(|node| Ok(vec![node.clone()]))
    }

    /// The node with this address. It is that node, with its attributes.
    fn at(&self, address: &Address) -> Option<&Node> {
        self.by_address.get(address).copied()
    }

    /// The nodes of a word that stands beside `&`, where only nodes of the inventory make sense.
    fn node_of(&self, word: &str) -> Result<Vec<Node>, Diagnostic> {
        if let Some(found) = self.known(word) {
            return found;
        }
        match Address::parse(word).ok().as_ref().and_then(|address| self.at(address)) {
            Some(node) => Ok(vec![node.clone()]),
            None => self.inventory.node(word).map(|node| vec![node.clone()]),
        }
    }

    /// The nodes that are in all of these, and in none behind a `!`.
    fn all_of(&self, first: &str, others: &[(bool, &str)]) -> Result<Vec<Node>, Diagnostic> {
        let mut left = self.node_of(first)?;
        for (is_without, word) in others {
            if *is_without {
                let excluded = self.excluded(word, &[])?;
                left.retain(|node| !excluded.contains(&node.address));
            } else {
                let named: BTreeSet<Address> =
                    sorted::collected(self.node_of(word)?.into_iter().map(|node| node.address));
                left.retain(|node| named.contains(&node.address));
            }
        }
        if left.is_empty() {
            let rest: Vec<String> = others
                .iter()
                .map(|(is_without, word)| {
                    format!("{}in `{}`", if *is_without { "not " } else { "" }, one_line(word))
                })
                .collect();
            let message = format!("no node is in `{}` and {}", one_line(first), list(&rest, "and"));
            let mut wrong = Diagnostic::error(message);
            for word in std::iter::once(first).chain(others.iter().map(|(_, word)| *word)) {
                let nodes = self.node_of(word).unwrap_or_default();
                let names: Vec<String> = nodes.into_iter().map(|node| node.name).collect();
                // That a node is itself says nothing.
                if let Some(these) = these(names.iter()).filter(|_| names != [word]) {
                    wrong = wrong.note(format!("`{}` is {these}", one_line(word)));
                }
            }
            return Err(wrong);
        }
        Ok(left)
    }

    /// The addresses of what a word behind `!` leaves out. `chosen` may have machines that are not in the inventory.
    fn excluded(&self, word: &str, chosen: &[Node]) -> Result<BTreeSet<Address>, Diagnostic> {
        let found = match word.strip_prefix('@') {
            // A group may have no nodes today.
            Some(group) => self.inventory.members(group),
            None => match Address::parse(word) {
                Ok(address) if chosen.iter().any(|node| node.address == address) => {
                    return Ok(sorted::collected([address]));
                }
                _ => self.node_of(word),
            },
        };
        let note = format!("`!{}` leaves it out", one_line(word));
        Ok(sorted::collected(found.map_err(|wrong| wrong.note(note))?.into_iter().map(|node| node.address)))
    }
}

impl Inventory {
    pub(super) fn members(&self, group: &str) -> Result<Vec<Node>, Diagnostic> {
        let Some(members) = self.groups.get(group) else {
            return Err(self.no_group(group));
        };
        Ok(members.iter().filter_map(|name| self.nodes.get(name)).cloned().collect())
    }

    fn no_group(&self, group: &str) -> Diagnostic {
        let wrong = Diagnostic::error(format!("there is no group `{}`", one_line(group)));
        if self.nodes.contains_key(group) {
            return wrong.hint(format!("`{group}` is a node: write it without the `@`"));
        }
        if let Some(near) = nearest(group, self.groups()) {
            return wrong.hint(format!("did you mean `@{near}`?"));
        }
        if group == "all" {
            return wrong.hint("`-t '*'` names all nodes");
        }
        match these(self.groups.keys()) {
            Some(these) => wrong.hint(format!("there is {these}")),
            None => wrong.hint("there are no groups yet: one is a file, `groups/NAME.toml`"),
        }
    }

    pub(super) fn matching(&self, pattern: &str) -> Vec<Node> {
        self.nodes.values().filter(|node| matches(pattern, &node.name)).cloned().collect()
    }

    fn unmatched(&self, pattern: &str) -> Diagnostic {
        let wrong = Diagnostic::error(format!("no node matches `{}`", one_line(pattern)));
        match self.near_pattern(pattern) {
            Some(near) => wrong.hint(format!("did you mean `{near}`?")),
            None => wrong.hint(self.known()),
        }
    }

    /// Suggests a pattern that matches: `web*` for `wbe*`.
    fn near_pattern(&self, pattern: &str) -> Option<String> {
        let stem = pattern.strip_suffix('*').filter(|stem| !is_pattern(stem) && !stem.is_empty())?;
        let beginnings: BTreeSet<&str> =
            self.nodes.keys().filter_map(|name| name.get(..stem.len())).collect();
        nearest(stem, beginnings).map(|near| format!("{near}*"))
    }
}

/// The error for a group without nodes.
fn empty(group: &str) -> Diagnostic {
    Diagnostic::error(format!("the group `{group}` has no nodes"))
        .hint(format!("write `groups = [\"{group}\"]` in a node, or `nodes = [\"NAME\"]` in the group"))
}

/// A machine that is not in the inventory.
fn stranger(word: &str, address: &Address) -> Node {
    Node {
        name: word.strip_prefix("ssh://").unwrap_or(word).to_owned(),
        address: address.clone(),
        r#become: None,
        engine: None,
        groups: Vec::new(),
        run_list: Vec::new(),
        attributes: Vec::new(),
        location: None,
    }
}
