//! The plots on the page.

use crate::memory::Sample;
use crate::runs::{Compared, Soak};
use crate::session::Report;
use plotters::chart::SeriesLabelPosition;
use plotters::prelude::*;
use std::error::Error;
use std::path::Path;

type Done = Result<(), Box<dyn Error>>;

const WIDTH: u32 = 900;
const COLORS: [RGBColor; 4] =
    [RGBColor(27, 120, 90), RGBColor(200, 90, 20), RGBColor(90, 80, 170), RGBColor(30, 110, 190)];

/// Latency by percentile, each further nine as far from the last: with the policy in full, without it
/// faint.
pub(crate) fn latency(path: &Path, profiles: &[Compared]) -> Done {
    let root = SVGBackend::new(path, (WIDTH, 480)).into_drawing_area();
    root.fill(&WHITE)?;
    let slowest = profiles
        .iter()
        .flat_map(|compared| [&compared.bare, &compared.guarded])
        .flat_map(percentiles)
        .fold(1.0, |slowest: f64, (_, millis)| slowest.max(millis));
    let mut chart = ChartBuilder::on(&root)
        .caption("latency by percentile", ("sans-serif", 18))
        .margin(12)
        .margin_right(40)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d((1.0..1000.0).log_scale(), 0.0..slowest * 1.1)?;
    chart
        .configure_mesh()
        .x_label_formatter(&|nines| format!("{}%", 100.0 - 100.0 / nines))
        .y_desc("ms")
        .y_label_formatter(&|millis| format!("{millis:.0}"))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for (compared, color) in profiles.iter().zip(COLORS) {
        let line = |report| LineSeries::new(percentiles(report), color.stroke_width(2));
        let faint = color.mix(0.35).stroke_width(2);
        chart.draw_series(LineSeries::new(percentiles(&compared.bare), faint))?;
        chart
            .draw_series(line(&compared.guarded))?
            .label(compared.profile.name())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(BLACK.mix(0.3))
        .draw()?;
    root.present()?;
    Ok(())
}

/// `1 / (1 - quantile)` and the milliseconds below which that share of the requests stayed.
fn percentiles(report: &Report) -> impl Iterator<Item = (f64, f64)> {
    (0..=120).map(|step| {
        let nines = 10_f64.powf(f64::from(step) / 40.0);
        (nines, report.quantile(1.0 - nines.recip()).as_secs_f64() * 1e3)
    })
}

/// Live allocations and resident memory while the soak ran.
pub(crate) fn soak(path: &Path, soak: &Soak) -> Done {
    let root = SVGBackend::new(path, (WIDTH, 560)).into_drawing_area();
    root.fill(&WHITE)?;
    let (upper, lower) = root.split_vertically(280);
    let samples = &soak.report.samples;
    over_time(&upper, "live allocations", samples, |sample| sample.live as f64)?;
    over_time(&lower, "resident MiB", samples, |sample| {
        sample.resident as f64 / f64::from(1 << 20)
    })?;
    root.present()?;
    Ok(())
}

fn over_time(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    caption: &str,
    samples: &[Sample],
    of: fn(&Sample) -> f64,
) -> Done {
    let seconds = samples.last().map_or(1.0, |last| last.at.as_secs_f64());
    let most = samples.iter().map(of).fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(caption, ("sans-serif", 18))
        .margin(12)
        .margin_right(40)
        .x_label_area_size(30)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..seconds, 0.0..most * 1.1)?;
    chart
        .configure_mesh()
        .x_desc("s")
        .y_label_formatter(&|value| format!("{value:.0}"))
        .light_line_style(TRANSPARENT)
        .draw()?;
    let points = samples.iter().map(|sample| (sample.at.as_secs_f64(), of(sample)));
    chart.draw_series(LineSeries::new(points, COLORS[0].stroke_width(1)))?;
    Ok(())
}
