package bella.ttl_test

import data.bella.ttl

named(stack, seconds, tags) := {"stack": stack, "ttl_seconds": seconds, "tags": tags}

test_what_is_made_for_a_while_ends if {
	every stack in ["pr-42", "preview-x", "tmp-x", "bella-preview", "x-tmp"] {
		count(ttl.deny) == 1 with input as named(stack, null, {})
		count(ttl.deny) == 0 with input as named(stack, 28800, {"bella:ttl": "8h"})
	}
}

test_what_stays_needs_none if {
	count(ttl.deny) == 0 with input as named("bella-dev", null, {})
}

test_a_week_is_the_longest if {
	count(ttl.deny) == 0 with input as named("pr-42", 604800, {"bella:ttl": "7d"})
	count(ttl.deny) == 1 with input as named("pr-42", 604801, {"bella:ttl": "604801s"})
}

test_the_objects_say_so if {
	count(ttl.deny) == 1 with input as named("pr-42", 3600, {})
}
