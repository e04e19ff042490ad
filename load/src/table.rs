//! The figures as tables that read the same in a terminal and on a page.

use crate::memory::Sample;
use crate::runs::{Compared, Pairs, Soak};
use crate::session::Report;
use crate::verdict::{LARGEST_RATIO, MARGIN};
use ninelives_report::table;
use std::time::Duration;

/// A load and what it is called.
type Row<'a> = (&'a Compared, &'static str, &'a Report);

/// Every profile, without and with the policy.
pub(crate) fn of_profiles(profiles: &[Compared]) -> String {
    let rows: Vec<Row<'_>> = profiles
        .iter()
        .flat_map(|compared| {
            [(compared, "none", &compared.bare), (compared, "policy", &compared.guarded)]
        })
        .collect();
    let mut text = table(
        &["profile", "users", "guard", "p50", "p95", "p99", "errors", "ok/s", "RSS", "live"],
        rows.iter().map(latency).collect(),
    );
    text.push('\n');
    text.push_str(&accounts(rows.iter().map(|(compared, guard, report)| {
        (format!("{}, {guard}", compared.profile.name()), *report)
    })));
    text
}

/// What the policy adds to p99.
pub(crate) fn of_pairs(pairs: &Pairs) -> String {
    let ratios = pairs.ratios.map(|ratio| format!("{ratio:.3}")).join(", ");
    format!(
        "Five pairs at 1,000 users: p99 with the policy as a multiple of p99 without it is {ratios}. The median \
         is {:.3}, and may be {LARGEST_RATIO}.\n",
        pairs.median(),
    )
}

fn latency((compared, guard, report): &Row<'_>) -> Vec<String> {
    let profile = compared.profile;
    let [least, most] = [profile.users(), profile.most_users()];
    let users =
        if least == most { least.to_string() } else { format!("{least} → {most} → {least}") };
    let peak = |of: fn(&Sample) -> usize| report.samples.iter().map(of).max().unwrap_or(0);
    vec![
        profile.name().to_owned(),
        users,
        (*guard).to_owned(),
        millis(report.quantile(0.50)),
        millis(report.quantile(0.95)),
        millis(report.quantile(0.99)),
        format!("{:.2}%", report.tally.error_rate() * 100.0),
        format!("{:.0}", report.throughput()),
        mebibytes(peak(|sample| sample.resident)),
        peak(|sample| sample.live).to_string(),
    ]
}

/// Where every request of each load is.
fn accounts<'a>(reports: impl Iterator<Item = (String, &'a Report)>) -> String {
    let row = |(name, report): (String, &Report)| {
        let tally = &report.tally;
        let counts = [
            tally.sent,
            tally.ok,
            tally.failed,
            tally.refused,
            tally.degraded,
            tally.calls,
            tally.answered,
            tally.reached,
        ];
        let mut cells = vec![name];
        cells.extend(counts.map(|count| count.to_string()));
        cells.extend([0.5, 0.99].map(|quantile| {
            millis(Duration::from_micros(report.late.value_at_quantile(quantile)))
        }));
        cells
    };
    let head = [
        "load",
        "sent",
        "ok",
        "failed",
        "refused",
        "degraded",
        "calls",
        "answered",
        "server saw",
        "late, p50",
        "late, p99",
    ];
    table(&head, reports.map(row).collect())
}

/// A soak, before and after.
pub(crate) fn of_soak(soak: &Soak) -> String {
    let row = |name: &str, of: fn(&Sample) -> String| {
        vec![name.to_owned(), of(&soak.before), of(&soak.after)]
    };
    let memory = table(
        &["at rest, all users connected", "before", "after"],
        vec![
            row("live allocations", |sample| sample.live.to_string()),
            row("live bytes", |sample| sample.live_bytes.to_string()),
            row("RSS", |sample| mebibytes(sample.resident)),
        ],
    );
    let report = &soak.report;
    format!(
        "{memory}\n{}\n{:.0} s at {:.0} requests a second: p50 {}, p95 {}, p99 {}, {:.2}% errors. At most \
         {MARGIN} more allocations may be live afterwards.\n",
        accounts(std::iter::once(("soak".to_owned(), report))),
        report.took.as_secs_f64(),
        report.throughput(),
        millis(report.quantile(0.50)),
        millis(report.quantile(0.95)),
        millis(report.quantile(0.99)),
        report.tally.error_rate() * 100.0,
    )
}

fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

fn mebibytes(bytes: usize) -> String {
    format!("{:.0} MiB", bytes as f64 / (1 << 20) as f64)
}

#[cfg(test)]
mod tests {
    use super::{mebibytes, millis};
    use std::time::Duration;

    #[test]
    fn figures_have_units() {
        assert_eq!(millis(Duration::from_micros(1250)), "1.2 ms");
        assert_eq!(mebibytes(3 << 20), "3 MiB");
    }
}
