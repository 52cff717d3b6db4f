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
        ("/network_codes/0", json!({"code": "a1", "label": "A", "network_codes": ["nowhere"]})),
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
    let moved = sig
        .patch("/expertise-terms/podcast-natif", &etag, json!({"parent_code": null, "label_en": "Podcasts"}))
        .expect(200);
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
    for (persona, known) in
        [("lead-edito", true), ("sig-coordinator", true), ("member", false), ("observer", false), ("bot-mi", false)]
    {
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
    assert_eq!(
        (endorsed.at("/endorsements"), endorsed.str("/endorsed_by/0/display_name")),
        (json!(1), "Damien Fleurac".into())
    );
    act(&lead, &address, "endorse").refused(409, "overlap");
    assert_eq!(act(&sig, &address, "endorse").expect(200).at("/endorsements"), json!(2));

    let before = member.get(&address).str("/last_confirmed_at");
    assert!(act(&member, &address, "confirm").expect(200).str("/last_confirmed_at") > before);
    act(&lead, &address, "confirm").refused(403, "forbidden");
    let etag = member.get(&address).etag().to_owned();
    let changed = member.patch(&address, &etag, json!({"level": "reference"})).expect(200);
    assert_eq!((changed.str("/level"), changed.at("/available_to_help")), ("reference".into(), json!(true)));

    // While suspended, the member offers nothing; restored, what they said stands.
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

const NEED: &str = "/expertise/match?need=retour%20sur%20chatbot%20vocal";

fn proposed(client: &Client, rest: &str) -> Vec<Value> {
    client.get(&format!("{NEED}{rest}")).expect(200).at("/items").as_array().unwrap().clone()
}

fn ids(proposals: &[Value]) -> Vec<&str> {
    proposals.iter().map(|it| it["member"]["id"].as_str().unwrap()).collect()
}

/// A client that speaks for a member by their identifier.
fn client_of(world: &World, id: &str) -> Client {
    world.client(&world.database.one(&format!("SELECT email AS it FROM member WHERE id = '{id}'")))
}

fn ask(client: &Client, expert: &str) -> Reply {
    client.post(
        "/expertise-requests",
        json!({"expert_id": expert, "term_code": "chatbot-vocal", "need": "Un retour sur votre chatbot vocal."}),
    )
}

/// Journey J8, up to the request.
#[test]
fn a_need_finds_three_experts_and_asking_one_changes_their_order() {
    let world = World::demo();
    let member = world.client("member");
    let three = proposed(&member, "");
    assert_eq!(three.len(), 3);
    assert_eq!(proposed(&member, ""), three, "the same answer to the same question");
    let all = proposed(&member, "&limit=20");
    assert_eq!(all[..3], three);
    let own = world.database.column(&format!(
        "SELECT organization_id::text AS it FROM affiliation WHERE member_id = '{}' AND upper_inf(valid)",
        world.member("member")
    ));
    for it in &all {
        assert_eq!(it["term"]["code"], "chatbot-vocal");
        assert!(it["level"] != "awareness" && !own.iter().any(|own| it["organization"]["id"] == own.as_str()));
        assert_eq!(it["reasons"][0], "term_named");
    }
    let rank = |it: &Value| {
        let level = ["reference", "expert", "practitioner"].iter().position(|level| it["level"] == *level);
        let asked = it["last_requested_at"].as_str().unwrap_or_default().to_owned();
        (it["recent_requests"].as_i64(), asked, level, -it["endorsements"].as_i64().unwrap())
    };
    assert!(all.windows(2).all(|pair| rank(&pair[0]) <= rank(&pair[1])), "{all:#?}");
    let offering = "SELECT count(*)::text AS it FROM member_expertise e JOIN expertise_term t ON t.id = e.term_id WHERE t.code = 'chatbot-vocal'";
    assert!(world.database.one(offering).parse::<usize>().unwrap() > all.len(), "some are not proposed");

    let [first, second] = [0, 1].map(|at| three[at]["member"]["id"].as_str().unwrap().to_owned());
    assert!(three[0]["reasons"].as_array().unwrap().contains(&json!("never_asked")));
    let asked = ask(&member, &first).expect(201);
    assert_eq!((asked.str("/status"), asked.str("/expert/id")), ("pending".into(), first.clone()));
    let address = asked.header("location").to_owned();
    let of = |id: &str| proposed(&member, "&limit=20").into_iter().find(|it| it["member"]["id"] == id).unwrap();
    assert_eq!(
        (of(&first)["recent_requests"].as_i64(), of(&first)["last_requested_at"].as_str()),
        (Some(1), Some(&*asked.str("/created_at")))
    );
    assert_eq!(ids(&proposed(&member, ""))[0], second, "who was asked makes room");
    assert_eq!(ids(&proposed(&member, "&limit=20")).last(), Some(&first.as_str()));

    let expert = client_of(&world, &first);
    assert!(
        expert.get("/expertise-requests?role=received&status=pending").expect(200).text().contains(&asked.str("/id"))
    );
    let accepted = act(&expert, &address, "accept").expect(200);
    assert_eq!(
        (accepted.str("/status"), accepted.actions()),
        ("accepted".into(), vec!["get_expertise_request".to_owned()])
    );
    assert_eq!(of(&first)["recent_requests"], 1, "accepted counts too");
}

#[test]
fn who_declined_was_asked_all_the_same() {
    let world = World::demo();
    let member = world.client("member");
    let second = ids(&proposed(&member, ""))[0].to_owned();
    let of = |id: &str| proposed(&member, "&limit=20").into_iter().find(|it| it["member"]["id"] == id).unwrap();
    let declined = ask(&member, &second).expect(201).header("location").to_owned();
    assert_eq!(of(&second)["recent_requests"], 1);
    let etag = member.get(&declined).etag().to_owned();
    let said =
        client_of(&world, &second).act(&format!("{declined}/decline"), &etag, Some(json!({"reason": "Absent."})));
    assert_eq!(said.expect(200).str("/decline_reason"), "Absent.");
    assert_eq!(of(&second)["recent_requests"], 0);
    let reasons = of(&second)["reasons"].as_array().unwrap().clone();
    assert_eq!(reasons[..2], ["term_named", "not_asked_lately"]);
    assert!(!ids(&proposed(&member, "")).contains(&second.as_str()), "those never asked come before");
}

#[test]
fn whoever_does_not_help_is_never_proposed() {
    let world = World::demo();
    let (member, sig) = (world.client("member"), world.client("sig-admin"));
    let id = |sql: &str| world.database.one(sql);
    let first = || ids(&proposed(&member, ""))[0].to_owned();
    let gone = |id: &str, how: &str| assert!(!ids(&proposed(&member, "&limit=20")).contains(&id), "{how}");

    let one = first();
    let expertise = id(&format!(
        "SELECT e.id::text AS it FROM member_expertise e JOIN expertise_term t ON t.id = e.term_id WHERE member_id = '{one}' AND t.code = 'chatbot-vocal'"
    ));
    let (own, address) = (client_of(&world, &one), format!("/member-expertise/{expertise}"));
    own.patch(&address, own.get(&address).etag(), json!({"available_to_help": false})).expect(200);
    gone(&one, "unavailable");
    assert_eq!(ask(&member, &one).refused(422, "invalid").str("/errors/0/pointer"), "/expert_id");
    own.patch(&address, own.get(&address).etag(), json!({"available_to_help": true, "level": "awareness"})).expect(200);
    gone(&one, "who knows little");

    let two = first();
    act(&sig, &format!("/members/{two}"), "suspend").expect(200);
    gone(&two, "suspended");
    ask(&member, &two).refused(422, "invalid");

    let three = first();
    let card = format!("/members/{three}");
    sig.patch(&card, sig.get(&card).etag(), json!({"profile_visibility": "leads"})).expect(200);
    gone(&three, "a card kept to the leads");
    assert!(ids(&proposed(&sig, "&limit=20")).contains(&three.as_str()), "the SIG sees it");
    ask(&member, &three).refused(422, "invalid");

    let four = first();
    let place = world.organization("SIG");
    sig.post(&format!("/members/{four}/affiliations"), json!({"organization_id": place})).expect(201);
    assert!(
        !ids(&proposed(&sig, "&limit=20")).contains(&four.as_str()),
        "a colleague of the same place, if only a second one"
    );
    assert!(ids(&proposed(&member, "&limit=20")).contains(&four.as_str()));

    let five = first();
    act(&sig, &format!("/members/{five}"), "depart").expect(200);
    gone(&five, "departed");

    // A wider term brings the narrower ones; a retired one brings nobody.
    let wider = member.get("/expertise/match?need=Agents%20CONVERSATIONELS&limit=20").expect(200).at("/items");
    assert!(
        wider
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["reasons"][0] == "narrower_term" && it["term"]["code"] == "chatbot-vocal")
    );
    assert_eq!(member.get("/expertise/match?need=menuiserie").expect(200).at("/items"), json!([]));
    act(&sig, "/expertise-terms/chatbot-vocal", "retire").expect(200);
    assert!(proposed(&member, "&limit=20").iter().all(|it| it["term"]["code"] != "chatbot-vocal"));
    for outsider in ["observer", "partner"] {
        world.client(outsider).get(NEED).refused(403, "forbidden");
    }
    for wrong in ["limit=0", "limit=21", "need=x"] {
        member.get(&format!("/expertise/match?{wrong}")).refused(422, "invalid");
    }
}

#[test]
fn a_request_is_between_two_persons() {
    let world = World::demo();
    let (asker, expert) = (world.client("contributor-sociaux"), world.client("colead-dinum"));
    let (me, him) = (world.member("contributor-sociaux"), world.member("colead-dinum"));
    assert_eq!(ask(&asker, &me).refused(422, "invalid").str("/errors/0/pointer"), "/expert_id");
    assert_eq!(ask(&asker, &world.member("sig-admin")).refused(422, "invalid").str("/errors/0/pointer"), "/expert_id");
    assert_eq!(
        ask(&asker, "01900000-0000-7000-8fff-ffffffffffff").refused(422, "invalid").str("/errors/0/pointer"),
        "/expert_id"
    );
    let made = ask(&asker, &him).expect(201);
    let address = made.header("location").to_owned();
    assert_eq!(made.actions(), ["get_expertise_request", "withdraw_expertise_request"]);
    ask(&asker, &him).refused(409, "overlap");
    ask(&world.client("member"), &him).expect(201);
    for other in ["sig-admin", "sig-coordinator", "auditor", "member", "bot-mi"] {
        world.client(other).get(&address).refused(404, "not_found");
        assert!(
            !world.client(other).get("/expertise-requests?limit=200").expect(200).text().contains(&made.str("/id")),
            "{other}"
        );
    }
    act(&asker, &address, "accept").refused(403, "forbidden");
    act(&expert, &address, "withdraw").refused(403, "forbidden");
    assert_eq!(act(&asker, &address, "withdraw").expect(200).str("/status"), "withdrawn");
    act(&expert, &address, "accept").refused(409, "invalid_transition");
    ask(&asker, &him).expect(201);
    let sides = |role: &str| asker.walk(&format!("/expertise-requests?limit=1&role={role}")).len();
    let made_by = format!("SELECT count(*)::text AS it FROM expertise_request WHERE asker_id = '{me}'");
    assert_eq!(sides("asked").to_string(), world.database.one(&made_by));
    assert_eq!(
        asker
            .walk("/expertise-requests?status=withdrawn&role=asked")
            .iter()
            .filter(|it| it["id"] == made.at("/id"))
            .count(),
        1
    );
    assert!(asker.walk("/expertise-requests?role=received").iter().all(|it| it["expert"]["id"] == me.as_str()));
}

#[test]
fn a_request_expires_after_thirty_days_and_counts_for_ninety() {
    let world = World::over(crate::support::database::Database::demo(), &[("DIAPASON_TEST_CLOCK", "1")]);
    let him = world.member("colead-dinum");
    let begun = kernel::clock::now();
    let asked = ask(&world.client("member"), &him).expect(201).header("location").to_owned();
    let second = ask(&world.client("lead-edito"), &him).expect(201).header("location").to_owned();
    act(&world.client("colead-dinum"), &second, "accept").expect(200);
    let count = |client: &Client| {
        let all = proposed(client, "&limit=20");
        all.iter().find(|it| it["member"]["id"] == him.as_str()).unwrap()["recent_requests"].as_i64().unwrap()
    };
    assert_eq!(count(&world.client("member")), 2);
    let after = |days: i64, minutes: i64| {
        let now = begun + chrono::TimeDelta::days(days) + chrono::TimeDelta::minutes(minutes);
        world.at(now);
        (world.client("member"), world.client("colead-dinum"))
    };
    let (member, _) = after(30, -5);
    assert_eq!((member.get(&asked).expect(200).str("/status"), count(&member)), ("pending".into(), 2));
    let (member, expert) = after(30, 5);
    assert_eq!((member.get(&asked).expect(200).str("/status"), count(&member)), ("expired".into(), 1));
    act(&expert, &asked, "accept").refused(409, "invalid_transition");
    assert!(
        member.walk("/expertise-requests?status=expired").iter().any(|it| asked.ends_with(it["id"].as_str().unwrap()))
    );
    let again = ask(&member, &him).expect(201).header("location").to_owned();
    act(&member, &again, "withdraw").expect(200);
    let (member, _) = after(89, 0);
    assert_eq!(count(&member), 1);
    let (member, _) = after(91, 0);
    assert_eq!(count(&member), 0, "91 days ago counts no more");
}
