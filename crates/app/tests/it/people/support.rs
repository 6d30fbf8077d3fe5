//! People of one installation: three administrators, and whoever else a test needs.

use app::door::Principal;
use app::people::account::{Account, NewAccount};
use app::people::link::first_links;
use app::people::role::NewGrant;
use app::people::session::{LoggedIn, Session, Stage};
use app::people::totp;
use app::reading::Selection;
use app::{Rejection, System};
use clock::Date;
use model::Timestamp;

use crate::support::*;

pub const PASSWORD: &str = "Yellow-Crane-1985";
pub const WUCHANG: &str = "420106";
pub const WUHAN: &str = "420100";
pub const XILING: &str = "420502";

/// All records of a kind.
pub static EVERYTHING: Selection<'static> = Selection { filter: None, region: None };

/// A time of the machine, which a test moves on.
pub fn now() -> Timestamp {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Timestamp::from_micros(now.as_micros() as i64)
}

pub fn later(now: Timestamp, minutes: i64) -> Timestamp {
    Timestamp::from_micros(now.micros() + minutes * 60_000_000)
}

pub fn today() -> Date {
    now().day_in_china()
}

pub fn day_of(now: Timestamp) -> Date {
    now.day_in_china()
}

/// The three administrators, logged in.
pub struct Staff<'h> {
    pub home: &'h Home,
    pub system: &'h System,
    pub now: Timestamp,
    pub keeper: Principal,
    pub guard: Principal,
    pub auditor: Principal,
}

/// Somebody with the secret of their second factor.
#[derive(Clone)]
pub struct Somebody {
    pub login: String,
    pub id: String,
    pub secret: Vec<u8>,
}

/// The bytes of a Base32 secret.
pub fn from_base32(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

impl<'h> Staff<'h> {
    /// The first start: three links, three accounts, three log-ins.
    pub fn start(home: &'h Home, system: &'h System) -> Self {
        let now = now();
        let links = home.run(first_links(system.reader(), &pack(), now, None)).unwrap();
        assert_eq!(links.len(), 3);
        let mut found = Vec::new();
        for (link, login) in links.into_iter().zip(["audit", "security", "keeper"]) {
            let role = link.role.clone().unwrap();
            home.run(system.use_link(now, &link.text, login, login, PASSWORD)).unwrap();
            found.push((role, first_log_in(home, system, now, login)));
        }
        let of = |role: &str| {
            let (_, who) = found.iter().find(|(found, _)| found == role).unwrap();
            let session = log_in(home, system, later(now, 2), who);
            home.run(async { system.principal(now, &session, None) }).unwrap()
        };
        Self {
            home,
            system,
            now: later(now, 2),
            keeper: of("system-administrator"),
            guard: of("security-administrator"),
            auditor: of("audit-administrator"),
        }
    }

    pub fn make(&self, login: &str, sort: &str, organization: Option<&str>) -> Somebody {
        let new = NewAccount {
            login: login.to_owned(),
            name: login.to_owned(),
            sort: sort.to_owned(),
            organization: organization.map(str::to_owned),
        };
        let made = self.system.make_account(self.now, &self.keeper, &new);
        let (account, link): (Account, _) = self.home.run(made).unwrap();
        self.home.run(self.system.use_link(self.now, &link.text, "", "", PASSWORD)).unwrap();
        Somebody { login: account.login, id: account.id, secret: Vec::new() }
    }

    pub fn grant(
        &self,
        who: &Somebody,
        role: &str,
        office: &str,
    ) -> Result<app::intake::Receipt, Rejection> {
        self.grant_days(who, role, office, None, None)
    }

    pub fn grant_days(
        &self,
        who: &Somebody,
        role: &str,
        office: &str,
        from: Option<Date>,
        until: Option<Date>,
    ) -> Result<app::intake::Receipt, Rejection> {
        let held_in = (!office.is_empty()).then(|| office.to_owned());
        let new = NewGrant {
            account: who.id.clone(),
            role: role.to_owned(),
            held_in,
            from,
            until,
            reason: "任命".to_owned(),
        };
        self.home.run(self.system.grant_role(self.now, &self.guard, &new))
    }

    /// An officer with one role, logged in.
    pub fn officer(&self, login: &str, role: &str, office: &str) -> (Somebody, Principal) {
        let mut somebody = self.make(login, "officer", None);
        self.grant(&somebody, role, office).unwrap();
        somebody.secret = first_log_in(self.home, self.system, self.now, login).secret;
        let session = log_in(self.home, self.system, later(self.now, 2), &somebody);
        let who = self.principal(&session);
        (somebody, who)
    }

    /// Somebody of an organization, logged in.
    pub fn of_organization(&self, login: &str, role: &str, id: &str) -> (Somebody, Principal) {
        let somebody = self.make(login, "enterprise", Some(id));
        self.grant(&somebody, role, id).unwrap();
        let logged = self.home.run(self.system.log_in(self.now, login, PASSWORD)).unwrap();
        let session = session(self.home, self.system, self.now, &logged);
        let who = self.principal(&session);
        (somebody, who)
    }

    pub fn principal(&self, session: &Session) -> Principal {
        self.home.run(async { self.system.principal(self.now, session, None) }).unwrap()
    }
}

pub fn session(home: &Home, system: &System, now: Timestamp, logged: &LoggedIn) -> Session {
    home.run(system.session(now, &logged.token)).unwrap()
}

/// The log-in at which the second factor is set up.
pub fn first_log_in(home: &Home, system: &System, now: Timestamp, login: &str) -> Somebody {
    let logged = home.run(system.log_in(now, login, PASSWORD)).unwrap();
    assert_eq!(logged.stage, Stage::SetUp);
    let session = session(home, system, now, &logged);
    let set_up = home.run(system.propose_second_factor(&session)).unwrap();
    let secret = from_base32(&set_up.secret);
    let code = totp::code(&secret, totp::step(now));
    let logged = home.run(system.confirm_second_factor(now, &session, &code)).unwrap();
    assert_eq!(logged.stage, Stage::Full);
    Somebody { login: login.to_owned(), id: session.account.id, secret }
}

/// A log-in with both factors.
pub fn log_in(home: &Home, system: &System, now: Timestamp, who: &Somebody) -> Session {
    let logged = home.run(system.log_in(now, &who.login, PASSWORD)).unwrap();
    assert_eq!(logged.stage, Stage::Code);
    let at = session(home, system, now, &logged);
    let code = totp::code(&who.secret, totp::step(now));
    let logged = home.run(system.second_factor(now, &at, &code)).unwrap();
    assert_eq!(logged.stage, Stage::Full);
    session(home, system, now, &logged)
}
