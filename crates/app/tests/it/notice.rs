//! Notices: told once a day of one thing, sent at least once, tried again where a relay fails.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::thread;

use app::notice::{Carriers, Chosen, EMAIL, Hook, Message, Notice, Post, Relay, Sent, WEBHOOK};
use app::system::System;
use store::db::Bind;

use crate::support::*;

/// How a relay of the tests behaves towards one connection.
#[derive(Clone, Copy)]
enum Mood {
    Takes,
    /// Answers 451 to the recipient.
    Busy,
    /// Answers 550 to the recipient.
    Refuses,
    /// Takes the text and cuts the line before it says so.
    Cuts,
}

/// A relay that speaks as much of RFC 5321 as it takes, and keeps the letters.
struct Mail {
    address: String,
    letters: Arc<Mutex<Vec<String>>>,
    moods: Arc<Mutex<Vec<Mood>>>,
}

impl Mail {
    /// With the moods of its connections, one after another; then it takes all.
    fn start(moods: &[Mood]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let letters = Arc::new(Mutex::new(Vec::new()));
        let moods = Arc::new(Mutex::new(moods.iter().rev().copied().collect::<Vec<_>>()));
        let (kept, left) = (Arc::clone(&letters), Arc::clone(&moods));
        thread::spawn(move || {
            for stream in listener.incoming().take(50) {
                let mood = left.lock().unwrap().pop().unwrap_or(Mood::Takes);
                let _ = talk(stream.unwrap(), mood, &kept);
            }
        });
        Self { address, letters, moods }
    }

    fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }

    fn carriers(&self) -> Carriers {
        let relay = Relay::new(&self.address, "zhiheng@example.org").unwrap();
        Carriers { relay: Some(Arc::new(relay)), hook: None, base: "https://zh.example.org".into() }
    }
}

fn talk(stream: TcpStream, mood: Mood, letters: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    out.write_all(b"220 test ready\r\n")?;
    while let Some(line) = lines.next() {
        let line = line?;
        match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => out.write_all(b"250-test\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n")?,
            "MAIL" => out.write_all(b"250 ok\r\n")?,
            "RCPT" => out.write_all(match mood {
                Mood::Busy => b"451 try again later\r\n",
                Mood::Refuses => b"550 no such mailbox\r\n",
                _ => b"250 ok\r\n",
            })?,
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                let mut letter = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    letter.push_str(&line);
                    letter.push('\n');
                }
                letters.lock().unwrap().push(letter);
                if matches!(mood, Mood::Cuts) {
                    return Ok(());
                }
                out.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => return out.write_all(b"221 bye\r\n"),
            _ => out.write_all(b"500 what\r\n")?,
        }
    }
    Ok(())
}

fn notice(account: &str, day: &str, statutory: bool) -> Notice {
    Notice {
        account: account.to_owned(),
        duty: "case-1/accept".to_owned(),
        day: day.parse().unwrap(),
        message: Message {
            zh: "投诉：受理期限即将到期".into(),
            en: "Complaint: the term for acceptance ends soon".into(),
            number: "投诉1".into(),
            link: "/console/cases/1".into(),
            statutory,
        },
    }
}

fn choose(home: &Home, system: &System, channel: &str, address: &str, statutory_only: bool) {
    let chosen = Chosen {
        channel: channel.into(),
        address: address.into(),
        secret: "0123456789abcdef".into(),
        statutory_only,
    };
    home.run(system.choose_channel("officer-1", &chosen)).unwrap();
}

/// Lets what is tried again be due.
fn make_due(home: &Home) {
    home.change("UPDATE notice SET next_at = 0 WHERE state = 'waiting'", Vec::<Bind>::new());
}

#[test]
fn a_person_is_told_once_a_day_of_one_thing_by_each_channel() {
    on_both(|home| {
        let system = home.open();
        let mail = Mail::start(&[]);
        choose(home, &system, EMAIL, "officer@example.org", false);
        let tell = |day: &str| home.run(system.tell(&[notice("officer-1", day, false)])).unwrap();
        // In the program and by e-mail.
        assert_eq!(tell("2026-11-27"), 2);
        assert_eq!(tell("2026-11-27"), 0);
        let sent = home.run(system.send_notices(&mail.carriers())).unwrap();
        assert_eq!(sent, Sent { sent: 1, ..Sent::default() });
        assert_eq!(home.run(system.send_notices(&mail.carriers())).unwrap(), Sent::default());
        assert_eq!(tell("2026-11-27"), 0);
        assert_eq!(tell("2026-11-28"), 2);
        home.run(system.send_notices(&mail.carriers())).unwrap();
        let letters = mail.letters();
        assert_eq!(letters.len(), 2);
        assert!(
            letters[0].contains("To: <officer@example.org>") && letters[0].contains("Message-ID")
        );
        let shown = home.run(system.notices("officer-1")).unwrap();
        assert!(shown.len() == 2 && shown.iter().all(|notice| !notice.is_read));
        home.run(system.read_notices("officer-1")).unwrap();
        assert!(home.run(system.notices("officer-1")).unwrap().iter().all(|notice| notice.is_read));
        // The address lies under the master key, in no table as it is.
        let rows = home.ask("SELECT sealed FROM notice_channel", Vec::new());
        let sealed: Vec<u8> = rows.into_iter().next().unwrap().take(0).unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("officer"));
    });
}

#[test]
fn a_letter_that_a_relay_did_not_take_goes_out_again_under_the_same_name() {
    on_both(|home| {
        let system = home.open();
        let mail = Mail::start(&[Mood::Busy, Mood::Cuts, Mood::Takes]);
        choose(home, &system, EMAIL, "officer@example.org", false);
        home.run(system.tell(&[notice("officer-1", "2026-11-27", false)])).unwrap();
        let round = || home.run(system.send_notices(&mail.carriers())).unwrap();
        let again = Sent { again: 1, ..Sent::default() };
        assert_eq!(round(), again);
        // Not before its time.
        assert_eq!(round(), Sent::default());
        make_due(home);
        // It was taken, and we were not told: as after a crash behind it.
        assert_eq!(round(), again);
        make_due(home);
        assert_eq!(round(), Sent { sent: 1, ..Sent::default() });
        let letters = mail.letters();
        assert_eq!(letters.len(), 2);
        let name = |letter: &str| {
            letter.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned()
        };
        assert_eq!(name(&letters[0]), name(&letters[1]));
        assert!(mail.moods.lock().unwrap().is_empty());
    });
}

#[test]
fn what_a_relay_refuses_for_good_is_given_up_and_one_that_is_away_is_waited_for() {
    on_both(|home| {
        let system = home.open();
        let mail = Mail::start(&[Mood::Refuses]);
        choose(home, &system, EMAIL, "officer@example.org", false);
        home.run(system.tell(&[notice("officer-1", "2026-11-27", false)])).unwrap();
        let sent = home.run(system.send_notices(&mail.carriers())).unwrap();
        assert_eq!(sent, Sent { failed: 1, ..Sent::default() });
        make_due(home);
        assert_eq!(home.run(system.send_notices(&mail.carriers())).unwrap(), Sent::default());

        home.run(system.tell(&[notice("officer-1", "2026-11-28", false)])).unwrap();
        let away = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let relay = Relay::new(&away, "zhiheng@example.org").unwrap();
        let carriers = Carriers { relay: Some(Arc::new(relay)), ..Carriers::default() };
        for _ in 0..11 {
            let sent = home.run(system.send_notices(&carriers)).unwrap();
            assert_eq!(sent, Sent { again: 1, ..Sent::default() });
            make_due(home);
        }
        // After so many times it is given up.
        let sent = home.run(system.send_notices(&carriers)).unwrap();
        assert_eq!(sent, Sent { failed: 1, ..Sent::default() });
    });
}

/// Keeps what is posted, and fails at first.
#[derive(Default)]
struct Kept(Mutex<Vec<Post>>);

impl Hook for Kept {
    fn post(&self, post: Post) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>> {
        let mut kept = self.0.lock().unwrap();
        kept.push(post);
        let result =
            if kept.len() == 1 { Err("the receiver answered 503".to_owned()) } else { Ok(()) };
        Box::pin(async move { result })
    }
}

#[test]
fn a_person_chooses_channels_and_gives_up_what_the_law_does_not_ask_for() {
    on_both(|home| {
        let system = home.open();
        let wrong = |channel: &str, address: &str, secret: &str| {
            let chosen = Chosen {
                channel: channel.into(),
                address: address.into(),
                secret: secret.into(),
                statutory_only: false,
            };
            only(home.run(system.choose_channel("officer-1", &chosen))).pointer
        };
        assert_eq!(wrong("pigeon", "a@b.cn", ""), "/channel");
        assert_eq!(wrong(EMAIL, "no address", ""), "/address");
        assert_eq!(wrong(WEBHOOK, "ftp://x", "0123456789abcdef"), "/address");
        assert_eq!(wrong(WEBHOOK, "https://x.example/y", "short"), "/secret");

        choose(home, &system, WEBHOOK, "https://receiver.example/in", true);
        let hook = Arc::new(Kept::default());
        let carriers = Carriers {
            relay: None,
            hook: Some(Arc::clone(&hook) as Arc<dyn Hook>),
            base: "https://zh.example.org".into(),
        };
        // A reminder is not asked for by the law: it comes in the program alone.
        assert_eq!(home.run(system.tell(&[notice("officer-1", "2026-11-27", false)])).unwrap(), 1);
        assert_eq!(home.run(system.tell(&[notice("officer-1", "2026-11-28", true)])).unwrap(), 2);
        let first = home.run(system.send_notices(&carriers)).unwrap();
        assert_eq!(first, Sent { again: 1, ..Sent::default() });
        make_due(home);
        let second = home.run(system.send_notices(&carriers)).unwrap();
        assert_eq!(second, Sent { sent: 1, ..Sent::default() });
        let posts = hook.0.lock().unwrap().clone();
        assert_eq!(posts.len(), 2);
        assert_eq!(posts[0].name, posts[1].name);
        assert!(
            posts[0].body.contains("https://zh.example.org/console/cases/1"),
            "{}",
            posts[0].body
        );
        assert_eq!(posts[0].secret, "0123456789abcdef");

        // Given up, what waits is not sent any more.
        home.run(system.tell(&[notice("officer-1", "2026-11-29", true)])).unwrap();
        choose(home, &system, WEBHOOK, "", true);
        assert!(home.run(system.chosen_channels("officer-1")).unwrap().is_empty());
        let third = home.run(system.send_notices(&carriers)).unwrap();
        assert_eq!(third, Sent { failed: 1, ..Sent::default() });
    });
}
