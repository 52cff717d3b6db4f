//! SQL of external identifiers.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use kernel::{Actor, OrganizationId, PageQuery};
use members::external_id::{ExternalIdentifier, ExternalIdentifierFilter, ExternalIdentifierPage, NamedNoun, read};
use uuid::Uuid;

use crate::directory::{known_networks, speaker};
use crate::{Result, Store};

/// $1 whether all sources, or $2 the one of the caller; $3 whether all members, or those with $4 organizations; $5 networks that may be
/// known; $6 source, $7 kind, $8 value and $9 object that are asked for; $10 to $12 after which the page begins; $13 how many.
const NAMED: &str = "SELECT e.noun, s.code AS source_code, e.value, e.object_id, coalesce(CASE e.noun
        WHEN 'member' THEN (SELECT m.display_name FROM member m WHERE m.id = e.object_id)
        WHEN 'network' THEN (SELECT n.name FROM network n WHERE n.id = e.object_id)
        ELSE (SELECT o.name FROM organization o WHERE o.id = e.object_id) END, '') AS name FROM external_id e JOIN source s ON s.id = e.source_id
    WHERE e.noun IN ('member', 'network', 'organization') AND ($1 OR e.source_id = $2)
        AND CASE e.noun WHEN 'network' THEN e.object_id = ANY ($5)
            WHEN 'member' THEN $3 OR EXISTS (SELECT FROM affiliation a WHERE a.member_id = e.object_id AND a.is_primary
                AND a.valid @> app.clock() AND a.organization_id = ANY ($4))
            ELSE true END
        AND ($6 IS NULL OR s.code = $6) AND ($7 IS NULL OR e.noun = $7) AND ($8 IS NULL OR e.value = $8) AND ($9 IS NULL OR e.object_id = $9)
        AND ($10 IS NULL OR (e.noun, s.code, e.value) > ($10, $11, $12))
    ORDER BY e.noun, s.code, e.value LIMIT $13";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    noun: NamedNoun,
    #[diesel(sql_type = Text)]
    source_code: String,
    #[diesel(sql_type = Text)]
    value: String,
    #[diesel(sql_type = SqlUuid)]
    object_id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
}

impl Store<'_> {
    /// What sources call the objects that the caller keeps or may know.
    ///
    /// # Errors
    /// The caller keeps nobody; the cursor is none of ours.
    pub fn external_ids(
        &mut self,
        filter: &ExternalIdentifierFilter,
        page: &PageQuery,
    ) -> Result<ExternalIdentifierPage> {
        read(self.actor()).pass()?;
        let (conn, actor) = self.reading();
        let networks = known_networks(conn, actor)?;
        let own = speaker(actor.id, conn)?;
        // An account without a directory has no word of its own to read.
        if own.is_none() && actor.member().is_none() {
            return Err(kernel::Refusal::Forbidden(kernel::Label::PEOPLE).into());
        }
        let kept: Vec<OrganizationId> = actor.reach(Actor::KEEPERS).collect();
        let after: Option<(NamedNoun, String, String)> = page.key()?;
        let (noun, code, value) =
            after.map_or((None, None, None), |(noun, code, value)| (Some(noun), Some(code), Some(value)));
        let rows = diesel::sql_query(NAMED)
            .bind::<Bool, _>(own.is_none())
            .bind::<SqlUuid, _>(own.as_ref().map_or(Uuid::nil(), |it| it.source))
            .bind::<Bool, _>(actor.is_sig() || own.is_some())
            .bind::<Array<SqlUuid>, _>(kept)
            .bind::<Array<SqlUuid>, _>(networks)
            .bind::<Nullable<Text>, _>(filter.source_code.as_ref().map(AsRef::as_ref))
            .bind::<Nullable<Text>, _>(filter.noun)
            .bind::<Nullable<Text>, _>(filter.value.as_ref().map(AsRef::as_ref))
            .bind::<Nullable<SqlUuid>, _>(filter.object_id)
            .bind::<Nullable<Text>, _>(noun)
            .bind::<Nullable<Text>, _>(code)
            .bind::<Nullable<Text>, _>(value)
            .bind::<BigInt, _>(page.probe());
        let rows: Vec<Row> = rows.load(conn)?;
        let named = |it: Row| ExternalIdentifier {
            noun: it.noun,
            source: it.source_code,
            value: it.value,
            object_id: it.object_id,
            name: it.name,
        };
        Ok(page.cut(rows, |it| (it.noun, it.source_code.clone(), it.value.clone())).map(named))
    }
}
