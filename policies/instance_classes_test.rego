package bella.instance_classes_test

import data.bella.instance_classes

wanting(environment, kind, name, class) := {
	"environment": environment,
	"resources": [{"address": "x.main", "kind": kind, "properties": {name: class}}],
}

test_small_machines_of_arm_pass if {
	count(instance_classes.deny) == 0 with input as wanting("development", "db_instance", "instance_class", "db.t4g.micro")
	count(instance_classes.deny) == 0 with input as wanting("production", "db_instance", "instance_class", "db.m7g.large")
	count(instance_classes.deny) == 0 with input as wanting("production", "replication_group", "node_type", "cache.t4g.small")
}

test_other_families_and_sizes_are_denied if {
	count(instance_classes.deny) == 1 with input as wanting("production", "db_instance", "instance_class", "db.m5.large")
	count(instance_classes.deny) == 1 with input as wanting("production", "db_instance", "instance_class", "db.r8g.24xlarge")
	count(instance_classes.deny) == 1 with input as wanting("production", "replication_group", "node_type", "cache.m5.large")
}

test_development_makes_do_with_burstable_ones if {
	instance_classes.deny == {{
		"address": "x.main",
		"message": "is of class db.m7g.large in development; set instance_class to db.t4g.micro",
	}} with input as wanting("development", "db_instance", "instance_class", "db.m7g.large")
}

test_unknown_is_said if {
	count(instance_classes.unknown) == 1 with input as wanting("production", "db_instance", "instance_class", {"unknown": "${a.b.c}"})
}
