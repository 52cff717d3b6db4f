# The production image: the system's libpq, for TLS towards PostgreSQL. Needs BuildKit, for its caches.
FROM rust:1.95.0-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends libpq-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# Dependencies and what was compiled before are kept between builds; the program is copied out of the cache.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --no-default-features --bin diapason && cp target/release/diapason /usr/local/bin/diapason

FROM debian:12.12-slim
# hadolint ignore=DL3008
RUN apt-get update && apt-get upgrade -y --no-install-recommends \
    && apt-get install -y --no-install-recommends libpq5 ca-certificates && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 diapason \
    && useradd --uid 10001 --gid 10001 --no-log-init --create-home --home-dir /var/lib/diapason diapason
COPY --from=build /usr/local/bin/diapason /usr/local/bin/diapason
# By number, so that a cluster that forbids root can see that it is not.
USER 10001:10001
WORKDIR /var/lib/diapason
ENV DIAPASON_LISTEN=0.0.0.0:8080 DIAPASON_DATA_DIR=/var/lib/diapason
# E-mails, without a mail relay. Everything else stands in the database.
VOLUME /var/lib/diapason
EXPOSE 8080
# The admin listener is for loopback, unless DIAPASON_ADMIN_REACH=network.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s --retries=3 CMD ["diapason", "health"]
ENTRYPOINT ["diapason"]
CMD ["serve"]
