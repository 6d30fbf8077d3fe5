//! The time line of an archive as a file: all that is filtered, as far as the reader may see it.

use std::sync::Arc;

use app::Principal;
use app::reading::{MOST_ON_PAGE, RecordView, When};
use app::registry::Archive;
use axum::response::Response;
use futures_util::stream;
use store::readings::Head;

use crate::page::Page;
use crate::page::export::{Export, Format, Row};
use crate::page::facts::Facts;
use crate::page::timeline::{Told, columns, row};
use crate::problem::Problem;
use crate::site::Site;

/// What the pages of a file are read with.
struct Pages {
    site: Arc<Site>,
    page: Page,
    who: Arc<Principal>,
    ids: Vec<String>,
    kinds: Option<Vec<String>>,
    when: When,
}

/// The file.
///
/// # Errors
/// A fault of the store.
pub async fn answer(
    site: &Arc<Site>,
    page: &Page,
    who: &Arc<Principal>,
    archive: &Archive,
    kinds: Option<Vec<String>>,
    when: When,
    format: Format,
) -> Result<Response, Problem> {
    let pages = Pages {
        site: Arc::clone(site),
        page: page.copy(),
        who: Arc::clone(who),
        ids: archive.members.iter().map(|member| member.id.clone()).collect(),
        kinds,
        when: When { known: Some(archive.as_of.known), ..when },
    };
    // Counted first, and then read as of the same records.
    let (mut count, mut after) = (0, None);
    loop {
        let found = pages.read(after).await?;
        count += found.0.len() as u64;
        after = found.1;
        if after.is_none() {
            break;
        }
    }
    let columns = columns(page);
    let name = archive.id.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let start: Option<(Pages, Option<Head>)> = Some((pages, None));
    let rows = stream::try_unfold(start, async |at| {
        let Some((pages, after)) = at else { return Ok(None) };
        let (rows, next) = pages.read(after).await?;
        Ok::<_, Problem>(Some((rows, next.map(|next| (pages, Some(next))))))
    });
    let known = archive.as_of.known;
    let export = Export { format, name: format!("archive-{name}"), count, columns, known };
    Ok(export.answer(page, Box::pin(rows)))
}

impl Pages {
    async fn read(&self, after: Option<Head>) -> Result<(Vec<Row>, Option<Head>), Problem> {
        let system = &self.site.system;
        let (ids, kinds) = (&self.ids, self.kinds.as_deref());
        let found = system.time_line(&self.who, ids, kinds, self.when, after, MOST_ON_PAGE).await?;
        let pack = system.pack();
        let facts = Facts::new(&self.page, &pack, "/console/archive/");
        let row = |view: &RecordView| row(&pack, &facts, ids, &Told::from(view));
        Ok((found.records.iter().map(row).collect(), found.next))
    }
}
