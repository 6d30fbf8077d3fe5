//! Which pack is in force, and from where on: activating one is a record.

use std::sync::Arc;

use model::system_kind;
use pack::Pack;
use serde_json::{Map, Value};

use store::readings::Regions;

use crate::Principal;
use crate::fault::Rejection;
use crate::reading::{RecordView, When};
use crate::system::System;

/// Activations that are told.
const SHOWN: usize = 100;

impl System {
    /// The activations that are known, the newest first: which pack was in force from where on.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn activations(&self) -> Result<Vec<RecordView>, Rejection> {
        let as_of = self.as_of(When::default()).await?;
        let heads = self
            .readings()
            .kind_page(system_kind::PACK_ACTIVATION, None, Regions::Any, as_of, None, SHOWN)
            .await?;
        let positions: Vec<u64> = heads.iter().map(|head| head.position).collect();
        let mut stored = self.reader().at(&positions).await?;
        stored.reverse();
        self.views(&Principal::program(), stored, as_of.known).await
    }

    /// The digest of the pack that was in force when so many records were known; none where none was
    /// activated by then.
    pub(crate) async fn pack_digest_known(&self, known: u64) -> Result<Option<String>, Rejection> {
        let as_of = self.as_of(When { valid: None, known: Some(known) }).await?;
        let heads = self
            .readings()
            .kind_page(system_kind::PACK_ACTIVATION, None, Regions::Any, as_of, None, 1)
            .await?;
        let positions: Vec<u64> = heads.iter().map(|head| head.position).collect();
        let Some(record) = self.reader().at(&positions).await?.pop() else { return Ok(None) };
        let open: Map<String, Value> = serde_json::from_slice(&record.open).unwrap_or_default();
        Ok(open.get("pack_digest").and_then(Value::as_str).map(str::to_owned))
    }

    /// The pack that was in force when so many records were known; none given: the one in force.
    ///
    /// # Errors
    /// A pack that is not kept or that this program reads no more; a fault of the store.
    pub async fn pack_known(&self, known: Option<u64>) -> Result<Arc<Pack>, Rejection> {
        Ok(Arc::clone(&self.cases_known(known).await?.pack))
    }

    /// Says by a record that the pack of this program is in force, where the last such record names
    /// another or there is none.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn activate_pack(&self) -> Result<(), Rejection> {
        let pack = self.pack();
        let digest = pack.digest().to_string();
        // Before it is said to be in force, so that what was in force is never unknown.
        self.keep_pack().await?;
        let before = self.reader().db().pack_in_force().await?;
        if before.as_deref() == Some(digest.as_str())
            || pack.kind(system_kind::PACK_ACTIVATION).is_none()
        {
            return Ok(());
        }
        // How much it changes, where the one before is kept and still read.
        let kept = match &before {
            Some(before) => self.kept_pack(before).await.ok(),
            None => None,
        };
        let mut open = Map::new();
        if let Some(kept) = kept {
            open.insert("changes".to_owned(), Value::from(pack::diff(&kept, &pack).len()));
        }
        let in_force = digest.clone();
        let mut say = |name: &str, value: String| open.insert(name.to_owned(), Value::from(value));
        say("pack_digest", digest);
        say("title", pack.manifest().title.zh.clone());
        say("version", pack.manifest().version.clone());
        if let Some(before) = before {
            say("previous_digest", before);
        }
        let draft = self.own_draft(system_kind::PACK_ACTIVATION, open);
        self.append_own(&Principal::program(), vec![draft], None).await?;
        self.writer().write(vec![store::state::set_pack(&in_force)]).await?;
        Ok(())
    }
}
