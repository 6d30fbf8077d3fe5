//! Figures of `stats`.

mod index;
mod rating;
mod sampling;
mod satisfaction;
mod scan;
mod spc;
mod uncertainty;

/// Runs the benchmark.
pub fn run(_args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    index::run()?;
    satisfaction::run()?;
    uncertainty::run()?;
    rating::run()?;
    sampling::run()?;
    scan::run()?;
    spc::run()
}
