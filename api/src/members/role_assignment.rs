//! HTTP of role assignments.

use ::members::affiliation::Ending;
use ::members::role_assignment::{
    Create, End, RoleAssignmentFilter, RoleAssignmentInput, RoleAssignmentPage, RoleAssignmentView, Void,
};
use actix_web::web::Path;
use actix_web::{get, post};
use kernel::{PageQuery, RoleAssignmentId, Voided, Voiding};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_role_assignments).service(create_role_assignment);
    config.service(get_role_assignment).service(end_role_assignment).service(void_role_assignment);
}

/// List role assignments
///
/// Returns roles in force now, or on the day of `as_of`, the oldest recorded first.
///
/// **Access**: every registered caller, for their own roles; SIG coordinators, SIG administrators and auditors, for
/// all. Communication directors and organization administrators also see roles over the organizations of their scope.
#[utoipa::path(tag = "roles", params(RoleAssignmentFilter, PageQuery), responses((status = 200, body = RoleAssignmentPage)))]
#[get("/role-assignments")]
async fn list_role_assignments(db: Db, list: Listing<RoleAssignmentFilter>) -> Answer<RoleAssignmentPage> {
    db.read(move |store| store.role_assignments(&list.filter, &list.page)).await
}

/// Create a role assignment
///
/// Gives a member a role through one of their affiliations, from now on or from `valid_from`. Returns the role
/// assignment.
///
/// **Access**: SIG administrators. Communication directors give `dicom_contributor` and `org_admin`, if the
/// organization, all below it and the affiliation are in their scope. Nobody gives a role to themselves.
///
/// **Errors**: 409 `overlap` when the same role is held at that time. 409 `superseded` when the organization was merged
/// or split, 409 `invalid_transition` when it is closed. 422 at `/organization_id` when it is missing or does not
/// belong to the role. 422 at `/affiliation_id` when that affiliation is not in force, at `/valid_to` when it is not
/// after the beginning.
///
/// **Notes**: The role ends with the affiliation at the latest.
#[utoipa::path(tag = "roles", request_body = RoleAssignmentInput, responses((status = 201, body = RoleAssignmentView)))]
#[post("/role-assignments")]
async fn create_role_assignment(db: Db, new: Valid<RoleAssignmentInput>) -> Answer<RoleAssignmentView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_role_assignment(grant)
    })
    .await
}

/// Get a role assignment
///
/// Returns one role assignment, past or present.
///
/// **Access**: the holder; SIG coordinators, SIG administrators, auditors; communication directors and organization
/// administrators whose scope holds the organization. To others it does not exist (404).
#[utoipa::path(tag = "roles", params(RoleAssignmentId), responses((status = 200, body = RoleAssignmentView)))]
#[get("/role-assignments/{id}")]
async fn get_role_assignment(db: Db, id: Path<RoleAssignmentId>) -> Answer<RoleAssignmentView> {
    db.read(move |store| store.role_assignment(*id)).await
}

/// End a role assignment
///
/// Takes the role back now, or at the time in `at`. Returns the role assignment.
///
/// **Access**: SIG administrators; communication directors for `dicom_contributor` and `org_admin` over organizations
/// of their scope.
///
/// **Errors**: 409 `invalid_transition` when the role is over. 409 `last_admin` when it is the last SIG administrator.
/// 422 when `at` is in the past.
///
/// **Notes**: Writes of the holder are refused at once, reads within two seconds.
#[utoipa::path(tag = "roles", params(RoleAssignmentId, IfMatch), request_body = Ending, responses((status = 200, body = RoleAssignmentView)))]
#[post("/role-assignments/{id}/end")]
async fn end_role_assignment(
    db: Db,
    id: Path<RoleAssignmentId>,
    seen: IfMatch,
    ending: Valid<Ending>,
) -> Answer<RoleAssignmentView> {
    db.write(move |store| {
        let grant = store.authorize(End(*id))?;
        store.end_role_assignment(grant, seen.0, &ending.0)
    })
    .await
}

/// Void a role assignment
///
/// Takes back a role that should never have been given. It no longer exists on any day, `as_of` included; the history
/// keeps it with the reason. Returns what was voided.
///
/// **Access**: SIG administrators.
///
/// **Errors**: 409 `last_admin` when it is the last SIG administrator.
///
/// **Notes**: To finish a role that was right, end it instead.
#[utoipa::path(tag = "roles", params(RoleAssignmentId, IfMatch), request_body = Voiding, responses((status = 200, body = Voided)))]
#[post("/role-assignments/{id}/void")]
async fn void_role_assignment(
    db: Db,
    id: Path<RoleAssignmentId>,
    seen: IfMatch,
    voiding: Valid<Voiding>,
) -> Answer<Voided> {
    db.write(move |store| {
        let grant = store.authorize(Void(*id))?;
        store.void_role_assignment(grant, seen.0, voiding.0.reason.clone())
    })
    .await
}
