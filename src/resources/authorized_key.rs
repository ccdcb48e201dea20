//! `authorized_key`: keys with which a user may log in.

use camino::{Utf8Path, Utf8PathBuf};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::capability::NeededRights;
use crate::model::change::{Change, Reach};
use crate::model::content::{AbsolutePath, Strings};
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, script};
use crate::model::query::{self, Answer, BY_GROUP, BY_OTHERS, FileKind, Query, Stat};
use crate::model::step::{Attributes, Step};
use crate::provider::accounts::{check_name, is_missing};
use crate::provider::edited_file::EditedFile;
use crate::provider::{Action, Provider, action, at_path, ownership};

use key_line::DeclaredKey;

mod edit;
mod edit_script;
mod key_line;

/// Keys with which a user may log in over SSH.
///
/// Keys are compared by their base64 part. Other lines of the file stay as they are, byte for byte. The directory `.ssh` and
/// the file are made if they are missing, and get back the owner and the permissions that sshd wants. Links in the home
/// directory are not followed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorizedKeys {
    /// The user who may log in.
    user: String,
    /// The public key, or a list of them: `"ssh-ed25519 AAAAC3Nza… ada@laptop"`, as in a file that ends with `.pub`. Options
    /// may be ahead of a key, as in authorized_keys(5). The base64 part alone is enough.
    key: Strings,
    /// Options of the keys, such as `{ "restrict", "command=\"/usr/bin/backup\"" }`. An empty list removes them. Default: those
    /// in `key`, or else they stay as they are.
    options: Option<Strings>,
    /// Comment of the keys. Default: the one in `key`, or else it stays as it is.
    comment: Option<String>,
    /// Whether all other keys are removed from the file. Then `key` is the whole list of the user's keys.
    #[serde(default)]
    exclusive: bool,
    /// The file, if sshd reads another one. Its directory must exist. Outside of the home directory it belongs to root, and
    /// everybody may read it. Default: `.ssh/authorized_keys` in the home directory.
    path: Option<AbsolutePath>,
    /// Number of old versions of the file to keep, in the state directory of chefrs. Default: 5.
    backup: Option<u32>,
}

/// The file, and the directory that is made for it.
struct KeyFile {
    path: Utf8PathBuf,
    /// The directory `.ssh`, unless the file is declared.
    directory: Option<Utf8PathBuf>,
    /// Owner and mode of a new file.
    attributes: Attributes,
}

impl AuthorizedKeys {
    /// The declared keys.
    fn keys(&self) -> Result<Vec<DeclaredKey>, Failure> {
        let lines = self.key.0.iter().flat_map(|text| text.lines()).map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut keys: Vec<DeclaredKey> = Vec::new();
        for line in lines {
            let mut key = DeclaredKey::parse(line)?;
            if let Some(options) = &self.options {
                key.options = Some(options.0.join(","));
            }
            key.comment = self.comment.clone().or(key.comment);
            if keys.iter().any(|other| other.base64 == key.base64) {
                return Err(Failure::new(format!("the same key is in `key` twice: {line}")));
            }
            keys.push(key);
        }
        if keys.is_empty() && !self.exclusive {
            return Err(Failure::new("`key` has no key in it")
                .hint("an empty list goes with `exclusive = true`: then the user has no keys"));
        }
        Ok(keys)
    }

    fn file(&self, user: &query::User) -> Result<KeyFile, Failure> {
        let home = Utf8Path::new(user.home.trim_end_matches('/'));
        let hers = |mode| Attributes {
            owner: Some(self.user.clone()),
            group: Some(user.group.clone()),
            mode: Some(mode),
        };
        if let Some(path) = &self.path {
            let root = || Some("root".to_owned());
            let attributes = if home.is_absolute() && path.starts_with(home) {
                hers(0o600)
            } else {
                Attributes { owner: root(), group: root(), mode: Some(0o644) }
            };
            return Ok(KeyFile { path: path.to_path_buf(), directory: None, attributes });
        }
        if !home.is_absolute() || home == "/nonexistent" {
            return Err(Failure::impossible(format!(
                "the user `{}` has no home directory for keys: it is `{}`",
                self.user, user.home
            ))
            .hint("give the user a `home`, or say which file sshd reads: path = \"…\""));
        }
        let directory = home.join(".ssh");
        Ok(KeyFile {
            path: directory.join("authorized_keys"),
            directory: Some(directory),
            attributes: hers(0o600),
        })
    }

    /// The directory `.ssh`: made if it is missing, and mended if sshd would not read the file in it. Whether it is made.
    fn plan_directory(
        &self,
        path: &Utf8Path,
        file: &KeyFile,
        known: &Known,
        changes: &mut Vec<Change>,
    ) -> Result<bool, Stop> {
        let wanted = Attributes { mode: Some(0o700), ..file.attributes.clone() };
        let Some(stat) = at_path::directory(path, known)? else {
            let home = path.parent().unwrap_or(path);
            if is_missing(known.resolve(home))? {
                return Err(Failure::new(format!("the home directory `{home}` is not there"))
                    .hint(format!(
                        "declare it before this resource: user \"{}\" {{ manage_home = true }}",
                        self.user
                    ))
                    .into());
            }
            let step =
                Step::MakeDirectory { path: path.to_owned(), attributes: wanted.clone(), parents: false };
            let stat = at_path::stat(FileKind::Directory, &self.user, &wanted);
            let summary = format!("create directory {path}{}", ownership::describe(&wanted));
            let change = at_path::with_stat(Change::new(summary, step), path, Some(&stat));
            changes.push(change.then(Query::List(path.to_owned()), Answer::List(Some(Vec::new()))));
            return Ok(true);
        };
        if self.is_refused(stat) {
            changes.extend(ownership::plan(path, stat, &wanted).map(|change| Change {
                summary: format!("{} of {path}, which sshd would refuse", change.summary),
                ..change
            }));
        }
        Ok(false)
    }

    /// Whether sshd with its usual `StrictModes` would not read a file because of its owner or mode.
    fn is_refused(&self, stat: &Stat) -> bool {
        let is_foreign = stat.uid != 0 && stat.owner != self.user;
        is_foreign || stat.mode & (BY_GROUP | BY_OTHERS) != 0
    }

    fn edited(&self, path: &Utf8Path) -> EditedFile {
        EditedFile { backup: self.backup, ..EditedFile::new(path) }
    }

    /// The account, if it is there.
    fn account<'a>(&self, known: &'a Known) -> Result<Option<&'a query::User>, Stop> {
        known.want([Query::Host, Query::User(self.user.clone())])?;
        known.user(&self.user)
    }

    /// What has to be known of the file and its directory.
    fn ask(&self, file: &KeyFile) -> Vec<Query> {
        let mut queries = self.edited(&file.path).observe();
        if let Some(directory) = &file.directory {
            queries.push(Query::Stat(directory.clone()));
            queries.extend(directory.parent().map(|home| Query::Resolve(home.to_owned())));
        }
        queries
    }

    fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let Some(user) = self.account(known)? else {
            return Err(Failure::new(format!("there is no user `{}`", self.user))
                .hint(format!("declare it before this resource: user \"{}\"", self.user))
                .into());
        };
        let (keys, file) = (self.keys()?, self.file(user)?);
        known.want(self.ask(&file))?;
        let mut changes = Vec::new();
        let is_made = match &file.directory {
            Some(directory) => self.plan_directory(directory, &file, known, &mut changes)?,
            None => false,
        };
        let is_refused = match at_path::file(&file.path, known)? {
            Some(stat) => self.is_refused(stat),
            None => true,
        };
        let edited = EditedFile {
            makes: true,
            in_new_directory: is_made,
            attributes: if is_refused { file.attributes } else { Attributes::default() },
            ..self.edited(&file.path)
        };
        changes.extend(edited.plan(known, |text| Ok(edit::with(text, &keys, self.exclusive)))?);
        Ok(changes.into_iter().map(|change| change.reaching(Reach::Told)).collect())
    }

    fn plan_remove(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        let Some(user) = self.account(known)? else { return Ok(Vec::new()) };
        let (keys, file) = (self.keys()?, self.file(user)?);
        self.edited(&file.path).plan_removal(known, |text| Ok(edit::without(text, &keys)))
    }
}

impl Provider for AuthorizedKeys {
    const NAME: &'static str = "authorized_key";
    const ACTIONS: &'static [Action] = &[
        action("create", "Adds the keys that are missing, and sets options and comments that are declared."),
        action("remove", "Removes the keys."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("user");
    const PARTS: &'static [&'static str] = &["key", "path"];
    const PLAN: &'static str = "Complete: the change of the file is shown as a diff.";
    const PLATFORMS: &'static str = "Any Linux with OpenSSH.";
    const EXAMPLE: &'static str = r#"
user "ada" { manage_home = true }

authorized_key "ada" {
  key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@laptop",
}
"#;

    fn check(&self, _action: &str) -> Result<(), Failure> {
        check_name("user", &self.user)?;
        self.keys()?;
        for option in self.options.iter().flat_map(|options| &options.0) {
            if !key_line::is_options(option) {
                return Err(Failure::new(format!("`{}` can't be an option of a key", option.escape_debug()))
                    .hint("blanks stand between double quotes: command=\"/usr/bin/backup --all\""));
            }
        }
        if self.comment.as_ref().is_some_and(|comment| comment.contains(char::is_control)) {
            return Err(Failure::new("`comment` has a line break or a control character in it"));
        }
        Ok(())
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.system(format!("login/{}", self.user));
        match &self.path {
            Some(path) => needs.file(&**path),
            None => needs.elsewhere(),
        }
    }

    fn observe(&self, _action: &str) -> Vec<Query> {
        let mut queries = vec![Query::Host, Query::User(self.user.clone())];
        // Mostly this is the home directory, and then there is nothing more to ask.
        let home = if self.user == "root" { "/root".to_owned() } else { format!("/home/{}", self.user) };
        let user = query::User { home, group: self.user.clone(), ..query::User::default() };
        queries.extend(self.file(&user).map(|file| self.ask(&file)).unwrap_or_default());
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let keys = self.keys()?;
        let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
        let lines = keys
            .iter()
            .map(|key| [key.kind.clone(), key.base64.clone(), part(&key.options), part(&key.comment)]);
        let lines: Vec<String> = lines.map(|parts| parts.join("\t")).collect();
        let flag = |is_set: bool| if is_set { "yes" } else { "" };
        let path = self.path.as_ref().map_or("", |path| path.as_str());
        let is_removal = action == "remove";
        let exclusive = flag(self.exclusive && !is_removal);
        let arguments = [&self.user, path, exclusive, &lines.join("\n"), flag(is_removal)];
        let text = |end: &str| format!("{}{end}", edit_script::FIND);
        into.add(Portable::Command(PortableCommand::unless(
            script("has_keys", &text(edit_script::LOOK), arguments),
            script("set_keys", &text(edit_script::ACT), arguments),
        )));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        match action {
            "remove" => self.plan_remove(known),
            _ => self.plan_create(known),
        }
    }
}
