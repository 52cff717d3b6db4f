//! Ways to reach an organization or a person.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Jsonb;
pub use kernel::directory::Email;
use kernel::{codes, directory, text};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

pub use crate::phone::Phone;

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

fn website(text: &str) -> Result<String, &'static str> {
    let address = url::Url::parse(text).map_err(|_| "uri")?;
    let plain =
        matches!(address.scheme(), "http" | "https") && address.username().is_empty() && address.password().is_none();
    let named = match address.host() {
        Some(url::Host::Domain(name)) => directory::domain(name).is_some(),
        Some(_) => true,
        None => false,
    };
    (plain && named && is_uri(&address[url::Position::BeforePath..])).then(|| address.to_string()).ok_or("uri")
}

/// Whether what follows the host is written as RFC 3986 says: the library lets more pass, as browsers do.
fn is_uri(rest: &str) -> bool {
    let mut parts = rest.split('%').skip(1);
    let escaped = parts.all(|it| it.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit)));
    escaped && !rest.contains(['[', ']', '{', '}', '|', '^', '`', '\\'])
}

fn domain(text: &str) -> Result<String, &'static str> {
    directory::domain(text).ok_or("hostname")
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
#[serde(deny_unknown_fields, try_from = "ContactPointFields")]
#[schema(example = json!({"kind": "phone", "value": "+33123456789"}))]
pub struct ContactPoint {
    /// Kind of contact point.
    pub kind: ContactKind,
    /// What it is for. Absent: for everything.
    pub label: Option<ContactLabel>,
    /// E-mail address, telephone number, address of a form (https or http), or lines of a postal address, as `kind` says.
    pub value: ContactValue,
}

/// The fields of a contact point, before the value is checked against its kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactPointFields {
    kind: ContactKind,
    label: Option<ContactLabel>,
    value: ContactValue,
}

impl ContactPoint {
    /// A contact point whose value is brought into the normal form of its kind.
    ///
    /// # Errors
    /// The value is not of its kind.
    pub fn new(kind: ContactKind, label: Option<ContactLabel>, value: ContactValue) -> Result<Self, &'static str> {
        let normal = match kind {
            ContactKind::Email => value.0.parse::<Email>()?.to_string(),
            ContactKind::Phone => value.0.parse::<Phone>()?.to_string(),
            ContactKind::Form => value.0.parse::<Website>()?.to_string(),
            ContactKind::Post => value.0,
        };
        Ok(Self { kind, label, value: ContactValue(normal) })
    }
}

impl TryFrom<ContactPointFields> for ContactPoint {
    type Error = String;

    fn try_from(it: ContactPointFields) -> Result<Self, String> {
        let expected = match it.kind {
            ContactKind::Email => "email",
            ContactKind::Phone => "phone",
            ContactKind::Form => "uri",
            ContactKind::Post => "text",
        };
        Self::new(it.kind, it.label, it.value).map_err(|_| kernel::text::within("value", expected))
    }
}

/// Ways to reach an organization, in the order in which to try them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Jsonb)]
#[serde(transparent)]
#[schema(max_items = 20)]
pub struct ContactPoints(pub Vec<ContactPoint>);

impl ToSql<Jsonb, Pg> for ContactPoints {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Jsonb, Pg>::to_sql(&serde_json::to_value(self)?, &mut out.reborrow())
    }
}

// What is kept was judged by the rules of its day, and stays readable.
impl FromSql<Jsonb, Pg> for ContactPoints {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let kept: Vec<ContactPointFields> =
            serde_json::from_value(<serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(value)?)?;
        let points = kept.into_iter().map(|it| ContactPoint { kind: it.kind, label: it.label, value: it.value });
        Ok(Self(points.collect()))
    }
}

impl validator::ValidateLength<u64> for ContactPoints {
    fn length(&self) -> Option<u64> {
        u64::try_from(self.0.len()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_a_plain_address_of_the_web() {
        for (given, kept) in [
            ("https://www.interieur.example", "https://www.interieur.example/"),
            ("https:x.example", "https://x.example/"),
            ("HTTPS://X.EXAMPLE/a b", "https://x.example/a%20b"),
            ("https://é.example/été", "https://xn--9ca.example/%C3%A9t%C3%A9"),
        ] {
            assert_eq!(given.parse::<Website>().map(|it| it.to_string()).as_deref(), Ok(kept), "{given}");
        }
        for bad in [
            "javascript:alert(1)",
            "ftp://x.example",
            "https://:pw@x.example",
            "https://a@x.example",
            "https://",
            "x.example",
            "data:text/html,a",
            "//x.example/a",
        ] {
            assert!(bad.parse::<Website>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_value_of_a_contact_point_is_of_its_kind() {
        let point =
            |kind, value: &str| ContactPoint::new(kind, None, value.parse().unwrap()).map(|it| it.value.to_string());
        assert_eq!(point(ContactKind::Email, "Presse@Interieur.Example").as_deref(), Ok("presse@interieur.example"));
        assert_eq!(point(ContactKind::Phone, "01 23 45 67 89").as_deref(), Ok("+33123456789"));
        assert_eq!(point(ContactKind::Form, "https://x.example").as_deref(), Ok("https://x.example/"));
        assert!(point(ContactKind::Form, "javascript:alert(1)").is_err());
        assert!(point(ContactKind::Email, "01 23 45 67 89").is_err());
        assert!(point(ContactKind::Phone, "presse@interieur.example").is_err());
        assert!(point(ContactKind::Post, "20 avenue de Ségur\n75007 Paris").is_ok());
    }
}
