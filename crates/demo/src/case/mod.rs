//! Cases: what opens them, and how they go, step by step, under the law of the day.
//!
//! Courses are drawn from `data/courses.toml` and moved to their day; some go faster, some slower, and
//! some come to a halt. The engine is asked before every step whether it can be taken, so that no case
//! of the demonstration goes as none could; what the end of a term does, the program does.

mod fill;
mod going;
mod opening;
mod plan;
mod story;

use std::collections::BTreeMap;
use std::sync::Arc;

use clock::WorkingDays;
use model::{Draft, RecordId, Timestamp};
use serde::Deserialize;
use stats::random::Random;

pub(crate) use opening::NewCase;

use crate::draw::{Draw as _, sums};
use crate::province::{Act, Province};

/// A course, as `data/courses.toml` writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CourseLine {
    pub(crate) procedure: String,
    pub(crate) id: String,
    /// How often it is drawn, beside the others of its procedure; never where it is 0.
    #[serde(default = "one")]
    pub(crate) weight: f64,
    /// What the record that opens the case says.
    #[serde(default)]
    pub(crate) opening: toml::Table,
    pub(crate) step: Vec<StepLine>,
}

/// A step of a course.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepLine {
    pub(crate) step: String,
    /// `done`, where it is not said.
    #[serde(default)]
    act: Option<String>,
    /// An officer, where it is not said.
    #[serde(default)]
    by: Option<String>,
    /// How many days after the step before.
    #[serde(default)]
    after: i32,
    /// How many days before the end of the demonstration, where that is to be so.
    #[serde(default)]
    before_end: Option<i32>,
    /// How many officers take it together.
    #[serde(default)]
    officers: Option<usize>,
    /// The course of the case that it opens, where it is to be that one.
    #[serde(default)]
    under: Option<String>,
    /// Whether it waits until the cases under this one have ended.
    #[serde(default)]
    waits: bool,
    /// What decides in its form.
    #[serde(default)]
    fields: toml::Table,
}

fn one() -> f64 {
    1.0
}

/// The courses, by procedure.
#[derive(Debug)]
pub(crate) struct Courses {
    by_procedure: BTreeMap<String, (Vec<Arc<CourseLine>>, Vec<f64>)>,
}

impl Courses {
    pub(crate) fn new(lines: Vec<CourseLine>) -> Self {
        let mut of: BTreeMap<String, Vec<Arc<CourseLine>>> = BTreeMap::new();
        for line in lines {
            of.entry(line.procedure.clone()).or_default().push(Arc::new(line));
        }
        let weighed = |lines: Vec<Arc<CourseLine>>| {
            let weights = sums(lines.iter().map(|line| line.weight));
            (lines, weights)
        };
        let by_procedure = of.into_iter().map(|(id, lines)| (id, weighed(lines))).collect();
        Self { by_procedure }
    }

    fn draw(&self, procedure: &str, random: &mut Random) -> Option<Arc<CourseLine>> {
        let (lines, weights) = self.by_procedure.get(procedure)?;
        lines.get(random.weighted(weights)).cloned()
    }

    /// The one that is drawn most often.
    fn plainest(&self, procedure: &str) -> Option<Arc<CourseLine>> {
        let (lines, _) = self.by_procedure.get(procedure)?;
        lines.iter().max_by(|a, b| a.weight.total_cmp(&b.weight)).cloned()
    }

    fn named(&self, procedure: &str, id: &str) -> Option<Arc<CourseLine>> {
        let (lines, _) = self.by_procedure.get(procedure)?;
        lines.iter().find(|line| line.id == id).cloned()
    }
}

/// What a case stands on: the law, and the days that offices work.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    pub(crate) courses: Arc<Courses>,
    pub(crate) calendar: Arc<WorkingDays>,
}

/// A record that opens a case.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) id: RecordId,
    /// When it came in: nothing is done before.
    pub(crate) at: Timestamp,
    pub(crate) draft: Draft,
    /// Who else takes part, by role, for forms and records that name them.
    pub(crate) roles: BTreeMap<String, String>,
}

/// How many courses are tried that the law of the day may not allow.
const TRIES: usize = 8;

impl Province {
    /// A case goes on from the record that opened it, as one of the courses of its procedure.
    pub(crate) fn follow_case(&mut self, procedure: &str, opened: &Opened, random: &mut Random) {
        for _ in 0..TRIES {
            let Some(course) = self.ground.courses.draw(procedure, random) else { return };
            if let Some(planned) = self.plan(procedure, &course, opened, random) {
                return self.put_all(planned.acts);
            }
        }
        // The plainest course, which the law has always let go.
        let Some(course) = self.ground.courses.plainest(procedure) else { return };
        if let Some(planned) = self.plan(procedure, &course, opened, random) {
            self.put_all(planned.acts);
        }
    }

    fn put_all(&mut self, acts: Vec<Act>) {
        acts.into_iter().for_each(|act| self.put(act));
    }
}
