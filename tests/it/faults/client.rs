//! Somebody who speaks HTTP/1.1 over one connection that is kept.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// Longer than the program takes for any answer.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client {
    address: SocketAddr,
    token: String,
    connection: Option<BufReader<TcpStream>>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body of an answer that must be good.
    #[track_caller]
    pub fn good(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text());
        self.json()
    }

    /// The code of a problem that says to come again.
    #[track_caller]
    pub fn retryable(&self) -> String {
        assert_eq!(self.status, 503, "{}", self.text());
        let wait: u64 = self.header("retry-after").expect("Retry-After").parse().unwrap();
        assert!((1..=60).contains(&wait));
        self.json()["code"].as_str().unwrap().to_owned()
    }
}

impl Client {
    pub fn new(address: SocketAddr, token: &str) -> Self {
        Self { address, token: token.to_owned(), connection: None }
    }

    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask("GET", path, None)
    }

    pub fn post(&mut self, path: &str, media: &str, body: &str) -> io::Result<Answer> {
        self.ask("POST", path, Some((media, body)))
    }

    /// An error says nothing about what the server did.
    fn ask(&mut self, method: &str, path: &str, body: Option<(&str, &str)>) -> io::Result<Answer> {
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n",
            self.address, self.token
        );
        if let Some((media, body)) = body {
            text += &format!("content-type: {media}\r\ncontent-length: {}\r\n", body.len());
        }
        text += "\r\n";
        text += body.map_or("", |(_, body)| body);
        // A connection that was kept may be closed by now.
        if let Some(connection) = self.connection.take()
            && let Ok(answer) = self.ask_on(connection, &text)
        {
            return Ok(answer);
        }
        let stream = TcpStream::connect_timeout(&self.address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        self.ask_on(BufReader::new(stream), &text)
    }

    fn ask_on(&mut self, mut connection: BufReader<TcpStream>, text: &str) -> io::Result<Answer> {
        // Who refuses a long body says so without reading it to its end.
        let written = connection.get_mut().write_all(text.as_bytes());
        let (answer, is_kept) = read(&mut connection)?;
        if is_kept && written.is_ok() {
            self.connection = Some(connection);
        }
        Ok(answer)
    }
}

fn read(from: &mut BufReader<TcpStream>) -> io::Result<(Answer, bool)> {
    let mut line = String::new();
    let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let next = |from: &mut BufReader<TcpStream>, line: &mut String| {
        line.clear();
        from.read_line(line)?;
        if line.ends_with("\r\n") { Ok(()) } else { Err(broken()) }
    };
    next(from, &mut line)?;
    let status =
        line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    let mut headers = Vec::new();
    loop {
        next(from, &mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer { status, headers, body: Vec::new() };
    let length = answer.header("content-length").and_then(|length| length.parse().ok());
    answer.body = vec![0; length.expect("all answers here say their length")];
    from.read_exact(&mut answer.body)?;
    let is_kept = answer.header("connection") != Some("close");
    Ok((answer, is_kept))
}
