//! What waits for whom: an organization does its own action items, membership requests and reviews wait for those who can answer.

use serde_json::{Value, json};

use crate::support::client::Reply;
use crate::support::{Client, World};

/// What waits for someone, of one kind: the identifiers, with their titles.
fn tasks(client: &Client, kind: &str) -> Vec<(String, String)> {
    let tasks = client.get("/me/tasks").expect(200).at("/items");
    let of_kind = tasks.as_array().unwrap().iter().filter(|task| task["kind"] == kind);
    of_kind.map(|task| (task["id"].as_str().unwrap().into(), task["title"].as_str().unwrap().into())).collect()
}

fn waits(client: &Client, kind: &str, id: &str) -> bool {
    tasks(client, kind).iter().any(|(waiting, _)| waiting == id)
}

fn give(client: &Client, title: &str, owner: &str, more: &Value) -> Reply {
    let mut body = json!({"title": title, "owner_organization_id": owner, "due_on": "2026-12-15"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post("/action-items", body).expect(201)
}

#[test]
fn an_organization_does_its_own_actions() {
    let world = World::demo();
    let [sig, referent, deputy, admin] =
        ["sig-coordinator", "referent-34", "deputy-34", "org-admin-34"].map(|persona| world.client(persona));
    let herault = world.organization("Préfecture de l'Hérault");
    let followed = give(&sig, "Relayer la campagne", &herault, &json!({"network_code": "prefectures"}));
    let own = give(&sig, "Mettre le site à jour", &herault, &json!({}));
    let named = give(&sig, "Rappeler la presse", &herault, &json!({"owner_member_id": world.member("deputy-34")}));
    let secret = json!({"axis": "organization", "organization_id": herault, "confidentiality": "confidential",
        "held_on": "2026-11-10", "health": "red", "summary": "À huis clos"});
    let secret = sig.post("/follow-ups", secret).expect(201).str("/id");
    let secret = give(&sig, "Apaiser", &herault, &json!({"follow_up_id": secret}));
    let act = |client: &Client, it: &Reply, what: &str| {
        let etag = client.get(it.header("location")).expect(200).etag().to_owned();
        client.act(&format!("{}/{what}", it.header("location")), &etag, None)
    };
    for (client, it, other) in [(&referent, &followed, &own), (&admin, &own, &followed)] {
        assert!(waits(client, "do_action_item", &it.str("/id")));
        client.get(other.header("location")).refused(404, "not_found");
        act(client, it, "cancel").refused(403, "forbidden");
        assert_eq!(act(client, it, "complete").expect(200).str("/status"), "done");
        assert!(!waits(client, "do_action_item", &it.str("/id")));
        assert_eq!(act(client, it, "reopen").expect(200).str("/status"), "open");
        // What was given up is taken up again by those who gave it.
        act(&sig, it, "cancel").expect(200);
        act(client, it, "reopen").refused(403, "forbidden");
    }
    // What someone else does, and what is confidential, is none of theirs.
    for it in [&named, &secret] {
        admin.get(it.header("location")).refused(404, "not_found");
    }
    act(&deputy, &named, "complete").expect(200);
    let led = give(
        &sig,
        "Former",
        &herault,
        &json!({"network_code": "prefectures", "owner_member_id": world.member("deputy-34")}),
    );
    act(&referent, &led, "complete").refused(403, "forbidden");
}

#[test]
fn a_dossier_waits_for_its_leads_and_for_the_sig_where_there_are_none() {
    let world = World::demo();
    let [sig, lead, director] = ["sig-admin", "lead-edito", "director-sociaux"].map(|persona| world.client(persona));
    let nominate = |role: &str| {
        let through = world.affiliation("contributor-sociaux");
        let body = json!({"kind": "nomination", "role": role, "affiliation_id": through});
        director.post("/networks/edito/requests", body).expect(201)
    };
    let dossier = nominate("referent");
    let name = dossier.str("/member/display_name");
    let titles = |client: &Client| -> Vec<String> {
        let mine = tasks(client, "decide_membership_request").into_iter();
        mine.filter(|(id, _)| *id == dossier.str("/id")).map(|(_, title)| title).collect()
    };
    assert_eq!((titles(&sig), titles(&director)), (vec![], vec![]), "its leads decide");
    let told = titles(&lead);
    assert!(told.len() == 1 && told[0].contains(&name) && told[0].contains("edito"), "{told:?}");
    assert_eq!(titles(&world.client("contributor-sociaux")).len(), 1, "and the caller themselves");
    // Nobody leads it any more.
    let address = format!("/members/{}", world.member("lead-edito"));
    sig.act(&format!("{address}/suspend"), sig.get(&address).etag(), None).expect(200);
    assert_eq!((titles(&sig).len(), titles(&world.client("sig-coordinator")).len()), (1, 1));
    sig.act(&format!("{address}/restore"), sig.get(&address).etag(), None).expect(200);
    let withdraw = format!("{}/withdraw", dossier.header("location"));
    director.act(&withdraw, director.get(dossier.header("location")).etag(), None).expect(200);
    // Who leads is for the SIG's administrator alone.
    let promoted = nominate("lead").str("/id");
    let waiting =
        [&sig, &lead, &world.client("sig-coordinator")].map(|it| waits(it, "decide_membership_request", &promoted));
    assert_eq!(waiting, [true, false, false]);
}

#[test]
fn a_review_is_worked_through_by_all_who_answer() {
    let world = World::demo();
    let [sig, referent, admin, director, contributor] =
        ["sig-coordinator", "referent-34", "org-admin-34", "director-sociaux", "contributor-sociaux"]
            .map(|persona| world.client(persona));
    let review = sig.post("/networks/prefectures/reviews", json!({"due_on": "2027-01-31"})).expect(201);
    let (id, herault) = (review.str("/id"), world.organization("Préfecture de l'Hérault"));
    let list = |client: &Client, filter: &str| client.walk(&format!("/membership-reviews/{id}/items?limit=3{filter}"));
    let of = |items: &[Value]| items.iter().map(|it| it["membership_id"].to_string()).collect::<Vec<_>>();
    assert_eq!(json!(list(&sig, "").len()), review.at("/total"), "the SIG sees them all");
    assert!(!waits(&sig, "review_memberships", &id), "and is not asked for them");
    let asked = list(&referent, "");
    assert!(!asked.is_empty() && asked.iter().all(|it| it["organization"]["id"] == herault.as_str()), "{asked:?}");
    // Nobody answers for themselves: the référent's own is the administrator's to answer.
    let own = world.membership("referent-34", "prefectures");
    let by_admin = list(&admin, "&answered=false");
    let others: Vec<Value> = by_admin.iter().filter(|it| it["membership_id"] != own.as_str()).cloned().collect();
    assert!(others.len() < by_admin.len());
    assert_eq!(of(&asked), of(&others));
    let his = list(&director, "");
    assert!(!his.is_empty() && his.iter().all(|it| it["organization"]["id"] != herault.as_str()), "to each their own");
    assert_eq!(list(&referent, "&answered=true"), [json!(null); 0]);
    contributor.get(&format!("/membership-reviews/{id}/items")).refused(403, "forbidden");
    world.client("partner").get(&format!("/membership-reviews/{id}/items")).refused(404, "not_found");
    for client in [&referent, &admin, &director] {
        assert!(waits(client, "review_memberships", &id));
    }
    for item in &asked {
        let address = format!("/memberships/{}", item["membership_id"].as_str().unwrap());
        let answer = json!({"review_id": id, "outcome": "keep"});
        referent.act(&format!("{address}/review"), referent.get(&address).etag(), Some(answer)).expect(200);
    }
    assert!(!waits(&referent, "review_memberships", &id), "of all of theirs it was answered");
    let seat = format!("/memberships/{own}");
    let keep = json!({"review_id": id, "outcome": "keep"});
    referent.act(&format!("{seat}/review"), referent.get(&seat).etag(), Some(keep.clone())).refused(403, "forbidden");
    assert!(waits(&admin, "review_memberships", &id));
    admin.act(&format!("{seat}/review"), admin.get(&seat).etag(), Some(keep)).expect(200);
    assert!(!waits(&admin, "review_memberships", &id));
    assert!(waits(&director, "review_memberships", &id), "not of the director");
    let answered = list(&admin, "&answered=true");
    assert_eq!((of(&answered), of(&list(&admin, "&answered=false"))), (of(&by_admin), vec![]));
    let who = world.member("referent-34");
    for item in answered.into_iter().filter(|it| it["membership_id"] != own.as_str()) {
        assert_eq!((&item["outcome"], &item["answered_by"]), (&json!("keep"), &json!(who)));
        assert!(item["answered_at"].is_string() && item["member"]["display_name"].is_string(), "{item}");
    }
}
