//! Adversarial shapes take memory in proportion to their size, and have a verdict. Counted, not timed;
//! `growth` times them.

use allocation_counter::{AllocationInfo, measure};
use ninelives_fuzz::shapes::SHAPES;
use ninelives_fuzz::verdict::QUESTIONS;

/// The larger text; the smaller one has half of it.
const BYTES: usize = 32 * 1024;
/// What the largest text that is allowed may take at once, and its size.
const PEAK: u64 = 64 * 1024 * 1024;
const LARGEST: usize = 64 * 1024;
/// What a text of twice the size may take, in percent.
const RATIO: u64 = 250;
/// Less than this is set up whatever the size.
const NOTHING: u64 = 1_000;

#[test]
fn twice_the_text_takes_no_more_than_twice_the_allocations() {
    let mut missed = Vec::new();
    for shape in SHAPES {
        for question in QUESTIONS {
            let asked = |bytes| {
                let text = (shape.text)(bytes);
                measure(|| (question.ask)(&text))
            };
            let (half, whole): (AllocationInfo, _) = (asked(BYTES / 2), asked(BYTES));
            for (what, one, two) in [
                ("allocations", half.count_total, whole.count_total),
                ("bytes", half.bytes_total, whole.bytes_total),
                ("bytes at once", half.bytes_max, whole.bytes_max),
            ] {
                if two > RATIO * one / 100 && two > NOTHING {
                    missed.push(format!("{}, {}: {what} {one}, {two}", shape.name, question.name));
                }
            }
            let peak = asked(LARGEST).bytes_max;
            if peak > PEAK {
                missed.push(format!("{}, {}: {peak} bytes at once", shape.name, question.name));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
