//! What is wrong with the identifiers of an event by the rules of their own schemes.

use codes::Mode;
use codes::gs1::{CANONICAL_DOMAIN, DigitalLink, Epc};

use crate::event::{Event, Quantity};
use crate::fault::{Fault, Place, Rule};

impl Event {
    /// Faults of GS1 identifiers: wrong check digits, lengths and characters. An event with such
    /// faults is read all the same, since its maker alone can mend them; who captures decides.
    /// Places are pointers into the JSON of the event.
    ///
    /// ```
    /// let text = r#"{"@context": "epcis-context.jsonld", "type": "ObjectEvent", "action": "ADD",
    ///   "eventTime": "2026-01-31T08:00:00Z", "eventTimeZoneOffset": "+08:00",
    ///   "epcList": ["https://id.gs1.org/01/04012345111117/21/1"]}"#;
    /// let faults = epcis::parse_json(text.as_bytes()).unwrap().identifier_faults();
    /// assert_eq!(faults[0].place.to_string(), "/epcList/0");
    /// assert!(faults[0].zh().contains("校验码"));
    /// ```
    pub fn identifier_faults(&self) -> Vec<Fault> {
        self.first_identifier_faults(usize::MAX).0
    }

    /// As [`Event::identifier_faults`], the first so many, and how many there are in all: an event may
    /// have a million.
    pub fn first_identifier_faults(&self, most: usize) -> (Vec<Fault>, u64) {
        let mut faults = Vec::new();
        let mut all = 0;
        let mut check = |place: &str, number: Option<usize>, id: &str| {
            let wrong = if id.starts_with("urn:epc:") {
                Epc::from_urn(id, Mode::Strict).err()
            } else if id.starts_with(CANONICAL_DOMAIN) {
                DigitalLink::parse(id, Mode::Strict).err()
            } else {
                None
            };
            let Some(error) = wrong else { return };
            all += 1;
            if faults.len() < most {
                let number = number.map(|n| format!("/{n}")).unwrap_or_default();
                let rule = Rule::Identifier(id.to_owned(), error.to_string(), error.zh());
                faults.push(Fault { rule, place: Place::Pointer(format!("/{place}{number}")) });
            }
        };
        if let Some(parent) = &self.parent {
            check("parentID", None, parent);
        }
        let lists: [(&str, &[String]); 4] = [
            ("epcList", &self.epcs),
            ("childEPCs", &self.children),
            ("inputEPCList", &self.inputs),
            ("outputEPCList", &self.outputs),
        ];
        for (name, ids) in lists {
            ids.iter().enumerate().for_each(|(n, id)| check(name, Some(n), id));
        }
        let lists: [(&str, &[Quantity]); 4] = [
            ("quantityList", &self.quantities),
            ("childQuantityList", &self.child_quantities),
            ("inputQuantityList", &self.input_quantities),
            ("outputQuantityList", &self.output_quantities),
        ];
        for (name, quantities) in lists {
            quantities.iter().enumerate().for_each(|(n, q)| check(name, Some(n), &q.class));
        }
        for (name, place) in
            [("readPoint/id", &self.read_point), ("bizLocation/id", &self.location)]
        {
            if let Some(place) = place {
                check(name, None, &place.id);
            }
        }
        (faults, all)
    }
}
