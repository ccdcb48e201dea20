//! The reference: a page for whatever the program reads, none of them with something missing.

use std::collections::BTreeSet;

use chefrs::reference::{ReferencePage, TYPES_GROUP, pages};

#[test]
fn every_page_has_a_name_of_its_own_that_can_be_typed() {
    let mut names = BTreeSet::new();
    for ReferencePage { name, title, group, markdown } in pages() {
        assert!(!name.is_empty() && !name.contains(char::is_whitespace), "`{name}` can't be typed");
        assert!(!group.is_empty(), "{name}");
        assert!(markdown.starts_with(&format!("# {title}\n\n")), "{name}: {markdown}");
        assert!(names.insert(name.clone()), "`{name}` is there twice");
    }
}

#[test]
fn every_resource_type_is_told_whole() {
    let pages = pages();
    for found in chefrs::resources::TYPES {
        let page = pages.iter().find(|page| page.name == found.name && page.group == TYPES_GROUP).unwrap();
        let schema = (found.schema)();
        assert!(
            !schema.doc.is_empty() && !found.plan.is_empty() && !found.platforms.is_empty(),
            "{}",
            found.name
        );
        for action in found.actions {
            assert!(
                page.markdown.contains(&format!("- `{}`: {}", action.name, action.doc)),
                "{}",
                page.markdown
            );
        }
        for property in schema.properties {
            assert!(!property.doc.is_empty(), "{}: `{}` has no doc", found.name, property.name);
            assert!(page.markdown.contains(&format!("- `{}`: ", property.name)), "{}", page.markdown);
        }
        assert!(page.markdown.contains(found.example.trim_matches('\n')), "{}", page.markdown);
    }
}
