//! Procedures: how a case goes, step by step, and by when.
//!
//! ```toml
//! # procedures/complaint.toml
//! procedure  = "complaint"
//! label      = { zh = "投诉", en = "Complaint" }
//! articles   = [23]
//! opens_with = "complaint"              # the record of this kind is the opening step, "opened"
//! level      = "level"                  # optional: the field with the level, for limits by level
//! act_on     = "act_ended_on"           # optional: the date field for parameters by the day of the act
//!
//! [[state]]                             # a case begins in the first
//! id    = "received"
//! label = { zh = "待受理", en = "Received" }
//! [[state]]
//! id     = "settled"
//! label  = { zh = "已达成调解协议", en = "Settled" }
//! end    = true                         # terms run no more; only steps that name it in from go on
//! public = true                         # what steps say in fields named by public is shown meanwhile
//!
//! [[step]]
//! id         = "accept"
//! label      = { zh = "受理", en = "Accept" }
//! law        = "总局令121号 第十五条"       # what asks for it or allows it
//! from       = ["received"]             # or "open": every state that is no end
//! to         = "mediating"              # or "back": the state before this one; left out: stays
//! who        = "complaint.handle"       # a permission, "party:ROLE" or "program"; or a list of them
//! guard      = "years(case.infringement_known_on, today) <= law('complaint.claim_age')"
//! guard_says = { zh = "超过三年，不予受理", en = "Older than three years: not accepted" }
//! approvals  = ["penalty.review", "penalty.approve"]  # who must agree, in order
//! officers   = "penalty.officers_min"   # the parameter that says how many take it together
//! collective = "now.outside_band"       # a condition, or true: a meeting, with a field `minutes`
//! at_most    = 1                        # how often in a case
//! opens      = "authenticity-check"     # a case under this one
//! writes     = "penalty"                # a record of this kind that is written with it
//! amends     = "penalty"                # the record of this kind that the case wrote is corrected
//! fill       = { text = "finding", found_on = "today", source_type = "'complaint'" }
//!                                       # what that record, or the one that opens, says under other
//!                                       # names than the step and the case do (see `Fill`)
//! document   = "complaint-accept"       # the 文书 that it makes
//! number     = "{office}市监处罚〔{year}〕{n}号"  # the number of that document
//! tell       = ["respondent"]           # parties that are told: roles or fields with a reference
//! public     = ["fine"]                 # fields shown to everybody in states that are public
//!
//! [[step.field]]                        # as the fields of kinds
//! name     = "accepted_on"
//! label    = { zh = "受理日期", en = "Accepted on" }
//! type     = "date"
//! required = true
//!
//! [[term]]
//! id        = "accept"
//! label     = { zh = "受理期限", en = "Term for deciding on acceptance" }
//! starts    = "opened"                  # or several: each starts it anew
//! start_on  = "received_on"             # optional: a date field of them, else the time of the step
//! backward  = true                      # counts back from that date: must be done before
//! limit     = "complaint.accept"        # or min(…, …), max(…, …)
//! met_by    = ["accept", "refuse"]      # left out: ends by itself, with when_due = "take:…"
//! lifted_by = ["withdraw"]              # end it without meeting it
//! warn      = "2 working_day"
//! when_due  = "escalate"                # remind | escalate | take:STEP, a step of the program
//! [[term.suspended]]                    # counts where the parameter is suspended_by the event
//! event = "test"
//! from  = "send-to-test"
//! to    = ["test-result"]
//! [[term.extended]]
//! step  = "extend"
//! limit = "complaint.clue_verify_extension"   # on from the end that it had; or
//! until = "extended_until"                    # a date field of the step
//! ```
//!
//! In a guard: `case.FIELD` (what was last said, by the opening record or a step), `now.FIELD` (what
//! this step says), `today`, `opened_on`, `years(a, b)`, `days(a, b)`, `working_days(a, b)`,
//! `law('ID')`, `done('STEP')`, `done_on('STEP')`, `overdue('TERM')`, `due('TERM')`,
//! `open('PROCEDURE')`, `outcome('PROCEDURE')`; a field that may be missing is asked for by `has(case.FIELD)` first.

mod fill;
mod law;
mod read;
mod value;

pub use fill::{Fill, FillFault};
pub use law::LawOn;
pub(crate) use read::{Reading, build, read};

use std::sync::Arc;

use codes::Label;
use rules::value::Value;
use serde_json::Map;

use crate::kind::{Field, Kind};

/// A procedure of a pack.
#[derive(Debug, Clone)]
pub struct Procedure {
    /// What the course of a case follows from.
    pub engine: Arc<procedure::Procedure>,
    /// What the steps are beyond that, in the order in which they are written.
    pub forms: Vec<StepForm>,
}

impl Procedure {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.engine.definition().id
    }

    /// Its name.
    pub fn label(&self) -> &Label {
        &self.engine.definition().label
    }

    /// The name under which [`Pack::schema`](crate::Pack::schema) and
    /// [`Pack::payload_faults`](crate::Pack::payload_faults) know the form of a step.
    pub fn form_name(&self, step: &str) -> String {
        form_name(self.id(), step)
    }

    /// What the course of a case can depend on in the open part of the record that opened it.
    pub fn opening_values(
        &self,
        kind: &Kind,
        open: &Map<String, serde_json::Value>,
    ) -> Vec<(u16, Value)> {
        self.values(&kind.fields, open)
    }

    /// What the course of a case can depend on in the open part of a step's form.
    pub fn step_values(
        &self,
        step: &str,
        open: &Map<String, serde_json::Value>,
    ) -> Vec<(u16, Value)> {
        let form = self.form(step);
        self.values(form.map(|form| form.fields.as_slice()).unwrap_or_default(), open)
    }

    fn values(&self, fields: &[Field], open: &Map<String, serde_json::Value>) -> Vec<(u16, Value)> {
        let value = |field: &Field| {
            let value = value::value_of(&field.field_type, open.get(&field.name)?)?;
            Some((self.engine.field(&field.name)?, value))
        };
        fields.iter().filter(|field| !field.personal).filter_map(value).collect()
    }

    /// What a step is beyond its place in the course.
    pub fn form(&self, step: &str) -> Option<&StepForm> {
        let at = self.engine.definition().steps.iter().position(|other| other.id == step)?;
        self.forms.get(at)
    }
}

/// No kind has a stroke in its name.
fn form_name(procedure: &str, step: &str) -> String {
    format!("{procedure}/{step}")
}

/// What a step takes, makes and tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepForm {
    /// What asks for it or allows it: law and article.
    pub law: Option<String>,
    /// What is filled in, in the order of the form.
    pub fields: Vec<Field>,
    /// The kind of a record that is written with it.
    pub writes: Option<String>,
    /// The kind of a record that the case wrote before and that is corrected with it: what the step
    /// and [`fill`](Self::fill) say goes into it.
    pub amends: Option<String>,
    /// What that record, or the one that opens a case, says under other names than the case does:
    /// the field or role of the record, and where it has it from.
    pub fill: Vec<(String, Fill)>,
    /// The document that it makes.
    pub document: Option<String>,
    /// How that document is numbered.
    pub number: Option<String>,
    /// The parties that are told.
    pub tell: Vec<String>,
    /// The fields that are shown to everybody while the case is in a state that is public.
    pub public: Vec<String>,
}
