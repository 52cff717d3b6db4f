//! What a list shows is what can be read one by one, for every persona, over samples of the whole demo world.

use std::collections::BTreeSet;

use crate::policy::world;
use crate::support::world::PERSONAS;

/// Each noun: a sample of its identifiers in the database, and the list that would show them.
const NOUNS: &[(&str, &str, &str)] = &[
    (
        "organizations",
        "SELECT id::text AS it FROM organization WHERE status = 'active' ORDER BY md5(id::text) LIMIT 25",
        "/organizations?limit=200",
    ),
    (
        "members",
        "(SELECT id::text AS it FROM member WHERE departed_at IS NULL ORDER BY md5(id::text) LIMIT 20) UNION SELECT object_id::text FROM external_id WHERE noun = 'persona' AND value <> 'bot-mi'",
        "/members?limit=200",
    ),
    (
        "role-assignments",
        "SELECT id::text AS it FROM role_assignment WHERE upper_inf(valid)",
        "/role-assignments?limit=200",
    ),
    ("networks", "SELECT code AS it FROM network", "/networks?limit=200"),
];

#[test]
fn lists_show_just_what_can_be_read_one_by_one() {
    let world = world();
    let (mut compared, mut seen) = (0, 0);
    for persona in PERSONAS {
        let client = world.client(persona);
        for (noun, sample, list) in NOUNS {
            let key = if *noun == "networks" { "code" } else { "id" };
            let listed: BTreeSet<String> =
                client.walk(list).iter().map(|it| it[key].as_str().unwrap().to_owned()).collect();
            for id in world.database.column(sample) {
                let read = client.get(&format!("/{noun}/{id}"));
                assert_eq!(read.status == 200, listed.contains(&id), "{persona} {noun} {id}: {}", read.status);
                (compared, seen) = (compared + 1, seen + usize::from(read.status == 200));
            }
        }
        for network in world.database.column("SELECT code AS it FROM network") {
            let listed = client.get(&format!("/networks/{network}/memberships?limit=200"));
            let walked = if listed.status == 200 {
                client.walk(&format!("/networks/{network}/memberships?limit=200"))
            } else {
                Vec::new()
            };
            let listed: BTreeSet<String> = walked.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
            let sample = "SELECT m.id::text AS it FROM membership m JOIN network n ON n.id = m.network_id WHERE n.code = '#' AND m.valid @> now() ORDER BY (m.role IN ('lead', 'co_lead')) DESC, md5(m.id::text) LIMIT 12";
            for id in world.database.column(&sample.replace('#', &network)) {
                let read = client.get(&format!("/memberships/{id}"));
                assert_eq!(read.status == 200, listed.contains(&id), "{persona} {network} {id}: {}", read.status);
                (compared, seen) = (compared + 1, seen + usize::from(read.status == 200));
            }
        }
    }
    println!("isolation: {compared} compared, {seen} seen");
    assert!(seen > 1000 && compared - seen > 300, "the sample must have both: {seen} of {compared}");
}

#[test]
fn a_search_by_what_a_card_alone_shows_finds_cards_alone() {
    let world = world();
    let sample = "SELECT email AS it FROM member WHERE departed_at IS NULL AND (profile_visibility <> 'all_members' OR id < '01900000-0000-7000-8030-000000000020') ORDER BY id LIMIT 60";
    let emails = world.database.column(sample);
    for persona in PERSONAS {
        let client = world.client(persona);
        for email in &emails {
            let found = client.get(&format!("/members?email={email}")).expect(200).at("/items");
            let id = world.database.one(&format!("SELECT id::text AS it FROM member WHERE email = '{email}'"));
            let read = client.get(&format!("/members/{id}"));
            let card = read.status == 200 && read.at("/view") == "full";
            assert_eq!(found.as_array().unwrap().len(), usize::from(card), "{persona} {email}");
            assert!(!card || found[0]["email"] == email.as_str());
        }
    }
}
