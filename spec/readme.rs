//! The README's tour does what it says.

use std::fs;

use crate::documents::followed;
use crate::goldens;

/// Where the tour begins, and where it ends.
const TOUR: &str = "## Five minutes\n";

#[test]
fn the_tour_does_what_it_says() {
    let path = goldens::spec("../README.md");
    let readme = fs::read_to_string(&path).expect("there is a README");
    let (before, rest) = readme.split_once(TOUR).expect("it has a tour");
    let end = rest.find("\n## ").map_or(rest.len(), |end| end + 1);
    let actual = format!("{before}{TOUR}{}{}", followed(&rest[..end]), &rest[end..]);
    goldens::none(&goldens::compare(&path, &actual).into_iter().collect::<Vec<_>>());
}

#[test]
fn it_counts_the_resource_types_and_names_the_shipped_cookbooks() {
    let readme = fs::read_to_string(goldens::spec("../README.md")).expect("there is a README");
    let counted = format!("chefrs has {} resource types", chefrs::resources::TYPES.len());
    assert!(readme.contains(&counted), "README.md does not say: {counted}");
    let folders = fs::read_dir(goldens::spec("../cookbooks")).unwrap().flatten();
    for folder in folders.filter(|entry| entry.path().is_dir()) {
        let name = folder.file_name().into_string().unwrap();
        assert!(readme.contains(&format!("`{name}`")), "README.md does not name the cookbook {name}");
    }
}
