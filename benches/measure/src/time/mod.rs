//! Wall time: only ever as medians of rounds in which all that is compared took its turn, so that a
//! busy moment of the machine meets all alike.

pub(crate) mod latency;
pub(crate) mod percentiles;
pub(crate) mod throughput;

use std::error::Error;

/// The medians of so many rounds, in each of which everything has its turn; one that has had its share
/// returns nothing.
fn medians<T, const N: usize>(
    mut all: Vec<T>,
    rounds: usize,
    turn: impl Fn(&mut T) -> Result<Option<[f64; N]>, Box<dyn Error>>,
) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let mut taken: Vec<_> = all.iter().map(|_| [const { Vec::new() }; N]).collect();
    for _ in 0..rounds {
        for (one, taken) in all.iter_mut().zip(&mut taken) {
            for (rounds, figure) in taken.iter_mut().zip(turn(one)?.into_iter().flatten()) {
                rounds.push(figure);
            }
        }
    }
    Ok(taken.into_iter().map(|figures| figures.map(median).to_vec()).collect())
}

/// The middle one; nothing is measured in no rounds.
fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::{median, medians};

    #[test]
    fn one_slow_round_moves_no_median() {
        let median = median(vec![3.0, 900.0, 1.0, 2.0, 2.0]);
        assert!((median - 2.0).abs() < f64::EPSILON, "{median}");
    }

    #[test]
    fn everything_has_a_turn_in_each_round_until_it_has_had_its_share() {
        let turns = std::cell::RefCell::new(String::new());
        let found = medians(vec!["a", "b"], 2, |one| {
            turns.borrow_mut().push_str(one);
            Ok((*one == "a").then_some([1.0, 2.0]))
        });
        assert_eq!(*turns.borrow(), "abab");
        assert_eq!(format!("{:?}", found.unwrap()), "[[1.0, 2.0], [NaN, NaN]]");
    }
}
