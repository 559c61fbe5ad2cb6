# What holds bookings is neither replaced nor deleted by a change of the stack file.
package bella.data_stores

words := {"replace": "replaced", "delete": "deleted"}

deny contains finding if {
	data.bella.lib.production
	some finding in losses
}

warn contains finding if {
	not data.bella.lib.production
	some finding in losses
}

losses contains {"address": change.address, "message": message} if {
	some change in input.changes
	change.holds_data
	word := words[change.action]
	message := sprintf("holds data and would be %s; take a backup, and add an exception with owner and expiry to the stack file", [word])
}
