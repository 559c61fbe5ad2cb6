package bella.budget_test

import data.bella.budget

of(notifications) := {"address": "budget.monthly", "kind": "budget", "properties": {"notifications": notifications}}

test_a_stack_has_one if {
	count(budget.deny) == 1 with input as {"resources": []}
	count(budget.deny) == 0 with input as {"resources": [of([{"threshold_percent": 80}])]}
}

test_one_that_tells_nobody_is_denied if {
	budget.deny == {{
		"address": "budget.monthly",
		"message": "tells nobody; set budget.notify and budget.alert_at",
	}} with input as {"resources": [of([])]}
}
