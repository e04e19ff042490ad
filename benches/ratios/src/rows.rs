//! What must be met and what is to be reached, row by row.

use Against::{Nothing, Over, Peer};
use Measure::{Allocations, Clock, Instructions, Locked, Median, Size, Tail, Throughput, Time};
use ninelives_measure::Measure;

/// What a figure of ours is held against.
#[derive(Clone, Copy, Debug)]
pub enum Against {
    /// The ratio of ours to that case is bounded.
    Peer(&'static str),
    /// What ours adds to that case is bounded.
    Over(&'static str),
    /// Ours itself is bounded.
    Nothing,
}

impl Against {
    /// The other case.
    pub fn case(self) -> Option<&'static str> {
        match self {
            Peer(case) | Over(case) => Some(case),
            Nothing => None,
        }
    }
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Our case.
    pub ours: &'static str,
    /// What of it.
    pub measure: Measure,
    /// The other case.
    pub against: Against,
    /// What it is held to; `None` for what is only shown.
    pub bounds: Option<Bounds>,
}

/// What a row is held to.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The bound that must hold.
    pub must: f64,
    /// The bound to reach.
    pub reach: f64,
}

const fn row(ours: &'static str, measure: Measure, against: Against, must: f64, reach: f64) -> Row {
    Row { ours, measure, against, bounds: Some(Bounds { must, reach }) }
}

const fn shown(ours: &'static str, measure: Measure, against: Against) -> Row {
    Row { ours, measure, against, bounds: None }
}

/// The rows that speak of a case.
pub fn of(case: &str) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.ours == case || row.against.case() == Some(case))
}

/// The rows. R3 is a timeout, a retry and a bulkhead; R5 a bulkhead, a timeout, a retry, a timeout
/// for each attempt, and a circuit breaker. A compiled stack is owned: its requests count it; a
/// declared one is static. Every policy pays the edge (`pass`) once, however many layers it has: a
/// layer alone is held against the edge, or against a peer that is a tower service as well.
pub const ROWS: &[Row] = &[
    row("compiled R3", Instructions, Peer("tower R3"), 0.60, 0.20),
    row("compiled R3", Time, Peer("tower R3"), 0.65, 0.45),
    // The budget of the retry, which counts in stripes, is one locked operation.
    row("compiled R3", Locked, Nothing, 6.0, 5.0),
    row("compiled R3, budget = off", Locked, Nothing, 6.0, 4.0),
    row("compiled R3", Clock, Nothing, 1.0, 1.0),
    row("compiled R3", Allocations, Nothing, 0.0, 0.0),
    row("compiled R3", Size, Peer("tower R3"), 1.00, 0.50),
    row("declared R3", Instructions, Peer("tower R3"), 0.60, 0.20),
    row("declared R3", Time, Peer("tower R3"), 0.65, 0.45),
    row("declared R3", Locked, Nothing, 6.0, 3.0),
    row("declared R3, budget = off", Locked, Nothing, 6.0, 2.0),
    row("compiled R3, one yield", Instructions, Peer("tower R3, one yield"), 0.80, 0.40),
    row("compiled R3, one yield", Time, Peer("tower R3, one yield"), 0.80, 0.50),
    row("compiled R3", Instructions, Peer("plain fn R3"), 1.00, 0.55),
    row("compiled R3", Time, Peer("plain fn R3"), 1.00, 0.55),
    row("compiled R3, one yield", Instructions, Peer("plain fn R3, one yield"), 1.00, 0.55),
    row("compiled R3, one yield", Time, Peer("plain fn R3, one yield"), 1.00, 0.55),
    row("compiled R5", Instructions, Peer("plain fn R5"), 1.00, 0.55),
    row("compiled R5", Time, Peer("plain fn R5"), 1.00, 0.55),
    row("compiled R5, one yield", Instructions, Peer("plain fn R5, one yield"), 1.00, 0.55),
    row("compiled R5, one yield", Time, Peer("plain fn R5, one yield"), 1.00, 0.55),
    row("compiled R5, failure rate", Time, Peer("tower-resilience R5"), 1.0 / 8.0, 1.0 / 15.0),
    row("compiled R5", Time, Peer("ninelives 0.2 R5"), 1.0 / 8.0, 1.0 / 15.0),
    shown("compiled R5", Instructions, Peer("tower R5")),
    shown("compiled R5", Time, Peer("tower R5")),
    shown("compiled R5, one yield", Time, Peer("tower R5, one yield")),
    row("compiled R3", Instructions, Peer("compiled R3, by hand"), 1.00, 1.00),
    shown("pass", Instructions, Over("bare service")),
    shown("pass", Time, Over("bare service")),
    shown("pass, one yield", Instructions, Over("bare service, one yield")),
    shown("pass, one yield", Time, Over("bare service, one yield")),
    row("retry", Instructions, Over("bare service"), 25.0, 6.0),
    row("retry", Instructions, Over("pass"), 25.0, 6.0),
    row("pass | pass", Instructions, Over("bare service"), 25.0, 6.0),
    row("pass | pass", Instructions, Over("pass"), 25.0, 6.0),
    shown("retry, one yield", Instructions, Over("pass, one yield")),
    shown("timeout, one yield", Instructions, Over("pass, one yield")),
    shown("bulkhead, one yield", Instructions, Over("pass, one yield")),
    shown("breaker, consecutive, one yield", Instructions, Over("pass, one yield")),
    shown("breaker, failure rate, one yield", Instructions, Over("pass, one yield")),
    shown("hedge, one yield", Instructions, Over("pass, one yield")),
    shown("pass | pass, one yield", Instructions, Over("pass, one yield")),
    shown("pass | fallback, one yield", Instructions, Over("pass, one yield")),
    shown("pass & pass, one yield", Instructions, Over("pass, one yield")),
    shown("pass | fallback", Time, Peer("tower-resilience fallback")),
    shown("pass | fallback, one yield", Time, Peer("tower-resilience fallback, one yield")),
    shown("pass | fallback, taken", Time, Peer("tower-resilience fallback, taken")),
    shown("pass & pass", Instructions, Peer("pass | pass")),
    shown("pass & pass", Time, Peer("select, as a service")),
    shown("pass & pass, one yield", Time, Peer("select, as a service, one yield")),
    shown("retry", Time, Peer("backon, as a service")),
    shown("retry, one yield", Time, Peer("backon, as a service, one yield")),
    shown("timeout + retry", Time, Peer("seatbelt timeout + retry")),
    shown("timeout + retry, one yield", Time, Peer("seatbelt timeout + retry, one yield")),
    row("breaker, consecutive", Time, Peer("recloser"), 0.30, 0.10),
    row("breaker, consecutive", Time, Peer("recloser, as a service"), 0.30, 0.10),
    shown("breaker, consecutive", Time, Peer("failsafe, as a service")),
    shown("breaker, consecutive, one yield", Time, Peer("recloser, as a service, one yield")),
    shown("breaker, consecutive, one yield", Time, Peer("failsafe, as a service, one yield")),
    shown("breaker, failure rate", Time, Peer("seatbelt breaker")),
    shown("breaker, failure rate, one yield", Time, Peer("seatbelt breaker, one yield")),
    shown("breaker, failure rate, one yield", Time, Peer("tower-resilience breaker, one yield")),
    row("breaker, consecutive", Locked, Nothing, 0.0, 0.0),
    row("breaker, failure rate", Time, Peer("recloser"), 0.80, 0.65),
    row("breaker, failure rate", Time, Peer("recloser, as a service"), 0.80, 0.65),
    row("breaker, failure rate", Throughput, Peer("recloser"), 3.0, 8.0),
    row("breaker, failure rate", Throughput, Peer("recloser, as a service"), 3.0, 8.0),
    row("breaker, open", Time, Peer("recloser, open"), 0.80, 0.40),
    row("breaker, open", Time, Peer("recloser, open, as a service"), 0.80, 0.40),
    row("bulkhead", Time, Peer("tokio Semaphore"), 0.75, 0.62),
    row("bulkhead", Time, Peer("tokio Semaphore, as a service"), 0.75, 0.62),
    shown("bulkhead", Time, Peer("tower limit")),
    shown("bulkhead", Throughput, Peer("tower limit")),
    shown("bulkhead, one yield", Time, Peer("tokio Semaphore, as a service, one yield")),
    shown("bulkhead, one yield", Time, Peer("tower limit, one yield")),
    row("bulkhead", Locked, Nothing, 2.0, 2.0),
    row("compiled R3", Throughput, Peer("tower R3"), 1.8, 4.5),
    row("declared R3", Throughput, Peer("tower R3"), 1.8, 4.5),
    shown("compiled R3, one yield", Throughput, Peer("tower R3, one yield")),
    shown("compiled R5", Throughput, Peer("tower R5")),
    shown("compiled R5, one yield", Throughput, Peer("tower R5, one yield")),
    shown("text R3", Throughput, Peer("tower R3")),
    row("text R3", Allocations, Nothing, 1.0, 0.0),
    row("text R3, one yield", Allocations, Nothing, 1.0, 0.0),
    row("text R5", Allocations, Nothing, 1.0, 0.0),
    row("text R3", Instructions, Peer("tower R3"), 1.20, 0.85),
    row("text R3", Time, Peer("tower R3"), 1.00, 0.75),
    row("text R3", Instructions, Peer("tower R3, every layer boxed"), 0.40, 0.27),
    row("text R3", Time, Peer("tower R3, every layer boxed"), 0.60, 0.45),
    shown("text R3, one yield", Time, Peer("tower R3, every layer boxed, one yield")),
    shown("text R5", Time, Peer("tower R5, every layer boxed")),
    shown("text R5, one yield", Time, Peer("tower R5, every layer boxed, one yield")),
    shown("compiled R3, block_on", Time, Peer("tower R3, block_on")),
    shown("compiled R3, one yield, block_on", Time, Peer("tower R3, one yield, block_on")),
    shown("compiled R5, block_on", Time, Peer("tower R5, block_on")),
    shown("compiled R5, one yield, block_on", Time, Peer("tower R5, one yield, block_on")),
    shown("text R3, block_on", Time, Peer("tower R3, block_on")),
    shown("text R3, one yield, block_on", Time, Peer("tower R3, one yield, block_on")),
    row("hedge", Instructions, Peer("tower-resilience hedge"), 0.20, 0.08),
    row("hedge", Allocations, Nothing, 0.0, 0.0),
    shown("hedge", Time, Peer("seatbelt hedge")),
    shown("hedge, one yield", Time, Peer("tower-resilience hedge, one yield")),
    shown("hedge, one yield", Time, Peer("seatbelt hedge, one yield")),
    row("timeout, one yield", Time, Peer("tokio timeout, one yield"), 1.00, 0.45),
    row("parameter read", Locked, Nothing, 0.0, 0.0),
    row("generation read", Locked, Nothing, 0.0, 0.0),
    shown("generation read", Time, Peer("arc_swap load")),
    row("text R3, 1,000 reloads/s", Median, Peer("text R3"), 1.02, 1.00),
    row("text R3, 1,000 reloads/s", Tail, Peer("text R3"), 2.0, 1.2),
    shown("text R3, 1,000 reloads/s", Median, Peer("text R3, 1,000 reloads/s of another book")),
    shown("text R3, 1,000 reloads/s", Tail, Peer("text R3, 1,000 reloads/s of another book")),
    row("event unheard", Instructions, Over("no event"), 4.0, 2.0),
    row("event unheard", Locked, Nothing, 0.0, 0.0),
    row("event unheard", Clock, Nothing, 0.0, 0.0),
    row("event unheard", Allocations, Nothing, 0.0, 0.0),
    row("event heard", Time, Peer("broadcast send"), 0.60, 0.30),
    row("event into NullSink", Time, Nothing, 10_000.0, 1_000.0),
    row("event into MemorySink", Time, Nothing, 10_000.0, 1_000.0),
    row("event into StreamingSink", Time, Nothing, 10_000.0, 1_000.0),
    row("event into one or the other", Time, Nothing, 10_000.0, 1_000.0),
    row("event into both", Time, Nothing, 10_000.0, 1_000.0),
    row("10,000 policies", Time, Nothing, 80e6, 45e6),
    row("100,000 policies", Time, Peer("10,000 policies"), 10.5, 10.0),
    row("loopback HTTP, R3", Median, Peer("loopback HTTP"), 1.01, 1.00),
    row("loopback HTTP, R3", Median, Over("loopback HTTP"), 10_000.0, 1_000.0),
    shown("loopback HTTP, R3", Median, Peer("loopback HTTP, tower R3")),
];
