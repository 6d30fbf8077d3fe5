//! Instruments and their calibrations, up to the standards of the calibration bodies.

use std::sync::Arc;

use serde_json::{Value, json};
use stats::random::Random;

use super::Event;
use crate::draw::Draw as _;
use crate::province::Province;
use crate::sheet::{Sheet, quantity};
use crate::time::OFFICE;
use crate::world::{INSTRUMENTS, SPECTROMETER};

/// The delegated institute of the province: it records instruments and calibrations.
const INSTITUTE: &str = "420000-metrology";

impl Province {
    /// What the register says of an instrument.
    pub(super) fn instrument_sheet(&self, at: usize, on: model::Timestamp) -> Sheet {
        let instrument = &self.world.instruments[at];
        let holder = &self.world.organizations[instrument.holder];
        let (name, category, what, low, high, unit, error, compulsory, months, _) =
            INSTRUMENTS[instrument.sort];
        let level = if instrument.is_standard { "social-highest" } else { "working-instrument" };
        self.sheet("instrument", holder.region, on)
            .subject("instrument", &instrument.id)
            .subject("holder", &holder.id)
            // With its number, as laboratories write it on the thing: two of a sort are two.
            .say("name", format!("{name} {}", instrument.serial))
            .say("model", format!("DM-{:02}", instrument.sort + 1))
            .say("serial_no", instrument.serial.as_str())
            .say("category", category)
            .say("level", level)
            .say("compulsory", compulsory && !instrument.is_standard)
            .say("interval_months", months)
            .say("accuracy", error)
            .say(
                "ranges",
                json!([{
                    "quantity": what, "lowest": quantity(low, unit),
                    "highest": quantity(high, unit), "error_limit": error,
                }]),
            )
            .say("state", "in-use")
            .date("in_use_since", holder.established.max(self.days.date(-900)))
    }

    /// An instrument is calibrated, and comes again when it is due.
    pub(super) fn calibrate(&mut self, day: i32, at: usize, random: &mut Random) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let instrument = &world.instruments[at];
        if !self.is_open(instrument.holder, day) || world.of_body.is_empty() {
            return;
        }
        let rates = &data.rates.metrology;
        let holder = &world.organizations[instrument.holder];
        let (_, _, _, low, high, unit, _, compulsory, months, specification) =
            INSTRUMENTS[instrument.sort];
        // A body's own standards go to the first of the others.
        let mut body_at = random.place(world.of_body.len());
        if world.of_body[body_at].0 == instrument.holder {
            body_at = (body_at + 1) % world.of_body.len();
        }
        let (body, standards) = &world.of_body[body_at];
        let standard = standards.iter().find(|at| world.instruments[**at].sort == instrument.sort);
        // That of the story: the laboratory's first spectrometer, half a year before the end.
        let of_story = world.of_laboratory.first().is_some_and(|(laboratory, own)| {
            *laboratory == instrument.holder && own.get(SPECTROMETER) == Some(&at)
        });
        let is_late_in_story = of_story && day > data.rates.period.days - 420;
        // And its balance, of which every test of the chains depends: good once, then out.
        let is_balance = self.story_balance() == Some(at);
        let is_balance_out = is_balance
            && day >= data.rates.period.days - data.chains.story.balance_out_days_before_end;
        let is_late_in_story = is_late_in_story || is_balance_out;
        let by_chance = !instrument.is_standard && random.happens(rates.out_of_tolerance);
        let is_out = is_late_in_story || by_chance && !is_balance;
        let happened = self.days.at(day, OFFICE, random);
        let date = self.days.date(day);
        let number = self.number("calibration", body_at + 10, date);
        let due = date.month_end(months.into()).unwrap_or(date);
        let (found, conclusion) = match (is_out, random.place(3)) {
            (false, _) => ("conforms", "conforms"),
            // It was set right on the spot, or it may only be used for a part.
            (true, 0) => ("out-of-tolerance", "conforms"),
            (true, 1) if !is_late_in_story => ("out-of-tolerance", "limited"),
            (true, _) => ("out-of-tolerance", "out-of-tolerance"),
        };
        let sort = match (compulsory && !instrument.is_standard, instrument.is_standard) {
            (true, _) => "compulsory-verification",
            (false, true) => "calibration",
            _ => "verification",
        };
        let points: Vec<Value> = [0.2, 0.5, 0.9]
            .iter()
            .map(|part| {
                let nominal = low + (high - low) * part;
                let error = nominal * random.normal() * if is_out { 0.09 } else { 0.004 };
                json!({
                    "nominal": quantity(nominal, unit), "indicated": quantity(nominal + error, unit),
                    "error": quantity(error, unit), "uncertainty": quantity(nominal * 0.002, unit),
                    "coverage_factor": 2,
                })
            })
            .collect();
        let mut sheet = self
            .sheet("calibration", holder.region, happened)
            .office(INSTITUTE)
            .subject("instrument", &instrument.id)
            .subject("calibration_body", &world.organizations[*body].id)
            .subject("holder", &holder.id)
            .say("certificate_no", format!("JD-{}-{}-{number:06}", body_at + 1, date.year()))
            .say("calibration_type", sort)
            .date("calibrated_on", date)
            .date("due_on", due)
            .say("as_found", found)
            .say("conclusion", conclusion)
            .say("specification", specification)
            .say("environment", "(20±2) ℃，相对湿度 ≤ 75 %")
            .say("points", points)
            .person(
                &format!("v-{}", random.place(8)),
                json!({ "signatory": format!("检定员{}", data.names.mark) }),
            );
        if let Some(standard) = standard.filter(|standard| **standard != at) {
            sheet = sheet.subject("reference_instrument", &world.instruments[*standard].id);
        }
        let written = self.written_at("calibration", happened, true, random);
        self.tell(&world.organizations[*body].id, written, sheet, random);
        let late = if random.happens(rates.late) { random.between(10, 160) } else { 0 };
        let next = self.days.number(due) + late - random.between(0, 12);
        self.follow(self.days.working_from(next), Event::Calibration { instrument: at });
    }
}
