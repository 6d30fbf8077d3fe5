//! Finding subjects by what people type: names and parts of them, abbreviations, pinyin, codes with
//! a slip, addresses.
//!
//! The index is held in memory and derived like any reading: it can be dropped and made anew from
//! the records. It does no input or output. Whom a searcher may find is asked while searching, so
//! that counts are of what may be found.
//!
//! | module | what |
//! |---|---|
//! | `fold` | the one form of a text under which it is compared |
//! | `sound` | how characters are read, and how letters can be read as syllables |
//! | [`lexicon`] | words that say little in a name: legal forms, places (data of the caller) |
//! | [`subject`] | what is put in, and what is found |
//! | `documents` | everything about subjects, in columns |
//! | `postings` | which subjects have a character, a syllable, a pair of initials |
//! | `codes` | codes in order, forwards and backwards |
//! | `query` | what a typed text can mean |
//! | `matching` | how well a subject is what was meant |
//! | [`index`] | all of it together |
//!
//! ```
//! use search::{Index, Lexicon, Subject};
//! let lexicon = Lexicon::new(["有限公司"], [("武汉市", vec!["420100".to_owned()])]);
//! let mut index = Index::new(lexicon);
//! index.put(&Subject::new("uscc:914201001777000029", 0, "420100").named("武汉钢铁有限公司"));
//! for typed in ["武汉钢铁有限公司", "钢铁", "武钢", "武漢鋼鐵", "whgt", "wuhangangtie"] {
//!     let found = index.search(typed, |_| true, 0, 10);
//!     assert_eq!((found.count, found.hits[0].id), (1, "uscc:914201001777000029"), "{typed}");
//! }
//! ```

mod codes;
mod documents;
mod fold;
pub mod index;
pub mod lexicon;
mod matching;
mod postings;
mod query;
mod sound;
pub mod subject;

pub use index::Index;
pub use lexicon::Lexicon;
pub use subject::{Facet, Found, Hit, How, NameSort, Subject};
