//! Named questions, and who is told of what answers them.
//!
//! A question is its owner's: the office or organization for which somebody named it. A subscription
//! keeps how far it was told: all that the first so many records say, and of what the next record brings
//! (an event, or all those of a batch that is complete now) what lies before a position. It moves on only
//! when what was told was received, so that every event is told at least once.

use epcis::Query;
use model::{RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::epcis::{
    Brings, QueryRow, SubscriptionRow, drop_query, drop_subscription, put_query, put_subscription,
    told,
};
use store::job::Asker;

use super::ask::EventView;
use super::schedule::Schedule;
use super::{KIND, READ};
use crate::door::{Decision, Principal, Target, decide};
use crate::fault::{Fault, Rejection};
use crate::keys::random;
use crate::system::System;

/// Questions of one owner, and subscriptions of one.
const MOST_QUERIES: usize = 10_000;
const MOST_SUBSCRIPTIONS: usize = 10_000;
/// Events that are told at once.
const AT_ONCE: usize = 500;
/// Records that are looked at in one step.
const STEP: usize = 1_000;

/// Where to and when a subscription is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
    /// The address of the receiver.
    pub dest: String,
    /// Told as soon as events come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stream: bool,
    /// Told at times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Told at its times also where there is nothing.
    #[serde(default)]
    pub report_if_empty: bool,
    /// From events on that were taken in at this time, also before the subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_record_time: Option<String>,
    /// Whether it is told in XML.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub xml: bool,
    /// How identifiers are spelled, a value of `GS1-EPC-Format`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epc_format: Option<String>,
}

/// How far a subscription was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Told {
    /// All that the first so many records say.
    pub known: u64,
    /// Of what the next brings, what lies before this position.
    pub position: u64,
}

/// A subscription, ready to be told.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// As it is stored.
    pub row: SubscriptionRow,
    /// Where to and when.
    pub terms: Terms,
    /// The question.
    pub query: Query,
}

impl Subscription {
    /// How far it was told, by what is stored.
    pub fn told(&self) -> Told {
        Told { known: self.row.known, position: self.row.position }
    }
}

/// Events that begin to count, with their records.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The event.
    pub view: EventView,
    /// When it was taken in.
    pub recorded_at: Timestamp,
    /// The keys by which it is found.
    pub keys: Vec<i64>,
    stored: store::Stored,
}

impl System {
    /// Names a question.
    ///
    /// # Errors
    /// No permission; a wrong name or question; the name is taken; too many.
    pub async fn name_query(
        &self,
        who: &Principal,
        name: &str,
        definition: &Value,
    ) -> Result<QueryRow, Rejection> {
        self.event_scopes(who)?;
        let is_name = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        if !(1..=100).contains(&name.chars().count()) || !name.chars().all(is_name) {
            return Err(Fault::new(
                "epcis.query_name",
                "the name of a query is 1 to 100 letters, digits, -, _ and .; choose another",
                "查询名称为 1 至 100 个字母、数字、- _ .；请另取名称",
            )
            .at("/name")
            .into());
        }
        let text = definition.to_string();
        Query::parse_json(text.as_bytes()).map_err(|fault| {
            let fault = super::draft::told(&fault);
            let pointer = format!("/query{}", fault.pointer);
            fault.at(pointer)
        })?;
        let row = QueryRow {
            on_behalf_of: who.on_behalf_of.clone(),
            name: name.to_owned(),
            definition: text,
            account: who.account.clone(),
            created_at: self.clock().now(),
        };
        let own = self.reader().db().epcis_queries(&who.on_behalf_of, "", MOST_QUERIES).await?;
        if own.len() >= MOST_QUERIES {
            return Err(too_many(MOST_QUERIES));
        }
        if self.writer().write(vec![put_query(&row)]).await? == 0 {
            return Err(Rejection::Conflict(Fault::new(
                "epcis.query_taken",
                format!("there is a query {name} already; delete it, or take another name"),
                format!("已有名为 {name} 的查询；请先删除，或另取名称"),
            )));
        }
        Ok(row)
    }

    /// The named questions of who asks, behind one.
    ///
    /// # Errors
    /// No permission; a fault of the store.
    pub async fn named_queries(
        &self,
        who: &Principal,
        after: &str,
        limit: usize,
    ) -> Result<Vec<QueryRow>, Rejection> {
        self.event_scopes(who)?;
        Ok(self.reader().db().epcis_queries(&who.on_behalf_of, after, limit).await?)
    }

    /// A named question, and what it means.
    ///
    /// # Errors
    /// No permission; no such question of who asks.
    pub async fn named_query(
        &self,
        who: &Principal,
        name: &str,
    ) -> Result<(QueryRow, Query), Rejection> {
        self.event_scopes(who)?;
        let row = self.reader().db().epcis_query(&who.on_behalf_of, name).await?;
        let row = row.ok_or_else(|| no_query(name))?;
        let query = Query::parse_json(row.definition.as_bytes())
            .map_err(|fault| super::draft::told(&fault))?;
        Ok((row, query))
    }

    /// Forgets a named question with its subscriptions.
    ///
    /// # Errors
    /// As [`named_query`](Self::named_query).
    pub async fn drop_query(&self, who: &Principal, name: &str) -> Result<(), Rejection> {
        self.named_query(who, name).await?;
        self.writer().write(drop_query(&who.on_behalf_of, name)).await?;
        Ok(())
    }

    /// Subscribes to a named question.
    ///
    /// # Errors
    /// As [`named_query`](Self::named_query); neither a stream nor a schedule; too many.
    pub async fn subscribe(
        &self,
        who: &Principal,
        name: &str,
        terms: Terms,
        secret: &str,
    ) -> Result<Subscription, Rejection> {
        let db = self.reader().db();
        let own = db.epcis_subscriptions(&who.on_behalf_of, name, "", MOST_SUBSCRIPTIONS).await?;
        if own.len() >= MOST_SUBSCRIPTIONS {
            return Err(too_many(MOST_SUBSCRIPTIONS));
        }
        let subscription = self.follows(who, name, terms, secret).await?;
        self.writer().write(vec![put_subscription(&subscription.row)]).await?;
        Ok(subscription)
    }

    /// A subscription that is not kept: for as long as a connection lasts.
    ///
    /// # Errors
    /// As [`subscribe`](Self::subscribe).
    pub async fn follows(
        &self,
        who: &Principal,
        name: &str,
        terms: Terms,
        secret: &str,
    ) -> Result<Subscription, Rejection> {
        let (_, query) = self.named_query(who, name).await?;
        if terms.stream == terms.schedule.is_some() {
            return Err(Fault::new(
                "epcis.subscription_when",
                "say either stream: true or a schedule",
                "请在 stream: true 与 schedule 中选择一项；二者必居其一",
            )
            .into());
        }
        let from = match terms.initial_record_time.as_deref() {
            Some(text) => Some(
                text.parse::<Timestamp>()
                    .map_err(|error| Fault::from(error).at("/initialRecordTime"))?,
            ),
            None => None,
        };
        let grant = who.person.as_ref().and_then(|person| {
            let held = person.held();
            match decide(&held, &who.on_behalf_of, READ, &Target::default()) {
                Decision::Allowed(at) => held.holdings().get(at).map(|holding| holding.grant),
                Decision::Denied(_) => None,
            }
        });
        let now = self.clock().now();
        let id = RecordId::new(now, &random());
        let definition = serde_json::to_string(&terms)
            .map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        let row = SubscriptionRow {
            id,
            query: name.to_owned(),
            asker: Asker {
                account: who.account.clone(),
                on_behalf_of: who.on_behalf_of.clone(),
                office: who.office.clone(),
                grant,
            },
            definition,
            secret: self.keys().master().seal(random(), secret.as_bytes(), &about(id)),
            created_at: now,
            // Before it only what was asked for.
            known: if from.is_some() { 0 } else { self.reader().size().await? },
            position: 0,
            notified_at: None,
        };
        Ok(Subscription { row, terms, query })
    }

    /// The subscriptions to a named question of who asks, behind one.
    ///
    /// # Errors
    /// As [`named_query`](Self::named_query).
    pub async fn subscriptions_of(
        &self,
        who: &Principal,
        name: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(SubscriptionRow, Terms)>, Rejection> {
        self.named_query(who, name).await?;
        let db = self.reader().db();
        let rows = db.epcis_subscriptions(&who.on_behalf_of, name, after, limit).await?;
        rows.into_iter().map(|row| Ok((row.clone(), terms_of(&row)?))).collect()
    }

    /// A subscription of who asks.
    ///
    /// # Errors
    /// As [`named_query`](Self::named_query); no such subscription.
    pub async fn subscription(
        &self,
        who: &Principal,
        name: &str,
        id: &str,
    ) -> Result<(SubscriptionRow, Terms), Rejection> {
        self.named_query(who, name).await?;
        let found = match id.parse::<RecordId>() {
            Ok(id) => self.reader().db().epcis_subscription(&who.on_behalf_of, id).await?,
            Err(_) => None,
        };
        let found = found.filter(|row| row.query == name);
        let row = found.ok_or_else(|| {
            Rejection::NotFound(Fault::new(
                "epcis.no_subscription",
                format!("there is no subscription {id} to {name}; look at the list"),
                format!("查询 {name} 没有订阅 {id}；请查看列表"),
            ))
        })?;
        let terms = terms_of(&row)?;
        Ok((row, terms))
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// As [`subscription`](Self::subscription).
    pub async fn unsubscribe(
        &self,
        who: &Principal,
        name: &str,
        id: &str,
    ) -> Result<(), Rejection> {
        let (row, _) = self.subscription(who, name, id).await?;
        self.writer().write(vec![drop_subscription(&who.on_behalf_of, row.id)]).await?;
        Ok(())
    }

    /// All subscriptions; what cannot be understood is left out.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn all_subscriptions(&self) -> Result<Vec<Subscription>, Rejection> {
        let rows = self.reader().db().all_epcis_subscriptions().await?;
        let ready = |(row, definition): (SubscriptionRow, String)| {
            let query = Query::parse_json(definition.as_bytes()).ok()?;
            let terms = terms_of(&row).ok()?;
            Some(Subscription { row, terms, query })
        };
        Ok(rows.into_iter().filter_map(ready).collect())
    }

    /// What deliveries of a subscription are signed with.
    ///
    /// # Errors
    /// It does not decrypt under the master key of this installation.
    pub fn subscription_secret(&self, row: &SubscriptionRow) -> Result<Vec<u8>, store::Error> {
        self.keys().master().open(&row.secret, &about(row.id)).map_err(|error| {
            store::Error::Damaged {
                what: format!("the secret of subscription {}: {error}", row.id),
            }
        })
    }

    /// Notes how far subscriptions were told; of those with a time, that something was received then.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn note_told(
        &self,
        all: &[(RecordId, Told, Option<Timestamp>)],
    ) -> Result<(), Rejection> {
        let notes = all.iter().map(|(id, to, at)| told(*id, to.known, to.position, *at)).collect();
        self.writer().write(notes).await?;
        Ok(())
    }

    /// Events that begin to count behind a place, some of them, and how far that is.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn brought(&self, after: Told) -> Result<(Vec<Brought>, Told), Rejection> {
        let (steps, behind) = self.reader().brings(KIND, after.known, STEP).await?;
        let mut positions: Vec<u64> = Vec::new();
        let mut reached = Told { known: behind, position: 0 };
        let mut skip = after.position;
        for (at, brings) in steps {
            let skipped = std::mem::take(&mut skip);
            let left = AT_ONCE - positions.len();
            if left == 0 {
                reached = Told { known: at, position: skipped };
                break;
            }
            match brings {
                Brings::Event if at >= skipped => positions.push(at),
                Brings::Event => {}
                Brings::Batch(batch) => {
                    let behind = skipped.checked_sub(1);
                    let found = self.reader().batch_positions(batch, behind, left + 1).await?;
                    let more = found.len() > left;
                    positions.extend(found.iter().take(left));
                    if more {
                        let next = found.get(left).copied().unwrap_or_default();
                        reached = Told { known: at, position: next };
                        break;
                    }
                }
            }
        }
        let size = self.reader().size().await?;
        let stored = self.reader().at(&positions).await?;
        let stored: Vec<store::Stored> =
            stored.into_iter().filter(|stored| stored.kind == KIND).collect();
        let standing = self.reader().standing(&stored, size).await?;
        let mut brought = Vec::with_capacity(stored.len());
        for (stored, standing) in stored.into_iter().zip(standing) {
            // What was taken back meanwhile is not told any more.
            if !standing.counts {
                continue;
            }
            let said = store::Said {
                position: stored.position,
                id: stored.id.to_string(),
                valid_at: stored.valid_at,
                recorded_at: stored.recorded_at,
                envelope: Vec::new(),
                open: stored.open.clone(),
            };
            let view = super::ask::view(&said)?;
            let keys = view.event.keys();
            brought.push(Brought { recorded_at: stored.recorded_at, keys, view, stored });
        }
        Ok((brought, reached))
    }

    /// Of some events those that answer a subscription and that who asked for it may read now.
    ///
    /// # Errors
    /// The right has ended; a fault of the store.
    pub async fn to_be_told(
        &self,
        subscription: &Subscription,
        brought: &[&Brought],
    ) -> Result<Vec<EventView>, Rejection> {
        let who = crate::job::principal(self, &subscription.row.asker).await?;
        let scopes = self.event_scopes(&who)?;
        let from = subscription.terms.initial_record_time.as_deref();
        let from: Option<Timestamp> = from.and_then(|text| text.parse().ok());
        let mut found = Vec::new();
        for event in brought {
            let is_early = from.is_some_and(|from| event.recorded_at < from);
            if is_early || !subscription.query.matches(&event.view.event) {
                continue;
            }
            let is_seen = match (&who.person, &scopes) {
                (Some(_), _) => self.sees(&who, &event.stored)?,
                (None, None) => true,
                (None, Some(scopes)) => {
                    let envelope = crate::reading::envelope(&event.stored)?;
                    let author = &*envelope.author.on_behalf_of;
                    scopes.iter().any(|scope| scope.authors.iter().any(|own| own == author))
                }
            };
            if is_seen {
                found.push(event.view.clone());
            }
        }
        Ok(found)
    }
}

/// What a sealed secret belongs to.
fn about(id: RecordId) -> Vec<u8> {
    [b"epcis subscription ".as_slice(), id.as_bytes()].concat()
}

fn terms_of(row: &SubscriptionRow) -> Result<Terms, Rejection> {
    serde_json::from_str(&row.definition).map_err(|error| {
        store::Error::Damaged { what: format!("the subscription {}: {error}", row.id) }.into()
    })
}

fn no_query(name: &str) -> Rejection {
    Rejection::NotFound(Fault::new(
        "epcis.no_query",
        format!("there is no query {name} of yours; look at the list of /epcis/queries"),
        format!("您没有名为 {name} 的查询；请查看 /epcis/queries 列表"),
    ))
}

fn too_many(most: usize) -> Rejection {
    Rejection::Conflict(Fault::new(
        "epcis.too_many",
        format!("there are {most} already; delete some"),
        format!("已达 {most} 个上限；请删除部分后再试"),
    ))
}
