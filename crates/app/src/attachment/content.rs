//! What a file is, by its bytes: a name or a media type that a sender gives counts for nothing.

use crate::fault::Fault;
use crate::people::picture::{self, Picture};

/// The most bytes of a file.
pub const MOST_BYTES: usize = picture::MOST_BYTES;

/// A file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) media_type: &'static str,
    /// Width and height of a picture.
    pub(super) dots: Option<(u32, u32)>,
    pub(super) bytes: Vec<u8>,
}

impl Content {
    /// Reads a file: pictures lose what they tell of who took them. Where an informer is to be
    /// protected only pictures are taken, for a document tells who wrote it.
    pub(super) fn read(bytes: &[u8], only_pictures: bool) -> Result<Self, Fault> {
        if bytes.is_empty() {
            return Err(Fault::new(
                "attachment.empty",
                "the file is empty; choose another",
                "文件为空；请重新选择",
            )
            .at("/file"));
        }
        if bytes.len() > MOST_BYTES {
            return Err(Fault::new(
                "attachment.too_large",
                format!("a file has at most {MOST_BYTES} bytes; make it smaller"),
                format!("文件不得超过 {MOST_BYTES} 字节；请缩小后上传"),
            )
            .at("/file"));
        }
        if bytes.starts_with(b"%PDF-") && !only_pictures {
            return Ok(Self { media_type: "application/pdf", dots: None, bytes: bytes.to_vec() });
        }
        match picture::strip(bytes) {
            Ok(Picture { format, width, height, bytes }) => {
                let media_type = format.media_type();
                Ok(Self { media_type, dots: Some((width, height)), bytes })
            }
            Err(fault) if fault.code == "picture.format" && !only_pictures => Err(Fault::new(
                "attachment.format",
                "it is no JPEG, PNG or WebP picture and no PDF; save it as one of these",
                "不是 JPEG、PNG、WebP 图片或 PDF；请转换格式后上传",
            )
            .at("/file")),
            Err(fault) => Err(fault.at("/file")),
        }
    }
}

/// How the name of a downloaded file ends.
pub(super) fn extension(media_type: &str) -> &'static str {
    match media_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "application/pdf" => "pdf",
        _ => "bin",
    }
}
