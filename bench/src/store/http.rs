//! A client of HTTP/1.1 that sends one request after the other on one connection, and no more.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Fault;

/// A connection that is kept.
pub struct Client {
    stream: TcpStream,
    authorization: String,
    head: String,
    answer: Vec<u8>,
}

impl Client {
    /// Connects; every request shows the token.
    pub async fn connect(address: SocketAddr, token: &str) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            authorization: format!("host: {address}\r\nauthorization: Bearer {token}\r\n"),
            head: String::new(),
            answer: Vec::with_capacity(64 << 10),
        })
    }

    /// Connects as somebody who shows nothing.
    pub async fn nobody(address: SocketAddr) -> Result<Self, Fault> {
        let mut client = Self::connect(address, "").await?;
        client.authorization = format!("host: {address}\r\n");
        Ok(client)
    }

    /// Asks for a path; returns the status and the body of the answer.
    pub async fn get(&mut self, path: &str) -> Result<(u16, &[u8]), Fault> {
        use std::fmt::Write as _;
        self.head.clear();
        write!(
            self.head,
            "GET {path} HTTP/1.1\r\n{}accept: text/html, application/json;q=0.9\r\n\r\n",
            self.authorization
        )?;
        self.stream.write_all(self.head.as_bytes()).await?;
        self.answer().await
    }

    /// Posts a JSON text; returns the status and the body of the answer.
    pub async fn post(&mut self, path: &str, body: &[u8]) -> Result<(u16, &[u8]), Fault> {
        use std::fmt::Write as _;
        self.head.clear();
        write!(
            self.head,
            "POST {path} HTTP/1.1\r\n{}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.authorization,
            body.len()
        )?;
        // In one write, as a client that cares does.
        let mut request = std::mem::take(&mut self.head).into_bytes();
        request.extend_from_slice(body);
        self.stream.write_all(&request).await?;
        request.clear();
        self.head = String::from_utf8(request)?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<(u16, &[u8]), Fault> {
        self.answer.clear();
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            let Some(end) = self.answer.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = std::str::from_utf8(&self.answer[..end])?;
            let status = head.get(9..12).ok_or("no status")?.parse()?;
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            let length: usize = length.ok_or("an answer without its length")?;
            let whole = end + 4 + length;
            while self.answer.len() < whole {
                if self.stream.read_buf(&mut self.answer).await? == 0 {
                    return Err("the server closed the connection".into());
                }
            }
            return Ok((status, &self.answer[end + 4..whole]));
        }
    }
}
