//! All of it together: a server, a proxy before it, and a policy from text around a client of the proxy.

use crate::attempts::{Attempts, End, Recorded};
use crate::client::{Ask, Client, Failure, Reply};
use crate::fault::Fault;
use crate::proxy::Proxy;
use crate::server::{Answer, Server};
use ninelives::telemetry::{EventKind, MemorySink, PolicyEvent, Telemetry};
use ninelives::{Calls, DegradedResponse, Host, Http, PolicyBook, PolicyError, TextGuarded};
use std::future::poll_fn;
use std::time::Duration;
use tower_layer::Layer;
use tower_service::Service;

/// More than any scenario reports.
const EVENTS: u16 = 8_192;

/// What a policy is put around, and what is known of it.
#[derive(Debug)]
pub struct World {
    /// Answers.
    pub server: Server,
    /// Fails.
    pub proxy: Proxy,
    /// The attempts that the policy made through the proxy.
    pub attempts: Attempts,
    /// The policy.
    pub book: PolicyBook,
    telemetry: Telemetry,
    memory: MemorySink,
    guarded: TextGuarded<Recorded, Ask>,
}

/// An answer, or why there is none.
pub type Outcome = Result<Reply, PolicyError<Failure>>;

impl World {
    /// Puts the policy, classified as HTTP, before a proxy with these faults and a server with these answers.
    /// `to(@direct)` goes past the proxy, to the server itself.
    ///
    /// # Errors
    /// When there is no free port, or the policy has an error.
    pub async fn new(
        policy: &str,
        faults: impl IntoIterator<Item = Fault>,
        answers: impl IntoIterator<Item = Answer>,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let server = Server::start(answers).await?;
        let proxy = Proxy::start(server.address(), faults).await?;
        let memory = MemorySink::new(EVENTS.into());
        let telemetry = Telemetry::with_capacity(memory.clone(), EVENTS);
        let calls = Calls::<Ask, Reply, Failure>::new()
            .classify(Http)
            .degraded(DegradedResponse::degraded)
            .service("direct", Client::new(server.address()));
        let book =
            PolicyBook::from_text(format!("policy it = {policy};"), Host::new().calls(calls))?
                .with_sink(telemetry.clone());
        let attempts = Attempts::default();
        let client = Client::new(proxy.address());
        let guarded = book.policy("it")?.layer(Recorded { attempts: attempts.clone(), client });
        Ok(Self { server, proxy, attempts, book, telemetry, memory, guarded })
    }

    /// One request through the policy.
    pub fn send(&self, request: Ask) -> impl Future<Output = Outcome> + use<> {
        let mut guarded = self.guarded.clone();
        async move {
            poll_fn(|task| guarded.poll_ready(task)).await?;
            guarded.call(request).await
        }
    }

    /// How each attempt ended.
    pub fn ends(&self) -> Vec<End> {
        self.attempts.ends()
    }

    /// What was reported since the last time.
    pub async fn events(&self) -> Vec<PolicyEvent> {
        self.telemetry.flush().await;
        self.memory.take()
    }

    /// The same in words, without what took how long.
    pub async fn facts(&self) -> Vec<String> {
        self.events().await.iter().map(fact).collect()
    }
}

/// Lets that time pass at once.
pub async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

fn fact(event: &PolicyEvent) -> String {
    let PolicyEvent { path, kind, .. } = event;
    let attempt = event.attempt.map(|attempt| format!(" {attempt}")).unwrap_or_default();
    let class = match kind {
        EventKind::RetryAttempt { class, .. }
        | EventKind::RetryExhausted { class }
        | EventKind::RequestFailed { class } => format!(" ({class})"),
        EventKind::RequestSucceeded { degraded: true } => " (degraded)".to_owned(),
        _ => String::new(),
    };
    format!("{path}: {}{attempt}{class}", kind.name())
}
