//! In whose hands a case is: what its assignments come to.

use std::collections::BTreeMap;

/// What an assignment says is done, a code of the list `assignment-act`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assigned {
    /// Somebody took it.
    Take,
    /// It was handed to somebody.
    HandOver,
    /// Somebody gave it back to the office.
    Release,
    /// Somebody stepped back from it (行政处罚法 43).
    Recuse,
    /// Somebody was told to step back.
    RecusalOrdered,
}

impl Assigned {
    const ALL: [Self; 5] =
        [Self::Take, Self::HandOver, Self::Release, Self::Recuse, Self::RecusalOrdered];

    /// The code.
    pub fn word(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::HandOver => "hand-over",
            Self::Release => "release",
            Self::Recuse => "recuse",
            Self::RecusalOrdered => "recusal-ordered",
        }
    }

    /// What a code says.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.word() == word)
    }

    pub(crate) fn number(self) -> u8 {
        Self::ALL.iter().position(|act| *act == self).unwrap_or_default() as u8
    }

    pub(crate) fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

/// In whose hands a case is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hands {
    /// Who handles it.
    pub handler: Option<String>,
    /// Who agrees, by the permission by which.
    pub approvers: BTreeMap<String, String>,
    /// Who may take no part in it, each once, in the order in which that was said.
    pub recused: Vec<String>,
}

impl Hands {
    /// What an assignment changes.
    pub(crate) fn take(&mut self, act: Assigned, account: &str, permission: Option<&str>) {
        let is_of = |other: &String| other == account;
        match act {
            Assigned::Take | Assigned::HandOver => {
                // Who may take no part in it gets it back by no record of before.
                if self.is_recused(account) {
                    return;
                }
                match permission {
                    Some(permission) => {
                        self.approvers.insert(permission.to_owned(), account.to_owned());
                    }
                    None => self.handler = Some(account.to_owned()),
                }
            }
            Assigned::Release => match permission {
                Some(permission) => {
                    if self.approvers.get(permission).is_some_and(is_of) {
                        self.approvers.remove(permission);
                    }
                }
                None => self.handler = self.handler.take().filter(|other| other != account),
            },
            Assigned::Recuse | Assigned::RecusalOrdered => {
                self.handler = self.handler.take().filter(|other| other != account);
                self.approvers.retain(|_, other| other != account);
                if !self.is_recused(account) {
                    self.recused.push(account.to_owned());
                }
            }
        }
    }

    /// Whether somebody may take no part in it.
    pub fn is_recused(&self, account: &str) -> bool {
        self.recused.iter().any(|other| other == account)
    }

    /// Whose it is: of what takes one of these permissions to agree, or, with none, of the rest.
    pub fn of(&self, approval: Option<&str>) -> Option<&str> {
        match approval {
            Some(permission) => self.approvers.get(permission).map(String::as_str),
            None => self.handler.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_holds_and_who_steps_back_loses_all() {
        let mut hands = Hands::default();
        hands.take(Assigned::Take, "a", None);
        hands.take(Assigned::HandOver, "b", None);
        hands.take(Assigned::Take, "b", Some("penalty.review"));
        assert_eq!((hands.of(None), hands.of(Some("penalty.review"))), (Some("b"), Some("b")));
        // What is another's nobody gives back.
        hands.take(Assigned::Release, "a", None);
        assert_eq!(hands.of(None), Some("b"));
        hands.take(Assigned::RecusalOrdered, "b", None);
        assert_eq!((hands.of(None), hands.of(Some("penalty.review"))), (None, None));
        hands.take(Assigned::HandOver, "b", None);
        assert_eq!(hands.of(None), None);
        assert!(hands.is_recused("b") && !hands.is_recused("a"));
        hands.take(Assigned::Take, "a", None);
        hands.take(Assigned::Release, "a", None);
        assert_eq!(hands.of(None), None);
    }

    #[test]
    fn words_and_numbers_are_of_one_act_each() {
        for act in Assigned::ALL {
            assert_eq!(Assigned::of_word(act.word()), Some(act));
            assert_eq!(Assigned::of_number(act.number()), Some(act));
        }
        assert_eq!(Assigned::of_number(9), None);
    }
}
