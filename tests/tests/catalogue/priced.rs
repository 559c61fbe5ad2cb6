//! Whatever a kind's example uses has a price in every region of the book, in the kind's unit.

use bella_aws::kinds::KINDS;
use bella_aws::prices::{REGIONS, book};
use bella_engine::resource::{Kind, find_kind};
use bella_engine::usage::{Assumptions, Quantity, Usage};
use rust_decimal::Decimal;

use crate::setting::Setting;

#[test]
fn every_quantity_has_a_price() {
    let mut wrong = Vec::new();
    for kind in KINDS {
        let used = used(*kind);
        for region in REGIONS {
            let book = book(region);
            let missing = used
                .iter()
                .filter_map(|quantity| book.price(quantity).err());
            wrong.extend(missing.map(|why| format!("{}: {why}", kind.kind())));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What the example uses; of a runner, also an hour of a task in each way.
fn used(kind: &dyn Kind<bella_aws::clients::Aws>) -> Vec<Quantity> {
    let setting = Setting::of(kind);
    let shape = kind
        .normalize(&setting.example.properties)
        .unwrap_or_else(|why| panic!("{}: {why}", kind.kind()));
    match kind.usage(&shape, &Assumptions::default()) {
        Ok(Usage::Free) => Vec::new(),
        Ok(Usage::Metered(quantities)) => quantities,
        Ok(Usage::Running(running)) => {
            let run = find_kind(KINDS, "task_definition").expect("it is a kind");
            let shape = run
                .normalize(&run.example().properties)
                .expect("its example fits");
            let ways = ["FARGATE", "FARGATE_SPOT"];
            let hours = ways.map(|way| run.running(&shape, Decimal::ONE, way));
            let hours = hours
                .into_iter()
                .flat_map(|one| one.expect("its example fits"));
            hours.chain(running.beside).collect()
        }
        Err(why) => panic!("{}: {why}", kind.kind()),
    }
}
