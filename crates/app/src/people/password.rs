//! Passwords: Argon2id (RFC 9106), and what one has to look like.
//!
//! A hash is a PHC string, which names its algorithm and parameters: another (SM3-based) can stand
//! beside it, and a password that was hashed with less is hashed anew at the next log-in.

use std::sync::OnceLock;

use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use pack::Pack;
use tokio::sync::Semaphore;

use super::rules::Rules;
use crate::fault::{Fault, Rejection};
use crate::keys::random;

/// Hashes that are computed at once: each takes memory and all of a core for a while.
const AT_ONCE: usize = 2;
/// Characters of a password at most: more are nobody's password.
const LONGEST: usize = 128;

/// Hashes passwords and compares them, off the threads that answer.
pub(crate) struct Hashing {
    permits: Semaphore,
    /// The hash of no password, compared with where there is no account, so that both take as long.
    nobody: OnceLock<String>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { permits: Semaphore::new(AT_ONCE), nobody: OnceLock::new() }
    }
}

impl Hashing {
    async fn off<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, store::Error> {
        let unavailable = |reason: String| store::Error::Unavailable { reason };
        let _permit = self.permits.acquire().await.map_err(|e| unavailable(e.to_string()))?;
        tokio::task::spawn_blocking(work).await.map_err(|e| unavailable(e.to_string()))
    }

    /// The hash of a password.
    pub(crate) async fn hash(&self, rules: &Rules, password: &str) -> Result<String, store::Error> {
        let (rules, password) = (*rules, password.to_owned());
        self.off(move || hash(&rules, &password)).await?
    }

    /// Whether a password is the one that was hashed; with no hash it is compared with another.
    pub(crate) async fn is_right(
        &self,
        rules: &Rules,
        password: &str,
        stored: Option<&str>,
    ) -> Result<bool, store::Error> {
        let known = stored.is_some();
        let stored = match stored {
            Some(stored) => stored.to_owned(),
            None => match self.nobody.get() {
                Some(nobody) => nobody.clone(),
                None => {
                    let made = self.hash(rules, "").await?;
                    self.nobody.get_or_init(|| made).clone()
                }
            },
        };
        let password = password.to_owned();
        let is_same = self.off(move || is_same(&password, &stored)).await?;
        Ok(is_same && known)
    }
}

fn hash(rules: &Rules, password: &str) -> Result<String, store::Error> {
    let damaged = |e: &dyn std::fmt::Display| store::Error::Damaged {
        what: format!("the parameters of the password hash: {e}"),
    };
    let params = Params::new(rules.hash_memory, rules.hash_passes, rules.hash_lanes, None);
    let params = params.map_err(|e| damaged(&e))?;
    let salt = SaltString::encode_b64(&random::<16>()).map_err(|e| damaged(&e))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password(password.as_bytes(), &salt).map_err(|e| damaged(&e))?;
    Ok(hash.to_string())
}

fn is_same(password: &str, stored: &str) -> bool {
    let Ok(stored) = PasswordHash::new(stored) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &stored).is_ok()
}

/// Whether a hash was made with other parameters than those of today.
pub(crate) fn is_outdated(rules: &Rules, stored: &str) -> bool {
    let Ok(stored) = PasswordHash::new(stored) else { return true };
    let now = (rules.hash_memory, rules.hash_passes, rules.hash_lanes);
    let then = Params::try_from(&stored);
    then.map_or(true, |then| (then.m_cost(), then.t_cost(), then.p_cost()) != now)
}

/// The code list of the pack with words that everybody tries first.
const WORDS: &str = "password-word";

/// The 3,000 passwords that people take most, one a line: the head of the list of zxcvbn 4.4.2 (MIT).
const COMMON: &str = include_str!("common.txt");

/// If a password is one of [`COMMON`] with figures and signs behind or before it, and with figures and
/// signs for the letters that they look like.
fn is_common(lower: &str) -> bool {
    let is_sign = |c: char| !c.is_alphabetic();
    [lower, lower.trim_end_matches(is_sign), lower.trim_matches(is_sign)].iter().any(|text| {
        ['1', 'i', 'l'].iter().any(|one| {
            let letters: String = text.chars().map(|c| letter(c, *one)).collect();
            COMMON.lines().any(|word| word == *text || word == letters)
        })
    })
}

/// The letter that a sign looks like.
const fn letter(sign: char, one: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        _ => sign,
    }
}

/// Why a password is not taken (GB/T 22239-2019, 8.1.4.1 a). Words that everybody tries first do not
/// count towards half of its length, so that they can stand in a long one and not make a short one.
///
/// # Errors
/// All that is wrong with it at once.
pub(crate) fn check(
    rules: &Rules,
    pack: &Pack,
    password: &str,
    login: &str,
) -> Result<(), Rejection> {
    let mut faults = Vec::new();
    let mut add = |code, en: String, zh: String| {
        faults.push(Fault::new(code, en, zh).at("/password"));
    };
    let length = password.chars().count();
    let least = rules.password_length;
    if length < least || length > LONGEST {
        add(
            "password.length",
            format!("a password has {least} to {LONGEST} characters; take one of that length"),
            format!("口令应为 {least} 至 {LONGEST} 个字符；请重新设置"),
        );
    }
    let sorts: [fn(char) -> bool; 4] = [
        char::is_lowercase,
        char::is_uppercase,
        |c| c.is_ascii_digit(),
        |c| !c.is_lowercase() && !c.is_uppercase() && !c.is_ascii_digit(),
    ];
    let found = sorts.iter().filter(|is_of| password.chars().any(*is_of)).count();
    let wanted = rules.password_sorts;
    if found < wanted {
        add(
            "password.sorts",
            format!("it needs {wanted} of these: small letters, capitals, digits, others; add one"),
            format!("应包含小写字母、大写字母、数字、其他字符中的 {wanted} 种；请补充"),
        );
    }
    let mut rest = password.to_lowercase();
    let words = pack.list(WORDS).map(|list| list.entries()).unwrap_or_default();
    let mut words: Vec<&str> = words.iter().map(|entry| entry.code.as_str()).collect();
    // The longest first: what is left of it is not another word.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in words {
        rest = rest.replace(word, "");
    }
    let short = rest.chars().count() < rules.password_length.div_ceil(2);
    if short || is_common(&password.to_lowercase()) {
        add(
            "password.common",
            "it is little more than words that everybody tries first; take another".to_owned(),
            "主要由常见口令词组成；请重新设置".to_owned(),
        );
    }
    if !login.is_empty() && password.to_lowercase().contains(login) {
        add(
            "password.login",
            "it has the login in it; take another".to_owned(),
            "口令不得包含登录名；请重新设置".to_owned(),
        );
    }
    if faults.is_empty() { Ok(()) } else { Err(Rejection::Invalid(faults)) }
}
