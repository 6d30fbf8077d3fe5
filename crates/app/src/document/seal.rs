//! The electronic seal: a program of the office is given the document and gives back the sealed file.

use model::RecordId;

use super::paper::Paper;
use super::{SEAL, State};
use crate::attachment::{MOST_BYTES, NewAttachment, Shows};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::system::System;

/// How a document is laid out on paper: A4, for the page of a document and for the program that seals.
pub const CSS: &str = include_str!("paper.css");

/// A document as a whole file of HTML.
pub fn standalone(paper: &Paper, number: Option<&str>) -> String {
    let body = paper.to_html(number);
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>document</title>\n<style>\n{CSS}</style>\n</head>\n\
         <body>\n<article class=\"paper\">\n{body}</article>\n</body>\n</html>\n"
    )
}

impl System {
    /// Has a sealed document sealed electronically by the program that is named for that, and keeps the
    /// sealed file with it; none where no program is named.
    ///
    /// # Errors
    /// No such document; no permission; one that is not sealed; a program that gives no file.
    pub async fn seal_electronically(
        &self,
        who: &Principal,
        case: RecordId,
        id: RecordId,
    ) -> Result<Option<RecordId>, Rejection> {
        let programs = self.programs();
        let Some(program) = programs.seal.clone() else { return Ok(None) };
        let (records, current, _) = self.to_change(who, case, id, None).await?;
        self.may_of_case(who, &records, SEAL)?;
        if current.state != State::Sealed {
            return Err(Rejection::Conflict(Fault::new(
                "document.not_sealed",
                "only a document that has its number is sealed electronically; seal it first",
                "文书用印编号后方可加盖电子印章；请先用印",
            )));
        }
        let size = self.reader().size().await?;
        let view = self.document(who, case, id, Some(size)).await?;
        let html = standalone(&view.paper, view.number.as_deref()).into_bytes();
        let (document, patience) = (id.to_string(), programs.patience());
        let running = tokio::task::spawn_blocking(move || {
            crate::program::run(&program, &[&document], html, MOST_BYTES, patience)
        });
        let failed = |reason: String| {
            tracing::error!(%id, reason, "a document was not sealed electronically");
            Rejection::Store(store::Error::Unavailable {
                reason: format!("the program of the electronic seal: {reason}"),
            })
        };
        let ran = running.await.map_err(|error| failed(error.to_string()))?.map_err(failed)?;
        if ran.code != Some(0) || !ran.answer.starts_with(b"%PDF-") {
            return Err(failed(format!("it ended with {:?} and gave no PDF", ran.code)));
        }
        let new = NewAttachment {
            name: format!("{}.pdf", view.number.as_deref().unwrap_or(&view.label.zh)),
            note: format!("电子印章 {}", view.text_digest),
            shows: if view.hidden { Shows::Nobody } else { Shows::AsRecord },
            bytes: ran.answer,
        };
        let (_, attachment) = self.attach(who, id, new).await?;
        Ok(Some(attachment))
    }
}
