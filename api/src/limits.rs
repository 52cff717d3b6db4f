//! Rate limits: each principal has an allowance of requests, each address an allowance of bad tokens. Memory is bounded:
//! the principal or address that called the longest ago is forgotten first.

use std::fmt::{self, Display};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest};
use clap::{Args, ValueEnum};
use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use ipnet::IpNet;
use kernel::Identity;
use moka::sync::Cache;

use crate::problem::{Code, Problem};

/// How many principals, and how many addresses, are remembered.
const REMEMBERED: u64 = 20_000;
/// How long someone who asks nothing is remembered; every allowance is whole again long before.
const IDLE: Duration = Duration::from_mins(10);

/// Settings of the rate limits.
#[derive(Debug, Clone, Args)]
pub struct LimitSettings {
    /// Limit the requests of each principal. Default: on with a production issuer, off without one.
    #[arg(long, env = "DIAPASON_RATE_LIMITS", global = true)]
    pub rate_limits: Option<Switch>,
    /// Requests of a person: how many a second, and how many at once after a pause.
    #[arg(long, env = "DIAPASON_MEMBER_RATE", default_value = "20:60", global = true)]
    pub member_rate: Rate,
    /// Requests of a service account, in the same form.
    #[arg(long, env = "DIAPASON_SERVICE_RATE", default_value = "100:200", global = true)]
    pub service_rate: Rate,
    /// Bad tokens that an address (an IPv6 network of 64 bits) may send in a minute. Loopback is exempt with the
    /// development issuer.
    #[arg(long, env = "DIAPASON_BAD_TOKENS", default_value = "20", global = true)]
    pub bad_tokens: NonZeroU32,
    /// Addresses or networks of the proxies in front, separated by commas. The address that they give in `X-Forwarded-For` is
    /// the client; `Forwarded`, or `X-Forwarded-Host` and `X-Forwarded-Proto`, say where the service stands.
    #[arg(long, env = "DIAPASON_TRUSTED_PROXIES", default_value = "", hide_default_value = true, global = true)]
    pub trusted_proxies: Networks,
}

impl LimitSettings {
    /// Whether each principal is limited: unless it is said, with a production issuer alone.
    #[must_use]
    pub fn on(&self, production: bool) -> bool {
        self.rate_limits.map_or(production, |switch| switch == Switch::On)
    }
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// So many a second, and so many at once after a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    each_second: NonZeroU32,
    at_once: NonZeroU32,
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once(':').and_then(|(rate, burst)| Some((rate.parse().ok()?, burst.parse().ok()?)));
        let (each_second, at_once) = numbers.ok_or("expected REQUESTS_A_SECOND:REQUESTS_AT_ONCE, as in 20:60")?;
        Ok(Self { each_second, at_once })
    }
}

impl Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.each_second, self.at_once)
    }
}

/// Addresses and networks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let network = |text: &str| text.parse::<IpAddr>().map(IpNet::from).or_else(|_| text.parse());
        let all = text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(network);
        all.collect::<Result<_, _>>()
            .map(Self)
            .map_err(|_| "expected addresses or networks, comma-separated, as in 10.0.0.0/8".to_owned())
    }
}

impl Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
    }
}

impl Networks {
    pub(crate) fn contain(&self, address: &IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, MonotonicClock, StateInformationMiddleware>;

/// One allowance, under the name that clients read.
struct Allowance<K> {
    name: &'static str,
    quota: Quota,
    buckets: Cache<K, Arc<Bucket>>,
}

/// Where someone stands within an allowance, as the `RateLimit` headers say it (draft-ietf-httpapi-ratelimit-headers).
#[derive(Debug, Clone)]
struct Standing {
    policy: String,
    left: String,
}

impl<K: Hash + Eq + Send + Sync + 'static> Allowance<K> {
    fn new(name: &'static str, quota: Quota) -> Self {
        let buckets = Cache::builder().max_capacity(REMEMBERED).time_to_idle(IDLE).build();
        Self { name, quota, buckets }
    }

    /// Takes one, or says how many seconds to wait for it.
    fn take(&self, who: K) -> (Standing, Result<(), u64>) {
        let fresh = || {
            let bucket = RateLimiter::direct_with_clock(self.quota, MonotonicClock);
            Arc::new(bucket.with_middleware::<StateInformationMiddleware>())
        };
        let (left, taken) = match self.buckets.get_with(who, fresh).check() {
            Ok(state) => (state.remaining_burst_capacity(), Ok(())),
            Err(until) => (0, Err(seconds(until.wait_time_from(MonotonicClock.now())).max(1))),
        };
        let all = self.quota.burst_size().get();
        let gone = self.quota.replenish_interval().saturating_mul(all.saturating_sub(left));
        let window = seconds(self.quota.burst_size_replenished_in());
        let standing = Standing {
            policy: format!("\"{}\";q={all};w={window}", self.name),
            left: format!("\"{}\";r={left};t={}", self.name, seconds(gone)),
        };
        (standing, taken)
    }
}

/// Whole seconds, none too few.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// How many more tokens an address may have its issuer asked about than it may show bad ones.
const MORE: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);

/// All allowances of this process.
#[derive(Clone)]
pub struct Limits(Arc<All>);

struct All {
    members: Option<Allowance<Identity>>,
    services: Option<Allowance<Identity>>,
    bad_tokens: Allowance<IpAddr>,
    questions: Allowance<IpAddr>,
    development: bool,
    trusted: Networks,
}

impl Limits {
    /// The allowances that these settings give.
    #[must_use]
    pub fn new(settings: &LimitSettings, production: bool, development: bool) -> Self {
        let on = settings.on(production);
        let quota = |rate: Rate| Quota::per_second(rate.each_second).allow_burst(rate.at_once);
        let allowance = |name, rate| on.then(|| Allowance::new(name, quota(rate)));
        Self(Arc::new(All {
            members: allowance("member", settings.member_rate),
            services: allowance("service", settings.service_rate),
            bad_tokens: Allowance::new("bad-tokens", Quota::per_minute(settings.bad_tokens)),
            questions: Allowance::new("questions", Quota::per_minute(settings.bad_tokens.saturating_mul(MORE))),
            development,
            trusted: settings.trusted_proxies.clone(),
        }))
    }

    /// Lets a caller's request through unless they sent too many; leaves their standing in the request's extensions.
    pub(crate) fn admit(&self, request: &HttpRequest, caller: &Identity, machine: bool) -> Result<(), Problem> {
        let allowance = if machine { &self.0.services } else { &self.0.members };
        let Some(allowance) = allowance else { return Ok(()) };
        // All tokens of a script have one allowance.
        let who = Identity { session: None, ..caller.clone() };
        let (standing, taken) = allowance.take(who);
        request.extensions_mut().insert(standing);
        taken.map_err(Problem::too_many)
    }

    /// Whether an address may have its issuer asked about one more token: far more often than it may show bad ones.
    /// Else how many seconds to wait.
    pub(crate) fn may_ask(&self, request: &HttpRequest) -> Result<(), u64> {
        let Some(address) = self.client(request) else { return Ok(()) };
        if self.0.development && address.is_loopback() {
            return Ok(());
        }
        self.0.questions.take(address).1
    }

    /// The answer to a bad token: that it is bad, or that the address showed too many. A good token is never refused for
    /// the bad ones of others behind the same address.
    pub(crate) fn unauthenticated(&self, request: &HttpRequest) -> Problem {
        let bad = Problem::new(Code::Unauthenticated);
        let Some(address) = self.client(request) else { return bad };
        if self.0.development && address.is_loopback() {
            return bad;
        }
        let (standing, taken) = self.0.bad_tokens.take(address);
        let Err(wait) = taken else { return bad };
        request.extensions_mut().insert(standing);
        Problem::too_many(wait)
    }

    /// Address of the client: the last one in the chain that is not a trusted proxy.
    fn client(&self, request: &HttpRequest) -> Option<IpAddr> {
        let mut client = request.peer_addr()?.ip().to_canonical();
        let named = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
        let named = named.collect::<Vec<_>>().join(",");
        let mut named = named.rsplit(',').map(|address| address.trim().parse::<IpAddr>());
        while self.0.trusted.contain(&client) {
            let Some(Ok(before)) = named.next() else { break };
            client = before.to_canonical();
        }
        Some(whole(client))
    }
}

/// Middleware: adds the rate-limit headers to each answer.
pub(crate) async fn tell_allowance(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = next.call(request).await?;
    let standing = response.request().extensions().get::<Standing>().cloned();
    for (name, value) in standing.into_iter().flat_map(|it| [("ratelimit-policy", it.policy), ("ratelimit", it.left)]) {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}

/// Someone who has an IPv6 address has all of its 64-bit network.
fn whole(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use governor::Quota;

    use super::{Allowance, Networks, Rate, whole};

    #[test]
    fn an_allowance_is_used_up_and_says_where_one_stands() {
        let Rate { each_second, at_once } = "20:60".parse().unwrap();
        let allowance = Allowance::new("member", Quota::per_second(each_second).allow_burst(at_once));
        let (first, taken) = allowance.take("someone");
        assert_eq!(
            (first.policy.as_str(), first.left.as_str(), taken),
            ("\"member\";q=60;w=3", "\"member\";r=59;t=1", Ok(()))
        );
        while allowance.take("someone").1.is_ok() {}
        let (last, refused) = allowance.take("someone");
        assert_eq!((last.left.as_str(), refused), ("\"member\";r=0;t=3", Err(1)));
        assert!(allowance.take("another").1.is_ok());
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let [one, two, other] =
            ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"].map(|it| whole(it.parse().unwrap()));
        assert!(one == two && one != other);
    }

    #[test]
    fn rates_and_networks_are_read_strictly() {
        for bad in ["", "20", "0:60", "20:0", "20:60:1", "-1:5", "a:b", "20 : 60"] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
        let read = |text: &str| text.parse::<Networks>().map(|all| all.to_string());
        assert_eq!(read("10.0.0.1, 2001:db8::/32,"), Ok("10.0.0.1/32,2001:db8::/32".to_owned()));
        assert_eq!(read(""), Ok(String::new()));
        assert!(read("proxy").is_err() && read("10.0.0.0/33").is_err());
    }
}
