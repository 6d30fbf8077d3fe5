//! Records to store, and a store to put them into.

use std::sync::Arc;

use model::{Class, Digest, RecordId, Timestamp};
use store::{Address, NewRecord, Outcome, PersonalSealed, Reader, Refusal, Writer};

/// A store of its own for one test.
pub struct Store {
    pub address: Address,
    pub writer: Arc<Writer>,
    pub reader: Reader,
    pub runtime: tokio::runtime::Runtime,
    /// What keeps the store's data until the end.
    _home: Box<dyn std::any::Any>,
}

/// Runs a test on a new store of each database.
pub fn on_both(test: impl Fn(Store)) {
    test(Store::sqlite());
    test(Store::postgres());
}

impl Store {
    /// A new SQLite store in a folder that is removed at the end.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::open(Address::Folder(folder.path().join("store")), Box::new(folder))
    }

    /// A new PostgreSQL store in a database of its own.
    pub fn postgres() -> Self {
        let database = testkit::postgres::Server::shared().database("store");
        Self::open(Address::Postgres(database.parameters().to_owned()), Box::new(database))
    }

    fn open(address: Address, home: Box<dyn std::any::Any>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let writer = Arc::new(store::open_writer(&address).unwrap());
        let reader = runtime.block_on(Reader::open(&address)).unwrap();
        Self { address, writer, reader, runtime, _home: home }
    }

    /// How a record stands now.
    pub fn standing(&self, id: RecordId) -> store::Standing {
        self.standing_as_of(id, u64::MAX >> 1)
    }

    /// How a record stood when so many records were known.
    pub fn standing_as_of(&self, id: RecordId, known: u64) -> store::Standing {
        self.runtime.block_on(async {
            let record = self.reader.record(id).await.unwrap().unwrap();
            self.reader.standing(&[record], known).await.unwrap()[0]
        })
    }

    /// Appends one request.
    pub fn append(&self, records: Vec<NewRecord>) -> Result<Vec<Outcome>, Refusal> {
        self.runtime.block_on(self.writer.append(records)).unwrap()
    }
}

/// The id with this number.
pub fn id(number: u64) -> RecordId {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    RecordId::new(Timestamp::from_micros(1_795_000_000_000_000), &random)
}

/// A record whose every part follows from its number and text.
pub fn record(number: u64, text: &str) -> NewRecord {
    NewRecord {
        id: id(number),
        content: Digest::of(&[text.as_bytes()]),
        kind: "inspection".into(),
        valid_at: Timestamp::from_micros(1),
        recorded_at: Timestamp::from_micros(2),
        class: Class::Internal,
        batch: None,
        corrects: None,
        withdraws: None,
        closes: None,
        new_keys: Vec::new(),
        unique_keys: Vec::new(),
        envelope: format!("envelope {number} {text}").into_bytes(),
        open: format!("open {number} {text}").into_bytes(),
        personal: vec![
            PersonalSealed { person: "p-1".into(), sealed: vec![1, 2, 3] },
            PersonalSealed { person: "p-2".into(), sealed: text.as_bytes().to_vec() },
        ],
        nonce: [number as u8; 32],
        leaf: vec![0, 1, number as u8],
    }
}

/// The same with a unique key and a record that it corrects.
pub fn record_with(number: u64, text: &str, key: Option<u64>, corrects: Option<u64>) -> NewRecord {
    NewRecord {
        unique_keys: key.map(|k| Digest::of(&[&k.to_be_bytes()])).into_iter().collect(),
        corrects: corrects.map(id),
        ..record(number, text)
    }
}
