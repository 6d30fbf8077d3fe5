//! Starting and stopping.

use app::OpenError;

use crate::support::*;

#[test]
fn a_folder_is_used_by_one_program() {
    on_both(|home| {
        let system = home.open();
        match home.refusal() {
            OpenError::InUse { path } => assert_eq!(path, home.data()),
            other => panic!("{other}"),
        }
        drop(system);
        home.open();
    });
}

#[test]
fn a_program_ends_where_a_task_holds_it_last() {
    on_both(|home| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let ended = runtime.block_on(async {
            let system = app::system::System::open(home.settings(), pack()).await.unwrap();
            let task = tokio::spawn(async move { drop(system) });
            tokio::time::timeout(std::time::Duration::from_secs(20), task).await
        });
        let is_ended = ended.is_ok();
        // A worker that waits for ever is not waited for.
        runtime.shutdown_background();
        assert!(is_ended, "it waits for itself");
    });
}

#[test]
fn rebuilt_readings_are_those_that_followed() {
    on_both(|home| {
        let system = home.open();
        let sent: Vec<_> = (0..30).map(inspection).collect();
        home.send_all(&system, &sent, Some(new_id())).unwrap();
        let batch = new_id();
        let corrected = correcting(inspection(3), id_of(&sent[3]));
        home.send_all(&system, &[corrected, complaint("T-1", "p-1")], Some(batch)).unwrap();
        home.withdraw(&system, batch).unwrap();
        home.send(&system, &correcting(inspection(4), id_of(&sent[4]))).unwrap();
        home.send(&system, &complaint("T-2", "p-2")).unwrap();
        home.run(system.erase(
            operator(),
            "operator/p-2",
            app::erasure::Request { reason: "asked for", request_no: None },
        ))
        .unwrap();
        let size = home.size(&system);
        home.subject(&system, MAKER);
        let live = home.run(system.readings().dump()).unwrap();
        assert!(live.lines().count() > 40);
        assert_eq!(home.run(system.rebuild()).unwrap(), size);
        assert_eq!(home.run(system.readings().dump()).unwrap(), live);
        assert!(system.reading_fault().is_none());
        // They go on following, and are the same when the program starts anew.
        home.send(&system, &inspection(50)).unwrap();
        home.subject(&system, "shop:50");
        let live = home.run(system.readings().dump()).unwrap();
        drop(system);
        let settings = app::Settings { follow: false, ..home.settings() };
        let system = home.try_open(settings, pack()).unwrap();
        home.run(system.rebuild()).unwrap();
        assert_eq!(home.run(system.readings().dump()).unwrap(), live);
    });
}
