//! Of which regions a question is.

use super::questions::Question;

/// The regions whose records are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regions<'a> {
    /// All.
    Any,
    /// Exactly these codes. For few of them a page takes the same time however rare they are.
    Exactly(&'a [String]),
    /// All codes that begin with one of these.
    Under(&'a [String]),
}

impl Regions<'_> {
    /// Whether no region is left.
    pub(super) fn is_none(self) -> bool {
        matches!(self, Self::Exactly([]) | Self::Under([]))
    }

    /// The condition in a form that an index by region serves, for counting.
    pub(super) fn indexed(self, question: &mut Question) {
        match self {
            Self::Any => {}
            Self::Exactly(codes) => {
                let places = question.places(codes);
                question.and(&format!("k.region IN ({places})"));
            }
            Self::Under(prefixes) => {
                let mut ranges = Vec::new();
                for prefix in prefixes {
                    let from = question.bind(prefix.as_str());
                    let before = question.bind(format!("{prefix}\u{10ffff}"));
                    ranges.push(format!("k.region >= {from} AND k.region < {before}"));
                }
                question.and(&format!("({})", ranges.join(" OR ")));
            }
        }
    }

    /// The condition in a form that leaves the index by time in use, for pages in its order.
    pub(super) fn scanned(self, question: &mut Question) {
        match self {
            Self::Any => {}
            Self::Exactly(codes) => {
                let places = question.places(codes);
                question.and(&format!("k.region || '' IN ({places})"));
            }
            Self::Under(prefixes) => {
                let mut begins = Vec::new();
                for prefix in prefixes {
                    let (place, length) = (question.bind(prefix.as_str()), prefix.chars().count());
                    begins.push(format!("SUBSTR(k.region, 1, {length}) = {place}"));
                }
                question.and(&format!("({})", begins.join(" OR ")));
            }
        }
    }
}
