package bella.data_stores_test

import data.bella.data_stores

changing(environment, action, holds_data) := {
	"environment": environment,
	"changes": [{"address": "db_instance.main", "action": action, "holds_data": holds_data}],
}

test_production_keeps_its_stores if {
	count(data_stores.deny) == 1 with input as changing("production", "replace", true)
	count(data_stores.deny) == 1 with input as changing("production", "delete", true)
}

test_what_holds_nothing_may_go if {
	count(data_stores.deny) == 0 with input as changing("production", "replace", false)
}

test_making_and_changing_pass if {
	count(data_stores.deny) == 0 with input as changing("production", "create", true)
	count(data_stores.deny) == 0 with input as changing("production", "update", true)
}

test_other_stacks_are_warned if {
	count(data_stores.deny) == 0 with input as changing("staging", "delete", true)
	count(data_stores.warn) == 1 with input as changing("staging", "delete", true)
}
