//! What came of work that may outlive the request that asked for it: streams are jobs under the id
//! of their batch, so that a sender whose connection broke can ask.

use model::RecordId;
use serde_json::{Value, json};
use store::job::{Job, JobState, put};

use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::reading::READ;
use crate::system::System;

/// The sort of work that a stream is.
const STREAM: &str = "stream";

/// How a stream stands.
pub(crate) struct StreamJob<'a> {
    pub(crate) batch: RecordId,
    pub(crate) account: &'a str,
    pub(crate) state: JobState,
    /// Records that are stored or known.
    pub(crate) done: u64,
    pub(crate) total: Option<u64>,
    pub(crate) refused: u64,
    pub(crate) result: Option<Value>,
}

impl System {
    /// The job with an id.
    ///
    /// # Errors
    /// No permission, no such job; a fault of the store.
    pub async fn job(&self, who: &Principal, id: RecordId) -> Result<Job, Rejection> {
        let pack = self.pack();
        let today = crate::time::day(self.clock().now());
        Door::new(&pack, today).authorize(who, READ, Target::default())?;
        self.reader().db().job(id).await?.ok_or_else(|| {
            Rejection::NotFound(Fault::new(
                "job.not_found",
                format!("there is no job {id}; a stream's job has the id of its batch"),
                format!("没有任务 {id}；数据流的任务编号即其批次编号"),
            ))
        })
    }

    /// Notes how a stream stands. It is for asking only: a fault of it stops no stream.
    pub(crate) async fn note_stream(&self, stream: StreamJob<'_>) {
        let now = self.clock().now();
        let job = Job {
            id: stream.batch,
            kind: STREAM.to_owned(),
            state: stream.state,
            account: stream.account.to_owned(),
            created_at: now,
            updated_at: now,
            done: stream.done,
            total: stream.total,
            faults: stream.refused,
            result: stream.result.map(|result| result.to_string()),
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
