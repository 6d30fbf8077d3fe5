//! Letters of citizens who have no account: what they write becomes the record that opens a case, at
//! the office that is competent where it happened, and they follow it by a number and a code.
//!
//! A letter can be of two kinds at once, such as a complaint that also reports a breach: then there are
//! two records with one number, and their cases are linked. Of the code only a digest is kept, in the
//! record itself; with the number alone nobody is told anything. Sent again, a letter is recognised: all
//! that is in it follows from its id.

mod code;
mod office;
mod progress;

pub use code::QueryCode;
pub use office::competent_office;
pub use progress::{Progress, Told};

use std::collections::BTreeSet;

use model::{Draft, PersonalPart, RecordId, Subject, SubjectId};
use pack::Pack;
use serde_json::{Map, Value};

use crate::attachment::NewAttachment;
use crate::case::{NewStep, Opens};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::keys::random;
use crate::system::System;
use crate::time::day;

/// The field of a letter's record with the digest of its code.
pub const CODE_DIGEST: &str = "query_digest";
/// The field with its number.
const NUMBER: &str = "number";
/// The system that such records come from, and the sender under whom their persons are named.
const PORTAL: &str = "portal";
/// How long after a letter was made ready it can be sent, in µs: terms count from when it was made.
const LONGEST: i64 = 2 * 3600 * 1_000_000;
/// The most pictures that a citizen can add to a letter.
const MOST_PICTURES: usize = 9;

/// What is said under one kind.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The kind of record.
    pub kind: String,
    /// The open part.
    pub open: Map<String, Value>,
    /// What is said of persons.
    pub personal: Map<String, Value>,
}

/// A letter that is to be sent.
#[derive(Debug, Clone)]
pub struct NewLetter {
    /// The id of its first record, made when the letter was ready.
    pub id: RecordId,
    /// The code by which it is followed.
    pub code: QueryCode,
    /// The division in which it happened.
    pub region: String,
    /// Against whom, where the code of the organization is known.
    pub respondent: Option<SubjectId>,
    /// What it says: under one kind, or two.
    pub said: Vec<Said>,
}

/// A letter that is there.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its number.
    pub number: String,
    /// The receipts of its records.
    pub receipts: Vec<Receipt>,
}

/// The number of a letter: its day, and eight letters that follow from its id.
pub fn number_of(id: RecordId) -> String {
    let digest = model::Digest::of(&[b"zhiheng letter\0", id.as_bytes()]);
    let mut bits = [0; 16];
    bits.copy_from_slice(&digest.as_bytes()[..16]);
    let date = day(id.time()).to_string().replace('-', "");
    format!("{date}-{}", code::letters(u128::from_be_bytes(bits), 8))
}

/// The id of the second record of a letter: it follows from that of the first.
fn second_id(first: RecordId) -> RecordId {
    let digest = model::Digest::of(&[b"zhiheng letter track\0", first.as_bytes()]);
    let mut random = [0; 10];
    random.copy_from_slice(&digest.as_bytes()[..10]);
    RecordId::new(first.time(), &random)
}

fn no_kind(kind: &str) -> Rejection {
    Rejection::NotFound(Fault::new(
        "letter.kind",
        format!("letters of the kind {kind} are not taken here; call 12315"),
        format!("此处不受理 {kind}；请拨打 12315"),
    ))
}

/// Whoever writes at the portal: may send such letters and nothing else.
fn citizen(pack: &Pack, kinds: &[&str]) -> Result<Principal, Rejection> {
    let permissions = kinds.iter().map(|id| {
        let kind = pack.kind(id).filter(|kind| kind.field(CODE_DIGEST).is_some());
        kind.map(|kind| kind.author.clone()).ok_or_else(|| no_kind(id))
    });
    Ok(Principal {
        on_behalf_of: PORTAL.to_owned(),
        account: PORTAL.to_owned(),
        office: None,
        permissions: permissions.collect::<Result<BTreeSet<String>, _>>()?,
        person: None,
    })
}

impl System {
    /// Takes a letter in, and returns when it is durable; of two kinds, both or none. Their cases are
    /// linked behind it.
    ///
    /// # Errors
    /// What is wrong with it, by its fields; a letter that was made ready too long ago; no office that is
    /// competent; a fault of the store.
    pub async fn send_letter(&self, letter: NewLetter) -> Result<Sent, Rejection> {
        let pack = self.pack();
        let now = self.clock().now();
        let age = now.micros() - letter.id.time().micros();
        if !(-60_000_000..=LONGEST).contains(&age) {
            return Err(Fault::new(
                "letter.stale",
                "this page was open for too long; check what you wrote and send it again",
                "页面打开时间过长；请核对内容后重新提交",
            )
            .into());
        }
        let number = number_of(letter.id);
        let on = day(letter.id.time());
        let kinds: Vec<&str> = letter.said.iter().map(|said| said.kind.as_str()).collect();
        let who = citizen(&pack, &kinds)?;
        let mut drafts = Vec::with_capacity(letter.said.len());
        for (at, said) in letter.said.iter().enumerate() {
            let office = competent_office(&pack, &letter.region, &said.kind, on);
            let office = office.ok_or_else(|| Rejection::from(no_office(&letter.region)))?;
            let mut open = said.open.clone();
            open.insert(NUMBER.to_owned(), number.as_str().into());
            open.insert(CODE_DIGEST.to_owned(), letter.code.digest(&number).into());
            let takes = pack
                .kind(&said.kind)
                .is_some_and(|kind| kind.subjects.iter().any(|subject| subject.role == RESPONDENT));
            let respondent = letter.respondent.clone().filter(|_| takes);
            let subjects = respondent.map(|id| Subject { role: RESPONDENT.to_owned(), id });
            let person = PersonalPart { person: number.clone(), fields: said.personal.clone() };
            drafts.push(Draft {
                id: Some(if at == 0 { letter.id } else { second_id(letter.id) }),
                kind: said.kind.clone(),
                subjects: subjects.into_iter().collect(),
                office: Some(office.id.clone()),
                region: letter.region.clone(),
                valid_at: letter.id.time(),
                source: PORTAL.to_owned(),
                open,
                personal: vec![person],
                corrects: None,
                withdraws: None,
            });
        }
        let receipts = self.append(&who, drafts, None).await?;
        if let [first, .., second] = receipts.as_slice() {
            self.link_tracks(first, second).await?;
        }
        Ok(Sent { number, receipts })
    }

    /// Puts the case of one record of a letter under that of the other. That both are there counts; where
    /// they cannot be linked, an officer can.
    async fn link_tracks(&self, first: &Receipt, second: &Receipt) -> Result<(), Rejection> {
        self.await_merged(first.position.max(second.position) + 1).await?;
        let pack = self.pack();
        let kind_of =
            async |id| Ok::<_, Rejection>(self.reader().record(id).await?.map(|r| r.kind));
        let (Some(first_kind), Some(second_kind)) =
            (kind_of(first.id).await?, kind_of(second.id).await?)
        else {
            return Ok(());
        };
        let opened_by =
            |kind: &str| pack.procedures().find(|one| one.engine.definition().opens_with == kind);
        let (Some(of), Some(under)) = (opened_by(&first_kind), opened_by(&second_kind)) else {
            return Ok(());
        };
        let steps = &of.engine.definition().steps;
        let Some(step) = steps.iter().find(|step| step.opens.as_deref() == Some(under.id())) else {
            return Ok(());
        };
        let new = NewStep { opens: Opens::There(second.id), ..NewStep::done(&step.id, Map::new()) };
        match self.take_step(&Principal::program(), first.id, new).await {
            Ok(_) => {}
            // Sent again, they are linked already.
            Err(Rejection::Invalid(_) | Rejection::Conflict(_)) if first.known => {}
            Err(Rejection::Store(fault)) => return Err(fault.into()),
            Err(other) => tracing::warn!(%other, "the tracks of a letter could not be linked"),
        }
        Ok(())
    }

    /// Adds a picture to a letter, for whoever knows its number and code.
    ///
    /// # Errors
    /// No such letter, or another code; a file that is no picture or too large; too many.
    pub async fn add_picture(
        &self,
        number: &str,
        code: &QueryCode,
        name: String,
        bytes: Vec<u8>,
    ) -> Result<(), Rejection> {
        let found = self.letters(number, code).await?;
        let Some(first) = found.first() else { return Err(progress::no_letter()) };
        let pack = self.pack();
        let who = citizen(&pack, &[&first.kind])?;
        if self.attached(first.id).await? >= MOST_PICTURES {
            return Err(Fault::new(
                "letter.pictures",
                format!(
                    "a letter takes at most {MOST_PICTURES} pictures; bring more to the office"
                ),
                format!("网上最多补充 {MOST_PICTURES} 张图片；更多材料请交办理机关"),
            )
            .at("/file")
            .into());
        }
        let new = NewAttachment { name, bytes, ..NewAttachment::default() };
        let (receipt, _) = self.attach(&who, first.id, new).await?;
        self.await_merged(receipt.position + 1).await
    }
}

/// The role of whom a letter is about.
const RESPONDENT: &str = "respondent";

fn no_office(region: &str) -> Fault {
    Fault::new(
        "letter.region",
        format!("no office is competent in {region}; choose the place again, or call 12315"),
        format!("{region} 没有对应的办理机关；请重新选择地点，或拨打 12315"),
    )
    .at("/region")
}

/// A code for a letter that is being made ready.
pub fn new_code() -> QueryCode {
    QueryCode::of(random())
}
