//! Days and hours of the period: when offices work, when consumers write.

use clock::{Date, WorkingDays};
use model::Timestamp;
use stats::random::Random;

use crate::data::Rates;

pub(crate) const HOUR: i64 = 3_600_000_000;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The period, day by day. Day 0 is that of the first load.
pub(crate) struct Days {
    first: Date,
    working: Vec<bool>,
}

/// How busy a day is, beside an average day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Busy {
    pub(crate) office: f64,
    pub(crate) food: f64,
    pub(crate) goods: f64,
}

impl Days {
    /// The days up to the one in which `until` lies; a year that the calendar does not know has its
    /// week-ends.
    pub(crate) fn new(until: Timestamp, days: i32, calendar: &WorkingDays) -> Self {
        let last = until.day_in_china();
        let first = last.plus(-i64::from(days)).unwrap_or(last);
        // A record may be written down some months after the period; the agenda looks ahead.
        let working = (0..=days + 400).map(|day| {
            let date = first.plus(day.into()).unwrap_or(last);
            calendar.is_working(date).unwrap_or(!date.weekday().is_weekend())
        });
        Self { first, working: working.collect() }
    }

    pub(crate) fn date(&self, day: i32) -> Date {
        self.first.plus(day.into()).unwrap_or(self.first)
    }

    /// The number of a date; negative before the period.
    pub(crate) fn number(&self, date: Date) -> i32 {
        date.number() - self.first.number()
    }

    pub(crate) fn is_working(&self, day: i32) -> bool {
        usize::try_from(day).ok().and_then(|day| self.working.get(day)).copied().unwrap_or(true)
    }

    /// The first working day from this one on.
    pub(crate) fn working_from(&self, day: i32) -> i32 {
        (day..day + 15).find(|day| self.is_working(*day)).unwrap_or(day)
    }

    /// The beginning of a day in China.
    pub(crate) fn start(&self, day: i32) -> i64 {
        self.date(day).unix_day() * DAY - 8 * HOUR
    }

    /// A moment of a day between two hours.
    pub(crate) fn at(&self, day: i32, hours: (f64, f64), random: &mut Random) -> Timestamp {
        let hour = hours.0 + (hours.1 - hours.0) * random.unit();
        Timestamp::from_micros(self.start(day) + (hour * HOUR as f64) as i64)
    }

    pub(crate) fn busy(&self, day: i32, rates: &Rates) -> Busy {
        let date = self.date(day);
        let (_, month, of_month) = date.ymd();
        let month_at = (month as usize).clamp(1, 12) - 1;
        let is_working = self.is_working(day);
        let week = &rates.week;
        let season = &rates.season;
        let office = if is_working { week.office_working_day } else { week.office_rest_day };
        let mut consumer =
            if is_working { week.consumer_working_day } else { week.consumer_rest_day };
        let of_year = &season.consumer_day;
        let is_after = (0..4).contains(&(of_month as i32 - of_year.day as i32));
        if month == of_year.month && is_after {
            consumer *= of_year.times;
        }
        Busy {
            office: office * season.office[month_at],
            food: consumer * season.food[month_at],
            goods: consumer * season.goods[month_at],
        }
    }

    /// When something that happened is written down: after a delay in hours, by an office in its
    /// hours.
    pub(crate) fn written(
        &self,
        happened: Timestamp,
        hours: f64,
        by_office: bool,
        random: &mut Random,
    ) -> Timestamp {
        let micros = happened.micros() + (hours.max(0.02) * HOUR as f64) as i64;
        if !by_office {
            return Timestamp::from_micros(micros);
        }
        let day = (micros - self.start(0)).div_euclid(DAY) as i32;
        let hour = (micros - self.start(day)) as f64 / HOUR as f64;
        if self.is_working(day) && (8.0..18.5).contains(&hour) {
            return Timestamp::from_micros(micros);
        }
        let next = if hour < 8.0 { day } else { day + 1 };
        self.at(self.working_from(next), (8.3, 17.8), random)
    }

    /// So many working days of offices later, at least.
    pub(crate) fn office_day_after(&self, day: i32, days: f64) -> i32 {
        self.working_from(day + (days.max(1.0)) as i32)
    }
}

/// The hours in which offices work, consumers write, and machines run.
pub(crate) const OFFICE: (f64, f64) = (8.6, 17.4);
pub(crate) const CONSUMER: (f64, f64) = (7.5, 23.5);
