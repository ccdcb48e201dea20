//! Sends the collection, and the blobs that are missing on the target.

use std::io::{self, BufRead as _};

use crate::converge::OnFailure;
use crate::locked_run::Terms;
use crate::model::blob::{BlobRef, Blobs};
use crate::model::error::Failure;
use crate::model::message::{Begin, BlobRest, Heard, ToAgent};
use crate::target::frame::{self, Broken};
use crate::target::{outgoing, pack};

use super::needed;
use super::order::RemoteOrder;
use super::session_error::{Reason, SessionError};
use super::wire::Output;

/// The blobs that the target may ask for.
#[derive(Debug, Default)]
pub(super) struct Upload {
    wanted: Vec<BlobRef>,
}

/// Sends the collection, for a new run, after a restart, or over a new connection.
pub(super) fn begin(
    output: &Output,
    target: &str,
    order: &RemoteOrder<'_>,
    goes_on: Option<Heard>,
    again: bool,
) -> Result<Upload, SessionError> {
    let RemoteOrder { collection, blobs, .. } = *order;
    let Terms { options, run_identity, caller, lock_timeout, peers } = &order.terms;
    let wanted = needed::blobs(collection, blobs);
    let json = pack::pack(&serde_json::to_vec(collection).map_err(io::Error::from)?)?;
    let begin = ToAgent::Begin(Begin {
        run: run_identity.run.clone(),
        target: target.to_owned(),
        mode: options.mode,
        lock_timeout: lock_timeout.as_secs(),
        no_commands: options.no_commands,
        asks: options.approval.is_some(),
        keep_going: options.on_failure == OnFailure::Continue,
        secrets: needed::secrets(collection, &options.secrets),
        collection: json.len() as u64,
        blobs: wanted.clone(),
        caller: (*caller).clone(),
        looks_first: peers.is_some() && goes_on.is_none() && !again,
        again,
        goes_on,
    });
    output.with(|out| {
        frame::send(out, &begin)?;
        frame::send_slice(out, &json)
    })?;
    Ok(Upload { wanted })
}

impl Upload {
    /// Sends the missing blobs. A target gets only blobs that the collection refers to.
    pub(super) fn blobs(
        self,
        output: &Output,
        missing: &[BlobRest],
        blobs: &Blobs,
    ) -> Result<(), SessionError> {
        for rest in missing {
            let BlobRest { blob: asked, from } = rest;
            let wanted = self.wanted.iter().find(|blob| *blob == asked && *from <= blob.size);
            let Some((blob, source)) = wanted.zip(blobs.get(&asked.sha256)) else {
                return Err(Broken::Senseless(
                    "bytes were asked for that the collection does not name".to_owned(),
                )
                .into());
            };
            let bytes =
                outgoing::open(source).map_err(|failure| SessionError::Failed(Reason::Local(failure)))?;
            let mut bytes = io::BufReader::new(bytes);
            io::copy(&mut io::Read::take(&mut bytes, *from), &mut io::sink())?;
            // Read before it is announced, because announced bytes must follow.
            bytes.fill_buf()?;
            let sent = output.with(|out| {
                frame::send(out, &ToAgent::Blob(rest.clone()))?;
                frame::send_bytes(out, &mut io::Read::take(&mut bytes, blob.size - from))
            })?;
            if sent < blob.size - from {
                let failure =
                    Failure::new("a file that the collection names became shorter while the run began");
                return Err(SessionError::Failed(Reason::Local(failure.hint("run again"))));
            }
        }
        Ok(())
    }
}
