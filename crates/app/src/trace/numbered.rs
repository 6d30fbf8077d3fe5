//! Things by the number that stands on them: whoever reads a lot number off a package does not know the
//! code of its product.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use store::readings;

use super::walk::{graph_times, is_known};
use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

/// What stands for itself in a canonical Digital Link (RFC 3986, section 2.3).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Segments behind which what is printed on a thing stands: a lot, a serial number, the code of a
/// logistic unit (GS1 General Specifications, application identifiers 10, 21 and 00).
const BEFORE: [&str; 3] = ["/10/", "/21/", "/00/"];
/// The longest lot or serial number.
const LONGEST: usize = 20;
/// The shortest that is looked for: shorter ones say nothing.
const LEAST: usize = 3;
/// Names that are looked at for one of which something is known.
const MOST_NAMES: usize = 500;

impl System {
    /// The keys of things whose lot or serial number a text is, or the code of whose logistic unit, as
    /// of now and at most so many; none while the graph is being made.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn things_numbered(&self, text: &str, most: usize) -> Result<Vec<String>, Rejection> {
        let text = text.trim();
        let is_number = (LEAST..=LONGEST).contains(&text.chars().count())
            && text.chars().all(|c| c.is_ascii_graphic());
        let Some(known) = self.chain().known().filter(|_| is_number) else {
            return Ok(Vec::new());
        };
        let as_of = self.as_of(When::default()).await?;
        let as_of = graph_times(readings::AsOf { known: known.min(as_of.known), ..as_of });
        // Lots are printed in capitals more often than they are typed so.
        let capitals = text.to_ascii_uppercase();
        let mut numbers = vec![text.to_owned()];
        numbers.extend((capitals != text).then_some(capitals));
        let found = self.chain().ask(move |state| {
            let mut keys: Vec<String> = Vec::new();
            for number in numbers {
                let number = utf8_percent_encode(&number, PLAIN).to_string();
                for before in BEFORE {
                    let named = state.names.ending(&format!("{before}{number}"), MOST_NAMES);
                    let known = named.into_iter().filter(|thing| is_known(state, *thing, as_of));
                    let room = most.saturating_sub(keys.len());
                    keys.extend(known.take(room).map(|thing| state.names.name(thing).to_owned()));
                }
                if !keys.is_empty() {
                    break;
                }
            }
            keys
        });
        Ok(found.await?)
    }
}
