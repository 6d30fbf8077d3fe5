//! What a kind of job is.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use codes::Label;
use model::RecordId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use store::job::Progress;

use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::system::System;

/// A kind of job, and one of them while it is carried out.
pub trait Work: Sized + Send + 'static {
    /// Its name in the store.
    const KIND: &'static str;
    /// What is asked for.
    type Parameters: Serialize + DeserializeOwned + Send + Sync;
    /// From where it can be gone on with.
    type Checkpoint: Serialize + DeserializeOwned + Send;

    /// What it is called on pages.
    fn label(parameters: &Self::Parameters) -> Label;

    /// What only one job at a time may use.
    fn resource(_parameters: &Self::Parameters) -> Option<String> {
        None
    }

    /// Makes it ready, from the start or from a checkpoint.
    ///
    /// # Errors
    /// What was asked for is wrong, or not allowed; a fault of the store.
    fn begin(
        order: &Order,
        parameters: Self::Parameters,
        from: Option<Self::Checkpoint>,
    ) -> impl Future<Output = Result<Self, Rejection>> + Send;

    /// Does the next piece.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    fn step(
        &mut self,
        order: &Order,
    ) -> impl Future<Output = Result<Step<Self::Checkpoint>, Rejection>> + Send;

    /// Takes back what is to be taken back when somebody ended it.
    ///
    /// # Errors
    /// A fault of the store.
    fn undo(self, _order: &Order) -> impl Future<Output = Result<Outcome, Rejection>> + Send {
        async { Ok(Outcome::default()) }
    }
}

/// What came of a step.
#[derive(Debug)]
pub enum Step<C> {
    /// There is more to do: how far it is, and from where it could be gone on with.
    More(Progress, C),
    /// It is done.
    Done(Progress, Outcome),
}

/// What came of a job.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What is to be said of it, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<Said>,
    /// What was wrong; the first of many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<ToldFault>,
    /// The files that it left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<ResultFile>,
    /// The path of the page that shows it, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// One thing that is said of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What it is, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The value.
    pub value: String,
}

impl Said {
    /// A line of a result page.
    pub fn new(zh: &str, en: &str, value: impl ToString) -> Self {
        Self { zh: zh.to_owned(), en: en.to_owned(), value: value.to_string() }
    }
}

/// A fault as it is kept with a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldFault {
    /// The row or line that it is of, from 1; none for the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// A stable name for programs.
    pub code: String,
    /// Where in the row.
    pub pointer: String,
    /// What is wrong and what to do, in English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl ToldFault {
    /// A fault of a row, or of the whole.
    pub fn of(line: Option<u64>, fault: &Fault) -> Self {
        Self {
            line,
            code: fault.code.to_owned(),
            pointer: fault.pointer.clone(),
            en: fault.en.clone(),
            zh: fault.zh.clone(),
        }
    }
}

/// A file that a job left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultFile {
    /// Its name: small letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// How many rows it has, where it has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The SHA-256 of its contents, in hexadecimal: which file was taken away can be told later.
    pub sha256: String,
    /// Whether it says something of persons: then it is kept for a day and not a week.
    #[serde(default)]
    pub personal: bool,
}

/// What a job is carried out with.
#[derive(Clone)]
pub struct Order {
    /// The program.
    pub system: Arc<System>,
    /// Who asked, with the rights of this moment.
    pub who: Principal,
    /// The job.
    pub id: RecordId,
    pub(super) folder: PathBuf,
    pub(super) end: Arc<AtomicBool>,
}

impl Order {
    /// Whether somebody asked that it end: for steps that cannot be short.
    pub fn is_to_end(&self) -> bool {
        self.end.load(Ordering::Relaxed)
    }
}

pub(super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A kind, without its types.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) label: fn(&str) -> Option<Label>,
    pub(super) begin: Begin,
}

type Begin =
    for<'a> fn(&'a Order, &'a str, Option<&'a str>) -> Boxed<'a, Result<Box<dyn Doing>, Rejection>>;

/// A job that is carried out, without its types.
pub(super) trait Doing: Send {
    fn step<'a>(&'a mut self, order: &'a Order) -> Boxed<'a, Result<Step<String>, Rejection>>;
    fn undo<'a>(self: Box<Self>, order: &'a Order) -> Boxed<'a, Result<Outcome, Rejection>>;
}

impl Entry {
    pub(super) fn of<W: Work>() -> Self {
        Self { label: label::<W>, begin: begin::<W> }
    }
}

fn label<W: Work>(parameters: &str) -> Option<Label> {
    serde_json::from_str(parameters).ok().map(|parameters| W::label(&parameters))
}

fn begin<'a, W: Work>(
    order: &'a Order,
    parameters: &'a str,
    from: Option<&'a str>,
) -> Boxed<'a, Result<Box<dyn Doing>, Rejection>> {
    Box::pin(async move {
        let parameters = serde_json::from_str(parameters).map_err(|e| unreadable(&e))?;
        let from = from.map(serde_json::from_str).transpose().map_err(|e| unreadable(&e))?;
        let work = W::begin(order, parameters, from).await?;
        Ok(Box::new(Typed(work)) as Box<dyn Doing>)
    })
}

/// A job that was asked for by another version of the program.
fn unreadable(error: &serde_json::Error) -> Rejection {
    Fault::new(
        "job.unreadable",
        format!(
            "this version of the program does not understand what was asked ({error}); ask again"
        ),
        format!("此版本程序不能识别该任务的参数（{error}）；请重新发起"),
    )
    .into()
}

struct Typed<W>(W);

impl<W: Work> Doing for Typed<W> {
    fn step<'a>(&'a mut self, order: &'a Order) -> Boxed<'a, Result<Step<String>, Rejection>> {
        Box::pin(async move {
            Ok(match self.0.step(order).await? {
                Step::Done(progress, outcome) => Step::Done(progress, outcome),
                Step::More(progress, checkpoint) => {
                    let checkpoint = serde_json::to_string(&checkpoint);
                    Step::More(progress, checkpoint.map_err(|e| unreadable(&e))?)
                }
            })
        })
    }

    fn undo<'a>(self: Box<Self>, order: &'a Order) -> Boxed<'a, Result<Outcome, Rejection>> {
        Box::pin(async move { self.0.undo(order).await })
    }
}
