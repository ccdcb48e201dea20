//! The documentation: its chapters do what they say, its links lead somewhere, and a browser shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use chefrs::cli::command_pages;
use chefrs::docs::{FIRST, SiteFile, named_addresses};

use crate::documents::followed;
use crate::goldens;
use crate::patience::CallInTime as _;
use crate::skipped::skip_anywhere;

#[test]
fn chapters_do_what_they_say() {
    let mut differences = Vec::new();
    for path in goldens::files("../src/docs/chapters", "md") {
        let text = fs::read_to_string(&path).expect("it can be read");
        differences.extend(goldens::compare(&path, &followed(&text)));
    }
    goldens::none(&differences);
}

#[test]
fn each_chapter_has_a_title_and_says_what_it_is_about() {
    for file in pages() {
        let title = between(&file.text, "<h1>", "</h1>");
        assert!(title.is_some_and(|title| !title.is_empty()), "{} has no title", file.name);
        let summary = between(&file.text, "name=\"description\" content=\"", "\">");
        assert!(summary.is_some_and(|text| text.len() > 10), "{} says nothing of itself", file.name);
        assert_eq!(file.text.matches("<h1>").count(), 1, "{}", file.name);
        let unfilled = ["{title}", "{pages}", "{article}", "{sections}", "{next}", "{previous}"];
        assert!(unfilled.iter().all(|word| !file.text.contains(word)), "{} has a gap", file.name);
    }
}

#[test]
fn every_link_leads_somewhere() {
    let site = site();
    let places: BTreeMap<&str, BTreeSet<String>> =
        site.iter().map(|file| (file.name.as_str(), all_between(&file.text, " id=\"", "\""))).collect();
    let mut wrong = Vec::new();
    for file in &site {
        let links = all_between(&file.text, " href=\"", "\"");
        for link in links.into_iter().chain(all_between(&file.text, " src=\"", "\"")) {
            if link.starts_with("https://") {
                continue;
            }
            let (page, place) = link.split_once('#').unwrap_or((&link, ""));
            let page = if page.is_empty() { file.name.as_str() } else { page };
            let found = places.get(page).is_some_and(|places| place.is_empty() || places.contains(place));
            if !found {
                wrong.push(format!("{}: {link}", file.name));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_section_with_further_names_for_the_search_exists() {
    let index = site().into_iter().find(|file| file.name == "search-index.js").expect("there is one").text;
    let known = all_between(&index, "\"address\":\"", "\"");
    let gone: Vec<&str> = named_addresses().filter(|address| !known.contains(*address)).collect();
    assert_eq!(gone, Vec::<&str>::new());
}

#[test]
fn the_site_needs_no_other() {
    for file in site() {
        for foreign in ["src=\"http", "@import", "url(", "fetch("] {
            assert!(
                !file.text.contains(foreign) || file.name == "search-index.js",
                "{}: {foreign}",
                file.name
            );
        }
    }
}

#[test]
fn it_is_written_once_and_again_and_over_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let docs = |directory: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chefrs"));
        command.args(["docs", "-o", directory]).current_dir(folder.path());
        let output = command.output_in_time().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    for _ in 0..2 {
        let (code, said) = docs("site");
        assert_eq!(code, Some(0), "{said}");
        let first = folder.path().canonicalize().unwrap().join("site").join(FIRST);
        assert_eq!(said, format!("wrote the documentation; open file://{}\n", first.display()));
    }
    let written = fs::read_dir(folder.path().join("site")).unwrap().count();
    assert_eq!(written, site().len());
    fs::create_dir(folder.path().join("other")).unwrap();
    fs::write(folder.path().join("other/notes.txt"), "mine").unwrap();
    let (code, said) = docs("other");
    assert_eq!(code, Some(1));
    assert_eq!(
        said,
        "error: the documentation can't be written to `other`: `notes.txt` is in it, which is not a page of the documentation\nhint: name an empty directory with `-o`\n"
    );
    assert_eq!(fs::read_dir(folder.path().join("other")).unwrap().count(), 1);
}

/// What people search for, and the page that they are looking for.
const SEARCHES: &[(&str, &str)] = &[
    ("notify", "reference-notifications.html"),
    ("notifies", "reference-notifications.html"),
    ("notification", "reference-notifications.html"),
    ("handler", "reference-notifications.html"),
    ("depend", "reference-cookbook.toml.html"),
    ("depends", "reference-cookbook.toml.html"),
    ("dependency", "reference-cookbook.toml.html"),
    ("helpers", "templates.html"),
    ("partial", "templates.html"),
    ("template filters", "templates.html"),
    ("idempotent", "tour.html"),
    ("drift", "tour.html"),
    ("dry run", "testing.html"),
    ("test node", "testing.html"),
    ("docker", "testing.html"),
    ("computed default", "attributes.html"),
    ("attribute precedence", "attributes.html"),
    ("string interpolation", "reference-recipes.html"),
    ("group", "reference-group.html"),
    ("group file", "reference-group-files.html"),
    ("groups of machines", "machines.html"),
    ("inventory", "machines.html"),
    ("run list", "machines.html"),
    ("roles", "machines.html"),
    ("sudo", "reference-sudo.html"),
    ("fleet", "machines.html"),
    ("command line", "reference-commands.html"),
    ("line", "reference-line.html"),
    ("log", "reference-chefrs-log.html"),
    ("chefrs log", "reference-chefrs-log.html"),
    ("chefrs run", "reference-chefrs-run.html"),
    ("list property", "reference-properties.html"),
    ("html report", "running.html"),
    ("rollback", "running.html"),
    ("restore backup", "running.html"),
    ("lock", "reference-chefrs-lock.html"),
    ("concurrent runs", "running.html"),
    ("lock file", "sharing.html"),
    ("vendoring", "sharing.html"),
    ("share a cookbook", "sharing.html"),
    ("git submodule", "sharing.html"),
    ("lazy", "deferred.html"),
    ("password", "secrets.html"),
    ("exit code", "reference-exit-codes.html"),
    ("environment variables", "reference-environment.html"),
    ("only_if", "reference-guards.html"),
    ("install nginx", "from_shell.html"),
    ("file mode", "reference-file.html"),
    ("cron", "reference-cron.html"),
    ("how do I install it", "index.html"),
    ("notif", "reference-notifications.html"),
];

/// A browser opens the pages as files, searches, and finds.
#[test]
fn a_browser_finds_what_is_searched_for() {
    let Some(browser) =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser"].iter().find(|path| Path::new(path).exists())
    else {
        skip_anywhere("no chromium");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let queries: Vec<&str> = SEARCHES.iter().map(|(query, _)| *query).collect();
    for SiteFile { name, text } in site() {
        // What a person does comes with the page: words are typed into its search.
        let typed = format!(
            "<pre id=\"first\"></pre><script>const s = document.getElementById('search');\n\
             const type = (words) => {{ s.value = words; s.dispatchEvent(new Event('input')); }};\n\
             document.getElementById('first').textContent = {}.map((query) => {{ type(query);\n\
             return document.querySelector('#found a')?.getAttribute('href') || 'nothing'; }}).join('\\n');\n\
             type('notifying');</script></body>",
            serde_json::to_string(&queries).unwrap()
        );
        let text = if name == FIRST { text.replace("</body>", &typed) } else { text };
        fs::write(folder.path().join(name), text).unwrap();
    }
    let page = format!("file://{}", folder.path().join(FIRST).display());
    let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
    let mut command = Command::new(browser);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.args([&profile, "--dump-dom", &page]);
    let output = command.output_in_time().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    let found = between(&page, "<div id=\"found\">", "</div>").expect("the list of what was found is shown");
    assert!(found.contains("href=\"tour.html#notifications\""), "{found}");
    assert!(found.contains("<mark>notifies</mark>"), "{found}");
    let first = between(&page, "<pre id=\"first\">", "</pre>").expect("the searches were made");
    let wrong: Vec<String> = SEARCHES
        .iter()
        .zip(first.lines())
        .filter(|((_, page), first)| first.split('#').next() != Some(page))
        .map(|((query, page), first)| format!("{query}: {first} instead of {page}"))
        .collect();
    assert_eq!((first.lines().count(), wrong), (SEARCHES.len(), Vec::new()));
}

fn site() -> Vec<SiteFile> {
    chefrs::docs::site(command_pages())
}

fn pages() -> Vec<SiteFile> {
    site()
        .into_iter()
        .filter(|file| Path::new(&file.name).extension().is_some_and(|ending| ending == "html"))
        .collect()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(inside, _)| inside)
}

fn all_between(text: &str, start: &str, end: &str) -> BTreeSet<String> {
    text.split(start)
        .skip(1)
        .filter_map(|rest| rest.split_once(end))
        .map(|(inside, _)| inside.to_owned())
        .collect()
}
