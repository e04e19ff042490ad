//! A request's timeline through the flagship: a run in paused time, in which everything goes wrong, and
//! that reaches the bounds that the checker proves.

use super::drawing::{Anchor, Drawing};
use ninelives::telemetry::{EventKind, MemorySink, PolicyEvent, Telemetry};
use ninelives::testing::{ms, paused};
use ninelives::{Calls, Host, PolicyBook};
use ninelives_dsl::explain::{Explained, Longest};
use ninelives_dsl::load::{Front, load_bytes};
use ninelives_dsl::value::Written;
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tower::{Layer, ServiceExt, service_fn};

/// The flagship with its deadline on both sides. Without jitter and with a fixed wait before the hedge
/// every run is the same.
const POLICY: &str = "timeout(1s) + retry(3, jitter = none) | fallback(@cached) & (timeout(1s) + hedge(after = 200ms))";

/// The first calls fail after so long, all others never answer.
const FAILS_AFTER: Duration = ms(150);
const FAILING: usize = 2;

/// What happened, as spans of time since the request began.
struct Run {
    calls: Vec<Call>,
    events: Vec<(Duration, PolicyEvent)>,
    took: Duration,
}

#[derive(Clone, Copy)]
struct Call {
    from: Duration,
    until: Duration,
    /// It came to its end, rather than being dropped.
    ended: bool,
}

/// A bar of the drawing.
struct Row {
    class: &'static str,
    from: Duration,
    until: Duration,
    label: String,
    said: String,
}

/// Draws it.
pub(super) fn draw() -> Result<String, String> {
    let run = paused(run()).map_err(|error| error.to_string())?;
    let bounds = bounds()?;
    let reached = (Longest::AtMost(run.took), run.calls.len());
    if reached != (bounds.0.clone(), bounds.1) {
        return Err(format!(
            "the run takes {} and {} calls, which are not the bounds",
            reached.0, reached.1
        ));
    }
    let rows = rows(&run);
    let said: Vec<_> = rows.iter().map(|row| format!("{}: {}.", row.label, row.said)).collect();
    let title = format!("One request through {POLICY}");
    let mut drawing =
        Drawing::new((SIDE + WIDTH + 30, top(rows.len()) + 56), &title, &said.join(" "));
    drawing.text("name", (16, 26), Anchor::Start, POLICY);
    let worst =
        format!("everything goes wrong: the worst case of {} and {} calls", bounds.0, bounds.1);
    drawing.text("small", (16, 46), Anchor::Start, &worst);
    grid(&mut drawing, rows.len());
    for (at, row) in rows.iter().enumerate() {
        let y = top(at);
        drawing.text("", (SIDE - 12, y + 13), Anchor::End, &row.label);
        let width = (x(row.until) - x(row.from)).max(4);
        drawing.bar(row.class, (x(row.from), y), (width, 16));
        // Beside the bar, on the side where there is room.
        let (place, anchor) = if row.until > ms(1_400) {
            ((x(row.from) - 8, y + 13), Anchor::End)
        } else {
            ((x(row.until) + 8, y + 13), Anchor::Start)
        };
        let fits = width < WIDTH - 60;
        if fits {
            // On paper of its own, which breaks the grid behind it.
            drawing.text("small beside", place, anchor, &row.said);
        }
    }
    for (from, wait) in waits(&run) {
        let y = rows.iter().position(|row| row.until == from && row.class == "failed").map(top);
        if let Some(y) = y {
            let below = y + 28;
            drawing.line("wait", &[(x(from), y + 16), (x(from), below), (x(from + wait), below)]);
        }
    }
    Ok(drawing.finish())
}

/// Where the bars begin, and how wide two seconds are.
const SIDE: i32 = 190;
const WIDTH: i32 = 640;

fn top(row: usize) -> i32 {
    66 + 30 * i32::try_from(row).unwrap_or_default()
}

fn x(at: Duration) -> i32 {
    SIDE + i32::try_from(at.as_millis() * 640 / 2_000).unwrap_or(WIDTH)
}

fn grid(drawing: &mut Drawing, rows: usize) {
    for tick in 0..=4 {
        let at = ms(500) * tick;
        let below = top(rows) + 4;
        drawing.line("grid", &[(x(at), 56), (x(at), below)]);
        drawing.text("small", (x(at), below + 18), Anchor::Middle, &Written(at).to_string());
    }
}

/// The bars, by when they begin.
fn rows(run: &Run) -> Vec<Row> {
    let row = |class, from, until, label: &str, said: String| Row {
        class,
        from,
        until,
        label: label.to_owned(),
        said,
    };
    let mut rows = Vec::new();
    for (at, event) in &run.events {
        if let EventKind::TimedOut { after } = event.kind {
            let said = format!("passes at {}", Written(*at));
            rows.push(row("deadline", *at - after, *at, event.path.as_str(), said));
        }
        if event.kind == EventKind::FallbackUsed {
            rows.push(row(
                "answered",
                *at,
                *at,
                event.path.as_str(),
                format!("answers at {}", Written(*at)),
            ));
        }
    }
    for (number, call) in (1..).zip(&run.calls) {
        let (class, end) = if call.ended { ("failed", "fails") } else { ("dropped", "is dropped") };
        let said = format!("{end} at {}", Written(call.until));
        rows.push(row(class, call.from, call.until, &format!("call {number}"), said));
    }
    rows.sort_by_key(|row| (row.from, row.class != "deadline"));
    let said = format!("answered, degraded, after {}", Written(run.took));
    rows.insert(0, row("request", Duration::ZERO, run.took, "the request", said));
    rows
}

/// When the waits between attempts begin, and how long they are.
fn waits(run: &Run) -> Vec<(Duration, Duration)> {
    let wait = |(at, event): &(Duration, PolicyEvent)| match event.kind {
        EventKind::RetryAttempt { wait, .. } => Some((*at, wait)),
        _ => None,
    };
    run.events.iter().filter_map(wait).collect()
}

/// The worst case by the checker: how late, and how many calls.
fn bounds() -> Result<(Longest, usize), String> {
    let text = format!("policy flagship = {POLICY};");
    let load = load_bytes("flagship.nl", text.as_bytes(), None, Front::Text);
    let policy = load.plan.policy("flagship").ok_or("the flagship does not load")?;
    let worst = Explained::new(&load, policy).whole().ok_or("the flagship has no bounds")?.worst;
    let calls = worst.calls.iter().map(|(_, calls)| *calls).sum::<u64>();
    Ok((worst.latency, usize::try_from(calls).unwrap_or(usize::MAX)))
}

/// One request, to its end.
async fn run() -> Result<Run, Box<dyn std::error::Error>> {
    let host = Host::new().calls(
        Calls::<(), &'static str, io::Error>::new().handler("cached", |_request, _cause| "cached"),
    );
    let book = PolicyBook::from_text(format!("policy flagship = {POLICY};"), host)?;
    let memory = MemorySink::new(100);
    let telemetry = Telemetry::new(memory.clone());
    let policy =
        book.policy::<(), &'static str, io::Error>("flagship")?.with_sink(telemetry.clone());
    let began = Instant::now();
    let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
    let record = calls.clone();
    let service = service_fn(move |()| attempt(record.clone(), began));
    policy.layer(service).oneshot(()).await?;
    let took = began.elapsed();
    telemetry.flush().await;
    let events = memory.events().into_iter().map(|event| (event.at - began, event)).collect();
    let calls = calls.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Run { calls, events, took })
}

/// One call of the service, as it fails or hangs.
async fn attempt(calls: Arc<Mutex<Vec<Call>>>, began: Instant) -> io::Result<&'static str> {
    let number = {
        let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
        let from = began.elapsed();
        calls.push(Call { from, until: from, ended: false });
        calls.len() - 1
    };
    let mut end = End { calls, number, began, ended: false };
    if number >= FAILING {
        pending::<()>().await;
    }
    sleep(FAILS_AFTER).await;
    end.ended = true;
    Err(io::Error::other("down"))
}

/// Notes when a call ends, also one that is dropped.
struct End {
    calls: Arc<Mutex<Vec<Call>>>,
    number: usize,
    began: Instant,
    ended: bool,
}

impl Drop for End {
    fn drop(&mut self) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(call) = calls.get_mut(self.number) {
            (call.until, call.ended) = (self.began.elapsed(), self.ended);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_the_grid_crosses_a_text() {
        let drawn = draw().unwrap();
        let texts = drawn.lines().filter(|line| line.starts_with("<text class=\"small"));
        let mut on_the_grid = 0;
        for text in texts {
            let number = |name| {
                let (_, rest) = text.split_once(&format!(" {name}=\"")).unwrap();
                rest.split('"').next().unwrap().parse::<i32>().unwrap()
            };
            // Between the title and the scale, and right of the names.
            if (57..=top(9) + 4).contains(&number("y")) && number("x") > SIDE {
                assert!(text.contains("beside"), "{text}");
                on_the_grid += 1;
            }
        }
        assert!(on_the_grid > 5, "{on_the_grid}");
    }
}
