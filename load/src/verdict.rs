//! What a run may not exceed; each line of a verdict fails it.

use crate::account::Tally;
use crate::profile::Profile;
use crate::runs::{Compared, Pairs, Soak};
use std::time::Duration;

/// p99 at 1,000 users.
pub(crate) const LONGEST_P99: Duration = Duration::from_millis(500);

/// p99 with the policy, as a multiple of p99 without it.
pub(crate) const LARGEST_RATIO: f64 = 1.05;

/// How many more allocations may be live after a soak than before it: three connections. Some are cut
/// by a deadline and made anew, and one that is closing may still be there.
pub(crate) const MARGIN: usize = 64;

/// The share of requests that must be answered well: p99 of refusals, which are fast, says nothing.
pub(crate) const LEAST_OK: f64 = 0.99;

/// What is wrong with the accounts of a profile.
pub(crate) fn of_accounts(compared: &Compared) -> Vec<String> {
    let Compared { profile, bare, guarded } = compared;
    let name = profile.name();
    let mut found = of_tally(&format!("{name} without a policy"), &bare.tally);
    found.extend(of_tally(name, &guarded.tally));
    found
}

/// What is wrong with the times of a profile.
pub(crate) fn of_latency(compared: &Compared) -> Vec<String> {
    let Compared { profile, guarded, .. } = compared;
    if *profile != Profile::Medium {
        return Vec::new();
    }
    let p99 = guarded.quantile(0.99);
    let late = (p99 > LONGEST_P99)
        .then(|| format!("{}: p99 is {p99:?}, at most {LONGEST_P99:?}", profile.name()));
    late.into_iter().chain(of_answers(profile.name(), &guarded.tally)).collect()
}

/// What is wrong with a load of which only times were judged.
fn of_answers(name: &str, tally: &Tally) -> Option<String> {
    let Tally { sent, ok, .. } = *tally;
    let enough = ok as f64 >= LEAST_OK * sent as f64;
    (!enough)
        .then(|| format!("{name}: {ok} of {sent} requests were answered well, {LEAST_OK} must be"))
}

/// What is wrong with the policy's part of p99.
pub(crate) fn of_pairs(pairs: &Pairs) -> Vec<String> {
    let mut found = of_tally("pairs without a policy", &pairs.bare);
    found.extend(of_tally("pairs", &pairs.guarded));
    found.extend(of_answers("pairs", &pairs.guarded));
    let median = pairs.median();
    // What is no number holds no bound.
    if median.is_nan() || median > LARGEST_RATIO {
        found.push(format!(
            "pairs: p99 is {median:.3} of what it is without a policy, at most {LARGEST_RATIO}"
        ));
    }
    found
}

/// What is wrong with a soak.
pub(crate) fn of_soak(soak: &Soak) -> Vec<String> {
    let mut found = of_tally("soak", &soak.report.tally);
    found.extend(of_answers("soak", &soak.report.tally));
    let [before, after] = [soak.before.live, soak.after.live];
    if before + MARGIN < after {
        found
            .push(format!("soak: {after} live allocations, {before} before; {MARGIN} more may be"));
    }
    found
}

fn of_tally(name: &str, tally: &Tally) -> Vec<String> {
    let found = tally.imbalances();
    found.into_iter().map(|imbalance| format!("{name}: {imbalance}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_RATIO, MARGIN, of_accounts, of_latency, of_pairs, of_soak};
    use crate::account::Tally;
    use crate::memory::Sample;
    use crate::profile::Profile;
    use crate::runs::{Compared, Pairs, Soak};
    use crate::session::Report;
    use std::time::Duration;

    fn report(latency: Duration) -> Report {
        let mut report = Report::new().unwrap();
        report.latency.record(latency.as_micros() as u64).unwrap();
        report.tally = Tally { sent: 1, ok: 1, calls: 1, answered: 1, reached: 1, ..report.tally };
        report
    }

    fn medium(p99: Duration) -> Compared {
        let [bare, guarded] = [Duration::from_millis(1), p99].map(report);
        Compared { profile: Profile::Medium, bare, guarded }
    }

    fn pairs(ratios: [f64; 5]) -> Pairs {
        Pairs { ratios, bare: Tally::default(), guarded: Tally::default() }
    }

    #[test]
    fn the_median_of_the_pairs_decides() {
        assert!(of_pairs(&pairs([9.0, 0.1, LARGEST_RATIO, 9.0, 1.0])).is_empty());
        assert_eq!(
            of_pairs(&pairs([9.0, 0.1, 1.06, 9.0, 1.0])),
            ["pairs: p99 is 1.060 of what it is without a policy, at most 1.05"]
        );
        assert_eq!(of_pairs(&pairs([f64::NAN; 5])).len(), 1);
    }

    #[test]
    fn p99_at_a_thousand_users_is_bounded() {
        assert!(of_latency(&medium(Duration::from_millis(499))).is_empty());
        let found = of_latency(&medium(Duration::from_millis(600)));
        assert_eq!(found, ["medium: p99 is 600.063ms, at most 500ms"]);
    }

    #[test]
    fn who_refuses_most_is_not_fast() {
        let mut compared = medium(Duration::from_millis(1));
        compared.guarded.tally = Tally { sent: 200, ok: 197, refused: 3, ..Tally::default() };
        let found = "medium: 197 of 200 requests were answered well, 0.99 must be";
        assert_eq!(of_latency(&compared), [found]);
        compared.guarded.tally = Tally { ok: 198, refused: 2, ..compared.guarded.tally };
        assert!(of_latency(&compared).is_empty());
    }

    #[test]
    fn other_profiles_are_not_held_to_the_clock() {
        let compared = Compared { profile: Profile::High, ..medium(Duration::from_secs(9)) };
        assert!(of_latency(&compared).is_empty());
    }

    #[test]
    fn an_account_that_does_not_balance_fails_with_and_without_the_policy() {
        let mut compared = medium(Duration::from_millis(1));
        compared.bare.tally.sent += 1;
        compared.guarded.tally.reached += 1;
        assert_eq!(
            of_accounts(&compared),
            [
                "medium without a policy: 2 requests were sent and 1 ended",
                "medium: the client made 1 calls and the server saw 2"
            ]
        );
        let mut pairs = pairs([1.0; 5]);
        pairs.bare.sent += 1;
        pairs.guarded.sent += 1;
        // The one that is lost was not answered well, either.
        assert_eq!(of_pairs(&pairs).len(), 3);
    }

    #[test]
    fn what_a_soak_leaves_behind_fails_it_beyond_the_margin() {
        let soak = |more| Soak {
            report: report(Duration::from_millis(1)),
            before: Sample { live: 1000, ..Sample::default() },
            after: Sample { live: 1000 + more, ..Sample::default() },
        };
        assert!(of_soak(&soak(MARGIN)).is_empty());
        assert_eq!(
            of_soak(&soak(MARGIN + 1)),
            ["soak: 1065 live allocations, 1000 before; 64 more may be"]
        );
        let mut unbalanced = soak(0);
        unbalanced.report.tally.sent += 1;
        let found = of_soak(&unbalanced);
        assert_eq!(found.first().unwrap(), "soak: 2 requests were sent and 1 ended");
    }
}
