//! Real loads, too short to say anything about time.

use super::{Measure, PROFILES, TAKES};
use crate::account::Counters;
use crate::client::{Answer, Ask, Failure, client, degraded};
use crate::profile::Profile;
use crate::schedule::Schedule;
use crate::server::{Server, Temper};
use crate::session::{Guard, Report, Session};
use ninelives::{Http, PolicyError, policy};
use std::sync::Arc;
use std::time::Duration;
use tower::{Layer, service_fn};

const QUICK: Measure = Measure { time: Duration::from_millis(500), rate: 4.0 };
const REQUESTS: u64 = 200;

/// What came of a load by users whom this makes, of a server that is like that.
fn load<S: Guard>(temper: Temper, user: impl Fn(Arc<Counters>) -> S) -> Report {
    let counters = Arc::new(Counters::default());
    let users = (0..Profile::Baseline.users()).map(|_| user(counters.clone())).collect();
    let server = Server::start(temper, counters.clone()).unwrap();
    server.set_well(false);
    let session = Session::new(server, users, counters).unwrap();
    session.drive(&Schedule::new(Profile::Baseline, QUICK.rate, QUICK.time, 1)).unwrap()
}

#[test]
fn every_request_is_accounted_for_with_the_policy_and_without() {
    let compared = QUICK.compare(Profile::Baseline).unwrap();
    for report in [&compared.bare, &compared.guarded] {
        let tally = report.tally;
        assert_eq!(tally.imbalances(), [""; 0]);
        assert_eq!(tally.sent, REQUESTS);
        assert_eq!(report.latency.len(), REQUESTS);
        assert_eq!([tally.calls, tally.answered], [tally.reached; 2], "nothing was cut");
    }
}

#[test]
fn what_fails_and_what_is_refused_are_told_apart() {
    let temper = Temper { fails: 4, ..PROFILES };
    let policy = policy!(timeout(1s) + bulkhead(1)).classify(Http);
    let tally = load(temper, |counters| policy.layer(client(counters))).tally;
    assert_eq!(tally.imbalances(), [""; 0]);
    assert!(tally.ok > 0 && tally.failed > 0 && tally.refused > 0, "{tally:?}");
    assert_eq!(tally.degraded, 0);
    assert_eq!(tally.calls, tally.ok + tally.failed, "what is refused is not sent");
}

#[test]
fn what_the_fallback_answers_is_degraded() {
    let instead = |_: Option<Ask>, _: Option<Result<Answer, PolicyError<Failure>>>| degraded();
    let policy = policy!(fail | fallback(@instead)).classify(Http);
    let tally = load(PROFILES, |counters| policy.layer(client(counters))).tally;
    assert_eq!(tally.imbalances(), [""; 0]);
    assert_eq!([tally.degraded, tally.calls], [REQUESTS, 0]);
}

#[test]
fn calls_that_a_deadline_cut_balance_too() {
    let temper = Temper { hangs: 10, ..PROFILES };
    let policy = policy!(timeout(100ms)).classify(Http);
    let tally = load(temper, |counters| policy.layer(client(counters))).tally;
    assert_eq!(tally.imbalances(), [""; 0]);
    assert!(tally.failed > 0 && tally.answered < tally.calls, "{tally:?}");
}

#[test]
fn who_waits_in_a_queue_waits_from_the_moment_it_was_due() {
    let policy = policy!(timeout(1m) + bulkhead(1, queue = 1000)).classify(Http);
    let report = load(PROFILES, |counters| policy.layer(client(counters)));
    // One after the other takes longer than the schedule does, and the last waited for all of that.
    let at_least = TAKES * 200 - QUICK.time;
    assert!(Duration::from_micros(report.latency.max()) > at_least, "{:?}", report.latency.max());
    assert!(report.quantile(0.5) > at_least / 4);
}

#[test]
fn a_request_that_is_lost_is_missed() {
    let lost = service_fn(|_: Ask| async { panic!("lost") });
    let tally = load(PROFILES, |_| lost).tally;
    assert_eq!(tally.imbalances(), ["200 requests were sent and 0 ended"]);
}
