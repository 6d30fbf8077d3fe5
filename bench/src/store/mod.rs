//! What the figures of the store share: records as they come, stores that hold many already.

pub mod events;
pub mod home;
pub mod http;
pub mod options;
pub mod peer;
pub mod sample;
mod threads;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::report::Measurement;

pub use home::Home;
pub use options::Options;
pub use sample::Samples;
pub use threads::Threads;

/// Any fault: a benchmark tells it and ends.
pub type Fault = Box<dyn Error + Send + Sync>;

/// Runs a benchmark with its options, on as many threads as there are cores.
pub fn run<F>(args: &[String], bench: impl FnOnce(Options) -> F) -> Result<(), Box<dyn Error>>
where
    F: Future<Output = Result<(), Fault>>,
{
    let ran = || {
        let options = Options::read(args)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(bench(options))
    };
    ran().map_err(|fault| fault as Box<dyn Error>)
}

/// What a figure says nothing without.
pub struct Surroundings {
    load: String,
    sync: Duration,
}

impl Surroundings {
    /// How busy the machine is before something is measured, and what a sync costs in a folder.
    pub fn of(folder: &Path) -> Result<Self, Fault> {
        let load = std::fs::read_to_string("/proc/loadavg")?;
        let load = load.split(' ').next().unwrap_or_default().to_owned();
        Ok(Self { load, sync: sync_time(folder)? })
    }

    /// A measurement made in them.
    pub fn measurement(&self, bench: &str, what: &str, n: u64) -> Measurement {
        let sync = format!("{:.2}", self.sync.as_secs_f64() * 1e3);
        Measurement::new(bench, what, n)
            .with("load_before", self.load.as_str())
            .with("sync_ms", sync)
    }
}

/// The median time of making 16 KiB durable in a file that has its size already.
fn sync_time(folder: &Path) -> Result<Duration, Fault> {
    use std::os::unix::fs::FileExt as _;
    let path = folder.join("sync-probe");
    let file = std::fs::File::create(&path)?;
    let block = [7_u8; 16 << 10];
    file.write_all_at(&vec![0; 1 << 20], 0)?;
    file.sync_all()?;
    let mut times = Vec::new();
    for i in 0..101_u64 {
        let start = Instant::now();
        file.write_all_at(&block, i % 64 * block.len() as u64)?;
        file.sync_data()?;
        times.push(start.elapsed());
    }
    std::fs::remove_file(&path)?;
    times.sort_unstable();
    Ok(times[50])
}

/// The most memory that this process ever had, in MB: with the pages of the store's file that it has
/// mapped, which the kernel takes back when somebody needs them.
pub fn peak_mb() -> Result<u64, Fault> {
    memory_mb("VmHWM:")
}

fn memory_mb(name: &str) -> Result<u64, Fault> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
    Ok(kib.ok_or("it is not said how much memory is in use")? * 1024 / 1_000_000)
}

/// Looks a hundred times a second how much memory is the process's own, without the pages of files.
pub struct OwnMemory {
    most: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
}

impl OwnMemory {
    /// Begins to look.
    pub fn watch() -> Self {
        let watch = Self { most: Arc::default(), is_over: Arc::default() };
        let (most, is_over) = (Arc::clone(&watch.most), Arc::clone(&watch.is_over));
        std::thread::spawn(move || {
            while !is_over.load(Relaxed) {
                most.fetch_max(memory_mb("RssAnon:").unwrap_or_default(), Relaxed);
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        watch
    }

    /// The most that was seen, in MB.
    pub fn most_mb(&self) -> u64 {
        self.most.load(Relaxed)
    }
}

impl Drop for OwnMemory {
    fn drop(&mut self) {
        self.is_over.store(true, Relaxed);
    }
}
