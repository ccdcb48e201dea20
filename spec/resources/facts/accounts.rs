//! Users and groups: `user deploy, uid 1001, home /srv`, `group www, gid 33, members ada bob`.
//!
//! A user has the number 1001 and a group of its own name and number, lives in `/home/NAME` and logs in to `/bin/sh`.

use chefrs::model::query::{Answer, Group, User};

use super::super::grammar::{Sentence, words};
use super::{number, unknown};

const UID: u32 = 1001;

fn usual(name: &str, uid: u32) -> User {
    let (group, home, shell) = (name.to_owned(), format!("/home/{name}"), "/bin/sh".to_owned());
    User { uid, gid: uid, group, home, shell, ..User::default() }
}

pub fn read_user(name: &str, clauses: &[Vec<String>]) -> Result<Answer, String> {
    let mut user = usual(name, UID);
    for clause in clauses {
        match words(clause).as_slice() {
            ["uid", uid] => user = User { uid: number(uid)?, gid: number(uid)?, ..user },
            ["gid", gid] => user.gid = number(gid)?,
            ["group", group] => (*group).clone_into(&mut user.group),
            ["home", home] => (*home).clone_into(&mut user.home),
            ["shell", shell] => (*shell).clone_into(&mut user.shell),
            ["comment", comment] => (*comment).clone_into(&mut user.comment),
            ["password", password] => user.password = Some((*password).to_owned()),
            ["expires", day] => user.expires = Some(number(day)?),
            ["inactive", days] => user.inactive = Some(number(days)?),
            ["min", days] => user.aging.min = Some(number(days)?),
            ["max", days] => user.aging.max = Some(number(days)?),
            ["warn", days] => user.aging.warn = Some(number(days)?),
            ["groups", names @ ..] => user.groups = names.iter().map(|name| (*name).to_owned()).collect(),
            _ => return Err(unknown(clause)),
        }
    }
    Ok(Answer::User(Some(Box::new(user))))
}

pub fn say_user(name: &str, user: &User) -> Sentence {
    let usual = usual(name, user.uid);
    let mut said = Sentence::of(["uid", &user.uid.to_string()])
        .clause_if(user.gid != usual.gid, ["gid", &user.gid.to_string()])
        .clause_if(user.group != usual.group, ["group", &user.group])
        .clause_if(user.home != usual.home, ["home", &user.home])
        .clause_if(user.shell != usual.shell, ["shell", &user.shell])
        .clause_if(!user.comment.is_empty(), ["comment", &user.comment]);
    if let Some(password) = &user.password {
        said = said.clause(["password", password]);
    }
    if let Some(day) = user.expires {
        said = said.clause(["expires", &day.to_string()]);
    }
    let days = [
        ("inactive", user.inactive),
        ("min", user.aging.min),
        ("max", user.aging.max),
        ("warn", user.aging.warn),
    ];
    for (word, days) in days {
        said = said.clause_if(days.is_some(), [word, &days.unwrap_or_default().to_string()]);
    }
    if user.groups.is_empty() { said } else { said.clause(["groups"]).words(&user.groups) }
}

pub fn read_group(clauses: &[Vec<String>]) -> Result<Answer, String> {
    let mut group = Group::default();
    for clause in clauses {
        match words(clause).as_slice() {
            ["gid", gid] => group.gid = number(gid)?,
            ["members", names @ ..] => group.members = names.iter().map(|name| (*name).to_owned()).collect(),
            _ => return Err(unknown(clause)),
        }
    }
    Ok(Answer::Group(Some(group)))
}

pub fn say_group(group: &Group) -> Sentence {
    let said = Sentence::of(["gid", &group.gid.to_string()]);
    if group.members.is_empty() { said } else { said.clause(["members"]).words(&group.members) }
}
