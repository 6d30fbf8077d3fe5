//! Purchases and sales, line by line.

use std::sync::Arc;

use stats::random::Random;

use crate::draw::Draw as _;
use crate::province::Province;
use crate::time::Busy;

impl Province {
    /// The lines of a day: shops buy of makers, a document of some lines at a time.
    pub(super) fn trade_lines(&mut self, day: i32, busy: Busy, random: &mut Random) {
        let data = Arc::clone(&self.data);
        let lines = self.come(data.rates.trade.each_year, busy.goods, random);
        let world = Arc::clone(&self.world);
        // The shop of the story keeps its book well.
        let shop = data.story.enterprise.iter().position(|e| e.trade == "supermarket");
        let shop = shop.and_then(|at| world.story.get(at)).copied();
        let mut left = lines as i32;
        while left > 0 {
            let of = if random.happens(0.06) { shop } else { None };
            let buyer = of.or_else(|| self.some_open(&world.sellers, day, random));
            let (Some(buyer), Some(seller)) = (buyer, self.some_open(&world.makers, day, random))
            else {
                return;
            };
            let count = random.between(1, 4).min(left);
            self.document(day, seller, buyer, count, random);
            left -= count;
        }
    }

    fn document(&mut self, day: i32, seller: usize, buyer: usize, lines: i32, random: &mut Random) {
        let (data, world) = (Arc::clone(&self.data), Arc::clone(&self.world));
        let (of, shop) = (&world.organizations[seller], &world.organizations[buyer]);
        let trade = &data.trades[of.trade];
        let date = self.days.date(day);
        let serial = self.number("document", buyer + 1_000, date);
        let document = format!("RK{}{serial:05}", date.year());
        let happened = self.days.at(day, (7.0, 19.0), random);
        let at = self.written_at("trade", happened, false, random);
        for line in 1..=lines {
            let Some(product) = self.product_of(seller, random) else { return };
            let product = &world.products[product];
            let (lot, made_on) = self.lot(day, random);
            let count = f64::from(random.between(2, 120));
            let price = trade.price * (0.6 + 0.2 * random.unit());
            let expires = made_on.plus(if trade.is_food() { 270 } else { 1_095 });
            let mut sheet = self
                .sheet("trade-line", shop.region, happened)
                .subject("seller", &of.id)
                .subject("buyer", &shop.id)
                .subject("product", &product.id())
                .subject("lot", &product.lot(&lot))
                .say("direction", "purchase")
                .say("document_no", document.as_str())
                .say("line_no", line)
                .date("traded_on", date)
                .say("product_as_named", product.name.as_str())
                .quantity("quantity", count, &trade.unit)
                .money("unit_price", price)
                .money("amount", price * count)
                .date("made_on", made_on);
            if let Ok(expires) = expires {
                sheet = sheet.date("expires_on", expires);
            }
            self.tell(&shop.id, at, sheet, random);
        }
    }
}
