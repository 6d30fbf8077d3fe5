//! Acceptance sampling.

use std::error::Error;

use stats::sampling::{
    Aql, InspectionLevel, Method, Model, PlanKind, RiskPoint, Severity, Standard, find_plan,
    find_variables_plan, scheduled_plan,
};

use super::shortest;
use crate::report::Measurement;

/// Runs the benchmark.
pub fn run() -> Result<(), Box<dyn Error>> {
    curves()?;
    plans()
}

/// Points of the operating characteristics of the multiple plans for a lot of 2000.
fn curves() -> Result<(), Box<dyn Error>> {
    let (n, time) = shortest(5, || -> Result<u64, stats::Error> {
        let mut points = 0;
        for aql in Aql::all() {
            let plan = scheduled_plan(
                Standard::Gb2828,
                PlanKind::Multiple,
                Severity::Normal,
                2000,
                InspectionLevel::II,
                aql,
            )?;
            for step in 0..100 {
                let p = f64::from(step) / 100.0;
                points += u64::from(plan.plan.acceptance(p, Model::Binomial)? >= 0.0);
            }
        }
        Ok(points)
    });
    Measurement::new("stats", "oc_points_of_multiple_plans", n?).took(time).print();
    Ok(())
}

/// Plans for two points: large ones by attributes, and by variables with unknown deviation.
fn plans() -> Result<(), Box<dyn Error>> {
    let producer = RiskPoint { quality: 0.01, acceptance: 0.95 };
    let consumer = RiskPoint { quality: 0.015, acceptance: 0.1 };
    let (plan, time) = shortest(5, || find_plan(&producer, &consumer, Model::Binomial));
    plan?;
    Measurement::new("stats", "find_attributes_plan", 1).took(time).print();
    let (plan, time) = shortest(5, || find_variables_plan(&producer, &consumer, Method::S));
    plan?;
    Measurement::new("stats", "find_variables_plan", 1).took(time).print();
    Ok(())
}
