//! Settings of the whole machine in their recipes.

use serde_json::json;

use super::captured::Capture;
use super::declaration::CapturedResource;
use super::machine::Machine;
use super::recipes::{ALTERNATIVES, SYSTEM};

/// Files that a program must read before they count: how their paths begin, the program, and whether it is given the path.
const READ_BY: [(&str, &[&str], bool); 3] = [
    ("/etc/sysctl", &["sysctl", "-p"], true),
    ("/usr/local/share/ca-certificates", &["update-ca-certificates"], false),
    ("/etc/pki/ca-trust/source", &["update-ca-trust"], false),
];

/// Puts the settings of the whole machine into the recipes.
pub(super) fn add_settings(machine: &Machine, capture: &mut Capture) {
    if let Some(zone) = &machine.timezone {
        capture.recipe(SYSTEM).files.insert(0, CapturedResource::new("timezone", zone));
    }
    if let Some(locale) = &machine.locale {
        capture.recipe(SYSTEM).files.insert(0, CapturedResource::new("locale", locale));
    }
    for mount in &machine.mounts.declarations {
        let recipe = capture.recipe(SYSTEM);
        if mount.r#type == "mount" && !recipe.directories.iter().any(|known| known.names == mount.names) {
            recipe.directories.push(CapturedResource::new("directory", mount.names.concat()));
        }
        recipe.files.push(mount.clone());
    }
    capture.notes.extend(machine.mounts.notes.iter().cloned());
    for chosen in &machine.alternatives {
        capture.recipe(ALTERNATIVES).services.push(chosen.clone());
    }
    load_settings(capture);
}

/// What counts once a program has read it counts at once, and not only from the next boot on.
fn load_settings(capture: &mut Capture) {
    let Some(recipe) = capture.recipes.get_mut(SYSTEM) else { return };
    for (place, program, with_path) in READ_BY {
        for file in recipe.files.iter_mut().filter(|file| file.r#type != "mount") {
            let Some(path) = file.names.first().filter(|path| path.starts_with(place)).cloned() else {
                continue;
            };
            let name = if with_path { format!("load {path}") } else { program.join(" ") };
            let argv: Vec<&str> = program.iter().copied().chain(with_path.then_some(path.as_str())).collect();
            let load =
                CapturedResource::new("execute", name).with("command", json!(argv)).with("action", "nothing");
            file.notifies.push(vec!["run".to_owned(), load.id()]);
            if !recipe.services.contains(&load) {
                recipe.services.push(load);
            }
        }
    }
}
