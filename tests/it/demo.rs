//! The demo data has every case that the service knows, at the real orders of magnitude, and no real address.

use crate::support::World;

fn number(sql: &str) -> i64 {
    World::shared().database.one(&format!("SELECT ({sql})::text AS it")).parse().unwrap()
}

#[test]
fn every_case_occurs() {
    let organizations = number("SELECT count(*) FROM organization WHERE status = 'active'");
    assert!((1400..1700).contains(&organizations), "{organizations}");
    let members = number("SELECT count(*) FROM member");
    assert!((5000..5500).contains(&members), "{members}");
    let memberships = number("SELECT count(*) FROM membership");
    assert!((19_000..=26_000).contains(&memberships), "{memberships}");
    assert_eq!(number("SELECT count(DISTINCT kind) FROM organization"), 10);
    assert_eq!(number("SELECT count(DISTINCT origin) FROM organization"), 8, "the eight origins of the brief");
    assert_eq!(number("SELECT count(DISTINCT role) FROM membership"), 6);
    assert_eq!(number("SELECT count(DISTINCT role) FROM role_assignment"), 7);
    assert_eq!(
        number(
            "SELECT count(*) FROM network n WHERE NOT EXISTS (SELECT FROM membership m WHERE m.network_id = n.id AND m.role = 'lead' AND upper_inf(m.valid))"
        ),
        0
    );
    for gap in ["vacant", "expired", "overfilled", "unqualified"] {
        assert!(
            number(&format!("SELECT count(*) FROM seat, app.seat_state(seat, now()) s WHERE '{gap}' = ANY (s.gaps)"))
                > 0,
            "{gap}"
        );
    }
    for (what, sql) in [
        ("leavers", "SELECT count(*) FROM member WHERE status = 'departed'"),
        ("invited", "SELECT count(*) FROM member WHERE status = 'invited'"),
        ("suspended", "SELECT count(*) FROM member WHERE status = 'suspended'"),
        (
            "moves",
            "SELECT count(*) FROM affiliation a WHERE NOT upper_inf(valid) AND EXISTS (SELECT FROM affiliation b WHERE b.member_id = a.member_id AND lower(b.valid) = upper(a.valid))",
        ),
        (
            "two affiliations at once",
            "SELECT count(*) FROM affiliation a JOIN affiliation b USING (member_id) WHERE a.id < b.id AND a.valid && b.valid",
        ),
        ("merged", "SELECT count(*) FROM organization WHERE status = 'merged' AND successor_ids <> '{}'"),
        ("renamed", "SELECT count(*) FROM organization_period WHERE NOT upper_inf(valid) AND status = 'active'"),
        ("restricted cards", "SELECT count(*) FROM member WHERE profile_visibility <> 'all_members'"),
        (
            "a DICOM of three",
            "SELECT count(*) FROM (SELECT from_id FROM organization_link l JOIN organization o ON o.id = l.to_id WHERE l.kind = 'serves' AND o.kind = 'ministry' GROUP BY 1 HAVING count(*) = 3) x",
        ),
        (
            "two DICOMs of one",
            "SELECT count(*) FROM (SELECT to_id FROM organization_link WHERE kind = 'serves' GROUP BY 1 HAVING count(*) = 2) x",
        ),
    ] {
        assert!(number(sql) > 0, "{what}");
    }
    assert_eq!(number("SELECT count(*) FROM member WHERE email NOT LIKE '%.example'"), 0);
    assert_eq!(number("SELECT count(*) FROM territory WHERE kind = 'region'"), 18);
    assert_eq!(number("SELECT count(*) FROM territory WHERE kind = 'department'"), 101);
    assert_eq!(
        number(
            "SELECT count(DISTINCT territory_code) FROM organization WHERE kind = 'prefecture' AND territory_code LIKE 'dep-%'"
        ),
        101
    );
    assert_eq!(number("SELECT count(*) FROM organization WHERE prefecture_level = 'region'"), 18);
}

#[test]
fn networks_and_directorates_are_followed_up() {
    for (what, sql) in [
        ("both axes", "SELECT count(DISTINCT axis) - 1 FROM follow_up"),
        ("confidential", "SELECT count(*) FROM follow_up WHERE confidentiality = 'confidential'"),
        ("decisions", "SELECT count(*) FROM decision"),
        ("overdue", "SELECT count(*) FROM action_item WHERE status = 'open' AND due_on < current_date"),
        ("to be done", "SELECT count(*) FROM action_item WHERE status = 'open' AND due_on > current_date"),
        ("done", "SELECT count(*) FROM action_item WHERE status = 'done'"),
        ("joined", "SELECT count(*) FROM membership_request WHERE membership_id IS NOT NULL"),
        ("reviewed", "SELECT count(*) FROM membership_review_answer"),
    ] {
        assert!(number(sql) > 0, "{what}");
    }
    assert_eq!(number("SELECT count(DISTINCT health) FROM follow_up"), 3);
    let page = World::shared().client("sig-admin").get("/tracking/networks/crise").expect(200).json();
    assert!(page["health"].is_string() && !page["action_items"].as_array().unwrap().is_empty(), "{page}");
}

/// What the first steps of the documentation, and many tests, begin with.
#[test]
fn edito_and_the_directorate_of_the_social_ministries_begin_with_nothing_to_follow_up() {
    let of = "network_id = (SELECT id FROM network WHERE code = 'edito')";
    let dicom = World::shared().organization("DICOM sociaux");
    for sql in [
        format!("SELECT count(*) FROM follow_up WHERE {of} OR organization_id = '{dicom}'"),
        format!("SELECT count(*) FROM action_item WHERE {of} OR owner_organization_id = '{dicom}'"),
        format!("SELECT count(*) FROM membership_review WHERE {of}"),
        format!("SELECT count(*) FROM membership_request WHERE {of}"),
    ] {
        assert_eq!(number(&sql), 0, "{sql}");
    }
}

#[test]
fn every_kind_of_help_occurs() {
    let experts = number("SELECT count(DISTINCT member_id) FROM member_expertise");
    assert!((400..=900).contains(&experts), "{experts}");
    assert_eq!(number("SELECT count(DISTINCT sharing) FROM contact"), 3);
    assert_eq!(number("SELECT count(*) FROM contact WHERE email NOT LIKE '%.example'"), 0);
    assert_eq!(number("SELECT count(DISTINCT level) FROM member_expertise"), 4);
    assert_eq!(number("SELECT count(DISTINCT decision) FROM expertise_request"), 4);
    assert_eq!(
        number(
            "SELECT count(*) FROM network n WHERE NOT EXISTS (SELECT FROM expertise_term t WHERE n.id = ANY (t.network_ids))"
        ),
        0,
        "each of the thirteen networks has its terms"
    );
    assert!(number("SELECT count(*) FROM expertise_term WHERE cardinality(synonyms) > 0") >= 45);
    for (what, sql) in [
        (
            "masters two things",
            "SELECT count(*) FROM (SELECT member_id FROM member_expertise GROUP BY 1 HAVING count(*) > 1) x",
        ),
        ("unavailable", "SELECT count(*) FROM member_expertise WHERE NOT available_to_help"),
        ("endorsed", "SELECT count(*) FROM member_expertise WHERE endorsements > 1"),
        (
            "offered by one who left",
            "SELECT count(*) FROM member_expertise e JOIN member m ON m.id = e.member_id WHERE m.departed_at IS NOT NULL AND available_to_help",
        ),
        (
            "offered on a card kept to few",
            "SELECT count(*) FROM member_expertise e JOIN member m ON m.id = e.member_id WHERE m.profile_visibility <> 'all_members' AND available_to_help",
        ),
        ("contacts of services", "SELECT count(*) FROM contact WHERE kind = 'service'"),
        ("contacts put away", "SELECT count(*) FROM contact WHERE archived_at IS NOT NULL"),
        ("contacts to review", "SELECT count(*) FROM contact WHERE review_by < '2026-01-01'"),
    ] {
        assert!(number(sql) > 0, "{what}");
    }
}
