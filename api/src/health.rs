//! Asks the service of this machine whether it is ready, for health checks of containers, which have no other client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use crate::failure::Failure;

/// How long the service may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks `/readyz` of the service that listens on this address; where that is every address of the machine, on loopback.
///
/// # Errors
/// Nothing listens there, or what does is not ready.
pub fn ask(listen: SocketAddr) -> Result<String, Failure> {
    let here = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    let address = SocketAddr::new(here, listen.port());
    let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).proxy(None);
    let agent = config.http_status_as_error(false).build().new_agent();
    let answer = agent.get(format!("http://{address}/readyz")).call();
    let answer = answer.map_err(|error| format!("nothing answers on {address}: {error}"))?;
    match answer.status().as_u16() {
        200 => Ok("ready".to_owned()),
        status => Err(format!("not ready: {address} answers {status}").into()),
    }
}
