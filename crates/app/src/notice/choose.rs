//! By which channels somebody is told.

use serde::{Deserialize, Serialize};
use store::notice::{self, ChannelRow, NoticeRow};

use super::{EMAIL, WEBHOOK};
use crate::fault::{Fault, Rejection};
use crate::keys::random;
use crate::system::System;

/// The most characters of an address.
const LONGEST: usize = 254;
/// The fewest and the most characters of a secret.
const SECRET: std::ops::RangeInclusive<usize> = 16..=200;

/// A channel that somebody chooses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chosen {
    /// `email` or `webhook`.
    pub channel: String,
    /// Where to: an address of e-mail, or of HTTP. Empty: the channel is given up.
    pub address: String,
    /// What messages to a webhook are signed with.
    pub secret: String,
    /// Whether only what the law has somebody told comes by it.
    pub statutory_only: bool,
}

/// A channel as it is shown to whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenChannel {
    /// `email` or `webhook`.
    pub channel: String,
    /// Where to.
    pub address: String,
    /// Whether only what the law has somebody told comes by it.
    pub statutory_only: bool,
}

/// What lies under the master key.
#[derive(Serialize, Deserialize)]
pub(super) struct Where {
    pub(super) address: String,
    pub(super) secret: String,
}

/// What a sealed address belongs to.
fn about(account: &str, channel: &str) -> Vec<u8> {
    format!("notice:{channel}:{account}").into_bytes()
}

/// Whether a text is an address of e-mail that can be told to a relay: one @, no spaces, no line ends, none
/// of the characters by which an envelope is written.
pub(super) fn is_email(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_graphic() && !"<>()[],;:\\\"".contains(c);
    let Some((name, domain)) = text.split_once('@') else { return false };
    let is_domain = domain.split('.').count() > 1
        && domain.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
    text.len() <= LONGEST && !name.is_empty() && name.chars().all(is_plain) && is_domain
}

impl System {
    /// Chooses a channel, or gives it up.
    ///
    /// # Errors
    /// No such channel; an address or a secret that is none; a fault of the store.
    pub async fn choose_channel(&self, account: &str, chosen: &Chosen) -> Result<(), Rejection> {
        let wrong = |pointer: &str, en: &str, zh: &str| -> Rejection {
            Fault::new("notice.channel", en, zh).at(pointer).into()
        };
        let db = self.reader().db();
        if ![EMAIL, WEBHOOK].contains(&chosen.channel.as_str()) {
            return Err(wrong(
                "/channel",
                "there is no such channel; choose email or webhook",
                "没有此通知渠道；请选择 email 或 webhook",
            ));
        }
        let address = chosen.address.trim();
        if address.is_empty() {
            db.write(vec![notice::give_up(account, &chosen.channel)]).await?;
            return Ok(());
        }
        if chosen.channel == EMAIL && !is_email(address) {
            return Err(wrong(
                "/address",
                "this is no address of e-mail; write name@example.org",
                "不是电子邮箱地址；请写成 name@example.org",
            ));
        }
        if chosen.channel == WEBHOOK {
            let is_http = address.starts_with("https://") || address.starts_with("http://");
            if !is_http || address.len() > 2_000 || address.contains(char::is_whitespace) {
                return Err(wrong(
                    "/address",
                    "this is no address of a receiver; write https://host/path",
                    "不是接收地址；请写成 https://主机/路径",
                ));
            }
            if !SECRET.contains(&chosen.secret.trim().chars().count()) {
                return Err(wrong(
                    "/secret",
                    "the secret has 16 to 200 characters, by which the receiver knows us; write one",
                    "密钥须为 16 至 200 个字符，供接收方验证；请填写",
                ));
            }
        }
        let place = Where { address: address.to_owned(), secret: chosen.secret.trim().to_owned() };
        let plain = serde_json::to_vec(&place)
            .map_err(|error| store::Error::Unavailable { reason: error.to_string() })?;
        let sealed = self.keys().master().seal(random(), &plain, &about(account, &chosen.channel));
        let row = ChannelRow {
            account: account.to_owned(),
            channel: chosen.channel.clone(),
            sealed,
            statutory_only: chosen.statutory_only,
        };
        db.write(vec![notice::choose(&row, self.clock().now())]).await?;
        Ok(())
    }

    /// The channels that somebody chose.
    ///
    /// # Errors
    /// A fault of the store; an address that does not decrypt.
    pub async fn chosen_channels(&self, account: &str) -> Result<Vec<ChosenChannel>, Rejection> {
        let mut found = Vec::new();
        for row in self.reader().db().notice_channels(account).await? {
            let place = self.place_of(&row)?;
            found.push(ChosenChannel {
                channel: row.channel,
                address: place.address,
                statutory_only: row.statutory_only,
            });
        }
        Ok(found)
    }

    fn place_of(&self, row: &ChannelRow) -> Result<Where, store::Error> {
        let damaged = || store::Error::Damaged {
            what: format!("the channel {} of {}", row.channel, row.account),
        };
        let plain = self.keys().master().open(&row.sealed, &about(&row.account, &row.channel));
        serde_json::from_slice(&plain.map_err(|_| damaged())?).map_err(|_| damaged())
    }

    /// Where a notice goes; none where the channel was given up since.
    pub(super) async fn place_of_notice(
        &self,
        row: &NoticeRow,
    ) -> Result<Option<Where>, store::Error> {
        let channels = self.reader().db().notice_channels(&row.account).await?;
        let chosen = channels.into_iter().find(|chosen| chosen.channel == row.channel);
        chosen.map(|chosen| self.place_of(&chosen)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::is_email;

    #[test]
    fn an_address_of_mail_can_be_put_into_an_envelope() {
        for good in ["a@b.cn", "zhang.san+work@mail.example.org"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "a",
            "a@b",
            "@b.cn",
            "a@b.cn\r\nRCPT TO:<x@y.z>",
            "a@b.cn>",
            "a b@c.cn",
            "a@b..cn",
            "张@b.cn",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
