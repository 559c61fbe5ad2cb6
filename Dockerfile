# The booking service's image for those who build with Docker: `docker build --tag bella-service .`
# `bella` assembles the same one without Docker; a test keeps the two in step.
ARG RUST=1.95
FROM rust:${RUST}-alpine AS build
WORKDIR /source
COPY . .
# Alpine's compiler links statically against musl.
RUN --mount=type=cache,target=/source/target \
    --mount=type=cache,target=/usr/local/cargo/registry \
    cargo build --release --locked --package bella-service --bin bella-service \
    && mkdir -p /image/usr/bin /image/etc/ssl/certs /image/tmp \
    && chmod 1777 /image/tmp \
    && cp target/release/bella-service /image/usr/bin/ \
    && cp platform/image/base/* /image/etc/ \
    && cp service/certs/rds-global.pem /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/

FROM scratch
ARG VERSION=development
ARG REVISION=unknown
LABEL org.opencontainers.image.title="bella-service" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /image/ /
ENV PATH=/usr/bin
WORKDIR /
USER 65532:65532
EXPOSE 8000/tcp
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/bella-service"]
CMD ["serve"]
