//! What holds of the whole model, on made-up visits.

use proptest::prelude::*;
use stats::priority::{
    Column, Options, Part, Priority, Table, TreeOptions, Visits, gain, order, probability,
};
use stats::random::Random;

use super::{bits, quick};

/// Visits drawn from a known truth: inspectors who find more or less, and who do not go everywhere
/// alike.
struct World {
    table: Table,
    found: Vec<bool>,
    day: Vec<i64>,
    inspector: Vec<&'static str>,
}

const NAMES: [&str; 5] = ["Chen", "Li", "Wang", "Zhao", "Zhou"];
const EFFECTS: [f64; 5] = [-1.2, -0.4, 0.0, 0.6, 1.0];

impl World {
    fn new(visits: usize, seed: u64) -> Self {
        let mut random = Random::stream(seed, 0);
        let (mut x, mut y, mut trade) = (vec![], vec![], vec![]);
        let (mut found, mut inspector) = (vec![], vec![]);
        for _ in 0..visits {
            let who = random.below(5) as usize;
            // The stricter an inspector, the worse the subjects: a marginal model mixes the two.
            let a = random.normal() + 0.5 * EFFECTS[who];
            let b = if random.unit() < 0.1 { f64::NAN } else { random.normal() };
            let kind = random.below(3) as usize;
            let bend = if b > 0.5 { 0.8 } else { 0.0 };
            let log_odds = -1.0 + 0.7 * a + bend + [0.0, 0.5, -0.5][kind] + EFFECTS[who];
            found.push(random.unit() < probability(log_odds));
            x.push(a);
            y.push(b);
            trade.push(["bakery", "canteen", "shop"][kind]);
            inspector.push(NAMES[who]);
        }
        let table = Table::new(vec![
            Column::numeric("x", x),
            Column::numeric("y", y),
            Column::category("trade", trade),
        ]);
        let day = (0..visits as i64).map(|k| k / 10).collect();
        Self { table: table.unwrap(), found, day, inspector }
    }

    fn fit_as(&self, inspector: &[&str], options: &Options) -> Priority {
        let visits = Visits { table: &self.table, found: &self.found, day: &self.day, inspector };
        Priority::fit(&visits, options).unwrap()
    }

    fn fit(&self, options: &Options) -> Priority {
        self.fit_as(&self.inspector, options)
    }
}

#[test]
fn the_truth_is_found_net_of_the_inspectors() {
    let world = World::new(6000, 7);
    let linear = TreeOptions { rounds: 0, ..TreeOptions::DEFAULT };
    let options = Options {
        penalty: 0.1,
        linear_share: 1.0,
        inspector_half_life: None,
        trees: linear,
        ..Options::default()
    };
    let model = world.fit(&options);
    let mut names: Vec<&str> = model.departures().iter().map(|d| d.inspector.as_str()).collect();
    names.reverse();
    assert_eq!(names, NAMES);
    for departure in model.departures() {
        let who = NAMES.iter().position(|name| *name == departure.inspector).unwrap();
        let others = (EFFECTS.iter().sum::<f64>() - EFFECTS[who]) / 4.0;
        let truth = EFFECTS[who] - others;
        // Three standard errors: the draw is fixed, the bound is not tuned to it.
        let far = (departure.log_odds - truth).abs() / departure.standard_error;
        assert!(far < 3.0, "{departure:?} where {truth} is true");
        assert!(departure.reliability > 0.9);
        assert_eq!(departure.stands_out(), departure.lower > 0.0 || departure.upper < 0.0);
    }
    // Two subjects that differ in x alone, by one: 0.7, not the larger slope that a model without
    // inspectors sees.
    let rows = |x: Vec<f64>| {
        Table::new(vec![
            Column::numeric("x", x),
            Column::numeric("y", vec![0.0; 2]),
            Column::category("trade", ["shop"; 2]),
        ])
        .unwrap()
    };
    let risk = model.own_risk(&rows(vec![-0.5, 0.5])).unwrap();
    let slope = risk[1] - risk[0];
    assert!((slope - 0.7).abs() < 0.12, "{slope}");
    let alone = world.fit_as(&["all"; 6000], &options).own_risk(&rows(vec![-0.5, 0.5])).unwrap();
    assert!(alone[1] - alone[0] > slope + 0.1);
}

#[test]
fn names_of_inspectors_do_not_matter() {
    let world = World::new(600, 3);
    // Under which the order of names is another.
    let other =
        |name: &&str| ["e", "c", "a", "d", "b"][NAMES.iter().position(|n| n == name).unwrap()];
    let renamed: Vec<&str> = world.inspector.iter().map(other).collect();
    let (model, again) = (world.fit(&quick()), world.fit_as(&renamed, &quick()));
    let own = model.own_risk(&world.table).unwrap();
    assert_eq!(bits(&own), bits(&again.own_risk(&world.table).unwrap()));
    let with = model.with_inspector(&world.table, &world.inspector).unwrap();
    assert_eq!(bits(&with), bits(&again.with_inspector(&world.table, &renamed).unwrap()));
    // Others go: the own risk never hears of it, and a stranger adds nothing.
    let strangers = vec!["nobody knows"; 600];
    assert_eq!(bits(&own), bits(&model.with_inspector(&world.table, &strangers).unwrap()));
    assert_ne!(bits(&own), bits(&with));
}

#[test]
fn threads_do_not_matter() {
    let world = World::new(600, 4);
    let fit = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let model = world.fit(&quick());
            let told = model.explain(&world.table).unwrap();
            let sums: Vec<f64> = told.iter().map(|explanation| explanation.sum()).collect();
            (bits(&model.own_risk(&world.table).unwrap()), bits(&sums), model.departures().to_vec())
        })
    };
    let one = fit(1);
    assert_eq!(one, fit(2));
    assert_eq!(one, fit(5));
}

#[test]
fn contributions_sum_to_the_own_risk() {
    let world = World::new(500, 5);
    let model = world.fit(&quick());
    let own = model.own_risk(&world.table).unwrap();
    for (own, told) in own.iter().zip(model.explain(&world.table).unwrap()) {
        assert!((told.sum() - own).abs() < 1e-12);
        assert_eq!(told.contributions.len(), 3);
    }
    // Over the visits of the training the regression's part is zero on average, and so the base is
    // near the mean.
    let mean = own.iter().sum::<f64>() / 500.0;
    let base = model.explain(&world.table).unwrap()[0].base;
    assert!((mean - base).abs() < 0.05, "{mean} {base}");
}

#[test]
fn rising_transformations_do_not_matter_to_the_trees() {
    let world = World::new(500, 6);
    let only = |rise: &dyn Fn(f64) -> f64| {
        let columns = world.table.columns().iter().map(|column| {
            let mut column = column.clone().only(Part::Trees);
            if let stats::priority::Values::Numeric(values) = &mut column.values {
                values.iter_mut().for_each(|v| *v = rise(*v));
            }
            column
        });
        let table = Table::new(columns.collect()).unwrap();
        let visits = Visits {
            table: &table,
            found: &world.found,
            day: &world.day,
            inspector: &world.inspector,
        };
        bits(&Priority::fit(&visits, &quick()).unwrap().own_risk(&table).unwrap())
    };
    let plain = only(&|v| v);
    assert_eq!(plain, only(&|v| v.exp()));
    assert_eq!(plain, only(&|v| 1e-3 * v * v * v - 40.0));
}

#[test]
fn perfect_separation_stays_finite() {
    let x: Vec<f64> = (0..300).map(|i| f64::from(i % 100)).collect();
    let found: Vec<bool> = x.iter().map(|&v| v > 60.0).collect();
    // One inspector found something each time, one never.
    let inspector: Vec<&str> = found.iter().map(|&f| if f { "a" } else { "b" }).collect();
    let table = Table::new(vec![Column::numeric("x", x)]).unwrap();
    let visits = Visits { table: &table, found: &found, day: &[0; 300], inspector: &inspector };
    let model = Priority::fit(&visits, &quick()).unwrap();
    let with = model.with_inspector(&table, &inspector).unwrap();
    assert!(with.iter().all(|score| score.is_finite()));
    assert_eq!(gain(&with, &[0; 300], &[0; 300], &found).unwrap().auc, 1.0);
}

#[test]
fn what_the_training_did_not_show_is_answered() {
    let world = World::new(400, 8);
    let model = world.fit(&quick());
    let strange = Table::new(vec![
        Column::numeric("x", vec![1e300, f64::NAN, -1e300]),
        Column::numeric("y", vec![f64::NAN, 0.0, 0.0]),
        Column::category("trade", ["circus", "", "shop"]),
    ])
    .unwrap();
    assert!(model.own_risk(&strange).unwrap().iter().all(|risk| risk.abs() < 10.0));
    assert!(model.own_risk(&strange.select(&[]).unwrap()).unwrap().is_empty());
    let other = Table::new(vec![Column::numeric("x", vec![1.0])]).unwrap();
    assert_eq!(model.own_risk(&other).unwrap_err().code(), "stats.length");
    let swapped = Table::new(vec![
        Column::numeric("y", vec![1.0]),
        Column::numeric("x", vec![1.0]),
        Column::category("trade", ["shop"]),
    ]);
    let error = model.explain(&swapped.unwrap()).unwrap_err();
    assert_eq!(error.code(), "stats.inconsistent");
    assert!(error.to_string().starts_with("column y: "), "{error}");
    assert_eq!(model.with_inspector(&strange, &["Li"]).unwrap_err().code(), "stats.length");
}

#[test]
fn either_part_may_have_no_column() {
    let world = World::new(300, 9);
    for part in [Part::Linear, Part::Trees] {
        let columns = world.table.columns().iter().map(|c| c.clone().only(part)).collect();
        let table = Table::new(columns).unwrap();
        let visits = Visits {
            table: &table,
            found: &world.found,
            day: &world.day,
            inspector: &world.inspector,
        };
        let model = Priority::fit(&visits, &quick()).unwrap();
        let own = model.own_risk(&table).unwrap();
        assert!(gain(&own, &world.day, &world.day, &world.found).unwrap().auc > 0.55);
    }
}

#[test]
fn bad_input_is_refused() {
    let world = World::new(50, 1);
    let World { table, found, day, inspector } = &world;
    let code = |visits: Visits<'_>, options: &Options| match Priority::fit(&visits, options) {
        Ok(_) => "fine",
        Err(error) => error.code(),
    };
    let visits = Visits { table, found, day, inspector };
    let fine = quick();
    assert_eq!(code(visits, &fine), "fine");
    let none = table.select(&[]).unwrap();
    assert_eq!(
        code(Visits { table: &none, found: &[], day: &[], inspector: &[] }, &fine),
        "stats.empty"
    );
    assert_eq!(code(Visits { found: &found[1..], ..visits }, &fine), "stats.length");
    assert_eq!(code(Visits { day: &day[1..], ..visits }, &fine), "stats.length");
    assert_eq!(code(Visits { inspector: &inspector[1..], ..visits }, &fine), "stats.length");
    for constant in [true, false] {
        assert_eq!(code(Visits { found: &[constant; 50], ..visits }, &fine), "stats.constant");
    }
    for bad in [
        Options { linear_share: 1.1, ..quick() },
        Options { inspector_carry: -0.1, ..quick() },
        Options { level: 1.0, ..quick() },
        Options { inspector_half_life: Some(0.0), ..quick() },
    ] {
        assert_eq!(code(visits, &bad), "stats.out_of_range");
    }
    assert_eq!(code(visits, &Options { penalty: f64::NAN, ..quick() }), "stats.not_finite");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The order is by score, ties by id, whatever the order of the rows.
    #[test]
    fn the_order_does_not_depend_on_the_order_of_rows(
        scores in prop::collection::vec(0..6u8, 1..40),
        seed in any::<u64>(),
    ) {
        let scores: Vec<f64> = scores.iter().map(|&s| f64::from(s) - 3.0).collect();
        let ids: Vec<usize> = (0..scores.len()).collect();
        let first = order(&scores, &ids).unwrap();
        for pair in first.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            prop_assert!(scores[a] > scores[b] || (scores[a] == scores[b] && a < b));
        }
        let mut mixed = ids.clone();
        Random::stream(seed, 0).shuffle(&mut mixed);
        let again: Vec<f64> = mixed.iter().map(|&i| scores[i]).collect();
        let second: Vec<usize> =
            order(&again, &mixed).unwrap().into_iter().map(|place| mixed[place]).collect();
        prop_assert_eq!(first, second);
    }

    /// Rising transformations of the scores change no gain; no order brings findings earlier than
    /// the findings' own.
    #[test]
    fn a_gain_is_of_ranks(
        rows in prop::collection::vec((-5.0..5.0f64, 0..60i64, any::<bool>()), 2..60),
    ) {
        let scores: Vec<f64> = rows.iter().map(|r| r.0).collect();
        let day: Vec<i64> = rows.iter().map(|r| r.1).collect();
        let found: Vec<bool> = rows.iter().map(|r| r.2).collect();
        let ids: Vec<usize> = (0..rows.len()).collect();
        prop_assume!(found.contains(&true) && found.contains(&false));
        let plain = gain(&scores, &ids, &day, &found).unwrap();
        let risen: Vec<f64> = scores.iter().map(|s| s.exp()).collect();
        prop_assert_eq!(plain, gain(&risen, &ids, &day, &found).unwrap());
        let truth: Vec<f64> = found.iter().map(|&f| if f { 1.0 } else { 0.0 }).collect();
        let best = gain(&truth, &ids, &day, &found).unwrap();
        prop_assert!(best.auc == 1.0 && best.days_earlier >= plain.days_earlier);
        prop_assert!(best.first_half >= plain.first_half);
    }
}

#[test]
fn a_score_depends_on_its_own_row_alone() {
    let world = World::new(300, 11);
    let model = world.fit(&quick());
    let own = model.own_risk(&world.table).unwrap();
    let mut rows: Vec<usize> = (0..300).collect();
    Random::stream(2, 2).shuffle(&mut rows);
    rows.truncate(120);
    let some = model.own_risk(&world.table.select(&rows).unwrap()).unwrap();
    let expected: Vec<f64> = rows.iter().map(|&i| own[i]).collect();
    assert_eq!(bits(&some), bits(&expected));
}

#[test]
fn a_tie_goes_to_the_lower_id_and_zero_has_no_sign() {
    assert_eq!(order(&[0.0, -0.0, 0.0], &[3, 2, 1]).unwrap(), [2, 1, 0]);
    assert_eq!(order(&[0.0, f64::NAN], &[1, 2]).unwrap_err().code(), "stats.not_finite");
    assert_eq!(order(&[0.0], &[1, 2]).unwrap_err().code(), "stats.length");
    let one = gain(&[0.5, 0.1], &[1, 2], &[1, 2], &[true, true]);
    assert!(one.is_err());
    assert_eq!(gain::<u64>(&[], &[], &[], &[]).unwrap_err().code(), "stats.empty");
}
