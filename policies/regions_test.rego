package bella.regions_test

import data.bella.regions

test_production_is_in_canada if {
	count(regions.deny) == 0 with input as {"environment": "production", "region": "ca-central-1"}
	count(regions.deny) == 0 with input as {"environment": "production", "region": "ca-west-1"}
	regions.deny == {{"message": "is in us-east-1, outside of Canada; set region to ca-central-1 or ca-west-1"}} with input as {"environment": "production", "region": "us-east-1"}
}

test_others_are_warned if {
	count(regions.deny) == 0 with input as {"environment": "development", "region": "us-east-1"}
	count(regions.warn) == 1 with input as {"environment": "development", "region": "us-east-1"}
	count(regions.warn) == 0 with input as {"environment": "development", "region": "ca-central-1"}
}
