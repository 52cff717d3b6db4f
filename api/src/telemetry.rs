//! Telemetry: log lines, and, where a collector is set up, traces (OpenTelemetry over OTLP). A span says
//! the route, never the address, and nothing of the caller.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};
use async_trait::async_trait;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

use crate::config::{LogFormat, Settings};
use crate::problem::RequestId;

/// What spans are told under, so that logs and traces can be told apart.
pub(crate) const SPANS: &str = "diapason::span";
/// How long the collector may take; nobody waits for it but the thread that sends.
const PATIENCE: Duration = Duration::from_secs(5);
const SERVICE: &str = "diapason";

/// Sends what is left when dropped.
pub struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        // Whether a collector that is away had the last of it changes nothing any more.
        let _ = self.0.take().map(|provider| provider.shutdown());
    }
}

/// Starts logging and, if a collector is configured, tracing.
///
/// # Errors
/// The collector's address is not valid.
pub fn start(settings: &Settings, serves: bool) -> Result<Telemetry, Box<dyn std::error::Error + Send + Sync>> {
    let told = EnvFilter::try_from_env("DIAPASON_LOG");
    let told = told.unwrap_or_else(|_| "info,actix_server=warn,actix_http=off".into());
    let told = told.and(filter_fn(|it| !it.is_span()));
    // Colours are for people at a terminal; in a file they are noise.
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let lines = match settings.log_format {
        LogFormat::Text => lines.with_filter(told).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(told).boxed(),
    };
    let provider = settings.collector().filter(|_| serves).map(|collector| provider(&collector)).transpose()?;
    let spans = provider.as_ref().map(|provider| {
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer(SERVICE)).with_target(false);
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false);
        layer.with_filter(filter_fn(|it| it.is_span() && it.target() == SPANS))
    });
    registry().with(lines).with(spans).init();
    Ok(Telemetry(provider))
}

/// Collects spans aside and sends them in batches; where too many wait, they are let go. The rest of its settings are
/// the standard's (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_*`).
fn provider(collector: &str) -> Result<SdkTracerProvider, opentelemetry_otlp::ExporterBuildError> {
    let address = format!("{}/v1/traces", collector.trim_end_matches('/'));
    let exporter = SpanExporter::builder().with_http().with_http_client(Sender::new()).with_endpoint(address);
    let named = std::env::var_os("OTEL_SERVICE_NAME").is_some();
    let resource = if named { Resource::builder() } else { Resource::builder().with_service_name(SERVICE) };
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter.build()?).with_resource(resource.build()).build())
}

/// Posts to the collector, on the thread of the batches, and says once when it does not listen.
#[derive(Debug)]
struct Sender {
    agent: ureq::Agent,
    heard: AtomicBool,
}

impl Sender {
    fn new() -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0);
        Self { agent: config.http_status_as_error(false).build().new_agent(), heard: AtomicBool::new(true) }
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (head, body) = request.into_parts();
        let (head, answer) = self.agent.run(Request::from_parts(head, body.to_vec()))?.into_parts();
        let body = answer.into_with_config().limit(64 * 1024).read_to_vec()?;
        Ok(Response::from_parts(head, body.into()))
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.send(request);
        let hears = sent.as_ref().is_ok_and(|answer| answer.status().is_success());
        if self.heard.swap(hears, Ordering::Relaxed) != hears {
            let said = sent.as_ref().map_or_else(ToString::to_string, |answer| answer.status().to_string());
            if hears {
                tracing::info!("the collector of traces answers");
            } else {
                tracing::warn!(error = said, "the collector of traces does not take them");
            }
        }
        Ok(sent?)
    }
}

/// The headers in which a caller says which trace their request is part of.
struct Carried<'a>(&'a HeaderMap);

impl Extractor for Carried<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// Middleware: a span for each request, part of the caller's trace if they name one (W3C Trace Context).
pub(crate) async fn trace(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let span = tracing::info_span!(
        target: SPANS,
        "request",
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = request.method().as_str(),
        http.route = Empty,
        http.response.status_code = Empty,
        request_id = Empty,
    );
    if span.is_disabled() {
        return next.call(request).await;
    }
    // Only a span that is begun already refuses a parent.
    let _ = span.set_parent(TraceContextPropagator::new().extract(&Carried(request.headers())));
    if let Some(RequestId(id)) = request.extensions().get::<RequestId>() {
        span.record("request_id", id.to_string());
    }
    let response = next.call(request).instrument(span.clone()).await?;
    record(&span, &response);
    Ok(response)
}

fn record(span: &Span, response: &ServiceResponse<impl MessageBody>) {
    let route = response.request().match_pattern();
    let route = route.as_deref().unwrap_or("none");
    // The route is known at the end alone, and a span that is begun takes no other name by way of its fields.
    span.context().span().update_name(format!("{} {route}", response.request().method()));
    span.record("http.route", route);
    span.record("http.response.status_code", response.status().as_u16());
    if response.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}
