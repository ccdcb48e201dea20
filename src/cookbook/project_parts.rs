//! The parts of a project, and the directory that has them.

use camino::{Utf8Path, Utf8PathBuf};

use super::{lock_file, manifest, settings};
use crate::model::{task_card, unit_test};

/// A file or directory of a project.
#[derive(Debug, Clone, Copy)]
pub struct ProjectPart {
    /// Name in the project.
    pub name: &'static str,
    pub doc: &'static str,
}

const fn part(name: &'static str, doc: &'static str) -> ProjectPart {
    ProjectPart { name, doc }
}

/// All parts of a project. Each is optional.
pub const PARTS: [ProjectPart; 15] = [
    part(
        settings::FILE,
        "Attributes of the project, and the programs that it names. See `chefrs help chefrs.toml`.",
    ),
    part(
        lock_file::FILE,
        "The versions and sums of the cookbooks that come from elsewhere. `chefrs fetch` writes it; commit it.",
    ),
    part("recipes", "Recipes: `recipes/web.lua` is run by `-r web`."),
    part("cookbooks", "Cookbooks, each a directory with a `cookbook.toml`."),
    part("resources", "Custom resources: `require \".\"` gives them."),
    part("libraries", "Plain functions: `require \"./x\"` gives `libraries/x.lua`."),
    part("templates", "What `template` takes as `source`."),
    part("files", "What `cookbook_file` and `remote_directory` take as `source`."),
    part(unit_test::FOLDER, "Tests of the recipes, which `chefrs test` runs. See `chefrs help tests`."),
    part(task_card::FOLDER, "Tasks: `tasks/log.lua` is run by `chefrs do . log`. See `chefrs help tasks`."),
    part("nodes", "Machines: `nodes/web1.toml`. See `chefrs help node-files`."),
    part("groups", "What machines have in common: `groups/web.toml`. See `chefrs help group-files`."),
    part("secrets", "Secrets, encrypted: `secrets/db_password.age`. See `chefrs secret --help`."),
    part(
        "attributes.lua",
        "In a cookbook: declares its attributes. In the directory of the project nothing reads it.",
    ),
    part(
        "facts.lua",
        "In a cookbook: declares what it asks a machine before the compile. In the directory of the project nothing reads it.",
    ),
];

/// The parts that make a directory a project. Anything may have tests, and a role of Ansible has tasks.
pub(super) fn marks() -> impl Iterator<Item = &'static ProjectPart> {
    PARTS.iter().filter(|part| part.name != unit_test::FOLDER && part.name != task_card::FOLDER)
}

/// The directory of the project that a directory belongs to; see [`super::Project::directory_around`].
pub(super) fn directory_around(directory: &Utf8Path) -> Utf8PathBuf {
    let Ok(real) = directory.canonicalize_utf8() else { return directory.to_owned() };
    if marks().any(|part| has(&real, part.name)) && !has(&real, manifest::FILE) {
        return directory.to_owned();
    }
    let mut above = real.ancestors().skip(1);
    let alone = || above_with(&real, manifest::FILE).filter(|cookbook| *cookbook != real);
    above.find(|above| is_project(above)).or_else(alone).unwrap_or(directory).to_owned()
}

/// The directory, or the nearest one above it, that has a file.
fn above_with<'a>(directory: &'a Utf8Path, file: &str) -> Option<&'a Utf8Path> {
    directory.ancestors().find(|above| has(above, file))
}

pub(super) fn has(directory: &Utf8Path, part: &str) -> bool {
    directory.join(part).symlink_metadata().is_ok()
}

/// Whether a directory has a part that only projects have.
fn is_project(directory: &Utf8Path) -> bool {
    let entries = |folder: &str| directory.join(folder).read_dir_utf8().into_iter().flatten().flatten();
    !has(directory, manifest::FILE)
        && (has(directory, settings::FILE)
            || entries("recipes").any(|entry| entry.path().extension() == Some("lua"))
            || entries("cookbooks").any(|entry| has(entry.path(), manifest::FILE)))
}
