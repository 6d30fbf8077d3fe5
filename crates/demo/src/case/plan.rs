//! A course moved to its day, as the law lets it go.

use model::{Draft, RecordId, Timestamp};
use pack::{Kind, LawOn, StepForm};
use procedure::{Act as Taken, Attempt, Case, Entry, MINUTES, Standing, SubCase, WhyNot};
use serde_json::{Map, Value};
use stats::random::Random;

use super::fill::Fill;
use super::going::{Going, Step, Under, beside, short};
use super::{CourseLine, Opened, StepLine};
use crate::draw::Draw as _;
use crate::events::pair;
use crate::province::{Act, Province, new_id};
use crate::time::{DAY, HOUR, OFFICE};

/// What is done in a case.
pub(super) struct Planned {
    pub(super) acts: Vec<Act>,
    /// Since when it has ended, and in which state.
    ended: Option<(Timestamp, String)>,
}

/// How deep cases lie under cases, at most.
const DEEPEST: usize = 4;
/// How many days a case may rest without a reason.
const RECENT: i64 = 90;

/// Why a course is not gone on with.
enum Stop {
    /// The demonstration ends before.
    End,
    /// The law of the day does not let it go so.
    Law,
}

impl Province {
    /// The steps of a course for a case; none where the law of the day does not let it go so.
    pub(super) fn plan(
        &mut self,
        procedure: &str,
        course: &CourseLine,
        opened: &Opened,
        random: &mut Random,
    ) -> Option<Planned> {
        self.plan_under(procedure, course, opened, 0, random)
    }

    fn plan_under(
        &mut self,
        procedure: &str,
        course: &CourseLine,
        opened: &Opened,
        depth: usize,
        random: &mut Random,
    ) -> Option<Planned> {
        let pack = std::sync::Arc::clone(&self.pack);
        let known = pack.procedure(procedure)?;
        let kind = pack.kind(&opened.draft.kind)?;
        let entry = Entry {
            step: 0,
            act: Taken::Done,
            at: opened.draft.valid_at,
            by: "clerk".into(),
            values: known.opening_values(kind, &opened.draft.open),
        };
        let mut going = Going {
            known,
            opened,
            entries: vec![entry],
            forms: Vec::new(),
            under: Vec::new(),
            sample: None,
            acts: Vec::new(),
            number: 0,
            last: opened.at,
        };
        // Some come to a halt; what did so long ago was gone on with since.
        let age = (self.until.micros() - opened.at.micros()) / DAY;
        let often = if age < RECENT { self.data.rates.case.halts } else { 0.0 };
        let halts = random.happens(often) && !self.as_written;
        let halt = if halts { random.place(course.step.len()) } else { course.step.len() };
        for line in course.step.iter().take(halt.max(1)) {
            match self.go(&mut going, line, depth, random) {
                Ok(()) => {}
                Err(Stop::End) => break,
                Err(Stop::Law) => return None,
            }
        }
        self.let_run_out(&mut going, self.until);
        let ground = self.ground.clone();
        let law = LawOn { pack: &pack, days: &ground.calendar };
        let case = Case::of(&known.engine, &going.entries, &law);
        let state = known.engine.definition().states.get(usize::from(case.course.state));
        let ended = case.course.ended_at.zip(state.map(|state| state.id.clone()));
        let is_recent = (self.until.micros() - going.last.micros()) / DAY < RECENT / 2;
        if ended.is_none() && !halts && !is_recent && !self.waits(&case) {
            return None;
        }
        Some(Planned { acts: going.acts, ended })
    }

    /// Whether a case that is open waits for something that has still time.
    fn waits(&self, case: &Case<'_, LawOn<'_>>) -> bool {
        let standing = |run| case.standing(run, self.until);
        let is_running =
            |standing| matches!(standing, Standing::Running { .. } | Standing::Suspended);
        case.runs.iter().any(|run| is_running(standing(run)))
            && case.runs.iter().all(|run| standing(run) != Standing::Overdue)
    }

    fn go(
        &mut self,
        going: &mut Going<'_>,
        line: &StepLine,
        depth: usize,
        random: &mut Random,
    ) -> Result<(), Stop> {
        let engine = &*going.known.engine;
        let number = engine.step(&line.step).ok_or(Stop::Law)?;
        let act = line.act.as_deref().map_or(Some(Taken::Done), Taken::of_word);
        let act = act.ok_or(Stop::Law)?;
        if line.by.as_deref() == Some("program") {
            return self.end_of_term(going, number);
        }
        let mut at = self.moment(going.last, line, random);
        if line.waits {
            let ends = going.under.iter().map(|under| under.ended.as_ref().map(|(at, _)| *at));
            let ends: Option<Vec<Timestamp>> = ends.collect();
            let last = ends.ok_or(Stop::End)?.into_iter().max();
            if let Some(last) = last.filter(|last| *last >= at) {
                at = self.moment(last, &next_day(), random);
            }
        }
        self.let_run_out(going, at);
        let at = at.max(Timestamp::from_micros(going.last.micros() + HOUR / 60));
        if at >= self.until {
            return Err(Stop::End);
        }
        self.step(going, line, number, act, at, depth, random)
    }

    /// When a step is taken: some go faster, some slower, and offices work on working days.
    fn moment(&self, last: Timestamp, line: &StepLine, random: &mut Random) -> Timestamp {
        let rates = &self.data.rates.case;
        let factor = match random.happens(rates.late) {
            _ if self.as_written => 1.0,
            true => 1.3 + 1.4 * random.unit(),
            false => 0.75 + 0.3 * random.unit(),
        };
        let day = self.days.number(last.day_in_china());
        let working = match (line.before_end, line.after) {
            (Some(days), _) => {
                let wanted = self.data.rates.period.days - days;
                let working = (wanted - 15..=wanted).rev().find(|day| self.days.is_working(*day));
                working.unwrap_or(wanted).max(day)
            }
            (None, 0) => self.days.working_from(day),
            (None, after) => {
                let wanted = day + ((f64::from(after) * factor) as i32).max(1);
                self.days.working_from(wanted)
            }
        };
        if working == day {
            let minutes = i64::from(random.between(6, 45));
            return Timestamp::from_micros(last.micros() + minutes * HOUR / 60);
        }
        self.days.at(working, OFFICE, random)
    }

    #[expect(clippy::too_many_arguments, reason = "a step is as many things")]
    fn step(
        &mut self,
        going: &mut Going<'_>,
        line: &StepLine,
        number: u16,
        act: Taken,
        at: Timestamp,
        depth: usize,
        random: &mut Random,
    ) -> Result<(), Stop> {
        let pack = std::sync::Arc::clone(&self.pack);
        let (ground, mark) = (self.ground.clone(), self.data.names.mark.clone());
        let law = LawOn { pack: &pack, days: &ground.calendar };
        let engine = &*going.known.engine;
        let rule = engine.step_at(number).ok_or(Stop::Law)?;
        let form = going.known.form(&line.step).ok_or(Stop::Law)?;
        let beside = beside(&pack, rule.opens.as_deref(), form.writes.as_deref());
        let is_filled = matches!(act, Taken::Done | Taken::Proposed);
        let serial = format!("{}-{}", short(going.opened.id), going.number + 1);
        let fill = Fill {
            pack: &pack,
            at,
            roles: &going.opened.roles,
            region: &going.opened.draft.region,
            mark: &mark,
            number: &serial,
            case: Some(going.opened.id),
            before: &|name| going.said(name).cloned(),
        };
        let is_needed = |name: &str| beside.contains(name) && !going.says(name);
        let (mut open, personal) = match is_filled {
            true => fill.form(&form.fields, &line.fields, is_needed),
            false => (Map::new(), Map::new()),
        };
        let by = line.by.as_deref().unwrap_or("officer-1").to_owned();
        let subs: Vec<SubCase> = going.under.iter().map(|under| under.at(at)).collect();
        let mut officers = line.officers.unwrap_or(1);
        let mut taken = None;
        for _ in 0..3 {
            let case = Case::of(engine, &going.entries, &law);
            let values = match is_filled {
                true => going.known.step_values(&line.step, &open),
                false => Vec::new(),
            };
            let attempt = Attempt {
                step: number,
                act,
                at,
                by: &by,
                officers: officers as i64,
                values: &values,
                has_minutes: open.contains_key(MINUTES),
            };
            let why_not = case.why_not(&attempt, &subs);
            if why_not.is_empty() {
                taken = Some(values);
                break;
            }
            // What a form lacks can be filled in; whatever else there is keeps it from being taken.
            for why in why_not {
                match why {
                    WhyNot::Minutes if is_filled => {
                        open.insert(MINUTES.to_owned(), format!("集体讨论记录{mark}").into());
                    }
                    WhyNot::Officers { needed } if officers < 2 => {
                        officers = needed.max(2) as usize
                    }
                    _ => return Err(Stop::Law),
                }
            }
        }
        if is_filled {
            let mut payload = serde_json::json!({ "open": open });
            if !personal.is_empty() {
                payload["personal"] = personal.clone().into();
            }
            let name = going.known.form_name(&line.step);
            let faults = pack.payload_faults(&name, at.day_in_china(), &payload);
            if faults.is_none_or(|faults| !faults.is_empty()) {
                return Err(Stop::Law);
            }
        }
        let values = taken.ok_or(Stop::Law)?;
        going.entries.push(Entry { step: number, act, at, by: by.as_str().into(), values });
        going.forms.insert(0, open.clone());
        going.number += 1;
        let takes_effect = match act {
            Taken::Done => true,
            Taken::Approved => {
                let course = procedure::Course::of(engine, &going.entries);
                course.effects.last().is_some_and(|effect| effect.by + 1 == going.entries.len())
            }
            Taken::Proposed | Taken::Returned => false,
        };
        // What takes effect by an approval is what was drawn up for it.
        if act == Taken::Approved {
            going.forms.remove(0);
        }
        let mut said = Step { open, personal, officers: Vec::new(), wrote: None, opened: None };
        if officers > 1 {
            let office = going.office().to_owned();
            said.officers.extend(pair(&office, random));
        }
        if takes_effect {
            if let Some(kind) = form.writes.as_deref().and_then(|kind| pack.kind(kind)) {
                let draft = self.record(going, kind, form, at, &serial, random).ok_or(Stop::Law)?;
                if let Some(sample) = draft.subjects.iter().find(|named| named.role == "sample") {
                    going.sample = Some(sample.id.to_string());
                }
                said.wrote = draft.id;
                let by = going.by(&by);
                going.acts.push(Act::Record { at, by, account: None, draft });
            }
            if let Some(procedure) = rule.opens.clone()
                && depth < DEEPEST
            {
                said.opened =
                    self.open_under(going, line, form, &procedure, at, depth, &serial, random);
            }
        }
        let reason = (act == Taken::Returned).then(|| format!("材料不全，退回补充{mark}"));
        going.tell(at, &by, &line.step, act, said, reason, random);
        going.last = at;
        Ok(())
    }

    /// The record that a step writes.
    fn record(
        &self,
        going: &Going<'_>,
        kind: &Kind,
        form: &StepForm,
        at: Timestamp,
        serial: &str,
        random: &mut Random,
    ) -> Option<Draft> {
        let fill = Fill {
            pack: &self.pack,
            at,
            roles: &going.opened.roles,
            region: &going.opened.draft.region,
            mark: &self.data.names.mark,
            number: serial,
            case: Some(going.opened.id),
            before: &|name| going.said(name).cloned(),
        };
        let mut open = Map::new();
        for field in kind.fields.iter().filter(|field| !field.personal) {
            match going.says_for(form, &field.name, at) {
                Some(value) => _ = open.insert(field.name.clone(), value),
                None if field.required => _ = open.insert(field.name.clone(), fill.some(field)),
                None => {}
            }
        }
        if kind.id == "test-report" {
            let verdict = open.get("result").cloned().unwrap_or_else(|| "pass".into());
            open.insert(
                "items".to_owned(),
                serde_json::json!([{ "item": "感官与理化指标", "verdict": verdict }]),
            );
        }
        if kind.id == "penalty" {
            let class = open.get("publication_class").and_then(Value::as_str).unwrap_or_default();
            let months = match class {
                "severe" => 36,
                "general" => 12,
                _ => 3,
            };
            let published =
                self.days.date(self.days.working_from(self.days.number(at.day_in_china()) + 4));
            let ends = published.month_end(months).unwrap_or(published);
            open.insert("published_on".to_owned(), published.to_string().into());
            open.insert("publication_ends_on".to_owned(), ends.to_string().into());
        }
        Some(Draft {
            id: Some(new_id(at, random)),
            subjects: going.subjects(kind, serial)?,
            open,
            personal: Vec::new(),
            ..going.frame(&kind.id, at)
        })
    }

    /// A case under this one is opened, and goes its way.
    #[expect(clippy::too_many_arguments, reason = "what opens a case is as many things")]
    fn open_under(
        &mut self,
        going: &mut Going<'_>,
        line: &StepLine,
        form: &StepForm,
        procedure: &str,
        at: Timestamp,
        depth: usize,
        serial: &str,
        random: &mut Random,
    ) -> Option<RecordId> {
        let pack = std::sync::Arc::clone(&self.pack);
        let known = pack.procedure(procedure)?;
        let kind = pack.kind(&known.engine.definition().opens_with)?;
        let courses = std::sync::Arc::clone(&self.ground.courses);
        for _ in 0..super::TRIES {
            let course = match &line.under {
                Some(id) => courses.named(procedure, id),
                None => courses.draw(procedure, random),
            };
            let course = course?;
            let mut draft = self.record(going, kind, form, at, serial, random)?;
            let fill = Fill {
                pack: &pack,
                at,
                roles: &going.opened.roles,
                region: &draft.region,
                mark: &self.data.names.mark,
                number: serial,
                case: Some(going.opened.id),
                before: &|name| going.said(name).cloned(),
            };
            let (open, personal) = fill.form(&kind.fields, &course.opening, |_| false);
            for (name, value) in open {
                if course.opening.contains_key(&name) {
                    draft.open.insert(name, value);
                }
            }
            if !personal.is_empty() {
                let person = format!("case-{serial}");
                draft.personal.push(model::PersonalPart { person, fields: personal });
            }
            let id = draft.id?;
            let opened = Opened {
                id,
                at: Timestamp::from_micros(at.micros() + HOUR / 60),
                draft: draft.clone(),
                roles: going.opened.roles.clone(),
            };
            let Some(planned) = self.plan_under(procedure, &course, &opened, depth + 1, random)
            else {
                continue;
            };
            let by = going.by("officer-1");
            going.acts.push(Act::Record { at, by, account: None, draft });
            going.acts.extend(planned.acts);
            going.under.push(Under { procedure: procedure.to_owned(), ended: planned.ended });
            return Some(id);
        }
        None
    }

    /// The program takes a step at the end of the term that asks for it.
    fn end_of_term(&mut self, going: &mut Going<'_>, step: u16) -> Result<(), Stop> {
        let far = Timestamp::from_micros(self.until.micros() + 3_650 * DAY);
        let due = self.due(going, far).into_iter().find(|(due, _)| *due == step);
        // It was taken while something else was waited for, or there is nothing to end.
        let Some((_, at)) = due else { return Ok(()) };
        if at >= self.until {
            return Err(Stop::End);
        }
        self.take(going, step, at);
        Ok(())
    }

    /// What the program takes by itself until a moment.
    fn let_run_out(&mut self, going: &mut Going<'_>, until: Timestamp) {
        let until = until.min(self.until);
        for _ in 0..8 {
            let Some((step, at)) = self.due(going, until).into_iter().next() else { return };
            self.take(going, step, at);
        }
    }

    fn due(&self, going: &Going<'_>, until: Timestamp) -> Vec<(u16, Timestamp)> {
        let law = LawOn { pack: &self.pack, days: &self.ground.calendar };
        Case::of(&going.known.engine, &going.entries, &law).to_take(until)
    }

    fn take(&self, going: &mut Going<'_>, step: u16, at: Timestamp) {
        let id = going.known.engine.step_id(step).to_owned();
        // A term that had run out before it was begun late ends with the step that began it.
        let at = at.max(going.last);
        going.number += 1;
        going.entries.push(Entry {
            step,
            act: Taken::Done,
            at,
            by: "zhiheng".into(),
            values: Vec::new(),
        });
        // Nothing is drawn here: what the program does hangs on nothing but the case.
        let [_, _, _, _, _, _, _, _, case @ ..] = *going.opened.id.as_bytes();
        let seed = u64::from_be_bytes(case) ^ at.micros() as u64 ^ u64::from(step);
        let mut random = Random::stream(seed, going.number);
        going.tell(at, "program", &id, Taken::Done, Step::default(), None, &mut random);
        going.last = at;
    }
}

/// A day later, whatever comes then.
fn next_day() -> StepLine {
    StepLine { after: 1, ..StepLine::default() }
}
