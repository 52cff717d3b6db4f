//! Says every error in the caller's language, ours and the framework's alike.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse, web};
use kernel::{Label, OrganizationId, clock};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Code, Expected, FieldCode, FieldError, Problem, Said};
use crate::metrics::Metrics;
use crate::services::Services;

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
    /// Where the JSON is broken: the column of that line, in characters, from 1 on.
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
    #[schema(max_items = 100)]
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

/// Marks an answer whose errors have the words of another standard (OAuth).
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfAnotherStandard;

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
    let ours = response.response().extensions().get::<OfAnotherStandard>().is_none();
    let problem = match response.response().error() {
        _ if !ours => None,
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
        if let Some(metrics) = request.app_data::<web::Data<Metrics>>() {
            metrics.problem(self.code);
        }
        let english = prefers_english(request);
        let mut response = HttpResponse::build(self.code.status());
        response.insert_header((header::CONTENT_LANGUAGE, if english { "en" } else { "fr" }));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        response.insert_header((header::VARY, "Authorization, Accept-Language"));
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
        let body = self.body(english, instance(request));
        response.content_type("application/problem+json").body(serde_json::to_vec(&body).unwrap_or_default())
    }

    /// All that it says in English, in one line: for answers whose errors are those of another standard.
    pub(crate) fn sentence(&self) -> String {
        let fields = self.errors.iter().map(|error| format!("{}: {}", error.pointer(), error.said().en));
        let why = self.why.as_ref().map(|why| why.en.clone());
        let said: Vec<String> = why.into_iter().chain(fields).collect();
        if said.is_empty() { self.code.title().en.to_owned() } else { said.join(" ") }
    }

    fn body(self, english: bool, instance: String) -> Body {
        let said = |label: Label| if english { label.en } else { label.fr };
        let spoken = |said: Said| if english { said.en } else { said.fr };
        let field = |error: FieldError| {
            let detail = spoken(error.said());
            FieldBody { pointer: error.pointer, code: error.code, detail, expected: error.expected }
        };
        Body {
            kind: format!("/problems/{}", self.code.code()),
            title: said(self.code.title()),
            status: self.code.status().as_u16(),
            detail: self.why.map(|why| spoken(*why)),
            line: self.stopped.as_ref().map(|at| at.0),
            column: self.stopped.as_ref().map(|at| at.1),
            instance,
            code: self.code,
            errors: self.errors.into_iter().map(field).collect(),
            allowed: self.allowed,
            successor_ids: self.successors.unwrap_or_default().into_vec(),
        }
    }

    /// What an answer with a code looks like, with the members that only such an answer has.
    pub(crate) fn example(code: Code, english: bool) -> Body {
        let mut problem = Self::new(code);
        let field = |pointer: &str, wrong| vec![FieldError::new(pointer, wrong)];
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        match code {
            Code::Malformed => problem.stopped = Some(Box::new((3, 14))),
            Code::Invalid => problem.errors = field("/email", FieldCode::Missing),
            Code::AlreadyExists => problem.errors = field("/siret", FieldCode::Taken),
            Code::MethodNotAllowed => problem.allowed = named(&["GET", "HEAD", "PATCH"]),
            Code::InvalidTransition => problem.allowed = named(&["reopen_action_item"]),
            Code::HandOverRequired => problem.allowed = named(&["hand_over_member"]),
            Code::Superseded => problem.successors = Some([OrganizationId(SUCCESSOR)].into()),
            _ => {}
        }
        problem.body(english, "urn:uuid:01900000-0000-7000-8000-000000000001".to_owned())
    }
}

/// An identifier that an example names.
const SUCCESSOR: uuid::Uuid = uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_002a);

/// How to identify yourself (RFC 6750, §3), and where it is written whose tokens are accepted (RFC 9728, §5.1). That a
/// token is bad is said to one who showed one.
fn challenge(request: &HttpRequest) -> String {
    let shown = request.headers().get_all(header::AUTHORIZATION).any(|value| {
        let scheme = value.as_bytes().get(..6);
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
    });
    let error = shown.then(|| "error=\"invalid_token\"".to_owned());
    // Never under a name that the request claims.
    let here = request.app_data::<web::Data<Services>>().map(|services| services.address.of(request));
    let document = here.map(|here| format!("resource_metadata=\"{here}/.well-known/oauth-protected-resource\""));
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
    welcome(request, "en", true) > welcome(request, "fr", true)
}

/// Whether French is asked for by its name, and no less than English.
pub(crate) fn asks_for_french(request: &HttpRequest) -> bool {
    let french = welcome(request, "fr", false);
    french > 0 && french >= welcome(request, "en", false)
}

/// How welcome a language is: by its own weight, else perhaps by the one of any other (`*`). What is refused is less welcome
/// than what is not spoken of.
fn welcome(request: &HttpRequest, language: &str, any: bool) -> i32 {
    let asked = request.headers().get_all(header::ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok());
    let asked: Vec<_> = asked.flat_map(|list| list.split(',')).filter_map(weighed).collect();
    let of = |name: &str| {
        let same = |range: &str| range.split('-').next().is_some_and(|first| first.eq_ignore_ascii_case(name));
        asked.iter().filter(|(range, _)| same(range)).map(|(_, weight)| *weight).max()
    };
    let weight = of(language).or_else(|| if any { of("*") } else { None });
    weight.map_or(0, |weight| if weight == 0 { -1 } else { i32::from(weight) })
}

/// One language range with its weight in thousandths, none where it is not acceptable (RFC 9110, §12.4.2).
fn weighed(item: &str) -> Option<(&str, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?;
    let weight = parts.find_map(|part| {
        let (name, weight) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| weight.trim())
    });
    let Some(weight) = weight else { return Some((range, 1000)) };
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|digit| digit.is_ascii_digit());
    let thousandths = if digits { format!("{fraction:0<3}").parse::<u16>().ok()? } else { return None };
    match whole {
        "0" => Some((range, thousandths)),
        "1" if thousandths == 0 => Some((range, 1000)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::{asks_for_french, prefers_english};

    #[test]
    fn english_is_spoken_to_those_who_prefer_it() {
        let english = |asked: &[&str]| {
            let request = TestRequest::default();
            let request =
                asked.iter().fold(request, |request, asked| request.append_header(("accept-language", *asked)));
            prefers_english(&request.to_http_request())
        };
        for asked in [
            "en",
            "EN-gb",
            "en; q=0.9, fr; q=0.1",
            "en ;\tQ=0.9 , fr ; q = 0.1",
            "fr;q=0",
            "fr;q=0, *;q=0.1",
            "*;q=0.5, fr;q=0.4",
            "de, en;q=0.001",
            "fr;q=0.8, en-US;level=1;q=0.9",
            ",, en ,",
        ] {
            assert!(english(&[asked]), "{asked}");
        }
        for asked in [
            "",
            "fr",
            "fr, en",
            "*",
            "de",
            "*;q=0",
            "en;q=0",
            "en;q=0, *",
            "en;q=0.5, *",
            "fr;q=0.5, en; q=0.5",
            "en;q=2",
            "en;q=NaN",
            "en;q=inf",
            "en;q=0.9999",
            "en;q=-1",
            "en;q=",
            "english",
        ] {
            assert!(!english(&[asked]), "{asked}");
        }
        let french = |asked| {
            let request = TestRequest::default().insert_header(("accept-language", asked));
            asks_for_french(&request.to_http_request())
        };
        assert!(french("fr") && french("fr-FR, en;q=0.5") && french("en; q=0.5, fr; q=0.5"));
        assert!(!french("") && !french("*") && !french("en, fr;q=0.9") && !french("fr;q=0") && !french("de"));
        assert!(english(&["fr;q=0.2", "en;q=0.3"]) && !english(&["fr;q=0.3", "en;q=0.2"]), "in several lines");
    }
}
