//! Ways to reach an organization or a person.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Jsonb;
pub use kernel::directory::Email;
use kernel::{codes, stored_as_json, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;
use validator::ValidateEmail as _;

text!(
    /// Telephone number in international form (E.164). French numbers may be sent in national form.
    Phone, 4..=24, Line as "phone", phone
);
text!(
    /// Address of a website, http or https (RFC 3986).
    Website, 8..=500, Line as "uri", website
);
text!(
    /// Domain of e-mail addresses, after the `@`, in lower case.
    EmailDomain, 3..=253, Line as "hostname", domain
);
text!(
    /// What a contact point is for, for example `Presse`.
    ContactLabel, 1..=120, Line
);
text!(
    /// E-mail address, telephone number, address of a form, or lines of a postal address.
    ContactValue, 1..=500, Prose
);

fn phone(text: &str) -> Result<String, &'static str> {
    let parsed = phonenumber::parse(Some(phonenumber::country::FR), text).map_err(|_| "phone")?;
    Ok(parsed.format().mode(phonenumber::Mode::E164).to_string())
}

fn website(text: &str) -> Result<String, &'static str> {
    let address = url::Url::parse(text.trim_end()).map_err(|_| "uri")?;
    let plain = matches!(address.scheme(), "http" | "https") && address.has_host() && address.username().is_empty();
    plain.then(|| text.trim_end().to_owned()).ok_or("uri")
}

fn domain(text: &str) -> Result<String, &'static str> {
    let text = text.to_lowercase();
    format!("a@{text}").validate_email().then_some(text).ok_or("hostname")
}

codes! {
    /// Kind of contact point.
    ContactKind {
        Email = "email" ("courriel", "e-mail"),
        Phone = "phone" ("téléphone", "telephone"),
        Form = "form" ("formulaire", "form"),
        Post = "post" ("adresse postale", "postal address"),
    }
}

/// A way to reach an organization; never a personal one.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPoint {
    /// Kind of contact point.
    pub kind: ContactKind,
    /// What it is for. Absent: for everything.
    pub label: Option<ContactLabel>,
    /// E-mail address, telephone number, address of a form, or postal address.
    pub value: ContactValue,
}

/// Ways to reach an organization, in the order in which to try them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
#[schema(max_items = 20)]
pub struct ContactPoints(pub Vec<ContactPoint>);

stored_as_json!(ContactPoints);

impl validator::ValidateLength<u64> for ContactPoints {
    fn length(&self) -> Option<u64> {
        u64::try_from(self.0.len()).ok()
    }
}
