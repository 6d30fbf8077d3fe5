//! Jobs: written, found, listed, held by one runner at a time.

use model::{RecordId, Timestamp};
use store::db::Statement;
use store::job::{
    Asker, End, Job, JobState, Progress, advance, ask_to_end, drop_files, finish, forget, put,
    release, set_trouble, take,
};

use crate::samples::{Store, id, on_both};

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn stream(number: u64) -> Job {
    Job {
        id: id(number),
        kind: "stream".into(),
        state: JobState::Running,
        resource: None,
        asker: Asker {
            account: "a-1".into(),
            on_behalf_of: "o-1".into(),
            office: Some("420106".into()),
            grant: Some(id(77)),
        },
        parameters: None,
        created_at: at(5),
        updated_at: at(5),
        done: 0,
        total: None,
        faults: 0,
        cancel: false,
        trouble: None,
        result: None,
        files_until: None,
    }
}

/// A job of the queue, of a resource.
fn waiting(number: u64, resource: Option<&str>) -> Job {
    Job {
        state: JobState::Waiting,
        kind: "import".into(),
        resource: resource.map(str::to_owned),
        parameters: Some("{\"sheet\":1}".into()),
        created_at: at(number as i64),
        ..stream(number)
    }
}

fn write(store: &Store, statement: Statement) -> u64 {
    store.runtime.block_on(store.writer.write(vec![statement])).unwrap()
}

fn found(store: &Store, id: RecordId) -> Option<Job> {
    store.runtime.block_on(store.reader.db().job(id)).unwrap()
}

fn next(store: &Store) -> Option<RecordId> {
    store.runtime.block_on(store.reader.db().next_job()).unwrap().map(|job| job.id)
}

#[test]
fn a_job_is_written_over_and_found() {
    on_both(|store| {
        let mut job = stream(1);
        write(&store, put(&job));
        assert_eq!(found(&store, id(1)), Some(job.clone()));
        (job.state, job.done, job.total) = (JobState::Done, 7, Some(7));
        (job.updated_at, job.result) = (at(9), Some("{}".into()));
        write(&store, put(&job));
        let mut later = Job { id: id(2), created_at: at(6), ..job.clone() };
        later.asker.account = "a-2".into();
        write(&store, put(&later));
        let db = store.reader.db();
        let listed = |account, limit| store.runtime.block_on(db.jobs(account, limit)).unwrap();
        assert_eq!(listed(None, 10), [later.clone(), job.clone()]);
        assert_eq!(listed(Some("a-2"), 10), [later]);
        assert_eq!(listed(None, 1)[0].id, id(2));
        assert_eq!(found(&store, id(3)), None);
        // A stream is nobody's to take.
        write(&store, put(&stream(4)));
        assert_eq!(next(&store), None);
        assert_eq!(write(&store, ask_to_end(id(4), at(10))), 0);
    });
}

#[test]
fn a_stream_under_the_id_of_a_job_changes_nothing_of_it() {
    on_both(|store| {
        let queued = waiting(1, Some("a"));
        let others = stream(2);
        for job in [&queued, &others] {
            write(&store, put(job));
        }
        let mut forged = Job { state: JobState::Running, ..stream(1) };
        assert_eq!(write(&store, put(&forged)), 0);
        assert_eq!(found(&store, id(1)), Some(queued));
        assert_eq!(next(&store), Some(id(1)));
        (forged.id, forged.state) = (id(2), JobState::Failed);
        forged.asker.on_behalf_of = "o-2".into();
        assert_eq!(write(&store, put(&forged)), 0);
        assert_eq!(found(&store, id(2)), Some(others));
    });
}

#[test]
fn the_oldest_whose_resource_is_free_comes_next() {
    on_both(|store| {
        for (number, resource) in [(1, Some("a")), (2, Some("a")), (3, None), (4, Some("b"))] {
            write(&store, put(&waiting(number, resource)));
        }
        let taken = || {
            let next = next(&store)?;
            assert_eq!(write(&store, take(next, "r", at(20))), 1);
            assert_eq!(write(&store, take(next, "s", at(20))), 0);
            Some(next)
        };
        assert_eq!(
            [taken(), taken(), taken(), taken()],
            [Some(id(1)), Some(id(3)), Some(id(4)), None]
        );
        // One that is to end waits for nobody.
        assert_eq!(write(&store, ask_to_end(id(2), at(21))), 1);
        assert_eq!(write(&store, ask_to_end(id(2), at(21))), 0);
        assert_eq!(taken(), Some(id(2)));
        let open = store.runtime.block_on(store.reader.db().jobs_open("a-1")).unwrap();
        assert_eq!(open, 4);
        // Who was given one and not told so takes it again.
        assert_eq!(write(&store, take(id(4), "r", at(22))), 1);
        // One that has something to take back waits for its resource, as before it began.
        write(&store, put(&waiting(5, Some("b"))));
        assert_eq!(write(&store, take(id(5), "r", at(23))), 1);
        assert_eq!(write(&store, advance(id(5), "r", at(23), Progress::default(), "1")), 1);
        let release = Statement::new(
            "UPDATE job SET state = 'waiting', runner = NULL WHERE id = $1",
            vec![id(5).into()],
        );
        write(&store, release);
        write(&store, ask_to_end(id(5), at(24)));
        assert_eq!(taken(), None);
        let end = End {
            state: JobState::Done,
            progress: Progress::default(),
            result: "{}",
            files_until: None,
        };
        write(&store, finish(id(4), "r", at(25), end));
        assert_eq!(taken(), Some(id(5)));
    });
}

#[test]
fn who_holds_a_job_alone_says_how_far_it_is() {
    on_both(|store| {
        write(&store, put(&waiting(1, None)));
        write(&store, take(id(1), "r", at(20)));
        let db = store.reader.db().clone();
        let checkpoint = || store.runtime.block_on(db.job_checkpoint(id(1))).unwrap();
        assert_eq!(checkpoint(), None);
        let progress = Progress { done: 5, total: Some(9), faults: 1 };
        assert_eq!(write(&store, set_trouble(id(1), "r", at(21), "{}")), 1);
        assert_eq!(found(&store, id(1)).unwrap().trouble.as_deref(), Some("{}"));
        assert_eq!(write(&store, advance(id(1), "s", at(22), progress, "5")), 0);
        assert_eq!(write(&store, advance(id(1), "r", at(22), progress, "5")), 1);
        let job = found(&store, id(1)).unwrap();
        assert_eq!((job.done, job.total, job.faults, job.trouble), (5, Some(9), 1, None));
        assert_eq!(checkpoint().as_deref(), Some("5"));
        // Who starts takes back what others held, and not what it holds itself.
        assert_eq!(write(&store, release("r")), 0);
        assert_eq!(write(&store, release("s")), 1);
        assert_eq!(write(&store, advance(id(1), "r", at(23), progress, "6")), 0);
        assert_eq!(next(&store), Some(id(1)));
        write(&store, take(id(1), "s", at(24)));
        assert_eq!(checkpoint().as_deref(), Some("5"));
        let end = End {
            state: JobState::Done,
            progress: Progress { done: 9, ..progress },
            result: "{\"said\":[]}",
            files_until: Some(at(100)),
        };
        assert_eq!(write(&store, finish(id(1), "r", at(25), end)), 0);
        assert_eq!(write(&store, finish(id(1), "s", at(25), end)), 1);
        assert_eq!(checkpoint(), None);
        assert_eq!(write(&store, ask_to_end(id(1), at(26))), 0);
        // It is forgotten once its files are gone.
        let kept = || store.runtime.block_on(db.jobs_with_files()).unwrap().len();
        assert_eq!(kept(), 1);
        let due = |time| store.runtime.block_on(db.jobs_with_files_until(at(time))).unwrap();
        assert_eq!((due(100), due(101)), (vec![], vec![id(1)]));
        assert_eq!(write(&store, forget(at(1000))), 0);
        write(&store, drop_files(id(1)));
        assert_eq!((due(101), kept()), (vec![], 0));
        assert_eq!(write(&store, forget(at(25))), 0);
        assert_eq!(write(&store, forget(at(1000))), 1);
        assert_eq!(found(&store, id(1)), None);
    });
}
