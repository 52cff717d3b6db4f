//! What a list shows is what can be read one by one, for every persona, over samples of the whole demo world.

use std::collections::BTreeSet;

use crate::policy::world;
use crate::search::asked;
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
    ("service-accounts", "SELECT id::text AS it FROM service_account", "/service-accounts?limit=200"),
    ("networks", "SELECT code AS it FROM network", "/networks?limit=200"),
    ("membership-requests", "SELECT id::text AS it FROM membership_request", "/membership-requests?limit=200"),
    ("follow-ups", "SELECT id::text AS it FROM follow_up", "/follow-ups?limit=200"),
    ("decisions", "SELECT id::text AS it FROM decision", "/decisions?limit=200"),
    ("action-items", "SELECT id::text AS it FROM action_item", "/action-items?limit=200"),
    ("announcements", "SELECT id::text AS it FROM announcement", "/announcements?limit=200"),
    (
        "notifications",
        "SELECT id::text AS it FROM notification ORDER BY md5(id::text) LIMIT 200",
        "/notifications?limit=200",
    ),
    ("invitations", "SELECT id::text AS it FROM invitation", "/invitations?limit=200"),
    ("reorganizations", "SELECT id::text AS it FROM reorganization", "/reorganizations?limit=200"),
    ("contacts", "SELECT id::text AS it FROM contact WHERE archived_at IS NULL", "/contacts?limit=50"),
    (
        "expertise-requests",
        "(SELECT id::text AS it FROM expertise_request ORDER BY md5(id::text) LIMIT 25)",
        "/expertise-requests?limit=200",
    ),
    ("expertise-terms", "SELECT code AS it FROM expertise_term", "/expertise-terms?limit=20"),
];

#[test]
fn lists_show_just_what_can_be_read_one_by_one() {
    let world = world();
    let (mut compared, mut seen) = (0, 0);
    for persona in PERSONAS {
        let client = world.client(persona);
        for (noun, sample, list) in NOUNS {
            let key = if ["networks", "expertise-terms"].contains(noun) { "code" } else { "id" };
            // Who may not list may not read one by one either.
            let walked = if client.get(list).status == 403 { Vec::new() } else { client.walk(list) };
            let listed: BTreeSet<String> = walked.iter().map(|it| it[key].as_str().unwrap().to_owned()).collect();
            for id in world.database.column(sample) {
                let read = client.get(&format!("/{noun}/{id}"));
                assert_eq!(read.status == 200, listed.contains(&id), "{persona} {noun} {id}: {}", read.status);
                (compared, seen) = (compared + 1, seen + usize::from(read.status == 200));
            }
        }
        let masters = "(SELECT member_id::text AS it FROM member_expertise GROUP BY 1 ORDER BY md5(member_id::text) LIMIT 8) UNION
            (SELECT member_id::text FROM member_expertise e JOIN member m ON m.id = e.member_id WHERE m.profile_visibility <> 'all_members' OR m.departed_at IS NOT NULL LIMIT 8)
            UNION SELECT object_id::text FROM external_id WHERE noun = 'persona' AND value IN ('member', 'deputy-34')";
        for member in world.database.column(masters) {
            let address = format!("/members/{member}/expertise");
            let page = client.get(&address);
            let listed: BTreeSet<String> = page
                .at("/items")
                .as_array()
                .into_iter()
                .flatten()
                .map(|it| it["id"].as_str().unwrap().to_owned())
                .collect();
            for id in world
                .database
                .column(&format!("SELECT id::text AS it FROM member_expertise WHERE member_id = '{member}'"))
            {
                let read = client.get(&format!("/member-expertise/{id}"));
                assert_eq!(read.status == 200, listed.contains(&id), "{persona} {member} {id}: {}", read.status);
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

/// What sits and what is expected in an organization or by a member, across networks.
#[test]
fn lists_across_networks_show_just_what_can_be_read_one_by_one() {
    let world = world();
    let (mut compared, mut seen) = (0, 0);
    for persona in PERSONAS {
        let client = world.client(persona);
        let places = "SELECT organization_id::text AS it FROM (SELECT DISTINCT m.organization_id FROM membership m
            JOIN network n ON n.id = m.network_id WHERE n.visibility <> 'listed' AND m.valid @> now()) x ORDER BY md5(organization_id::text) LIMIT 4";
        let people = "SELECT member_id::text AS it FROM (SELECT DISTINCT m.member_id FROM membership m JOIN network n ON n.id = m.network_id
            WHERE n.visibility <> 'listed' AND m.valid @> now()) x ORDER BY md5(member_id::text) LIMIT 4";
        for (noun, within, column, owners) in [
            ("memberships", "organizations", "organization_id", places),
            ("seats", "organizations", "organization_id", places),
            ("memberships", "members", "member_id", people),
        ] {
            for owner in world.database.column(owners) {
                let list = format!("/{within}/{owner}/{noun}?limit=200");
                let walked = if client.get(&list).status == 200 { client.walk(&list) } else { Vec::new() };
                let listed: BTreeSet<String> = walked.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
                let table = noun.strip_suffix('s').unwrap();
                let sample =
                    format!("SELECT id::text AS it FROM {table} WHERE {column} = '{owner}' AND valid @> now()");
                for id in world.database.column(&sample) {
                    let read = client.get(&format!("/{noun}/{id}"));
                    assert_eq!(read.status == 200, listed.contains(&id), "{persona} {list} {id}: {}", read.status);
                    (compared, seen) = (compared + 1, seen + usize::from(read.status == 200));
                }
            }
        }
    }
    assert!(seen > 200 && compared - seen > 50, "the sample must have both: {seen} of {compared}");
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

/// What to look for: every kind of thing that an organization or a member has, shown or not.
const LOOKED_FOR: &[&str] = &[
    "(SELECT name AS it FROM organization ORDER BY md5(id::text) LIMIT 12)",
    "(SELECT unnest(aliases) AS it FROM organization ORDER BY md5(id::text) LIMIT 12)",
    "(SELECT DISTINCT territory_code AS it FROM organization WHERE territory_code IS NOT NULL ORDER BY 1 LIMIT 5)",
    "(SELECT website AS it FROM organization WHERE website IS NOT NULL ORDER BY md5(id::text) LIMIT 5)",
    "(SELECT display_name AS it FROM member ORDER BY md5(id::text) LIMIT 12)",
    "(SELECT display_name AS it FROM member WHERE departed_at IS NOT NULL ORDER BY md5(id::text) LIMIT 5)",
    "(SELECT usual_name AS it FROM member ORDER BY md5(id::text || 'x') LIMIT 6)",
    "(SELECT email AS it FROM member WHERE profile_visibility <> 'all_members' OR departed_at IS NOT NULL ORDER BY md5(id::text) LIMIT 10)",
    "(SELECT phones[1] AS it FROM member WHERE phones <> '{}' ORDER BY md5(id::text) LIMIT 5)",
];

#[test]
fn a_search_finds_what_can_be_read_and_shows_it_as_it_is_read() {
    let world = world();
    let words: Vec<String> = LOOKED_FOR.iter().flat_map(|sql| world.database.column(sql)).collect();
    let (mut compared, mut names, mut none) = (0, 0, 0);
    for persona in PERSONAS {
        let client = world.client(persona);
        let listed: Vec<BTreeSet<String>> = ["/organizations?limit=200", "/members?limit=200"]
            .iter()
            .map(|list| client.walk(list).iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect())
            .collect();
        // Of insiders, who see alike, each looks for some of it; outsiders for all.
        let step = if ["observer", "partner"].contains(persona) { 1 } else { 4 };
        for word in words.iter().skip(persona.len() % step).step_by(step) {
            let found = client.get(&asked("/search", word, "&limit=5")).expect(200).at("/items");
            let suggested = client.get(&asked("/suggest", word, "&limit=5")).expect(200).at("/items");
            let found = found.as_array().unwrap();
            let id = |hit: &serde_json::Value| hit[hit["type"].as_str().unwrap()]["id"].clone();
            let suggested: Vec<_> = suggested.as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
            assert_eq!(found.iter().map(id).collect::<Vec<_>>(), suggested, "{persona} {word}");
            none += usize::from(found.is_empty());
            for hit in found.iter().take(2) {
                let kind = hit["type"].as_str().unwrap();
                let read = client.get(&format!("/{kind}s/{}", id(hit).as_str().unwrap())).expect(200).json();
                assert_eq!(hit[kind], read, "{persona} {word}");
                assert!(listed[usize::from(kind == "member")].contains(id(hit).as_str().unwrap()), "{persona} {word}");
                (compared, names) = (compared + 1, names + usize::from(read["view"] == "name"));
            }
        }
    }
    println!("isolation of search: {compared} compared, {names} by name alone; {none} questions without an answer");
    assert!(compared > 250 && names > 50 && none > 80);
}

#[test]
fn a_search_matches_nothing_that_is_not_shown() {
    let world = world();
    let aliases = world.database.column(
        "SELECT a || '#' || id AS it FROM organization, unnest(aliases) a WHERE status = 'active' ORDER BY id LIMIT 30",
    );
    let emails = world.database.column(
        "SELECT email || '#' || id AS it FROM member WHERE departed_at IS NULL AND (profile_visibility <> 'all_members' OR id < '01900000-0000-7000-8030-000000000020') ORDER BY id LIMIT 40",
    );
    let (mut by_alias, mut by_address, mut hidden) = (0, 0, 0);
    for persona in PERSONAS {
        let client = world.client(persona);
        let finds = |words: &str, kind: &str, id: &str| {
            let address = asked("/search", words, &format!("&types={kind}"));
            let found = client.get(&address).expect(200).at("/items");
            found.as_array().unwrap().iter().any(|hit| hit[kind]["id"] == id)
        };
        let (alias, id) = aliases[0].split_once('#').unwrap();
        if client.get(&format!("/organizations/{id}")).expect(200).at("/view") == "full" {
            assert!(finds(alias, "organization", id), "{persona} {alias}");
            by_alias += 1;
        }
        for line in &emails {
            let (email, id) = line.split_once('#').unwrap();
            let read = client.get(&format!("/members/{id}"));
            let card = read.status == 200 && read.at("/view") == "full";
            assert_eq!(finds(email, "member", id), card, "{persona} {email}");
            (by_address, hidden) = (by_address + usize::from(card), hidden + usize::from(!card));
        }
    }
    println!("isolation of search: {by_alias} by other names, {by_address} by addresses, {hidden} hidden");
    assert!(by_alias == 13 && by_address > 200 && hidden > 100);
}

#[test]
fn what_outsiders_find_does_not_depend_on_what_they_may_not_read() {
    let world = world();
    let mut words: Vec<String> = LOOKED_FOR.iter().flat_map(|sql| world.database.column(sql)).collect();
    words.extend(world.database.column("SELECT unnest(aliases) AS it FROM organization"));
    words.extend(["DSM", "dj", "service de l'équipement", "ddt 34", "pref 2a", "bercy", "matingon"].map(str::to_owned));
    let answers = || -> Vec<(String, String)> {
        let each = |persona: &str| {
            let client = world.client(persona);
            let answer = |word: &String| client.get(&asked("/search", word, "")).expect(200).text();
            words.iter().map(|word| (format!("{persona} {word}"), answer(word))).collect::<Vec<_>>()
        };
        ["observer", "partner"].into_iter().flat_map(each).collect()
    };
    let before = answers();
    // As if all of it had never been there.
    world.database.run(
        "UPDATE organization SET aliases = '{}', territory_code = NULL, website = NULL, successor_ids = '{}';
        DELETE FROM organization_period WHERE NOT upper_inf(valid);
        UPDATE member SET email = NULL, phones = '{}', profile_visibility = 'all_members' WHERE email NOT LIKE '%@diapason.example';
        DELETE FROM search_word WHERE noun = 'organization';
        SELECT app.name_organizations(ARRAY(SELECT id FROM organization))",
    );
    let after = answers();
    assert!(before.len() > 200 && before.iter().filter(|(_, answer)| answer.len() > 20).count() > 50);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
}
