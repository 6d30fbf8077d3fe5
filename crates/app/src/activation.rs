//! Which pack is in force, and from where on: activating one is a record.

use model::system_kind;
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
