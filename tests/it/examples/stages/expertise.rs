//! Terms, what members master, who asks whom, and contacts.

use serde_json::json;

use super::NONE;
use crate::examples::tour::Tour;

pub fn standing(tour: &mut Tour) {
    let (sig, member, lead) = ("sig-coordinator", "member", "lead-edito");
    let new = json!({"code": "podcast-natif", "label": "Podcast natif", "label_en": "Native podcasts", "synonyms": ["baladodiffusion"],
        "parent_code": "podcast", "network_codes": ["edito"]});
    tour.write(sig, "create_expertise_term", "", new);
    tour.read(member, "get_expertise_term", "podcast-natif", "");
    tour.read(member, "list_expertise_terms", "", "?q=podcast");
    tour.write(
        sig,
        "update_expertise_term",
        "podcast-natif",
        json!({"synonyms": ["baladodiffusion", "émission à écouter"]}),
    );
    tour.write(sig, "retire_expertise_term", "podcast-natif", NONE);

    let own = tour.world.member(member);
    let masters = json!({"term_code": "podcast", "level": "expert", "available_to_help": true});
    let expertise = Tour::id(&tour.write(member, "create_member_expertise", &own, masters));
    tour.write(lead, "endorse_member_expertise", &expertise, NONE);
    tour.read(lead, "get_member_expertise", &expertise, "");
    tour.read(lead, "list_member_expertise", &own, "");
    tour.write(member, "update_member_expertise", &expertise, json!({"level": "reference"}));
    tour.write(member, "confirm_member_expertise", &expertise, NONE);
    tour.write(member, "end_member_expertise", &expertise, NONE);
    requests(tour);
}

fn requests(tour: &mut Tour) {
    let (member, expert) = ("member", "colead-dinum");
    let term = |tour: &Tour| {
        let known = format!(
            "SELECT t.code AS it FROM member_expertise e JOIN expertise_term t ON t.id = e.term_id WHERE e.member_id = '{}' AND upper_inf(e.valid) ORDER BY 1 LIMIT 1",
            tour.world.member(expert)
        );
        tour.world.database.column(&known).pop()
    };
    let mut body = json!({"expert_id": tour.world.member(expert), "need": "Un retour sur votre chatbot vocal : coûts, délais, ce que vous referiez autrement."});
    if let Some(term) = term(tour) {
        body["term_code"] = term.into();
    }
    let asked = Tour::id(&tour.write(member, "create_expertise_request", "", body.clone()));
    tour.read(expert, "get_expertise_request", &asked, "");
    tour.read(expert, "list_expertise_requests", "", "?role=received");
    tour.write(expert, "accept_expertise_request", &asked, NONE);
    tour.read(member, "match_expertise", "", "?need=retour%20sur%20chatbot%20vocal");
    body["need"] = "Relire notre cahier des charges d’ici à vendredi.".into();
    let second = Tour::id(&tour.ask(member, "create_expertise_request", "", body.clone()));
    tour.write(expert, "decline_expertise_request", &second, json!({"reason": "Absent ce mois-ci."}));
    body["need"] = "Une heure d’échange sur l’accessibilité du chatbot.".into();
    let third = Tour::id(&tour.ask(member, "create_expertise_request", "", body));
    tour.write(member, "withdraw_expertise_request", &third, NONE);
}

pub fn contacts(tour: &mut Tour) {
    let lead = "lead-edito";
    let new = json!({"kind": "person", "given_name": "Camille", "name": "Exemple", "organization_name": "Agence de presse exemple",
        "role_title": "Cheffe de rubrique", "email": "camille.exemple@presse.example", "phones": ["01 23 45 67 89"], "website": "https://presse.example",
        "note": "À joindre le matin.", "sharing": "network", "network_code": "veille", "review_by": "2027-06-30"});
    let contact = Tour::id(&tour.write(lead, "create_contact", "", new));
    tour.read(lead, "get_contact", &contact, "");
    tour.read(lead, "get_contact_vcard", &contact, "");
    tour.read(lead, "list_contacts", "", "?q=exemple");
    tour.write(
        lead,
        "update_contact",
        &contact,
        json!({"role_title": "Rédactrice en chef", "review_by": "2027-12-31"}),
    );
    tour.write(lead, "archive_contact", &contact, NONE);
}
