//! Which pack is in force, and from where on: activating one is a record.

use model::{Draft, system_kind};
use serde_json::{Map, Value};

use crate::Principal;
use crate::fault::Rejection;
use crate::system::System;

impl System {
    /// Says by a record that the pack of this program is in force, where the last such record names
    /// another or there is none.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn activate_pack(&self) -> Result<(), Rejection> {
        let pack = self.pack();
        let digest = pack.digest().to_string();
        let before = self.reader().db().pack_in_force().await?;
        if before.as_deref() == Some(digest.as_str())
            || pack.kind(system_kind::PACK_ACTIVATION).is_none()
        {
            return Ok(());
        }
        let mut open = Map::new();
        let in_force = digest.clone();
        let mut say = |name: &str, value: String| open.insert(name.to_owned(), Value::from(value));
        say("pack_digest", digest);
        say("title", pack.manifest().title.zh.clone());
        say("version", pack.manifest().version.clone());
        if let Some(before) = before {
            say("previous_digest", before);
        }
        let draft = Draft {
            id: None,
            kind: system_kind::PACK_ACTIVATION.to_owned(),
            subjects: Vec::new(),
            office: None,
            region: pack.manifest().province.clone(),
            valid_at: self.clock().now(),
            source: "zhiheng".to_owned(),
            open,
            personal: Vec::new(),
            corrects: None,
            withdraws: None,
        };
        self.append_own(&Principal::program(), vec![draft], None).await?;
        self.writer().write(vec![store::state::set_pack(&in_force)]).await?;
        Ok(())
    }
}
