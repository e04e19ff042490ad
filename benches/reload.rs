//! What a request feels of a thousand reloads a second: the latency of a call through a policy from
//! text, with and without another thread that reloads it, in short rounds by turns. What a second thread
//! costs in itself is told by a third kind of round, in which it reloads what nobody uses.
//!
//! `cargo bench --bench reload`

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark says what it measures"
)]

use ninelives::{Calls, Host, PolicyBook};
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tower::{Layer, Service, service_fn};

const ROUNDS: usize = 40;
const ROUND: Duration = Duration::from_millis(250);
/// A thousand a second.
const PERIOD: Duration = Duration::from_millis(1);

fn text(attempts: usize) -> String {
    format!("policy it = timeout(1s) + retry({attempts}) + bulkhead(64);")
}

fn main() {
    let host = || Host::new().calls(Calls::<u64, u64, Infallible>::new());
    let book = PolicyBook::from_text(text(3), host()).unwrap();
    let echo = |request| -> Ready<Result<u64, Infallible>> { ready(Ok(request)) };
    let mut service = book.policy::<u64, u64, Infallible>("it").unwrap().layer(service_fn(echo));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();

    // A book that no service is under: reloading it costs the machine as much, and the requests nothing.
    let other = PolicyBook::from_text(text(3), host()).unwrap();

    measure(&mut service);
    let mut still = Vec::new();
    let [mut other_reloaded, mut reloaded] = [(0, Vec::new()), (0, Vec::new())];
    for _ in 0..ROUNDS {
        still.extend(measure(&mut service));
        for (book, (reloads, latencies)) in [(&other, &mut other_reloaded), (&book, &mut reloaded)]
        {
            let over = AtomicBool::new(false);
            std::thread::scope(|scope| {
                let writer = scope.spawn(|| reload(book, &over));
                latencies.extend(measure(&mut service));
                over.store(true, Ordering::Relaxed);
                *reloads += writer.join().unwrap();
            });
        }
    }
    let seconds = (ROUND * u32::try_from(ROUNDS).unwrap()).as_secs_f64();
    println!("{:.0} reloads a second, of three layers", reloaded.0 as f64 / seconds);
    println!("{:<20} {:>12} {:>10} {:>10}", "", "calls", "p50", "p99.9");
    let still = row("still", still);
    let other = row("another book", other_reloaded.1);
    let reloaded = row("reloaded", reloaded.1);
    ratio("to still", reloaded, still);
    ratio("to another book", reloaded, other);
}

fn ratio(name: &str, one: (u64, u64), to: (u64, u64)) {
    let [median, tail] = [one.0 as f64 / to.0 as f64, one.1 as f64 / to.1 as f64];
    println!("{name:<20} {:>12} {median:>9.2}x {tail:>9.2}x", "");
}

/// Reloads once a millisecond until told otherwise; returns how often.
fn reload(book: &PolicyBook, over: &AtomicBool) -> usize {
    let mut reloads = 0;
    let mut next = Instant::now();
    while !over.load(Ordering::Relaxed) {
        reloads += 1;
        book.reload(text(2 + reloads % 2)).unwrap();
        next += PERIOD;
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    reloads
}

/// The nanoseconds of each call in one round.
fn measure<S: Service<u64, Response = u64, Error: std::fmt::Debug>>(service: &mut S) -> Vec<u64> {
    let mut latencies = Vec::with_capacity(1 << 20);
    let mut task = Context::from_waker(Waker::noop());
    let end = Instant::now() + ROUND;
    loop {
        let began = Instant::now();
        if began >= end {
            return latencies;
        }
        assert!(service.poll_ready(&mut task).is_ready());
        let Poll::Ready(answer) = pin!(service.call(1)).poll(&mut task) else {
            panic!("the service answers at once");
        };
        answer.unwrap();
        latencies.push(u64::try_from(began.elapsed().as_nanos()).unwrap());
    }
}

/// Prints a row, and returns its median and its 99.9th percentile.
fn row(name: &str, mut latencies: Vec<u64>) -> (u64, u64) {
    latencies.sort_unstable();
    let at = |share: f64| latencies[(latencies.len() as f64 * share) as usize];
    println!("{name:<20} {:>12} {:>7} ns {:>7} ns", latencies.len(), at(0.5), at(0.999));
    (at(0.5), at(0.999))
}
