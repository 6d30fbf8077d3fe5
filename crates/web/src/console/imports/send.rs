//! A table is sent: its bytes go to the disk as they come, however many they are.

use std::io;
use std::sync::Arc;

use app::Fault;
use app::import::Choice;
use app::import::upload::Receiving;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use futures_util::stream;

use super::list::shown;
use crate::body::{Source, wrong_type};
use crate::page::Page;
use crate::page::csrf;
use crate::page::form::{Form, malformed};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

/// Fields beside the file, and the most bytes of one.
const MOST_FIELDS: usize = 8;
const LONGEST: usize = 4 << 10;

/// `POST /console/imports`.
///
/// # Errors
/// A form that was not sent from here; no permission; cut off; the disk is full.
pub async fn send(
    State(site): State<Arc<Site>>,
    page: Page,
    request: Request,
) -> Result<Response, Problem> {
    let who = Arc::clone(page.at(Desk::Console)?);
    let (parts, body) = request.into_parts();
    let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = media.and_then(|media| multer::parse_boundary(media).ok());
    let boundary = boundary.ok_or_else(|| wrong_type(&["multipart/form-data"]))?;
    let pieces = stream::try_unfold(Source::stream(body), async |mut source| {
        let piece = source.next().await.map_err(|_| io::Error::other("the body broke off"))?;
        Ok::<_, io::Error>(piece.map(|piece| (piece, source)))
    });
    let mut sent = multer::Multipart::new(Box::pin(pieces), boundary);
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut receiving: Option<Receiving> = None;
    while let Some(mut part) = sent.next_field().await.map_err(|error| not_read(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(called) = part.file_name().map(str::to_owned) else {
            let mut bytes = Vec::new();
            while let Some(piece) = part.chunk().await.map_err(|error| not_read(&error))? {
                bytes.extend_from_slice(&piece);
                if bytes.len() > LONGEST {
                    return Err(malformed("a field is too long", "有字段过长"));
                }
            }
            let text = String::from_utf8(bytes);
            fields.push((
                name,
                text.map_err(|_| malformed("a field is not UTF-8", "有字段不是 UTF-8 编码"))?,
            ));
            if fields.len() > MOST_FIELDS {
                return Err(malformed("the form has too many fields", "表单字段过多"));
            }
            continue;
        };
        // The token comes before the file, so that nothing of a stranger's is written.
        let token =
            fields.iter().find(|(name, _)| name == csrf::FIELD).map(|(_, token)| token.as_str());
        if !token.zip(page.seed_sent()).is_some_and(|(token, seed)| seed.admits(token)) {
            return Err(csrf::refused());
        }
        let base = called.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let mut taken: Option<Receiving> = None;
        while let Some(piece) = part.chunk().await.map_err(|error| not_read(&error))? {
            if taken.is_none() {
                taken = Some(site.system.receive_table(&who, &base)?);
            }
            if let Some(taken) = &mut taken {
                tokio::task::block_in_place(|| taken.push(&piece))?;
            }
        }
        if taken.is_some() && receiving.is_some() || name != "file" {
            return Err(malformed("more than one file was sent", "文件多于一个"));
        }
        receiving = taken.or(receiving);
    }
    let mut form = Form::admitted(&page, fields)?;
    let (mapping, as_of) = (form.text("mapping"), form.text("as_of"));
    form.finish()?;
    let Some(receiving) = receiving else {
        form.fault("file", page.w.imports.no_file);
        return shown(&site, &page, &form, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let system = Arc::clone(&site.system);
    let taken = tokio::task::spawn_blocking(move || {
        let upload = receiving.finish()?;
        let guess = match mapping.is_empty() {
            true => system.table_of(&upload).and_then(|path| system.mapping_for(&path)),
            false => Ok(Some(mapping)),
        };
        let first = || system.pack().mappings().next().map(|mapping| mapping.id.clone());
        let choice = match guess {
            Ok(found) => found.or_else(first),
            Err(rejection) => {
                // What is no table at all is not kept.
                system.discard_upload(&who, &upload.id)?;
                return Err(rejection);
            }
        };
        let choice = Choice {
            mapping: choice.unwrap_or_default(),
            as_of: (!as_of.is_empty()).then_some(as_of),
            ..Choice::default()
        };
        match system.choose(&who, &upload.id, choice) {
            Ok(upload) => Ok(upload),
            Err(rejection) => {
                system.discard_upload(&who, &upload.id)?;
                Err(rejection)
            }
        }
    });
    let taken = taken.await.map_err(|_| Problem::bare(StatusCode::INTERNAL_SERVER_ERROR))?;
    match taken {
        Ok(upload) => Ok(page.go(&format!("/console/imports/{}", upload.id))),
        Err(app::Rejection::Invalid(faults)) => {
            for fault in faults {
                form.fault("file", page.pick(&fault.zh, &fault.en));
            }
            shown(&site, &page, &form, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(other) => Err(other.into()),
    }
}

fn not_read(error: &multer::Error) -> Problem {
    tracing::debug!(%error, "a table was cut off");
    let fault = Fault::new(
        "body.broken_off",
        "the file broke off before its end, nothing of it was kept; send it again",
        "文件在结束前中断，未保留任何部分；请重新上传",
    );
    Problem::new(StatusCode::BAD_REQUEST, fault)
}
