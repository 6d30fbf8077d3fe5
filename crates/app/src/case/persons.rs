//! What the steps of a case say of persons, for those who may read that.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::CaseView;
use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::{PersonalView, Shown, When};
use crate::system::System;

/// The field of a step's record in which its form lies as far as it says something of persons.
const PERSONAL_FORM: &str = "personal_form";

impl System {
    /// What the steps of a case say of persons, by the numbers of the steps: the fields of their forms, or
    /// why they are not shown. What is shown is noted as read first, once for all of them.
    ///
    /// # Errors
    /// A fault of the store; a record that is damaged.
    pub async fn step_persons(
        &self,
        who: &Principal,
        case: &CaseView,
        when: When,
    ) -> Result<HashMap<u64, Vec<PersonalView>>, Rejection> {
        let of_persons = case.steps.iter().filter_map(|step| Some((step.of_persons?, step.number)));
        let numbers: HashMap<u64, u64> = of_persons.collect();
        if numbers.is_empty() {
            return Ok(HashMap::new());
        }
        let known = self.as_of(when).await?.known;
        let positions: Vec<u64> = numbers.keys().copied().collect();
        let records = self.reader().at(&positions).await?;
        let mut found = HashMap::new();
        for view in self.views(who, records, known).await? {
            let Some(number) = numbers.get(&view.stored.position) else { continue };
            let damaged = || store::Error::Damaged {
                what: format!("a personal part of the record at position {}", view.stored.position),
            };
            let mut parts = view.personal;
            for part in &mut parts {
                if let Shown::Fields(fields) = &mut part.shown {
                    let text = fields.get(PERSONAL_FORM).and_then(Value::as_str);
                    let form: Option<Map<String, Value>> =
                        text.and_then(|text| serde_json::from_str(text).ok());
                    *fields = form.ok_or_else(damaged)?;
                }
            }
            found.insert(*number, parts);
        }
        Ok(found)
    }
}
