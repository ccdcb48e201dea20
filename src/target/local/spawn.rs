//! Starts commands: finds the program, switches user and groups, enters the directory.

use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use nix::unistd::{Gid, Uid, setgroups, setresgid, setresuid};
use rustix::fs::{Access, AtFlags, CWD};
use rustix::io::Errno;

use super::accounts::{Account, Accounts};
use super::environment::{PATH, of_command};
use super::walk::Walk;
use crate::model::step::Command;

/// How often a program that is open for writing is tried again, and the pause in between.
const BUSY: u32 = 50;
const MOMENT: Duration = Duration::from_millis(10);

/// Default umask of commands, independent of the umask of chefrs.
const MASK: u32 = 0o022;

/// The user to run a command as, if it is not our own.
struct Identity {
    uid: u32,
    gid: u32,
    groups: Vec<Gid>,
}

/// Starts a command.
///
/// # Errors
/// Why it could not be started: no such program, user or directory.
pub(super) fn spawn(command: &Command, accounts: &Accounts) -> Result<Child, String> {
    let Some(first) = command.argv.first().filter(|first| !first.is_empty()) else {
        return Err("it is empty".into());
    };
    let euid = rustix::process::geteuid().as_raw();
    let account = match &command.user {
        Some(user) => Some(find_account(user, accounts)?),
        None => accounts.account_of(euid),
    };
    let identity = identity(command, account, accounts, euid)?;
    let cwd = command.cwd.as_deref().unwrap_or(Utf8Path::new("/"));
    if !cwd.is_dir() {
        return Err(format!("there is no directory `{cwd}`"));
    }
    // Another user has only their own rights, so the kernel checks the path. For our own user, walk to it safely.
    let held = match &identity {
        Some(identity) if identity.uid != euid => None,
        _ => Some(Walk::new(cwd, accounts).and_then(|mut walk| walk.reach_directory(cwd)))
            .transpose()
            .map_err(|failure| failure.message)?,
    };
    let environment = of_command(account, &command.environment);
    let path = environment.get("PATH").map_or(PATH, String::as_str);
    let program = find_program(first, path, cwd)?;

    // A relative program is found from the directory that was entered, even if that is renamed meanwhile.
    let executed = if first.contains('/') { Utf8Path::new(first) } else { &program };
    let mut process = std::process::Command::new(executed);
    process
        .arg0(first)
        .args(&command.argv[1..])
        .env_clear()
        .envs(&environment)
        .process_group(0)
        .stdin(if command.input.as_deref().unwrap_or_default().is_empty() {
            Stdio::null()
        } else {
            Stdio::piped()
        })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    enter(&mut process, identity, command.umask, (cwd, held))?;
    start(&mut process).map_err(|error| explain(&error, &program, command, cwd))
}

/// Starts a process, and tries again if the program is busy. Between fork and exec, a child that another thread starts
/// has our files open; a program that was just written can't be executed at that moment.
fn start(process: &mut std::process::Command) -> std::io::Result<Child> {
    for _ in 0..BUSY {
        match process.spawn() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(MOMENT);
            }
            other => return other,
        }
    }
    process.spawn()
}

fn find_account<'a>(user: &str, accounts: &'a Accounts) -> Result<&'a Account, String> {
    accounts
        .account(user)
        .or_else(|| user.parse().ok().and_then(|uid| accounts.account_of(uid)))
        .ok_or_else(|| format!("there is no user `{user}`"))
}

fn identity(
    command: &Command,
    account: Option<&Account>,
    accounts: &Accounts,
    euid: u32,
) -> Result<Option<Identity>, String> {
    if command.user.is_none() && command.group.is_none() {
        return Ok(None);
    }
    let own_group = rustix::process::getegid().as_raw();
    let uid = account.map_or(euid, |account| account.uid);
    let gid = match &command.group {
        Some(group) => accounts.gid(group).map_err(|failure| failure.message)?,
        None => account.map_or(own_group, |account| account.gid),
    };
    if euid != 0 {
        if uid == euid && (gid == own_group || command.group.is_none()) {
            return Ok(None);
        }
        return Err(format!(
            "only root can run it as `{}`",
            command.user.as_deref().or(command.group.as_deref()).unwrap_or_default()
        ));
    }
    let groups = account.map_or_else(|| vec![gid], |account| accounts.groups_of(&account.name, account.gid));
    let groups = groups.into_iter().map(Gid::from_raw).collect();
    Ok(Some(Identity { uid, gid, groups }))
}

/// Finds the program in the command's own `PATH`, not in ours.
fn find_program(name: &str, path: &str, cwd: &Utf8Path) -> Result<Utf8PathBuf, String> {
    if name.contains('/') {
        let program = cwd.join(name);
        return match program.try_exists() {
            Ok(false) => Err(format!("there is no program `{program}`")),
            _ => Ok(program),
        };
    }
    let runs = |program: &Utf8PathBuf| {
        program.is_file()
            && rustix::fs::accessat(CWD, program.as_std_path(), Access::EXEC_OK, AtFlags::EACCESS).is_ok()
    };
    path.split(':')
        .filter(|dir| !dir.is_empty())
        .map(|dir| cwd.join(dir).join(name))
        .find(runs)
        .ok_or_else(|| format!("there is no program `{name}` in {path}"))
}

/// Sets up the child: identity, umask and directory, in this order, because the directory is entered as the user.
fn enter(
    process: &mut std::process::Command,
    identity: Option<Identity>,
    umask: Option<u32>,
    (cwd, held): (&Utf8Path, Option<OwnedFd>),
) -> Result<(), String> {
    let cwd = CString::new(cwd.as_str()).map_err(|_| "its directory has a NUL byte in it".to_owned())?;
    let prepare = move || {
        if let Some(identity) = &identity {
            let (uid, gid) = (Uid::from_raw(identity.uid), Gid::from_raw(identity.gid));
            setgroups(&identity.groups)?;
            setresgid(gid, gid, gid)?;
            setresuid(uid, uid, uid)?;
        }
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(umask.unwrap_or(MASK) & 0o777));
        match &held {
            Some(held) => rustix::process::fchdir(held)?,
            None => rustix::process::chdir(cwd.as_c_str())?,
        }
        Ok(())
    };
    #[expect(
        unsafe_code,
        reason = "std sets no supplementary groups and no mask; the closure makes plain system calls and allocates \
                  nothing, which is what is allowed between fork and exec"
    )]
    // SAFETY: see the reason; everything that it reads was prepared before the fork.
    unsafe {
        process.pre_exec(prepare);
    }
    Ok(())
}

fn explain(error: &std::io::Error, program: &Utf8Path, command: &Command, cwd: &Utf8Path) -> String {
    match Errno::from_io_error(error) {
        Some(Errno::NOENT) => {
            format!("the interpreter that the first line of `{program}` names is not there")
        }
        Some(Errno::ACCESS | Errno::PERM) => match &command.user {
            Some(user) => format!("`{user}` may not execute `{program}`, or may not enter `{cwd}`"),
            None => format!("`{program}` may not be executed, or `{cwd}` may not be entered"),
        },
        Some(Errno::NOEXEC) => format!("`{program}` is neither a program nor a script that begins with `#!`"),
        Some(Errno::TOOBIG) => "its arguments and environment are too long".into(),
        Some(Errno::AGAIN) => "there are too many processes".into(),
        Some(Errno::NOMEM) => "there is not enough memory".into(),
        _ => error.to_string().to_lowercase(),
    }
}
