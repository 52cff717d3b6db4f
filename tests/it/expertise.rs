//! Who can help: terms, what members master, who is proposed, and who asks whom.

use serde_json::{Value, json};

use crate::policy::world;
use crate::support::client::Reply;
use crate::support::{Client, World};

fn codes(reply: &[Value]) -> Vec<&str> {
    reply.iter().map(|it| it["code"].as_str().unwrap()).collect()
}

/// Moves the state of what stands at an address, as it stands now.
fn act(client: &Client, address: &str, verb: &str) -> Reply {
    let etag = client.get(address).etag().to_owned();
    client.act(&format!("{address}/{verb}"), &etag, None)
}

#[test]
fn terms_are_found_by_what_they_are_called_and_stand_in_a_tree() {
    let world = World::demo();
    let (sig, member) = (world.client("sig-coordinator"), world.client("member"));
    let found = member.walk("/expertise-terms?q=bot%20VOCAL");
    assert_eq!(codes(&found), ["chatbot-vocal"]);
    assert_eq!(found[0]["parent_code"], "agents-conversationnels");
    assert_eq!(codes(&member.walk("/expertise-terms?parent_code=agents-conversationnels")), ["chatbot-vocal"]);
    let of_crisis = member.walk("/expertise-terms?network_code=crise");
    assert!(codes(&of_crisis).contains(&"crise") && of_crisis.len() < 10);
    let labels: Vec<String> =
        member.walk("/expertise-terms?limit=7").iter().map(|it| it["label"].as_str().unwrap().to_owned()).collect();
    assert!(labels.len() >= 45 && labels.iter().collect::<std::collections::BTreeSet<_>>().len() == labels.len());

    let new = json!({"code": "podcast-natif", "label": "Podcast natif", "synonyms": ["baladodiffusion"], "parent_code": "podcast", "network_codes": ["edito", "edito"]});
    let created = sig.post("/expertise-terms", new.clone()).expect(201);
    assert_eq!(created.at("/network_codes"), json!(["edito"]));
    sig.post("/expertise-terms", new).refused(409, "already_exists");
    for (pointer, wrong) in [
        ("/parent_code", json!({"code": "a1", "label": "A", "parent_code": "nowhere"})),
        ("/network_codes", json!({"code": "a1", "label": "A", "network_codes": ["nowhere"]})),
        ("/synonyms", json!({"code": "a1", "label": "A", "synonyms": vec!["x"; 21]})),
    ] {
        assert_eq!(sig.post("/expertise-terms", wrong).refused(422, "invalid").str("/errors/0/pointer"), pointer);
    }
    // A circle, near or far, and through itself.
    for below in ["agents-conversationnels", "chatbot-vocal", "numerique"] {
        let etag = sig.get("/expertise-terms/numerique").etag().to_owned();
        let refused = sig.patch("/expertise-terms/numerique", &etag, json!({"parent_code": below}));
        assert_eq!(refused.refused(422, "invalid").str("/errors/0/pointer"), "/parent_code");
    }
    let etag = sig.get("/expertise-terms/podcast-natif").etag().to_owned();
    let moved = sig.patch("/expertise-terms/podcast-natif", &etag, json!({"parent_code": null, "label_en": "Podcasts"})).expect(200);
    assert_eq!((moved.at("/parent_code"), moved.str("/label_en")), (Value::Null, "Podcasts".to_owned()));

    act(&sig, "/expertise-terms/agents-conversationnels", "retire").refused(409, "not_empty");
    let retired = act(&sig, "/expertise-terms/podcast-natif", "retire").expect(200);
    assert_eq!((retired.str("/status"), retired.actions()), ("retired".into(), vec!["get_expertise_term".to_owned()]));
    act(&sig, "/expertise-terms/podcast-natif", "retire").refused(409, "invalid_transition");
    assert_eq!(codes(&member.walk("/expertise-terms?status=retired")), ["podcast-natif"]);
}

#[test]
fn a_hidden_network_does_not_show_through_a_term() {
    let world = world();
    let sig = world.client("sig-admin");
    let etag = sig.get("/expertise-terms/podcast").etag().to_owned();
    let linked = sig.patch("/expertise-terms/podcast", &etag, json!({"network_codes": ["edito", "ombre"]})).expect(200);
    assert_eq!(linked.at("/network_codes"), json!(["edito", "ombre"]));
    for (persona, known) in [("lead-edito", true), ("sig-coordinator", true), ("member", false), ("observer", false), ("bot-mi", false)] {
        let client = world.client(persona);
        let read = client.get("/expertise-terms/podcast").expect(200).at("/network_codes");
        assert_eq!(read, if known { json!(["edito", "ombre"]) } else { json!(["edito"]) }, "{persona}");
        let listed = client.walk("/expertise-terms?network_code=ombre");
        assert_eq!(codes(&listed), if known { vec!["podcast"] } else { vec![] }, "{persona}");
        assert!(known || !client.get("/expertise-terms?limit=200").text().contains("ombre"), "{persona}");
    }
}

#[test]
fn a_member_says_what_he_masters_and_colleagues_endorse_it() {
    let world = World::demo();
    let (member, lead, sig) = (world.client("member"), world.client("lead-edito"), world.client("sig-admin"));
    let list = format!("/members/{}/expertise", world.member("member"));
    let new = json!({"term_code": "podcast", "level": "expert", "available_to_help": true});
    let created = member.post(&list, new.clone()).expect(201);
    let address = created.header("location").to_owned();
    assert_eq!((created.str("/term/label"), created.at("/endorsements")), ("Podcasts".to_owned(), json!(0)));
    member.post(&list, new.clone()).refused(409, "overlap");
    let unknown = json!({"term_code": "nowhere", "level": "expert"});
    assert_eq!(member.post(&list, unknown).refused(422, "invalid").str("/errors/0/pointer"), "/term_code");
    lead.post(&list, new.clone()).refused(403, "forbidden");
    sig.post(&list, new.clone()).refused(403, "forbidden");

    act(&member, &address, "endorse").refused(403, "forbidden");
    let endorsed = act(&lead, &address, "endorse").expect(200);
    assert_eq!((endorsed.at("/endorsements"), endorsed.str("/endorsed_by/0/display_name")), (json!(1), "Damien Fleurac".into()));
    act(&lead, &address, "endorse").refused(409, "overlap");
    assert_eq!(act(&sig, &address, "endorse").expect(200).at("/endorsements"), json!(2));

    let before = member.get(&address).str("/last_confirmed_at");
    assert!(act(&member, &address, "confirm").expect(200).str("/last_confirmed_at") > before);
    act(&lead, &address, "confirm").refused(403, "forbidden");
    let etag = member.get(&address).etag().to_owned();
    let changed = member.patch(&address, &etag, json!({"level": "reference"})).expect(200);
    assert_eq!((changed.str("/level"), changed.at("/available_to_help")), ("reference".into(), json!(true)));

    // Suspended, he offers nothing; restored, what he said stands.
    let card = format!("/members/{}", world.member("member"));
    act(&sig, &card, "suspend").expect(200);
    assert_eq!(lead.get(&address).expect(200).at("/available_to_help"), json!(false));
    act(&sig, &card, "restore").expect(200);
    assert_eq!(lead.get(&address).expect(200).at("/available_to_help"), json!(true));

    assert_eq!(act(&sig, &address, "end").expect(200).actions(), ["get_member_expertise"]);
    act(&member, &address, "confirm").refused(409, "invalid_transition");
    assert!(!member.get(&list).text().contains("podcast"));
    member.post(&list, new).expect(201);
}

#[test]
fn who_sees_the_name_alone_sees_no_expertise() {
    let world = World::demo();
    let of = |visibility: &str| {
        world.database.one(&format!("SELECT e.id::text AS it FROM member_expertise e JOIN member m ON m.id = e.member_id WHERE m.profile_visibility = '{visibility}' AND m.departed_at IS NULL AND NOT EXISTS (SELECT FROM membership s JOIN membership t USING (network_id) WHERE s.member_id = m.id AND t.member_id = '{}' AND upper_inf(s.valid)) ORDER BY e.id LIMIT 1", world.member("member")))
    };
    for visibility in ["networks", "leads"] {
        let address = format!("/member-expertise/{}", of(visibility));
        world.client("member").get(&address).refused(403, "forbidden");
        let etag = world.client("sig-admin").get(&address).expect(200).etag().to_owned();
        world.client("member").act(&format!("{address}/endorse"), &etag, None).refused(403, "forbidden");
        world.client("observer").get(&address).refused(404, "not_found");
    }
}
