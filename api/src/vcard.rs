//! vCards (RFC 6350, and RFC 2426 for older address books): people and services, for import into address books.

use actix_web::HttpResponse;
use actix_web::http::header::{
    self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue, Header as _,
};
use calcard::vcard::{
    VCard, VCardEntry, VCardParameter, VCardParameterName, VCardProperty, VCardValue, VCardValueType, VCardVersion,
};
use chrono::{DateTime, Utc};
use kernel::VcardVersion;
use uuid::Uuid;

use crate::problem::Problem;

/// Content of a vCard. What is not known is left out.
#[derive(Debug, Default)]
pub(crate) struct Card {
    pub(crate) id: Uuid,
    pub(crate) full_name: String,
    /// Usual and given name, of a person whose card is shown.
    pub(crate) name: Option<(String, String)>,
    pub(crate) is_service: bool,
    /// The organization, then the unit in it.
    pub(crate) organization: Vec<String>,
    pub(crate) title: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phones: Vec<String>,
    pub(crate) languages: Vec<String>,
    pub(crate) website: Option<String>,
    pub(crate) note: Option<String>,
    /// When it last changed; not told with a name alone.
    pub(crate) revised: Option<DateTime<Utc>>,
}

fn text(property: VCardProperty, value: impl Into<String>) -> VCardEntry {
    VCardEntry::new(property).with_value(VCardValue::Text(value.into()))
}

fn parts(property: VCardProperty, values: Vec<String>) -> VCardEntry {
    VCardEntry::new(property).with_values(values.into_iter().map(VCardValue::Text).collect())
}

/// What kind of number or address it is; of several kinds, one quoted list (RFC 6350, section 6.4.1).
fn of_kind(entry: VCardEntry, kind: &str) -> VCardEntry {
    entry.with_param(VCardParameter::new(VCardParameterName::Type, kind.to_owned()))
}

/// A telephone number as an address to dial (RFC 3966).
fn dialled(number: &str) -> VCardEntry {
    let uri = VCardParameter::value(VCardValueType::Uri);
    // A short number is dialled in France alone (RFC 3966, section 5.1.4).
    let context = if number.starts_with('+') { "" } else { ";phone-context=+33" };
    of_kind(text(VCardProperty::Tel, format!("tel:{number}{context}")).with_param(uri), "voice,work")
}

impl Card {
    /// What both versions say alike, between the name and the time of the last change.
    fn details(&self) -> Vec<VCardEntry> {
        let mut all = Vec::new();
        if !self.organization.is_empty() {
            all.push(parts(VCardProperty::Org, self.organization.clone()));
        }
        all.extend(self.title.iter().map(|it| text(VCardProperty::Title, it)));
        all
    }

    /// Website, note, and when the card last changed.
    fn rest(&self) -> impl Iterator<Item = VCardEntry> {
        let website = self.website.iter().map(|it| text(VCardProperty::Url, it));
        let note = self.note.iter().map(|it| text(VCardProperty::Note, it));
        let revised = self.revised.iter();
        let revised = revised.map(|at| text(VCardProperty::Rev, at.format("%Y%m%dT%H%M%SZ").to_string()));
        website.chain(note).chain(revised)
    }

    fn begin(&self) -> Vec<VCardEntry> {
        vec![text(VCardProperty::Uid, self.id.urn().to_string()), text(VCardProperty::Fn, &*self.full_name)]
    }

    fn name(usual: &str, given: &str) -> VCardEntry {
        parts(VCardProperty::N, [usual, given, "", "", ""].map(str::to_owned).to_vec())
    }

    /// As RFC 2426 knows it: a name is required, numbers are texts, and there is no kind and no language.
    fn older(&self) -> Vec<VCardEntry> {
        let (usual, given) = self.name.as_ref().map_or((self.full_name.as_str(), ""), |(usual, given)| (usual, given));
        let mut all = self.begin();
        all.push(Self::name(usual, given));
        all.extend(self.details());
        all.extend(self.email.iter().map(|it| of_kind(text(VCardProperty::Email, it), "INTERNET")));
        let number = |it: &String| it.replace(";ext=", " ext. ");
        all.extend(self.phones.iter().map(|it| {
            let voice = of_kind(text(VCardProperty::Tel, number(it)), "WORK");
            of_kind(voice, "VOICE")
        }));
        all.extend(self.rest());
        all
    }

    fn entries(&self) -> Vec<VCardEntry> {
        let kind = if self.is_service { "org" } else { "individual" };
        let mut all = self.begin();
        all.extend(self.name.iter().map(|(usual, given)| Self::name(usual, given)));
        if self.revised.is_some() {
            all.push(text(VCardProperty::Kind, kind));
        }
        all.extend(self.details());
        all.extend(self.email.iter().map(|it| text(VCardProperty::Email, it)));
        all.extend(self.phones.iter().map(|it| dialled(it)));
        all.extend(self.languages.iter().map(|it| text(VCardProperty::Lang, it)));
        all.extend(self.rest());
        all
    }

    fn written(&self, version: VcardVersion) -> Result<String, std::fmt::Error> {
        let (entries, version) = match version {
            VcardVersion::V4 => (self.entries(), VCardVersion::V4_0),
            VcardVersion::V3 => (self.older(), VCardVersion::V3_0),
        };
        let mut written = String::new();
        VCard { entries }.write_to(&mut written, version)?;
        // As RFC 6350 writes it; a line that a text begins with has a blank before.
        Ok(written.replace("\r\nTEL;VALUE=URI;", "\r\nTEL;VALUE=uri;"))
    }
}

/// The card as a file to take in; its name in any letters, and in plain ones (RFC 6266).
pub(crate) fn answer(card: &Card, version: Option<VcardVersion>) -> Result<HttpResponse, Problem> {
    let written = card.written(version.unwrap_or(VcardVersion::V4)).map_err(|error| Problem::fault(&error))?;
    let letters = ExtendedValue {
        charset: Charset::Ext("UTF-8".into()),
        language_tag: None,
        value: format!("{}.vcf", card.full_name).into_bytes(),
    };
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename("contact.vcf".into()), DispositionParam::FilenameExt(letters)],
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
    response.insert_header((header::VARY, "Authorization, Accept-Language"));
    response.insert_header((ContentDisposition::name(), disposition));
    Ok(response.content_type("text/vcard; charset=utf-8").body(written))
}
