//! Random services and requests: no pair misuses what it wraps, and when all is over nothing is held.

use crate::layers::{Side, Sides, Watched, pairs};
use fastrand::Rng;
use ninelives::Class;
use ninelives::testing::{Probe, Script, Step, err, hang, ms, ok, paused};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::limit::ConcurrencyLimit;

/// How often each pair is tried.
const SCENES: u64 = 150;

fn script(rng: &mut Rng) -> Script {
    let classes = [Class::Transient, Class::Overloaded, Class::Permanent];
    let step = |rng: &mut Rng| {
        let step: Step = match rng.u8(..10) {
            0..=4 => ok("done"),
            5..=8 => err(rng.choice(classes).unwrap()),
            _ => hang(),
        };
        let after = rng.choice([0, 0, 1, 3, 6, 20]).unwrap();
        let ready = rng.choice([0, 0, 0, 2]).unwrap();
        step.after(ms(after)).ready_after(ms(ready))
    };
    let steps: Vec<_> = (0..rng.usize(1..8)).map(|_| step(rng)).collect();
    Script::new(steps)
}

#[test]
fn every_pair_keeps_towers_contract_and_gives_everything_back() {
    let pairs = pairs();
    let (mut requests, mut calls) = (0, 0);
    for pair in &pairs {
        for seed in 0..SCENES {
            let mut rng = Rng::with_seed(seed);
            paused(async {
                let (own, left, right) = (script(&mut rng), script(&mut rng), script(&mut rng));
                let room = rng.choice([1, 1, 100]).unwrap();
                let service: Watched = Probe::new(ConcurrencyLimit::new(own.clone(), room));
                let sides = Sides { left: Side::new(left), right: Side::new(right) };
                let send = (pair.compose)(&sides);
                let mut visits = JoinSet::new();
                for _ in 0..rng.u32(1..=5) {
                    requests += 1;
                    sleep(ms(rng.choice([0, 0, 1, 5, 15]).unwrap())).await;
                    let patience = rng.choice([0, 2, 7, 3_000, 3_000]).unwrap();
                    visits.spawn(timeout(ms(patience), send(service.clone())));
                }
                // A misuse is a panic of its task.
                visits.join_all().await;
                let Sides { left, right } = &sides;
                for script in [&own, &left.east, &right.east] {
                    assert_eq!(script.in_flight(), 0, "{}, seed {seed}", pair.name);
                    calls += script.calls();
                }
                for bulkhead in [&left.bulkhead, &right.bulkhead] {
                    let held = (bulkhead.in_flight(), bulkhead.queued());
                    assert_eq!(held, (0, 0), "{}, seed {seed}", pair.name);
                }
            });
        }
    }
    println!("{} compiled pairs, {requests} requests, {calls} calls: 0 violations", pairs.len());
    assert!(pairs.len() == 54 + 81 + 81 && calls > 80_000);
}
