//! The burn-up: budget, meter, bill and forecast over a month, told apart by their strokes.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::escaped;
use super::scale::{Scale, apart, float};
use crate::report::{Point, midnight};

const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 168.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 30.0;

/// Where things are drawn.
struct Paper {
    days: f64,
    scale: Scale,
}

impl Paper {
    /// So many days after the month's start.
    fn x(&self, days: f64) -> f64 {
        LEFT + days / self.days * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, amount: f64) -> f64 {
        HEIGHT - BOTTOM - self.scale.at(amount, HEIGHT - TOP - BOTTOM)
    }

    fn path(&self, points: &[(f64, f64)]) -> String {
        let points = points
            .iter()
            .map(|(days, amount)| format!("{:.1},{:.1}", self.x(*days), self.y(*amount)));
        points.collect::<Vec<_>>().join(" ")
    }
}

/// The chart as SVG; nothing of a month without days.
pub(super) fn svg(series: &[Point], now: Timestamp, title: &str) -> String {
    let (Some(first), Some(last)) = (series.first(), series.last()) else {
        return String::new();
    };
    let most = series.iter().flat_map(|point| {
        let ahead = point.forecast.map(|spread| spread.high_usd);
        [
            Some(point.budget_usd),
            point.accrued_usd,
            point.billed_usd,
            ahead,
        ]
    });
    let most = most.flatten().map(float).fold(0.0, f64::max);
    let paper = Paper {
        days: f64::from(last.day.day()),
        scale: Scale::of(most, 4.0),
    };
    let today = now.duration_since(midnight(first.day)).as_secs_f64() / 86_400.0;
    let today = today.clamp(0.0, paper.days);
    let lines = Lines::of(series, today);
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" class=\"chart\"><title>{}</title><desc>{}</desc>",
        escaped(title),
        escaped(&described(series)),
    );
    axes(&mut out, &paper);
    if lines.low.len() > 1 {
        let edge: Vec<(f64, f64)> = lines
            .high
            .iter()
            .chain(lines.low.iter().rev())
            .copied()
            .collect();
        let _infallible = write!(
            out,
            "<polygon points=\"{}\" fill=\"url(#hatch)\" stroke=\"#777\" stroke-width=\"0.5\"/>",
            paper.path(&edge)
        );
    }
    for (points, stroke) in [
        (
            &lines.budget,
            "stroke-width=\"1.5\" stroke-dasharray=\"12 5\"",
        ),
        (&lines.mean, "stroke-width=\"1.5\" stroke-dasharray=\"3 3\""),
        (&lines.meter, "stroke-width=\"2.5\""),
        (&lines.bill, "stroke-width=\"1\""),
    ] {
        let _infallible = write!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"#000\" {stroke}/>",
            paper.path(points)
        );
    }
    for (days, amount) in lines.bill.iter().skip(1) {
        let (x, y) = (paper.x(*days), paper.y(*amount));
        let _infallible = write!(
            out,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"#fff\" stroke=\"#000\"/>"
        );
    }
    if today < paper.days {
        let x = paper.x(today);
        let _infallible = write!(
            out,
            "<line x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#777\" stroke-dasharray=\"1 3\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" class=\"tick\">now</text>",
            HEIGHT - BOTTOM,
            TOP - 5.0
        );
    }
    labels(&mut out, &paper, &lines);
    out.push_str("</svg>");
    out
}

/// (days after the start, US dollars) of each line.
#[derive(Default)]
struct Lines {
    budget: Vec<(f64, f64)>,
    meter: Vec<(f64, f64)>,
    bill: Vec<(f64, f64)>,
    mean: Vec<(f64, f64)>,
    low: Vec<(f64, f64)>,
    high: Vec<(f64, f64)>,
}

impl Lines {
    fn of(series: &[Point], today: f64) -> Self {
        let mut lines = Self {
            budget: vec![(0.0, 0.0)],
            meter: vec![(0.0, 0.0)],
            bill: vec![(0.0, 0.0)],
            ..Self::default()
        };
        for point in series {
            let end = f64::from(point.day.day());
            lines.budget.push((end, float(point.budget_usd)));
            if let Some(usd) = point.accrued_usd {
                lines.meter.push((end.min(today), float(usd)));
            }
            if let Some(usd) = point.billed_usd {
                lines.bill.push((end, float(usd)));
            }
        }
        let from = lines
            .meter
            .last()
            .copied()
            .filter(|_| lines.meter.len() > 1);
        let from = from.unwrap_or((today, 0.0));
        for point in series {
            let Some(spread) = point.forecast else {
                continue;
            };
            let end = f64::from(point.day.day());
            for (line, usd) in [
                (&mut lines.mean, spread.mean_usd),
                (&mut lines.low, spread.low_usd),
                (&mut lines.high, spread.high_usd),
            ] {
                if line.is_empty() {
                    line.push(from);
                }
                line.push((end, float(usd)));
            }
        }
        lines
    }
}

fn axes(out: &mut String, paper: &Paper) {
    for tick in paper.scale.ticks() {
        let y = paper.y(tick);
        let _infallible = write!(
            out,
            "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" class=\"tick\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            y + 4.0,
            paper.scale.label(tick)
        );
    }
    let base = HEIGHT - BOTTOM;
    let mut day = 5.0;
    while day <= paper.days {
        let x = paper.x(day);
        let _infallible = write!(
            out,
            "<line x1=\"{x:.1}\" y1=\"{base}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#000\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" class=\"tick\">{day:.0}</text>",
            base + 4.0,
            base + 18.0
        );
        day += 5.0;
    }
    let _infallible = write!(
        out,
        "<line x1=\"{LEFT}\" y1=\"{base}\" x2=\"{:.1}\" y2=\"{base}\" stroke=\"#000\"/>",
        WIDTH - RIGHT
    );
}

/// Each line's name and figure to the right of the paper, at the height of its end; a thin line leads there from one that ends before.
fn labels(out: &mut String, paper: &Paper, lines: &Lines) {
    let named = [
        ("budget", &lines.budget),
        ("forecast", &lines.mean),
        ("metered", &lines.meter),
        ("billed", &lines.bill),
    ];
    let ends: Vec<(&str, (f64, f64))> = named
        .iter()
        .filter(|(_, points)| points.len() > 1)
        .filter_map(|(name, points)| Some((*name, *points.last()?)))
        .collect();
    let places: Vec<f64> = ends
        .iter()
        .map(|(_, (_, amount))| paper.y(*amount))
        .collect();
    let places = apart(&places, 15.0, HEIGHT - BOTTOM);
    let right = WIDTH - RIGHT;
    for ((name, (days, amount)), place) in ends.iter().zip(places) {
        let (x, y) = (paper.x(*days), paper.y(*amount));
        let _infallible = write!(
            out,
            "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{place:.1}\" stroke=\"#999\" stroke-width=\"0.7\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" class=\"label\">{name} ${amount:.2}</text>",
            right + 8.0,
            right + 11.0,
            place + 4.0
        );
    }
}

/// The chart for who does not see it.
fn described(series: &[Point]) -> String {
    let last =
        |figure: fn(&Point) -> Option<rust_decimal::Decimal>| series.iter().rev().find_map(figure);
    let said = |name: &str, usd: Option<rust_decimal::Decimal>| {
        usd.map(|usd| format!("{name} {}", crate::report::sections::usd(usd)))
    };
    let parts = [
        said("budget", last(|point| Some(point.budget_usd))),
        said("metered so far", last(|point| point.accrued_usd)),
        said("billed so far", last(|point| point.billed_usd)),
        said(
            "forecast",
            last(|point| point.forecast.map(|spread| spread.mean_usd)),
        ),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("Sums of the month by the day: {}.", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rust_decimal::Decimal;

    use super::svg;
    use crate::report::{Point, Spread};

    /// A month of `cents` a day, of which so many days are metered and billed.
    fn month(cents: i64, metered: i8, billed: i8) -> Vec<Point> {
        let sum = |day: i8| Decimal::new(cents * i64::from(day), 2);
        let spread = |day: i8| Spread {
            low_usd: sum(day),
            mean_usd: sum(day),
            high_usd: sum(day),
        };
        let point = |day: i8| Point {
            day: date(2026, 11, day),
            budget_usd: sum(day),
            accrued_usd: (day <= metered).then(|| sum(day)),
            billed_usd: (day <= billed).then(|| sum(day)),
            forecast: (day >= metered).then(|| spread(day)),
        };
        (1..=30).map(point).collect()
    }

    /// The names at the ends of the lines.
    fn drawn(series: &[Point], now: &str) -> Vec<&'static str> {
        let svg = svg(series, now.parse().expect("a moment"), "A month");
        for bad in ["NaN", "inf", "$-"] {
            assert!(!svg.contains(bad), "{bad}: {svg}");
        }
        let names = ["budget", "forecast", "metered", "billed"];
        let names = names.into_iter();
        names
            .filter(|name| svg.contains(&format!("class=\"label\">{name} $")))
            .collect()
    }

    #[test]
    fn what_is_not_known_is_not_drawn() {
        let now = "2026-11-11T12:00:00Z";
        let all = ["budget", "forecast", "metered", "billed"];
        assert_eq!(drawn(&month(100, 11, 10), now), all);
        assert_eq!(drawn(&month(100, 11, 0), now), all[..3]);
        let mut past = month(100, 30, 30);
        past.iter_mut().for_each(|point| point.forecast = None);
        assert_eq!(
            drawn(&past, "2026-12-03T00:00:00Z"),
            ["budget", "metered", "billed"]
        );
        assert_eq!(drawn(&month(0, 11, 10), now), all, "all of it nothing");
        assert_eq!(
            drawn(&month(1, 1, 0), "2026-11-01T00:00:00Z"),
            all[..3],
            "the month has just begun"
        );
        assert_eq!(
            svg(&[], now.parse().expect("a moment"), "No month"),
            String::new()
        );
    }
}
