//! Metrics for Prometheus, and the access log. Labels have few values, known beforehand, and say nothing of people.
//!
//! Requests, problems, tasks and e-mails are counted as they happen; what stands somewhere (connections, pools, doors) is looked at
//! when someone asks.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, web};
use kernel::notification::{Lane, TaskKind};
use persistence::Principal;
use persistence::task::Backlog;
use prometheus::{
    Encoder as _, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};
use serde_json::Value;
use tracing::field::display;
use uuid::Uuid;

use crate::connections::Connections;
use crate::problem::{Code, RequestId};
use crate::services::Services;

const BOUNDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Methods that have a label of their own: a client can make up as many others as it likes.
const METHODS: &[&str] = &["GET", "POST", "PATCH", "OPTIONS", "HEAD", "PUT", "DELETE"];
/// What stands in a label where there is nothing to name.
const NONE: &str = "none";

/// The operations of each route, by their method.
type Operations = HashMap<String, Vec<(String, String)>>;

/// The counters of this process.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: HistogramVec,
    problems: IntCounterVec,
    tasks: IntCounterVec,
    mail: IntCounterVec,
    backlog: Lines,
    looked_at: LookedAt,
    operations: Arc<OnceLock<Operations>>,
}

/// What waits for the worker.
#[derive(Clone)]
struct Lines {
    open: IntGaugeVec,
    due: IntGaugeVec,
    lag: GaugeVec,
    lanes: GaugeVec,
    mail: IntGaugeVec,
}

/// What is looked at when someone asks.
#[derive(Clone)]
struct LookedAt {
    process: IntGaugeVec,
    connections: IntGaugeVec,
    pools: IntGaugeVec,
    pool_waiting: IntGaugeVec,
    doors: IntGaugeVec,
    refused: IntCounterVec,
}

/// How a task ended, or an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    /// It failed, and is tried again.
    Failed,
    /// It failed for the last time.
    GivenUp,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Done, Self::Failed, Self::GivenUp];

    const fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
        }
    }
}

/// How the sending of an e-mail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// The mail relay took it.
    Sent,
    /// The server of the recipient refused it for good.
    Bounced,
    /// It was not sent, and is tried again.
    Retried,
    /// It was not sent, and is not tried again.
    Failed,
}

impl Sending {
    const ALL: [Self; 4] = [Self::Sent, Self::Bounced, Self::Retried, Self::Failed];

    const fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Bounced => "bounced",
            Self::Retried => "retried",
            Self::Failed => "failed",
        }
    }
}

/// What is looked at: the services, and the connections of clients with their largest number.
#[derive(Clone)]
pub(crate) struct Watched {
    pub(crate) services: Services,
    pub(crate) connections: Connections,
    pub(crate) most: usize,
}

impl Metrics {
    /// Counters that stand at zero, each of them there from the start, so that its first rise is seen.
    ///
    /// # Errors
    /// A name is not one of Prometheus'.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let told = HistogramOpts::new("diapason_http_request_duration_seconds", "Time to answer a request.");
        let labels = ["method", "route", "operation", "status"];
        let requests = HistogramVec::new(told.buckets(BOUNDS.to_vec()), &labels)?;
        registry.register(Box::new(requests.clone()))?;
        let to = &registry;
        let metrics = Self {
            problems: counter(to, "diapason_problems_total", "Problems answered, by their code.", &["code"])?,
            tasks: counter(
                to,
                "diapason_tasks_total",
                "Tasks that this instance took, by outcome.",
                &["kind", "outcome"],
            )?,
            mail: counter(
                to,
                "diapason_mail_total",
                "E-mails that this instance sent, or could not send.",
                &["outcome"],
            )?,
            backlog: Lines::new(to)?,
            looked_at: LookedAt::new(to)?,
            requests,
            registry,
            operations: Arc::default(),
        };
        metrics.begin_at_zero();
        let version =
            gauge(&metrics.registry, "diapason_build_info", "The version that runs; always 1.", &["version"])?;
        version.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        #[cfg(target_os = "linux")]
        metrics.registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(metrics)
    }

    fn begin_at_zero(&self) {
        for code in Code::ALL {
            self.problems.with_label_values(&[code.code()]);
        }
        for kind in TaskKind::ALL {
            for outcome in Outcome::ALL {
                self.tasks.with_label_values(&[kind.code(), outcome.code()]);
            }
        }
        for outcome in Sending::ALL {
            self.mail.with_label_values(&[outcome.code()]);
        }
        self.tell_backlog(&[]);
    }

    /// Learns the contract, which names the operations.
    pub(crate) fn learn(&self, contract: &Value) {
        self.operations.get_or_init(|| operations(contract));
    }

    fn operation(&self, method: &str, route: &str) -> &str {
        let here = self.operations.get().and_then(|all| all.get(route));
        let named = here.and_then(|here| here.iter().find(|(known, _)| known == method));
        named.map_or(NONE, |(_, operation)| operation.as_str())
    }

    /// Counts a problem.
    pub(crate) fn problem(&self, code: Code) {
        self.problems.with_label_values(&[code.code()]).inc();
    }

    /// Counts a task that was taken.
    pub(crate) fn task(&self, kind: TaskKind, outcome: Outcome) {
        self.tasks.with_label_values(&[kind.code(), outcome.code()]).inc();
    }

    /// Counts an e-mail.
    pub(crate) fn mail(&self, outcome: Sending) {
        self.mail.with_label_values(&[outcome.code()]).inc();
    }

    /// Notes what waits for the worker; nothing waits of what is not named.
    pub(crate) fn tell_backlog(&self, waits: &[Backlog]) {
        for kind in TaskKind::ALL.iter().map(|kind| kind.code()) {
            let line = waits.iter().find(|line| line.kind == kind);
            self.backlog.open.with_label_values(&[kind]).set(line.map_or(0, |line| line.open));
            self.backlog.due.with_label_values(&[kind]).set(line.map_or(0, |line| line.due));
            self.backlog.lag.with_label_values(&[kind]).set(line.map_or(0.0, |line| line.lag));
        }
        for lane in Lane::ALL {
            let lines = waits.iter().filter(|line| lane.kinds().any(|kind| kind.code() == line.kind));
            let lag = lines.map(|line| line.lag).fold(0.0, f64::max);
            self.backlog.lanes.with_label_values(&[lane.code()]).set(lag);
        }
        let mail = waits.iter().find(|line| line.kind == TaskKind::Send.code());
        self.backlog.mail.with_label_values::<&str>(&[]).set(mail.map_or(0, |line| line.open));
    }

    /// All metrics, as Prometheus reads them.
    pub(crate) fn text(&self, watched: &Watched) -> String {
        self.looked_at.look(watched);
        let mut text = Vec::new();
        // Writing to memory never fails.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        String::from_utf8(text).unwrap_or_default()
    }
}

impl Lines {
    fn new(to: &Registry) -> prometheus::Result<Self> {
        let open = "Tasks of all instances that are not done, for their time has not come or no worker has.";
        let due = "Tasks of all instances that should have been done by now.";
        let mail = "E-mails of all instances that wait to be sent.";
        let lag = "For how long the oldest due task has been due.";
        let lanes = "For how long the oldest due task of a lane of the worker has been due.";
        Ok(Self {
            open: gauge(to, "diapason_tasks_open", open, &["kind"])?,
            due: gauge(to, "diapason_tasks_due", due, &["kind"])?,
            lag: seconds(to, "diapason_task_lag_seconds", lag, "kind")?,
            lanes: seconds(to, "diapason_lane_lag_seconds", lanes, "lane")?,
            mail: gauge(to, "diapason_mail_queued", mail, &[])?,
        })
    }
}

impl LookedAt {
    fn new(to: &Registry) -> prometheus::Result<Self> {
        let process = "Whether the database answers and holds what this version needs (ready), and whether the process is \
                       about to stop (draining).";
        let connections = "Connections of clients: open, and how many there may be (max).";
        let pools = "Connections to the database: open, in use, and how many there may be (max).";
        let doors = "Requests behind a door to the database: at work, in line (waiting), given up but still at work (hung), and \
                     how many may be at work (max).";
        let waiting = "Threads that wait for a connection to the database.";
        Ok(Self {
            process: gauge(to, "diapason_state", process, &["state"])?,
            connections: gauge(to, "diapason_http_connections", connections, &["state"])?,
            pools: gauge(to, "diapason_pool_connections", pools, &["pool", "state"])?,
            pool_waiting: gauge(to, "diapason_pool_waiting", waiting, &["pool"])?,
            doors: gauge(to, "diapason_door_requests", doors, &["door", "state"])?,
            refused: counter(to, "diapason_door_refused_total", "Requests answered `busy` at a door.", &["door"])?,
        })
    }

    fn look(&self, Watched { services, connections, most }: &Watched) {
        let draining = services.draining.load(std::sync::atomic::Ordering::Acquire);
        self.process.with_label_values(&["ready"]).set(services.database.is_ready().into());
        self.process.with_label_values(&["draining"]).set(draining.into());
        self.connections.with_label_values(&["open"]).set(number(connections.open()));
        self.connections.with_label_values(&["max"]).set(number(*most));
        for (name, pool) in services.database.pools() {
            for (state, value) in [("max", pool.size), ("open", pool.open), ("in_use", pool.in_use)] {
                self.pools.with_label_values(&[name, state]).set(value.into());
            }
            self.pool_waiting.with_label_values(&[name]).set(number(pool.waiting));
        }
        for (name, door) in [("read", services.readers.used()), ("write", services.writers.used())] {
            let states =
                [("max", door.places), ("at_work", door.at_work), ("waiting", door.waiting), ("hung", door.hung)];
            for (state, value) in states {
                self.doors.with_label_values(&[name, state]).set(number(value));
            }
            // The admin listener has one thread, so nobody else adds to it meanwhile.
            let refused = self.refused.with_label_values(&[name]);
            refused.inc_by(door.refused.saturating_sub(refused.get()));
        }
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn counter(to: &Registry, name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntCounterVec> {
    let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
    to.register(Box::new(counter.clone()))?;
    Ok(counter)
}

fn gauge(to: &Registry, name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntGaugeVec> {
    let gauge = IntGaugeVec::new(Opts::new(name, help), labels)?;
    to.register(Box::new(gauge.clone()))?;
    Ok(gauge)
}

fn seconds(to: &Registry, name: &str, help: &str, label: &str) -> prometheus::Result<GaugeVec> {
    let gauge = GaugeVec::new(Opts::new(name, help), &[label])?;
    to.register(Box::new(gauge.clone()))?;
    Ok(gauge)
}

fn operations(contract: &Value) -> Operations {
    let paths = contract.get("paths").and_then(Value::as_object).into_iter().flatten();
    let named = |item: &Value| {
        let methods = item.as_object().into_iter().flatten();
        let name = |operation: &Value| operation.get("operationId").and_then(Value::as_str).map(str::to_owned);
        methods.filter_map(|(method, operation)| Some((method.to_uppercase(), name(operation)?))).collect()
    };
    paths.map(|(path, item)| (path.clone(), named(item))).collect()
}

fn label(method: &Method) -> &'static str {
    METHODS.iter().find(|known| **known == method.as_str()).copied().unwrap_or("other")
}

/// Middleware: counts and logs a request under its route, never under its address, which may say too much.
pub(crate) async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let id = request.extensions().get::<RequestId>().map_or_else(Uuid::nil, |id| id.0);
    let metrics = request.app_data::<web::Data<Metrics>>().cloned();
    let response = next.call(request).await?;
    let Some(metrics) = metrics else { return Ok(response) };
    let request = response.request();
    let route = request.match_pattern();
    let (method, route) = (label(request.method()), route.as_deref().unwrap_or(NONE));
    let (operation, status) = (metrics.operation(method, route), response.status());
    let elapsed = began.elapsed();
    metrics.requests.with_label_values(&[method, route, operation, status.as_str()]).observe(elapsed.as_secs_f64());
    let principal = request.extensions().get::<Principal>().and_then(Principal::id);
    // Whole microseconds: three decimals.
    let milliseconds = (elapsed.as_secs_f64() * 1e6).round() / 1000.0;
    let (status, principal_id) = (status.as_u16(), principal.map(display));
    tracing::info!(target: "access", method, route, status, milliseconds, request_id = %id, principal_id);
    Ok(response)
}
