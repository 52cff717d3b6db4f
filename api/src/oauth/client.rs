//! How a client shows who it is: by its secret in the header or in the form (RFC 6749, section 2.3.1), or by an assertion that it
//! signed (RFC 7523, section 2.2).

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kernel::{Identity, ServiceAccountId};
use members::service_account::{KeySecret, PublicKey};
use persistence::Database;
use persistence::session::Client;
use uuid::Uuid;

use super::error::{OAuthError, What};
use super::form::Form;
use crate::auth::{Assertion, Signed};
use crate::db::without_caller;
use crate::services::Services;

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The one way by which a client shows who it is.
enum Shown {
    Secret { id: String, secret: String },
    Assertion(String),
}

/// A client that showed who it is, and the assertion by which it did, which is still to be spent.
pub(super) struct Proven {
    pub(super) client: Client,
    assertion: Option<Signed>,
}

/// The client of a request.
pub(super) async fn client(request: &HttpRequest, services: &Services, form: &Form) -> Result<Proven, OAuthError> {
    let known = match shown(request, form)? {
        Some(Shown::Secret { id, secret }) => by_secret(services, &id, &secret).await?,
        Some(Shown::Assertion(text)) => by_assertion(request, services, form, text).await?,
        None => None,
    };
    let Some(proven) = known else {
        // Who guesses is told to wait, as with bad tokens.
        let limited = OAuthError::from(services.limits.unauthenticated(request));
        return Err(if limited.what == What::TooMany { limited } else { UNKNOWN });
    };
    // All that an account asks of us has one allowance.
    let issuer = services.address.of(request);
    let who = Identity { issuer, subject: proven.client.account.to_string(), session: None };
    services.limits.admit(request, &who, true)?;
    Ok(proven)
}

const UNKNOWN: OAuthError = OAuthError::new(
    What::InvalidClient,
    "the client is unknown, or its key is wrong, expired or revoked, or its assertion was used",
);

impl Proven {
    /// Spends the assertion, if it was one: it is good once. The last step before what it was shown for, so that what is
    /// refused for another reason may be asked again with it.
    pub(super) async fn spend(&self, services: &Services) -> Result<(), OAuthError> {
        let Some(Signed { jti, expires_at }) = self.assertion.clone() else { return Ok(()) };
        let account = self.client.account;
        let take = move |database: &Database| database.take_assertion(account, &jti, expires_at);
        if without_caller(services, true, take).await? { Ok(()) } else { Err(UNKNOWN) }
    }
}

fn shown(request: &HttpRequest, form: &Form) -> Result<Option<Shown>, OAuthError> {
    let pair = |id: &str, secret: &str| Shown::Secret { id: id.to_owned(), secret: secret.to_owned() };
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let header = headers.next().map(|header| basic(header.to_str().unwrap_or_default()));
    let header = header.map(|it| it.unwrap_or_else(|| pair("", "")));
    if headers.next().is_some() {
        return Err(OAuthError::new(What::InvalidRequest, "there are two headers Authorization"));
    }
    let posted = form.get("client_secret").map(|secret| pair(form.get("client_id").unwrap_or_default(), secret));
    let signed = match (form.get("client_assertion_type"), form.get("client_assertion")) {
        (None, None) => None,
        (Some(ASSERTION), Some(text)) => Some(Shown::Assertion(text.to_owned())),
        _ => {
            return Err(OAuthError::new(
                What::InvalidRequest,
                "client_assertion_type and client_assertion belong together",
            ));
        }
    };
    let mut all = [header, posted, signed].into_iter().flatten();
    let first = all.next();
    let alone = all.next().is_none();
    let same = |id: &str| form.get("client_id").is_none_or(|said| said == id);
    match &first {
        _ if !alone => Err(OAuthError::new(What::InvalidRequest, "show who you are in one way alone")),
        Some(Shown::Secret { id, .. }) if !same(id) => {
            Err(OAuthError::new(What::InvalidRequest, "client_id names another client than the header"))
        }
        _ => Ok(first),
    }
}

/// Name and secret of a header, each of them form-encoded within it.
fn basic(header: &str) -> Option<Shown> {
    let (scheme, pair) = header.split_once(' ')?;
    let pair = String::from_utf8(BASE64.decode(pair.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
    };
    scheme.eq_ignore_ascii_case("basic").then_some(())?;
    Some(Shown::Secret { id: plain(id)?, secret: plain(secret)? })
}

async fn by_secret(services: &Services, id: &str, secret: &str) -> Result<Option<Proven>, OAuthError> {
    let (Ok(id), Some(secret)) = (Uuid::parse_str(id), KeySecret::read(secret)) else { return Ok(None) };
    let found = without_caller(services, false, move |database| database.client_by_secret(&secret)).await?;
    let found = found.filter(|client| client.account == ServiceAccountId(id));
    Ok(found.map(|client| Proven { client, assertion: None }))
}

async fn by_assertion(
    request: &HttpRequest,
    services: &Services,
    form: &Form,
    text: String,
) -> Result<Option<Proven>, OAuthError> {
    let issuer = services.address.of(request);
    let Some(assertion) = Assertion::read(text) else { return Ok(None) };
    let account = assertion.account;
    if form.get("client_id").is_some_and(|said| said != account.to_string()) {
        return Ok(None);
    }
    let found = without_caller(services, false, move |database| {
        let keys = database.public_keys(account)?;
        let signed = |(id, key): &(_, PublicKey)| Some((*id, assertion.verify(key, &issuer)?));
        let Some((key, signed)) = keys.iter().find_map(signed) else { return Ok(None) };
        Ok(database.client_by_key(key)?.map(|client| Proven { client, assertion: Some(signed) }))
    });
    Ok(found.await?)
}
