//! Organizations, what they were, and how they are linked: kept by the SIG, read by insiders.

use kernel::directory::{OrganizationKind, OrganizationStatus};
use kernel::{MemberOrigin, OrganizationId, OrganizationLinkId, PrincipalId, Validity, Version};
use personas::{Checked, Table, alive, at, closed, id, in_force, merged, over, recorded, text};

use crate::contact::ContactPoints;
use crate::organization::{Close, Create, Organization, Read, Release, Update, UpdateContacts};
use crate::organization_link::{self as links, LinkKind, OrganizationLink};
use crate::organization_period::{ListPeriods, ListTree};

fn an_organization(id: OrganizationId, status: OrganizationStatus) -> Organization {
    Organization {
        id,
        kind: OrganizationKind::Ministry,
        prefecture_level: None,
        origin_override: None,
        origin: MemberOrigin::Ministry,
        name: text("Organisation"),
        short_name: None,
        aliases: Vec::new(),
        parent_id: None,
        parent: None,
        siren: None,
        sirets: Vec::new(),
        territory_code: None,
        territory: None,
        email_domains: Vec::new(),
        website: None,
        contact_points: ContactPoints::default(),
        successor_ids: vec![at::JUSTICE],
        successors: vec![personas::organization(at::JUSTICE)],
        status,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
        field_sources: kernel::FieldSources::default(),
    }
}

fn active(id: OrganizationId) -> Organization {
    an_organization(id, OrganizationStatus::Active)
}

fn a_link(valid: Validity) -> OrganizationLink {
    OrganizationLink {
        id: OrganizationLinkId(id(71)),
        from_id: at::SOCIAUX,
        from: personas::organization(at::SOCIAUX),
        to_id: at::TRAVAIL,
        to: personas::organization(at::TRAVAIL),
        kind: LinkKind::Serves,
        valid,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

pub(super) fn tables() -> Vec<Checked> {
    let mut all = of_organizations();
    all.extend(of_links());
    all.push(Table::<ListPeriods>::new().who("any", &(), "++++++++++++--+ ++++--").end());
    all.push(Table::<ListTree>::new().who("any", &(), "++++++++++++--+ ++++--").end());
    all
}

fn of_organizations() -> Vec<Checked> {
    let (merged_one, closed_one) = (
        an_organization(at::TRAVAIL, OrganizationStatus::Merged),
        an_organization(at::TRAVAIL, OrganizationStatus::Closed),
    );
    vec![
        Table::<Read>::new().who("any", &active(at::SIG), "+++++++++++++++ ++++++").end(),
        Table::<Create>::new()
            .who("below a ministry", &Some((at::SOCIAUX, alive())), "++------------- ------")
            .who("below a préfecture", &Some((at::PREFECTURE_34, alive())), "++------------+ ------")
            .who("below nothing", &None, "++------------- ------")
            .now("below a ministry", &Some((at::SOCIAUX, alive())))
            .now("below nothing", &None)
            .when("below one that was merged", &Some((at::SOCIAUX, merged())), "superseded")
            .when("below one that was closed", &Some((at::SOCIAUX, closed())), "illegal")
            .end(),
        Table::<Update>::new()
            .who("a directorate", &active(at::SOCIAUX), "++------------- ------")
            .who("a préfecture", &active(at::PREFECTURE_34), "++------------+ ------")
            .now("active", &active(at::SOCIAUX))
            .when("merged", &merged_one, "superseded")
            .when("closed", &closed_one, "illegal")
            .end(),
        Table::<Release>::new()
            .who("any", &active(at::PREFECTURE_34), "++------------- ------")
            .now("active", &active(at::SOCIAUX))
            .when("merged", &merged_one, "superseded")
            .when("closed", &closed_one, "illegal")
            .end(),
        Table::<UpdateContacts>::new()
            .who("the SIG", &active(at::SIG), "++------------- ------")
            .who("a préfecture", &active(at::PREFECTURE_34), "++------------+ ------")
            .who("a directorate", &active(at::SOCIAUX), "++------+------ ------")
            .who("a ministry that it serves", &active(at::TRAVAIL), "++------+------ ------")
            .who("another ministry", &active(at::JUSTICE), "++------------- +-----")
            .now("active", &active(at::SOCIAUX))
            .when("merged", &merged_one, "superseded")
            .when("closed", &closed_one, "illegal")
            .end(),
        Table::<Close>::new()
            .who("any", &active(at::SOCIAUX), "++------------- ------")
            .now("active", &active(at::SOCIAUX))
            .when("merged", &merged_one, "superseded")
            .when("closed", &closed_one, "illegal")
            .end(),
    ]
}

fn of_links() -> Vec<Checked> {
    vec![
        Table::<links::List>::new().who("any", &(), "++++++++++++--+ ++++--").end(),
        Table::<links::Read>::new().who("any", &a_link(in_force()), "++++++++++++..+ ++++..").end(),
        Table::<links::Create>::new()
            .who("any", &vec![alive(), alive()], "++------------- ------")
            .now("two that live", &vec![alive(), alive()])
            .when("one was merged", &vec![alive(), merged()], "superseded")
            .when("one was closed", &vec![closed(), alive()], "illegal")
            .end(),
        Table::<links::Void>::new().who("any", &a_link(in_force()), "++----------..- ----..").end(),
        Table::<links::End>::new()
            .who("any", &a_link(in_force()), "++----------..- ----..")
            .now("in force", &a_link(in_force()))
            .when("over", &a_link(over()), "illegal")
            .end(),
    ]
}
