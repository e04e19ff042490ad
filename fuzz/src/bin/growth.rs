//! How the verdict on each adversarial shape grows: its time at half of 64 KiB and at 64 KiB.
//!
//! `cargo run --release --package ninelives-fuzz --bin growth` prints every row, and fails when a
//! check takes longer than 50 ms, or anything more than 2.5 times as long on a text of twice the size.

#![expect(clippy::print_stdout, reason = "a table is what it is for")]

use ninelives_fuzz::shapes::SHAPES;
use ninelives_fuzz::verdict::QUESTIONS;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The larger text; the smaller one has half of it.
const BYTES: usize = 64 * 1024;
/// What the verdict on that may take.
const LONGEST: Duration = Duration::from_millis(50);
/// And how many times that of the smaller one.
const RATIO: f64 = 2.5;
/// Of a verdict that takes less, the ratio says nothing.
const NOTHING: Duration = Duration::from_micros(200);
/// Both texts in turn; the best time of each counts, which is the least disturbed one.
const ROUNDS: usize = 7;

fn main() -> ExitCode {
    println!("{:<32} {:<8} {:>12} {:>12} {:>6}", "shape", "question", "n", "2n", "ratio");
    let mut missed = 0;
    for shape in SHAPES {
        let (half, whole) = ((shape.text)(BYTES / 2), (shape.text)(BYTES));
        for question in QUESTIONS {
            let mut best = [Duration::MAX; 2];
            for _ in 0..ROUNDS {
                for (best, text) in best.iter_mut().zip([&half, &whole]) {
                    *best = timed(|| (question.ask)(text)).min(*best);
                }
            }
            let [one, two] = best;
            let ratio = two.as_secs_f64() / one.max(Duration::from_nanos(1)).as_secs_f64();
            let is_late = question.name == "check" && two > LONGEST;
            let is_missed = is_late || (ratio > RATIO && two > NOTHING);
            missed += u32::from(is_missed);
            let mark = if is_missed { "  MISSED" } else { "" };
            println!(
                "{:<32} {:<8} {:>12.1?} {:>12.1?} {:>6.2}{mark}",
                shape.name, question.name, one, two, ratio
            );
        }
    }
    println!("{} shapes, {missed} missed", SHAPES.len());
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn timed(run: impl FnOnce()) -> Duration {
    let began = Instant::now();
    run();
    began.elapsed()
}
