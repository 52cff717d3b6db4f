//! Says every error in the caller's language, ours and the framework's alike.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse};
use kernel::{Label, OrganizationId, clock};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Code, Expected, FieldCode, FieldError, Problem, Said};

/// A problem (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Body {
    /// An address that explains this kind of problem.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", max_length = 200)]
    kind: String,
    /// What went wrong, in the caller's language.
    #[schema(max_length = 300)]
    title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// Why, in the caller's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    detail: Option<String>,
    /// Where the JSON is broken: the line, from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    line: Option<usize>,
    /// Where the JSON is broken: the column of that line, in bytes, from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    column: Option<usize>,
    /// The identifier of this request.
    #[schema(max_length = 60)]
    instance: String,
    /// What went wrong, for programs.
    code: Code,
    /// Each value that is not acceptable.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldBody>,
    /// What would have been possible: states, or methods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<String>,
    /// The organizations that live on in the place of one that was merged or split.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    successor_ids: Vec<OrganizationId>,
}

/// One value that is not acceptable.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldProblem)]
pub struct FieldBody {
    /// Where it stands (RFC 6901), in the body or in the query.
    #[schema(max_length = 500)]
    pointer: String,
    /// What is wrong, for programs.
    code: FieldCode,
    /// What is wrong and what is expected, in the caller's language.
    #[schema(max_length = 2000)]
    detail: String,
    /// What is expected there, for programs; absent where the contract says nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<Expected>,
}

/// The identifier of a request: in every answer, every problem, every log line and every audit line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestId(pub(crate) uuid::Uuid);

fn is_problem(response: &ServiceResponse<BoxBody>) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json")
}

/// Middleware: names the request, and replaces the body of each error by a problem.
pub(crate) async fn speak(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = RequestId(clock::fresh_v7());
    request.extensions_mut().insert(id);
    let mut response = next.call(request).await?.map_into_boxed_body();
    let foreign = |status| Problem::new(Code::of(status));
    let problem = match response.response().error() {
        Some(error) => Some(error.as_error::<Problem>().cloned().unwrap_or_else(|| foreign(response.status()))),
        // What middleware of others refuses (CORS) is no error, and must be a problem all the same.
        None if response.status().is_client_error() && !is_problem(&response) => Some(foreign(response.status())),
        None => None,
    };
    if let Some(problem) = problem {
        let (request, _) = response.into_parts();
        let said = problem.say(&request);
        response = ServiceResponse::new(request, said);
    }
    if let Ok(value) = header::HeaderValue::try_from(id.0.to_string()) {
        response.headers_mut().insert(header::HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}

impl Problem {
    fn say(self, request: &HttpRequest) -> HttpResponse {
        let english = prefers_english(request);
        let said = |label: Label| if english { label.en } else { label.fr };
        let spoken = |said: Said| if english { said.en } else { said.fr };
        let field = |error: FieldError| {
            let detail = spoken(error.said());
            FieldBody { pointer: error.pointer, code: error.code, detail, expected: error.expected }
        };
        let (status, title) = (self.code.status(), self.code.title());
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CONTENT_LANGUAGE, if english { "en" } else { "fr" }));
        match self.code {
            Code::Busy | Code::Draining | Code::InFlight | Code::OutcomeUnknown | Code::TooManyRequests => {
                response.insert_header((header::RETRY_AFTER, self.wait.unwrap_or(1)))
            }
            Code::Unavailable => response.insert_header((header::RETRY_AFTER, "2")),
            Code::RequestTimeout => response.insert_header((header::CONNECTION, "close")),
            Code::Unauthenticated => response.insert_header((header::WWW_AUTHENTICATE, challenge(request))),
            Code::MethodNotAllowed => response.insert_header((header::ALLOW, self.allowed.join(", "))),
            _ => &mut response,
        };
        let errors = self.errors.into_iter();
        let body = Body {
            kind: format!("/problems/{}", self.code.code()),
            title: said(title),
            status: status.as_u16(),
            detail: self.why.map(spoken),
            line: self.stopped.map(|(line, _)| line),
            column: self.stopped.map(|(_, column)| column),
            instance: instance(request),
            code: self.code,
            errors: errors.map(field).collect(),
            allowed: self.allowed,
            successor_ids: self.successors.unwrap_or_default().into_vec(),
        };
        response.content_type("application/problem+json").body(serde_json::to_vec(&body).unwrap_or_default())
    }
}

/// How to identify oneself (RFC 6750, §3), and where it is written whose tokens are accepted (RFC 9728, §5.1). That a
/// token is bad is said to one who showed one.
fn challenge(request: &HttpRequest) -> String {
    let shown = request.headers().get_all(header::AUTHORIZATION).any(|value| {
        let scheme = value.as_bytes().get(..6);
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
    });
    let here = request.connection_info();
    let host = here.host();
    // A name that the caller made up is not said back.
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let error = shown.then(|| "error=\"invalid_token\"".to_owned());
    let scheme = if here.scheme() == "https" { "https" } else { "http" };
    let document =
        plain.then(|| format!("resource_metadata=\"{scheme}://{host}/.well-known/oauth-protected-resource\""));
    let said = error.into_iter().chain(document).collect::<Vec<_>>().join(", ");
    format!("Bearer {said}").trim_end().to_owned()
}

/// The request, as the header `X-Request-Id` names it too.
fn instance(request: &HttpRequest) -> String {
    let id = request.extensions().get::<RequestId>().copied();
    id.map(|id| format!("urn:uuid:{}", id.0)).unwrap_or_default()
}

/// French, unless English is preferred to it (RFC 9110, §12.5.4).
pub(crate) fn prefers_english(request: &HttpRequest) -> bool {
    let asked = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let weight = |language: &str| {
        let tags = asked.unwrap_or_default().split(',').filter_map(|tag| {
            let (name, weight) = tag.split_once(";q=").unwrap_or((tag, "1"));
            let ours = name.trim().to_ascii_lowercase().split('-').next() == Some(language);
            ours.then(|| weight.trim().parse::<f32>().unwrap_or_default())
        });
        tags.fold(0.0_f32, f32::max)
    };
    weight("en") > weight("fr")
}
