use serde_json::{Value, json};

use crate::gateway::Answer;
use crate::rules::amendment::{Amended, Amendment};
use crate::rules::rule::About;
use crate::rules::turn::Turn;

pub(crate) static RULE: Amendment = Amendment {
    name: "service-platform",
    about: About::corrects("A service names the platform it runs on."),
    service: "ecs",
    operations: &[
        "CreateService",
        "DescribeServices",
        "UpdateService",
        "DeleteService",
    ],
    amend,
};

fn amend<'a>(_: &'a Turn<'a>, answer: Answer) -> Amended<'a> {
    Box::pin(async move {
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
            return Ok(answer);
        };
        name_platform(&mut body["service"]);
        if let Some(services) = body["services"].as_array_mut() {
            services.iter_mut().for_each(name_platform);
        }
        if body["service"].is_null()
            && let Some(answer) = body.as_object_mut()
        {
            answer.remove("service");
        }
        Ok(answer.with_body(body.to_string()))
    })
}

fn name_platform(service: &mut Value) {
    if service["platformVersion"] == "" {
        service["platformVersion"] = json!("LATEST");
    }
    if service["platformFamily"] == "" {
        service["platformFamily"] = json!("Linux");
    }
}
