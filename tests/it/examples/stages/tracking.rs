//! Follow-ups, actions, the matrix, indicators, the standard; announcements and notifications.

use serde_json::json;

use super::NONE;
use crate::examples::tour::Tour;

pub fn standing(tour: &mut Tour) {
    let (lead, sig, dicom) = ("lead-edito", "sig-admin", tour.world.organization("DICOM sociaux"));
    let held = json!({"axis": "network", "network_code": "edito", "organization_id": dicom, "held_on": "2026-11-20", "health": "amber",
        "summary": "Le plan éditorial attend la validation du cabinet.", "attendee_ids": [tour.world.member("contributor-sociaux")]});
    let follow_up = Tour::id(&tour.write(lead, "create_follow_up", "", held));
    let whole = json!({"axis": "network", "network_code": "edito", "held_on": "2026-11-24", "health": "green",
        "summary": "Les deux ateliers de novembre ont eu lieu."});
    tour.ask(lead, "create_follow_up", "", whole);
    let directorate = json!({"axis": "organization", "organization_id": dicom, "held_on": "2026-11-25", "health": "amber",
        "summary": "Deux postes restent à pourvoir."});
    tour.ask(sig, "create_follow_up", "", directorate);
    tour.read(lead, "get_follow_up", &follow_up, "");
    tour.write(lead, "create_follow_up_comment", &follow_up, json!({"body": "Le cabinet valide jeudi."}));
    tour.read(lead, "list_follow_up_comments", &follow_up, "");
    let decided = json!({"body": "Le plan éditorial paraît le 15 janvier.", "decided_on": "2026-11-20"});
    let decision = Tour::id(&tour.write(lead, "create_follow_up_decision", &follow_up, decided));
    tour.read(lead, "get_decision", &decision, "");
    tour.read(lead, "list_follow_up_decisions", &follow_up, "");
    tour.read(lead, "list_decisions", "", "?network_code=edito&count=exact");
    let given = json!({"title": "Transmettre le plan éditorial", "detail": "En deux pages, avec le calendrier des parutions.", "network_code": "edito",
        "owner_organization_id": dicom, "owner_member_id": tour.world.member("contributor-sociaux"), "follow_up_id": follow_up, "due_on": "2026-12-15"});
    let action = Tour::id(&tour.write(lead, "create_action_item", "", given));
    tour.read(lead, "get_action_item", &action, "");
    tour.read(lead, "list_action_items", "", "?network_code=edito&count=exact");
    pages(tour, &dicom);
    tour.read(lead, "list_follow_ups", "", "?network_code=edito&count=exact");
    tour.write(lead, "update_follow_up", &follow_up, json!({"health": "green"}));
    tour.write(lead, "update_decision", &decision, json!({"body": "Le plan éditorial paraît le 22 janvier."}));
    tour.write(lead, "update_action_item", &action, json!({"due_on": "2027-01-15"}));
    tour.write(lead, "complete_action_item", &action, NONE);
    tour.write(lead, "reopen_action_item", &action, NONE);
    tour.write(lead, "cancel_action_item", &action, NONE);
    tour.read(lead, "list_network_criteria", "", "");
    scored(tour);
    tour.write(sig, "update_network_criterion", "referents", json!({"weight": 15, "full_at": 0.9}));
}

/// The worker keeps scores at the end of a month: here they are kept as they stand.
fn scored(tour: &mut Tour) {
    let score = tour.read("lead-edito", "get_network_score", "edito", "");
    let (criteria, score) = (score.at("/criteria").to_string().replace('\'', "''"), score.at("/score"));
    tour.world.database.run(&format!(
        "INSERT INTO network_score (network_id, on_date, score, results, computed_at)
        SELECT id, '2026-11-30', {score}, '{criteria}', now() FROM network WHERE code = 'edito'"
    ));
    tour.read("lead-edito", "list_network_score_history", "edito", "");
}

fn pages(tour: &mut Tour, dicom: &str) {
    let (sig, lead) = ("sig-admin", "lead-edito");
    tour.read(lead, "get_network_tracking", "edito", "");
    tour.read(sig, "get_organization_tracking", dicom, "");
    tour.read(sig, "list_tracking_cells", "", &format!("?network_code=edito&dicom_id={dicom}"));
    tour.read(sig, "list_network_gaps", "edito", "?gap=vacant");
    for id in ["get_tracking_matrix", "get_tracking_matrix_csv", "get_tracking_matrix_svg"] {
        tour.read(sig, id, "", "");
    }
    // The worker publishes a day once it is over.
    tour.world
        .database
        .run("SELECT app.publish_indicators(day, 'recomputed') FROM unnest('{2026-09-30,2026-10-31}'::date[]) day");
    let query = "?group_by=network&metric=coverage&key=edito&from=2026-09-01&to=2026-12-01&step=month";
    for id in
        ["get_tracking_indicators", "get_tracking_indicators_csv", "get_tracking_indicators_svg", "get_tracking_trends"]
    {
        tour.read(sig, id, "", query);
    }
}

/// In a network of two, so that there is one reader.
pub fn announced(tour: &mut Tour) {
    let (lead, reader) = ("sig-coordinator", "member");
    let new = json!({"title": "Studios ouverts en janvier", "body": "Les créneaux sont **ouverts** ; réservez avant vendredi.",
        "network_code": "podcast"});
    let announcement = Tour::id(&tour.write(lead, "create_announcement", "", new));
    let changed = json!({"title": "Studios ouverts dès le 4 janvier"});
    tour.write(lead, "update_announcement", &announcement, changed);
    tour.write(lead, "publish_announcement", &announcement, NONE);
    let sent =
        "UPDATE delivery SET status = 'sent', sent_at = now() WHERE kind = 'announcement_published' AND member_id = ";
    tour.world.database.run(&format!("{sent}'{}'", tour.world.member(reader)));
    tour.write(reader, "mark_announcement_as_read", &announcement, NONE);
    tour.read(lead, "list_announcement_deliveries", &announcement, "");
    tour.read(lead, "get_announcement", &announcement, "");
    tour.read(lead, "list_announcements", "", "?network_code=podcast&count=exact");
    let all = tour.read(reader, "list_notifications", "", "?count=exact");
    let first = all.at("/items/0/id").as_str().unwrap_or_default().to_owned();
    tour.read(reader, "get_notification", &first, "");
    tour.write(reader, "mark_notification_as_read", &first, NONE);
    tour.write(reader, "mark_inbox_as_read", "", NONE);
    tour.write(lead, "withdraw_announcement", &announcement, NONE);
}
