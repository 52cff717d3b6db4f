//! Where links lead: to pages of the ministry's frontend, as the setting `DIAPASON_FRONTEND` names them, else to a page of
//! this service that explains.

use std::collections::BTreeMap;

use kernel::InvitationId;
use members::invitation::InvitationCode;
use url::Url;
use uuid::Uuid;

use crate::auth::is_trustworthy;

/// The page of the frontend on which an invitation is accepted.
pub(crate) const ACCEPT: &str = "accept_invitation";
/// The page with all notifications of a member.
pub(crate) const INBOX: &str = "inbox";
/// The page on which a member says how soon they hear of each network.
pub(crate) const PREFERENCES: &str = "preferences";

/// Every page that a frontend may have, and what stands for the object in its path.
const PAGES: &[(&str, Option<&str>)] = &[
    ("announcement", Some("{id}")),
    ("action_item", Some("{id}")),
    ("expertise_request", Some("{id}")),
    ("invitation", Some("{id}")),
    ("membership", Some("{id}")),
    ("membership_request", Some("{id}")),
    ("membership_review", Some("{id}")),
    ("service_account", Some("{id}")),
    ("service_account_key", Some("{id}")),
    (ACCEPT, Some("{code}")),
    (INBOX, None),
    (PREFERENCES, None),
];

/// The pages of a frontend, each by the path that leads to it.
#[derive(Debug, Clone)]
pub(crate) struct Frontend {
    base: String,
    pages: BTreeMap<String, String>,
}

impl Frontend {
    /// The frontend of the setting; none if it is empty.
    ///
    /// # Errors
    /// It is no JSON object of texts; the base is not https; a page is unknown, or its path cannot be used: one sentence
    /// says which.
    pub(crate) fn parse(json: &str) -> Result<Option<Self>, String> {
        if json.trim().is_empty() {
            return Ok(None);
        }
        let mut pages: BTreeMap<String, String> =
            serde_json::from_str(json).map_err(|error| format!("DIAPASON_FRONTEND is not as expected: {error}"))?;
        let base = pages.remove("base").ok_or("DIAPASON_FRONTEND has no base")?;
        let base = base.trim_end_matches('/').to_owned();
        if !is_trustworthy(&base) {
            return Err("DIAPASON_FRONTEND: its base is neither https nor a loopback address".into());
        }
        if !is_bare(&base) {
            return Err("DIAPASON_FRONTEND: its base has a user, a query, a fragment or a sign of none of these".into());
        }
        for (page, path) in &pages {
            check(&base, page, path)?;
        }
        Ok(Some(Self { base, pages }))
    }

    fn page(&self, page: &str, stands_for: &str, value: &str) -> Option<String> {
        Some(format!("{}{}", self.base, self.pages.get(page)?.replace(stands_for, value)))
    }
}

/// Whether a path leads to a page of the frontend, whatever stands in it.
fn check(base: &str, page: &str, path: &str) -> Result<(), String> {
    let Some((_, stands_for)) = PAGES.iter().find(|(known, _)| *known == page) else {
        let known: Vec<_> = PAGES.iter().map(|(known, _)| *known).collect();
        return Err(format!("DIAPASON_FRONTEND: {page} is unknown; its pages are {}", known.join(", ")));
    };
    if !path.starts_with('/') || path.starts_with("//") || path.chars().any(is_foreign) {
        return Err(format!("DIAPASON_FRONTEND: the path of {page} does not begin with a slash, or has a blank in it"));
    }
    let rest = match stands_for {
        Some(stands_for) if path.matches(stands_for).count() != 1 => {
            return Err(format!("DIAPASON_FRONTEND: the path of {page} does not have {stands_for} once"));
        }
        Some(stands_for) => path.replace(stands_for, ""),
        None => path.to_owned(),
    };
    if rest.contains(['{', '}']) {
        return Err(format!("DIAPASON_FRONTEND: the path of {page} has something in braces that is not known"));
    }
    let leads = Url::parse(&format!("{base}{rest}")).map_err(|error| format!("DIAPASON_FRONTEND: {page}: {error}"))?;
    let here = Url::parse(base).is_ok_and(|base| base.origin() == leads.origin());
    if here { Ok(()) } else { Err(format!("DIAPASON_FRONTEND: the path of {page} leads elsewhere")) }
}

/// Whether an address is only a scheme, a host and perhaps a path.
fn is_bare(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let named = !url.username().is_empty() || url.password().is_some();
    !named && url.query().is_none() && url.fragment().is_none() && !address.chars().any(is_foreign)
}

/// What stands in no address.
fn is_foreign(c: char) -> bool {
    !c.is_ascii_graphic() || matches!(c, '<' | '>' | '"' | '\\' | '^' | '`' | '|')
}

/// Links to what e-mails are about.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    here: String,
    frontend: Option<Frontend>,
}

impl Links {
    /// Links of a service that stands at this address (without a slash behind), with its frontend.
    pub(crate) const fn new(here: String, frontend: Option<Frontend>) -> Self {
        Self { here, frontend }
    }

    /// To an object.
    pub(crate) fn object(&self, noun: &str, id: Uuid) -> String {
        self.page(noun, "{id}", &id.to_string()).unwrap_or_else(|| format!("{}/go/{noun}/{id}", self.here))
    }

    /// To where an invitation is accepted. The code is only in links to the frontend: our own page does not need it.
    pub(crate) fn accept(&self, id: InvitationId, code: &InvitationCode) -> String {
        let here = || format!("{}/go/{ACCEPT}/{id}", self.here);
        self.page(ACCEPT, "{code}", code.as_ref()).unwrap_or_else(here)
    }

    /// To all notifications.
    pub(crate) fn inbox(&self) -> String {
        self.page(INBOX, "{}", "").unwrap_or_else(|| format!("{}/go/{INBOX}", self.here))
    }

    /// To where one says how soon one hears of each network.
    pub(crate) fn preferences(&self) -> String {
        self.page(PREFERENCES, "{}", "").unwrap_or_else(|| format!("{}/go/{PREFERENCES}", self.here))
    }

    fn page(&self, page: &str, stands_for: &str, value: &str) -> Option<String> {
        self.frontend.as_ref()?.page(page, stands_for, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_frontend_is_said_in_a_sentence() {
        for (json, why) in [
            ("[]", "not as expected"),
            (r#"{"announcement": "/annonces/{id}"}"#, "has no base"),
            (r#"{"base": "http://intranet.example"}"#, "neither https"),
            (r#"{"base": "https://intranet.example?a=b"}"#, "a query"),
            (r#"{"base": "https://user@intranet.example"}"#, "a user"),
            (r#"{"base": "https://intranet.example", "annonce": "/annonces/{id}"}"#, "annonce is unknown"),
            (r#"{"base": "https://intranet.example", "announcement": "/annonces"}"#, "does not have {id} once"),
            (r#"{"base": "https://intranet.example", "accept_invitation": "/i/{id}"}"#, "does not have {code} once"),
            (r#"{"base": "https://intranet.example", "inbox": "/n/{id}"}"#, "in braces"),
            (r#"{"base": "https://intranet.example", "inbox": "notifications"}"#, "begin with a slash"),
            (r#"{"base": "https://intranet.example", "inbox": "//evil.example"}"#, "begin with a slash"),
            (r#"{"base": "https://intranet.example", "inbox": "/a b"}"#, "a blank"),
        ] {
            let said = Frontend::parse(json).unwrap_err();
            assert!(said.contains(why) && said.starts_with("DIAPASON_FRONTEND"), "{json}: {said}");
        }
        assert!(Frontend::parse(" ").unwrap().is_none());
    }

    #[test]
    fn links_lead_to_the_frontend_where_it_has_the_page() {
        let json = r#"{"base": "https://intranet.example/com/", "announcement": "/annonces/{id}",
            "accept_invitation": "/invitation#code={code}", "inbox": "/notifications"}"#;
        let links = Links::new("https://diapason.example".into(), Frontend::parse(json).unwrap());
        let id = Uuid::from_u128(7);
        assert_eq!(links.object("announcement", id), format!("https://intranet.example/com/annonces/{id}"));
        assert_eq!(links.object("action_item", id), format!("https://diapason.example/go/action_item/{id}"));
        assert_eq!(links.inbox(), "https://intranet.example/com/notifications");
        assert_eq!(links.preferences(), "https://diapason.example/go/preferences");
        let code = "a".repeat(64).parse().unwrap();
        let accept = links.accept(InvitationId(id), &code);
        assert_eq!(accept, format!("https://intranet.example/com/invitation#code={code}"));
        let plain = Links::new("https://diapason.example".into(), None);
        assert_eq!(
            plain.accept(InvitationId(id), &code),
            format!("https://diapason.example/go/accept_invitation/{id}")
        );
    }
}
