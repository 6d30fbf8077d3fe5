//! Who works at an office.

use app::Principal;

use crate::page::Page;
use crate::problem::Problem;
use crate::site::Site;

/// Who can act for the office of whoever is logged in, they first: as persons in office, with their names.
///
/// # Errors
/// A fault of the store.
pub async fn officers(
    site: &Site,
    page: &Page,
    who: &Principal,
) -> Result<Vec<(String, String)>, Problem> {
    let own = page.visitor.as_ref().map(|visitor| visitor.name.clone()).unwrap_or_default();
    let others = site.system.colleagues(page.now, who).await?;
    let all = std::iter::once((who.account.clone(), own)).chain(others);
    Ok(all.map(|(account, name)| (format!("person:{account}"), name)).collect())
}
