//! Who succeeds keeps the history: what was followed up with an organization that went into another, or was split.

use serde_json::{Value, json};

use crate::reorganization::{apply, existing, merge, new};
use crate::support::{Client, World};

fn held(client: &Client, summary: &str, more: &Value) -> String {
    let mut body = json!({"held_on": "2026-11-10", "health": "amber", "summary": summary});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post("/follow-ups", body).expect(201).header("location").to_owned()
}

fn summaries(items: &[Value]) -> Vec<&str> {
    items.iter().map(|it| it["summary"].as_str().unwrap()).collect()
}

/// Follow-ups with a ministry that will be merged and a prefecture that will be split, what was decided, what was done.
struct Past {
    travail: String,
    sante: String,
    herault: String,
    open: String,
    secret: String,
    row: String,
    action: String,
}

impl Past {
    fn of(world: &World) -> Self {
        let [travail, sante, herault] =
            ["MTRAV", "MSANTE", "Préfecture de l'Hérault"].map(|name| world.organization(name));
        let sig = world.client("sig-admin");
        let with = json!({"axis": "organization", "organization_id": travail});
        let open = held(&sig, "Point avec le Travail", &with);
        let mut private = with;
        private["confidentiality"] = "confidential".into();
        let secret = held(&sig, "Tensions au Travail", &private);
        let row = json!({"axis": "network", "network_code": "prefectures", "organization_id": herault});
        let row = held(&sig, "Point avec le référent", &row);
        let decided = json!({"body": "La charte change.", "decided_on": "2026-11-10"});
        sig.post(&format!("{open}/decisions"), decided).expect(201);
        let action = json!({"title": "Livrer la charte", "owner_organization_id": travail, "due_on": "2026-11-20"});
        let action = sig.post("/action-items", action).expect(201);
        sig.act(&format!("{}/complete", action.header("location")), action.etag(), None).expect(200);
        let action = action.header("location").to_owned();
        Self { travail, sante, herault, open, secret, row, action }
    }

    /// The ministry goes into another; the référent's half of the prefecture is not the one that gets the rest.
    fn ends(&self, world: &World) {
        let split = json!({"type": "split", "organization_id": self.herault, "default_successor": {"ref": "plaine"},
            "assignments": [{"affiliation_id": world.affiliation("referent-34"), "successor": {"ref": "cevennes"}}],
            "successors": [new("plaine", "Préfecture de la Plaine", "prefecture"), new("cevennes", "Préfecture des Cévennes", "prefecture")]});
        apply(&world.client("sig-admin"), &json!([merge(&[&self.travail], &existing(&self.sante)), split]));
    }
}

#[test]
fn who_succeeds_reads_what_was_followed_up_before() {
    let world = World::demo();
    let it = Past::of(&world);
    it.ends(&world);
    let [sig, director, contributor, referent, member] =
        ["sig-admin", "director-sociaux", "contributor-sociaux", "referent-34", "member"].map(|who| world.client(who));
    // Each under the name it had; what is confidential stays with those whom it concerns.
    for address in [&it.open, &it.secret] {
        assert_eq!(director.get(address).expect(200).str("/organization/id"), it.travail);
    }
    director.post(&format!("{}/comments", it.open), json!({"body": "Repris."})).expect(201);
    contributor.get(&it.open).expect(200);
    contributor.get(&it.secret).refused(404, "not_found");
    assert_eq!(referent.get(&it.row).expect(200).str("/organization/id"), it.herault);
    referent.get(&it.open).refused(404, "not_found");
    let list = |organization: &str| director.walk(&format!("/follow-ups?limit=1&organization_id={organization}"));
    let both = ["Tensions au Travail", "Point avec le Travail"];
    assert_eq!((summaries(&list(&it.sante)), summaries(&list(&it.travail))), (both.to_vec(), both.to_vec()));
    let decided = director.walk(&format!("/decisions?organization_id={}", it.sante));
    assert_eq!((decided.len(), &decided[0]["organization"]["id"]), (1, &json!(it.travail)));
    let done = director.walk(&format!("/action-items?owner_organization_id={}&status=done", it.sante));
    assert_eq!((done.len(), done[0]["title"].as_str()), (1, Some("Livrer la charte")));
    let done = sig.get(&it.action).expect(200);
    let again = sig.act(&format!("{}/reopen", it.action), done.etag(), None).refused(409, "superseded");
    assert_eq!(again.at("/successor_ids"), json!([it.sante]), "nothing is taken up again for what is no more");

    // Both pages answer, the old one with its successor.
    let page = |client: &Client, organization: &str| client.get(&format!("/tracking/organizations/{organization}"));
    for (organization, successors) in [(&it.travail, Some(json!([it.sante]))), (&it.sante, None)] {
        let page = page(&director, organization).expect(200).json();
        assert_eq!(page.get("successor_ids").cloned(), successors);
        assert_eq!(page["organization"]["id"], organization.as_str());
        assert_eq!(summaries(page["follow_ups"].as_array().unwrap()), both);
        assert_eq!(page["decisions"][0]["body"], "La charte change.");
    }
    let seen = page(&contributor, &it.sante).expect(200).at("/follow_ups");
    assert_eq!(summaries(seen.as_array().unwrap()), ["Point avec le Travail"]);
    page(&member, &it.travail).refused(403, "forbidden");
    page(&member, &it.sante).refused(403, "forbidden");

    // And again, when the successor goes on in another.
    let heir = world.organization("Ministère des Solidarités");
    apply(&sig, &json!([merge(&[&it.sante], &existing(&heir))]));
    assert_eq!(director.get(&it.secret).expect(200).str("/organization/id"), it.travail);
    assert_eq!(summaries(&director.walk(&format!("/follow-ups?organization_id={heir}"))), both);
}
