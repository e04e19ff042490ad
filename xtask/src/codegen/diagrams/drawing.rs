//! A drawing of boxes, bars, arrows and words: no fonts but the reader's, light and dark, and said in words
//! for who cannot see it.

use std::fmt::{Display, Write as _};

/// Where something is, in pixels from the upper left corner.
pub(super) type Point = (i32, i32);

/// From which end of a text its place is counted.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// What has been drawn so far.
pub(super) struct Drawing {
    size: Point,
    title: String,
    description: String,
    shapes: String,
}

const STYLE: &str = "\
<style>
  text { font: 14px ui-sans-serif, system-ui, sans-serif; fill: #1f2328 }
  .small { font-size: 12px; fill: #59636e }
  .beside { stroke: #ffffff; stroke-width: 6px; stroke-linejoin: round; paint-order: stroke }
  .name { font-weight: 600 }
  .paper { fill: #ffffff }
  .box { fill: #f6f8fa; stroke: #59636e; stroke-width: 1.5 }
  .frame { fill: none; stroke: #818b98; stroke-dasharray: 5 4 }
  .arrow { fill: none; stroke: #1f2328; stroke-width: 1.5; marker-end: url(#head) }
  .head { fill: #1f2328 }
  .grid { stroke: #d1d9e0 }
  .request { fill: #818b98 }
  .deadline { fill: #0969da }
  .failed { fill: #cf222e }
  .dropped { fill: #bc4c00 }
  .answered { fill: #1a7f37 }
  .wait { stroke: #59636e; stroke-width: 2; stroke-dasharray: 2 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .small { fill: #9198a1 }
    .beside { stroke: #0d1117 }
    .paper { fill: #0d1117 }
    .box { fill: #151b23; stroke: #9198a1 }
    .frame { stroke: #656c76 }
    .arrow { stroke: #f0f6fc }
    .head { fill: #f0f6fc }
    .grid { stroke: #3d444d }
    .request { fill: #656c76 }
    .deadline { fill: #4493f8 }
    .failed { fill: #f85149 }
    .dropped { fill: #db6d28 }
    .answered { fill: #3fb950 }
    .wait { stroke: #9198a1 }
  }
</style>
<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"head\" d=\"M0 0 10 5 0 10z\"/></marker></defs>
";

impl Drawing {
    /// An empty one, with what it shows in a few words and at length.
    pub(super) fn new(size: Point, title: &str, description: &str) -> Self {
        let (title, description) = (title.to_owned(), description.to_owned());
        let mut drawing = Self { size, title, description, shapes: String::new() };
        drawing.bar("paper", (0, 0), size);
        drawing
    }

    /// A rectangle by its upper left corner and its size.
    pub(super) fn bar(&mut self, class: &str, (x, y): Point, (width, height): Point) {
        self.add(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"4\"/>"
        ));
    }

    /// A line through points.
    pub(super) fn line(&mut self, class: &str, points: &[Point]) {
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let points = points.join(" ");
        self.add(format_args!("<polyline class=\"{class}\" points=\"{points}\"/>"));
    }

    /// A line of text; its place is on its base line.
    pub(super) fn text(&mut self, class: &str, (x, y): Point, anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        self.add(format_args!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"
        ));
    }

    /// The file.
    pub(super) fn finish(self) -> String {
        let Self { size: (width, height), title, description, shapes } = self;
        let (title, description) = (escaped(&title), escaped(&description));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title description\">\n\
             <title id=\"title\">{title}</title>\n<desc id=\"description\">{description}</desc>\n{STYLE}{shapes}</svg>\n"
        )
    }

    fn add(&mut self, shape: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.shapes, "{shape}");
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
