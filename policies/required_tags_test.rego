package bella.required_tags_test

import data.bella.required_tags

whole := {"bella:stack": "x", "bella:environment": "development", "bella:owner": "a@b.example", "bella:cost_center": "booking"}

test_all_of_them_pass if {
	count(required_tags.deny) == 0 with input as {"tags": whole}
	count(required_tags.warn) == 0 with input as {"tags": whole}
}

test_each_missing_one_is_denied if {
	every tag in required_tags.required {
		count(required_tags.deny) == 1 with input as {"tags": object.remove(whole, [tag])}
		count(required_tags.deny) == 1 with input as {"tags": object.union(whole, {tag: ""})}
	}
}

test_a_stack_that_nobody_pays_for_is_warned if {
	count(required_tags.warn) == 1 with input as {"tags": object.union(whole, {"bella:cost_center": "unassigned"})}
}
