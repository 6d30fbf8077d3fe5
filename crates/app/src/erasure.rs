//! Erasing what records say of a person, by destroying the person's key (个人信息保护法, Art. 47).
//!
//! The records stay, and every proof of them still holds: it speaks of digests. Where a law makes a
//! record be kept, the key stays until the last such term has ended, and what it opens is restricted:
//! it is shown to nobody.
//!
//! What an erasure reaches: the key in the store and its copies in the database's files; the key in
//! memory; every backup that is made later, for a backup has the keys that there are. The readings
//! hold nothing personal. A backup made before still has the key: the list `kept/erased`, outside of
//! the store, destroys it again when such a backup is restored.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;

use clock::Date;
use model::{Digest, Draft, system_kind};
use serde_json::{Map, Value};
use store::WrappedKey;
use store::db::Statement;

use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::keys::sync_folder;
use crate::system::System;

/// What became of a request to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erasure {
    /// The key is destroyed.
    Erased {
        /// The receipt of the record that says so.
        receipt: Receipt,
        /// How many records had a part of the person.
        records: u64,
    },
    /// A law makes records be kept: nobody is shown the person's parts, and the key is destroyed
    /// when it is asked for again after the day.
    Restricted {
        /// The last day on which one of them has to be kept.
        until: Date,
        /// The law and the article.
        law: String,
        /// How many records have to be kept.
        records: u64,
        /// The receipt of the record that says so.
        receipt: Receipt,
    },
}

/// Why somebody is to be erased.
#[derive(Debug, Clone, Default)]
pub struct Request<'a> {
    /// In words.
    pub reason: &'a str,
    /// The number under which the person asked.
    pub request_no: Option<&'a str>,
}

/// What became of a key, in `kept/erased`.
const ERASED: &str = "erased";
/// As above: the key is there, but opens nothing for anybody.
const RESTRICTED: &str = "restricted";

fn restrict(person: &str) -> Statement {
    const SQL: &str = "UPDATE person_key SET restricted = 1 WHERE person = $1";
    Statement::new(SQL, vec![person.into()])
}

/// The longest term that holds a record of a person.
struct Kept {
    until: Date,
    law: String,
    records: u64,
}

impl System {
    /// Erases what all records say of a person, or restricts it where a law keeps one of them.
    ///
    /// # Errors
    /// No such person, no permission; a fault of the store or of `kept/erased`.
    pub async fn erase(
        &self,
        who: &Principal,
        person: &str,
        request: Request<'_>,
    ) -> Result<Erasure, Rejection> {
        let pack = self.pack();
        let today = crate::time::day(self.clock().now());
        let kind = pack.kind(system_kind::ERASURE);
        let permission = kind.map_or("key.manage", |kind| kind.author.as_str());
        Door::new(&pack, today).authorize(who, permission, Target::default())?;
        let Some(digest) = self.person_keys().digest(person).await? else {
            return Err(Rejection::NotFound(Fault::new(
                "erasure.nobody",
                format!(
                    "there is no key of {person}: it was destroyed, or no record speaks of that person"
                ),
                format!("没有 {person} 的密钥：已销毁，或没有涉及此人的记录"),
            )));
        };
        let (records, kept) = self.kept_records(person, today).await?;
        if let Some(kept) = kept {
            let article = format!("{}；保存至 {}", kept.law, kept.until);
            let receipt =
                self.say_erasure(who, person, &request, RESTRICTED, Some(&article)).await?;
            self.note_outside(person, &digest, RESTRICTED)?;
            self.writer().write(vec![restrict(person)]).await?;
            let Kept { until, law, records } = kept;
            return Ok(Erasure::Restricted { until, law, records, receipt });
        }
        let receipt = self.say_erasure(who, person, &request, ERASED, None).await?;
        // First outside: from here on no restored backup brings the key back.
        self.note_outside(person, &digest, ERASED)?;
        self.destroy(person, digest).await?;
        Ok(Erasure::Erased { receipt, records })
    }

    /// Destroys a person's key in the store and in memory.
    async fn destroy(&self, person: &str, key: Digest) -> Result<(), store::Error> {
        // First: a record that comes with it from here on does not bring it back.
        self.person_keys().note_destroyed(key);
        let destroy =
            Statement::new("DELETE FROM person_key WHERE person = $1", vec![person.into()]);
        let destroyed = self.writer().write_and_scrub(vec![destroy]).await;
        self.person_keys().forget(person);
        destroyed.map(|_| ())
    }

    /// Notes that records with these keys are durable. A key that was destroyed while its record was
    /// on the way is destroyed again.
    pub(crate) async fn confirm_keys(&self, keys: &[WrappedKey]) -> Result<(), store::Error> {
        for WrappedKey { person, wrapped } in self.person_keys().confirm(keys) {
            // This key only: the person may have a new one by now.
            let destroy = Statement::new(
                "DELETE FROM person_key WHERE person = $1 AND wrapped = $2",
                vec![person.as_str().into(), wrapped.as_slice().into()],
            );
            self.writer().write_and_scrub(vec![destroy]).await?;
        }
        Ok(())
    }

    /// How many records have a part of the person, and the longest term that keeps one of them.
    async fn kept_records(
        &self,
        person: &str,
        today: Date,
    ) -> Result<(u64, Option<Kept>), store::Error> {
        // Rare, and it must see every record: no reading is asked.
        const SQL: &str = "SELECT r.kind, r.valid_at FROM personal_part p \
             JOIN record r ON r.position = p.position WHERE p.person = $1";
        let pack = self.pack();
        let mut all = 0;
        let mut kept: Option<Kept> = None;
        for mut row in self.reader().db().query(SQL, vec![person.into()]).await? {
            let (kind, valid_at): (String, model::Timestamp) = (row.take(0)?, row.take(1)?);
            all += 1;
            let term = pack.kept_until(&kind, crate::time::day(valid_at));
            let Some((until, version)) = term.filter(|(until, _)| *until >= today) else {
                continue;
            };
            let law = match &version.article {
                Some(article) => format!("{} 第{article}条", version.law),
                None => version.law.clone(),
            };
            let records = kept.as_ref().map_or(0, |kept| kept.records) + 1;
            let longest = kept.as_ref().is_none_or(|kept| kept.until < until);
            match kept.as_mut().filter(|_| !longest) {
                Some(kept) => kept.records = records,
                None => kept = Some(Kept { until, law, records }),
            }
        }
        Ok((all, kept))
    }

    async fn say_erasure(
        &self,
        who: &Principal,
        person: &str,
        request: &Request<'_>,
        outcome: &str,
        article: Option<&str>,
    ) -> Result<Receipt, Rejection> {
        let mut open = Map::new();
        let mut say = |name: &str, value: &str| open.insert(name.to_owned(), Value::from(value));
        say("person", person);
        say("reason", request.reason);
        say("outcome", outcome);
        if let Some(number) = request.request_no {
            say("request_no", number);
        }
        if let Some(article) = article {
            say("article", article);
        }
        let draft = Draft {
            id: None,
            kind: system_kind::ERASURE.to_owned(),
            subjects: Vec::new(),
            office: None,
            region: self.pack().manifest().province.clone(),
            valid_at: self.clock().now(),
            source: "zhiheng".to_owned(),
            open,
            personal: Vec::new(),
            corrects: None,
            withdraws: None,
        };
        let receipt = self.append_own(who, vec![draft], None).await?.pop();
        receipt.ok_or_else(|| store::Error::Unavailable { reason: "no answer".into() }.into())
    }

    /// Whether a person's parts are restricted.
    pub(crate) async fn is_restricted(&self, person: &str) -> Result<bool, store::Error> {
        const SQL: &str = "SELECT restricted FROM person_key WHERE person = $1";
        let row = self.reader().db().first(SQL, vec![person.into()]).await?;
        Ok(row.map(|mut row| row.take::<i64>(0)).transpose()?.is_some_and(|flag| flag != 0))
    }

    fn erased_list(&self) -> PathBuf {
        self.data().join("kept").join("erased")
    }

    /// Notes outside of the store what became of a key.
    fn note_outside(&self, person: &str, key: &Digest, state: &str) -> Result<(), store::Error> {
        let path = self.erased_list();
        let line = serde_json::json!({ "person": person, "key": key.to_string(), "state": state });
        let note = || {
            // A last line that was cut off must not take this one with it.
            let is_whole = fs::read(&path).map_or(true, |text| text.ends_with(b"\n"));
            let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
            let begin = if is_whole { "" } else { "\n" };
            file.write_all(format!("{begin}{line}\n").as_bytes())?;
            file.sync_all()?;
            sync_folder(&path)
        };
        note().map_err(|e| {
            let reason = format!("the list of erasures: {e}");
            store::Error::NotWritable { reason }
        })
    }

    /// Destroys again the keys that were destroyed before, and restricts again what was restricted,
    /// where a restored backup undid it. Returns how many keys.
    ///
    /// # Errors
    /// A fault of the store, or a list that cannot be read.
    pub async fn repeat_erasures(&self) -> Result<usize, store::Error> {
        let text = match fs::read_to_string(self.erased_list()) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(error) => {
                let reason = format!("the list of erasures: {error}");
                return Err(store::Error::Unavailable { reason });
            }
        };
        let mut repeated = 0;
        // A last line that was cut off was not acknowledged.
        for line in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let (Some(person), Some(key)) = (line["person"].as_str(), line["key"].as_str()) else {
                continue;
            };
            // The same key only: a person of whom later records speak has a new one.
            let found = self.person_keys().digest(person).await?;
            let same = found.filter(|digest| digest.to_string() == key);
            if line["state"] == RESTRICTED {
                if same.is_some() && !self.is_restricted(person).await? {
                    self.writer().write(vec![restrict(person)]).await?;
                }
                continue;
            }
            match same {
                Some(digest) => {
                    self.destroy(person, digest).await?;
                    repeated += 1;
                }
                // A staged stream may still bring it.
                None => key.parse().into_iter().for_each(|k| self.person_keys().note_destroyed(k)),
            }
        }
        Ok(repeated)
    }
}
