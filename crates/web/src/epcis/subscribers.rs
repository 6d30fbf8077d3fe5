//! Who is told, and how far each of them is.
//!
//! Those that were told all there is stand at the **front**: they have no place of their own, and one move
//! of the front moves them all, so that an event that answers nobody costs no more with ten thousand
//! subscribers than with one. An event finds those whom it may concern by its keys. Whoever is behind has a
//! place, and takes turns with the others until it stands at the front again.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::epcis::{Subscription, Told};
use model::{RecordId, Timestamp};
use tokio::sync::mpsc;

use super::negotiate::Asked;
use super::socket::Tell;

/// How long a receiver that does not answer is let be, first and at most.
pub(super) const LET_BE: (Duration, Duration) =
    (Duration::from_millis(500), Duration::from_secs(300));

/// The way by which somebody is told.
#[derive(Clone)]
pub(super) enum Way {
    /// By requests to an address.
    Hook,
    /// Over a connection of its own.
    Socket(Socket),
}

/// A connection.
#[derive(Clone)]
pub(super) struct Socket {
    /// How it wants to be told.
    pub(super) asked: Asked,
    /// What is told.
    pub(super) tell: mpsc::Sender<Tell>,
    /// What its places belong to.
    pub(super) question: Arc<str>,
}

/// Queues of those that are behind, each with its own bound: receivers that do not answer, and
/// connections, hold nobody else up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Queue {
    /// Receivers at addresses.
    Hooks,
    /// Those that did not answer the last time.
    Troubled,
    /// Connections.
    Sockets,
}

impl Queue {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Hooks, Self::Troubled, Self::Sockets];
}

/// How somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// At the front.
    Front,
    /// It waits for its turn.
    Turn,
    /// It is being told, or it is being looked what it is told.
    Busy,
    /// It is let be until a time.
    LetBe(Instant),
    /// It is told at a time.
    Rests,
}

/// Somebody who is told.
struct Subscriber {
    subscription: Arc<Subscription>,
    way: Way,
    stand: Stand,
    /// How far it was told; that of the front counts for who stands there.
    place: Told,
    /// What is noted of it in the store.
    noted: Told,
    /// Keys of which every event has one that answers; none where all events may.
    keys: Option<Vec<i64>>,
    /// When it is told next, where that is by a schedule.
    due: Option<Timestamp>,
    pause: Duration,
}

impl Subscriber {
    fn is_timed(&self) -> bool {
        self.subscription.terms.schedule.is_some()
    }

    fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        self.subscription.terms.schedule.as_ref().and_then(|schedule| schedule.next_after(now))
    }

    fn queue(&self) -> Queue {
        match &self.way {
            Way::Socket(_) => Queue::Sockets,
            Way::Hook if self.pause > LET_BE.0 => Queue::Troubled,
            Way::Hook => Queue::Hooks,
        }
    }
}

/// Whose turn it is.
pub(super) struct Turn {
    /// Whose.
    pub(super) id: RecordId,
    /// The subscription.
    pub(super) subscription: Arc<Subscription>,
    /// How it is told.
    pub(super) way: Way,
    /// Keys of which every event has one that answers.
    pub(super) keys: Option<Vec<i64>>,
    /// How far it was told.
    pub(super) place: Told,
}

/// Everybody who is told.
#[derive(Default)]
pub(super) struct Subscribers {
    all: HashMap<RecordId, Subscriber>,
    front: Told,
    /// Those that follow as events come, by the keys of their questions.
    by_key: HashMap<i64, Vec<RecordId>>,
    /// Those whose questions no key helps with.
    keyless: Vec<RecordId>,
    turns: HashMap<Queue, VecDeque<RecordId>>,
    let_be: BTreeSet<(Instant, RecordId)>,
    timed: BTreeSet<(Timestamp, RecordId)>,
}

impl Subscribers {
    /// How far those are that stand at the front.
    pub(super) fn front(&self) -> Told {
        self.front
    }

    /// Whether there is nobody.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Moves the front.
    pub(super) fn advance(&mut self, front: Told) {
        self.front = self.front.max(front);
    }

    /// Takes over the subscriptions that are stored; whoever is there keeps its place.
    pub(super) fn take_over(&mut self, stored: Vec<Subscription>, now: Timestamp) {
        let there: HashSet<RecordId> = stored.iter().map(|found| found.row.id).collect();
        let gone = |(id, one): (&RecordId, &Subscriber)| {
            (matches!(one.way, Way::Hook) && !there.contains(id)).then_some(*id)
        };
        let gone: HashSet<RecordId> = self.all.iter().filter_map(gone).collect();
        self.remove(&gone);
        for subscription in stored {
            if !self.all.contains_key(&subscription.row.id) {
                self.add(subscription, Way::Hook, now);
            }
        }
    }

    /// Adds somebody, who waits for the first turn.
    pub(super) fn add(&mut self, subscription: Subscription, way: Way, now: Timestamp) {
        let (id, place) = (subscription.row.id, subscription.told());
        let mut new = Subscriber {
            keys: None,
            subscription: Arc::new(subscription),
            way,
            stand: Stand::Rests,
            place,
            noted: place,
            due: None,
            pause: LET_BE.0,
        };
        // Of the lists of keys each will do. One that few others wait for is found by few events.
        let waiting = |keys: &Vec<i64>| -> usize {
            keys.iter().map(|key| 1 + self.by_key.get(key).map_or(0, Vec::len)).sum()
        };
        new.keys = new.subscription.query.lasting_keys().into_iter().min_by_key(waiting);
        if new.is_timed() {
            new.due = new.next_due(now);
            self.timed.extend(new.due.map(|due| (due, id)));
            self.all.insert(id, new);
            return;
        }
        match &new.keys {
            Some(keys) => keys.iter().for_each(|key| self.by_key.entry(*key).or_default().push(id)),
            None => self.keyless.push(id),
        }
        self.all.insert(id, new);
        self.queue(id);
    }

    /// Lets somebody go.
    pub(super) fn leave(&mut self, id: RecordId) {
        self.remove(&[id].into());
    }

    /// Lets all go that follow a question of an owner.
    pub(super) fn forget(&mut self, on_behalf_of: &str, query: &str) {
        let of = |(id, one): (&RecordId, &Subscriber)| {
            let row = &one.subscription.row;
            (row.asker.on_behalf_of == on_behalf_of && row.query == query).then_some(*id)
        };
        let gone: HashSet<RecordId> = self.all.iter().filter_map(of).collect();
        self.remove(&gone);
    }

    /// How many connections an owner has.
    pub(super) fn sockets_of(&self, on_behalf_of: &str) -> usize {
        let is_one = |one: &&Subscriber| {
            matches!(one.way, Way::Socket(_))
                && one.subscription.row.asker.on_behalf_of == on_behalf_of
        };
        self.all.values().filter(is_one).count()
    }

    fn remove(&mut self, gone: &HashSet<RecordId>) {
        for one in gone.iter().filter_map(|id| self.all.remove(id)) {
            for key in one.keys.iter().flatten() {
                if let Some(list) = self.by_key.get_mut(key) {
                    list.retain(|id| !gone.contains(id));
                    if list.is_empty() {
                        self.by_key.remove(key);
                    }
                }
            }
        }
        if !gone.is_empty() {
            self.keyless.retain(|id| !gone.contains(id));
            self.turns.values_mut().for_each(|turns| turns.retain(|id| !gone.contains(id)));
            self.let_be.retain(|(_, id)| !gone.contains(id));
            self.timed.retain(|(_, id)| !gone.contains(id));
        }
    }

    fn queue(&mut self, id: RecordId) {
        if let Some(one) = self.all.get_mut(&id) {
            one.stand = Stand::Turn;
            self.turns.entry(one.queue()).or_default().push_back(id);
        }
    }

    /// Those at the front whom one of some events may concern, by the keys of each, wait for their turn
    /// from the front on.
    pub(super) fn concern<'k>(&mut self, keys: impl IntoIterator<Item = &'k [i64]>) {
        let mut concerned: Vec<RecordId> = Vec::new();
        for (number, of_event) in keys.into_iter().enumerate() {
            if number == 0 {
                concerned.extend(&self.keyless);
            }
            for key in of_event {
                concerned.extend(self.by_key.get(key).into_iter().flatten());
            }
        }
        for id in concerned {
            if let Some(one) = self.all.get_mut(&id).filter(|one| one.stand == Stand::Front) {
                one.place = self.front;
                self.queue(id);
            }
        }
    }

    /// Those whose time has come wait for their turn.
    pub(super) fn wake(&mut self, now: Timestamp, instant: Instant) {
        while let Some((due, id)) = self.timed.first().copied().filter(|(due, _)| *due <= now) {
            self.timed.remove(&(due, id));
            self.queue(id);
        }
        while let Some((until, id)) = self.let_be.first().copied().filter(|(t, _)| *t <= instant) {
            self.let_be.remove(&(until, id));
            self.queue(id);
        }
    }

    /// How many wait in a queue.
    pub(super) fn waiting(&self, queue: Queue) -> usize {
        self.turns.get(&queue).map_or(0, VecDeque::len)
    }

    /// Whose turn it is; who is taken out of the queue is busy.
    pub(super) fn turn(&mut self, queue: Queue) -> Option<Turn> {
        let id = self.turns.get_mut(&queue)?.pop_front()?;
        let one = self.all.get_mut(&id)?;
        one.stand = Stand::Busy;
        Some(Turn {
            id,
            subscription: Arc::clone(&one.subscription),
            way: one.way.clone(),
            keys: one.keys.clone(),
            place: one.place,
        })
    }

    /// Somebody was told up to a place, or has nothing to be told before it; `at`: something was received,
    /// which is noted.
    pub(super) fn moved(&mut self, id: RecordId, to: Told, is_received: bool, now: Timestamp) {
        let Some(one) = self.all.get_mut(&id) else { return };
        one.place = to;
        if is_received {
            one.noted = to;
            one.pause = LET_BE.0;
        }
        if to < self.front {
            return self.queue(id);
        }
        if one.is_timed() {
            one.due = one.next_due(now);
            one.stand = Stand::Rests;
            self.timed.extend(one.due.map(|due| (due, id)));
        } else if to == self.front {
            one.stand = Stand::Front;
        } else {
            // It knows more than the front: the front comes after it in a moment.
            let until = Instant::now() + Duration::from_millis(20);
            one.stand = Stand::LetBe(until);
            self.let_be.insert((until, id));
        }
    }

    /// A receiver did not answer: it is let be, longer each time.
    pub(super) fn refused(&mut self, id: RecordId) {
        let Some(one) = self.all.get_mut(&id) else { return };
        let pause = one.pause;
        one.pause = (pause * 2).min(LET_BE.1);
        self.rest(id, pause);
    }

    /// Somebody is let be for a time.
    pub(super) fn rest(&mut self, id: RecordId, pause: Duration) {
        let Some(one) = self.all.get_mut(&id) else { return };
        let until = Instant::now() + pause;
        one.stand = Stand::LetBe(until);
        self.let_be.insert((until, id));
    }

    /// How far those are that moved on by themselves, where the store does not know.
    pub(super) fn to_note(&self) -> Vec<(RecordId, Told)> {
        let moved = |(id, one): (&RecordId, &Subscriber)| {
            let place = if one.stand == Stand::Front { self.front } else { one.place };
            let is_moved =
                matches!(one.way, Way::Hook) && one.stand != Stand::Busy && place != one.noted;
            is_moved.then_some((*id, place))
        };
        self.all.iter().filter_map(moved).collect()
    }

    /// They are noted.
    pub(super) fn noted(&mut self, all: &[(RecordId, Told)]) {
        for (id, told) in all {
            if let Some(one) = self.all.get_mut(id) {
                one.noted = *told;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use app::epcis::Terms;
    use epcis::{Namespaces, Query};
    use store::epcis::SubscriptionRow;
    use store::job::Asker;

    use super::*;

    fn subscription(number: u64, query: &[(&str, &str)], schedule: bool) -> Subscription {
        let now = Timestamp::from_micros(1_700_000_000_000_000);
        let mut random = [0; 10];
        random[2..].copy_from_slice(&number.to_be_bytes());
        let terms = match schedule {
            true => r#"{"dest": "", "schedule": {"second": "0"}}"#,
            false => r#"{"dest": "", "stream": true}"#,
        };
        let asker = Asker {
            account: "a".to_owned(),
            on_behalf_of: "o".to_owned(),
            office: None,
            grant: None,
        };
        let terms: Terms = serde_json::from_str(terms).unwrap();
        let row = SubscriptionRow {
            id: RecordId::new(now, &random),
            query: "q".to_owned(),
            asker,
            definition: String::new(),
            secret: Vec::new(),
            created_at: now,
            known: 0,
            position: 0,
            notified_at: None,
        };
        let query = Query::parse(query.iter().copied(), &Namespaces::default()).unwrap();
        Subscription { row, terms, query }
    }

    fn epc(number: u64) -> String {
        format!("https://id.gs1.org/01/04012345111118/21/{number}")
    }

    fn keys(number: u64) -> Vec<i64> {
        let text = format!(
            r#"{{"@context": "epcis-context.jsonld", "type": "ObjectEvent", "action": "OBSERVE",
            "eventTime": "2026-01-31T08:00:00Z", "eventTimeZoneOffset": "+08:00",
            "bizStep": "shipping", "epcList": ["{}"]}}"#,
            epc(number)
        );
        epcis::parse_json(text.as_bytes()).unwrap().keys()
    }

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

    /// All of a queue take their turns and have nothing to be told.
    fn catch_up(all: &mut Subscribers) -> usize {
        let mut turns = 0;
        for queue in Queue::ALL {
            while let Some(turn) = all.turn(queue) {
                turns += 1;
                let front = all.front();
                all.moved(turn.id, front, false, NOW);
            }
        }
        turns
    }

    #[test]
    fn an_event_finds_those_whom_it_concerns_among_ten_thousand() {
        let mut all = Subscribers::default();
        for number in 0..10_000 {
            let epc = epc(number);
            // All of them wait for the same step, each for a thing of its own.
            let query = [("EQ_bizStep", "shipping"), ("MATCH_epc", epc.as_str())];
            all.add(subscription(number, &query, false), Way::Hook, NOW);
        }
        assert_eq!(catch_up(&mut all), 10_000);
        let nobodys = keys(77_777);
        all.concern([nobodys.as_slice()]);
        // One or two had to be put under what all wait for; it is not ten thousand.
        let turns = Queue::ALL.iter().map(|queue| all.waiting(*queue)).sum::<usize>();
        assert!(turns <= 2, "{turns}");
        all.advance(Told { known: 1, position: 0 });
        catch_up(&mut all);
        let somebodys = keys(4_321);
        all.concern([somebodys.as_slice()]);
        let mut found = Vec::new();
        while let Some(turn) = all.turn(Queue::Hooks) {
            assert_eq!(turn.place, Told { known: 1, position: 0 });
            found.push(turn.id);
        }
        assert!(found.contains(&subscription(4_321, &[], false).row.id));
        assert!(found.len() <= 3, "{}", found.len());
        // The front moves all the others.
        all.advance(Told { known: 2, position: 0 });
        assert_eq!(all.to_note().len(), 10_000 - found.len());
    }

    #[test]
    fn who_is_behind_takes_turns_until_it_stands_at_the_front() {
        let mut all = Subscribers::default();
        let one = subscription(1, &[], false);
        let id = one.row.id;
        all.add(one, Way::Hook, NOW);
        all.advance(Told { known: 5, position: 0 });
        let turn = all.turn(Queue::Hooks).unwrap();
        assert!(all.turn(Queue::Hooks).is_none());
        // What comes while it is busy is not lost on it.
        all.concern([keys(1).as_slice()]);
        all.moved(turn.id, Told { known: 3, position: 0 }, true, NOW);
        assert_eq!(all.turn(Queue::Hooks).unwrap().place, Told { known: 3, position: 0 });
        all.moved(id, Told { known: 5, position: 0 }, true, NOW);
        assert!(all.turn(Queue::Hooks).is_none());
        all.concern([keys(1).as_slice()]);
        assert!(all.turn(Queue::Hooks).is_some());
        // A receiver that does not answer is let be, and then waits with its like.
        all.refused(id);
        all.wake(NOW, Instant::now());
        assert_eq!(Queue::ALL.map(|queue| all.waiting(queue)), [0, 0, 0]);
        all.wake(NOW, Instant::now() + LET_BE.0);
        assert_eq!(all.turn(Queue::Troubled).unwrap().place, Told { known: 5, position: 0 });
        all.leave(id);
        all.wake(NOW, Instant::now() + LET_BE.1);
        assert!(all.is_empty() && all.by_key.is_empty() && all.keyless.is_empty());
    }

    #[test]
    fn who_is_told_at_a_time_waits_for_it() {
        let mut all = Subscribers::default();
        let one = subscription(1, &[], true);
        all.add(one, Way::Hook, NOW);
        all.concern([keys(1).as_slice()]);
        all.wake(NOW, Instant::now());
        assert!(all.turn(Queue::Hooks).is_none());
        let minute = Timestamp::from_micros(NOW.micros() + 60_000_000);
        all.wake(minute, Instant::now());
        let turn = all.turn(Queue::Hooks).unwrap();
        all.moved(turn.id, Told::default(), false, minute);
        all.wake(minute, Instant::now());
        assert!(all.turn(Queue::Hooks).is_none());
        assert_eq!(all.timed.len(), 1);
    }
}
