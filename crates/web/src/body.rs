//! Bodies of requests: of which type, how large, how packed, how slow they may be.

use std::io::{self, Write as _};
use std::time::Duration;

use app::Fault;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::{Bytes, BytesMut};
use flate2::write::MultiGzDecoder;
use http_body_util::BodyExt as _;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::problem::Problem;

/// The most bytes of a body that is read as a whole.
pub const MOST: usize = 8 << 20;
/// A body up to here needs no permit.
const SMALL: usize = 64 << 10;
/// Bytes of all larger bodies that are read at once.
pub const MOST_AT_ONCE: usize = 64 << 20;
/// How long a whole body may take.
const WHOLE: Duration = Duration::from_secs(20);
/// How long a stream may say nothing.
const SILENCE: Duration = Duration::from_secs(60);
/// Packed bytes that are unpacked at a time: they give a mebibyte at most.
const PACKED: usize = 1 << 10;
/// Unpacked bytes of which nobody asks how far they were packed.
const UNASKED: u64 = 64 << 20;
/// How many bytes one packed byte may give beyond that: text of events or records gives a tenth of it.
const MOST_RATIO: u64 = 250;

/// A body in memory, and its share of what all may take.
pub struct Whole<'s> {
    /// The bytes.
    pub bytes: Bytes,
    _share: Option<SemaphorePermit<'s>>,
}

/// How bodies are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// RFC 1952.
    Gzip,
}

impl Packing {
    /// How a request's body is packed.
    ///
    /// # Errors
    /// A packing that is not known.
    pub fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(value) = headers.get(header::CONTENT_ENCODING) else { return Ok(Self::Plain) };
        match value.to_str().unwrap_or_default().trim() {
            "" | "identity" => Ok(Self::Plain),
            text if text.eq_ignore_ascii_case("gzip") || text.eq_ignore_ascii_case("x-gzip") => {
                Ok(Self::Gzip)
            }
            _ => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Fault::new(
                    "body.encoding",
                    "Content-Encoding must be gzip, or left out",
                    "Content-Encoding 应为 gzip，或不填",
                ),
            )),
        }
    }
}

/// Whether a request says that its body is of a media type, in UTF-8.
pub fn is_of_type(headers: &HeaderMap, wanted: &str) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()) else {
        return false;
    };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let is_utf8 = parameters.split(';').all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset") || value.eq_ignore_ascii_case("utf-8")
    });
    essence.trim().eq_ignore_ascii_case(wanted) && is_utf8
}

/// The problem of a body of another type.
pub fn wrong_type(wanted: &[&str]) -> Problem {
    let wanted = wanted.join(", ");
    let fault = Fault::new(
        "body.media_type",
        format!("Content-Type must be {wanted}, in UTF-8"),
        format!("Content-Type 应为 {wanted}，UTF-8 编码"),
    );
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, fault)
}

/// Reads a whole body of JSON.
///
/// # Errors
/// Another media type or packing, too large, too slow, broken off; too many large ones at once.
pub async fn json<'s>(
    headers: &HeaderMap,
    body: Body,
    shares: &'s Semaphore,
) -> Result<Whole<'s>, Problem> {
    if !is_of_type(headers, "application/json") {
        return Err(wrong_type(&["application/json"]));
    }
    let packing = Packing::of(headers)?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    let length: Option<usize> = length.filter(|_| packing == Packing::Plain);
    if let Some(length) = length.filter(|length| *length > MOST) {
        return Err(too_large(Some(length)));
    }
    let most = length.unwrap_or(MOST);
    let share = if most <= SMALL {
        None
    } else {
        // What it becomes in memory follows its bytes.
        match timeout(WHOLE, shares.acquire_many(most as u32)).await {
            Ok(Ok(share)) => Some(share),
            _ => return Err(busy()),
        }
    };
    let reading = timeout(WHOLE, read(body, packing));
    let bytes = reading.await.map_err(|_| too_slow())??;
    Ok(Whole { bytes, _share: share })
}

/// How long a file may take.
const FILE: Duration = Duration::from_secs(40);

/// Reads a file of any type, not packed, with its share of what all may take.
///
/// # Errors
/// More than `most` bytes, packed, too slow, broken off; too many large ones at once.
pub async fn file<'s>(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    shares: &'s Semaphore,
) -> Result<Whole<'s>, Problem> {
    match Packing::of(headers)? {
        Packing::Plain => document(headers, body, most, shares).await,
        Packing::Gzip => Err(Problem::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
    }
}

/// Reads a document of any type, packed or not, with its share of what all may take.
///
/// # Errors
/// More than `most` bytes, packed in a way that is not known, too slow, broken off; too many large ones
/// at once.
pub async fn document<'s>(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    shares: &'s Semaphore,
) -> Result<Whole<'s>, Problem> {
    let packing = Packing::of(headers)?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    let length: usize = length.filter(|_| packing == Packing::Plain).unwrap_or(most);
    if length > most {
        return Err(larger_than(most));
    }
    let share = match timeout(WHOLE, shares.acquire_many(length as u32)).await {
        Ok(Ok(share)) => Some(share),
        _ => return Err(busy()),
    };
    let bytes = timeout(FILE, collected(body, packing, most)).await.map_err(|_| too_slow())??;
    Ok(Whole { bytes, _share: share })
}

/// Reads a small body of any type, not packed.
///
/// # Errors
/// More than `most` bytes, packed, too slow, broken off.
pub async fn small(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes, Problem> {
    if Packing::of(headers)? != Packing::Plain {
        // No browser packs a form.
        return Err(Problem::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let reading = collected(body, Packing::Plain, most);
    timeout(FILE.min(limit_of(most)), reading).await.map_err(|_| too_slow())?
}

/// All of a body that has no more than `most` bytes, unpacked.
async fn collected(body: Body, packing: Packing, most: usize) -> Result<Bytes, Problem> {
    let mut source = Source { body, silence: WHOLE };
    let mut unpacker = (packing == Packing::Gzip).then(Unpacker::new);
    let mut all = BytesMut::new();
    let mut add = |bytes: &[u8]| {
        if all.len() + bytes.len() > most {
            return Err(larger_than(most));
        }
        all.extend_from_slice(bytes);
        Ok(())
    };
    while let Some(piece) = source.next().await? {
        match &mut unpacker {
            None => add(&piece)?,
            Some(unpacker) => {
                for packed in piece.chunks(PACKED) {
                    add(unpacker.push(packed)?)?;
                }
            }
        }
    }
    if let Some(unpacker) = unpacker {
        add(&unpacker.finish()?)?;
    }
    Ok(all.freeze())
}

/// How long a body may take that has so many bytes at most.
fn limit_of(most: usize) -> Duration {
    if most > MOST { FILE } else { WHOLE }
}

async fn read(body: Body, packing: Packing) -> Result<Bytes, Problem> {
    let mut source = Source { body, silence: WHOLE };
    let Some(first) = source.next().await? else { return Ok(Bytes::new()) };
    if packing == Packing::Plain {
        // Most bodies come in one piece, which need not be copied.
        let Some(second) = source.next().await? else { return within(first) };
        let mut all = BytesMut::from(within(first)?);
        let mut next = Some(second);
        while let Some(piece) = next {
            if all.len() + piece.len() > MOST {
                return Err(too_large(None));
            }
            all.extend_from_slice(&piece);
            next = source.next().await?;
        }
        return Ok(all.freeze());
    }
    let mut unpacker = Unpacker::new();
    let mut all = BytesMut::new();
    let mut next = Some(first);
    while let Some(piece) = next {
        for packed in piece.chunks(PACKED) {
            all.extend_from_slice(unpacker.push(packed)?);
            if all.len() > MOST {
                return Err(too_large(None));
            }
        }
        next = source.next().await?;
    }
    all.extend_from_slice(&unpacker.finish()?);
    within(all.freeze())
}

fn within(bytes: Bytes) -> Result<Bytes, Problem> {
    if bytes.len() > MOST { Err(too_large(Some(bytes.len()))) } else { Ok(bytes) }
}

/// The pieces of a body as they come.
pub struct Source {
    body: Body,
    silence: Duration,
}

impl Source {
    /// The body of a stream.
    pub fn stream(body: Body) -> Self {
        Self { body, silence: SILENCE }
    }

    /// The next piece; none at the end.
    ///
    /// # Errors
    /// It broke off, or nothing came for too long.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let frame = timeout(self.silence, self.body.frame()).await.map_err(|_| too_slow())?;
            match frame {
                None => return Ok(None),
                Some(Err(error)) => {
                    tracing::debug!(%error, "a body broke off");
                    let fault = Fault::new(
                        "body.broken_off",
                        "the body broke off before its end, nothing of it was taken; send it again",
                        "内容在结束前中断，未保存任何部分；请重新发送",
                    );
                    return Err(Problem::new(StatusCode::BAD_REQUEST, fault));
                }
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if data.is_empty() => {}
                    Ok(data) => return Ok(Some(data)),
                    // Trailers say nothing here.
                    Err(_) => {}
                },
            }
        }
    }
}

/// Unpacks gzip piece by piece; what it holds is bounded by the size of a piece.
pub struct Unpacker {
    decoder: MultiGzDecoder<Vec<u8>>,
    given: Vec<u8>,
    /// Bytes that came, and that were made of them.
    came: u64,
    made: u64,
}

impl Unpacker {
    /// The most packed bytes of one piece.
    pub const PIECE: usize = PACKED;

    /// An unpacker.
    pub fn new() -> Self {
        Self { decoder: MultiGzDecoder::new(Vec::new()), given: Vec::new(), came: 0, made: 0 }
    }

    /// Unpacks a piece.
    ///
    /// # Errors
    /// It is not gzip, or becomes so much that it is meant to fill a disk.
    pub fn push(&mut self, packed: &[u8]) -> Result<&[u8], Problem> {
        self.decoder.write_all(packed).map_err(not_gzip)?;
        self.given.clear();
        std::mem::swap(&mut self.given, self.decoder.get_mut());
        self.came += packed.len() as u64;
        self.made += self.given.len() as u64;
        if self.made > UNASKED && self.made / MOST_RATIO > self.came {
            return Err(bomb());
        }
        Ok(&self.given)
    }

    /// The last bytes.
    ///
    /// # Errors
    /// It is cut off, or its checksum is wrong.
    pub fn finish(self) -> Result<Vec<u8>, Problem> {
        self.decoder.finish().map_err(not_gzip)
    }
}

fn not_gzip(error: io::Error) -> Problem {
    let fault = Fault::new(
        "body.gzip",
        format!("the body is not whole gzip ({error}); pack it again, or send it without packing"),
        format!("内容不是完整的 gzip（{error}）；请重新压缩，或不压缩发送"),
    );
    Problem::new(StatusCode::BAD_REQUEST, fault)
}

fn bomb() -> Problem {
    let fault = Fault::new(
        "body.gzip_bomb",
        format!(
            "unpacked, the body becomes more than {MOST_RATIO} times as large, nothing of it was taken; send it without packing"
        ),
        format!("解压后超过原大小的 {MOST_RATIO} 倍，未保存任何部分；请不压缩发送"),
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, fault)
}

fn too_large(found: Option<usize>) -> Problem {
    let found = found.map(|found| format!(" ({found})")).unwrap_or_default();
    let most = MOST;
    let fault = Fault::new(
        "body.too_large",
        format!(
            "the body has more than {most} bytes{found}; send less at a time, or a stream (application/x-ndjson)"
        ),
        format!("内容超过 {most} 字节{found}；请分次发送，或以数据流发送（application/x-ndjson）"),
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, fault)
}

fn larger_than(most: usize) -> Problem {
    let fault = Fault::new(
        "body.too_large",
        format!("what was sent has more than {most} bytes; send less"),
        format!("发送的内容超过 {most} 字节；请减少内容"),
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, fault)
}

fn too_slow() -> Problem {
    let fault = Fault::new(
        "body.too_slow",
        "the body came too slowly, nothing of it was taken; send it again",
        "内容传输过慢，未保存任何部分；请重新发送",
    );
    Problem::new(StatusCode::REQUEST_TIMEOUT, fault)
}

/// The problem of a server that has too much to do.
pub fn busy() -> Problem {
    let fault = Fault::new(
        "server.busy",
        "too many requests at once; send it again in a moment",
        "同时请求过多；请稍后重新发送",
    );
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, fault).retry_after(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_sends_nothing_for_too_long_is_told_so() {
        let silent = futures_util::stream::pending::<Result<Bytes, io::Error>>();
        let silence = Duration::from_millis(5);
        let mut source = Source { body: Body::from_stream(silent), silence };
        let problem = source.next().await.unwrap_err();
        assert_eq!(problem.code(), "body.too_slow");
        let sends = futures_util::stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"a"))]);
        let mut source = Source { body: Body::from_stream(sends), silence };
        assert_eq!(source.next().await.unwrap().as_deref(), Some(&b"a"[..]));
        assert_eq!(source.next().await.unwrap(), None);
    }
}
