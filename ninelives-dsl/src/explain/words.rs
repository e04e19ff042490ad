//! The figures in words.

use super::figures::{Figures, Longest, PerService, WorstCase};
use crate::bounds::{Count, Degraded, UNBOUNDED};
use crate::value::Written;
use std::fmt::{self, Write};

/// The lines about a whole policy.
pub(super) fn summary(figures: &Figures, indent: &str, out: &mut String) -> fmt::Result {
    let handler = if figures.handler { ", and the handler's time" } else { "" };
    let WorstCase { latency, calls } = &figures.worst;
    writeln!(out, "{indent}worst case  {latency}{handler}; {}", all_calls(calls))?;
    writeln!(out, "{indent}long run    {}", long_run(&figures.long_run))?;
    let failures: Vec<_> = figures.failures().iter().map(|it| it.word()).collect();
    let failures = if failures.is_empty() { "none".to_owned() } else { failures.join(", ") };
    writeln!(out, "{indent}failures    {failures}")?;
    writeln!(out, "{indent}degraded    {}", figures.degraded)?;
    let (one, all) = (count(figures.in_flight), count(figures.in_flight_of_all));
    writeln!(out, "{indent}in flight   {one} a request, {all} in all")
}

impl fmt::Display for Longest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => Written(*most).fmt(out),
            Self::Unbounded { through } => write!(out, "unbounded through `{through}`"),
        }
    }
}

/// `1s; 3 calls`
impl fmt::Display for WorstCase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}; {}", self.latency, all_calls(&self.calls))
    }
}

impl fmt::Display for Degraded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Never => "never",
            Self::Maybe => "maybe",
            Self::Always => "always",
        })
    }
}

fn all_calls(calls: &PerService<Count>) -> String {
    let words = calls.iter().map(|(service, amount)| {
        let calls = if *amount == 1 { "call" } else { "calls" };
        so_many(count(*amount), calls) + &of(service.as_deref())
    });
    words.collect::<Vec<_>>().join(", ")
}

fn long_run(calls: &PerService<f64>) -> String {
    let words = calls.iter().map(|(service, amount)| match service {
        None => {
            let calls = if (amount - 1.0).abs() < 0.005 { "call" } else { "calls" };
            so_many(average(*amount), calls) + " a request"
        }
        service => average(*amount) + &of(service.as_deref()),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// ` of @east`; nothing for the wrapped service.
pub(crate) fn of(service: Option<&str>) -> String {
    service.map_or_else(String::new, |name| format!(" of @{name}"))
}

const UNLIMITED: &str = "any number";

/// A count, or that there is none.
pub(crate) fn count(count: Count) -> String {
    if count == UNBOUNDED { UNLIMITED.to_owned() } else { count.to_string() }
}

/// An average to a hundredth, or that there is none.
pub(crate) fn average(average: f64) -> String {
    if average.is_finite() {
        let text = format!("{average:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        UNLIMITED.to_owned()
    }
}

fn so_many(number: String, what: &str) -> String {
    let of = if number == UNLIMITED { " of" } else { "" };
    number + of + " " + what
}
