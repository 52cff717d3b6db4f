# The production image: the system's libpq, for TLS towards PostgreSQL.
FROM rust:1.95.0-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends libpq-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked --no-default-features

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libpq5 ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home diapason
COPY --from=build /src/target/release/diapason /usr/local/bin/diapason
USER diapason
WORKDIR /home/diapason
EXPOSE 8080
ENTRYPOINT ["diapason"]
