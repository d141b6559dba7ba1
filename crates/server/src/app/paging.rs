//! Pages of lists: a token says where a list goes on, and belongs to that list with those filters (contract 1.6).

use docmill_store::{Listed, PageRequest};
use docmill_wire::paging;
use docmill_wire::render::Page;

use super::{AppResult, Caller};

/// Which page of a list is wanted.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Within the limits already.
    pub limit: u32,
    pub token: Option<String>,
    /// The parameters that choose the rows, sorted.
    pub filters: Vec<(String, String)>,
}

/// Where the wanted page of the list `route` begins; a field error when the token is another list's.
pub fn begin(caller: &Caller, route: &str, asked: &Asked) -> AppResult<PageRequest> {
    let token = asked.token.as_deref().unwrap_or_default();
    let after = paging::decode(&scoped(caller, route), &borrowed(asked), token)?;
    Ok(PageRequest { after, limit: asked.limit })
}

/// The page as it is answered. A page without rows has no token: clients stop there anyway.
pub fn end<T, S>(caller: &Caller, route: &str, asked: &Asked, listed: Listed<T>, shown: impl FnMut(T) -> S) -> Page<S> {
    let next = listed.next.filter(|_| !listed.items.is_empty());
    let token = next.map(|last| paging::encode(&scoped(caller, route), &borrowed(asked), last));
    Page::new(listed.items.into_iter().map(shown).collect(), token)
}

/// A token of one project's list says nothing in another's.
fn scoped(caller: &Caller, route: &str) -> String {
    format!("{} {route}", caller.project())
}

fn borrowed(asked: &Asked) -> Vec<(&str, &str)> {
    asked.filters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
