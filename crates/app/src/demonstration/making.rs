//! Making a demonstration: records come in at the time that is told with each.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use model::{Draft, RecordId, Timestamp};
use pack::Pack;
use store::writer::EachAnswer;
use store::{NewRecord, WrappedKey};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::door::{ALL, Principal};
use crate::fault::{Fault, Rejection};
use crate::intake::{Context, Preparer, persons_of};
use crate::keys::random;
use crate::people::account::NewAccount;
use crate::people::role::NewGrant;
use crate::system::{OpenError, Settings, System};

/// Records that are prepared together, and go to the writer as one request.
const CHUNK: usize = 1_000;
/// Chunks that are prepared, and requests that are waited for, at once.
const AT_ONCE: usize = 3;
/// How long the readings and the log may take at the end.
const PATIENCE: Duration = Duration::from_secs(3_600);
/// How often it is looked whether the readings go on.
const PAUSE: Duration = Duration::from_secs(5);
/// The account under which everything is recorded: nobody's.
const ACCOUNT: &str = "demonstration";

/// Somebody who can be entered as by one click.
#[derive(Debug, Clone, Default)]
pub struct NewPerson {
    /// The account.
    pub account: NewAccount,
    /// The role, as the pack names it.
    pub role: String,
    /// The office or organization in which it is held.
    pub held_in: Option<String>,
}

struct Told {
    at: Timestamp,
    by: String,
    /// The account, where it is not nobody's.
    account: Option<String>,
    what: What,
}

/// What comes in: a record, or an event that is to become one.
enum What {
    Record(Box<Draft>),
    Event { region: String, text: String },
}

type Prepared = Result<Vec<NewRecord>, Rejection>;

/// A demonstration that is being made. Broken off, its store is never opened again.
pub struct Making {
    system: Arc<System>,
    buffer: Vec<Told>,
    preparing: VecDeque<JoinHandle<Prepared>>,
    waiting: VecDeque<(Vec<WrappedKey>, JoinHandle<EachAnswer>)>,
    records: u64,
}

impl Making {
    /// Begins one in an empty store.
    ///
    /// # Errors
    /// [`OpenError`]: also where there is something in the store.
    pub async fn begin(
        settings: Settings,
        pack: Arc<Pack>,
        at: Timestamp,
    ) -> Result<Self, OpenError> {
        let settings = Settings { demonstration: Some(at), ..settings };
        let system = Arc::new(System::open(settings, pack).await?);
        Ok(Self {
            system,
            buffer: Vec::with_capacity(CHUNK),
            preparing: VecDeque::new(),
            waiting: VecDeque::new(),
            records: 0,
        })
    }

    /// The program that it is made with.
    pub fn system(&self) -> &System {
        &self.system
    }

    /// How many records came in.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// A record comes in, at a time that is not before that of the one before.
    ///
    /// # Errors
    /// What is wrong with this record or one shortly before.
    pub async fn record(
        &mut self,
        at: Timestamp,
        by: String,
        draft: Draft,
    ) -> Result<(), Rejection> {
        self.record_by(at, by, None, draft).await
    }

    /// The same, recorded by an account: a pseudonym. Nobody's, where it is not said.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub async fn record_by(
        &mut self,
        at: Timestamp,
        by: String,
        account: Option<String>,
        draft: Draft,
    ) -> Result<(), Rejection> {
        self.take(Told { at, by, account, what: What::Record(Box::new(draft)) }).await
    }

    /// An event is reported, as EPCIS 2.0 in JSON, bare; it goes the way of a captured one.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub async fn event(
        &mut self,
        at: Timestamp,
        by: String,
        region: String,
        text: String,
    ) -> Result<(), Rejection> {
        self.take(Told { at, by, account: None, what: What::Event { region, text } }).await
    }

    async fn take(&mut self, told: Told) -> Result<(), Rejection> {
        self.buffer.push(told);
        self.records += 1;
        if self.buffer.len() >= CHUNK {
            self.prepare();
            self.store(AT_ONCE).await?;
        }
        Ok(())
    }

    /// Records come in together as a batch.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub async fn batch(
        &mut self,
        at: Timestamp,
        by: &str,
        batch: RecordId,
        drafts: Vec<Draft>,
    ) -> Result<(), Rejection> {
        self.flush().await?;
        self.system.clock().give(at);
        self.records += drafts.len() as u64;
        self.system.append(&principal(by), drafts, Some(batch)).await.map(|_| ())
    }

    /// A record or batch is taken back.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub async fn withdraw(
        &mut self,
        at: Timestamp,
        by: &str,
        target: RecordId,
        reason: &str,
    ) -> Result<(), Rejection> {
        self.flush().await?;
        self.system.clock().give(at);
        self.records += 1;
        self.system.withdraw(&principal(by), target, reason).await.map(|_| ())
    }

    /// Makes an account with a role, without a password.
    ///
    /// # Errors
    /// All that is wrong with the account or the role.
    pub async fn person(&mut self, at: Timestamp, person: &NewPerson) -> Result<(), Rejection> {
        self.flush().await?;
        self.system.clock().give(at);
        let account = self.system.make_one_click_account(at, &person.account).await?;
        let grant = NewGrant {
            account,
            role: person.role.clone(),
            held_in: person.held_in.clone(),
            reason: "演示数据 demonstration data".to_owned(),
            ..NewGrant::default()
        };
        self.system.grant_role(at, &Principal::program(), &grant).await.map(|_| ())
    }

    /// Waits until everything is stored, read and signed, and says that the demonstration is whole.
    /// From here on the machine says what time it is.
    ///
    /// # Errors
    /// What is wrong with one of the last records; a fault of the store.
    pub async fn finish(mut self) -> Result<Arc<System>, Rejection> {
        self.flush().await?;
        let system = self.system;
        system.clock().run();
        let size = system.reader().size().await?;
        let last = size.saturating_sub(1);
        system.hurry_readings(size);
        let merged = system.readings().watermark();
        let mut waited = Duration::ZERO;
        while !merged.wait_for(last, PAUSE).await {
            if let Some(fault) = system.reading_fault() {
                return Err(fault.into());
            }
            waited += PAUSE;
            if waited > PATIENCE {
                return Err(slow("the readings"));
            }
        }
        if !system.evidence().wait_for(last, PATIENCE).await {
            return Err(slow("the log"));
        }
        system.writer().write(vec![store::state::end_demonstration()]).await?;
        Ok(system)
    }

    /// Waits until what came in is stored.
    async fn flush(&mut self) -> Result<(), Rejection> {
        self.prepare();
        self.store(0).await
    }

    /// Checks what came in on another thread.
    fn prepare(&mut self) {
        if self.buffer.is_empty() {
            return;
        }
        let told = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
        let (system, handle) = (Arc::clone(&self.system), Handle::current());
        self.preparing
            .push_back(tokio::task::spawn_blocking(move || prepared(&system, told, &handle)));
    }

    /// Hands what was checked to the writer, until no more than so many wait.
    async fn store(&mut self, most: usize) -> Result<(), Rejection> {
        while self.preparing.len() > most {
            let Some(next) = self.preparing.pop_front() else { break };
            let records = next.await.map_err(ended)??;
            if let Some(last) = records.last() {
                self.system.clock().give(last.recorded_at);
            }
            let keys = records.iter().flat_map(|record| record.new_keys.clone()).collect();
            let answer = self.system.submit(records).await?;
            self.waiting.push_back((keys, tokio::spawn(answer)));
            self.wait(AT_ONCE).await?;
        }
        self.wait(if most == 0 { 0 } else { AT_ONCE }).await
    }

    async fn wait(&mut self, most: usize) -> Result<(), Rejection> {
        while self.waiting.len() > most {
            let Some((keys, answer)) = self.waiting.pop_front() else { break };
            for answer in answer.await.map_err(ended)?? {
                if let Err(refusal) = answer {
                    return Err(Rejection::Conflict(refusal.into()));
                }
            }
            self.system.confirm_keys(&keys).await?;
            self.system.note_stored();
        }
        Ok(())
    }
}

/// Whoever records it: everything is invented, so everything may be recorded.
fn principal(by: &str) -> Principal {
    Principal {
        on_behalf_of: by.to_owned(),
        account: ACCOUNT.to_owned(),
        office: None,
        permissions: BTreeSet::from([ALL.to_owned()]),
        person: None,
    }
}

fn prepared(system: &System, told: Vec<Told>, handle: &Handle) -> Prepared {
    let pack = system.pack();
    let principals: Vec<Principal> = told
        .iter()
        .map(|told| match &told.account {
            Some(account) => Principal { account: account.clone(), ..principal(&told.by) },
            None => principal(&told.by),
        })
        .collect();
    let mut drafts = Vec::with_capacity(told.len());
    for told in told {
        let is_event = matches!(told.what, What::Event { .. });
        let draft = match told.what {
            What::Record(draft) => *draft,
            What::Event { region, text } => drafted(&pack, &told.by, &region, &text)?,
        };
        drafts.push((told.at, is_event, draft));
    }
    let persons = principals.iter().zip(&drafts);
    let persons: Vec<String> =
        persons.flat_map(|(who, (.., draft))| persons_of(&pack, who, draft)).collect();
    let keys = handle.block_on(system.resolve_keys(&persons))?;
    // What was just read out of an event is not read once more.
    let (preparer, of_events) = (Preparer::new(&pack), Preparer::of_events(&pack));
    let mut records = Vec::with_capacity(drafts.len());
    for ((at, is_event, draft), who) in drafts.into_iter().zip(&principals) {
        let context = Context { who, now: at, keys: &keys, batch: None, random: random() };
        let preparer = if is_event { &of_events } else { &preparer };
        records.push(preparer.record(draft, &context)?);
    }
    Ok(records)
}

/// The record of an event.
fn drafted(pack: &Pack, by: &str, region: &str, text: &str) -> Result<Draft, Rejection> {
    let scope = epcis::Namespaces::default();
    let event = epcis::Event::read(text.as_bytes(), &scope).map_err(|error| {
        let fault = Fault::new("demonstration.event", error.to_string(), error.zh());
        Rejection::Invalid(vec![fault])
    })?;
    let raw = text.as_bytes();
    let sent = crate::epcis::Sent {
        event: &event,
        raw,
        scope: &scope,
        reporter: by,
        region,
        capture: None,
    };
    Ok(crate::epcis::draft(pack, &sent))
}

fn ended(error: tokio::task::JoinError) -> Rejection {
    store::Error::Unavailable { reason: error.to_string() }.into()
}

fn slow(what: &str) -> Rejection {
    Fault::new(
        "demonstration.slow",
        format!("{what} did not follow within an hour; use a faster disk, or a smaller scale"),
        "读模型或日志未在一小时内完成；请改用更快的磁盘或更小的规模",
    )
    .into()
}
