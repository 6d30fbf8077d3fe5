//! Jobs: written, found, listed.

use model::Timestamp;
use store::job::{Job, JobState, put};

use crate::samples::{id, on_both};

#[test]
fn a_job_is_written_over_and_found() {
    on_both(|store| {
        let at = Timestamp::from_micros;
        let mut job = Job {
            id: id(1),
            kind: "stream".into(),
            state: JobState::Running,
            account: "a-1".into(),
            created_at: at(5),
            updated_at: at(5),
            done: 0,
            total: None,
            faults: 0,
            result: None,
        };
        let db = store.reader.db().clone();
        let write = |job: &Job| {
            store.runtime.block_on(store.writer.write(vec![put(job)])).unwrap();
        };
        write(&job);
        assert_eq!(store.runtime.block_on(db.job(id(1))).unwrap(), Some(job.clone()));
        (job.state, job.done, job.total) = (JobState::Done, 7, Some(7));
        (job.updated_at, job.result) = (at(9), Some("{}".into()));
        write(&job);
        let later = Job { id: id(2), created_at: at(6), ..job.clone() };
        write(&later);
        assert_eq!(store.runtime.block_on(db.jobs(10)).unwrap(), [later, job.clone()]);
        assert_eq!(store.runtime.block_on(db.job(id(3))).unwrap(), None);
        assert_eq!(store.runtime.block_on(db.jobs(1)).unwrap()[0].id, id(2));
    });
}
