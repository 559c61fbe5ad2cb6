//! Guests: stacks on another one's servers, which come and go beside their host and each other.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::bed::{Bed, Ran, run};
use crate::deploy::{call, service};

const HOST: &str = "bella-staging";
const FILE: &str = "stacks/staging.yaml";
const UP: &str = "--from stacks/preview.yaml --host bella-staging --sandbox --yes";

/// A sandbox with real servers and the host in it.
fn bed() -> Bed {
    let bed = Bed::with_files();
    for name in ["staging.yaml", "preview.yaml"] {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../stacks")
            .join(name);
        fs::copy(shipped, bed.path("stacks").join(name)).expect("it is shipped");
    }
    bella(&bed, "sandbox up").succeeds();
    // As with --strict: the roles of the rules say what they may do.
    let strict = json!({"refuse_roles_without_policies": true});
    bed.cloud().control("POST", "temper", &strict);
    service();
    bed
}

fn bella(bed: &Bed, line: &str) -> Ran {
    let mut command = bed.command(line);
    command
        .env("BELLA_SANDBOX_SERVERS", "real")
        .env("AWS_REGION", "ca-central-1");
    run(&mut command)
}

/// Whether the caller has an appointment there.
fn knows_the_caller(made: &Ran) -> bool {
    call(made).contains("stays as it is.")
}

fn listed(bed: &Bed) -> Vec<String> {
    let all = bella(bed, "ephemeral list --sandbox --json")
        .succeeds()
        .document();
    let names = all.as_array().expect("a list").iter();
    let names = names.filter_map(|one| one["stack"].as_str());
    names.map(str::to_owned).collect()
}

fn nothing_is_pending(bed: &Bed) {
    bella(bed, &format!("plan {FILE} --sandbox --exit-code")).succeeds();
}

#[test]
fn guests_come_and_go_and_neither_host_nor_neighbour_hears_of_it() {
    let bed = bed();
    let up = |name: &str| bella(&bed, &format!("ephemeral up {name} {UP}"));
    up("pr-42")
        .exits(3)
        .says(&["bella-staging is no stack with a service in ca-central-1"]);
    let host = bella(&bed, &format!("provision {FILE} --sandbox --yes")).succeeds();

    let begun = bed.cloud().last_call();
    let one = up("pr-42")
        .succeeds()
        .says(&["database guest_pr_42: created", "pr-42 is there until"]);
    assert!(one.out.contains("pr-42 serves "), "{}", one.out);
    assert!(bed.cloud().changes(begun) > 0);
    let two = up("feature/login").succeeds();
    let neighbour = listed(&bed)
        .into_iter()
        .find(|name| name.starts_with("feature-login-"))
        .expect("the neighbour");
    nothing_is_pending(&bed);
    // Once more changes nothing but the end.
    let again = up("pr-42").succeeds();
    assert!(!again.err.contains("created"), "{}", again.err);

    // The same caller is new to each of them: nobody sees anybody's bookings.
    for made in [&host, &one, &two] {
        let heard = call(made);
        assert!(heard.contains("Your appointment is booked."), "{heard}");
        assert!(!heard.contains("Welcome back."), "{heard}");
        assert!(knows_the_caller(made));
    }

    bella(&bed, &format!("teardown {HOST} --sandbox --yes"))
        .exits(3)
        .says(&["bella-staging has guests", "pr-42", &neighbour]);
    up("x1 --host pr-42")
        .exits(2)
        .says(&["cannot be used multiple times"]);
    let nested = "--from stacks/preview.yaml --host pr-42 --sandbox --yes";
    bella(&bed, &format!("ephemeral up pr-43 {nested}"))
        .exits(3)
        .says(&["pr-42 is a guest itself; it takes no guests"]);

    let down = bella(&bed, "ephemeral down pr-42 --sandbox --yes")
        .succeeds()
        .says(&[
            "Dropping its database on bella-staging",
            "database guest_pr_42: dropped",
            "login guest_pr_42_app: dropped",
            "role guest_pr_42: dropped",
        ]);
    assert!(
        down.out.contains("the census finds nothing left"),
        "{}",
        down.out
    );
    assert_eq!(listed(&bed), [neighbour.as_str()]);
    nothing_is_pending(&bed);
    assert!(knows_the_caller(&two) && knows_the_caller(&host));

    // Its time is over: AWS stops it, and it is removed with its database.
    bed.cloud()
        .control("POST", "clock", &json!({"advance": "9h"}));
    let cluster = |of: &str| {
        let all = bed.cloud().json("ecs", "ListClusters", &json!({}));
        let all = all["clusterArns"].as_array().cloned().unwrap_or_default();
        let found = all.into_iter().find(|arn| arn.to_string().contains(of));
        found.expect("a cluster")
    };
    let wanted = |of: &str| -> Value {
        let cluster = cluster(of);
        let services = bed
            .cloud()
            .json("ecs", "ListServices", &json!({ "cluster": cluster }));
        let asked = json!({"cluster": cluster, "services": services["serviceArns"]});
        let told = bed.cloud().json("ecs", "DescribeServices", &asked);
        told["services"][0]["desiredCount"].clone()
    };
    assert_eq!(wanted(&neighbour), 0);
    assert_ne!(wanted(HOST), 0);

    // A host that rests keeps what its guests live on.
    bed.append(
        FILE,
        "\nalarms: []\nauto_shutdown: { shutdown_time: \"20:00\", startup_time: \"08:00\", remove: [load_balancer, cache] }\n",
    );
    let provision = format!("provision {FILE} --sandbox --yes --no-deploy");
    bella(&bed, &provision).succeeds();
    let stop = format!("schedule stop {FILE} --sandbox");
    let kept = format!("Nothing is removed, as guests live on it: {neighbour}");
    bella(&bed, &stop).succeeds().says(&[&kept]);
    bella(&bed, "ephemeral reap --sandbox")
        .succeeds()
        .says(&["database guest_feature_login_", "dropped"]);
    assert_eq!(listed(&bed), Vec::<String>::new());
    bella(&bed, &stop)
        .succeeds()
        .says(&["deleted load_balancer.public"]);
    bella(&bed, &format!("teardown {HOST} --sandbox --yes")).succeeds();
}
