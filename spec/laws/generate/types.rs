//! Rows of every type, and those that run commands.

use super::Generator;
use crate::laws::item::{Item, quoted};

impl Generator {
    pub(super) fn of_some_type(&mut self) -> Option<Item> {
        match self.random.below(52) {
            0..=3 => self.file(),
            4 | 5 => self.directory(),
            6 => self.cookbook_file(),
            7 => self.template(),
            8 => self.remote_directory(),
            9 => self.link(),
            10..=13 => Some(self.execute()),
            14..=16 => self.package(),
            17 => Some(self.waiting()),
            18 | 19 => self.service(),
            20 => self.systemd_unit(),
            21 => self.user(),
            22 => self.group(),
            23 => self.cron(),
            24 => self.sysctl(),
            25 => Some(super::system::http_check()),
            26 => self.remote_file(),
            27 => self.archive_file(),
            28 => self.git(),
            29 => self.python_venv(),
            30 => self.line(),
            31 => self.block(),
            32 => self.edit(),
            33..=35 => self.part(),
            36 => self.hostname(),
            37 => self.timezone(),
            38 => self.locale(),
            39 => self.kernel_module(),
            40 => self.swap_file(),
            41 | 42 => self.mount(),
            43 => self.timer(),
            44 => self.firewall_rule(),
            45 => self.sudo(),
            46 => self.alternatives(),
            47 => self.apt_repository(),
            48 => self.foreign_repository(),
            49 | 50 => self.of_language(),
            _ => self.reboot(),
        }
    }

    /// What commands make no resource manages: guards, deferred values and `creates` look at it, and other commands. Some
    /// are scripts.
    fn execute(&mut self) -> Item {
        let number = self.next_number();
        let mut item = self.command(number);
        if number.is_multiple_of(4) && !item.waits() {
            "script".clone_into(&mut item.r#type);
            for (name, _) in item.properties.iter_mut().filter(|(name, _)| name == "command") {
                "code".clone_into(name);
            }
        }
        item
    }

    fn command(&mut self, number: usize) -> Item {
        let path = format!("/run/made{number}");
        let item = Item::new("execute", &format!("e{number}"));
        let touch = format!("\"touch {path}\"");
        let said = format!("\"echo x >>{path}\"");
        match self.random.below(12) {
            0..=2 => {
                self.made.push(path.clone());
                item.with("command", touch).with("creates", quoted(&path))
            }
            3..=5 => {
                self.made.push(path.clone());
                item.with("command", said).with("not_if", format!("\"test -e {path}\""))
            }
            6 => {
                self.made.push(path.clone());
                item.with("command", touch).with("not_if", format!("exists \"{path}\""))
            }
            // Fails, and a second time too.
            7 => item.with("command", self.random.pick(&["\"false\"", "\"exit 3\""])),
            // Fails unless something came first.
            8 if !self.made.is_empty() => {
                let other = self.made[self.random.below(self.made.len())].clone();
                self.made.push(path.clone());
                let command = format!("\"test -e {other} && touch {path}\"");
                item.with("command", command).with("creates", quoted(&path))
            }
            9 | 10 if !self.tidy => item.with("command", said),
            11 if !self.tidy => item.with("command", "\"tool --run\"").with("only_if", "\"tool --check\""),
            _ => self.waiting(),
        }
    }

    /// Waits for a notification.
    fn waiting(&mut self) -> Item {
        let number = self.next_number();
        let command = match self.random.below(10) {
            0 => "\"exit 4\"".to_owned(),
            _ => format!("\"echo line >>/var/log/w{number}\""),
        };
        let item = Item::new("execute", &format!("w{number}")).with("command", command).action("nothing");
        self.targets.push((item.id(), "run"));
        item
    }
}
