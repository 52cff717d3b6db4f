//! Lists: their orders, how many there are in all, what comes along, and what a query string may not be.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::World;
use crate::support::world::PERSONAS;

const LISTS: &[&str] = &["/organizations", "/members", "/networks/edito/memberships"];

fn ids(items: &[Value]) -> Vec<&str> {
    items.iter().map(|it| it["id"].as_str().unwrap()).collect()
}

fn joined(list: &str, more: &str) -> String {
    format!("{list}{}{more}", if list.contains('?') { '&' } else { '?' })
}

#[test]
fn every_order_walks_through_the_same_items_once() {
    let world = World::demo();
    // The demo is written in one stroke: only here do the times of change differ.
    world.database.run(
        "UPDATE member SET updated_at = updated_at + (hashtext(id::text) % 500) * interval '1 minute';
         UPDATE organization SET updated_at = updated_at + (hashtext(id::text) % 50) * interval '1 minute';
         UPDATE membership SET updated_at = updated_at + (hashtext(id::text) % 50) * interval '1 minute'",
    );
    let sig = world.client("sig-admin");
    for list in ["/organizations?kind=prefecture", "/members?q=val", "/networks/edito/memberships?role=referent"] {
        let walk = |sort: &str| sig.walk(&joined(list, &format!("sort={sort}&limit=7")));
        let (names, changes) = (walk("name"), walk("updated_at"));
        assert!(names.len() > 7, "{list} is too short to tell: {}", names.len());
        assert_eq!(ids(&names), ids(&sig.walk(&joined(list, "limit=200"))), "{list}: by name, unless asked");
        let mut back = walk("-name");
        back.reverse();
        assert_eq!(ids(&names), ids(&back), "{list}");
        let mut back = walk("-updated_at");
        back.reverse();
        assert_eq!(ids(&changes), ids(&back), "{list}");
        assert!(changes.is_sorted_by_key(|it| (it["updated_at"].to_string(), it["id"].to_string())), "{list}");
        let same = |items: &[Value]| ids(items).into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
        assert_eq!(same(&names), same(&changes), "{list}");
    }
    let first = sig.get("/members?sort=-name&limit=1").expect(200).str("/next");
    sig.get(&format!("/members?sort=name&limit=1&cursor={first}")).refused(400, "invalid_cursor");
    sig.get("/members?sort=e_mail").refused(422, "invalid");
}

#[test]
fn a_count_is_of_what_the_caller_could_read() {
    let world = World::shared();
    for persona in PERSONAS {
        let client = world.client(persona);
        for list in LISTS {
            for filter in ["", "sort=-updated_at"] {
                let list = joined(list, filter);
                let page = client.get(&joined(&list, "count=exact&limit=1"));
                if page.status == 404 {
                    continue;
                }
                let said = page.expect(200).at("/count").as_i64().unwrap();
                let read = client.walk(&joined(&list, "limit=200")).len();
                assert_eq!(said, i64::try_from(read).unwrap(), "{persona} {list}");
            }
            assert!(client.get(list).at("/count").is_null(), "a count is not made unless asked");
        }
    }
    // Who reads names only learns nothing of when they changed, but for their own card.
    assert_eq!(world.client("observer").get("/members?sort=updated_at&count=exact").at("/count"), 1);
    assert_eq!(world.client("observer").get("/organizations?sort=updated_at&count=exact").at("/count"), 0);
    let seats = world.client("sig-admin").get("/networks/edito/seats?count=exact&limit=200").expect(200);
    assert_eq!(seats.at("/count").as_u64().unwrap(), seats.at("/items").as_array().unwrap().len() as u64);
}

#[test]
fn members_come_along_with_their_memberships_as_the_caller_sees_them() {
    let world = World::shared();
    let list = "/networks/edito/memberships?limit=20";
    for persona in ["sig-admin", "member", "observer"] {
        let client = world.client(persona);
        let page = client.get(&joined(list, "include=member")).expect(200);
        let (items, members) = (page.at("/items"), page.at("/members"));
        let holders: BTreeSet<_> = items.as_array().unwrap().iter().map(|it| it["member"]["id"].to_string()).collect();
        let members = members.as_array().unwrap();
        assert_eq!(holders, members.iter().map(|it| it["id"].to_string()).collect(), "{persona}");
        for member in members {
            let alone = client.get(&format!("/members/{}", member["id"].as_str().unwrap())).expect(200);
            assert_eq!(&alone.json(), member, "{persona}");
        }
    }
    let plain = world.client("member").get(list).expect(200);
    assert!(plain.at("/members").is_null());
    world.client("member").get(&joined(list, "include=password")).refused(422, "invalid");
}

#[test]
fn a_query_string_says_one_thing() {
    let world = World::shared();
    let client = world.client("member");
    let types = |query: &str| -> BTreeSet<String> {
        let hits = client.get(&format!("/search?q=val&limit=50&{query}")).expect(200).at("/items");
        hits.as_array().unwrap().iter().map(|it| it["type"].as_str().unwrap().to_owned()).collect()
    };
    let both = BTreeSet::from(["member".to_owned(), "organization".to_owned()]);
    assert_eq!(types("types=member"), BTreeSet::from(["member".to_owned()]));
    assert_eq!((types("types=member&types=organization"), types("types=member,organization")), (both.clone(), both));
    client.get("/search?q=val&types=member&types=ship").refused(422, "invalid");
    for twice in ["/members?q=a&q=b", "/members?limit=1&limit=2", "/search?q=a&q=b"] {
        client.get(twice).refused(422, "invalid");
    }
    for broken in ["/members?q=%FF", "/search?q=caf%E9", "/members?%C3%28=1", "/members?limit=1&cursor=%80"] {
        client.get(broken).refused(400, "malformed");
    }
}

#[test]
fn lists_of_dated_facts_tell_of_past_days() {
    let world = World::demo();
    let sig = world.client("sig-admin");
    let has = |list: &str, id: &str| sig.walk(list).iter().any(|it| it["id"] == id);
    let (then, tomorrow) = ("2026-01-01", "2999-01-01");
    let new = serde_json::json!({"organization_id": world.organization("MJ"), "role": "observer", "min": 0, "max": 1});
    let seat = sig.post("/networks/design/seats", new).expect(201).str("/id");
    let new = serde_json::json!({"organization_id": world.organization("MJ"), "scope": "interministerial_topics"});
    let shared = sig.post("/networks/design/co-animations", new).expect(201).str("/id");
    for (list, id) in [("/networks/design/seats", &seat), ("/networks/design/co-animations", &shared)] {
        assert!(has(list, id) && !has(&joined(list, &format!("as_of={then}")), id), "{list}");
        sig.get(&joined(list, &format!("as_of={tomorrow}"))).refused(422, "invalid");
    }
    let list = format!("/role-assignments?member_id={}", world.member("contributor-sociaux"));
    let role = sig.walk(&list)[0]["id"].as_str().unwrap().to_owned();
    let address = format!("/role-assignments/{role}");
    sig.act(&format!("{address}/end"), sig.get(&address).etag(), Some(serde_json::json!({}))).expect(200);
    assert!(!has(&list, &role) && has(&joined(&list, &format!("as_of={then}")), &role));
    sig.get(&joined(&list, &format!("as_of={tomorrow}"))).refused(422, "invalid");
}
