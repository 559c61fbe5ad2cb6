//! The HTML page: what people wrote stays text, and any number of stacks is shown.

mod sample;

use bella_finance::report::{Estate, Report, html};

/// The page's tags with their attributes, in order.
fn tags(page: &str) -> Vec<&str> {
    let starts = page.split('<').skip(1);
    starts.filter_map(|rest| rest.split('>').next()).collect()
}

/// The sample with one text wherever somebody else wrote one.
fn saying(text: &str) -> Report {
    let mut report = sample::report();
    let say = |place: &mut String| text.clone_into(place);
    say(&mut report.month);
    say(&mut report.account_id);
    for line in &mut report.stacks {
        for place in [
            &mut line.stack,
            &mut line.environment,
            &mut line.region,
            &mut line.owner,
            &mut line.cost_center,
        ] {
            say(place);
        }
        for one in &mut line.components {
            say(&mut one.address);
            say(&mut one.component);
            say(&mut one.usage_type);
            say(&mut one.unit);
            say(&mut one.source);
            one.as_of = Some(text.to_owned());
        }
        line.reconciliation
            .iter_mut()
            .for_each(|one| say(&mut one.usage_type));
        for one in &mut line.savings {
            say(&mut one.what);
            say(&mut one.command);
        }
        for one in &mut line.overrides {
            say(&mut one.by);
            say(&mut one.reason);
        }
        line.assumptions.iter_mut().for_each(say);
    }
    for share in &mut report.allocation.by_owner {
        say(&mut share.name);
    }
    for one in &mut report.anomalies {
        say(&mut one.usage_type);
        one.stack = Some(text.to_owned());
    }
    for finding in &mut report.findings {
        say(&mut finding.subject);
        say(&mut finding.text);
    }
    report
}

#[test]
fn no_text_becomes_a_tag_or_an_attribute() {
    let plain = html(&saying("plain")).expect("HTML");
    for text in [
        "<script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "\" onload=\"alert(1)",
        "' style='display:none",
        "</text></svg><img src=x onerror=alert(1)>",
        "<!-- ",
        "]]>",
        "&lt;b&gt;",
    ] {
        let page = html(&saying(text)).expect("HTML");
        assert_eq!(tags(&page), tags(&plain), "{text}");
    }
}

#[test]
fn each_id_is_there_once_and_each_table_has_its_name() {
    let page = html(&sample::report()).expect("HTML");
    assert_eq!(page.matches("id=\"hatch\"").count(), 1);
    let tables = page.matches("<table>").count();
    assert!(tables > 10, "{tables}");
    assert_eq!(page.matches("<caption").count(), tables);
    assert_eq!(
        page.matches("<tr><th scope=\"row\"").count() + tables,
        page.matches("<tr>").count(),
        "each row begins with what it is about"
    );
}

#[test]
fn none_one_and_two_hundred_stacks() {
    let of = |count: usize| {
        let mut report = sample::report();
        let line = report.stacks[0].clone();
        report.stacks = vec![line; count];
        report.estate = Estate::of(&report.stacks);
        html(&report).expect("HTML")
    };
    assert_eq!(of(0).matches("<section").count(), 0);
    assert_eq!(of(1).matches("<section").count(), 1);
    assert_eq!(
        of(1).matches("<title>Burn-up").count(),
        1,
        "one stack's chart is everybody's"
    );
    let many = of(200);
    assert_eq!(many.matches("<section").count(), 200);
    assert_eq!(many.matches("<title>Burn-up").count(), 1);
    assert!(many.len() < 5_000_000, "{}", many.len());
}
