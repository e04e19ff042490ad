//! Which calls are judged, and from how many on: two parameters in one word, since a window that
//! shrank beside a `min_calls` that did not would never be judged, or too soon.

use super::window::{Window, nanoseconds};
use crate::adaptive::{Member, Word};
use std::time::Duration;

/// What is judged: the group of `window` and `min_calls`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Which calls.
    pub window: Window,
    /// How many of them there must be.
    pub min_calls: u32,
}

/// A window below this is a count of calls, from this on nanoseconds: one of time is 10 ms at least,
/// one of calls has far fewer.
const SHORTEST: u64 = 10_000_000;

/// The window has the lower bits, enough for the longest, a day.
const WINDOW_BITS: u32 = 47;
const LONGEST: u64 = (1 << WINDOW_BITS) - 1;

/// Exact for what the catalogue allows, which is checked before anything is packed.
impl Word for Sample {
    fn pack(self) -> u64 {
        let window = match self.window {
            Window::Calls(calls) => u64::from(calls).min(SHORTEST - 1),
            Window::Time(time) => nanoseconds(time).clamp(SHORTEST, LONGEST),
        };
        u64::from(self.min_calls) << WINDOW_BITS | window
    }

    #[inline]
    fn unpack(word: u64) -> Self {
        let window = word & LONGEST;
        let window = if window < SHORTEST {
            Window::Calls(u32::unpack(window))
        } else {
            Window::Time(Duration::from_nanos(window))
        };
        Self { window, min_calls: u32::unpack(word >> WINDOW_BITS) }
    }
}

impl Member<Window> for Sample {
    #[inline]
    fn part(self) -> Window {
        self.window
    }

    fn with(self, window: Window) -> Self {
        Self { window, ..self }
    }
}

impl Member<u32> for Sample {
    #[inline]
    fn part(self) -> u32 {
        self.min_calls
    }

    fn with(self, min_calls: u32) -> Self {
        Self { min_calls, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_window_and_count_in_range_survives_the_word() {
        let windows = [
            Window::Calls(1),
            Window::Calls(100_000),
            Window::Time(Duration::from_millis(10)),
            Window::Time(Duration::from_secs(86_400)),
        ];
        for window in windows {
            for min_calls in [1, 20, 100_000] {
                let sample = Sample { window, min_calls };
                assert_eq!(Sample::unpack(sample.pack()), sample);
            }
        }
    }
}
