//! HTTP of shared contacts.

use ::expertise::contact::{
    Archive, Contact, ContactFilter, ContactInput, ContactPage, ContactPatch, ContactView, Create, SharedContactKind,
    Update,
};
use actix_web::web::Path;
use actix_web::{HttpResponse, get, patch, post};
use kernel::{ContactId, PageQuery, VcardQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Query, Valid};
use crate::problem::Problem;
use crate::vcard::{self, Card};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    // `{id}` would match `{id}.vcf` too.
    config.service(get_contact_vcard);
    config.service(list_contacts).service(create_contact).service(get_contact).service(update_contact);
    config.service(archive_contact);
}

/// List shared contacts
///
/// Returns the contacts that the caller may see, by name. Archived contacts are left out unless `archived=true`, which
/// lists only these.
///
/// **Access**: as for `GET /contacts/{id}`. For all other callers, partners and observers among them, the list is
/// empty.
#[utoipa::path(tag = "contacts", params(ContactFilter, PageQuery), responses((status = 200, body = ContactPage)))]
#[get("/contacts")]
async fn list_contacts(db: Db, list: Listing<ContactFilter>) -> Answer<ContactPage> {
    db.read(move |store| store.contacts(list.filter.clone(), &list.page)).await
}

/// Create a shared contact
///
/// Records a person or a service without an account, kept by an organization of the caller. Returns the contact.
///
/// **Access**: all members but partners and observers.
///
/// **Errors**: 422 at `/network_code` if a network is named although `sharing` is not `network`, or the reverse. 422 at
/// `/owner_id` if the caller is not affiliated to that organization. 409 `superseded` if the organization where the
/// contact works was merged or split, 409 `invalid_transition` if it is closed.
#[utoipa::path(tag = "contacts", request_body = ContactInput, responses((status = 201, body = ContactView)))]
#[post("/contacts")]
async fn create_contact(db: Db, new: Valid<ContactInput>) -> Answer<ContactView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_contact(grant)
    })
    .await
}

/// Get a shared contact
///
/// Returns the contact, archived or not.
///
/// **Access**: SIG coordinators, SIG administrators; members of the organization that keeps it; communication
/// directors, DICOM contributors and organization administrators whose scope holds that organization. If it is shared
/// with a network: also its members, observers excepted. If it is shared with all members: also all members but
/// partners and observers, and service accounts with `directory:read`.
///
/// **Errors**: 404 if the caller may not see it.
#[utoipa::path(tag = "contacts", params(ContactId), responses((status = 200, body = ContactView)))]
#[get("/contacts/{id}")]
async fn get_contact(db: Db, id: Path<ContactId>) -> Answer<ContactView> {
    db.read(move |store| store.contact(*id)).await
}

/// Get a shared contact as a vCard
///
/// Returns a vCard of the contact, archived or not: 4.0 (RFC 6350) unless `version` says `3.0` (RFC 2426).
///
/// **Access**: as for `GET /contacts/{id}`.
#[utoipa::path(tag = "contacts", params(ContactId, VcardQuery), responses((status = 200, body = String, content_type = "text/vcard")))]
#[get("/contacts/{id}.vcf")]
async fn get_contact_vcard(db: Db, id: Path<ContactId>, query: Query<VcardQuery>) -> Result<HttpResponse, Problem> {
    let contact = db.render(move |store| store.contact(*id)).await?;
    vcard::answer(&vcard::Card::from(contact.noun), query.0.version)
}

/// Update a shared contact
///
/// Changes the details of a contact or with whom it is shared. Returns the contact.
///
/// **Access**: SIG coordinators, SIG administrators; the member who recorded it, while affiliated to the organization
/// that keeps it; communication directors and organization administrators whose scope holds that organization.
///
/// **Errors**: 409 `invalid_transition` if the contact is archived. 422 at `/network_code` if a network is named
/// although `sharing` is not `network`, or the reverse. 409 `superseded` if the organization where the contact works
/// was merged or split.
#[utoipa::path(tag = "contacts", params(ContactId, IfMatch), request_body = ContactPatch, responses((status = 200, body = ContactView)))]
#[patch("/contacts/{id}")]
async fn update_contact(db: Db, id: Path<ContactId>, seen: IfMatch, patch: Valid<ContactPatch>) -> Answer<ContactView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_contact(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Archive a shared contact
///
/// Takes a contact out of use: it leaves the list unless `archived=true`, and cannot be changed any more. Returns the
/// contact.
///
/// **Access**: as for `PATCH /contacts/{id}`.
///
/// **Errors**: 409 `invalid_transition` if the contact is archived already.
#[utoipa::path(tag = "contacts", params(ContactId, IfMatch), responses((status = 200, body = ContactView)))]
#[post("/contacts/{id}/archive")]
async fn archive_contact(db: Db, id: Path<ContactId>, seen: IfMatch) -> Answer<ContactView> {
    db.write(move |store| {
        let grant = store.authorize(Archive(*id))?;
        store.archive_contact(grant, seen.0)
    })
    .await
}

/// The vCard of a shared contact.
impl From<Contact> for Card {
    fn from(it: Contact) -> Self {
        let is_service = it.kind == SharedContactKind::Service;
        let given = it.given_name.map(|it| it.to_string()).unwrap_or_default();
        let usual = it.name.to_string();
        let known = it.organization.map(|place| place.0.name);
        Self {
            id: it.id.0,
            full_name: format!("{given} {usual}").trim_start().to_owned(),
            name: (!is_service).then_some((usual, given)),
            is_service,
            organization: known.or(it.organization_name).iter().map(ToString::to_string).collect(),
            title: it.role_title.map(|it| it.to_string()),
            email: it.email.map(|it| it.to_string()),
            phones: it.phones.iter().map(ToString::to_string).collect(),
            languages: Vec::new(),
            website: it.website.map(|it| it.to_string()),
            // RFC 6350 has an escape for one kind of line end.
            note: it.note.map(|it| it.to_string().replace("\r\n", "\n").replace('\r', "\n")),
            revised: Some(it.updated_at),
        }
    }
}
