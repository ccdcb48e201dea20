//! Selects nodes by names, `@group`, patterns, and addresses.

use std::collections::{BTreeMap, BTreeSet};

use super::known::{Inventory, Node};
use crate::cookbook::near::these;
use crate::model::address::Address;
use crate::model::english::{nearest, one_line};
use crate::model::error::{Diagnostic, Diagnostics};
use crate::model::pattern::{is_pattern, matches};

impl Inventory {
    /// Finds the nodes for words from the command line, in the order of the words, each once. A word is a name, an
    /// `@group`, a pattern (`*` for any characters, `?` for one), an address, or several of these separated by commas.
    /// A word that is not in the inventory is an address: a plain name is an ssh host.
    ///
    /// # Errors
    /// All errors: an unknown group, a group or pattern without nodes, a word that is not a valid address.
    pub fn select<S: AsRef<str>>(&self, words: &[S]) -> Result<Vec<Node>, Diagnostics> {
        let by_address: BTreeMap<&Address, &Node> =
            self.nodes.values().map(|node| (&node.address, node)).collect();
        let mut chosen: Vec<Node> = Vec::new();
        let mut seen: BTreeSet<Address> = BTreeSet::new();
        let mut wrong = Vec::new();
        for word in words.iter().flat_map(|words| words.as_ref().split(',')) {
            match self.word(word.trim(), &by_address) {
                Ok(nodes) => {
                    chosen.extend(nodes.into_iter().filter(|node| seen.insert(node.address.clone())));
                }
                Err(mistake) => wrong.push(mistake),
            }
        }
        if wrong.is_empty() { Ok(chosen) } else { Err(Diagnostics(wrong)) }
    }

    fn word(&self, word: &str, by_address: &BTreeMap<&Address, &Node>) -> Result<Vec<Node>, Diagnostic> {
        if word.is_empty() {
            return Err(
                Diagnostic::error("a target has an empty name").hint("separate targets with single commas")
            );
        }
        if let Some(group) = word.strip_prefix('@') {
            return self.members(group);
        }
        if is_pattern(word) {
            return self.matching(word);
        }
        if let Some(node) = self.nodes.get(word) {
            return Ok(vec![node.clone()]);
        }
        if let Some(excluded) = word.strip_prefix('!') {
            return Err(self.excluding(excluded));
        }
        if word == "all" && !self.nodes.is_empty() {
            return Err(Diagnostic::error("no node is called `all`")
                .hint("`-t '*'` names all nodes, and `-t ssh://all` a host of that name"));
        }
        let address = Address::parse(word)?;
        // If a known node has this address, it is that node, with its attributes.
        Ok(vec![by_address.get(&address).map_or_else(|| stranger(word, &address), |node| (*node).clone())])
    }

    /// The error for excluding nodes with `!`, which is not supported. It suggests naming the remaining nodes.
    fn excluding(&self, excluded: &str) -> Diagnostic {
        let wrong =
            Diagnostic::error(format!("`!{}` excludes a target, which `-t` can't do", one_line(excluded)));
        let is_left = |node: &&Node| {
            let in_group =
                excluded.strip_prefix('@').is_some_and(|group| node.groups.iter().any(|own| own == group));
            !in_group && !matches(excluded, &node.name)
        };
        let left: Vec<&str> = self.nodes.values().filter(is_left).map(|node| node.name.as_str()).collect();
        let wrong = wrong.note("`-t` lists the targets to work on");
        if left.is_empty() || left.len() > 12 {
            return wrong.hint("list the targets that you want, or define a group: `groups/NAME.toml`");
        }
        wrong.hint(format!("list the others: `-t {}`", left.join(",")))
    }

    fn members(&self, group: &str) -> Result<Vec<Node>, Diagnostic> {
        let Some(members) = self.groups.get(group) else {
            return Err(self.no_group(group));
        };
        if members.is_empty() {
            return Err(Diagnostic::error(format!("the group `{group}` has no nodes")).hint(format!(
                "write `groups = [\"{group}\"]` in a node, or `nodes = [\"NAME\"]` in the group"
            )));
        }
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

    fn matching(&self, pattern: &str) -> Result<Vec<Node>, Diagnostic> {
        let found: Vec<Node> =
            self.nodes.values().filter(|node| matches(pattern, &node.name)).cloned().collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let wrong = Diagnostic::error(format!("no node matches `{}`", one_line(pattern)));
        Err(match self.near_pattern(pattern) {
            Some(near) => wrong.hint(format!("did you mean `{near}`?")),
            None => wrong.hint(self.known()),
        })
    }

    /// Suggests a pattern that matches: `web*` for `wbe*`.
    fn near_pattern(&self, pattern: &str) -> Option<String> {
        let stem = pattern.strip_suffix('*').filter(|stem| !is_pattern(stem) && !stem.is_empty())?;
        let beginnings: BTreeSet<&str> =
            self.nodes.keys().filter_map(|name| name.get(..stem.len())).collect();
        nearest(stem, beginnings).map(|near| format!("{near}*"))
    }
}

/// A machine that is not in the inventory.
fn stranger(word: &str, address: &Address) -> Node {
    Node {
        name: word.strip_prefix("ssh://").unwrap_or(word).to_owned(),
        address: address.clone(),
        r#become: None,
        engine: None,
        groups: Vec::new(),
        attributes: Vec::new(),
        location: None,
    }
}
