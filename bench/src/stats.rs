//! Figures of `stats`.

/// Runs the benchmark.
pub fn run(_args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    Err("not built yet".into())
}
