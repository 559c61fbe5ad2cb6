//! The own check of North American numbers says what the metadata of the `phonenumber` crate says.

use bella_domain::phone::Mobile;

fn by_metadata(number: &str) -> bool {
    phonenumber::parse(None, number).is_ok_and(|number| number.is_valid())
}

#[test]
fn area_codes_are_those_of_the_metadata() {
    let exchanges = [
        "000", "100", "199", "200", "234", "411", "555", "700", "911", "999",
    ];
    for area in 0..1000 {
        for exchange in exchanges {
            for line in ["0000", "0100", "1234", "9999"] {
                let number = format!("+1{area:03}{exchange}{line}");
                assert_eq!(
                    Mobile::from_e164(&number).is_ok(),
                    by_metadata(&number),
                    "{number}"
                );
            }
        }
    }
}

#[test]
fn exchanges_are_those_of_the_metadata() {
    for area in (0..1000).step_by(37) {
        for exchange in 0..1000 {
            let number = format!("+1{area:03}{exchange:03}0142");
            assert_eq!(
                Mobile::from_e164(&number).is_ok(),
                by_metadata(&number),
                "{number}"
            );
        }
    }
}
