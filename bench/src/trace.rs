//! Figures of walks over the graph of responsibility, beside recursive SQL on PostgreSQL over the
//! same links with the same filters.
//!
//! `trace [--links 1000000] [--layers 10] [--walks 1000] [--peer no] [--answerable no] [--full]`
//!
//! `--full` does the same over 50 M links, without the peer. Who answers for a thing is asked of a store
//! that holds the same links as events ([`answerable`](crate::answerable)).

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::time::{Duration, Instant};

use testkit::postgres::Server;
use tokio_postgres::NoTls;
use tokio_postgres::types::ToSql;
use trace::{AsOf, Certainty, Direction, Graph, NewAct, Part, Thing, Walker};

use crate::report::{Measurement, say};
use crate::store::Fault;
use crate::store::home;
use crate::store::sample::Random;

/// Of so many things of the layer before something is made: two, and of a hundred things so many of
/// three. Over ten layers that leads to about 23,000 things and acts.
const THREE: u64 = 45;
/// Questions that the peer is asked.
const ASKED: usize = 60;
/// Microseconds between two layers.
const LAYER: i64 = 1_000_000;

struct Options {
    links: u64,
    layers: u64,
    walks: usize,
    peer: bool,
    answerable: bool,
}

/// Acts that are put into the graph before the tail is merged.
const TAIL: usize = 1_000_000;

/// What is made of what: act, thing, whether it came out, when.
pub(crate) struct Chains {
    pub(crate) layers: u64,
    /// Things of a layer.
    pub(crate) width: u64,
    walks: usize,
}

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let ran = || {
        let options = read(args)?;
        let chains = Chains::new(options.links, options.layers, options.walks);
        let mut graph = Graph::default();
        let start = Instant::now();
        for act in chains.acts() {
            graph.add(&act)?;
            if graph.in_tail() >= TAIL {
                graph.compact();
            }
        }
        graph.compact();
        let nodes = graph.acts() + graph.things();
        Measurement::new("trace", "make the graph", graph.acts() as u64)
            .with("links", graph.links() as u64)
            .with("nodes", nodes as u64)
            .with("bytes_per_link", (graph.bytes() - 16 * nodes) as f64 / graph.links() as f64)
            .with("of_which_per_node", 16)
            .took(start.elapsed())
            .print();
        let graph = snapshot(graph)?;
        let walked = [Direction::Back, Direction::Forward].map(|way| chains.walk(&graph, way));
        drop(graph);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        if options.peer {
            runtime.block_on(chains.ask(walked))?;
        }
        if options.answerable {
            runtime.block_on(crate::answerable::measure(&chains))?;
        }
        Ok(())
    };
    ran().map_err(|fault: Fault| -> Box<dyn std::error::Error> { fault })
}

/// Writes a snapshot and gives the graph that is read from it, as a start does.
fn snapshot(graph: Graph) -> Result<Graph, Fault> {
    let path = home::base()?.join(format!("graph-{}", std::process::id()));
    let mut to = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    graph.write_snapshot(&mut to)?;
    to.flush()?;
    drop((graph, to));
    let bytes = std::fs::metadata(&path)?.len();
    let start = Instant::now();
    let read = Graph::read_snapshot(&mut BufReader::with_capacity(1 << 20, File::open(&path)?));
    let took = start.elapsed();
    std::fs::remove_file(&path)?;
    let read = read?;
    Measurement::new("trace", "read a snapshot", read.links() as u64)
        .with("snapshot_mb", bytes as f64 / 1e6)
        .took(took)
        .print();
    Ok(read)
}

fn read(args: &[String]) -> Result<Options, Fault> {
    let mut options =
        Options { links: 1_000_000, layers: 10, walks: 1_000, peer: true, answerable: true };
    let mut args = args.iter();
    while let Some(name) = args.next() {
        if name == "--full" {
            options = Options { links: 50_000_000, peer: false, answerable: false, ..options };
            continue;
        }
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--links" => options.links = value.parse()?,
            "--layers" => options.layers = value.parse::<u64>()?.max(1),
            "--walks" => options.walks = value.parse::<usize>()?.max(1),
            "--peer" => options.peer = value != "no",
            "--answerable" => options.answerable = value != "no",
            _ => return Err(format!("{name} is no option").into()),
        }
    }
    Ok(options)
}

/// How long walks in a direction took, and how much they found.
struct Walked {
    direction: Direction,
    median: Duration,
    /// Where some of them began, and the number of things each found.
    found: Vec<(Thing, usize)>,
}

impl Chains {
    fn new(links: u64, layers: u64, walks: usize) -> Self {
        Self { layers, width: (links * 100 / (300 + THREE) / layers).max(1), walks }
    }

    /// The acts, one layer after the other; the same each time.
    pub(crate) fn acts(&self) -> impl Iterator<Item = NewAct> {
        let (width, mut random) = (self.width, Random(11));
        let places = (1..=self.layers).flat_map(move |layer| (0..width).map(move |at| (layer, at)));
        (0..).zip(places).map(move |(record, (layer, place))| {
            let at = layer as i64 * LAYER + random.below(LAYER as u64) as i64;
            let output = Thing((layer * width + place) as u32);
            let mut act = NewAct::new(record, at).with(output, Part::Output, Certainty::Lot);
            for _ in 0..2 + u64::from(random.below(100) < THREE) {
                let input = (layer - 1) * width + random.below(width);
                act = act.with(Thing(input as u32), Part::Input, Certainty::Lot);
            }
            act
        })
    }

    /// All but the newest twentieth is known, and nothing of the last moments had happened.
    fn as_of(&self) -> AsOf {
        let valid = (self.layers as i64 + 1) * LAYER - LAYER / 20;
        AsOf { valid, known: self.layers * self.width - self.width / 20 }
    }

    fn starts(&self, direction: Direction) -> impl Iterator<Item = Thing> {
        let first = if direction == Direction::Back { self.layers * self.width } else { 0 };
        let (mut random, width) = (Random(5), self.width);
        std::iter::repeat_with(move || Thing((first + random.below(width)) as u32))
    }

    fn walk(&self, graph: &Graph, direction: Direction) -> Walked {
        let mut walker = Walker::default();
        let (mut times, mut found) = (Vec::new(), Vec::new());
        let (mut nodes, mut things) = (Vec::new(), 0);
        for start in self.starts(direction).take(self.walks) {
            let begun = Instant::now();
            let answer = walker.walk(graph, &[start], direction, self.as_of(), usize::MAX);
            times.push(begun.elapsed());
            things += answer.things;
            found.push((start, answer.things));
            let mut acts: Vec<_> =
                answer.reached.iter().filter_map(|found| found.through).collect();
            acts.sort_unstable();
            acts.dedup();
            nodes.push(answer.things + acts.len());
        }
        nodes.sort_unstable();
        let what = format!("{direction:?}").to_lowercase();
        let median = nodes.get(nodes.len() / 2).copied().unwrap_or_default() as u64;
        Measurement::new("trace", &what, times.len() as u64)
            .with("links", graph.links() as u64)
            .with("nodes_at_the_median", median)
            .with("ns_per_thing", times.iter().sum::<Duration>().as_nanos() as f64 / things as f64)
            .percentiles(&mut times)
            .print();
        Walked { direction, median: times[times.len() / 2], found }
    }

    /// Asks PostgreSQL the same: indexed, analysed, warm.
    async fn ask(&self, walked: [Walked; 2]) -> Result<(), Fault> {
        say("putting the links into PostgreSQL");
        let server = Server::start(&[]);
        let database = server.database("trace");
        let (mut client, connection) =
            tokio_postgres::connect(database.parameters(), NoTls).await?;
        tokio::spawn(connection);
        client
            .batch_execute(
                "CREATE TABLE link (act BIGINT NOT NULL, thing BIGINT NOT NULL, is_output BOOLEAN \
                 NOT NULL, certainty SMALLINT NOT NULL, at BIGINT NOT NULL, from_position BIGINT \
                 NOT NULL, until_position BIGINT NOT NULL)",
            )
            .await?;
        self.fill(&mut client).await?;
        client
            .batch_execute(
                "CREATE INDEX ON link (thing, is_output) INCLUDE (act, at, from_position, \
                 until_position); CREATE INDEX ON link (act, is_output) INCLUDE (thing); \
                 SET work_mem = '256MB'; SET jit = off",
            )
            .await?;
        client.batch_execute("VACUUM ANALYZE link").await?;
        for Walked { direction, median, found } in walked {
            let sql = match direction {
                Direction::Back => question("true", "false", "<="),
                Direction::Forward => question("false", "true", ">="),
            };
            let statement = client.prepare(&sql).await?;
            let as_of = self.as_of();
            let (valid, known) = (as_of.valid, i64::try_from(as_of.known)?);
            let bound = if direction == Direction::Back { valid } else { i64::MIN };
            let mut times = Vec::new();
            for (start, things) in found.into_iter().take(ASKED) {
                let start = i64::from(start.0);
                let binds: [&(dyn ToSql + Sync); 4] = [&start, &bound, &valid, &known];
                let begun = Instant::now();
                let row = client.query_one(&statement, &binds).await?;
                times.push(begun.elapsed());
                let count: i64 = row.get(0);
                if count != things as i64 {
                    return Err(
                        format!("from {start} PostgreSQL finds {count}, not {things}").into()
                    );
                }
            }
            let asked = times.len() as u64;
            let figures = Measurement::new("trace", "", asked).percentiles(&mut times);
            let peers = times[times.len() / 2];
            Measurement::new("trace", &format!("{direction:?}").to_lowercase(), asked)
                .with("p50_ms", median.as_secs_f64() * 1e3)
                .with("times_faster", peers.as_secs_f64() / median.as_secs_f64())
                .peer("recursive SQL on PostgreSQL, indexed, analysed, warm", figures)
                .print();
        }
        Ok(())
    }

    async fn fill(&self, client: &mut tokio_postgres::Client) -> Result<(), Fault> {
        let insert = client
            .prepare(
                "INSERT INTO link SELECT a, t, o, 1, w, r, 9223372036854775807 FROM \
                 unnest($1::BIGINT[], $2::BIGINT[], $3::BOOLEAN[], $4::BIGINT[], $5::BIGINT[]) \
                 AS n(a, t, o, w, r)",
            )
            .await?;
        let mut acts = self.acts().peekable();
        while acts.peek().is_some() {
            let (mut act, mut thing, mut output) = (Vec::new(), Vec::new(), Vec::new());
            let (mut at, mut record) = (Vec::new(), Vec::new());
            for new in acts.by_ref().take(20_000) {
                for (of, part, _) in &new.links {
                    act.push(i64::try_from(new.record)?);
                    thing.push(i64::from(of.0));
                    output.push(*part == Part::Output);
                    at.push(new.at);
                    record.push(i64::try_from(new.record)?);
                }
            }
            client.execute(&insert, &[&act, &thing, &output, &at, &record]).await?;
        }
        Ok(())
    }
}

/// All things behind one: `near` says which end of an act the walk comes to, `far` where it leaves.
fn question(near: &str, far: &str, before: &str) -> String {
    format!(
        "WITH RECURSIVE reached(thing, bound) AS (SELECT $1::BIGINT, $2::BIGINT UNION \
         SELECT f.thing, n.at FROM reached r \
         JOIN link n ON n.thing = r.thing AND n.is_output = {near} AND n.at {before} r.bound \
         AND n.at <= $3 AND n.from_position < $4 AND n.until_position >= $4 \
         JOIN link f ON f.act = n.act AND f.is_output = {far}) \
         SELECT COUNT(DISTINCT thing) FROM reached"
    )
}
