//! Named questions: each is its owner's, the office or organization for which somebody named it.

use epcis::Query;
use serde_json::Value;
use store::epcis::{QueryRow, drop_query, put_query};

use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::system::System;

/// Questions of one owner.
const MOST_QUERIES: usize = 10_000;

impl System {
    /// Names a question.
    ///
    /// # Errors
    /// No permission; a wrong name or question; the name is taken; too many.
    pub async fn name_query(
        &self,
        who: &Principal,
        name: &str,
        definition: &Value,
    ) -> Result<QueryRow, Rejection> {
        self.event_scopes(who)?;
        let is_name = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        if !(1..=100).contains(&name.chars().count()) || !name.chars().all(is_name) {
            return Err(Fault::new(
                "epcis.query_name",
                "the name of a query is 1 to 100 letters, digits, -, _ and .; choose another",
                "查询名称为 1 至 100 个字母、数字、- _ .；请另取名称",
            )
            .at("/name")
            .into());
        }
        let text = definition.to_string();
        Query::parse_json(text.as_bytes()).map_err(|fault| {
            let fault = super::draft::told(&fault);
            let pointer = format!("/query{}", fault.pointer);
            fault.at(pointer)
        })?;
        let row = QueryRow {
            on_behalf_of: who.on_behalf_of.clone(),
            name: name.to_owned(),
            definition: text,
            account: who.account.clone(),
            created_at: self.clock().now(),
        };
        let own = self.reader().db().epcis_queries(&who.on_behalf_of, "", MOST_QUERIES).await?;
        if own.len() >= MOST_QUERIES {
            return Err(too_many(MOST_QUERIES));
        }
        if self.writer().write(vec![put_query(&row)]).await? == 0 {
            return Err(Rejection::Conflict(Fault::new(
                "epcis.query_taken",
                format!("there is a query {name} already; delete it, or take another name"),
                format!("已有名为 {name} 的查询；请先删除，或另取名称"),
            )));
        }
        Ok(row)
    }

    /// The named questions of who asks, behind one.
    ///
    /// # Errors
    /// No permission; a fault of the store.
    pub async fn named_queries(
        &self,
        who: &Principal,
        after: &str,
        limit: usize,
    ) -> Result<Vec<QueryRow>, Rejection> {
        self.event_scopes(who)?;
        Ok(self.reader().db().epcis_queries(&who.on_behalf_of, after, limit).await?)
    }

    /// A named question, and what it means.
    ///
    /// # Errors
    /// No permission; no such question of who asks.
    pub async fn named_query(
        &self,
        who: &Principal,
        name: &str,
    ) -> Result<(QueryRow, Query), Rejection> {
        self.event_scopes(who)?;
        let row = self.reader().db().epcis_query(&who.on_behalf_of, name).await?;
        let row = row.ok_or_else(|| no_query(name))?;
        let query = Query::parse_json(row.definition.as_bytes())
            .map_err(|fault| super::draft::told(&fault))?;
        Ok((row, query))
    }

    /// Forgets a named question with its subscriptions.
    ///
    /// # Errors
    /// As [`named_query`](Self::named_query).
    pub async fn drop_query(&self, who: &Principal, name: &str) -> Result<(), Rejection> {
        self.named_query(who, name).await?;
        self.writer().write(drop_query(&who.on_behalf_of, name)).await?;
        Ok(())
    }
}

fn no_query(name: &str) -> Rejection {
    Rejection::NotFound(Fault::new(
        "epcis.no_query",
        format!("there is no query {name} of yours; look at the list of /epcis/queries"),
        format!("您没有名为 {name} 的查询；请查看 /epcis/queries 列表"),
    ))
}

pub(super) fn too_many(most: usize) -> Rejection {
    Rejection::Conflict(Fault::new(
        "epcis.too_many",
        format!("there are {most} already; delete some"),
        format!("已达 {most} 个上限；请删除部分后再试"),
    ))
}
