//! The index of a registry over HTTP.

use std::fs;

use serde_json::json;

use super::ground::Ground;
use super::published::Index;
use super::web::{Answer, Web};

fn ground() -> Option<(Ground, Index)> {
    let ground = Ground::new()?;
    let index = ground.index("index");
    index.publish("acme/web", "1.0.0", json!({}), json!({}));
    Some((ground, index))
}

fn is_archive(path: &str) -> bool {
    path.starts_with("/archives/")
}

fn takes(ground: &Ground, url: &str) {
    ground.file("chefrs.toml", &format!("[registries]\nacme-eu = {{ index = \"{url}\", scopes = [\"acme\"] }}\n[cookbooks]\nweb = \"acme/web\"\n[grants.web]\nfile = [\"[DIR]/**\"]\n"));
}

#[test]
fn it_is_fetched_once_and_then_needs_no_network() {
    let Some((ground, index)) = ground() else { return };
    let web = Web::files(index.root.clone(), None);
    takes(&ground, &web.url());
    ground.done(&["fetch"]);
    assert!(ground.text("chefrs.lock").contains(&format!("source = \"registry+{}\"\n", web.url())));
    let asked = web.seen().len();
    ground.done(&["run", "-r", "web"]);
    ground.done(&["fetch"]);
    ground.done(&["lock", "--check"]);
    assert_eq!(web.seen().len(), asked);
    assert!(ground.done(&["update", "--offline"]).contains("up to date"));
    assert_eq!(web.seen().len(), asked);
    let said = ground.done(&["search", "eb"]);
    assert!(
        said.contains("the registry `acme-eu` can't be searched") && said.contains("no cookbook has `eb`"),
        "{said}"
    );
    assert!(ground.done(&["search", "acme/web"]).starts_with("acme/web 1.0.0  acme/web for specs\n"));
    fs::remove_dir_all(ground.cache()).unwrap();
    ground.fails(&["update", "--offline"], 1, &["it was never fetched", "leave out `--offline` once"]);
    drop(web);
    ground.fails(&["fetch"], 1, &["can't be fetched: the connection failed"]);
}

#[test]
fn two_at_once_do_each_other_no_harm() {
    let Some((ground, index)) = ground() else { return };
    let web = Web::files(index.root, None);
    takes(&ground, &web.url());
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..4).map(|_| scope.spawn(|| ground.done(&["fetch"]))).collect();
        for call in calls {
            call.join().unwrap();
        }
    });
    assert_eq!(fs::read_dir(ground.cache().join("trees")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(ground.cache().join("index")).unwrap().count(), 1);
    ground.done(&["run", "-r", "web"]);
}

#[test]
fn credentials_come_from_the_environment_or_from_netrc() {
    let Some((ground, index)) = ground() else { return };
    let web = Web::files(index.root.clone(), Some("Bearer word-1"));
    takes(&ground, &web.url());
    ground.fails(
        &["fetch"],
        1,
        &["it asks for credentials", "or set `CHEFRS_TOKEN_ACME_EU` to its token", "`~/.netrc`"],
    );
    ground.variable("CHEFRS_TOKEN_ACME_EU", "word-2");
    let (_, text) = ground.call(&["fetch"]);
    assert!(text.contains("the credentials are refused") && !text.contains("word-2"), "{text}");
    ground.variable("CHEFRS_TOKEN_ACME_EU", "word-1");
    ground.done(&["fetch"]);
    // `ada:secret`
    let web = Web::files(index.root.clone(), Some("Basic YWRhOnNlY3JldA=="));
    ground.variable("CHEFRS_TOKEN_ACME_EU", "");
    takes(&ground, &web.url());
    fs::write(
        ground.folder().join(".netrc"),
        "machine example.org login x password y\nmachine 127.0.0.1\n  login ada\n  password secret\n",
    )
    .unwrap();
    fs::remove_dir_all(ground.cache()).unwrap();
    ground.done(&["fetch"]);
    // They stay with their host.
    let other = Web::files(index.root.clone(), None);
    let elsewhere = format!(
        "Location: http://localhost:{}/archives/acme-web-1.0.0.tar.zst\r\n",
        other.host().split(':').nth(1).unwrap()
    );
    let root = index.root.clone();
    let web = Web::new(move |path, _| {
        if is_archive(path) {
            return Answer { headers: elsewhere.clone(), ..Answer::of(302, "") };
        }
        Answer::of(200, fs::read(root.join(&path[1..])).unwrap())
    });
    takes(&ground, &web.url());
    fs::remove_dir_all(ground.cache()).unwrap();
    ground.done(&["fetch"]);
    assert!(web.seen().iter().all(|head| head.contains("authorization: Basic")), "{:?}", web.seen());
    assert!(!other.seen().is_empty() && other.seen().iter().all(|head| !head.contains("uthorization")));
}

#[test]
fn answers_that_can_not_be_used() {
    let Some((ground, index)) = ground() else { return };
    let refused = |web: &Web, says: &str| {
        takes(&ground, &web.url());
        ground.fails(&["fetch"], 1, &[says]);
        assert!(!ground.project().join("chefrs.lock").exists());
        assert!(!ground.cache().join("trees").exists());
    };
    let root = index.root.clone();
    let file = move |path: &str| fs::read(root.join(&path[1..])).unwrap();
    let half = file.clone();
    refused(
        &Web::new(move |path, _| {
            let bytes = half(path);
            let (length, body) = (bytes.len(), bytes[..bytes.len() / 2].to_vec());
            Answer { length: Some(length), ..Answer::of(200, if is_archive(path) { body } else { bytes }) }
        }),
        "the answer ended early",
    );
    refused(&Web::new(|_, _| Answer::of(500, "")), "the server answered with status 500");
    refused(&Web::new(|_, _| Answer::of(404, "")), "has no cookbook `acme/web`");
    let circle = |_: &str, _: &str| Answer { headers: "Location: /x\r\n".to_owned(), ..Answer::of(301, "") };
    refused(&Web::new(circle), "from one address to another without an end");
    let away = |_: &str, _: &str| Answer {
        headers: "Location: http://192.0.2.1/\r\n".to_owned(),
        ..Answer::of(301, "")
    };
    refused(&Web::new(away), "it leads to a URL that is not used: without TLS");
    refused(&Web::new(|_, _| Answer::of(200, vec![b' '; 9 << 20])), "the answer is larger than 8192 KiB");
    refused(
        &Web::new(move |path, _| {
            Answer::of(200, if is_archive(path) { b"page".to_vec() } else { file(path) })
        }),
        "it is not an archive that can be read",
    );
}
