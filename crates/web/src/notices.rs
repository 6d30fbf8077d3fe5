//! What tells people: one task that looks for what is to be told, and sends what waits.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::Rejection;
use app::notice::{Carriers, Hook, Post, Relay};

use crate::epcis::{Trust, letter};
use crate::site::Site;

/// How often it is looked whether something waits.
const PAUSE: Duration = Duration::from_secs(5);
/// How often duties are looked through.
const DUTIES: Duration = Duration::from_secs(600);

/// By what notices leave the program.
#[derive(Debug, Clone, Default)]
pub struct Telling {
    /// The relay for e-mail; none: nobody is told by e-mail.
    pub relay: Option<Relay>,
    /// The address of this program for links, without a stroke at its end.
    pub base: String,
}

/// Sends over HTTP, with those trusted who vouch for receivers.
struct Sender(Arc<Trust>);

impl Hook for Sender {
    fn post(&self, post: Post) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>> {
        Box::pin(async move { letter(&self.0, post).await })
    }
}

/// Begins to tell; it ends with the site.
pub(crate) fn start(site: &Arc<Site>, telling: Telling) {
    let carriers = Carriers {
        relay: telling.relay.map(Arc::new),
        hook: Some(Arc::new(Sender(site.deliveries.trust()))),
        base: telling.base,
    };
    let site = Arc::downgrade(site);
    tokio::spawn(async move {
        let mut looked: Option<Instant> = None;
        loop {
            tokio::time::sleep(PAUSE).await;
            let Some(site) = site.upgrade() else { return };
            let is_due = looked.is_none_or(|at| at.elapsed() >= DUTIES);
            match round(&site, &carriers, is_due).await {
                Ok(()) if is_due => looked = Some(Instant::now()),
                Ok(()) => {}
                Err(error) => tracing::warn!(?error, "people were not told"),
            }
        }
    });
}

async fn round(site: &Site, carriers: &Carriers, is_due: bool) -> Result<(), Rejection> {
    let system = &site.system;
    system.tell_steps().await?;
    if is_due {
        system.tell_duties().await?;
        system.forget_notices().await?;
    }
    system.send_notices(carriers).await?;
    Ok(())
}
