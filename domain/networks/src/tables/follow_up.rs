//! Follow-ups, their comments and decisions: on the network axis the leads and the SIG write, on the organization axis
//! the SIG.

use chrono::TimeDelta;
use kernel::directory::OrganizationLife;
use kernel::{DecisionId, FollowUpId, NetworkId, OrganizationId, PrincipalId, Version, clock};
use personas::network::{EDITO, OMBRE, PREFECTURES};
use personas::{Checked, Table, at, closed, id, merged, organization, recorded, text, who};

use super::{code, name, visibility};
use crate::decision::{self, Decision};
use crate::follow_up::{
    Create, FollowUp, FollowUpAxis as Axis, FollowUpConfidentiality as Confidentiality, FollowUpInput, FollowUpScope,
    Health, Read, Subject, Update,
};
use crate::follow_up_comment;

fn scope(axis: Axis, network: NetworkId, organization: Option<OrganizationId>) -> FollowUpScope {
    FollowUpScope {
        axis,
        network_id: Some(network),
        organization_id: organization,
        interministerial: network == PREFECTURES,
        confidentiality: Confidentiality::Normal,
        attendee_ids: Vec::new(),
        created_by: who('A').into(),
        network_visibility: Some(visibility(network)),
    }
}

fn edito_sociaux() -> FollowUpScope {
    scope(Axis::Network, EDITO, Some(at::SOCIAUX))
}

/// With a directorate, about the réseau édito.
fn sociaux() -> FollowUpScope {
    scope(Axis::Organization, EDITO, Some(at::SOCIAUX))
}

fn secret() -> FollowUpScope {
    FollowUpScope { confidentiality: Confidentiality::Confidential, ..sociaux() }
}

/// The same, attended by a member and a partner: a partner does not read it for having attended.
fn secret_before_witnesses() -> FollowUpScope {
    FollowUpScope { attendee_ids: vec![who('M'), who('P')], ..secret() }
}

fn prefectures_34() -> FollowUpScope {
    scope(Axis::Network, PREFECTURES, Some(at::PREFECTURE_34))
}

fn ombre() -> FollowUpScope {
    scope(Axis::Network, OMBRE, None)
}

fn a_follow_up(scope: FollowUpScope) -> FollowUp {
    FollowUp {
        id: FollowUpId(id(65)),
        axis: scope.axis,
        network_code: scope.network_id.map(code),
        author: None,
        network_name: scope.network_id.map(name),
        organization: scope.organization_id.map(organization),
        referent: None,
        interministerial: scope.interministerial,
        held_on: recorded().date_naive(),
        health: Health::Green,
        summary: text("Tout va bien."),
        confidentiality: scope.confidentiality,
        attendee_ids: scope.attendee_ids.clone(),
        attendees: scope.attendee_ids.iter().copied().map(personas::member).collect(),
        scope,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

fn a_decision(scope: FollowUpScope) -> Decision {
    Decision {
        id: DecisionId(id(66)),
        follow_up_id: FollowUpId(id(65)),
        network_code: scope.network_id.map(code),
        network_name: scope.network_id.map(name),
        organization: scope.organization_id.map(organization),
        body: text("On continue."),
        decided_on: recorded().date_naive(),
        scope,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

fn to_record(scope: FollowUpScope, life: Option<OrganizationLife>) -> Subject {
    let new = FollowUpInput {
        axis: scope.axis,
        network_code: scope.network_id.map(code),
        organization_id: scope.organization_id,
        interministerial: scope.interministerial,
        held_on: kernel::Day(recorded().date_naive()),
        health: Health::Green,
        summary: text("Tout va bien."),
        confidentiality: None,
        attendee_ids: Vec::new(),
    };
    Subject { new, scope, life }
}

pub(super) fn tables() -> Vec<Checked> {
    let mut all = vec![reading(), creating(), updating(), commenting()];
    all.extend(deciding());
    all
}

fn reading() -> Checked {
    Table::<Read>::new()
        .who("edito, row of the directorate", &a_follow_up(edito_sociaux()), "++.+....+...... ......")
        .who("the directorate", &a_follow_up(sociaux()), "++.+....++..... ......")
        .who("the directorate, confidential", &a_follow_up(secret()), "++......+...... ......")
        .who("before witnesses", &a_follow_up(secret_before_witnesses()), "++......+..+... ......")
        .who("prefectures, row of the préfecture", &a_follow_up(prefectures_34()), "++...++........ ......")
        .who("ombre", &a_follow_up(ombre()), "++............. ......")
        .end()
}

fn creating() -> Checked {
    let on = |network| to_record(scope(Axis::Network, network, None), None);
    let no_topic =
        to_record(FollowUpScope { interministerial: false, ..scope(Axis::Network, PREFECTURES, None) }, None);
    let lost = Subject { scope: FollowUpScope { network_id: None, ..on(EDITO).scope }, ..on(EDITO) };
    let nameless = Subject { new: FollowUpInput { network_code: None, ..on(EDITO).new }, ..on(EDITO) };
    let about_nobody = to_record(scope(Axis::Organization, EDITO, None), None);
    let tomorrow =
        FollowUpInput { held_on: kernel::Day((clock::now() + TimeDelta::days(2)).date_naive()), ..on(EDITO).new };
    Table::<Create>::new()
        .who("edito", &on(EDITO), "++-+----------- ------")
        .who("prefectures, interministerial", &on(PREFECTURES), "++---+--------- ------")
        .who("prefectures", &no_topic, "++------------- ------")
        .who("ombre", &on(OMBRE), "++------------- ------")
        .who("a directorate", &to_record(sociaux(), None), "++------------- ------")
        .now("edito", &on(EDITO))
        .when("no such network", &lost, "invalid /network_code")
        .when("no network named", &nameless, "invalid /network_code")
        .when("no organization named", &about_nobody, "invalid /organization_id")
        .when("a merged organization", &to_record(sociaux(), Some(merged())), "superseded")
        .when("a closed organization", &to_record(sociaux(), Some(closed())), "illegal")
        .when("a day to come", &Subject { new: tomorrow, ..on(EDITO) }, "invalid /held_on")
        .end()
}

fn updating() -> Checked {
    Table::<Update>::new()
        .who("edito, row of the directorate", &a_follow_up(edito_sociaux()), "++.+....-...... ......")
        .who("the directorate", &a_follow_up(sociaux()), "++.-....--..... ......")
        .who("the directorate, confidential", &a_follow_up(secret()), "++......-...... ......")
        .who("before witnesses", &a_follow_up(secret_before_witnesses()), "++......-..-... ......")
        .who("prefectures, row of the préfecture", &a_follow_up(prefectures_34()), "++...+-........ ......")
        .who("ombre", &a_follow_up(ombre()), "++............. ......")
        .end()
}

fn commenting() -> Checked {
    Table::<follow_up_comment::Create>::new()
        .who("edito, row of the directorate", &a_follow_up(edito_sociaux()), "++.+....-...... ......")
        .who("the directorate", &a_follow_up(sociaux()), "++.-....+-..... ......")
        .who("the directorate, confidential", &a_follow_up(secret()), "++......+...... ......")
        .who("before witnesses", &a_follow_up(secret_before_witnesses()), "++......+..-... ......")
        .who("prefectures, row of the préfecture", &a_follow_up(prefectures_34()), "++...++........ ......")
        .who("ombre", &a_follow_up(ombre()), "++............. ......")
        .end()
}

fn deciding() -> Vec<Checked> {
    vec![
        Table::<decision::Read>::new()
            .who("edito, row of the directorate", &a_decision(edito_sociaux()), "++.+....+...... ......")
            .who("the directorate, confidential", &a_decision(secret()), "++......+...... ......")
            .end(),
        Table::<decision::Create>::new()
            .who("edito, row of the directorate", &a_follow_up(edito_sociaux()), "++.+....-...... ......")
            .who("the directorate", &a_follow_up(sociaux()), "++.-....--..... ......")
            .who("the directorate, confidential", &a_follow_up(secret()), "++......-...... ......")
            .end(),
        Table::<decision::Update>::new()
            .who("edito, row of the directorate", &a_decision(edito_sociaux()), "++.+....-...... ......")
            .who("the directorate", &a_decision(sociaux()), "++.-....--..... ......")
            .who("the directorate, confidential", &a_decision(secret()), "++......-...... ......")
            .end(),
    ]
}
