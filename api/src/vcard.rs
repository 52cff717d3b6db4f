//! vCards (RFC 6350): people and services, for import into address books.

use actix_web::HttpResponse;
use actix_web::http::header::{
    self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue, Header as _,
};
use calcard::vcard::{VCard, VCardEntry, VCardParameter, VCardProperty, VCardValue, VCardValueType, VCardVersion};
use chrono::{DateTime, Utc};
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

impl Card {
    fn entries(&self) -> Vec<VCardEntry> {
        let kind = if self.is_service { "org" } else { "individual" };
        let mut all =
            vec![text(VCardProperty::Uid, self.id.urn().to_string()), text(VCardProperty::Fn, &*self.full_name)];
        if let Some((usual, given)) = &self.name {
            let name = [usual.as_str(), given, "", "", ""].map(str::to_owned).to_vec();
            all.push(parts(VCardProperty::N, name));
        }
        if self.revised.is_some() {
            all.push(text(VCardProperty::Kind, kind));
        }
        if !self.organization.is_empty() {
            all.push(parts(VCardProperty::Org, self.organization.clone()));
        }
        all.extend(self.title.iter().map(|it| text(VCardProperty::Title, it)));
        all.extend(self.email.iter().map(|it| text(VCardProperty::Email, it)));
        let tel = |it: &String| {
            let uri = VCardParameter::value(VCardValueType::Uri);
            // A short number is dialled in France alone (RFC 3966, section 5.1.4).
            let context = if it.starts_with('+') { "" } else { ";phone-context=+33" };
            text(VCardProperty::Tel, format!("tel:{it}{context}")).with_param(uri)
        };
        all.extend(self.phones.iter().map(tel));
        all.extend(self.languages.iter().map(|it| text(VCardProperty::Lang, it)));
        all.extend(self.website.iter().map(|it| text(VCardProperty::Url, it)));
        all.extend(self.note.iter().map(|it| text(VCardProperty::Note, it)));
        all.extend(self.revised.map(|at| text(VCardProperty::Rev, at.format("%Y%m%dT%H%M%SZ").to_string())));
        all
    }
}

/// The card as a file to take in; its name in any letters, and in plain ones (RFC 6266).
pub(crate) fn answer(card: &Card) -> Result<HttpResponse, Problem> {
    let mut written = String::new();
    let vcard = VCard { entries: card.entries() };
    vcard.write_to(&mut written, VCardVersion::V4_0).map_err(|error| Problem::fault(&error))?;
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
