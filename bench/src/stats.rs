//! Figures of `stats`.

mod index;
mod satisfaction;

/// Runs the benchmark.
pub fn run(_args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    index::run()?;
    satisfaction::run()
}
