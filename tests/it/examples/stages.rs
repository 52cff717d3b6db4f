//! The order of the tour: what is read comes after what makes it rich, and what takes something away comes last.

mod expertise;
mod members;
mod networks;
mod organizations;
mod tracking;

use serde_json::{Value, json};

use super::tour::Tour;
use crate::joining::{SIRET, code, known_by_siret};

const NONE: Value = Value::Null;

/// All but the first logins: without the worker nothing happens by itself.
pub fn without_worker() -> Tour {
    let mut tour = Tour::over(&[("DIAPASON_NO_WORKER", "1")]);
    // The demo's dates of actions follow the day on which it is loaded.
    tour.world.database.run(
        "UPDATE network SET join_policy = 'request' WHERE code = 'edito';
        UPDATE action_item SET due_on = due_on + (date '2026-12-01' - (now() AT TIME ZONE 'Europe/Paris')::date) WHERE status = 'open'",
    );
    organizations::standing(&mut tour);
    networks::standing(&mut tour);
    members::standing(&mut tour);
    tracking::standing(&mut tour);
    networks::joined(&mut tour);
    expertise::standing(&mut tour);
    expertise::contacts(&mut tour);
    tracking::announced(&mut tour);
    members::scripted(&mut tour);
    members::own(&mut tour);
    networks::ended(&mut tour);
    members::left(&mut tour);
    organizations::reorganized(&mut tour);
    platform(&mut tour);
    tour
}

fn platform(tour: &mut Tour) {
    tour.read("member", "list_enums", "", "");
    tour.read("member", "list_territories", "", "?kind=department");
    tour.read("sig-admin", "list_audit_events", "", "?action=apply_reorganization");
    tour.read("member", "search_directory", "", "?q=prefecture%20herault");
    tour.read("member", "suggest_names", "", "?q=perignan");
}

/// Codes are sent by the worker.
pub fn first_logins() -> Tour {
    let mut tour = Tour::over(&[]);
    known_by_siret(&tour.world);
    let place = tour.world.organization("MTRAV");
    let nominate = |tour: &mut Tour, given_name: &str, usual_name: &str, email: &str| {
        let invitee =
            json!({"given_name": given_name, "usual_name": usual_name, "email": email, "organization_id": place});
        let body = json!({"kind": "nomination", "role": "deputy", "invitee": invitee});
        tour.client("director-sociaux").post("/networks/marque/requests", body).expect(201);
        json!({"code": code(email), "notification_level": "digest"})
    };
    let bound = nominate(&mut tour, "Noé", "Vidal", "noe.vidal@exemples.example");
    let newcomer = tour.world.subject("exemple-noe", Some(SIRET));
    tour.keep(&newcomer, "accept_invitation", "", "", bound);
    let claimed = nominate(&mut tour, "Éva", "Morin", "eva.morin@exemples.example");
    let stranger = tour.world.subject("exemple-eva", None);
    let shown = stranger.post("/me/invitations/accept", claimed).expect(200);
    tour.write("sig-coordinator", "confirm_invitation", &shown.str("/invitation_id"), NONE);
    tour
}
