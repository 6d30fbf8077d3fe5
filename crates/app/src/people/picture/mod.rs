//! Pictures without what they tell of who took them: place, time, device, names, thumbnails,
//! and whatever stands behind their end.
//!
//! A picture is taken apart and only what is needed to draw it is put together again; nothing is
//! decoded. What is not understood is refused rather than let through.
//!
//! Sources: JPEG ITU-T T.81 annex B and JFIF 1.02; PNG ISO/IEC 15948 clauses 5 and 11; WebP RFC 9649.

mod jpeg;
mod png;
mod webp;

use crate::fault::Fault;

/// The most bytes of a picture.
pub const MOST_BYTES: usize = 20 << 20;
/// The most dots of a picture: a small file can ask for gigabytes when it is drawn.
const MOST_DOTS: u64 = 100_000_000;

/// What a picture is, by its first bytes; a name or a header of the sender counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `image/jpeg`.
    Jpeg,
    /// `image/png`.
    Png,
    /// `image/webp`.
    Webp,
}

impl Format {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// A picture that tells nothing but what it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it is.
    pub format: Format,
    /// Dots from left to right.
    pub width: u32,
    /// Dots from top to bottom.
    pub height: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a picture is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    Format,
    CutOff,
    Form(&'static str),
    TooLarge,
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Format => Self::new(
                "picture.format",
                "it is no JPEG, PNG or WebP picture; save it as one of these",
                "不是 JPEG、PNG 或 WebP 图片；请转换格式后上传",
            ),
            Refused::CutOff => Self::new(
                "picture.cut_off",
                "the picture ends before its end; send the whole file",
                "图片不完整；请重新上传完整文件",
            ),
            Refused::Form(what) => Self::new(
                "picture.form",
                format!(
                    "the picture has something in it that is not understood ({what}); save it anew in a picture program"
                ),
                format!("图片含有无法识别的内容（{what}）；请用图片软件另存后上传"),
            ),
            Refused::TooLarge => Self::new(
                "picture.too_large",
                format!(
                    "a picture has at most {MOST_BYTES} bytes and {MOST_DOTS} dots; make it smaller"
                ),
                format!("图片不得超过 {MOST_BYTES} 字节、{MOST_DOTS} 像素；请缩小后上传"),
            ),
        }
    }
}

/// Takes everything out of a picture but what it shows.
///
/// # Errors
/// The codes `picture.format`, `picture.cut_off`, `picture.form`, `picture.too_large`.
pub fn strip(bytes: &[u8]) -> Result<Picture, Fault> {
    if bytes.len() > MOST_BYTES {
        return Err(Refused::TooLarge.into());
    }
    let (format, stripped) = if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        (Format::Jpeg, jpeg::strip(bytes))
    } else if bytes.starts_with(png::SIGNATURE) {
        (Format::Png, png::strip(bytes))
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        (Format::Webp, webp::strip(bytes))
    } else {
        return Err(Refused::Format.into());
    };
    let (width, height, bytes) = stripped?;
    let dots = u64::from(width) * u64::from(height);
    if dots > MOST_DOTS {
        return Err(Refused::TooLarge.into());
    }
    if dots == 0 {
        return Err(Refused::Form("no dots").into());
    }
    Ok(Picture { format, width, height, bytes })
}

/// Width, height, bytes.
type Stripped = Result<(u32, u32, Vec<u8>), Refused>;

/// What is left of a file to be read.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], Refused> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Refused::CutOff)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Refused> {
        self.take(N)?.try_into().map_err(|_| Refused::CutOff)
    }
}
