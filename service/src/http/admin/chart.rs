//! Bars a day, as a picture that needs no script.

const WIDTH: u32 = 720;
const HEIGHT: u32 = 220;
/// What is kept free for the figures at the left and the days below.
const LEFT: u32 = 44;
const BELOW: u32 = 24;
const ABOVE: u32 = 10;

/// A chart of counts: a part of each day's, and the rest of it on top.
pub(super) struct Chart {
    pub(super) title: &'static str,
    /// What the lower bar is.
    pub(super) part: &'static str,
    /// What is on top of it; empty for nothing.
    pub(super) rest: &'static str,
    pub(super) points: Vec<Point>,
}

/// A day's figures.
pub(super) struct Point {
    pub(super) name: String,
    pub(super) part: u64,
    pub(super) rest: u64,
}

/// A rectangle.
pub(super) struct Bar {
    pub(super) class: &'static str,
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) spoken: String,
}

/// A line of the grid, or a name below the axis.
pub(super) struct Mark {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) name: String,
}

impl Chart {
    pub(super) fn width(&self) -> u32 {
        WIDTH
    }

    pub(super) fn height(&self) -> u32 {
        HEIGHT
    }

    /// Whether nothing happened.
    pub(super) fn is_empty(&self) -> bool {
        self.points.iter().all(|point| point.part + point.rest == 0)
    }

    /// The chart in a sentence.
    pub(super) fn spoken(&self) -> String {
        let part: u64 = self.points.iter().map(|point| point.part).sum();
        let rest: u64 = self.points.iter().map(|point| point.rest).sum();
        let beside = if self.rest.is_empty() {
            String::new()
        } else {
            format!(", {rest} {}", self.rest.to_lowercase())
        };
        let (first, last) = (self.points.first(), self.points.last());
        let days = first.zip(last).map_or(String::new(), |(first, last)| {
            format!(" from {} to {}", first.name, last.name)
        });
        format!(
            "{}{days}: {part} {}{beside}",
            self.title,
            self.part.to_lowercase()
        )
    }

    /// Lines at nothing, half and the top.
    pub(super) fn lines(&self) -> Vec<Mark> {
        let top = self.top();
        let mut values = vec![0, top];
        if top.is_multiple_of(2) {
            values.insert(1, top / 2);
        }
        let line = |value| Mark {
            x: LEFT,
            y: floor() - self.scaled(value),
            name: value.to_string(),
        };
        values.into_iter().map(line).collect()
    }

    /// A bar for each figure that is not nothing.
    pub(super) fn bars(&self) -> Vec<Bar> {
        let step = self.step();
        let width = (step * 3 / 4).max(2);
        let mut bars = Vec::new();
        for (x, point) in self.places() {
            let part = self.scaled(point.part);
            let whole = self.scaled(point.part + point.rest);
            let bar = |class, height, below, what: &str, count| Bar {
                class,
                x: x + (step - width) / 2,
                y: floor() - below - height,
                width,
                height,
                spoken: format!("{}: {count} {}", point.name, what.to_lowercase()),
            };
            if part > 0 {
                bars.push(bar("plot", part, 0, self.part, point.part));
            }
            if whole > part {
                bars.push(bar("rest", whole - part, part, self.rest, point.rest));
            }
        }
        bars
    }

    /// Names of days below the axis, as many as fit.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let step = self.step();
        let every = 90_u32.div_ceil(step.max(1)).max(1) as usize;
        self.places()
            .step_by(every)
            .map(|(x, point)| Mark {
                x: (x + step / 2).clamp(LEFT + 24, WIDTH - 24),
                y: HEIGHT - 6,
                name: point.name.clone(),
            })
            .collect()
    }

    fn places(&self) -> impl Iterator<Item = (u32, &Point)> {
        let step = self.step();
        (0..).map(move |at| LEFT + at * step).zip(&self.points)
    }

    fn step(&self) -> u32 {
        let points = u32::try_from(self.points.len().max(1)).unwrap_or(u32::MAX);
        ((WIDTH - LEFT) / points).max(1)
    }

    /// A round figure that no day is above.
    fn top(&self) -> u64 {
        let most = self
            .points
            .iter()
            .map(|point| point.part + point.rest)
            .max();
        let most = most.unwrap_or(0).max(2);
        let mut round = 1;
        loop {
            for factor in [2, 4, 6, 10] {
                if round * factor >= most {
                    return round * factor;
                }
            }
            round *= 10;
        }
    }

    fn scaled(&self, value: u64) -> u32 {
        let room = u64::from(floor() - ABOVE);
        u32::try_from(value * room / self.top()).unwrap_or(0)
    }
}

fn floor() -> u32 {
    HEIGHT - BELOW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(figures: &[(u64, u64)]) -> Chart {
        let points = figures.iter().zip(1..).map(|(&(part, rest), day)| Point {
            name: format!("Mar {day}"),
            part,
            rest,
        });
        Chart {
            title: "Calls a day",
            part: "Succeeded",
            rest: "Others",
            points: points.collect(),
        }
    }

    #[test]
    fn bars_stand_on_each_other_and_stay_inside() {
        let chart = chart(&[(3, 1), (0, 0), (6, 0), (0, 2)]);
        let bars = chart.bars();
        let heights: Vec<_> = bars.iter().map(|bar| (bar.class, bar.height)).collect();
        assert_eq!(
            heights,
            [("plot", 93), ("rest", 31), ("plot", 186), ("rest", 62)]
        );
        assert_eq!(bars[1].y + bars[1].height, bars[0].y);
        for bar in &bars {
            assert!(bar.x >= LEFT && bar.x + bar.width <= WIDTH && bar.y >= ABOVE);
        }
        assert_eq!(bars[0].spoken, "Mar 1: 3 succeeded");
        assert_eq!(
            chart.spoken(),
            "Calls a day from Mar 1 to Mar 4: 9 succeeded, 3 others"
        );
    }

    #[test]
    fn the_top_is_a_round_figure() {
        let table = [
            (0, 2),
            (2, 2),
            (3, 4),
            (5, 6),
            (7, 10),
            (11, 20),
            (61, 100),
            (400, 400),
        ];
        for (most, top) in table {
            assert_eq!(chart(&[(most, 0)]).top(), top, "{most}");
        }
        assert!(chart(&[(0, 0)]).is_empty());
        assert!(chart(&[]).is_empty() && chart(&[]).bars().is_empty());
    }

    #[test]
    fn ninety_days_have_names_that_do_not_touch() {
        let marks = chart(&[(1, 0); 90]).marks();
        assert!(marks.len() >= 6, "{}", marks.len());
        for pair in marks.windows(2) {
            assert!(pair[1].x - pair[0].x >= 60, "{} {}", pair[0].x, pair[1].x);
        }
    }
}
