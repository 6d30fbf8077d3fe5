//! Who is told of events: where to, when, and how far they were told.
//!
//! A subscription keeps how far it was told: all that the first so many records say, and of what the next
//! record brings (an event, or all those of a batch that is complete now) what lies before a position. It
//! moves on only when what was told was received, so that every event is told at least once.

use epcis::Query;
use model::{RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use store::epcis::{SubscriptionRow, drop_subscription, put_subscription, told};
use store::job::Asker;

use super::READ;
use super::named::too_many;
use super::schedule::Schedule;
use crate::door::{Decision, Principal, Target, decide};
use crate::fault::{Fault, Rejection};
use crate::keys::random;
use crate::system::System;

/// Subscriptions to one question.
const MOST_SUBSCRIPTIONS: usize = 10_000;

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

/// How far a subscription was told. Later places are greater.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// From which time on events are wanted that were taken in before it was asked for.
    pub(super) fn from(&self) -> Option<Timestamp> {
        self.terms.initial_record_time.as_deref().and_then(|text| text.parse().ok())
    }
}

impl System {
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

    /// A subscription that is not kept: for as long as a connection lasts. It begins with what comes now,
    /// or at the time that its terms name.
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
