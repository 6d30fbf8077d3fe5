//! Forms with one file of any sort: the fields, and the file to the byte.

use std::convert::Infallible;

use app::Fault;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use futures_util::stream;

use super::Page;
use super::form::{Form, malformed};
use crate::body::{self, Whole};
use crate::problem::Problem;
use crate::site::Site;

/// The most fields of such a form.
const MOST_FIELDS: usize = 20;
/// Bytes that fields and boundaries take beside the file.
const BESIDE: usize = 64 << 10;

/// A file that came with a form, and its share of what all may take for as long as it is held.
pub struct Upload<'s> {
    /// What the browser calls it: never a path.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
    _share: Whole<'s>,
}

/// Reads a form that a page of ours sent, with at most one file of at most so many bytes.
///
/// # Errors
/// It was not sent from here; another media type, too large, too slow, cut off, more than one file.
pub async fn read<'s>(
    page: &Page,
    site: &'s Site,
    request: Request,
    most: usize,
) -> Result<(Form, Option<Upload<'s>>), Problem> {
    let (parts, body) = request.into_parts();
    let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = media.and_then(|media| multer::parse_boundary(media).ok());
    let boundary = boundary.ok_or_else(|| body::wrong_type(&["multipart/form-data"]))?;
    let whole = body::file(&parts.headers, body, most + BESIDE, &site.bodies).await?;
    let not_read = |error: multer::Error| {
        tracing::debug!(%error, "a form with a file could not be read");
        malformed("the form is cut off or malformed", "表单不完整或格式有误")
    };
    let source = stream::iter([Ok::<_, Infallible>(whole.bytes.clone())]);
    let mut form = multer::Multipart::new(source, boundary);
    let mut fields = Vec::new();
    let mut file = None;
    while let Some(part) = form.next_field().await.map_err(not_read)? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(called) = part.file_name().map(base_name) else {
            let bytes = part.bytes().await.map_err(not_read)?;
            let text = String::from_utf8(bytes.to_vec());
            let text =
                text.map_err(|_| malformed("a field is not UTF-8", "有字段不是 UTF-8 编码"))?;
            fields.push((name, text));
            if fields.len() > MOST_FIELDS {
                return Err(malformed("the form has too many fields", "表单字段过多"));
            }
            continue;
        };
        let bytes = part.bytes().await.map_err(not_read)?;
        if bytes.is_empty() && called.is_empty() {
            continue;
        }
        if file.is_some() || name != "file" {
            return Err(malformed("more than one file was sent", "文件多于一个"));
        }
        if bytes.len() > most {
            return Err(too_large(most));
        }
        file = Some((called, bytes));
    }
    let file = file.map(|(name, bytes)| Upload { name, bytes, _share: whole });
    Ok((Form::admitted(page, fields)?, file))
}

/// The last part of what a browser calls a file: some send where it lies on the disk.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

fn too_large(most: usize) -> Problem {
    let fault = Fault::new(
        "body.too_large",
        format!("the file has more than {most} bytes; make it smaller"),
        format!("文件超过 {most} 字节；请缩小后上传"),
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_file_is_a_path() {
        for (name, base) in [
            ("a.jpg", "a.jpg"),
            ("C:\\Users\\li\\a.jpg", "a.jpg"),
            ("../../etc/passwd", "passwd"),
            ("..", ".."),
            ("", ""),
        ] {
            assert_eq!(base_name(name), base);
        }
    }
}
