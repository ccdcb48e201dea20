//! Users and groups of the machine in memory, and the programs that change them.

use camino::Utf8Path;
use chefrs::model::query::{FileText, Group, User};

use super::Machine;

impl Machine {
    /// Makes a user with a group of the same name and number.
    pub(super) fn account(&mut self, name: &str, number: u32) {
        self.groups.insert(name.into(), Group { gid: number, members: Vec::new() });
        let user = User {
            uid: number,
            gid: number,
            group: name.into(),
            home: format!("/home/{name}"),
            shell: "/bin/sh".into(),
            password: Some("!".into()),
            ..User::default()
        };
        self.users.insert(name.into(), user);
    }

    /// The text of a file that lists accounts; nothing for any other.
    pub(super) fn account_file(&self, path: &Utf8Path) -> Option<FileText> {
        let lines: Vec<String> = match path.as_str() {
            "/etc/passwd" => {
                let line = |(name, user): (&String, &User)| {
                    format!("{name}:x:{}:{}::{}:{}\n", user.uid, user.gid, user.home, user.shell)
                };
                self.users.iter().map(line).collect()
            }
            "/etc/group" => {
                self.groups.iter().map(|(name, group)| format!("{name}:x:{}:\n", group.gid)).collect()
            }
            _ => return None,
        };
        Some(FileText::Text(lines.concat()))
    }

    /// Runs one of the programs that change accounts; its exit status.
    pub(super) fn change_accounts(&mut self, words: &[&str], input: Option<&str>) -> i32 {
        let Some((program, rest)) = words.split_first() else { return 2 };
        let name = rest.last().copied().unwrap_or_default().to_owned();
        let options = Options(&rest[..rest.len().saturating_sub(1)]);
        match *program {
            "useradd" => self.useradd(&name, &options),
            "usermod" => self.usermod(&name, &options),
            "userdel" => self.userdel(&name, &options),
            "groupadd" => {
                if self.groups.contains_key(&name) {
                    return 9;
                }
                let gid = match options.number("--gid") {
                    Some(gid) if self.groups.values().any(|group| group.gid == gid) => return 4,
                    Some(gid) => gid,
                    None => self.free_number(),
                };
                self.groups.insert(name, Group { gid, members: Vec::new() });
                0
            }
            "groupmod" => match (options.number("--gid"), self.groups.contains_key(&name)) {
                (Some(gid), true) if self.groups.values().any(|group| group.gid == gid) => 4,
                (Some(gid), true) => self.groups.get_mut(&name).map_or(6, |group| {
                    group.gid = gid;
                    0
                }),
                _ => 6,
            },
            "groupdel" => {
                if self.users.values().any(|user| user.group == name) {
                    return 8;
                }
                let was = self.groups.remove(&name);
                self.list_groups();
                if was.is_some() { 0 } else { 6 }
            }
            "chage" => self.chage(&name, &options),
            "gpasswd" => {
                let mut members: Vec<String> = options
                    .value("--members")
                    .unwrap_or_default()
                    .split(',')
                    .filter(|member| !member.is_empty())
                    .map(str::to_owned)
                    .collect();
                members.sort();
                if members.iter().any(|member| !self.users.contains_key(member)) {
                    return 3;
                }
                let Some(group) = self.groups.get_mut(&name) else { return 3 };
                group.members = members;
                self.list_groups();
                0
            }
            "chpasswd" => {
                let Some((name, hash)) = input.and_then(|line| line.trim().split_once(':')) else { return 1 };
                self.users.get_mut(name).map_or(1, |user| {
                    user.password = Some(hash.to_owned());
                    0
                })
            }
            _ => super::programs::NOT_FOUND,
        }
    }

    fn useradd(&mut self, name: &str, options: &Options<'_>) -> i32 {
        if self.users.contains_key(name) {
            return 9;
        }
        let uid = match options.number("--uid") {
            Some(uid) if self.users.values().any(|user| user.uid == uid) => return 4,
            Some(uid) => uid,
            None => self.free_number(),
        };
        if options.has("--user-group") && self.groups.contains_key(name) {
            return 9;
        }
        let group = match options.value("--gid") {
            None => {
                self.groups.insert(name.into(), Group { gid: uid, members: Vec::new() });
                name.to_owned()
            }
            Some(said) => match self.group_named(said) {
                Some(group) => group,
                None => return 6,
            },
        };
        let user = User {
            uid,
            gid: self.groups[&group].gid,
            group,
            comment: options.value("--comment").unwrap_or_default().to_owned(),
            home: options.value("--home-dir").map_or_else(|| format!("/home/{name}"), str::to_owned),
            shell: options.value("--shell").unwrap_or("/bin/sh").to_owned(),
            password: Some("!".into()),
            ..User::default()
        };
        if options.has("--create-home") {
            self.directory(&user.home);
        }
        if !options.groups().iter().all(|group| self.groups.contains_key(*group)) {
            return 6;
        }
        self.users.insert(name.into(), user);
        self.join(name, &options.groups());
        0
    }

    /// Sets the days of a password.
    fn chage(&mut self, name: &str, options: &Options<'_>) -> i32 {
        let Some(user) = self.users.get_mut(name) else { return 1 };
        let aging = &mut user.aging;
        let fields =
            [("--mindays", &mut aging.min), ("--maxdays", &mut aging.max), ("--warndays", &mut aging.warn)];
        for (option, field) in fields {
            if let Some(days) = options.value(option).and_then(|days| days.parse().ok()) {
                *field = Some(days).filter(|days| *days >= 0);
            }
        }
        0
    }

    /// Adds a user to groups.
    fn join(&mut self, name: &str, groups: &[&str]) {
        for group in groups {
            if let Some(group) = self.groups.get_mut(*group)
                && !group.members.iter().any(|member| member == name)
            {
                group.members.push(name.to_owned());
                group.members.sort();
            }
        }
        self.list_groups();
    }

    /// Lists the groups of each user, which their members say.
    fn list_groups(&mut self) {
        for (name, user) in &mut self.users {
            let has = |(_, group): &(&String, &Group)| group.members.contains(name);
            user.groups = self.groups.iter().filter(has).map(|(group, _)| group.clone()).collect();
        }
    }

    fn usermod(&mut self, name: &str, options: &Options<'_>) -> i32 {
        let group = match options.value("--gid").map(|said| self.group_named(said)) {
            Some(None) => return 6,
            group => group.flatten(),
        };
        let taken = |uid: &u32| self.users.iter().any(|(other, user)| other != name && user.uid == *uid);
        if options.number("--uid").is_some_and(|uid| taken(&uid)) {
            return 4;
        }
        if !options.groups().iter().all(|group| self.groups.contains_key(*group)) {
            return 6;
        }
        if options.has("--groups") && self.users.contains_key(name) {
            if !options.has("--append") {
                self.groups.values_mut().for_each(|group| group.members.retain(|member| member != name));
            }
            self.join(name, &options.groups());
        }
        let gid = group.as_ref().map(|group| self.groups[group].gid);
        let Some(user) = self.users.get_mut(name) else { return 6 };
        if let (Some(group), Some(gid)) = (group, gid) {
            (user.group, user.gid) = (group, gid);
        }
        user.uid = options.number("--uid").unwrap_or(user.uid);
        for (option, field) in
            [("--comment", &mut user.comment), ("--home", &mut user.home), ("--shell", &mut user.shell)]
        {
            if let Some(value) = options.value(option) {
                value.clone_into(field);
            }
        }
        let hash = user.password.clone().unwrap_or_default();
        if options.has("--lock") && !hash.starts_with('!') {
            user.password = Some(format!("!{hash}"));
        }
        if options.has("--unlock") {
            user.password = hash.strip_prefix('!').map(str::to_owned).or(user.password.take());
        }
        0
    }

    fn userdel(&mut self, name: &str, options: &Options<'_>) -> i32 {
        let Some(user) = self.users.remove(name) else { return 6 };
        if self.groups.get(name).is_some_and(|group| group.members.is_empty())
            && !self.users.values().any(|other| other.group == name)
        {
            self.groups.remove(name);
        }
        for group in self.groups.values_mut() {
            group.members.retain(|member| member != name);
        }
        if options.has("--remove") {
            self.remove(user.home.as_str().into());
        }
        0
    }

    fn group_named(&self, said: &str) -> Option<String> {
        let number = said.parse::<u32>().ok();
        let found = self.groups.iter().find(|(name, group)| *name == said || Some(group.gid) == number);
        found.map(|(name, _)| name.clone())
    }

    fn free_number(&self) -> u32 {
        let taken = |number: &u32| {
            self.users.values().any(|user| user.uid == *number)
                || self.groups.values().any(|group| group.gid == *number)
        };
        (1000..2000).find(|number| !taken(number)).unwrap_or_default()
    }
}

/// Options of a command, without what they are about.
struct Options<'a>(&'a [&'a str]);

impl Options<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }

    fn value(&self, name: &str) -> Option<&str> {
        let at = self.0.iter().position(|word| *word == name)?;
        self.0.get(at + 1).copied()
    }

    /// The groups of `--groups`.
    fn groups(&self) -> Vec<&str> {
        let said = self.value("--groups").unwrap_or_default();
        said.split(',').filter(|group| !group.is_empty()).collect()
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.value(name)?.parse().ok()
    }
}
