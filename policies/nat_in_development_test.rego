package bella.nat_in_development_test

import data.bella.nat_in_development

wanting(environment) := {"environment": environment, "resources": [{"address": "nat_gateway.a", "kind": "nat_gateway", "properties": {}}]}

test_development_has_none if {
	count(nat_in_development.deny) == 1 with input as wanting("development")
}

test_others_may if {
	count(nat_in_development.deny) == 0 with input as wanting("staging")
	count(nat_in_development.deny) == 0 with input as wanting("production")
}
