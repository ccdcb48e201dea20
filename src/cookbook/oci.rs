//! Cookbooks in OCI registries: an image manifest with an `artifactType` of our own, the manifest of the cookbook as JSON in
//! the configuration, and one layer with the files. All are checked against their digests.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::archive::PACKED;
use super::index_line;
use super::oci_session::{OciFailure, OciSession};
use super::web_call::{WebCall, host, joined};
use crate::model::content::sha256;
use crate::model::error::Diagnostic;

/// Kind of the artifact.
const ARTIFACT: &str = "application/vnd.chefrs.cookbook.v1";
/// Kind of the configuration.
const CONFIG: &str = "application/vnd.chefrs.cookbook.config.v1+json";
/// Kind of the layer.
const LAYER: &str = "application/vnd.chefrs.cookbook.content.v1.tar+zstd";
/// Kind of the image manifest.
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// Most bytes of a manifest and of a list of tags.
const SMALL: u64 = 4 << 20;
/// Most pages of a list of tags.
const PAGES: usize = 100;

/// The client of OCI registries, with a session for each host.
#[derive(Debug, Default)]
pub struct OciClient {
    sessions: Vec<OciSession>,
}

/// An artifact that holds a cookbook.
#[derive(Debug, Clone)]
pub(super) struct OciCookbook {
    /// Digest of the manifest.
    pub(super) digest: String,
    /// The configuration, a line of an index without its source.
    pub(super) config: String,
    /// Digest of the layer.
    layer: String,
}

/// The tag of a version: tags have no `+`.
pub fn tag_of(version: &str) -> String {
    version.replace('+', "_")
}

/// The version that a tag stands for.
pub(super) fn version_of(tag: &str) -> String {
    tag.replace('_', "+")
}

impl OciClient {
    fn session(&mut self, reference: &str) -> (&mut OciSession, String) {
        let (host, name) = reference.split_once('/').unwrap_or((reference, ""));
        let known = self.sessions.iter().position(|session| session.host == host);
        let index = known.unwrap_or_else(|| {
            self.sessions.push(OciSession::new(host));
            self.sessions.len() - 1
        });
        (&mut self.sessions[index], name.to_owned())
    }

    fn get(
        &mut self,
        reference: &str,
        path: &str,
        (accept, limit): (&str, u64),
    ) -> Result<Option<super::web_call::WebAnswer>, Diagnostic> {
        let (session, name) = self.session(reference);
        let url = if path.contains("://") { path.to_owned() } else { session.url(&format!("{name}/{path}")) };
        let call = WebCall { headers: vec![("accept", accept.to_owned())], ..WebCall::get(url, limit) };
        let answer = session.send(&name, call).map_err(|failure| failed(reference, failure))?;
        match answer.status {
            200 => Ok(Some(answer)),
            404 => Ok(None),
            status => Err(failed(
                reference,
                OciFailure::Failed(format!("the registry answered with status {status}")),
            )),
        }
    }

    /// All tags of `HOST/NAME`. None if it is not there.
    pub(super) fn tags(&mut self, reference: &str) -> Result<Option<Vec<String>>, Diagnostic> {
        let mut found = Vec::new();
        let mut path = "tags/list?n=1000".to_owned();
        for _ in 0..PAGES {
            let Some(answer) = self.get(reference, &path, ("application/json", SMALL))? else {
                return Ok(None);
            };
            let page: Value = serde_json::from_slice(&answer.body)
                .map_err(|_| wrong(reference, "its list of tags is not JSON"))?;
            let tags = page.get("tags").and_then(Value::as_array).into_iter().flatten();
            found.extend(tags.filter_map(Value::as_str).map(str::to_owned));
            // `<URL>; rel="next"`
            let next = answer.header("link").and_then(|link| link.strip_prefix('<')?.split_once('>'));
            let Some((next, _)) = next else { break };
            let base = self.session(reference).0.url("");
            path = joined(&base, next);
            if host(&path) != host(&base) {
                return Err(wrong(reference, "its list of tags goes on at another host"));
            }
        }
        Ok(Some(found))
    }

    /// The artifact with a tag or a digest. None if it is not there.
    pub(super) fn cookbook(&mut self, reference: &str, at: &str) -> Result<Option<OciCookbook>, Diagnostic> {
        let Some(answer) = self.get(reference, &format!("manifests/{at}"), (MANIFEST, SMALL))? else {
            return Ok(None);
        };
        let digest = digest_of(&answer.body);
        let said = answer.header("docker-content-digest").unwrap_or(&digest);
        if said != digest || (at.contains(':') && at != digest) {
            let message = format!("its manifest `{at}` has another digest than it should: {digest}");
            return Err(wrong(reference, &message).hint("the registry, or something before it, changed it"));
        }
        let unlike = |what: &str| {
            let message = format!("`{at}` is not a cookbook: {what}");
            wrong(reference, &message).hint("`chefrs cookbook publish` makes such artifacts")
        };
        let manifest: Value =
            serde_json::from_slice(&answer.body).map_err(|_| unlike("its manifest is not JSON"))?;
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        if text(&manifest, "artifactType").as_deref() != Some(ARTIFACT) {
            return Err(unlike(&format!("its `artifactType` is not `{ARTIFACT}`")));
        }
        let blob = |value: Option<&Value>, kind: &str| {
            let value = value?;
            let digest = text(value, "digest")?;
            (text(value, "mediaType").as_deref() == Some(kind) && is_digest(&digest)).then_some(digest)
        };
        let layers = manifest.get("layers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let [layer] = layers else { return Err(unlike("it does not have exactly one layer")) };
        let layer = blob(Some(layer), LAYER).ok_or_else(|| unlike(&format!("its layer is not `{LAYER}`")))?;
        let config = blob(manifest.get("config"), CONFIG)
            .ok_or_else(|| unlike(&format!("its configuration is not `{CONFIG}`")))?;
        let limit = u64::try_from(index_line::LONGEST).unwrap_or(SMALL);
        let config = self.blob(reference, &config, limit)?;
        let config = String::from_utf8(config).map_err(|_| unlike("its configuration is not UTF-8"))?;
        Ok(Some(OciCookbook { digest, config, layer }))
    }

    /// The layer of an artifact.
    pub(super) fn layer(&mut self, reference: &str, found: &OciCookbook) -> Result<Vec<u8>, Diagnostic> {
        self.blob(reference, &found.layer, PACKED)
    }

    fn blob(&mut self, reference: &str, digest: &str, limit: u64) -> Result<Vec<u8>, Diagnostic> {
        let found = self.get(reference, &format!("blobs/{digest}"), ("*/*", limit))?;
        let bytes = found.ok_or_else(|| wrong(reference, &format!("it lacks the blob `{digest}`")))?.body;
        let is = digest_of(&bytes);
        if is != digest {
            let message = format!("the blob `{digest}` has another digest: {is}");
            return Err(wrong(reference, &message).hint("the registry, or something before it, changed it"));
        }
        Ok(bytes)
    }

    /// Pushes a cookbook as `HOST/NAME` with a tag, and returns the digest of its manifest. The blobs come first, so that
    /// the tag never names something that is not there.
    ///
    /// # Errors
    /// The registry can't be reached, or refuses it.
    pub fn push(
        &mut self,
        (reference, tag): (&str, &str),
        config: &[u8],
        layer: &[u8],
        annotations: &BTreeMap<String, String>,
    ) -> Result<String, Diagnostic> {
        let part = |kind: &str, bytes: &[u8]| json!({ "mediaType": kind, "digest": digest_of(bytes), "size": bytes.len() });
        self.push_blob(reference, config)?;
        self.push_blob(reference, layer)?;
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": ARTIFACT,
            "config": part(CONFIG, config),
            "layers": [part(LAYER, layer)],
            "annotations": annotations,
        });
        self.push_manifest(reference, tag, MANIFEST, manifest.to_string().as_bytes())
    }

    /// Pushes a manifest under a tag or its digest, and returns its digest.
    ///
    /// # Errors
    /// The registry can't be reached, or refuses it.
    pub fn push_manifest(
        &mut self,
        reference: &str,
        at: &str,
        kind: &str,
        bytes: &[u8],
    ) -> Result<String, Diagnostic> {
        let (session, name) = self.session(reference);
        let call = WebCall {
            method: Some("PUT"),
            headers: vec![("content-type", kind.to_owned())],
            body: Some(bytes.to_vec()),
            ..WebCall::get(session.url(&format!("{name}/manifests/{at}")), SMALL)
        };
        let answer = session.send(&name, call).map_err(|failure| failed(reference, failure))?;
        if answer.status == 201 { Ok(digest_of(bytes)) } else { Err(refused(reference, &answer)) }
    }

    /// Pushes a blob, if it is not there.
    ///
    /// # Errors
    /// The registry can't be reached, or refuses it.
    pub fn push_blob(&mut self, reference: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        let digest = digest_of(bytes);
        let (session, name) = self.session(reference);
        let fails = |failure| failed(reference, failure);
        let is_there = WebCall {
            method: Some("HEAD"),
            ..WebCall::get(session.url(&format!("{name}/blobs/{digest}")), SMALL)
        };
        if session.send(&name, is_there).map_err(fails)?.status == 200 {
            return Ok(());
        }
        let start = WebCall {
            method: Some("POST"),
            body: Some(Vec::new()),
            ..WebCall::get(session.url(&format!("{name}/blobs/uploads/")), SMALL)
        };
        let answer = session.send(&name, start.clone()).map_err(fails)?;
        let place = match (answer.status, answer.header("location")) {
            (202, Some(place)) => joined(&start.url, place),
            _ => return Err(refused(reference, &answer)),
        };
        if host(&place) != host(&start.url) {
            return Err(wrong(reference, "it takes blobs at another host, which is not supported"));
        }
        let gap = if place.contains('?') { '&' } else { '?' };
        let upload = WebCall {
            method: Some("PUT"),
            headers: vec![("content-type", "application/octet-stream".to_owned())],
            body: Some(bytes.to_vec()),
            ..WebCall::get(format!("{place}{gap}digest={digest}"), SMALL)
        };
        let answer = session.send(&name, upload).map_err(fails)?;
        if answer.status == 201 { Ok(()) } else { Err(refused(reference, &answer)) }
    }
}

/// The digest of bytes, as registries write it.
pub fn digest_of(bytes: &[u8]) -> String {
    format!("sha256:{}", sha256(bytes))
}

fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or_default();
    digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn wrong(reference: &str, why: &str) -> Diagnostic {
    Diagnostic::error(format!("`oci://{reference}` can't be used: {why}"))
}

fn refused(reference: &str, answer: &super::web_call::WebAnswer) -> Diagnostic {
    let said: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let said = said.as_ref().and_then(|said| said.pointer("/errors/0/message")?.as_str());
    let wrong = wrong(reference, &format!("the registry answered with status {}", answer.status));
    match said {
        Some(said) => wrong.note(crate::model::english::one_line(said)),
        None => wrong,
    }
}

fn failed(reference: &str, failure: OciFailure) -> Diagnostic {
    let host = reference.split('/').next().unwrap_or_default();
    match failure {
        OciFailure::Failed(why) => wrong(reference, &why),
        OciFailure::Refused(true) => wrong(reference, "the registry refuses the credentials")
            .hint(format!("log in again: `docker login {host}` or `podman login {host}`")),
        OciFailure::Refused(false) => wrong(reference, "the registry asks for credentials")
            .hint(format!("log in: `docker login {host}` or `podman login {host}`")),
    }
}
