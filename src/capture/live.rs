//! The state of one thing on a machine, or of all of a type, as a person would declare it.

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::Value;

use super::accounts::{self, MachineAccounts};
use super::asking::{AskedMachine, text_of};
use super::declaration::CapturedResource;
use super::services;
use crate::model::error::Failure;
use crate::model::query::{Answer, Enabled, FileKind, FileText, Query};
use crate::target::Target;

/// Types whose state can be told.
const LIVE_TYPES: [&str; 7] = ["directory", "file", "group", "link", "package", "service", "user"];

/// Reads the state. Without a name, of all that there are.
///
/// # Errors
/// The target was lost, the type can't be told, or it needs a name.
pub fn live(
    target: &mut dyn Target,
    r#type: &str,
    name: Option<&str>,
) -> Result<Vec<CapturedResource>, Failure> {
    let asked = &mut AskedMachine::new(target);
    match (r#type, name) {
        ("package", _) => packages(asked, name),
        ("service", _) => services(asked, name),
        ("user" | "group", _) => of_accounts(asked, r#type, name),
        ("file" | "directory" | "link", Some(path)) => Ok(vec![at_path(asked, r#type, Utf8Path::new(path))?]),
        ("file" | "directory" | "link", None) => Err(Failure::new(format!("a {type} is told by its path"))
            .hint(format!("chefrs resource {type} /etc/hosts"))),
        _ => Err(Failure::new(format!("the state of `{type}` can't be told"))
            .hint(format!("these can: {}", LIVE_TYPES.join(", ")))),
    }
}

fn packages(asked: &mut AskedMachine<'_>, name: Option<&str>) -> Result<Vec<CapturedResource>, Failure> {
    let manager = match asked.batch(&[Query::Host])?.pop() {
        Some(Answer::Host(host)) => host.package_manager,
        Some(Answer::Failed(failure)) => return Err(failure),
        _ => None,
    };
    let manager =
        manager.ok_or_else(|| Failure::new("the machine has no package manager that chefrs knows"))?;
    let Some(name) = name else {
        let Some(Answer::InstalledPackages(all)) =
            asked.batch(&[Query::InstalledPackages { manager }])?.pop()
        else {
            return Err(Failure::new("the installed packages could not be read"));
        };
        return Ok(all
            .into_iter()
            .map(|(name, version)| CapturedResource::new("package", name).with("version", version))
            .collect());
    };
    let query = Query::Package { manager, name: name.to_owned() };
    match asked.batch(&[query])?.pop() {
        Some(Answer::Package(state)) => {
            let package = CapturedResource::new("package", name);
            let mut all = vec![match &state.version {
                Some(version) => package.with("version", version.as_str()),
                None => package.with("action", "remove"),
            }];
            if state.held {
                all.push(CapturedResource::new("package", name).with("action", "lock"));
            }
            Ok(all)
        }
        Some(Answer::Failed(failure)) => Err(failure),
        _ => Err(Failure::new(format!("the state of the package `{name}` could not be read"))),
    }
}

fn services(asked: &mut AskedMachine<'_>, name: Option<&str>) -> Result<Vec<CapturedResource>, Failure> {
    let names = match name {
        Some(name) => vec![name.to_owned()],
        None => services::names(asked)?,
    };
    let queries: Vec<Query> = names.iter().cloned().map(Query::Service).collect();
    let answers = asked.batch(&queries)?;
    let mut all = Vec::new();
    for (service, answer) in names.into_iter().zip(answers) {
        match answer {
            Answer::Service(state) if !state.exists && name.is_some() => {
                return Err(Failure::new(format!("there is no service `{service}`")));
            }
            Answer::Service(state) if state.exists => {
                let enabled = match state.enabled {
                    Enabled::Yes => Some("enable"),
                    Enabled::No => Some("disable"),
                    Enabled::Masked => Some("mask"),
                    Enabled::Static => None,
                };
                let runs = if state.running { "start" } else { "stop" };
                let actions: Vec<&str> = enabled.into_iter().chain([runs]).collect();
                let short = service.strip_suffix(".service").unwrap_or(&service);
                all.push(CapturedResource::new("service", short).with("action", Value::from(actions)));
            }
            Answer::Failed(failure) if name.is_some() => return Err(failure),
            _ => {}
        }
    }
    Ok(all)
}

fn of_accounts(
    asked: &mut AskedMachine<'_>,
    r#type: &str,
    name: Option<&str>,
) -> Result<Vec<CapturedResource>, Failure> {
    let texts = asked.texts(accounts::FILES.map(Utf8PathBuf::from))?;
    let [passwd, group, login_defs] = accounts::FILES.map(|path| text_of(texts.get(Utf8Path::new(path))));
    let accounts = MachineAccounts::read(passwd, group, login_defs);
    let all = match r#type {
        "user" => accounts.users.iter().map(|user| accounts.whole_declaration(user)).collect(),
        _ => accounts.whole_groups(),
    };
    let Some(name) = name else { return Ok(all) };
    let found = all.into_iter().find(|declared| declared.names.iter().any(|declared| declared == name));
    Ok(vec![found.unwrap_or_else(|| CapturedResource::new(r#type, name).with("action", "remove"))])
}

fn at_path(asked: &mut AskedMachine<'_>, r#type: &str, path: &Utf8Path) -> Result<CapturedResource, Failure> {
    if !path.is_absolute() {
        return Err(Failure::new(format!("`{path}` is not an absolute path")));
    }
    let answers = asked.batch(&[Query::Stat(path.to_owned()), Query::Read(path.to_owned())])?;
    let stat = match answers.first() {
        Some(Answer::Stat(Some(stat))) => stat,
        Some(Answer::Stat(None)) => {
            return Ok(CapturedResource::new(r#type, path.as_str()).with("action", "delete"));
        }
        Some(Answer::Failed(failure)) => return Err(failure.clone()),
        _ => return Err(Failure::new(format!("`{path}` could not be read"))),
    };
    let is_that = matches!(
        (stat.kind, r#type),
        (FileKind::File, "file") | (FileKind::Directory, "directory") | (FileKind::Link, "link")
    );
    if !is_that {
        return Err(Failure::new(format!("`{path}` is {}", stat.kind.noun())));
    }
    let mut declaration = CapturedResource::new(r#type, path.as_str());
    match (r#type, answers.get(1)) {
        ("file", Some(Answer::Read(Some(FileText::Text(text))))) => {
            declaration = declaration.with("content", text.as_str());
        }
        ("file", _) => declaration = declaration.because("its content is no text, or too long to show"),
        ("link", _) => return Ok(declaration.with("to", stat.target.clone().unwrap_or_default())),
        _ => {}
    }
    Ok(declaration
        .with("owner", stat.owner.as_str())
        .with("group", stat.group.as_str())
        .with("mode", format!("{:04o}", stat.mode)))
}
