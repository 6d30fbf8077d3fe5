//! Places and what lies below them: which place is a part of which is said by the records of places.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use epcis::Query;
use store::readings::{AsOf, Head};

use crate::fault::{Fault, Rejection};
use crate::system::System;

/// The role of a place of which another is a part.
const WHOLE: &str = "part_of";
/// The role of the place that a record is about.
const PLACE: &str = "place";
/// The most places below those of a question.
const MOST: usize = 2_000;
/// Records that are looked at together.
const PAGE: usize = 200;

impl System {
    /// A question with the places that lie below those that it asks for (`WD_readPoint`,
    /// `WD_bizLocation`), as of two times.
    ///
    /// # Errors
    /// So many places that another question is better; a fault of the store.
    pub(crate) async fn with_places<'q>(
        &self,
        query: &'q Query,
        as_of: AsOf,
    ) -> Result<Cow<'q, Query>, Rejection> {
        let places = query.places();
        if places.is_empty() {
            return Ok(Cow::Borrowed(query));
        }
        let mut below = HashMap::new();
        for place in places {
            below.insert(place.to_owned(), self.places_below(place, as_of).await?);
        }
        Ok(Cow::Owned(query.with_below(&below)))
    }

    /// The places below one, directly or not; a place that comes below itself once.
    async fn places_below(&self, place: &str, as_of: AsOf) -> Result<Vec<String>, Rejection> {
        let pack = self.pack();
        let kinds: Vec<String> = pack
            .kinds()
            .filter(|kind| kind.subjects.iter().any(|role| role.role == WHOLE))
            .map(|kind| kind.id.clone())
            .collect();
        let mut found: BTreeSet<String> = BTreeSet::new();
        let mut open = vec![place.to_owned()];
        while let Some(whole) = open.pop() {
            let mut after: Option<Head> = None;
            loop {
                let page = self.readings().subject_page(&whole, as_of, Some(&kinds), after, PAGE);
                let page = page.await?;
                after = page.last().map(|last| last.head);
                let is_whole = |head: &&store::readings::SubjectHead| {
                    head.roles.iter().any(|role| role == WHOLE)
                };
                let positions: Vec<u64> =
                    page.iter().filter(is_whole).map(|head| head.head.position).collect();
                for stored in self.reader().at(&positions).await? {
                    let envelope = crate::reading::envelope(&stored)?;
                    let part = envelope.subjects.iter().find(|subject| subject.role == PLACE);
                    let Some(part) = part.map(|part| part.id.as_ref().to_owned()) else { continue };
                    if found.contains(&part)
                        || !self.is_latest(&part, &kinds, stored.position, as_of).await?
                    {
                        continue;
                    }
                    found.insert(part.clone());
                    open.push(part);
                    if found.len() > MOST {
                        return Err(too_many());
                    }
                }
                if page.len() < PAGE {
                    break;
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Whether a record is the latest that says what a place is: one that became a part of another is no
    /// longer one of the first.
    async fn is_latest(
        &self,
        place: &str,
        kinds: &[String],
        position: u64,
        as_of: AsOf,
    ) -> Result<bool, Rejection> {
        let mut after = None;
        loop {
            let page = self.readings().subject_page(place, as_of, Some(kinds), after, PAGE).await?;
            after = page.last().map(|last| last.head);
            let own = page.iter().find(|head| head.roles.iter().any(|role| role == PLACE));
            if let Some(own) = own {
                return Ok(own.head.position == position);
            }
            if page.len() < PAGE {
                return Ok(false);
            }
        }
    }
}

fn too_many() -> Rejection {
    Fault::new(
        "epcis.query_too_complex",
        format!("more than {MOST} places lie below those of WD_readPoint or WD_bizLocation; ask for some of them"),
        format!("WD_readPoint 或 WD_bizLocation 之下的场所超过 {MOST} 个；请缩小范围"),
    )
    .into()
}
