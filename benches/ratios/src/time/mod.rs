//! Wall time: only ever as medians of rounds in which all that is compared took its turn, so that a
//! busy moment of the machine meets all alike.

pub mod latency;
pub mod throughput;

/// The middle one; nothing is measured in no rounds.
fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn one_slow_round_moves_no_median() {
        assert_eq!(median(vec![3.0, 900.0, 1.0, 2.0, 2.0]), 2.0);
    }
}
