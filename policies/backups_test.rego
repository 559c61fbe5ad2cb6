package bella.backups_test

import data.bella.backups

wanting(environment, days) := {
	"environment": environment,
	"resources": [{"address": "db_instance.main", "kind": "db_instance", "properties": {"backup_retention_days": days}}],
}

test_production_keeps_a_week if {
	count(backups.deny) == 0 with input as wanting("production", 7)
	backups.deny == {{
		"address": "db_instance.main",
		"message": "keeps backups for 6 days, and production needs 7; set backup_retention_days: 7",
	}} with input as wanting("production", 6)
}

test_staging_is_warned_without_any if {
	count(backups.warn) == 1 with input as wanting("staging", 0)
	count(backups.deny) == 0 with input as wanting("staging", 0)
	count(backups.warn) == 0 with input as wanting("staging", 1)
}

test_development_may_have_none if {
	count(backups.warn) == 0 with input as wanting("development", 0)
}

test_unknown_is_said if {
	count(backups.unknown) == 1 with input as wanting("production", {"unknown": "${a.b.c}"})
	count(backups.deny) == 0 with input as wanting("production", {"unknown": "${a.b.c}"})
}
