//! Ten thousand reloads, half of them of texts that are refused, beside a load through a real HTTP
//! server: no request fails of it, none is sent once more, none runs on a mixture of two texts.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a failed check ends its test"
)]

#[path = "../examples/support/mod.rs"]
mod support;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{Empty, Full};
use hyper_util::rt::TokioIo;
use ninelives::control::LayerState;
use ninelives::{Calls, Host, Http, PolicyBook, Registry};
use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{Answer, Ask, Failure, client};
use tokio::net::TcpListener;
use tower::{Layer, Service, ServiceExt};

const RELOADS: usize = 10_000;
/// More than either text admits at once, so that some always wait in line.
const WORKERS: usize = 96;
const IN_FLIGHT: usize = 64;
/// How long the server takes: with so many workers, more than a thousand requests a second.
const DELAY: Duration = Duration::from_millis(50);

/// Each text says in its degraded answer which one it is, and how often a request is tried under it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Text {
    Left,
    Right,
}

impl Text {
    const ALL: [Self; 2] = [Self::Left, Self::Right];

    fn source(self) -> String {
        let (mark, attempts, limit) = (self.mark(), self.attempts(), self.limit());
        format!(
            "policy search = bulkhead({limit}, queue = {WORKERS}, wait = 1h)
                 + retry({attempts}, backoff = fixed(1ms), jitter = none, budget = off)
                 | fallback(@{mark});
             policy broken = circuit_breaker(consecutive = 1, window = {limit}, cooldown = 1h);"
        )
    }

    /// Each reload shrinks or widens it under those inside and those in line.
    fn limit(self) -> u64 {
        match self {
            Self::Left => 80,
            Self::Right => 72,
        }
    }

    fn attempts(self) -> u32 {
        match self {
            Self::Left => 2,
            Self::Right => 4,
        }
    }

    fn mark(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// What is wrong, in the order in which it is tried.
const BAD: [&str; 5] = [
    "policy search = bulkhead(1) + rety(2);",
    "policy search = ",
    "policy search = to(@nowhere);",
    "policy other = pass;",
    "\0\0\0\0",
];

/// What reached the server.
#[derive(Default)]
struct Reached {
    /// How often, by request.
    times: Mutex<HashMap<u64, u32>>,
    inside: AtomicU64,
    /// The most that were inside at once.
    peak: AtomicU64,
}

impl Reached {
    async fn serve(&self, id: u64) {
        *self.times.lock().unwrap().entry(id).or_default() += 1;
        let inside = self.inside.fetch_add(1, Ordering::Relaxed) + 1;
        self.peak.fetch_max(inside, Ordering::Relaxed);
        tokio::time::sleep(DELAY).await;
        self.inside.fetch_sub(1, Ordering::Relaxed);
    }

    fn take(&self, id: u64) -> u32 {
        self.times.lock().unwrap().remove(&id).unwrap_or_default()
    }
}

async fn serve(reached: Arc<Reached>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let reached = reached.clone();
            let answer =
                hyper::service::service_fn(move |request| answer(reached.clone(), request));
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer);
            tokio::spawn(connection);
        }
    });
    address
}

async fn answer(
    reached: Arc<Reached>,
    request: Request<hyper::body::Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    reached.serve(header(&request, "x-id")).await;
    let fails = request.headers().contains_key("x-fail");
    let mut response = Response::new(Full::new(Bytes::from_static(b"42")));
    if fails {
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    }
    Ok(response)
}

fn header<B>(request: &Request<B>, name: &str) -> u64 {
    request.headers()[name].to_str().unwrap().parse().unwrap()
}

fn degraded(mark: &'static str) -> Answer {
    let mut response = Response::new(Bytes::from_static(mark.as_bytes()));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}

fn host() -> Host {
    let calls = Calls::<Ask, Answer, Failure>::new()
        .classify(Http)
        .handler("left", |_, _| degraded("left"))
        .handler("right", |_, _| degraded("right"));
    Host::new().calls(calls)
}

/// How many permits are taken.
fn permits(registry: &Registry) -> u64 {
    let layers = registry.layers();
    let state = layers.iter().find(|layer| layer.path.as_str() == "search.bulkhead").unwrap().state;
    let Some(LayerState::Bulkhead { in_use, .. }) = state else { unreachable!("{state:?}") };
    in_use
}

/// What all workers share.
struct Load {
    address: SocketAddr,
    reached: Arc<Reached>,
    next: AtomicU64,
    in_flight: AtomicUsize,
    over: AtomicBool,
}

impl Load {
    fn ask(&self, id: u64, fails: bool) -> Ask {
        let request = Request::get(format!("http://{}/", self.address)).header("x-id", id);
        let request = if fails { request.header("x-fail", "") } else { request };
        request.body(Empty::new()).unwrap()
    }

    /// One request after the other, every tenth of which the server fails, until it is over.
    async fn work<S, E>(&self, mut service: S) -> [usize; 3]
    where
        S: Service<Ask, Response = Answer, Error = E>,
        E: std::fmt::Debug,
    {
        let mut seen = [0; 3];
        while !self.over.load(Ordering::Relaxed) {
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            let fails = id.is_multiple_of(10);
            self.in_flight.fetch_add(1, Ordering::Relaxed);
            let answer = service.ready().await.unwrap().call(self.ask(id, fails)).await.unwrap();
            self.in_flight.fetch_sub(1, Ordering::Relaxed);
            let calls = self.reached.take(id);
            if fails {
                let text = Text::ALL.into_iter().find(|text| *answer.body() == text.mark());
                let text = text.expect("a degraded answer");
                assert_eq!(calls, text.attempts(), "request {id} ran on a mixture with {text:?}");
                seen[text as usize] += 1;
            } else {
                assert_eq!((answer.status(), calls), (StatusCode::OK, 1), "request {id}");
                assert_eq!(*answer.body(), "42", "request {id}");
                seen[2] += 1;
            }
        }
        seen
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_reloads_under_load_are_felt_by_no_request() {
    let reached = Arc::new(Reached::default());
    let load = Arc::new(Load {
        address: serve(reached.clone()).await,
        reached,
        next: AtomicU64::new(1),
        in_flight: AtomicUsize::new(0),
        over: AtomicBool::new(false),
    });
    let book = PolicyBook::from_text(Text::Left.source(), host()).unwrap();
    let search = book.policy::<Ask, Answer, Failure>("search").unwrap().layer(client());
    let broken = book.policy::<Ask, Answer, Failure>("broken").unwrap().layer(client());

    // Its one failure opens the circuit for an hour.
    let failed = broken.clone().oneshot(load.ask(0, true)).await.unwrap();
    assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(load.reached.take(0), 1);

    let began = Instant::now();
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let (load, service) = (load.clone(), search.clone());
            tokio::spawn(async move { load.work(service).await })
        })
        .collect();

    let fewest = Arc::new(AtomicUsize::new(usize::MAX));
    let registry = book.registry();
    let mut inside = 0;
    for reload in 0..RELOADS {
        while load.in_flight.load(Ordering::Relaxed) < IN_FLIGHT {
            assert!(workers.iter().all(|worker| !worker.is_finished()), "a worker failed");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let (book, bad) = (book.clone(), reload % 2 == 1);
        if bad {
            // Some requests begin under each text.
            tokio::time::sleep(Duration::from_millis(1)).await;
            let limit = Text::ALL[reload / 2 % 2].limit();
            let now = permits(&registry);
            assert!(now <= inside.max(limit), "{now} inside of {limit}, and {inside} when it came");
        }
        // As a control plane would do it: beside the threads that serve.
        let (load_now, fewest) = (load.clone(), fewest.clone());
        let accepted = tokio::task::spawn_blocking(move || {
            let text = if bad {
                BAD[reload / 2 % BAD.len()].to_owned()
            } else {
                Text::ALL[reload / 2 % 2].source()
            };
            let in_flight = || load_now.in_flight.load(Ordering::Relaxed);
            let before = in_flight();
            let is_accepted = book.reload(text).is_ok();
            fewest.fetch_min(before.min(in_flight()), Ordering::Relaxed);
            is_accepted
        });
        assert_eq!(accepted.await.unwrap(), !bad, "reload {reload}");
        // Those beyond the new limit finish, and nobody is let in before.
        inside = permits(&registry);
        if reload.is_multiple_of(100) {
            let refused = broken.clone().oneshot(load.ask(0, true)).await.unwrap_err();
            assert!(refused.to_string().contains("the circuit is open"), "{refused}");
        }
    }
    let took = began.elapsed();
    load.over.store(true, Ordering::Relaxed);
    let mut seen = [0; 3];
    for worker in workers {
        for (sum, more) in seen.iter_mut().zip(worker.await.unwrap()) {
            *sum += more;
        }
    }
    assert!(
        load.reached.times.lock().unwrap().is_empty(),
        "nothing was sent after its request was over"
    );
    let (fewest, peak) =
        (fewest.load(Ordering::Relaxed), load.reached.peak.load(Ordering::Relaxed));
    let [narrow, wide] = [Text::Right.limit(), Text::Left.limit()];
    assert!(fewest >= IN_FLIGHT, "{fewest} in flight at a reload");
    assert!(peak > narrow && peak <= wide, "{peak} inside at once, of {narrow} or {wide}");
    let [left, right, plain] = seen;
    assert!(left > 0 && right > 0, "both texts were in force: {left}, {right}");
    let requests = left + right + plain;
    println!(
        "{RELOADS} reloads, half of them refused, in {took:.1?}; {requests} requests ({:.0} a second), \
         at least {fewest} in flight at each, at most {peak} of {wide} inside; {left} retried on one text, {right} on the other; none \
         failed, none on a mixture, none sent twice",
        requests as f64 / took.as_secs_f64(),
    );
}
