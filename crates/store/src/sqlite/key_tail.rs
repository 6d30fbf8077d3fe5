//! Unique keys that are not in their table yet.
//!
//! Keys are digests and come in no order: put into the table one by one, each of them would touch a
//! page of its own. They are written one behind the other instead and remembered here; when they
//! are many they are put into the table in the table's order, some with every group.

use std::collections::HashMap;

use model::Digest;
use rusqlite::Connection;

use crate::error::Error;

/// Keys that are gathered before they are put into the table.
const GATHERED: usize = 1 << 17;
/// The least that is put into the table with a group.
const SLICE: usize = 64;

const LOAD: &str = "SELECT number, unique_key, position FROM unique_key_tail ORDER BY number";
const ADD: &str = "INSERT INTO unique_key_tail (number, unique_key, position) VALUES (?1, ?2, ?3)";
const HOLD: &str = "INSERT INTO unique_key (unique_key, position) VALUES (?1, ?2) \
     ON CONFLICT (unique_key) DO UPDATE SET position = excluded.position";
const FREE: &str = "DELETE FROM unique_key WHERE unique_key = ?1";
const DONE: &str = "DELETE FROM unique_key_tail WHERE number <= ?1";

/// A key and the position of the head that holds it, if one does.
type Change = (Digest, Option<u64>);

/// What is known beyond the table.
#[derive(Debug)]
pub(super) struct KeyTail {
    /// How many keys are gathered before they are put into the table.
    gathered: usize,
    fresh: HashMap<Digest, Option<u64>>,
    /// What is being put into the table, in its order, and how far that has come.
    sorted: Vec<Change>,
    merged: usize,
    /// The last row of what is sorted.
    last_sorted: i64,
    last: i64,
}

/// What a group wrote, to be remembered when it is committed.
#[derive(Debug)]
pub(super) struct Written {
    changes: Vec<Change>,
    merged: usize,
}

impl KeyTail {
    /// Reads what an earlier run left.
    pub(super) fn load(connection: &Connection) -> Result<Self, Error> {
        Self::gathering(GATHERED, connection)
    }

    fn gathering(gathered: usize, connection: &Connection) -> Result<Self, Error> {
        let mut tail = Self {
            gathered,
            fresh: HashMap::new(),
            sorted: Vec::new(),
            merged: 0,
            last_sorted: 0,
            last: 0,
        };
        let mut statement = connection.prepare(LOAD)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            tail.last = row.get(0)?;
            let key: [u8; 32] = row.get(1)?;
            let position: Option<i64> = row.get(2)?;
            tail.fresh.insert(Digest::from(key), position.map(i64::unsigned_abs));
        }
        Ok(tail)
    }

    /// What is known of a key here: nothing, or which head holds it, if one does.
    pub(super) fn get(&self, key: &Digest) -> Option<Option<u64>> {
        if let Some(position) = self.fresh.get(key) {
            return Some(*position);
        }
        let at = self.sorted.binary_search_by(|(other, _)| other.cmp(key)).ok()?;
        self.sorted.get(at).map(|(_, position)| *position)
    }

    /// Writes what a group does to keys, and puts some of the earlier ones into the table.
    pub(super) fn write(
        &self,
        connection: &Connection,
        freed: &[Digest],
        held: &[(Digest, u64)],
    ) -> Result<Written, Error> {
        let freed = freed.iter().map(|key| (*key, None));
        let held = held.iter().map(|(key, position)| (*key, Some(*position)));
        let changes: Vec<Change> = freed.chain(held).collect();
        if !changes.is_empty() {
            let mut add = connection.prepare_cached(ADD)?;
            for (number, (key, position)) in (self.last + 1..).zip(&changes) {
                add.execute((number, key.as_bytes(), position.map(|at| at as i64)))?;
            }
        }
        let rest = self.sorted.get(self.merged..).unwrap_or_default();
        // Faster than keys come, so that it ends before as many have gathered again.
        let slice = rest.get(..rest.len().min(SLICE.max(changes.len() * 2))).unwrap_or_default();
        for (key, position) in slice {
            match position {
                Some(at) => {
                    connection.prepare_cached(HOLD)?.execute((key.as_bytes(), *at as i64))?
                }
                None => connection.prepare_cached(FREE)?.execute([key.as_bytes()])?,
            };
        }
        if !slice.is_empty() && slice.len() == rest.len() {
            connection.prepare_cached(DONE)?.execute([self.last_sorted])?;
        }
        Ok(Written { changes, merged: slice.len() })
    }

    /// Remembers what is committed.
    pub(super) fn committed(&mut self, written: Written) {
        self.last += written.changes.len() as i64;
        self.fresh.extend(written.changes);
        self.merged += written.merged;
        if self.merged < self.sorted.len() {
            return;
        }
        self.sorted.clear();
        self.merged = 0;
        if self.fresh.len() >= self.gathered {
            self.sorted.extend(self.fresh.drain());
            self.sorted.sort_unstable_by_key(|(key, _)| *key);
            self.last_sorted = self.last;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TABLES: &str = "CREATE TABLE unique_key (unique_key BLOB PRIMARY KEY, position INTEGER) \
         WITHOUT ROWID; CREATE TABLE unique_key_tail (number INTEGER PRIMARY KEY, \
         unique_key BLOB NOT NULL, position INTEGER)";

    fn key(number: u16) -> Digest {
        Digest::of(&[&number.to_be_bytes()])
    }

    /// The holder, as the engine finds it.
    fn holder(tail: &KeyTail, connection: &Connection, key: Digest) -> Option<u64> {
        tail.get(&key).unwrap_or_else(|| {
            let sql = "SELECT position FROM unique_key WHERE unique_key = ?1";
            let mut statement = connection.prepare_cached(sql).unwrap();
            let found = statement.query_row([key.as_bytes()], |row| row.get(0));
            found.ok().map(i64::unsigned_abs)
        })
    }

    #[derive(Debug, Clone)]
    enum Step {
        /// Keys that are freed, keys that are held.
        Commit(Vec<u16>, Vec<u16>),
        /// A group that is given up.
        Abandon(Vec<u16>),
        Reopen,
    }

    fn step() -> impl Strategy<Value = Step> {
        let keys = || prop::collection::vec(0_u16..400, 0..60);
        prop_oneof![
            8 => (keys(), keys()).prop_map(|(freed, held)| Step::Commit(freed, held)),
            1 => keys().prop_map(Step::Abandon),
            1 => Just(Step::Reopen),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Whatever is gathered, put into the table or read anew, a key has the holder that it got.
        #[test]
        fn a_key_has_the_holder_that_it_got(steps in prop::collection::vec(step(), 1..60)) {
            let connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(TABLES).unwrap();
            let mut tail = KeyTail::gathering(100, &connection).unwrap();
            let mut expected = HashMap::new();
            let mut position = 0;
            for step in steps {
                match step {
                    Step::Commit(freed, mut held) => {
                        held.sort_unstable();
                        held.dedup();
                        let freed: Vec<u16> =
                            freed.into_iter().filter(|key| !held.contains(key)).collect();
                        for number in &freed {
                            expected.remove(number);
                        }
                        let mut changes = Vec::new();
                        for number in held {
                            position += 1;
                            expected.insert(number, position);
                            changes.push((key(number), position));
                        }
                        let freed: Vec<Digest> = freed.into_iter().map(key).collect();
                        let written = tail.write(&connection, &freed, &changes).unwrap();
                        tail.committed(written);
                    }
                    Step::Abandon(held) => {
                        connection.execute_batch("BEGIN").unwrap();
                        let held: Vec<_> = held.into_iter().map(|n| (key(n), 1_000_000)).collect();
                        drop(tail.write(&connection, &[], &held).unwrap());
                        connection.execute_batch("ROLLBACK").unwrap();
                    }
                    Step::Reopen => tail = KeyTail::gathering(100, &connection).unwrap(),
                }
                for number in 0..400 {
                    let found = holder(&tail, &connection, key(number));
                    prop_assert_eq!(found, expected.get(&number).copied());
                }
            }
        }
    }
}
