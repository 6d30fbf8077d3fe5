//! A clock that steps back.

use app::reading::When;
use model::Timestamp;

use crate::support::*;

#[test]
fn a_store_from_the_future_is_gone_on_with() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &inspection(1)).unwrap();
        drop(system);
        // As if the machine's clock had been an hour ahead when the last record came.
        let ahead = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
        let ahead = ahead.duration_since(std::time::UNIX_EPOCH).unwrap().as_micros() as i64;
        home.change("UPDATE record SET recorded_at = $1 WHERE position = 1", vec![ahead.into()]);
        let system = home.open();
        assert!(system.clock().behind() > 3_500_000_000);
        let mut last = Timestamp::from_micros(ahead);
        for number in 2..5 {
            let receipt = home.send(&system, &inspection(number)).unwrap();
            let stored = home.record(&system, receipt.id).stored;
            assert!(stored.recorded_at >= last);
            last = stored.recorded_at;
        }
        // A batch may be made by the machine's clock, too.
        home.send_all(&system, &[inspection(9)], Some(new_id())).unwrap();
        let when = When { valid: Some(last), known: Some(home.size(&system)) };
        assert_eq!(home.subject_when(&system, "shop:9", when).records.len(), 1);
    });
}
