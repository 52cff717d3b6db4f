//! Metrics for Prometheus and the access log: each request with its route, its status and its time.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use prometheus::{Encoder as _, HistogramOpts, HistogramVec, Registry, TextEncoder};

use crate::problem::RequestId;

/// The counters of this process.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
}

const BOUNDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

impl Metrics {
    /// Counters that stand at zero.
    ///
    /// # Errors
    /// A name is not one of Prometheus'.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let told = HistogramOpts::new("diapason_http_request_duration_seconds", "Time to answer a request.");
        let requests = HistogramVec::new(told.buckets(BOUNDS.to_vec()), &["method", "route", "status"])?;
        registry.register(Box::new(requests.clone()))?;
        Ok(Self { registry, requests })
    }

    /// All counters, as Prometheus reads them.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        // Writing to memory never fails.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        String::from_utf8(text).unwrap_or_default()
    }
}

/// Middleware: counts and logs a request under its route, never under its address, which may say too much.
pub(crate) async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let id = request.extensions().get::<RequestId>().map(|id| id.0);
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let response = next.call(request).await?;
    if let Some(metrics) = metrics {
        let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
        let method = response.request().method().as_str().to_owned();
        let status = response.status();
        let values = [method.as_str(), route.as_str(), status.as_str()];
        let elapsed = began.elapsed();
        metrics.requests.with_label_values(&values).observe(elapsed.as_secs_f64());
        let milliseconds = elapsed.as_secs_f64() * 1000.0;
        tracing::info!(target: "access", method, route, status = status.as_u16(), milliseconds, request_id = id.map(tracing::field::display));
    }
    Ok(response)
}
