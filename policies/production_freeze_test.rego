package bella.production_freeze_test

import data.bella.production_freeze

at(weekday, hour) := {"weekday": weekday, "hour": hour, "time": sprintf("%d:00", [hour]), "zone": "America/Toronto"}

changing(action, now) := {
	"environment": "production", "rehearsal": false, "operation": "provision", "now": now,
	"changes": [{"address": "ecs_service.service", "action": action}],
}

test_office_hours_are_open if {
	count(production_freeze.deny) == 0 with input as changing("update", at("mon", 8))
	count(production_freeze.deny) == 0 with input as changing("update", at("fri", 17))
}

test_nights_and_weekends_are_not if {
	count(production_freeze.deny) == 1 with input as changing("update", at("mon", 7))
	count(production_freeze.deny) == 1 with input as changing("update", at("fri", 18))
	count(production_freeze.deny) == 1 with input as changing("replace", at("sat", 12))
	count(production_freeze.deny) == 1 with input as changing("delete", at("sun", 12))
}

test_the_message_says_when if {
	production_freeze.deny == {{"message": "is production, and it is sat 12:00 in America/Toronto; wait for Monday to Friday, 8:00 to 18:00, or add an exception with owner and expiry to the stack file"}} with input as changing("update", at("sat", 12))
}

test_a_new_stack_may_be_made_at_any_hour if {
	count(production_freeze.deny) == 0 with input as changing("create", at("sun", 3))
}

test_nothing_is_deployed_at_night if {
	deploying := object.union(changing("create", at("tue", 23)), {"operation": "deploy", "changes": []})
	count(production_freeze.deny) == 1 with input as deploying
}

test_other_stacks_and_rehearsals_are_free if {
	count(production_freeze.deny) == 0 with input as object.union(changing("update", at("sun", 3)), {"environment": "staging"})
	count(production_freeze.deny) == 0 with input as object.union(changing("update", at("sun", 3)), {"rehearsal": true})
}
