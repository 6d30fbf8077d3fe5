//! From the maker by way of a warehouse to shops, and over the counter.

use model::Timestamp;
use stats::random::Random;

use super::event::{self, Things};
use crate::draw::Draw as _;
use crate::province::Province;
use crate::time::HOUR;

/// Pallets on which a lot leaves the maker, and cages in which it goes to shops.
const PALLETS: usize = 4;
const CAGES: usize = 6;
/// Days in which an item that is shown was sold.
const LATELY: i64 = 40;
/// Sales of a lot in one shop are reported at the end of so many days.
const SALES: i32 = 8;

impl Province {
    /// A lot goes to market: packed, to a warehouse, unpacked, packed again, to shops, sold.
    pub(super) fn send_to_market(
        &mut self,
        at: usize,
        party: usize,
        mut things: Things,
        made: Timestamp,
        random: &mut Random,
    ) {
        let maker = self.chains.lines[at][party].organization;
        let shops = self.chains.lines[at][party].shops.clone();
        if self.chains.warehouses.is_empty() || shops.is_empty() {
            return;
        }
        let is_items = matches!(things, Things::Items(_));
        let later = |time: Timestamp, least: i32, most: i32, random: &mut Random| {
            let minutes = i64::from(random.between(least * 60, most * 60));
            Timestamp::from_micros(time.micros() + minutes * HOUR / 60)
        };
        let first = random.place(self.chains.warehouses.len());
        let on_pallet = things.count().div_ceil(PALLETS);
        for number in 0..PALLETS {
            let mut load = things.take(on_pallet);
            if load.count() == 0 {
                break;
            }
            let step = (first + number / 2) % self.chains.warehouses.len();
            let warehouse = self.chains.warehouses[step];
            let packed = later(made, 2, 8, random);
            let shipped = later(packed, 2, 20, random);
            let arrived = later(shipped, 3, 26, random);
            let opened = later(arrived, 2, 40, random);
            let unit = self.logistic_unit();
            self.travel(
                &unit,
                &load,
                (maker, warehouse),
                [packed, shipped, arrived, opened],
                random,
            );
            let in_cage = load.count().div_ceil(CAGES.div_ceil(PALLETS));
            while load.count() > 0 {
                let mut goods = load.take(in_cage);
                let shop = *random.pick(&shops);
                let packed = later(opened, 4, 60, random);
                let shipped = later(packed, 1, 10, random);
                let arrived = later(shipped, 2, 20, random);
                let opened = later(arrived, 1, 8, random);
                let unit = self.logistic_unit();
                let times = [packed, shipped, arrived, opened];
                self.travel(&unit, &goods, (warehouse, shop), times, random);
                let shelved = later(opened, 1, 4, random);
                let event = event::observe("stocking", "sellable_accessible", &goods, shelved);
                self.report_event(shop, event, shelved, random);
                self.sell(&mut goods, shop, shelved, is_items, random);
            }
        }
    }

    /// A unit is packed, sent, received and unpacked.
    fn travel(
        &mut self,
        unit: &str,
        load: &Things,
        (from, to): (usize, usize),
        [packed, shipped, arrived, opened]: [Timestamp; 4],
        random: &mut Random,
    ) {
        let whole = Things::Items(vec![unit.to_owned()]);
        // Now and then a clock is wrong, or the packing is written down late: a contradiction to find.
        let odd = random.happens(0.0008);
        let packed = if odd { Timestamp::from_micros(shipped.micros() + HOUR) } else { packed };
        self.report_event(from, event::packed(true, unit, load, packed), packed, random);
        let event = self.moved("shipping", "in_transit", &whole, (from, to), shipped);
        self.report_event(from, event, shipped, random);
        let event = self.moved("receiving", "in_progress", &whole, (from, to), arrived);
        self.report_event(to, event, arrived, random);
        let unit = self.opened_as(unit);
        self.report_event(to, event::packed(false, &unit, load, opened), opened, random);
    }

    /// Goods go over the counter: items one by one, of a lot so many a day. Some stay on the shelf.
    fn sell(
        &mut self,
        goods: &mut Things,
        shop: usize,
        shelved: Timestamp,
        is_items: bool,
        random: &mut Random,
    ) {
        let count = goods.count();
        if is_items {
            let mut at = shelved;
            for _ in 0..count {
                let thing = goods.take(1);
                at = Timestamp::from_micros(at.micros() + i64::from(random.between(1, 40)) * HOUR);
                if random.happens(0.12) {
                    continue;
                }
                if let Things::Items(items) = &thing
                    && let Some(item) = items.first()
                {
                    self.show(item, at);
                }
                let event = event::observe("retail_selling", "retail_sold", &thing, at);
                self.report_event(shop, event, at, random);
                if let Things::Items(items) = &thing
                    && let Some(item) = items.first()
                {
                    self.copy(item, shop, at);
                }
            }
            return;
        }
        let a_day = (count as f64 / f64::from(SALES) * 0.9) as usize;
        for day in 0..SALES {
            let sold = goods.take((a_day as f64 * (0.7 + 0.6 * random.unit())) as usize);
            if sold.count() == 0 {
                continue;
            }
            let evening = shelved.micros() + i64::from(day) * 24 * HOUR + 9 * HOUR;
            let at = Timestamp::from_micros(evening);
            let event = event::observe("retail_selling", "retail_sold", &sold, at);
            self.report_event(shop, event, at, random);
        }
    }

    /// An item that was sold lately is to be looked at, one whose lot was tested before others.
    fn show(&mut self, item: &str, sold: Timestamp) {
        let is_late = sold.micros() > self.until.micros() - LATELY * 24 * HOUR;
        let Some((lot, _)) = item.split_once("/21/EB").filter(|_| is_late && sold < self.until)
        else {
            return;
        };
        let is_tested = |item: &String| {
            item.split_once("/21/").is_some_and(|(lot, _)| self.chains.tested.contains(lot))
        };
        if self.chains.tested.contains(lot) || !self.chains.shown.as_ref().is_some_and(is_tested) {
            self.chains.shown = Some(item.to_owned());
        }
    }

    /// A pallet or cage, by its number.
    pub(super) fn logistic_unit(&mut self) -> String {
        self.chains.units += 1;
        // An extension digit, the prefix for demonstrations, a serial reference, a check digit.
        let digits = format!("0952{:013}", self.chains.units);
        let check = codes::gs1::check_digit(digits.as_bytes()).map_or('0', char::from);
        format!("https://id.gs1.org/00/{digits}{check}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::place_of;
    use crate::code;

    #[test]
    fn places_of_organizations_are_right_locations() {
        for at in [0, 1, 4_999] {
            let place = place_of(at).unwrap();
            let link = codes::gs1::DigitalLink::parse(&place, codes::Mode::Strict).unwrap();
            assert!(link.warnings.is_empty());
            assert_eq!(Some(link.value.key().value().text().to_owned()), code::gln(at as u32));
        }
    }
}
