//! Which live objects use which, told by their properties alone.

use crate::bed::{Bed, Setup};
use crate::fake::kinds::KINDS;
use crate::scenarios::stack;

#[test]
fn users_are_found_by_the_ids_and_outputs_they_hold() {
    let bed = Bed::new(Setup::default());
    bed.drive(bed.provision(&stack(&[])));
    let live = bed.drive(bed.look());
    let users = live.users(KINDS);
    let told: Vec<String> = live
        .objects
        .iter()
        .zip(&users)
        .filter(|(_, users)| !users.is_empty())
        .map(|(object, users)| {
            let users: Vec<String> = users
                .iter()
                .map(|user| live.objects[*user].address.to_string())
                .collect();
            format!("{}: {}", object.address, users.join(" "))
        })
        .collect();
    // The rules repeat the gate's and the net's ids as outputs: what holds those uses the rules too.
    assert_eq!(
        told,
        [
            "gate.web: rule.(rule-2) service.app",
            "net.main: rule.(rule-1) rule.(rule-2) subnet.a subnet.b",
            "revision.app: service.app",
            "rule.(rule-1): subnet.a subnet.b",
            "rule.(rule-2): service.app subnet.a subnet.b",
            "subnet.a: service.app",
            "subnet.b: store.main",
        ]
    );
}
