//! The one key of a thing, however it is written.

use epcis::canonical_id;
use model::SubjectId;
use store::readings::AsOf;

use crate::fault::{Fault, Rejection};
use crate::system::System;

/// The longest text that is taken for an identifier.
const LONGEST: usize = 2_000;

impl System {
    /// The keys under which the graph may have a thing: the one of the text itself first, then those of
    /// the same subject, as the registry joins them.
    ///
    /// # Errors
    /// A text that is no identifier.
    pub(super) async fn trace_keys(
        &self,
        text: &str,
        as_of: AsOf,
    ) -> Result<Vec<String>, Rejection> {
        let mut keys = self.trace_keys_of([text], as_of).await?;
        Ok(keys.pop().unwrap_or_default())
    }

    /// As [`trace_keys`](Self::trace_keys), of several: those of each, in their order.
    pub(super) async fn trace_keys_of(
        &self,
        texts: impl IntoIterator<Item = &str>,
        as_of: AsOf,
    ) -> Result<Vec<Vec<String>>, Rejection> {
        let keys = texts.into_iter().map(|text| self.trace_key(text));
        let keys: Vec<String> = keys.collect::<Result<_, _>>()?;
        let state = self.registry().where_made(as_of.known).await;
        let all = keys.into_iter().map(|key| {
            let members = state.as_ref().map(|state| state.cluster(&key, as_of));
            let others = members.unwrap_or_default().into_iter().map(|member| member.id);
            let others: Vec<String> = others.filter(|id| *id != key).collect();
            std::iter::once(key).chain(others).collect()
        });
        Ok(all.collect())
    }

    /// The one key of what a text names: a Digital Link, an EPC URN, a subject as records name it, or
    /// what a scanner reads.
    ///
    /// # Errors
    /// A text that is no identifier.
    pub fn trace_key(&self, text: &str) -> Result<String, Rejection> {
        let text = text.trim();
        let is_wrong =
            text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control);
        if is_wrong {
            return Err(Fault::new(
                "trace.id",
                "what is traced is named by a code: a Digital Link, an EPC URN, scheme:value, or what a \
                 scanner reads",
                "追溯对象须以编码表示：Digital Link、EPC URN、“方案:值”或扫码所得文本",
            )
            .into());
        }
        let canonical = canonical_id(text);
        if canonical != text {
            return Ok(canonical);
        }
        let pack = self.pack();
        let sorts: Vec<String> = pack.subjects().map(|sort| sort.id.clone()).collect();
        if let Ok(subject) = text.parse::<SubjectId>() {
            return Ok(canonical_id(self.subject_key(&subject).as_str()));
        }
        let found = pack.identify_sort(&sorts, text, None);
        let found = found.map_err(|fault| {
            Fault::new(fault.code(), fault.to_string(), format!("追溯对象编码不对：{}", fault.zh()))
        })?;
        Ok(match found.canonical.contains("://") {
            true => canonical_id(&found.canonical),
            false if found.canonical.starts_with(&format!("{}:", found.scheme)) => found.canonical,
            false => format!("{}:{}", found.scheme, found.canonical),
        })
    }
}
