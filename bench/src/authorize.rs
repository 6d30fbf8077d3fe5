//! Figures of the door: one decision for one person, as every record on a page asks it.
//!
//! `authorize [--calls 2000000]`

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use app::door::{Target, decide};
use app::people::grant::Grant;
use app::people::{Directory, Held, Territory};
use clock::Date;
use model::{RecordId, Timestamp};

use crate::report::Measurement;
use crate::store::home::hubei;

/// A person with roles in several offices: what is asked about is found last, or not at all.
const ROLES: [(&str, &str); 4] = [
    ("sampler", "420502"),
    ("legal-reviewer", "420300"),
    ("head", "420115"),
    ("city-officer", "420100"),
];

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let calls = match args {
        [] => 2_000_000,
        [option, calls] if option == "--calls" => calls.parse()?,
        _ => return Err("authorize [--calls 2000000]".into()),
    };
    let pack = hubei().map_err(|fault| fault.to_string())?;
    let day: Date = "2026-11-27".parse()?;
    let laying_out = Instant::now();
    let territory = Arc::new(Territory::of(&pack, day));
    let laid_out = laying_out.elapsed();
    let grant = |(number, (role, office)): (u8, &(&str, &str))| Grant {
        id: RecordId::new(Timestamp::from_micros(0), &[number; 10]),
        account: "me".to_owned(),
        role: (*role).to_owned(),
        held_in: Some((*office).to_owned()),
        from: day,
        until: None,
        ended: false,
        reason: String::new(),
        given_by: "another".to_owned(),
    };
    let directory = Directory::of((0..).zip(&ROLES).map(grant), []);
    let held = Held::of(&pack, &directory, "me", &territory);
    if held.holdings().len() != ROLES.len() {
        return Err("a role of the benchmark is not in the pack".into());
    }
    let offices: Vec<&str> = pack.offices().map(|office| office.id.as_str()).collect();
    let kinds: Vec<&str> = pack.kinds().map(|kind| kind.id.as_str()).collect();
    let regions: Vec<&str> =
        pack.tables().divisions.all().map(|division| division.code.as_str()).collect();
    for (what, permission) in [
        ("may read, or not", "archive.view"),
        ("may write, or not", "inspection.record"),
        ("has no such role", "report.issue"),
    ] {
        let (mut allowed, mut at) = (0_u64, 0_usize);
        let mut random = 1_u64;
        let start = Instant::now();
        for _ in 0..calls {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            at = at.wrapping_add((random >> 33) as usize);
            let target = Target {
                kind: Some(kinds[at % kinds.len()]),
                office: (at % 4 > 0).then(|| offices[at % offices.len()]),
                region: Some(regions[at % regions.len()]),
                ..Target::default()
            };
            let said = decide(black_box(&held), "420100", black_box(permission), &target);
            allowed += u64::from(said.is_allowed());
        }
        let time = start.elapsed();
        Measurement::new("authorize", what, calls)
            .with("grants", ROLES.len())
            .with("offices", offices.len())
            .with("allowed", allowed)
            .with("ns", (time.as_nanos() / u128::from(calls.max(1))) as u64)
            .took(time)
            .print();
    }
    Measurement::new("authorize", "the offices of a day laid out", 1).took(laid_out).print();
    Ok(())
}
