//! The contract is what is committed, and holds together.

use std::collections::BTreeSet;

use persistence::CONSTRAINTS;
use serde_json::Value;

use crate::support::World;
use crate::support::contract::{operations, schema};
use crate::support::exempt::Exempt;

#[test]
fn the_committed_contract_is_the_one_we_serve() {
    let committed: Value = serde_json::from_str(include_str!("../../openapi/openapi.json")).unwrap();
    assert!(committed == api::document(), "run `cargo run -- openapi > openapi/openapi.json` and commit it");
    let served = World::shared().nobody().get("/openapi.json").expect(200).json();
    assert!(served == committed);
}

/// The conventions are served beside the contract, which links to them: as a whole, and each tag to its chapter.
#[test]
fn the_contract_links_to_its_conventions() {
    let world = World::shared();
    let nobody = world.nobody();
    let contract = nobody.get("/openapi.json").expect(200).json();
    assert_eq!(contract["info"]["version"], env!("CARGO_PKG_VERSION"));
    let page = |url: &str| {
        let page = nobody.get(url).expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.header("content-security-policy").contains("style-src 'sha256-"), "{url}");
        page.text()
    };
    let whole = page(contract["externalDocs"]["url"].as_str().unwrap());
    assert!(whole.contains("If-Match") && whole.contains("lang=\"en\""));
    let tags = contract["tags"].as_array().unwrap();
    for tag in tags {
        let (url, chapter) = tag["externalDocs"]["url"].as_str().unwrap().split_once('#').unwrap();
        assert!(page(url).contains(&format!("<h3 id=\"{chapter}\">")), "{chapter}");
        assert_eq!(tag["name"], chapter);
    }
    let order: Vec<_> = tags.iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    assert_eq!((order.len(), &order[..3]), (14, &["me", "search", "organizations"][..]), "in the order of need");
    assert!(page("/glossary").contains("rattachement"));
}

#[test]
fn every_reference_leads_somewhere_and_none_is_nullable() {
    fn walk(value: &Value) {
        if let Some(reference) = value.get("$ref") {
            schema(reference);
        }
        if let Some(choices) = value.get("oneOf").and_then(Value::as_array) {
            assert!(
                choices.iter().all(|choice| choice.get("type") != Some(&"null".into())),
                "a nullable reference: {value}"
            );
        }
        let inner = value.as_object().into_iter().flat_map(|object| object.values());
        inner.chain(value.as_array().into_iter().flatten()).for_each(walk);
    }
    walk(&api::document());
}

#[test]
fn every_operation_says_what_it_is_and_who_may() {
    let mut ids = BTreeSet::new();
    for operation in operations() {
        for key in ["summary", "description", "tags", "security", "x-authz", "responses"] {
            assert!(!operation.spec[key].is_null(), "{} lacks {key}", operation.id);
        }
        assert!(ids.insert(operation.id.clone()), "{} stands twice", operation.id);
        assert!(operation.id.contains('_'), "{} is no verb_noun", operation.id);
        let named = operation.path.matches('{').count();
        let declared =
            operation.spec["parameters"].as_array().into_iter().flatten().filter(|it| it["in"] == "path").count();
        assert_eq!(named, declared, "{} does not declare all of {}", operation.id, operation.path);
        assert!(operation.body().is_none_or(|body| !body["example"].is_null()), "{}: no example", operation.id);
    }
}

/// Identifiers and codes that people are not shown: what they lead to is read by itself, or is what was just sent.
const BARE: &[&str] = &[
    "ActionItem.follow_up_id",
    "AuditEvent.request_id",
    "Bound.member_id",
    "DataExport.member_id",
    "Decision.follow_up_id",
    "ExpertProposal.expertise_id",
    "FollowUpComment.follow_up_id",
    "Gap.seat_id",
    "Invitation.claimed_member_id",
    "Invitation.member_id",
    "Invitation.request_id",
    "InvitationAccepted.invitation_id",
    "InvitationAccepted.member_id",
    "JoinedMembership.network_id",
    "MatrixCell.network_code",
    "Membership.affiliation_id",
    "MembershipRequest.affiliation_id",
    "MembershipRequest.membership_id",
    "MembershipReviewItem.membership_id",
    "MyStanding.affiliation_id",
    "Notification.object_id",
    "OrganizationNode.parent_id",
    "Problem.successor_ids",
    "RoleAssignment.affiliation_id",
    "Subscription.membership_id",
];

#[test]
fn every_identifier_that_people_read_has_its_name_beside_it() {
    let contract = api::document();
    let schemas = contract["components"]["schemas"].as_object().unwrap();
    // What is answered, and all that it is made of; what is sent has identifiers alone.
    let mut answered = BTreeSet::new();
    let mut waiting: Vec<&Value> = contract["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values().map(|operation| &operation["responses"]))
        .collect();
    waiting.push(&contract["components"]["responses"]);
    while let Some(value) = waiting.pop() {
        if let Some(name) =
            value.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix("#/components/schemas/"))
            && answered.insert(name.to_owned())
        {
            waiting.push(&schemas[name]);
        }
        match value {
            Value::Object(fields) => {
                waiting.extend(fields.iter().filter(|(key, _)| *key != "example").map(|(_, it)| it));
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    let exempt = Exempt::of("bare identifiers", BARE, 25);
    let mut forgotten = Vec::new();
    // A plan of a reorganization is answered as it was sent.
    let sent = ["Operation", "Input", "OrganizationPlace", "OrganizationSuccessor", "SplitAssignment"];
    for name in answered.iter().filter(|name| !sent.iter().any(|end| name.ends_with(end))) {
        let Some(properties) = schemas[name]["properties"].as_object() else { continue };
        for property in properties.keys() {
            let stem = ["_id", "_ids", "_code"].iter().find_map(|end| property.strip_suffix(end));
            let Some(stem) = stem else { continue };
            let beside = [stem.to_owned(), format!("{stem}s"), format!("{stem}_name"), "name".to_owned()];
            let named = beside.iter().any(|it| properties.contains_key(it));
            let place = format!("{name}.{property}");
            if !named && !exempt.has(&place) {
                forgotten.push(place);
            }
        }
    }
    assert!(forgotten.is_empty(), "identifiers without a name beside them: {forgotten:?}");
    exempt.are_all_needed();
}

/// What the writer fills in, and what types that parse keep.
const OUR_KINDS: &[&str] = &["_created_by_", "_updated_by_", "_check", "granted_by"];
/// Tables without a write operation, and those whose references are locked before: no caller breaks their constraints.
const OUR_TABLES: &[&str] = &[
    "identity_",
    "external_id_",
    "source_",
    "service_account_",
    "tracking_cell_",
    "territory_",
    "organization_period_",
    // Its key has a meaning; the rest is kept by a trigger.
    "organization_siret_organization_id",
    "search_",
    // What they refer to is locked before.
    "invitation_",
    "membership_request_",
    "membership_review_answer_",
    "delivery_",
    "indicator_",
    "network_score_",
    "network_criterion_",
    "announcement_",
    "notification_",
    "follow_up_",
    "decision_",
    "action_item_",
    "task_",
];
/// What no caller can break: types that parse, what the trigger fills or was looked up.
const OURS: &[&str] = &[
    "member_id_fkey",
    "affiliation_member_id_fkey",
    "contact_network_id_fkey",
    "contact_owner_id_fkey",
    "expertise_endorsement_expertise_id_fkey",
    "expertise_endorsement_member_id_fkey",
    "expertise_request_asker_id_fkey",
    "expertise_request_expert_id_fkey",
    "expertise_request_term_id_fkey",
    "expertise_term_parent_id_fkey",
    "member_expertise_member_id_fkey",
    "member_expertise_term_id_fkey",
    "membership_member_id_fkey",
    "membership_network_id_fkey",
    "membership_organization_id_fkey",
    "membership_source_id_fkey",
    "role_assignment_member_id_fkey",
    "seat_network_id_fkey",
    "co_animation_network_id_fkey",
    "membership_review_network_id_fkey",
];

#[test]
fn every_constraint_that_a_caller_can_break_has_a_meaning() {
    let world = World::shared();
    let real: BTreeSet<_> = world
        .database
        .column(
            "SELECT conname::text AS it FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND (contype IN ('u', 'f', 'c', 'x') OR contype = 'p' AND conname !~ '_pkey$') \
             UNION SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indisunique AND NOT indisprimary AND relnamespace = 'public'::regnamespace",
        )
        .into_iter()
        .collect();
    let known: BTreeSet<_> = CONSTRAINTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let invented: Vec<_> = known.difference(&real).collect();
    assert!(invented.is_empty(), "constraints that do not exist: {invented:?}");
    let kinds = Exempt::of("kinds of constraints", OUR_KINDS, 4);
    let tables = Exempt::of("tables", OUR_TABLES, 22);
    let ours = Exempt::of("constraints", OURS, 20);
    let is_ours = |name: &&String| kinds.within(name) || tables.begins(name) || ours.has(name);
    let forgotten: Vec<_> = real.difference(&known).filter(|name| !is_ours(name)).collect();
    assert!(forgotten.is_empty(), "constraints without a meaning: {forgotten:?}");
    for exempt in [kinds, tables, ours] {
        exempt.are_all_needed();
    }
}
