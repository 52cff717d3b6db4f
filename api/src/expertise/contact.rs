//! HTTP of shared contacts.

use ::expertise::contact::{
    Archive, Contact, ContactFilter, ContactInput, ContactPage, ContactPatch, ContactView, Create, SharedContactKind,
    Update,
};
use actix_web::web::Path;
use actix_web::{HttpResponse, get, patch, post};
use kernel::{ContactId, PageQuery};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::db::Db;
use crate::extract::{IfMatch, Listing, Valid};
use crate::problem::Problem;
use crate::vcard::{self, Card};

pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    // `{id}` would match `{id}.vcf` too.
    config.service(get_contact_vcard);
    config.service(list_contacts).service(create_contact).service(get_contact).service(update_contact);
    config.service(archive_contact);
}

/// List shared contacts.
///
/// By name: those of the caller's organizations and of those that his roles reach, those shared with one of his networks,
/// and those shared with all of the State's communicators. Partners and observers see none.
#[utoipa::path(tag = "contacts", params(ContactFilter, PageQuery), responses((status = 200, body = ContactPage)))]
#[get("/contacts")]
async fn list_contacts(db: Db, list: Listing<ContactFilter>) -> Answer<ContactPage> {
    db.read(move |store| store.contacts(list.filter.clone(), &list.page)).await
}

/// Share a contact.
///
/// The State's communicators may; it is kept by an organization of theirs.
#[utoipa::path(tag = "contacts", request_body = ContactInput, responses((status = 201, body = ContactView)))]
#[post("/contacts")]
async fn create_contact(db: Db, new: Valid<ContactInput>) -> Answer<ContactView> {
    db.create(move |store| {
        let grant = store.authorize(Create(new.0.clone()))?;
        store.create_contact(grant)
    })
    .await
}

/// Read a shared contact.
///
/// Its organization, those whose role reaches it, those with whom it is shared, and the SIG.
#[utoipa::path(tag = "contacts", params(ContactId), responses((status = 200, body = ContactView)))]
#[get("/contacts/{id}")]
async fn get_contact(db: Db, id: Path<ContactId>) -> Answer<ContactView> {
    db.read(move |store| store.contact(*id)).await
}

/// Read a shared contact as a vCard.
///
/// vCard 4.0 (RFC 6350), for the same readers.
#[utoipa::path(tag = "contacts", params(ContactId), responses((status = 200, body = String, content_type = "text/vcard")))]
#[get("/contacts/{id}.vcf")]
async fn get_contact_vcard(db: Db, id: Path<ContactId>) -> Result<HttpResponse, Problem> {
    let contact = db.render(move |store| store.contact(*id)).await?;
    vcard::answer(&vcard::Card::from(contact.noun))
}

/// Change a shared contact.
///
/// Who recorded it may, those who administer the organization that keeps it, and the SIG; until it is put away.
#[utoipa::path(tag = "contacts", params(ContactId, IfMatch), request_body = ContactPatch, responses((status = 200, body = ContactView)))]
#[patch("/contacts/{id}")]
async fn update_contact(db: Db, id: Path<ContactId>, seen: IfMatch, patch: Valid<ContactPatch>) -> Answer<ContactView> {
    db.write(move |store| {
        let grant = store.authorize(Update(*id))?;
        store.update_contact(grant, seen.0, patch.0.clone())
    })
    .await
}

/// Put a shared contact away.
///
/// Who may change it may. It leaves the lists, unless they are asked for it.
#[utoipa::path(tag = "contacts", params(ContactId, IfMatch), responses((status = 200, body = ContactView)))]
#[post("/contacts/{id}/archive")]
async fn archive_contact(db: Db, id: Path<ContactId>, seen: IfMatch) -> Answer<ContactView> {
    db.write(move |store| {
        let grant = store.authorize(Archive(*id))?;
        store.archive_contact(grant, seen.0)
    })
    .await
}

/// A shared contact by what is known of it.
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
