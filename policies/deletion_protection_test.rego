package bella.deletion_protection_test

import data.bella.deletion_protection

wanting(environment, on) := {
	"environment": environment,
	"resources": [{"address": "db_instance.main", "kind": "db_instance", "properties": {"deletion_protection": on}}],
}

test_production_is_protected if {
	count(deletion_protection.deny) == 1 with input as wanting("production", false)
	count(deletion_protection.deny) == 0 with input as wanting("production", true)
}

test_other_stacks_need_not_be if {
	count(deletion_protection.deny) == 0 with input as wanting("staging", false)
	count(deletion_protection.deny) == 0 with input as wanting("development", false)
}

test_unknown_is_said if {
	count(deletion_protection.unknown) == 1 with input as wanting("production", {"unknown": "${a.b.c}"})
}
