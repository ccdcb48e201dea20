//! The actions of `python_venv`, and how they are planned.

use camino::Utf8PathBuf;

use super::stamp::Stamp;
use super::{PythonVenv, VenvWork, rebuild, requirements};
use crate::model::capability::NeededRights;
use crate::model::change::Change;
use crate::model::error::Failure;
use crate::model::known::{Known, Stop};
use crate::model::portable::{Declined, Portable, PortableCommand, Portables, Unless, script};
use crate::model::query::{FileText, Query};
use crate::model::step::{Command, Step};
use crate::provider::{Action, Provider, action, at_path, parents, trust};

impl PythonVenv {
    fn plan_create(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        known.want(self.observe("create"))?;
        self.require_interpreter(known)?;
        self.require_trust(known)?;
        let wanted = requirements::digest(self.requirements.as_deref().map(Utf8PathBuf::as_path), known);
        if at_path::directory(&self.path, known)?.is_none() {
            parents::require(&self.path, known)?;
            // The content of the requirements matters only for the stamp if there is no environment yet.
            let wanted = match wanted {
                Err(Stop::Unknown(until)) => Err(until),
                known => Ok(Stamp::of(self, known?)),
            };
            return Ok(vec![self.change(&VenvWork::Make, wanted, known)?]);
        }
        let wanted = Stamp::of(self, wanted?);
        let Some(work) = self.work(&wanted, known)? else { return Ok(Vec::new()) };
        Ok(vec![self.change(&work, Ok(wanted), known)?])
    }

    /// What an existing directory needs.
    fn work(&self, wanted: &Stamp, known: &Known) -> Result<Option<VenvWork>, Stop> {
        known.want([
            Query::List(self.path.to_path_buf()),
            Query::Read(self.stamp_path()),
            Query::Read(self.inside("pyvenv.cfg")),
            Query::Resolve(self.inside("bin/python")),
        ])?;
        let stamp = match known.read(&self.stamp_path())? {
            Some(FileText::Text(text)) => Stamp::parse(text),
            _ => None,
        };
        if self.keeps_old(known)? {
            return Ok(Some(VenvWork::Rebuild("that was left in the middle".to_owned())));
        }
        let Some(FileText::Text(configuration)) = known.read(&self.inside("pyvenv.cfg"))? else {
            self.require_ours(stamp.is_some(), known)?;
            return Ok(Some(VenvWork::Complete));
        };
        if let Some(reason) = self.why_unusable(configuration, known)? {
            return Ok(Some(VenvWork::Rebuild(reason)));
        }
        let Some(stamp) = stamp else {
            let other = self.is_of_another_python(configuration, known)?;
            if !other && self.has_all(configuration, known)? {
                return Ok(None);
            }
            let anew = || VenvWork::Rebuild("it was begun with another Python".to_owned());
            return Ok(Some(if other { anew() } else { VenvWork::Complete }));
        };
        if !stamp.same_python(wanted) {
            return Ok(Some(VenvWork::Rebuild("another Python is declared".to_owned())));
        }
        if stamp != *wanted {
            return Ok(Some(VenvWork::Install(None)));
        }
        self.what_packages_lack(configuration, &self.wanted(known)?, true, known)
    }

    /// Fails for a directory that has other files in it.
    fn require_ours(&self, stamped: bool, known: &Known) -> Result<(), Stop> {
        let names = known.list(&self.path)?.unwrap_or_default();
        let begun = ["bin", "include", "lib", "lib64", "share"];
        if stamped || names.iter().all(|name| begun.contains(&name.as_str()) || rebuild::is_kept(name)) {
            return Ok(());
        }
        Err(Failure::new(format!("`{}` is there and is no virtual environment", *self.path))
            .hint("name another path, or move away what is there")
            .into())
    }

    fn require_interpreter(&self, known: &Known) -> Result<(), Stop> {
        if self.python.starts_with('/') && matches!(known.resolve(self.python.as_str().into()), Ok(None)) {
            return Err(Failure::new(format!("there is no interpreter `{}`", self.python))
                .hint("install it before this resource: package \"python3-venv\"")
                .into());
        }
        Ok(())
    }

    /// Python runs code from the environment, so only trusted accounts may be able to write it.
    fn require_trust(&self, known: &Known) -> Result<(), Stop> {
        let user = self.user.as_deref();
        if self.python.starts_with('/') {
            trust::require(self.python.as_str().into(), user, known)?;
        }
        for path in ["bin/python", "pyvenv.cfg"] {
            let program = self.inside(path);
            if let Some(stranger) = trust::untrusted(&program, user, known)? {
                let failure = trust::refusal(&program, trust::runner(user, known)?, &stranger);
                return Err(match &stranger.owner {
                    Some(owner) => failure.hint(format!("or let its owner build it: user = \"{owner}\"")),
                    None => failure,
                }
                .into());
            }
        }
        Ok(())
    }

    fn plan_delete(&self, known: &Known) -> Result<Vec<Change>, Stop> {
        if at_path::directory(&self.path, known)?.is_none() {
            return Ok(Vec::new());
        }
        if known.stat(&self.inside("pyvenv.cfg"))?.is_none() {
            self.require_ours(known.stat(&self.stamp_path())?.is_some(), known)?;
        }
        let step = Step::Remove { path: self.path.to_path_buf(), recursive: true, backup: 0 };
        let change = Change::new("delete virtual environment", step);
        Ok(vec![at_path::with_stat(change, &self.path, None)])
    }
}

/// What is to be installed: the list that notes it, a file of requirements, and the command.
const WANTED: &str = r#"
list=$1 requirements=$2
shift 2
wanted=$*
if [ -n "$requirements" ]; then wanted="$wanted $(sha256sum <"$requirements")"; fi
"#;

/// Whether it is.
const HAS: &str = r#"[ "$(cat "$list" 2>/dev/null)" = "$wanted" ]"#;

/// Installs it.
const INSTALL: &str = r#""$@" && printf '%s\n' "$wanted" >"$list""#;

/// Removes an environment, and nothing else.
const REMOVE: &str = r#"
[ -e "$1/pyvenv.cfg" ] || { echo "$1 is no virtual environment" >&2; exit 1; }
rm -rf -- "$1"
"#;

/// Whether a directory belongs to a user.
const IS_DIRECTORY_OF: &str = r#"[ -d "$1" ] && [ "$(stat -c %U -- "$1")" = "$2" ]"#;

/// Makes a directory, and gives it to a user and the user's group.
const MAKE_DIRECTORY_OF: &str = r#"[ -d "$1" ] || mkdir -m 0755 -- "$1" && chown -- "$2:" "$1""#;

impl Provider for PythonVenv {
    const NAME: &'static str = "python_venv";
    const ACTIONS: &'static [Action] = &[
        action("create", "Makes the environment, and installs what is declared."),
        action("delete", "Removes the environment with all that is in it."),
    ];
    const NAME_PROPERTY: Option<&'static str> = Some("path");
    const SURROUNDINGS: &'static [&'static str] = &["user", "environment"];
    const PLAN: &'static str = "Says whether the environment would be built and which packages pip would be given. What pip \
         installs beside them is unknown.";
    const PLATFORMS: &'static str = "Any Linux with Python 3 and its venv.";
    const EXAMPLE: &'static str = r#"
python_venv "/srv/blog/venv" {
  requirements = "/srv/blog/src/requirements.txt",
  packages = { "gunicorn==23.0.0" },
}
"#;

    fn check(&self, action: &str) -> Result<(), Failure> {
        if action == "delete" { Ok(()) } else { self.check_arguments() }
    }

    fn needs(&self, _action: &str, needs: &mut NeededRights) {
        needs.tree(&*self.path);
        self.packages.0.iter().for_each(|name| needs.pip(name));
        self.requirements.iter().for_each(|path| needs.read(&**path));
        self.index_url.iter().for_each(|url| needs.fetch(url));
        self.find_links.iter().for_each(|path| needs.read_tree(&**path));
        needs.argv_in([&self.python], &self.environment);
    }

    fn observe(&self, action: &str) -> Vec<Query> {
        let mut queries = vec![Query::Stat(self.path.to_path_buf())];
        if action == "delete" {
            return queries;
        }
        queries.push(Query::Host);
        queries.push(Query::List(self.path.to_path_buf()));
        queries.push(Query::Read(self.stamp_path()));
        queries.push(Query::Read(self.inside("pyvenv.cfg")));
        queries.push(Query::Resolve(self.inside("bin/python")));
        queries.extend(parents::observe(&self.path));
        queries.extend(trust::observe(&self.inside("bin/python")));
        queries.push(Query::Stat(self.inside("pyvenv.cfg")));
        queries.extend(self.user.clone().map(Query::User));
        queries.extend(self.requirements.iter().map(|path| Query::Read(path.to_path_buf())));
        if self.python.starts_with('/') {
            queries.push(Query::Resolve(self.python.as_str().into()));
        }
        queries
    }

    fn portable(&self, action: &str, into: &mut Portables) -> Result<(), Declined> {
        let path = self.path.as_str();
        if action == "delete" {
            into.add(Portable::Command(PortableCommand {
                act: script("remove_venv", REMOVE, [path]),
                unless: Unless::Missing(self.path.to_path_buf()),
            }));
            return Ok(());
        }
        // The directory above it may be root's.
        if let Some(user) = &self.user {
            into.add(Portable::Command(PortableCommand::unless(
                script("is_directory_of", IS_DIRECTORY_OF, [path, user]),
                script("make_directory_of", MAKE_DIRECTORY_OF, [path, user]),
            )));
        }
        let python = self.inside("bin/python");
        into.add(Portable::Command(PortableCommand { act: self.build(), unless: Unless::Exists(python) }));
        let Some(install) = self.install() else { return Ok(()) };
        let list = self.inside(".installed");
        let requirements = self.requirements.as_ref().map_or("", |path| path.as_str());
        let words = [list.as_str(), requirements];
        let of = |name: &str, text: &str| {
            let words = words.into_iter().chain(install.argv.iter().map(String::as_str));
            Command { argv: script(name, text, words).argv, ..install.clone() }
        };
        into.add(Portable::Command(PortableCommand::unless(
            of("venv_has_packages", &format!("{WANTED}{HAS}")),
            of("install_in_venv", &format!("{WANTED}{INSTALL}")),
        )));
        Ok(())
    }

    fn plan(&self, action: &str, known: &Known) -> Result<Vec<Change>, Stop> {
        match action {
            "delete" => self.plan_delete(known),
            _ => self.plan_create(known),
        }
    }

    fn surroundings(&self) -> Command {
        Command { user: self.user.clone(), environment: self.environment.clone(), ..Command::default() }
    }
}
