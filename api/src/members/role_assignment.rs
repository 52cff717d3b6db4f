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

/// List role assignments.
///
/// Those in force: all for the SIG and the auditor, those over their organizations for directors and administrators,
/// one's own for everyone.
#[utoipa::path(tag = "roles", params(RoleAssignmentFilter, PageQuery), responses((status = 200, body = RoleAssignmentPage)))]
#[get("/role-assignments")]
async fn list_role_assignments(db: Db, list: Listing<RoleAssignmentFilter>) -> Answer<RoleAssignmentPage> {
    db.read(move |store| store.role_assignments(&list.filter, &list.page)).await
}

/// Give a role.
///
/// The SIG administrator may; a communication director gives `dicom_contributor` and `org_admin` within his own scope.
/// Nobody gives himself a role.
#[utoipa::path(tag = "roles", request_body = RoleAssignmentInput, responses((status = 201, body = RoleAssignmentView)))]
#[post("/role-assignments")]
async fn create_role_assignment(db: Db, new: Valid<RoleAssignmentInput>) -> Answer<RoleAssignmentView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_role_assignment(grant)
    })
    .await
}

/// Read a role assignment.
///
/// For its holder, the SIG, the auditor, and those who answer for the organization.
#[utoipa::path(tag = "roles", params(RoleAssignmentId), responses((status = 200, body = RoleAssignmentView)))]
#[get("/role-assignments/{id}")]
async fn get_role_assignment(db: Db, id: Path<RoleAssignmentId>) -> Answer<RoleAssignmentView> {
    db.read(move |store| store.role_assignment(*id)).await
}

/// Take a role back.
///
/// Those who may give it. It is gone for writes at once, and everywhere within two seconds.
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

/// Void a role assignment.
///
/// The SIG administrator may. For what should never have been: it stands on no day any more, and `as_of` shows none; the history keeps it with the
/// reason. What is over ends instead.
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
