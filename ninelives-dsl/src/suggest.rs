//! "Did you mean": the nearest of the words that would have been right.

/// Words above this length are not compared: nobody mistypes one, and comparing costs its square.
const LONGEST: usize = 64;

/// The candidate that `word` was probably meant to be: one at a small edit distance (a third of its
/// letters), else the only one that has `word` as a part (`breaker`, `circuit_breaker`). Case does
/// not count. Of equals the first wins. Leave out of the candidates what must not be proposed, such
/// as the name being declared.
pub fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    let close = candidates
        .clone()
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| {
            let distance = strsim::osa_distance(&word, &candidate.to_lowercase());
            (distance, candidate)
        })
        // `a` is at distance one of every other single letter and means none of them.
        .filter(|(distance, candidate)| {
            *distance <= allowed && *distance < candidate.len().min(word.len())
        })
        .min_by_key(|(distance, _)| *distance);
    if let Some((_, candidate)) = close {
        return Some(candidate);
    }
    let mut containing = candidates
        .into_iter()
        .filter(|candidate| candidate.split(['_', '-']).any(|part| part == word));
    match (containing.next(), containing.next()) {
        (only, None) => only,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 7] =
        ["timeout", "retry", "circuit_breaker", "bulkhead", "max_attempts", "KiB", "b"];

    fn check(word: &str, expected: Option<&str>) {
        assert_eq!(nearest(word, WORDS), expected, "{word}");
    }

    #[test]
    fn a_small_slip_finds_its_word() {
        check("timeuot", Some("timeout"));
        check("retrys", Some("retry"));
        check("Retry", Some("retry"));
        check("kb", Some("KiB"));
        check("bulkheads", Some("bulkhead"));
    }

    #[test]
    fn a_part_of_a_word_finds_the_only_word_that_has_it() {
        check("breaker", Some("circuit_breaker"));
        check("attempts", Some("max_attempts"));
        assert_eq!(nearest("jitter", ["no-jitter", "unused"]), Some("no-jitter"));
        assert_eq!(nearest("max", ["max_wait", "max_attempts"]), None);
    }

    #[test]
    fn what_is_far_from_all_finds_nothing() {
        check("xyz", None);
        check("a", None);
        check("cache", None);
        check(&"timeout".repeat(100), None);
    }
}
