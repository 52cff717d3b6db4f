//! Names, identifiers and addresses: whom a directory means by them, and what it calls members from now on.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use kernel::MemberId;
use kernel::directory::{Directory, ExternalId};
use kernel::schema::directory_user;
use members::directory_user::{DirectoryUserInput, Known};
use uuid::Uuid;

use crate::pools::in_order;
use crate::writer::Writer;
use crate::{Error, Result};

#[derive(QueryableByName)]
struct Meant {
    #[diesel(sql_type = SqlUuid)]
    id: MemberId,
}

/// Whom names, identifiers and addresses mean. $1 the source, $2 names, $3 identifiers, $4 addresses. Each is looked up by itself.
const MEANT: &str = "SELECT found.id FROM unnest($2) AS it (name) CROSS JOIN LATERAL (
        SELECT u.member_id AS id, u.name_key AS name FROM directory_user u WHERE u.source_id = $1 AND u.removed_at IS NULL
            AND u.name_key >= it.name ORDER BY u.name_key LIMIT 1) found WHERE found.name = it.name
    UNION SELECT found.id FROM unnest($3) AS it (value) CROSS JOIN LATERAL (
        SELECT e.object_id AS id, e.value FROM external_id e WHERE e.noun = 'member' AND e.source_id = $1
            AND e.value >= it.value ORDER BY e.value LIMIT 1) found WHERE found.value = it.value
    UNION SELECT found.id FROM unnest($4) AS it (email) CROSS JOIN LATERAL (SELECT m.id FROM member m
        WHERE m.email = it.email AND m.departed_at IS NULL LIMIT 1) found";

/// Whom the names, identifiers and addresses mean that are said of others than those who have them.
pub(super) fn meant_by(
    conn: &mut PgConnection,
    directory: &Directory,
    known: &[Known],
    said: &[&DirectoryUserInput],
) -> Result<Vec<MemberId>> {
    let here = || known.iter().filter_map(|it| it.entry.as_ref().filter(|entry| entry.listed));
    let names: HashSet<String> = here().map(|it| it.user_name.key()).collect();
    let keys: HashSet<&str> = known.iter().filter_map(|it| Some(it.external_id.as_ref()?.as_ref())).collect();
    let emails = known.iter().filter(|it| !it.gone).filter_map(|it| Some(it.email.as_ref()?.as_ref()));
    let emails: HashSet<&str> = emails.collect();
    let names: Vec<_> = said.iter().map(|it| it.user_name.key()).filter(|it| !names.contains(it)).collect();
    let said_keys = said.iter().filter_map(|it| Some(it.external_id.as_ref()?.as_ref()));
    let keys: Vec<&str> = said_keys.filter(|it| !keys.contains(it)).collect();
    let said_emails = said.iter().filter_map(|it| Some(it.email.as_ref()?.as_ref()));
    let emails: Vec<&str> = said_emails.filter(|it| !emails.contains(it)).collect();
    if names.is_empty() && keys.is_empty() && emails.is_empty() {
        return Ok(Vec::new());
    }
    let meant = diesel::sql_query(MEANT).bind::<SqlUuid, _>(directory.source).bind::<Array<Text>, _>(names);
    let meant = meant.bind::<Array<Text>, _>(keys).bind::<Array<Text>, _>(emails);
    in_order(conn, |conn| Ok(meant.load::<Meant>(conn)?.into_iter().map(|it| it.id).collect()))
}

/// Frees names. $1 the source, $2 names that are given anew, $3 members whose names change. Each row is found by itself.
const FORMER: &str = "DELETE FROM external_id WHERE ctid = ANY (ARRAY(
        SELECT found.place FROM unnest($2) AS it (value) CROSS JOIN LATERAL (
            SELECT x.ctid AS place, x.value FROM external_id x WHERE x.noun = 'member' AND x.source_id = $1
                AND x.value >= it.value ORDER BY x.value LIMIT 1) found WHERE found.value = it.value
        UNION SELECT found.ctid FROM unnest($3) AS it (id) CROSS JOIN LATERAL (SELECT x.*, x.ctid FROM external_id x
            WHERE x.object_id = it.id OFFSET 0) found WHERE found.noun = 'member' AND found.source_id = $1))";

/// Keeps what the directory calls members.
pub(super) fn call(
    writer: &mut Writer<'_>,
    directory: &Directory,
    keys: &[(MemberId, Option<ExternalId>)],
) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let members: Vec<Uuid> = keys.iter().map(|(id, _)| id.0).collect();
    let named: (Vec<Uuid>, Vec<&str>) =
        keys.iter().filter_map(|(id, key)| Some((id.0, key.as_ref()?.as_ref()))).unzip();
    // What they were called before, and a name that someone had who left, are free again.
    let former = diesel::sql_query(FORMER).bind::<SqlUuid, _>(directory.source);
    let former = former.bind::<Array<Text>, _>(&named.1).bind::<Array<SqlUuid>, _>(&members);
    in_order(writer.conn, |conn| Ok(former.execute(conn)?))?;
    let insert = "INSERT INTO external_id (noun, source_id, value, object_id)
        SELECT 'member', $1, it.value, it.id FROM unnest($2, $3) AS it (id, value) ON CONFLICT DO NOTHING";
    let insert = diesel::sql_query(insert).bind::<SqlUuid, _>(directory.source).bind::<Array<SqlUuid>, _>(named.0);
    let wanted = named.1.len();
    if insert.bind::<Array<Text>, _>(named.1).execute(writer.conn)? < wanted {
        // Another was faster: it is looked at again.
        return Err(Error::Again);
    }
    // Its User changes with it.
    let touched = directory_user::table.filter(directory_user::source_id.eq(directory.source));
    let touched =
        touched.filter(directory_user::member_id.eq_any(&members).and(directory_user::created_at.ne(writer.at)));
    let stamps = (directory_user::version.eq(directory_user::version + 1), directory_user::updated_at.eq(writer.at));
    diesel::update(touched).set(stamps).execute(writer.conn)?;
    Ok(())
}
