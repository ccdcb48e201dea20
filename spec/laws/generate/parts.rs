//! Rows that care for a part of something: a line of an account, a piece of a file, a value behind commands, a text.

use super::Generator;
use crate::laws::item::{Item, quoted};

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAbYrgkJTZ7LGLvpyXcnvhbBTcPyG3QC/qnKJbqXUO9L";

impl Generator {
    pub(super) fn part(&mut self) -> Option<Item> {
        match self.random.below(8) {
            0 | 1 => Some(self.message()),
            2 => self.limit(),
            3 => self.key(),
            4 => self.known_host(),
            5 => self.preference(),
            6 => Some(self.setting()),
            _ => Some(self.wait_for()),
        }
    }

    fn message(&mut self) -> Item {
        let number = self.next_number();
        let item = Item::new("message", &format!("m{number}"));
        match self.random.below(4) {
            0 => item.with("level", "\"warn\""),
            1 if !self.tidy => item.with("count_as_updated", "true"),
            2 => {
                self.targets.push((item.id(), "write"));
                item.action("nothing")
            }
            _ => item,
        }
    }

    fn limit(&mut self) -> Option<Item> {
        let value = self.random.pick(&["1024", "{ soft = 1024, hard = 4096 }"]);
        let item = Item::new("limit", "deploy").with("limits", format!("{{ nofile = {value} }}"));
        let item = if !self.tidy && self.random.percent(20) {
            Item::new("limit", "deploy").action("delete")
        } else {
            item
        };
        self.claim("limit").then_some(item)
    }

    fn key(&mut self) -> Option<Item> {
        let user = self.random.pick(&["root", "ada", "deploy"]);
        let item = Item::new("authorized_key", user).with("key", quoted(KEY));
        let item = if !self.tidy && self.random.percent(20) { item.action("remove") } else { item };
        self.claim(&format!("key {user}")).then_some(item)
    }

    fn known_host(&mut self) -> Option<Item> {
        let port = self.random.pick(&["22", "2222"]);
        let item = Item::new("ssh_known_host", "web.test").with("key", quoted(KEY)).with("port", port);
        self.claim(&format!("known {port}")).then_some(item)
    }

    fn preference(&mut self) -> Option<Item> {
        let priority = self.random.pick(&["700", "-1"]);
        let item = Item::new("apt_preference", "tool")
            .with("pin", "\"release a=stable\"")
            .with("pin_priority", priority);
        self.claim("preference").then_some(item)
    }

    /// A value that one command prints and another one sets.
    fn setting(&mut self) -> Item {
        let number = self.next_number();
        let path = format!("/run/value{number}");
        let value = self.random.pick(&["one", "two"]);
        let item = Item::new("setting", &format!("v{number}"))
            .with("get", format!("\"cat {path} || true\""))
            .with("value", quoted(value))
            .with("set", format!("\"echo {value} >>{path}\""));
        self.made.push(path);
        item
    }

    fn wait_for(&mut self) -> Item {
        let number = self.next_number();
        let path = self.path_to_look_at();
        Item::new("wait_for", &format!("l{number}")).with("path", quoted(&path)).with("timeout", "1")
    }
}
