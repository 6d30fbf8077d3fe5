//! A stream of lines, each a record: taken in as it comes, never in memory.

use std::sync::Arc;

use app::Principal;
use app::intake::stream::{Options, Report};
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::send::signed;
use crate::answer::{self, ReceiptAnswer};
use crate::body::{Packing, Source, Unpacker, busy};
use crate::problem::{Problem, ProblemItem};
use crate::query::Query;
use crate::site::Site;

/// What became of a stream.
#[derive(Serialize, ToSchema)]
pub struct StreamReport<'a> {
    /// The batch, by which it can be taken back.
    pub batch: String,
    /// Lines with something on them.
    pub lines: u64,
    /// Records that are stored now.
    pub stored: u64,
    /// Records that were stored before.
    pub known: u64,
    /// Lines that are not stored.
    pub refused: u64,
    /// The receipt of the closing record: the batch counts from there on.
    pub closing: ReceiptAnswer,
    /// Why lines are not stored; the first thousand faults.
    pub faults: Vec<ProblemItem<'a>>,
}

/// Takes a stream in.
///
/// # Errors
/// What is wrong with it as a whole, or with one of its lines where it is not to proceed.
pub async fn receive(
    site: &Arc<Site>,
    who: &Principal,
    parts: &Parts,
    body: Body,
) -> Result<Response, Problem> {
    let mut query = Query::of(&parts.uri);
    let on_error = ("refuse or proceed", " refuse 或 proceed");
    let source = ("at most 200 characters", "至多 200 个字符");
    let proceed = query.read("on_error", on_error, |text| match text {
        "refuse" => Some(false),
        "proceed" => Some(true),
        _ => None,
    });
    let options = Options {
        batch: query.id("batch"),
        proceed: proceed.unwrap_or(false),
        source: query.read("source", source, |text| {
            (1..=200).contains(&text.chars().count()).then(|| text.to_owned())
        }),
    };
    let waits = query.waits();
    query.finish()?;
    let packing = Packing::of(&parts.headers)?;
    let _permit = site.streams.try_acquire().map_err(|_| busy())?;
    let mut stream = site.system.begin_stream(who, options)?;
    let mut source = Source::stream(body);
    match packing {
        Packing::Plain => {
            while let Some(piece) = source.next().await? {
                stream.push(&piece).await?;
            }
        }
        Packing::Gzip => {
            let mut unpacker = Unpacker::new();
            while let Some(piece) = source.next().await? {
                for packed in piece.chunks(Unpacker::PIECE) {
                    stream.push(unpacker.push(packed)?).await?;
                }
            }
            stream.push(&unpacker.finish()?).await?;
        }
    }
    let report = stream.finish().await.map_err(|rejection| Problem::from(rejection).by_line())?;
    let checkpoint = match waits {
        true => signed(site, report.closing.position).await?,
        false => None,
    };
    Ok(reported(report, checkpoint))
}

fn reported(report: Report, checkpoint: Option<String>) -> Response {
    let status = if report.stored == 0 { StatusCode::OK } else { StatusCode::CREATED };
    let faults = report.faults.iter().take(1000);
    let answer = StreamReport {
        batch: report.batch.to_string(),
        lines: report.lines,
        stored: report.stored,
        known: report.known,
        refused: report.refused,
        closing: ReceiptAnswer { checkpoint, ..report.closing.into() },
        faults: faults.map(|(line, fault)| ProblemItem::of_line(*line, fault)).collect(),
    };
    answer::json(status, &answer)
}
