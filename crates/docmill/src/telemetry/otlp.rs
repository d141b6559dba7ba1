use std::cell::Cell;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use docmill_server::Traced;
use opentelemetry::trace::{
    Link, Span as _, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer, TracerProvider,
};
use opentelemetry::{Context, global};
use opentelemetry_http::{HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;
use uuid::Uuid;

use crate::config::TelemetrySettings;
use crate::local::blocking;
use crate::refusal::{Refusal, Refused};

/// Longest time of one sending of spans.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Where a receiver of OTLP over HTTP takes spans.
const PATH: &str = "/v1/traces";

/// Spans on their way out. They are collected and sent by a thread of the library.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// `None` when no receiver is set. Needs the Tokio runtime that requests are made on.
    pub fn start(settings: &TelemetrySettings) -> Refused<Option<Self>> {
        if settings.otlp_endpoint.is_empty() {
            return Ok(None);
        }
        let refuse = |why: String| Refusal::usage(format!("telemetry.otlp_endpoint is not usable: {why}"));
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(|error| refuse(error.to_string()))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(OnRuntime { http, runtime: Handle::current() })
            .with_protocol(Protocol::HttpJson)
            .with_endpoint(format!("{}{PATH}", settings.otlp_endpoint.trim_end_matches('/')))
            .with_timeout(TIMEOUT)
            .build()
            .map_err(|error| refuse(error.to_string()))?;
        let provider = SdkTracerProvider::builder()
            .with_id_generator(Ids(RandomIdGenerator::default()))
            .with_resource(Resource::builder().with_service_name("docmill").build())
            .with_batch_exporter(exporter)
            .build();
        global::set_tracer_provider(provider.clone());
        Ok(Some(Self(provider)))
    }

    /// Turns docmill's own spans into traces, whatever the log shows.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        let ours =
            Targets::new().with_targets([("docmill_server", LevelFilter::INFO), ("docmill_runner", LevelFilter::INFO)]);
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("docmill"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(ours)
    }

    pub fn of_requests(&self) -> Traced {
        Traced { came_from, made }
    }

    pub fn of_jobs(&self) -> fn(&Span, Uuid) {
        belongs_to
    }

    /// Sends what is left.
    pub async fn end(self) {
        let ended = blocking(move || self.0.shutdown()).await;
        if let Ok(Err(error)) = ended {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// The request goes on with the trace of its caller (W3C `traceparent`). What is no such header is left alone.
fn came_from(request: &Span, traceparent: &str) {
    let mut parts = traceparent.split('-');
    let (Some("00"), Some(trace), Some(span), Some(flags)) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return;
    };
    let ids = (TraceId::from_hex(trace), SpanId::from_hex(span), u8::from_str_radix(flags, 16));
    let (Ok(trace), Ok(span), Ok(flags)) = ids else { return };
    let caller = SpanContext::new(trace, span, TraceFlags::new(flags), true, TraceState::default());
    if caller.is_valid() {
        // Refused only when the span has begun, which it has not.
        let _ = request.set_parent(Context::new().with_remote_span_context(caller));
    }
}

/// What a batch or a single job does is a trace of its own, whose id is that of the batch or job: it goes on for long
/// after the request, over restarts and on other machines, and is found by the id that everybody knows. Its first span
/// is linked with the request that made it.
fn made(request: &Span, work: Uuid) {
    let asking = request.context().span().span_context().clone();
    let root = root(work);
    NEXT.set(Some((root.trace_id(), root.span_id())));
    let tracer = global::tracer("docmill");
    let queued = tracer.span_builder("queued").with_links(vec![Link::with_context(asking)]);
    let mut queued = queued.start_with_context(&tracer, &Context::new());
    NEXT.set(None);
    queued.end();
    request.add_link(root);
}

fn belongs_to(job: &Span, work: Uuid) {
    let _ = job.set_parent(Context::new().with_remote_span_context(root(work)));
}

/// The first span of the trace of a batch or job.
fn root(work: Uuid) -> SpanContext {
    let mut span = [0; 8];
    span.copy_from_slice(&work.as_bytes()[8..]);
    let (trace, span) = (TraceId::from_bytes(*work.as_bytes()), SpanId::from_bytes(span));
    SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::default())
}

thread_local! {
    /// Ids of the span that this thread begins next, when they must be certain ones.
    static NEXT: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

#[derive(Debug)]
struct Ids(RandomIdGenerator);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        NEXT.get().map_or_else(|| self.0.new_trace_id(), |(trace, _)| trace)
    }

    fn new_span_id(&self) -> SpanId {
        NEXT.get().map_or_else(|| self.0.new_span_id(), |(_, span)| span)
    }
}

/// The library's thread has no runtime, and reqwest needs one.
#[derive(Debug)]
struct OnRuntime {
    http: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (http, request) = (self.http.clone(), reqwest::Request::try_from(request)?);
        let sent = self.runtime.spawn(async move {
            let answer = http.execute(request).await?;
            Ok::<_, reqwest::Error>((answer.status(), answer.bytes().await?))
        });
        let (status, body) = sent.await??;
        let mut response = Response::new(body);
        *response.status_mut() = status;
        Ok(response)
    }
}
