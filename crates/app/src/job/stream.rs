//! Streams: they are noted as jobs under the id of their batch, so that a sender whose connection
//! broke can ask.

use model::RecordId;
use serde_json::{Value, json};
use store::job::{Asker, Job, JobState, put};

use crate::fault::Fault;
use crate::system::System;

/// The sort of work that a stream is.
pub(super) const KIND: &str = "stream";

/// How a stream stands.
pub(crate) struct StreamJob<'a> {
    pub(crate) batch: RecordId,
    pub(crate) account: &'a str,
    pub(crate) on_behalf_of: &'a str,
    pub(crate) state: JobState,
    /// Records that are stored or known.
    pub(crate) done: u64,
    pub(crate) total: Option<u64>,
    pub(crate) refused: u64,
    pub(crate) result: Option<Value>,
}

impl System {
    /// Notes how a stream stands. It is for asking only: a fault of it stops no stream.
    pub(crate) async fn note_stream(&self, stream: StreamJob<'_>) {
        let now = self.clock().now();
        let job = Job {
            id: stream.batch,
            kind: KIND.to_owned(),
            state: stream.state,
            resource: None,
            asker: Asker {
                account: stream.account.to_owned(),
                on_behalf_of: stream.on_behalf_of.to_owned(),
                office: None,
                grant: None,
            },
            parameters: None,
            created_at: now,
            updated_at: now,
            done: stream.done,
            total: stream.total,
            faults: stream.refused,
            cancel: false,
            trouble: None,
            result: stream.result.map(|result| result.to_string()),
            files_until: None,
        };
        if let Err(error) = self.writer().write(vec![put(&job)]).await {
            tracing::warn!(%error, batch = %stream.batch, "what came of a stream was not noted");
        }
    }
}

/// Faults by line, as a job and an answer tell them.
pub(crate) fn faults_json<'a>(faults: impl Iterator<Item = (u64, &'a Fault)>) -> Value {
    faults
        .map(|(line, fault)| {
            json!({
                "line": line, "code": fault.code, "pointer": fault.pointer,
                "en": fault.en, "zh": fault.zh,
            })
        })
        .collect()
}
