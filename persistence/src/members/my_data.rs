//! SQL of all that is held on a member, and of their objection to publication.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Uuid as SqlUuid};
use kernel::schema::{identity, member};
use kernel::{Actor, Grant, MemberId, PrincipalId, Refusal, sql};
use members::member::{Member, MemberView, ProfileVisibility};
use members::my_data::{DataExport, DataSection, Export, Object, PEOPLE, WithdrawObjection};
use serde_json::Value;

use crate::kept::known;
use crate::nouns::NOUNS;
use crate::{Result, Store};

/// Where something is held on a person: table, the column that names them, and what it is.
type Held = (&'static str, &'static str, &'static str);

/// What the service itself keeps of every person.
const KEPT: [Held; 5] = [
    ("history", "object_id", "les versions de votre fiche"),
    ("change_event", "object_id", "les changements de votre fiche"),
    ("audit_event", "principal_id", "ce que vous avez fait dans le service"),
    ("audit_event", "on_behalf_of", "ce que des services ont fait en votre nom"),
    ("idempotency_key", "principal_id", "vos requêtes des dernières 48 heures"),
];

/// Every place where something is held on a person. A test holds it against the schema: a noun that names someone says so,
/// or its column stands in `NOT_PERSONAL` with the reason.
pub static PERSONAL: LazyLock<Vec<Held>> = LazyLock::new(|| {
    let people = NOUNS.iter().flat_map(|noun| noun.people);
    people.map(|person| (person.table, person.column, person.label)).chain(KEPT).collect()
});

/// Columns that name the author of a row: the audit log already tells everything that a person did.
pub const NOT_PERSONAL: &[&str] =
    &["created_by", "updated_by", "granted_by", "network_decided_by", "actor_id", "claimed_subject"];

/// Of a follow-up that a person attended, only that they did: what was said is not about them.
const ATTENDED: &str = "SELECT jsonb_build_object('id', t.id, 'held_on', t.held_on) AS record FROM follow_up t
    WHERE t.attendee_ids @> ARRAY[$1] ORDER BY t.held_on LIMIT 100000";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Jsonb)]
    record: Value,
}

impl Store<'_> {
    /// All that is held on the caller, on the record.
    ///
    /// # Errors
    /// The caller is not a person.
    pub fn my_data(&mut self) -> Result<DataExport> {
        self.permit_on_record(Export)?;
        let (conn, actor) = self.reading();
        let member_id = actor.member().ok_or(Refusal::NotFound)?;
        let at: DateTime<Utc> = diesel::select(sql::clock()).get_result(conn)?;
        let around = Around::of(member_id, actor, conn)?;
        let mut sections = Vec::new();
        for (table, column, label) in PERSONAL.iter() {
            // Names of ours, never a caller's.
            let every = format!(
                "SELECT jsonb_strip_nulls(to_jsonb(t)) AS record FROM {table} t WHERE t.{column} = $1 ORDER BY t LIMIT 100000"
            );
            let question = if *column == "attendee_ids" { ATTENDED } else { every.as_str() };
            let rows = diesel::sql_query(question).bind::<SqlUuid, _>(member_id).load::<Row>(conn)?;
            let records = rows.into_iter().map(|row| row.record).map(|it| around.veil(table, it)).collect();
            sections.push(DataSection { name: format!("{table}.{column}"), label: (*label).to_owned(), records });
        }
        Ok(DataExport { at, member_id, sections })
    }

    /// Records the caller's objection: their card is then for the leads of their networks, their organization and the SIG.
    ///
    /// # Errors
    /// The database failed.
    pub fn object_to_publication(&mut self, grant: Grant<Object>) -> Result<MemberView> {
        self.objects(grant, true)
    }

    /// Withdraws the caller's objection: the card stays restricted until it is opened.
    ///
    /// # Errors
    /// The database failed.
    pub fn withdraw_objection(&mut self, grant: Grant<WithdrawObjection>) -> Result<MemberView> {
        self.objects(grant, false)
    }

    fn objects<A>(&mut self, grant: Grant<A>, objects: bool) -> Result<MemberView>
    where
        A: kernel::Action<Facts = Member>,
    {
        let after = self.write(grant, |writer, _, _, before| {
            let since = objects.then_some(writer.at);
            writer.change(
                &before,
                (member::profile_objection_at.eq(since), member::profile_visibility.eq(ProfileVisibility::Leads)),
            )
        })?;
        Ok(self.shown_member(after))
    }
}

/// What the caller may know beside their own data: their logins, and networks.
struct Around {
    subjects: Vec<String>,
    known: Vec<String>,
}

impl Around {
    fn of(member: MemberId, actor: &Actor, conn: &mut PgConnection) -> Result<Self> {
        let subjects = identity::table.filter(identity::principal_id.eq(PrincipalId(member.0)));
        let subjects = subjects.select(identity::subject).load(conn)?;
        let mut known = Vec::new();
        for of in NOUNS.iter().filter_map(|noun| noun.known) {
            known.extend(of(conn, actor)?.into_iter().map(|id| id.to_string()));
        }
        Ok(Self { subjects, known })
    }

    /// A record without what is about others: another person who used the caller's invitation, and networks that the caller
    /// may no longer know.
    fn veil(&self, table: &str, mut record: Value) -> Value {
        let said = |record: &Value, field: &str| record.get(field).and_then(Value::as_str).map(str::to_owned);
        let hides = |id: String| !self.known.contains(&id);
        let another = said(&record, "claimed_subject").is_some_and(|subject| !self.subjects.contains(&subject));
        let unknown = said(&record, "network_id").is_some_and(hides);
        let fields: &[&str] = match table {
            "invitation" if another => &["claimed_subject", "claimed_issuer"],
            "notification" if unknown => &["network_id", "object_id"],
            "action_item" if unknown => &["network_id"],
            _ => &[],
        };
        if let Some(record) = record.as_object_mut() {
            record.retain(|field, _| !fields.contains(&field.as_str()));
        }
        record
    }
}

known!(nothing: Export);

known!(lock Member: Object, WithdrawObjection);

impl Store<'_> {
    /// The caller's own identifier as a member.
    ///
    /// # Errors
    /// The caller is not a member.
    pub fn myself(&mut self) -> Result<MemberId> {
        let registered = self.registered()?.ok_or(crate::Error::Stranger)?;
        Ok(registered.member().ok_or(Refusal::Forbidden(PEOPLE))?)
    }
}
