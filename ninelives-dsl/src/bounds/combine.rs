//! The bounds of `|` and `&` from those of their arms.

use super::amount::{Count, Latency, PerTarget};
use super::outcome::{Outcome, Outcomes, Worst};
use super::{Bounds, Degraded, Holds, layers};
use std::rc::Rc;

/// `a | b | …`: the next arm runs when the one before it has failed.
pub(super) fn or(arms: &[Rc<Bounds>]) -> Bounds {
    let Some((first, rest)) = arms.split_first() else {
        return layers::fail();
    };
    rest.iter().fold((**first).clone(), |left, right| or_else(&left, right))
}

/// `left | right`.
pub(crate) fn or_else(left: &Bounds, right: &Bounds) -> Bounds {
    let Some(failed) = left.outcomes.worst(is_failure) else {
        return left.clone();
    };
    let mut outcomes = Outcomes::default();
    if let Some(ok) = left.outcomes.get(Outcome::Ok) {
        outcomes.add(Outcome::Ok, ok.clone());
    }
    for (outcome, worst) in right.outcomes.iter() {
        if outcome == Outcome::Neutral {
            // The right arm could do nothing, so the left one's failure is handed on.
            for (outcome, before) in left.outcomes.failures() {
                outcomes.add(outcome, before.then(worst));
            }
        } else {
            outcomes.add(outcome, failed.then(worst));
        }
    }
    Bounds {
        outcomes,
        degraded: mixed([left, right]),
        amplification: left.amplification.plus(&right.amplification),
        in_flight: left.in_flight.max(right.in_flight),
        in_flight_of_all: left.in_flight_of_all.saturating_add(right.in_flight_of_all),
        handler: left.handler || right.handler,
        holds: left.holds.with(right.holds),
    }
}

/// `a & b & …`: all arms at once but those in reserve, which follow one after another when all
/// others have failed.
pub(super) fn and(arms: &[Rc<Bounds>]) -> Bounds {
    let racing: Vec<&Bounds> =
        arms.iter().map(|arm| &**arm).filter(|arm| !arm.is_reserve()).collect();
    let reserve: Vec<&Bounds> =
        arms.iter().map(|arm| &**arm).filter(|arm| arm.is_reserve()).collect();
    let mut outcomes = Outcomes::default();
    if let Some(ok) = won(&racing) {
        outcomes.add(Outcome::Ok, ok);
    }
    // What there was before each arm in reserve, for as long as all before it can fail.
    let mut before = lost(&racing);
    for arm in &reserve {
        let Some(failed) = before else { break };
        if let Some(ok) = arm.outcomes.get(Outcome::Ok) {
            outcomes.add(Outcome::Ok, failed.then(ok));
        }
        before = arm.outcomes.worst(is_failure).map(|worst| failed.then(&worst));
    }
    if let Some(failed) = before {
        // The failure is that of the leftmost arm that has one of its own.
        let mut all_neutral = true;
        for arm in arms {
            let own = arm.outcomes.failures().filter(|(outcome, _)| *outcome != Outcome::Neutral);
            own.for_each(|(outcome, _)| outcomes.add(outcome, failed.clone()));
            if arm.outcomes.get(Outcome::Neutral).is_none() {
                all_neutral = false;
                break;
            }
        }
        if all_neutral {
            outcomes.add(Outcome::Neutral, failed);
        }
    }
    let sum = |of: fn(&Bounds) -> Count, arms: &[&Bounds]| {
        arms.iter().fold(0, |sum: Count, arm| sum.saturating_add(of(arm)))
    };
    let in_reserve = reserve.iter().fold(0, |most, arm| most.max(arm.in_flight));
    Bounds {
        outcomes,
        degraded: mixed(racing.iter().chain(&reserve).copied()),
        amplification: arms
            .iter()
            .fold(PerTarget::default(), |sum, arm| sum.plus(&arm.amplification)),
        in_flight: sum(|arm| arm.in_flight, &racing).max(in_reserve),
        in_flight_of_all: arms
            .iter()
            .fold(0, |sum: Count, arm| sum.saturating_add(arm.in_flight_of_all)),
        handler: arms.iter().any(|arm| arm.handler),
        holds: arms.iter().fold(Holds::default(), |all, arm| all.with(arm.holds)),
    }
}

/// How late a success of the race can come: with the last arm that can give one; with the end of all
/// where an answer may be degraded and is kept for a better one; never later than an arm that
/// cannot fail.
fn won(racing: &[&Bounds]) -> Option<Worst> {
    let may_be_kept = racing.iter().any(|arm| arm.degraded != Degraded::Never);
    let mut latest = None;
    for arm in racing {
        if let Some(ok) = arm.outcomes.get(Outcome::Ok) {
            let own = if may_be_kept { arm.outcomes.latency() } else { ok.latency };
            latest = Some(latest.map_or(own, |latest: Latency| latest.max(own)));
        }
    }
    let mut latency = latest?;
    if may_be_kept {
        latency = racing.iter().fold(latency, |latest, arm| latest.max(arm.outcomes.latency()));
    }
    for arm in racing {
        if !arm.can_fail() && arm.degraded == Degraded::Never {
            latency = latency.min(arm.outcomes.latency());
        }
    }
    let calls = racing
        .iter()
        .fold(PerTarget::<Count>::default(), |sum, arm| sum.plus(&arm.outcomes.calls()));
    Some(Worst { latency, calls })
}

/// How late the race can be lost, if it can: when its last arm has failed.
fn lost(racing: &[&Bounds]) -> Option<Worst> {
    racing.iter().try_fold(Worst::nothing(), |worst, arm| {
        let failed = arm.outcomes.worst(is_failure)?;
        Some(Worst {
            latency: worst.latency.max(failed.latency),
            calls: worst.calls.plus(&failed.calls),
        })
    })
}

fn is_failure(outcome: Outcome) -> bool {
    outcome != Outcome::Ok
}

/// Whether the success of one of several is degraded.
pub(super) fn mixed<'b>(arms: impl IntoIterator<Item = &'b Bounds>) -> Degraded {
    let mut answering = arms.into_iter().filter(|arm| arm.can_answer()).map(|arm| arm.degraded);
    let first = answering.next().unwrap_or(Degraded::Never);
    if answering.all(|other| other == first) { first } else { Degraded::Maybe }
}
