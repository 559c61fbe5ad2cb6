# Bookings of a week can be brought back in production, those of a day in staging.
package bella.backups

days := {"production": 7, "staging": 1}

deny contains finding if {
	data.bella.lib.production
	some finding in short
}

warn contains finding if {
	not data.bella.lib.production
	some finding in short
}

unknown contains verdict if {
	days[input.environment]
	some instance in data.bella.lib.of("db_instance")
	verdict := data.bella.lib.undecided(instance, "backup_retention_days")
}

short contains {"address": instance.address, "message": message} if {
	least := days[input.environment]
	some instance in data.bella.lib.of("db_instance")
	kept := data.bella.lib.property(instance, "backup_retention_days")
	data.bella.lib.known(kept)
	kept < least
	message := sprintf("keeps backups for %d days, and %s needs %d; set backup_retention_days: %d", [kept, input.environment, least, least])
}
