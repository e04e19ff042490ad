//! "Did you mean": the nearest of the words that would have been right.

/// Words above this length are not compared: nobody mistypes one, and comparing costs its square.
const LONGEST: usize = 64;
/// As [`LONGEST`], of paths.
const LONGEST_PATH: usize = 256;

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

/// Up to `count` of the candidates that `path`, a name of several parts, may have been meant to be: at
/// an edit distance of at most a third of its letters, the nearest first. Of equals the first in the
/// alphabet comes first.
pub fn nearest_few<'a>(
    path: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Vec<&'a str> {
    if path.len() > LONGEST_PATH {
        return Vec::new();
    }
    let path = path.to_lowercase();
    let allowed = path.chars().count() / 3;
    let mut near: Vec<_> = candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST_PATH)
        .map(|candidate| (strsim::osa_distance(&path, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .collect();
    near.sort_unstable();
    near.into_iter().take(count).map(|(_, candidate)| candidate).collect()
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
    fn few_nearest_paths_come_in_the_order_of_their_distance() {
        let paths = ["a.bulkhead.queue", "b.bulkhead.queue", "a.bulkhead.wait", "a.retry.on"];
        assert_eq!(nearest_few("a.bulkhaed.queue", paths, 2), paths[..2]);
        assert_eq!(nearest_few("a.bulkhead.wiat", paths, 1), ["a.bulkhead.wait"]);
        assert!(nearest_few("xyz", paths, 3).is_empty());
        assert!(nearest_few(&"a.retry.on".repeat(100), paths, 3).is_empty());
    }

    #[test]
    fn what_is_far_from_all_finds_nothing() {
        check("xyz", None);
        check("a", None);
        check("cache", None);
        check(&"timeout".repeat(100), None);
    }
}
