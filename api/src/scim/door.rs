//! The way from a handler to the database: the caller, the body, a thread, a transaction.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use ::scim::{ErrorType, MEDIA_TYPE, ScimError};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, web};
use kernel::Identity;
use persistence::{Error, Store};
use serde_json::Value;

use super::fault::{Answered, Fault};
use crate::call::unkeyed;
use crate::db::without_caller;
use crate::extract::depth;
use crate::problem::{Code, Problem};
use crate::services::Services;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);
/// How deep JSON may go.
const DEEPEST: usize = 32;

/// The database, for a caller whose token is good. First parameter of a handler, so that 401 comes first.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) services: web::Data<Services>,
    caller: Identity,
    pub(super) request: HttpRequest,
}

impl FromRequest for Door {
    type Error = Fault;
    type Future = std::future::Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = request.app_data::<web::Data<Services>>().cloned().ok_or(Problem::new(Code::Internal));
        let door = found.and_then(|services| {
            let caller = services.caller(request)?.identity;
            Ok(Self { services, caller, request: request.clone() })
        });
        std::future::ready(door.map_err(Fault::from))
    }
}

impl Door {
    /// Reads, on a session that cannot write.
    pub(super) async fn read<T, W>(&self, work: W) -> Answered<T>
    where
        T: Send + 'static,
        W: Fn(&mut Store<'_>) -> Result<T, Error> + Send + 'static,
    {
        let call = unkeyed(&self.request, self.caller.clone());
        Ok(without_caller(&self.services, false, move |database| database.read(&call, work)).await?)
    }

    /// Writes all of the work, or nothing.
    pub(super) async fn write<T, W>(&self, work: W) -> Answered<T>
    where
        T: Send + 'static,
        W: Fn(&mut Store<'_>) -> Result<T, Error> + Send + 'static,
    {
        self.write_as(work, Fault::from).await
    }

    /// The same, where errors of the domain mean something of their own.
    pub(super) async fn write_as<T, W>(&self, work: W, means: impl Fn(Error) -> Fault + Send + 'static) -> Answered<T>
    where
        T: Send + 'static,
        W: Fn(&mut Store<'_>) -> Result<T, Error> + Send + 'static,
    {
        let call = unkeyed(&self.request, self.caller.clone());
        let done = without_caller(&self.services, true, move |database| {
            Ok(match database.write_unkeyed(&call, work) {
                Err(error @ (Error::Refused(_) | Error::Taken(_))) => Err(means(error)),
                done => Ok(done?),
            })
        });
        done.await?
    }

    /// Where the service stands, as its clients know it.
    pub(super) fn base(&self) -> String {
        format!("{}{}", self.services.address.of(&self.request), super::BASE)
    }
}

/// A body of JSON.
pub(super) struct Body(pub(super) Value);

impl FromRequest for Body {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Fault>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let plain = !request.headers().contains_key(header::CONTENT_ENCODING);
        let is = |name: &str| request.content_type().eq_ignore_ascii_case(name);
        let understood = plain && (is(MEDIA_TYPE) || is("application/json"));
        let body = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            if !understood {
                return Err(ScimError::of(415, "The body is application/scim+json or application/json.").into());
            }
            let body = tokio::time::timeout(PATIENCE, body).await.map_err(|_| Problem::new(Code::RequestTimeout))?;
            let body = body.map_err(|error| {
                let status = error.as_response_error().status_code().as_u16();
                let large = "The body is too large: 4 MiB at most for Bulk and Groups, 256 KiB elsewhere.";
                if status == 413 {
                    ScimError::of(413, large)
                } else {
                    ScimError::of(400, "The body could not be read.")
                }
            })?;
            let no_json = |why: String| ScimError::bad(ErrorType::InvalidSyntax, why);
            if depth(&body) > DEEPEST {
                return Err(no_json(format!("The JSON is nested more than {DEEPEST} levels deep.")).into());
            }
            serde_json::from_slice(&body)
                .map(Self)
                .map_err(|error| no_json(format!("The body is no JSON: {error}.")).into())
        })
    }
}
