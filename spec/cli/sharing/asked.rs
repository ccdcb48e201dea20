//! On a terminal, `add` and `update` ask before a cookbook may do what it asks for. Only yes grants it.

use super::ground::Ground;
use crate::typed::typed;

const QUESTION: &str = "grant this to `web`? [y/N] ";

fn with_cookbook() -> Option<Ground> {
    let ground = Ground::new()?;
    ground.pushed(
        "web/cookbook.toml",
        "name = \"web\"\nversion = \"1.0.0\"\n[capabilities]\nfile = [\"[DIR]/**\"]\n",
    );
    ground.pushed("web/recipes/default.lua", "file '[DIR]/web' { content = 'one' }\n");
    ground.push(&["web-v1.0.0"]);
    ground.file("chefrs.toml", "# Mine.\n");
    Some(ground)
}

fn add(ground: &Ground, answer: &str) -> Option<(i32, String)> {
    let words = ["add", "web", "--git", "[OPS]", "--subdirectory", "web"];
    typed(&ground.command(env!("CARGO_BIN_EXE_chefrs"), &words), &[(QUESTION, answer)])
}

#[test]
fn yes_grants_what_was_shown() {
    let Some(ground) = with_cookbook() else { return };
    let Some((status, shown)) = add(&ground, "y\n") else { return };
    assert_eq!(status, 0, "{shown}");
    let (request, _) = shown.split_once(QUESTION).unwrap();
    assert!(
        request.contains("the cookbook `web` 1.0.0 asks for:\n  create, change and remove (file)\n"),
        "{shown}"
    );
    let settings = ground.text("chefrs.toml");
    assert!(settings.starts_with("# Mine.\n") && settings.contains("\n[grants.web]\nfile = ["), "{settings}");
    ground.done(&["run", "-r", "web"]);
    assert_eq!(ground.text("web"), "one");
}

#[test]
fn anything_else_grants_nothing() {
    for answer in ["\n", "n\n", "yess\n", "\x03"] {
        let Some(ground) = with_cookbook() else { return };
        let Some((_, shown)) = add(&ground, answer) else { return };
        assert!(shown.contains(QUESTION), "{shown}");
        assert!(!ground.text("chefrs.toml").contains("grants"), "{shown}");
        let (status, _) = ground.call(&["run", "-r", "web"]);
        assert_eq!((status, ground.text("web").as_str()), (3, ""), "{shown}");
    }
}

#[test]
fn an_update_that_is_not_granted_writes_nothing() {
    let Some(ground) = with_cookbook() else { return };
    ground.done(&["add", "web", "--git", "[OPS]", "--subdirectory", "web", "--grant"]);
    let (settings, lock) = (ground.text("chefrs.toml"), ground.text("chefrs.lock"));
    ground.pushed(
        "web/cookbook.toml",
        "name = \"web\"\nversion = \"1.1.0\"\n[capabilities]\nfile = [\"[DIR]/**\"]\nservice = [\"cron\"]\n",
    );
    ground.push(&["web-v1.1.0"]);
    let update = |answer: &str| {
        typed(&ground.command(env!("CARGO_BIN_EXE_chefrs"), &["update"]), &[(QUESTION, answer)])
    };
    let Some((status, shown)) = update("n\n") else { return };
    assert_eq!(
        (status, ground.text("chefrs.toml"), ground.text("chefrs.lock")),
        (1, settings, lock),
        "{shown}"
    );
    assert!(shown.contains("so nothing is written\n"), "{shown}");
    let Some((status, shown)) = update("yes\n") else { return };
    assert_eq!(status, 0, "{shown}");
    assert!(ground.text("chefrs.lock").contains("version = \"1.1.0\""), "{shown}");
    assert!(ground.text("chefrs.toml").contains("service = [\"cron\"]"), "{shown}");
}
