//! Cookbooks in an OCI registry, with the real one of Debian; and with one that lies.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use chefrs::cookbook::archive::pack;
use chefrs::cookbook::oci::{OciClient, digest_of, tag_of};
use serde_json::{Value, json};

use super::ground::Ground;
use super::oci_registry::OciRegistry;
use super::published::{cookbook, h1};
use super::web::{Answer, Web};

/// `ada:secret`, hashed by bcrypt.
pub(super) const USERS: &str = "ada:$2y$05$CuOPLWdVtc0dLLdYWKuuSuJIjh2O6aUBydOJkXS02Y5j5qA/raFW2\n";

/// The configuration and the layer of a version.
fn artifact(ground: &Ground, name: &str, version: &str, more: Value) -> (Vec<u8>, Vec<u8>) {
    let files = cookbook(name, version, "", ground.project().to_str().unwrap());
    let mut config = json!({
        "name": name, "version": version, "dependencies": {}, "sum": h1(&files), "published": "2020-01-01T00:00:00Z",
    });
    for (key, value) in more.as_object().unwrap() {
        config[key] = value.clone();
    }
    (config.to_string().into_bytes(), pack(&files).unwrap())
}

/// Pushes a version.
fn push(ground: &Ground, reference: &str, name: &str, version: &str, more: Value) -> String {
    let (config, layer) = artifact(ground, name, version, more);
    let annotations = BTreeMap::from([("org.opencontainers.image.title".to_owned(), name.to_owned())]);
    OciClient::default().push((reference, &tag_of(version)), &config, &layer, &annotations).unwrap()
}

#[test]
fn versions_are_tags_and_the_lock_has_the_digest() {
    let Some(ground) = Ground::new() else { return };
    let Some(registry) = OciRegistry::start(&ground.folder().join("oci"), None) else { return };
    let reference = format!("{}/ops/vault", registry.host());
    let first = push(&ground, &reference, "ops/vault", "0.9.1", json!({}));
    // Pushed again, it is the same.
    assert_eq!(push(&ground, &reference, "ops/vault", "0.9.1", json!({})), first);
    push(&ground, &reference, "ops/vault", "1.0.0+build.5", json!({}));
    push(&ground, &reference, "ops/vault", "0.9.2", json!({"published": "2999-01-01T00:00:00Z"}));
    push(&ground, &reference, "ops/vault", "0.9.3", json!({"version": "0.9.4"}));
    ground.takes(&format!("vault = {{ oci = \"{reference}\", version = \"~0.9\" }}"));
    let said = ground.done(&["fetch"]);
    assert_eq!(
        said,
        "added ops/vault 0.9.1\nwrote chefrs.lock: 1 cookbook from OCI registries\nwarning: `ops/vault` 0.9.1 is not signed\n"
    );
    let lock = ground.text("chefrs.lock");
    assert!(lock.contains(&format!("source = \"oci+{reference}@{first}\"\nsum = \"h1:sha256:")), "{lock}");
    ground.done(&["run", "-r", "vault"]);
    assert_eq!(ground.text("vault"), "0.9.1\n");
    assert_eq!(ground.done(&["tree", "--why", "vault"]), "chefrs.toml > ops/vault 0.9.1\n");
    assert!(ground.done(&["vendor"]).ends_with("wrote vendor/ops/vault\n"));
    fs::remove_dir_all(ground.cache()).unwrap();
    ground.done(&["run", "-r", "vault"]);
    fs::remove_dir_all(ground.project().join("vendor")).unwrap();
    ground.fails(&["fetch", "--offline"], 1, &["0.9.1 was never fetched", "leave out `--offline` once"]);
    ground.done(&["fetch", "--locked"]);
    ground.done(&["update"]);
    assert_eq!(ground.text("chefrs.lock"), lock);
    let said = ground.done(&["outdated"]);
    assert!(
        said.starts_with("ops/vault 0.9.1: the newest is 1.0.0+build.5; chefrs.toml allows no"),
        "{said}"
    );
    let said = ground.done(&["update", "vault", "--precise", "0.9.2"]);
    assert!(said.starts_with("changed ops/vault 0.9.1 to 0.9.2\n"), "{said}");
    ground.fails(
        &["update", "vault", "--precise", "0.9.3"],
        1,
        &["the tag `0.9.3` of `oci://", "holds version 0.9.4"],
    );
    ground.done(&["update"]);
    assert_eq!(ground.text("chefrs.lock"), lock);
    // A tag that is moved is told.
    push(&ground, &reference, "ops/vault", "0.9.1", json!({"sum": artifact_sum(), "description": "x"}));
    let (config, _) = artifact(&ground, "ops/vault", "0.9.1", json!({"sum": artifact_sum()}));
    let layer = pack(&cookbook("ops/vault", "0.9.1", "", "/x")).unwrap();
    OciClient::default().push((&reference, "0.9.1"), &config, &layer, &BTreeMap::new()).unwrap();
    ground.done(&["fetch"]);
    ground.fails(
        &["update"],
        1,
        &["has other files under version 0.9.1 than chefrs.lock", "`chefrs update vault --precise 0.9.1`"],
    );
    assert_eq!(ground.text("chefrs.lock"), lock);
    ground.done(&["update", "vault", "--precise", "0.9.1", "--grant"]);
    assert_ne!(ground.text("chefrs.lock"), lock);
    ground.takes("").done(&["fetch"]);
    let said = ground.done(&["add", "vault", "--oci", &reference]);
    assert!(said.contains("added `vault` to chefrs.toml"), "{said}");
    let text = ground.text("chefrs.toml");
    assert!(
        text.contains(&format!("vault = {{ oci = \"{reference}\", version = \"^1.0.0+build.5\" }}\n")),
        "{text}"
    );
    ground.fails(
        &["add", "none", "--oci", &format!("{}/ops/none", registry.host())],
        1,
        &["has no tag that is a version"],
    );
}

fn artifact_sum() -> String {
    h1(&cookbook("ops/vault", "0.9.1", "", "/x"))
}

#[test]
fn the_credentials_of_docker_and_podman_are_used() {
    let Some(ground) = Ground::new() else { return };
    let Some(registry) = OciRegistry::start(&ground.folder().join("oci"), Some(USERS)) else { return };
    let host = registry.host();
    let reference = format!("{host}/ops/vault");
    ground.takes(&format!("vault = {{ oci = \"{reference}\" }}"));
    let words = &["fetch"];
    ground.fails(words, 1, &["the registry asks for credentials", &format!("`docker login {host}`")]);
    let docker = ground.folder().join(".docker/config.json");
    let auth = |password: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(format!("ada:{password}"))
    };
    let write = |path: &std::path::Path, text: String| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(&docker, json!({"auths": {host: {"auth": auth("wrong")}}}).to_string());
    ground.fails(words, 1, &["the registry refuses the credentials"]);
    write(&docker, json!({"auths": {host: {"auth": auth("secret")}}}).to_string());
    ground.fails(words, 1, &["has no tag that is a version"]);
    // Podman's file comes first.
    let podman = ground.folder().join("run/containers/auth.json");
    ground.variable("XDG_RUNTIME_DIR", ground.folder().join("run").to_str().unwrap());
    write(&podman, json!({"auths": {format!("{host}/ops"): {"auth": auth("wrong")}}}).to_string());
    ground.fails(words, 1, &["the registry refuses the credentials"]);
    // A program that knows them.
    let program = ground.folder().join("bin/docker-credential-spec");
    write(
        &program,
        format!(
            "#!/bin/sh\nread -r host\n[ \"$1 $host\" = 'get {host}' ] || exit 1\n[ -z \"$CHEFRS_TOKEN_X\" ] || exit 1\n\
             echo '{{\"ServerURL\":\"x\",\"Username\":\"ada\",\"Secret\":\"secret\"}}'\n"
        ),
    );
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    ground.variable("CHEFRS_TOKEN_X", "word");
    ground.variable("PATH", &format!("{}:/usr/bin:/bin", ground.folder().join("bin").display()));
    write(&podman, "{}".to_owned());
    for config in [json!({"credHelpers": {host: "spec"}}), json!({"credsStore": "spec"})] {
        write(&docker, config.to_string());
        ground.fails(words, 1, &["has no tag that is a version"]);
    }
    write(&docker, json!({"credsStore": "none"}).to_string());
    ground.fails(words, 1, &["`docker-credential-none` can't be run"]);
    write(&docker, json!({"credsStore": "../x"}).to_string());
    ground.fails(words, 1, &["has odd characters"]);
    write(&docker, "x".to_owned());
    ground.fails(words, 1, &["is not JSON"]);
}

/// A registry of one artifact, and what it changes in it.
fn lying(
    (config, layer): (Vec<u8>, Vec<u8>),
    change: impl Fn(&mut Value) + Send + 'static,
    says: impl Fn(&str, Vec<u8>) -> Answer + Send + 'static,
) -> Web {
    let part = |kind: &str, bytes: &[u8]| json!({"mediaType": kind, "digest": digest_of(bytes), "size": bytes.len()});
    let mut manifest = json!({
        "schemaVersion": 2, "artifactType": "application/vnd.chefrs.cookbook.v1",
        "config": part("application/vnd.chefrs.cookbook.config.v1+json", &config),
        "layers": [part("application/vnd.chefrs.cookbook.content.v1.tar+zstd", &layer)],
    });
    change(&mut manifest);
    let manifest = manifest.to_string().into_bytes();
    Web::new(move |path, _| {
        if path.contains("/tags/") {
            return Answer::of(200, json!({"tags": ["1.0.0", "latest"]}).to_string());
        }
        let of = |bytes: &[u8]| path.ends_with(&digest_of(bytes));
        if path.contains("/manifests/") {
            return says("manifest", manifest.clone());
        }
        match (of(&config), of(&layer)) {
            (true, _) => says("config", config.clone()),
            (_, true) => says("layer", layer.clone()),
            _ => Answer::of(404, ""),
        }
    })
}

#[test]
fn a_registry_that_lies() {
    let Some(ground) = Ground::new() else { return };
    let refused = |web: &Web, says: &str| {
        ground.takes(&format!("web = {{ oci = \"{}/acme/web\" }}", web.host()));
        ground.fails(&["fetch"], 1, &[says]);
        assert!(!ground.project().join("chefrs.lock").exists());
        assert!(!ground.cache().join("trees").exists());
    };
    let good = || artifact(&ground, "acme/web", "1.0.0", json!({}));
    let truly = |_: &str, bytes: Vec<u8>| Answer::of(200, bytes);
    let changed = |what: &'static str| {
        move |part: &str, mut bytes: Vec<u8>| {
            if part == what {
                bytes.push(b' ');
            }
            Answer::of(200, bytes)
        }
    };
    refused(&lying(good(), |_| {}, changed("config")), "has another digest: sha256:");
    refused(&lying(good(), |_| {}, changed("layer")), "has another digest: sha256:");
    let header = |_: &str, bytes: Vec<u8>| Answer {
        headers: format!("Docker-Content-Digest: {}\r\n", digest_of(b"")),
        ..Answer::of(200, bytes)
    };
    refused(&lying(good(), |_| {}, header), "its manifest `1.0.0` has another digest than it should");
    let half = |part: &str, bytes: Vec<u8>| {
        let (length, half) = (bytes.len(), bytes[..bytes.len() / 2].to_vec());
        Answer { length: Some(length), ..Answer::of(200, if part == "layer" { half } else { bytes }) }
    };
    refused(&lying(good(), |_| {}, half), "the answer ended early");
    refused(
        &lying(good(), |manifest| manifest["artifactType"] = json!("x"), truly),
        "its `artifactType` is not",
    );
    let two = |manifest: &mut Value| {
        let layer = manifest["layers"][0].clone();
        manifest["layers"].as_array_mut().unwrap().push(layer);
    };
    refused(&lying(good(), two, truly), "it does not have exactly one layer");
    refused(
        &lying(good(), |manifest| manifest["layers"][0]["mediaType"] = json!("x"), truly),
        "its layer is not",
    );
    refused(
        &lying(good(), |manifest| manifest["layers"][0]["digest"] = json!("../x"), truly),
        "its layer is not",
    );
    refused(&lying(good(), |_| {}, |_, _| Answer::of(200, "page")), "its manifest is not JSON");
    let other = artifact(&ground, "acme/web", "1.0.0", json!({"name": "acme/other"}));
    refused(&lying(other, |_| {}, truly), "what should be `web` calls itself `acme/other`");
    let sum = artifact(&ground, "acme/web", "1.0.0", json!({"sum": artifact_sum()}));
    let web = lying(sum, |_| {}, truly);
    ground.takes(&format!("web = {{ oci = \"{}/acme/web\" }}", web.host()));
    ground.fails(&["fetch"], 1, &["1.0.0 has other files than it says"]);
    let needs = artifact(&ground, "acme/web", "1.0.0", json!({"dependencies": {"x": "acme/x ^1"}}));
    let web = lying(needs, |_| {}, truly);
    ground.takes(&format!("web = {{ oci = \"{}/acme/web\" }}", web.host()));
    ground.fails(&["fetch"], 1, &["no registry is known for the scope `acme` of `acme/x`"]);
    // Nobody is there.
    let host = web.host();
    drop(web);
    ground.takes(&format!("web = {{ oci = \"{host}/acme/web\" }}"));
    ground.fails(&["fetch"], 1, &["can't be used: the connection failed"]);
}

#[test]
fn tokens_are_fetched_where_the_registry_says() {
    let Some(ground) = Ground::new() else { return };
    let tokens = Web::new(|path, _| {
        let is_right =
            path.contains("service=specs") && path.contains("scope=repository%3Aacme%2Fweb%3Apull");
        Answer::of(200, if is_right { "{\"token\":\"word\"}" } else { "{}" })
    });
    let challenge =
        format!("WWW-Authenticate: Bearer realm=\"{}/token\",service=\"specs\"\r\n", tokens.url());
    let web = Web::new(move |_, head| {
        if head.contains("authorization: Bearer word\r\n") {
            return Answer::of(200, "{\"tags\":[]}");
        }
        Answer { headers: challenge.clone(), ..Answer::of(401, "") }
    });
    ground.takes(&format!("web = {{ oci = \"{}/acme/web\" }}", web.host()));
    ground.fails(&["fetch"], 1, &["has no tag that is a version"]);
    drop(tokens);
    ground.fails(&["fetch"], 1, &["no token can be had: the connection failed"]);
}
