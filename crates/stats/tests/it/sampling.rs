//! Properties of acceptance sampling, and what it does with bad input.

use proptest::prelude::*;
use stats::sampling::{
    Aql, AttributesPlan, Basis, DeclaredLevelPlan, Inspected, InspectionLevel, Letter, Method,
    Model, PlanKind, RiskPoint, Severity, Stage, Standard, Switching, VariablesPlan, find_plan,
    find_variables_plan, nonconforming_share, scheduled_plan,
};

/// Plans of one to five samples.
fn plans() -> impl Strategy<Value = AttributesPlan> {
    let stage = (1u32..40, 0u32..3, 0u32..3);
    prop::collection::vec(stage, 1..6).prop_map(|steps| {
        let (mut accept, mut reject) = (None, 0);
        let last = steps.len() - 1;
        let mut stages = Vec::new();
        for (i, (n, more, gap)) in steps.into_iter().enumerate() {
            // The first samples may not accept yet.
            accept = match accept {
                None if more == 0 && i < last => None,
                before => Some(before.map_or(0, |before| before + more)),
            };
            let room = if i == last { 1 } else { 1 + gap };
            reject = reject.max(accept.map_or(1, |accept| accept + room));
            stages.push(Stage { n, accept, reject });
        }
        if let Some(end) = stages.last_mut() {
            end.accept = Some(end.reject - 1);
        }
        AttributesPlan::new(stages).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn worse_lots_are_accepted_less_often(plan in plans(), p in 0.0..0.9f64, more in 0.0..0.1f64) {
        let lot = plan.most_items() + 50;
        for model in [Model::Binomial, Model::Poisson, Model::Hypergeometric { lot }] {
            let good = plan.acceptance(p, model).unwrap();
            let bad = plan.acceptance(p + more, model).unwrap();
            prop_assert!(bad <= good + 1e-12, "{:?} {} {}", model, good, bad);
            prop_assert!((0.0..=1.0).contains(&bad));
        }
        prop_assert_eq!(plan.acceptance(0.0, Model::Binomial).unwrap(), 1.0);
    }

    #[test]
    fn averages_are_within_their_bounds(plan in plans(), p in 0.0..1.0f64) {
        let lot = plan.most_items() + 20;
        let at = plan.characteristics(p, Model::Binomial).unwrap();
        prop_assert!(at.average_sample >= f64::from(plan.stages()[0].n) - 1e-9);
        prop_assert!(at.average_sample <= f64::from(plan.most_items()) + 1e-9);
        prop_assert!(at.drawn.windows(2).all(|d| d[1] <= d[0] + 1e-12));
        let outgoing = plan.outgoing_quality(p, Model::Binomial, Some(lot)).unwrap();
        prop_assert!((0.0..=p).contains(&outgoing));
        let (worst, limit) = plan.outgoing_limit(Model::Binomial, Some(lot)).unwrap();
        // The curve may have several peaks only where plans are odd; the limit is one of them.
        prop_assert!(limit <= worst);
        let total = plan.total_inspection(p, Model::Binomial, lot).unwrap();
        prop_assert!(total >= at.average_sample - 1e-9 && total <= f64::from(lot) + 1e-9);
    }

    #[test]
    fn found_plans_meet_both_points(
        good in 0.002..0.05f64,
        ratio in 2.5..12.0f64,
        alpha in 0.01..0.2f64,
        beta in 0.01..0.2f64,
    ) {
        let producer = RiskPoint { quality: good, acceptance: 1.0 - alpha };
        let consumer = RiskPoint { quality: good * ratio, acceptance: beta };
        for model in [Model::Binomial, Model::Poisson] {
            let plan = find_plan(&producer, &consumer, model).unwrap();
            prop_assert!(plan.acceptance(producer.quality, model).unwrap() >= 1.0 - alpha);
            prop_assert!(plan.acceptance(consumer.quality, model).unwrap() <= beta);
        }
        let plan = find_variables_plan(&producer, &consumer, Method::Sigma).unwrap();
        prop_assert!((plan.acceptance(producer.quality).unwrap() - 1.0 + alpha).abs() < 1e-9);
        prop_assert!(plan.acceptance(consumer.quality).unwrap() <= beta);
    }

    #[test]
    fn variables_plans_are_monotone(n in 3u32..80, k in 0.2..3.0f64, p in 0.001..0.5f64) {
        for method in [Method::S, Method::Sigma] {
            let plan = VariablesPlan::new(n, k, method).unwrap();
            prop_assert!(plan.acceptance(p * 1.1).unwrap() <= plan.acceptance(p).unwrap() + 1e-12);
            let stricter = VariablesPlan::new(n, k + 0.1, method).unwrap();
            prop_assert!(stricter.acceptance(p).unwrap() <= plan.acceptance(p).unwrap() + 1e-12);
            let share = nonconforming_share(k, n, method).unwrap();
            prop_assert!((0.0..=1.0).contains(&share));
            prop_assert!(nonconforming_share(k + 0.1, n, method).unwrap() <= share);
            let mirrored = nonconforming_share(-k, n, method).unwrap();
            prop_assert!((share + mirrored - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn larger_lots_and_levels_take_larger_letters(lot in 2u32..1_000_000, more in 0u32..1_000_000) {
        use InspectionLevel::{I, II, III, S1, S2, S3, S4};
        let letter = |lot, level| Letter::of(lot, level).unwrap();
        for level in [S1, S2, S3, S4, I, II, III] {
            prop_assert!(letter(lot, level) <= letter(lot.saturating_add(more), level));
        }
        for pair in [S1, S2, S3, S4, II, III].windows(2) {
            prop_assert!(letter(lot, pair[0]) <= letter(lot, pair[1]));
        }
    }

    #[test]
    fn tightened_inspection_accepts_less(lot in 2u32..600_000, limit in 0usize..16, p in 0.0..0.3f64) {
        let aql = Aql::all().nth(limit).unwrap();
        for standard in [Standard::Gb2828, Standard::MilStd105E] {
            for kind in [PlanKind::Single, PlanKind::Double, PlanKind::Multiple] {
                let at = |severity| {
                    let level = InspectionLevel::II;
                    let found = scheduled_plan(standard, kind, severity, lot, level, aql).unwrap();
                    found.plan.acceptance(p, Model::Poisson).unwrap()
                };
                prop_assert!(at(Severity::Tightened) <= at(Severity::Normal) + 1e-12);
            }
        }
    }

    #[test]
    fn switching_never_skips_a_step(lots in prop::collection::vec((0u8..10, any::<bool>()), 1..200)) {
        for standard in [Standard::Gb2828, Standard::MilStd105E] {
            let mut switching = Switching::new(standard);
            for (verdict, steady) in &lots {
                let before = switching.severity();
                let lot = Inspected {
                    steady: *steady,
                    within_limit: true,
                    ..Inspected::lot(*verdict > 0, Basis::Single { accept: 3, tighter: *verdict > 1 })
                };
                let after = switching.record(&lot).unwrap();
                // Between tightened and reduced there is always normal inspection.
                prop_assert!(!matches!(
                    (before, after),
                    (Severity::Tightened, Severity::Reduced) | (Severity::Reduced, Severity::Tightened)
                ));
                prop_assert!(switching.severity() == Severity::Normal || switching.score() == 0);
                if switching.stopped() {
                    prop_assert!(switching.record(&lot).is_err());
                    switching.resume();
                    prop_assert_eq!(switching.severity(), Severity::Tightened);
                }
            }
        }
    }

    #[test]
    fn a_true_declaration_is_rarely_rejected(population in 10u32..300, share in 0.0..0.5f64, limit in 0u32..4) {
        let declared = (f64::from(population) * share) as u32;
        let Ok(plan) = DeclaredLevelPlan::new(population, declared, limit, 0.05) else { return Ok(()) };
        for truth in 0..=declared {
            prop_assert!(plan.rejection(truth).unwrap() <= 0.05 + 1e-12);
        }
        prop_assert!(plan.n <= population);
    }
}

#[test]
fn bad_input_is_refused() {
    let plan = AttributesPlan::single(20, 1).unwrap();
    let binomial = Model::Binomial;
    for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        assert!(plan.acceptance(bad, binomial).is_err(), "{bad}");
        assert!(plan.outgoing_quality(bad, binomial, None).is_err());
    }
    assert!(plan.acceptance(-1.0, Model::Poisson).is_err());
    assert!(plan.outgoing_quality(0.1, binomial, Some(10)).is_err());
    assert!(plan.quality_at(1.0, binomial).is_err());
    assert!(AttributesPlan::single(0, 0).is_err());
    assert!(Aql::per_hundred(f64::NAN).is_err());
    assert!(Letter::of(1, InspectionLevel::II).is_err());
    assert!(nonconforming_share(f64::NAN, 5, Method::S).is_err());
    assert!(nonconforming_share(1.0, 2, Method::S).is_err());
    assert_eq!(nonconforming_share(f64::INFINITY, 5, Method::S), Ok(0.0));
}
