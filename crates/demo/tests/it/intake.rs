//! Every record is taken in, by both databases.

use std::sync::Arc;

use app::demonstration::{Making, NewPerson};
use app::people::account::NewAccount;
use app::{Settings, System};
use demo::Act;
use store::Address;

use crate::{drafts, pack, province};

async fn made(settings: Settings, organizations: u32) -> Arc<System> {
    let mut province = province(11, organizations);
    let mut making = Making::begin(settings, pack(), province.begins()).await.unwrap();
    for (line, organization) in province.accounts() {
        let person = NewPerson {
            account: NewAccount {
                login: line.login,
                name: line.name,
                sort: line.sort,
                organization: organization.clone(),
            },
            role: line.role,
            held_in: line.office.or(organization),
        };
        making.person(province.begins(), &person).await.unwrap_or_else(|e| panic!("{e}"));
    }
    while let Some(acts) = province.acts() {
        for act in acts {
            let taken = match act {
                Act::Record { at, by, account, draft } => {
                    making.record_by(at, by, account, draft).await
                }
                Act::Batch { at, by, batch, drafts } => making.batch(at, &by, batch, drafts).await,
                Act::Event { at, by, region, event } => making.event(at, by, region, event).await,
                Act::Withdraw { at, by, target, reason } => {
                    making.withdraw(at, &by, target, &reason).await
                }
            };
            taken.unwrap_or_else(|e| panic!("{e}"));
        }
    }
    making.finish().await.unwrap_or_else(|e| panic!("{e}"))
}

fn on_both(test: impl AsyncFn(Settings)) {
    for is_postgres in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::in_folder(folder.path());
        let database = is_postgres.then(|| testkit::postgres::Server::shared().database("demo"));
        if let Some(database) = &database {
            settings.address = Address::Postgres(database.parameters().to_owned());
        }
        run(test(settings));
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap().block_on(future)
}

#[test]
fn every_record_is_taken_in_when_it_says() {
    on_both(async |settings| {
        let system = made(settings, 150).await;
        assert!(system.is_demonstration());
        let acts = crate::acts(11, 150);
        let size = system.reader().size().await.unwrap();
        assert!(size as usize > drafts(&acts).len(), "{size}");
        // Positions are in the order of time, from two and a half years ago to now.
        let (mut last, mut at) = (None, 0);
        while at < size {
            for record in system.reader().range(at, 1_000).await.unwrap() {
                assert!(Some(record.recorded_at) >= last, "{}", record.position);
                last = Some(record.recorded_at);
                at += 1;
            }
        }
        assert!(system.readings().watermark().get() >= size);
        assert!(system.published().records >= size);
        assert!(system.published().origin.starts_with(app::demonstration::ORIGIN));
        let accounts = system.one_click_accounts(system.clock().now()).await.unwrap();
        assert_eq!(accounts.len(), 11);
        assert!(accounts.iter().all(|entry| entry.role.is_some()), "{accounts:?}");
    });
}
