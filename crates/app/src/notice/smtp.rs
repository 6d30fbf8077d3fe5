//! Letters to a mail relay (RFC 5321), as far as a notice takes it.
//!
//! It speaks to a relay of the office on the same machine or network, in the clear and without a password:
//! the relay (postfix, exim or the like) does what leaving the house takes: TLS, authentication, queueing,
//! DKIM. So no library for mail and no second place for credentials is needed here.

use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Timestamp;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::TcpStream;

/// How long a whole letter may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of a line of an answer, and lines of one answer.
const LONGEST: u64 = 2_048;
const MOST_LINES: usize = 50;

/// A mail relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// `host:port`.
    pub address: String,
    /// Whom letters are from.
    pub from: String,
    /// How this machine calls itself.
    pub hello: String,
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// To whom.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// Its name: letters of one name are one.
    pub name: String,
    /// When it was written.
    pub at: Timestamp,
}

/// Why a letter was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No connection, one that was cut, or an answer of 4xx: it can be sent again.
    Passing(String),
    /// An answer of 5xx: it will never be taken.
    Lasting(String),
}

type Line = BufStream<TcpStream>;

impl Relay {
    /// A relay at `host:port` for letters from somebody.
    ///
    /// # Errors
    /// An address or a sender that is none.
    pub fn new(address: &str, from: &str) -> Result<Self, String> {
        if !super::choose::is_email(from) {
            return Err(format!("{from} is no address of e-mail; write name@example.org"));
        }
        let port = address.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        if port.is_none() {
            return Err(format!("{address} is no relay; write host:port, such as 127.0.0.1:25"));
        }
        let hello = from.rsplit('@').next().unwrap_or("localhost").to_owned();
        Ok(Self { address: address.to_owned(), from: from.to_owned(), hello })
    }

    /// Hands a letter over; it is the relay's from the answer to its text on.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn send(&self, letter: &Letter) -> Result<(), Trouble> {
        match tokio::time::timeout(PATIENCE, self.sent(letter)).await {
            Ok(sent) => sent,
            Err(_) => Err(Trouble::Passing("the relay did not answer in time".to_owned())),
        }
    }

    async fn sent(&self, letter: &Letter) -> Result<(), Trouble> {
        let stream = TcpStream::connect(&self.address).await.map_err(passing)?;
        let mut line = BufStream::new(stream);
        answer(&mut line, 2).await?;
        command(&mut line, &format!("EHLO {}", self.hello), 2).await?;
        command(&mut line, &format!("MAIL FROM:<{}>", self.from), 2).await?;
        command(&mut line, &format!("RCPT TO:<{}>", letter.to), 2).await?;
        command(&mut line, "DATA", 3).await?;
        let text = self.written(letter);
        line.write_all(text.as_bytes()).await.map_err(passing)?;
        line.flush().await.map_err(passing)?;
        answer(&mut line, 2).await?;
        // It is taken; how we part is of no matter.
        let _ = command(&mut line, "QUIT", 2).await;
        Ok(())
    }

    /// A letter as it goes over the line, with the dot at its end. Its text is base64, so that no line of
    /// it is too long or begins with a dot.
    fn written(&self, letter: &Letter) -> String {
        let mut text = String::new();
        let headers = [
            ("From", format!("<{}>", self.from)),
            ("To", format!("<{}>", letter.to)),
            ("Subject", encoded_words(&letter.subject)),
            ("Date", date(letter.at)),
            ("Message-ID", format!("<{}@{}>", letter.name, self.hello)),
            ("Auto-Submitted", "auto-generated".to_owned()),
            ("MIME-Version", "1.0".to_owned()),
            ("Content-Type", "text/plain; charset=utf-8".to_owned()),
            ("Content-Transfer-Encoding", "base64".to_owned()),
        ];
        for (name, value) in headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text.push_str("\r\n");
        let body = STANDARD.encode(letter.text.replace("\r\n", "\n").replace('\n', "\r\n"));
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (piece, left) = rest.split_at(rest.len().min(76));
            text.push_str(piece);
            text.push_str("\r\n");
            rest = left;
        }
        text.push_str(".\r\n");
        text
    }
}

/// A text of a header as encoded words (RFC 2047), each short enough for its line.
fn encoded_words(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut piece = String::new();
    let mut put = |piece: &mut String| {
        if !piece.is_empty() {
            words.push(format!("=?utf-8?B?{}?=", STANDARD.encode(&*piece)));
            piece.clear();
        }
    };
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        // 39 bytes become 52 characters: with what is around them and the name of the header below 78.
        if piece.len() + c.len_utf8() > 39 {
            put(&mut piece);
        }
        piece.push(c);
    }
    put(&mut piece);
    words.join("\r\n ")
}

/// A date as headers have it: Fri, 27 Nov 2026 09:00:00 +0800.
fn date(at: Timestamp) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let day = at.day_in_china().to_string();
    let mut parts = day.split('-');
    let (year, month, date) = (parts.next(), parts.next(), parts.next());
    let month =
        month.and_then(|m| m.parse::<usize>().ok()).and_then(|m| MONTHS.get(m.checked_sub(1)?));
    // 8 hours before UTC, all year.
    let seconds = (at.micros().div_euclid(1_000_000) + 8 * 3_600).rem_euclid(86_400);
    format!(
        "{} {} {} {:02}:{:02}:{:02} +0800",
        date.unwrap_or("01"),
        month.unwrap_or(&"Jan"),
        year.unwrap_or("1970"),
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

fn passing(error: std::io::Error) -> Trouble {
    Trouble::Passing(format!("the connection to the relay: {error}"))
}

async fn command(line: &mut Line, words: &str, class: u16) -> Result<(), Trouble> {
    line.write_all(format!("{words}\r\n").as_bytes()).await.map_err(passing)?;
    line.flush().await.map_err(passing)?;
    answer(line, class).await
}

/// Reads an answer of any number of lines; right where it is of a class.
async fn answer(line: &mut Line, class: u16) -> Result<(), Trouble> {
    for _ in 0..MOST_LINES {
        let mut text = Vec::new();
        (&mut *line).take(LONGEST).read_until(b'\n', &mut text).await.map_err(passing)?;
        let text = String::from_utf8_lossy(&text).trim_end().to_owned();
        let Some(code) = text.get(..3).and_then(|code| code.parse::<u16>().ok()) else {
            return Err(Trouble::Passing(format!("the relay cut the line or said {text:?}")));
        };
        if text.as_bytes().get(3) == Some(&b'-') {
            continue;
        }
        return match code / 100 {
            found if found == class => Ok(()),
            5 => Err(Trouble::Lasting(format!("the relay said {text}"))),
            _ => Err(Trouble::Passing(format!("the relay said {text}"))),
        };
    }
    Err(Trouble::Passing("the relay does not come to an end".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_written_in_lines_that_every_relay_takes() {
        let relay = Relay::new("127.0.0.1:25", "zhiheng@example.org").unwrap();
        let letter = Letter {
            to: "a@b.cn".into(),
            subject: "投诉受理期限将于明日届满\r\nBcc: x@y.z".into(),
            text: "第一行\n.第二行\n".repeat(20),
            name: "0123".into(),
            at: Timestamp::from_rfc3339("2026-11-27T01:02:03Z").unwrap(),
        };
        let text = relay.written(&letter);
        assert!(text.ends_with("\r\n.\r\n") && text.contains("Message-ID: <0123@example.org>\r\n"));
        assert!(text.contains("Date: 27 Nov 2026 09:02:03 +0800\r\n"), "{text}");
        assert!(!text.contains("Bcc") && text.lines().all(|line| line.len() <= 78), "{text}");
        assert!(text.lines().rev().skip(1).all(|line| !line.starts_with('.')));
        assert!(Relay::new("relay", "a@b.cn").is_err() && Relay::new("h:25", "a").is_err());
    }
}
