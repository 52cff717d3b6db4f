//! What follows from a write follows whatever was written: after each of many random operations, everyone whose rights differ is
//! among those whose lock was taken, every cell is what the facts say, and what must hold over several rows holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::client::Reply;
use crate::support::{Client, World};

/// How many operations are tried; `DIAPASON_RANDOM_STEPS` says otherwise.
const STEPS: usize = 60;

/// Numbers that look random and come again with the same seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((it ^ (it >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

/// The little world in which things happen: a few organizations, with all who sit there.
struct Stage {
    world: World,
    sig: Client,
    dice: Dice,
    organizations: Vec<String>,
}

/// The function that takes a lock on rights, which says so too.
const TELLING: &str = "CREATE TABLE told (who uuid);
    GRANT ALL ON told TO diapason_app;
    CREATE OR REPLACE FUNCTION app.change_rights(who uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(app.rights_key(who));
        INSERT INTO told VALUES (who);
    END $$";

/// Those whose rights are compared: who holds a role or leads, the scripts, and some of those who sit on the stage.
const WATCHED: &str = "SELECT id || ' ' || coalesce(app.actor(id)::text, '') AS it FROM (
        SELECT member_id AS id FROM role_assignment UNION SELECT member_id FROM membership WHERE role IN ('lead', 'co_lead')
        UNION SELECT id FROM service_account
        UNION (SELECT member_id FROM affiliation WHERE organization_id = ANY ('{@}') ORDER BY id LIMIT 150)) watched";

/// The cells that are kept and are not what the facts say, or are not kept.
const WRONG_CELLS: &str = "SELECT count(*)::text AS it FROM (
        SELECT network_id, organization_id FROM seat UNION SELECT network_id, organization_id FROM membership) p
    CROSS JOIN LATERAL app.cell(p.network_id, p.organization_id, app.clock()) c
    LEFT JOIN tracking_cell t USING (network_id, organization_id)
    WHERE (t.next_change_at IS NULL OR t.next_change_at > app.clock())
        AND (t.expected, t.filled, t.referents, t.members, t.gaps)
            IS DISTINCT FROM (c.expected, c.filled, c.referents, c.members, c.gaps)";

const LED: &str = "SELECT DISTINCT m.network_id::text AS it FROM membership m JOIN member p ON p.id = m.member_id
        JOIN organization o ON o.id = m.organization_id
    WHERE m.role = 'lead' AND m.valid @> app.clock() AND p.suspended_at IS NULL AND p.departed_at IS NULL
        AND o.origin NOT IN ('government_partner', 'observer')";

const CIRCLES: &str = "SELECT count(*)::text AS it FROM organization WHERE app.is_below(parent_id, id)";

impl Stage {
    fn new(seed: u64) -> Self {
        let world = World::demo();
        world.database.run(TELLING);
        let sig = world.client("sig-admin");
        let organizations = world.database.column(
            "SELECT DISTINCT organization_id::text AS it FROM affiliation a JOIN external_id e ON e.object_id = a.member_id
            WHERE e.noun = 'persona' AND upper_inf(a.valid)",
        );
        Self { world, sig, dice: Dice(seed), organizations }
    }

    fn rights(&self) -> BTreeMap<String, String> {
        let all = self.world.database.column(&WATCHED.replace('@', &self.organizations.join(",")));
        all.iter().map(|it| it.split_once(' ').unwrap()).map(|(who, what)| (who.into(), what.into())).collect()
    }

    /// One of what stands in a table now, on the stage.
    fn some(&mut self, table: &str, column: &str) -> Option<String> {
        let sql = format!(
            "SELECT id::text AS it FROM {table} WHERE {column} = ANY ('{{{}}}') AND upper_inf(valid) ORDER BY id",
            self.organizations.join(",")
        );
        let all = self.world.database.column(&sql);
        (!all.is_empty()).then(|| self.dice.one(&all).clone())
    }

    fn organization(&mut self) -> String {
        self.dice.one(&self.organizations).clone()
    }

    fn network(&mut self) -> String {
        let all = ["edito", "veille", "design", "prefectures", "crise", "numerique"];
        (*self.dice.one(&all)).to_owned()
    }

    fn member(&mut self) -> Option<String> {
        let place = self.some("affiliation", "organization_id")?;
        Some(self.world.database.one(&format!("SELECT member_id::text AS it FROM affiliation WHERE id = '{place}'")))
    }

    fn act(&self, address: &str, what: &str, body: Value) -> Option<Reply> {
        let seen = self.sig.get(address);
        (seen.status == 200).then(|| self.sig.act(&format!("{address}/{what}"), seen.etag(), Some(body)))
    }

    fn change(&self, address: &str, body: Value) -> Option<Reply> {
        let seen = self.sig.get(address);
        (seen.status == 200).then(|| self.sig.patch(address, seen.etag(), body))
    }

    /// Ends or voids something that stands.
    fn finish(&mut self, table: &str, column: &str, collection: &str) -> Option<Reply> {
        let address = format!("/{collection}/{}", self.some(table, column)?);
        let voids = self.dice.roll(3) == 0;
        let reason = if table == "membership" { json!({"reason": "resigned"}) } else { json!({}) };
        if voids {
            self.act(&address, "void", json!({"reason": "par erreur"}))
        } else {
            self.act(&address, "end", reason)
        }
    }

    /// Does one of all that writes on what rights, cells and invariants rest on; what it was, and what was answered.
    fn step(&mut self) -> (&'static str, Option<Reply>) {
        match self.dice.roll(8) {
            0 | 1 => self.ending(),
            2 | 3 => self.organizing(),
            4 => self.staffing(),
            5 | 6 => self.networking(),
            _ => self.reorganize(),
        }
    }

    fn ending(&mut self) -> (&'static str, Option<Reply>) {
        let (table, column, collection) = *self.dice.one(&[
            ("affiliation", "organization_id", "affiliations"),
            ("membership", "organization_id", "memberships"),
            ("role_assignment", "organization_id", "role-assignments"),
            ("seat", "organization_id", "seats"),
            ("organization_link", "to_id", "organization-links"),
            ("co_animation", "organization_id", "co-animations"),
        ]);
        (collection, self.finish(table, column, collection))
    }

    fn organizing(&mut self) -> (&'static str, Option<Reply>) {
        let (one, other) = (self.organization(), self.organization());
        let address = format!("/organizations/{one}");
        match self.dice.roll(4) {
            0 => {
                let kinds = ["operator", "communication_directorate", "ministerial_cabinet", "observer"];
                let kind = *self.dice.one(&kinds);
                ("change a kind", self.change(&address, json!({ "kind": kind })))
            }
            1 => {
                let origin = self.dice.one(&[Value::Null, "observer".into(), "operator".into()]).clone();
                ("change an origin", self.change(&address, json!({ "origin_override": origin })))
            }
            2 => ("move an organization", self.change(&address, json!({"parent_id": other}))),
            _ => {
                let link = json!({"to_id": other, "kind": "serves"});
                ("link", Some(self.sig.post(&format!("{address}/links"), link)))
            }
        }
    }

    fn staffing(&mut self) -> (&'static str, Option<Reply>) {
        let (organization, place) = (self.organization(), self.some("affiliation", "organization_id"));
        match self.dice.roll(4) {
            0 => {
                let what = *self.dice.one(&["suspend", "restore", "restore", "depart"]);
                let member = self.member();
                (what, member.and_then(|member| self.act(&format!("/members/{member}"), what, json!({}))))
            }
            1 => {
                let new = json!({"organization_id": organization, "is_primary": self.dice.roll(2) == 0});
                let member = self.member();
                let post = |member| self.sig.post(&format!("/members/{member}/affiliations"), new);
                ("affiliate", member.map(post))
            }
            2 => {
                let profession = *self.dice.one(&["editor", "communicator"]);
                let change =
                    |place| self.change(&format!("/affiliations/{place}"), json!({ "profession": profession }));
                ("change a profession", place.and_then(change))
            }
            _ => {
                let role = *self.dice.one(&["dicom_director", "org_admin", "dicom_contributor"]);
                let give = |place| {
                    let role = json!({"affiliation_id": place, "role": role, "organization_id": organization});
                    self.sig.post("/role-assignments", role)
                };
                ("give a role", place.map(give))
            }
        }
    }

    fn networking(&mut self) -> (&'static str, Option<Reply>) {
        let role = *self.dice.one(&["member", "referent", "deputy", "co_lead", "lead"]);
        let (network, organization) = (format!("/networks/{}", self.network()), self.organization());
        match self.dice.roll(6) {
            0 | 1 => {
                let place = self.some("affiliation", "organization_id");
                let seat = |place| {
                    let new = json!({"affiliation_id": place, "role": role});
                    self.sig.post(&format!("{network}/memberships"), new)
                };
                ("seat someone", place.map(seat))
            }
            2 => {
                let sits = self.some("membership", "organization_id");
                let change = |id| self.act(&format!("/memberships/{id}"), "change-role", json!({ "role": role }));
                ("change a role in a network", sits.and_then(change))
            }
            3 => {
                let new = json!({"organization_id": organization, "role": "referent", "min": 1, "max": 2});
                ("expect a seat", Some(self.sig.post(&format!("{network}/seats"), new)))
            }
            4 => {
                let scope = *self.dice.one(&["all", "interministerial_topics"]);
                let new = json!({"organization_id": organization, "scope": scope});
                ("co-animate", Some(self.sig.post(&format!("{network}/co-animations"), new)))
            }
            _ => {
                let origins = self.dice.one(&[json!([]), json!(["prefecture", "ministry"])]).clone();
                ("change whom a network admits", self.change(&network, json!({"eligible_origins": origins})))
            }
        }
    }

    fn reorganize(&mut self) -> (&'static str, Option<Reply>) {
        let (gone, into) = (self.organization(), self.organization());
        let operation = if self.dice.roll(2) == 0 {
            json!({"type": "merge", "organization_ids": [gone], "into": {"organization_id": into}})
        } else {
            json!({"type": "relink", "dicom": {"organization_id": gone}, "serves": [{"organization_id": into}]})
        };
        let plan = json!({"title": "Au hasard", "operations": [operation]});
        let drafted = self.sig.post("/reorganizations", plan);
        if drafted.status != 201 {
            return ("draft a reorganization", Some(drafted));
        }
        ("reorganize", self.act(drafted.header("location"), "apply", json!({})))
    }

    fn holds(&self) -> BTreeSet<String> {
        self.world.database.column(LED).into_iter().collect()
    }
}

#[test]
fn whatever_is_written_its_aftermath_is_done() {
    let seed = std::env::var("DIAPASON_RANDOM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_129);
    let steps = std::env::var("DIAPASON_RANDOM_STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(STEPS);
    let mut stage = Stage::new(seed);
    let (mut rights, mut led) = (stage.rights(), stage.holds());
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    for number in 0..steps {
        stage.world.database.run("TRUNCATE told");
        let (what, reply) = stage.step();
        let Some(reply) = reply else { continue };
        assert!(reply.status < 500, "seed {seed}, step {number}: {what}: {}", reply.text());
        if reply.status >= 300 {
            continue;
        }
        *done.entry(what).or_default() += 1;
        let told: BTreeSet<String> =
            stage.world.database.column("SELECT who::text AS it FROM told").into_iter().collect();
        let now = stage.rights();
        let forgotten: Vec<&String> = now
            .iter()
            .filter(|(who, what)| rights.get(*who).is_some_and(|before| before != *what))
            .map(|(who, _)| who)
            .collect();
        let forgotten: Vec<&&String> = forgotten.iter().filter(|who| !told.contains(**who)).collect();
        assert!(
            forgotten.is_empty(),
            "seed {seed}, step {number}: {what}: rights changed without a lock: {forgotten:?}"
        );
        assert_eq!(stage.world.database.one(WRONG_CELLS), "0", "seed {seed}, step {number}: {what}: cells");
        assert_eq!(stage.world.database.one(CIRCLES), "0", "seed {seed}, step {number}: {what}: a circle");
        let still = stage.holds();
        let lost: Vec<&String> = led.difference(&still).collect();
        assert!(
            lost.is_empty() || ["suspend", "restore"].contains(&what),
            "seed {seed}, step {number}: {what}: {lost:?}"
        );
        stage.sig.get("/role-assignments?role=sig_admin").expect(200);
        (rights, led) = (now, still);
    }
    println!("seed {seed}: {done:?}");
    assert!(done.len() > 8, "too little happened: {done:?}");
}

/// The columns of each table: what a row image may tell.
#[test]
fn images_are_rows() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let new = json!({"given_name": "Ève", "usual_name": "Tournel", "email": "eve.tournel@exemple.example",
        "affiliation": {"organization_id": world.organization("SIG")}});
    let member = sig.post("/members", new).expect(201);
    let address = member.header("location").to_owned();
    sig.patch(&address, member.etag(), json!({"usual_name": "Tournelle"})).expect(200);
    let strangers = "SELECT DISTINCT h.noun || '.' || key AS it FROM history h, jsonb_object_keys(h.image) key
        WHERE key <> 'void_reason' AND NOT EXISTS (SELECT FROM information_schema.columns c
            WHERE c.table_schema = 'public' AND c.table_name = h.noun AND c.column_name = key)";
    assert_eq!(world.database.column(strangers), Vec::<String>::new(), "no column of their table");
    let told =
        "SELECT array_to_string(changed_fields, ',') AS it FROM change_event WHERE noun = 'member' AND verb = 'updated'
        AND object_id = (SELECT id FROM member WHERE email = 'eve.tournel@exemple.example')";
    assert_eq!(world.database.column(told), ["display_name,usual_name"]);
}
