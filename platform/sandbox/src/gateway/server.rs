use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{RwLockReadGuard, watch};

use super::call_log::{CallLog, Outcome};
use super::classify::{Call, Envelope, has_form_body};
use super::control;
use super::error_code::error_code;
use super::faults::{Effect, Faults};
use super::message::{Answer, Body, Cut, Request as WholeRequest};
use super::quiet::Quiet;
use super::upstream::{EmulatorClient, NoAnswer, Upstream, hold};
use super::wire::Wire;
use crate::balancer::Balancer;
use crate::clock::Clock;
use crate::containers::Engine;
use crate::error::SandboxError;
use crate::home::Home;
use crate::journal::Journal;
use crate::rules::{self, LATE, RULES, Rule, STATES, Store};
use crate::schedules::Clockwork;
use crate::temper::{Temper, What};

/// Bodies up to this size are held, so that they can be sent again to a restarting emulator; larger ones stream.
const HELD: u64 = 64 * 1024;
/// No AWS form request or request that a rule handles comes near this size.
const LARGEST_WHOLE: usize = 8 * 1024 * 1024;

/// Everything one instance's gateway needs to serve a call.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) emulator: EmulatorClient,
    pub(crate) calls: CallLog,
    pub(crate) faults: Faults,
    pub(crate) clock: Arc<Clock>,
    pub(crate) temper: Arc<Temper>,
    pub(crate) quiet: Arc<Quiet>,
    pub(crate) store: Arc<Store>,
    pub(crate) schedules: Arc<Clockwork>,
    pub(crate) balancer: Arc<Balancer>,
    journal: Arc<Journal>,
}

/// A request body: held when it is small or someone has to look at it, else streaming.
enum Received {
    Held(Bytes),
    Streaming(Incoming),
}

impl Gateway {
    /// `port` is the one it will be served on, `balancers` where the load balancers will be.
    pub(crate) fn new(
        home: &Home,
        port: u16,
        balancers: SocketAddr,
        upstream: watch::Receiver<Upstream>,
        engine: Option<Arc<Engine>>,
        journal: Arc<Journal>,
    ) -> Result<Arc<Self>, SandboxError> {
        let quiet = Arc::new(Quiet::new());
        let store = Arc::new(Store::open(home.rules(), Arc::clone(&quiet)));
        let clock = Arc::new(Clock::open(home.clock()));
        let emulator = EmulatorClient::new(upstream, engine);
        let temper = Arc::new(Temper::open(home.temper(), Arc::clone(&clock)));
        let schedules = Clockwork::new(
            port,
            emulator.clone(),
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&temper),
        );
        let balancer = Balancer::new(emulator.clone(), Arc::clone(&store), balancers);
        Ok(Arc::new(Self {
            emulator,
            balancer: Arc::new(balancer),
            schedules: Arc::new(schedules),
            calls: CallLog::start(home.calls())?,
            faults: Faults::default(),
            temper,
            clock,
            store,
            quiet,
            journal,
        }))
    }

    /// Serves connections until the process ends.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        tokio::spawn(Arc::clone(&self.schedules).run());
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Most likely out of file descriptors: others free some.
                    self.journal
                        .note(format_args!("gateway cannot accept: {error}"));
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            // Without it small answers wait for the client's delayed acknowledgement.
            let _ = stream.set_nodelay(true);
            let gateway = Arc::clone(&self);
            tokio::spawn(async move {
                let (wire, reset) = Wire::new(stream);
                let service = service_fn(move |request| {
                    let (gateway, reset) = (Arc::clone(&gateway), Arc::clone(&reset));
                    // What was asked for is done to its end, as AWS does, also when the client goes away meanwhile.
                    let handled = tokio::spawn(async move { gateway.handle(request).await });
                    async move {
                        let answer = handled.await.unwrap_or(Err(Cut::Closed));
                        reset.store(answer.as_ref().err() == Some(&Cut::Reset), Ordering::SeqCst);
                        answer
                    }
                });
                // An error here is a client that went away, or a cut that was asked for.
                let _ = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(wire), service)
                    .await;
            });
        }
    }

    async fn handle(&self, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
        let began = Instant::now();
        let (parts, incoming) = request.into_parts();
        let own = parts.uri.path().starts_with(control::PREFIX);
        let _open = (!own).then(|| self.calls.begin());
        let form = has_form_body(&parts.headers);
        let small = incoming.size_hint().upper().is_some_and(|n| n <= HELD);
        let mut body = if own || form || small {
            Received::Held(read(incoming).await?)
        } else {
            Received::Streaming(incoming)
        };
        let held = match &body {
            Received::Held(bytes) => bytes.clone(),
            Received::Streaming(_) => Bytes::new(),
        };
        let mut request = WholeRequest {
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            body: held,
        };
        if own {
            return Ok(control::answer(self, &request).await.into());
        }
        let call = Call::of(&Envelope {
            method: &request.method,
            path: request.uri.path(),
            query: request.uri.query().unwrap_or_default(),
            headers: &request.headers,
            form: if form { &request.body } else { &[] },
        });
        self.balancer.note(&call);
        let (late, states) = (self.temper.lags(), self.temper.takes_time());
        let rules: Vec<&'static dyn Rule> = LATE
            .iter()
            .filter(|_| late)
            .chain(STATES.iter().filter(|_| states))
            .chain(RULES)
            .copied()
            .filter(|rule| rule.applies(&call))
            .collect();
        if !rules.is_empty()
            && let Received::Streaming(incoming) = body
        {
            request.body = read(incoming).await?;
            body = Received::Held(request.body.clone());
        }
        let mut outcome = Outcome {
            rules: rules.iter().map(|rule| rule.name()).collect(),
            ..Outcome::default()
        };
        let answer = self
            .answer(&call, request, body, &rules, &mut outcome)
            .await;
        if call.service == "iam" && !call.is_read() {
            self.schedules.forget_roles();
        }
        outcome.ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        outcome.status = answer.as_ref().ok().map(|a| a.status().as_u16());
        self.calls.add(&call, outcome);
        answer
    }

    /// Carries out one call, faults first.
    async fn answer(
        &self,
        call: &Call,
        request: WholeRequest,
        body: Received,
        rules: &[&'static dyn Rule],
        outcome: &mut Outcome,
    ) -> Result<Response<Body>, Cut> {
        let hit = self.faults.take(call, self.temper.seed());
        if let Some(hit) = &hit {
            outcome.fault = Some(hit.fault);
            self.temper.note(call, What::Fault, hit.fault);
        }
        let effect = hit.map(|hit| hit.effect);
        match &effect {
            Some(Effect::Error {
                status,
                code,
                message,
            }) => {
                outcome.error = Some(code.clone());
                return Ok(Answer::error(call, *status, code, message).into());
            }
            Some(Effect::DropBefore) => return Err(Cut::Closed),
            Some(Effect::Reset) => return Err(Cut::Reset),
            Some(Effect::Delay(time)) => tokio::time::sleep(*time).await,
            Some(Effect::DropAfter) | None => {}
        }
        if let Some(refusal) = self.temper.refuses(call) {
            outcome.error = Some(refusal.code.to_owned());
            return Ok(Answer::error(call, refusal.status, refusal.code, refusal.message).into());
        }
        let cut_after = effect == Some(Effect::DropAfter);
        let _working = Working::begin(&self.quiet, call).await;
        if !rules.is_empty() {
            let answer = rules::run(
                call,
                request,
                rules,
                &self.emulator,
                &self.store,
                &self.clock,
                &self.temper,
            )
            .await;
            return match answer {
                Ok(_) if cut_after => Err(Cut::Closed),
                Ok(answer) => Ok(noted(answer, outcome).into()),
                Err(reason) => self.without_answer(call, reason, outcome),
            };
        }
        let passed = match body {
            Received::Held(_) => self.emulator.pass(&request, call.is_read()).await,
            Received::Streaming(incoming) => {
                let (method, headers) = (request.method, request.headers);
                self.emulator
                    .stream(method, &request.uri, headers, incoming.boxed())
                    .await
            }
        };
        match passed {
            Ok(response) if cut_after || is_failure(response.status()) => {
                match hold(response).await {
                    Ok(_) if cut_after => Err(Cut::Closed),
                    Ok(answer) => Ok(noted(answer, outcome).into()),
                    Err(reason) => self.without_answer(call, reason, outcome),
                }
            }
            Ok(response) => Ok(response.map(BodyExt::boxed)),
            Err(reason) => self.without_answer(call, reason, outcome),
        }
    }

    /// What the client gets when the emulator gave nothing: an error it may retry when surely nothing was done, and a
    /// cut connection, as uncertain as the truth, when something may have been.
    fn without_answer(
        &self,
        call: &Call,
        reason: NoAnswer,
        outcome: &mut Outcome,
    ) -> Result<Response<Body>, Cut> {
        self.journal.note(format_args!(
            "{} {}: the emulator gave no answer ({reason:?})",
            call.service, call.operation
        ));
        match reason {
            NoAnswer::NotReached => {
                const CODE: &str = "ServiceUnavailable";
                outcome.error = Some(CODE.to_owned());
                let message = "the sandbox's emulator is not running; see `bella sandbox status`";
                Ok(Answer::error(call, StatusCode::SERVICE_UNAVAILABLE, CODE, message).into())
            }
            NoAnswer::Broken => Err(Cut::Closed),
        }
    }
}

/// A call at work, which a save waits for; one that may change something is followed by a save.
struct Working<'a> {
    quiet: &'a Quiet,
    changes: bool,
    _gate: RwLockReadGuard<'a, ()>,
}

impl<'a> Working<'a> {
    async fn begin(quiet: &'a Quiet, call: &Call) -> Self {
        Self {
            quiet,
            changes: !call.is_read(),
            _gate: quiet.enter().await,
        }
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        if self.changes {
            self.quiet.changed();
        }
    }
}

fn is_failure(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

fn noted(answer: Answer, outcome: &mut Outcome) -> Answer {
    if is_failure(answer.status) {
        outcome.error = error_code(&answer.headers, &answer.body);
    }
    answer
}

async fn read(incoming: Incoming) -> Result<Bytes, Cut> {
    let whole = Limited::new(incoming, LARGEST_WHOLE).collect().await;
    whole.map(|body| body.to_bytes()).map_err(|_| Cut::Closed)
}
