//! Facts about users and groups, from files that everybody may read. Password hashes are never facts.

use serde_json::{Map, Value, json};

/// The fact `etc`: `passwd` and `group` by name.
#[must_use]
pub fn facts(passwd: &str, group: &str) -> Value {
    let mut users = Map::new();
    for line in passwd.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, uid, gid, gecos, dir, shell] = fields.as_slice() else { continue };
        let (Ok(uid), Ok(gid)) = (uid.parse::<u32>(), gid.parse::<u32>()) else { continue };
        // If a name has several lines, the first one counts, as for libc.
        users
            .entry(*name)
            .or_insert_with(|| json!({ "uid": uid, "gid": gid, "gecos": gecos, "dir": dir, "shell": shell }));
    }
    let mut groups = Map::new();
    for line in group.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, gid, members] = fields.as_slice() else { continue };
        let Ok(gid) = gid.parse::<u32>() else { continue };
        let members: Vec<&str> = members.split(',').filter(|member| !member.is_empty()).collect();
        groups.entry(*name).or_insert_with(|| json!({ "gid": gid, "members": members }));
    }
    json!({ "passwd": users, "group": groups })
}
