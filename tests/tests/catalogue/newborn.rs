//! What was made a moment ago, and comes with what nobody asked for, while not every part of AWS
//! knows of it.

use bella_engine::plan::{Action, Plan};
use bella_tests::{Bed, Declared};
use serde_json::{Value, json};

use crate::apart::{Outcome, Stage};
use crate::one_kind::brief;

/// Not found, as EC2 says of a group that it made a moment ago (row 11).
const LATE: &str = "InvalidGroup.NotFound";

impl Stage<'_> {
    /// A group comes with a rule that lets everything out. It goes, however late the group is heard
    /// of, in the run that makes it; a rule of the stack that is alike stays.
    pub(crate) async fn late_group(&self) -> Outcome {
        for (stack, declared) in [("a-late", group()), ("a-late-open", open_group())] {
            let bed = self.open_bed(stack);
            self.gateway.inject(&json!([
                refused("RevokeSecurityGroupEgress", 400, LATE, 3),
                refused("DeleteSecurityGroup", 400, LATE, 9),
            ]));
            let since = self.gateway.now();
            let made = bed.provision(&declared).await;
            self.gateway.calm();
            made?;
            let calls = self.gateway.calls(since).1;
            let late = calls.iter().filter(|call| call.fault.is_some()).count();
            if late < 3 {
                return Err(format!("only {late} calls came too early"));
            }
            let plan = planned(&bed, &declared).await?;
            if !plan.changes.is_empty() {
                return Err(format!("{stack}: the second plan: {}", brief(&plan)));
            }
            self.removed(&bed, &declared).await?;
        }
        Ok(())
    }

    /// The next run takes that rule away where the one that made the group could not.
    pub(crate) async fn open_group(&self) -> Outcome {
        let declared = group();
        let bed = self.open_bed("a-open");
        let denied = refused(
            "RevokeSecurityGroupEgress",
            403,
            "UnauthorizedOperation",
            99,
        );
        self.gateway.inject(&json!([denied]));
        let made = bed.provision(&declared).await;
        self.gateway.calm();
        match made {
            Err(why) if why.contains("create security_group.example: ") => {}
            other => return Err(format!("a denied call ended with {other:?}")),
        }
        let plan = planned(&bed, &declared).await?;
        let strays: Vec<(Action, &str)> = plan
            .changes
            .iter()
            .map(|change| (change.action, change.address.kind()))
            .collect();
        if strays != [(Action::Delete, "security_group_rule")] {
            return Err(format!("the rule alone was expected: {}", brief(&plan)));
        }
        bed.provision(&declared).await?;
        let plan = planned(&bed, &declared).await?;
        if !plan.changes.is_empty() {
            return Err(format!("the third plan: {}", brief(&plan)));
        }
        self.removed(&bed, &declared).await
    }

    fn open_bed(&self, stack: &str) -> Bed {
        self.bed(stack, &["vpc", "security_group", "security_group_rule"])
    }
}

fn group() -> Declared {
    vec![
        ("vpc.parent".to_owned(), json!({"cidr": "10.90.0.0/16"})),
        (
            "security_group.example".to_owned(),
            json!({"vpc": "${vpc.parent.id}", "description": "Tasks of the service"}),
        ),
    ]
}

/// With a rule like the one that a group comes with.
fn open_group() -> Declared {
    let mut declared = group();
    declared.push((
        "security_group_rule.everything".to_owned(),
        json!({
            "security_group": "${security_group.example.id}",
            "direction": "egress",
            "protocol": "-1",
            "peer": "0.0.0.0/0",
        }),
    ));
    declared
}

fn refused(operation: &str, status: u16, code: &str, times: u32) -> Value {
    json!({
        "service": "ec2", "operation": operation, "times": times,
        "fault": "error", "status": status, "code": code, "message": "refused by the test",
    })
}

async fn planned(bed: &Bed, declared: &Declared) -> Result<Plan, String> {
    let plan = bed.plan(declared).await;
    plan.map_err(|why| format!("refused: {why:?}"))
}
