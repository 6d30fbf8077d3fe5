//! The options of the figures of the store.

use std::time::Duration;

use super::Fault;

/// How large a run is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// PostgreSQL in place of SQLite.
    pub postgres: bool,
    /// How long requests are sent.
    pub time: Duration,
    /// Records that the store holds before.
    pub preload: u64,
    /// Records of a stream that is measured in place of requests.
    pub stream: Option<u64>,
    /// Requests in flight.
    pub clients: usize,
    /// Persons of whom the records speak.
    pub persons: u64,
    /// Questions that are asked.
    pub calls: u64,
    /// Subscriptions to events.
    pub subscriptions: usize,
    /// Make the store that holds records already anew.
    pub fresh: bool,
}

impl Options {
    /// Reads `--name value` pairs and `--fresh`.
    pub fn read(args: &[String]) -> Result<Self, Fault> {
        let mut options = Self {
            postgres: false,
            time: Duration::from_secs(60),
            preload: 1_000_000,
            stream: None,
            clients: 32,
            persons: 50_000,
            calls: 4_000,
            subscriptions: 10_000,
            fresh: false,
        };
        let mut args = args.iter();
        while let Some(name) = args.next() {
            if name == "--fresh" {
                options.fresh = true;
                continue;
            }
            let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--database" => match value.as_str() {
                    "postgres" => options.postgres = true,
                    "sqlite" => options.postgres = false,
                    _ => return Err("--database sqlite|postgres".into()),
                },
                "--seconds" => options.time = Duration::from_secs_f64(value.parse()?),
                "--preload" => options.preload = value.parse()?,
                "--stream" => options.stream = Some(value.parse()?),
                "--clients" => options.clients = value.parse()?,
                "--persons" => options.persons = value.parse()?,
                "--calls" => options.calls = value.parse()?,
                "--subscriptions" => options.subscriptions = value.parse()?,
                _ => return Err(format!("{name} is no option; {}", Self::HELP).into()),
            }
        }
        Ok(options)
    }

    const HELP: &str = "the options are --database sqlite|postgres, --seconds S, --preload N, \
                        --stream N, --clients N, --persons N, --calls N, \
                        --subscriptions N, --fresh";

    /// The name of the database.
    pub fn engine(&self) -> &'static str {
        if self.postgres { "postgres" } else { "sqlite" }
    }
}
