# What callers use is changed while the people are there who can mend it.
package bella.production_freeze

days := {"mon", "tue", "wed", "thu", "fri"}

opens := 8

closes := 18

deny contains {"message": message} if {
	data.bella.lib.serves_callers
	touches_callers
	not open
	message := sprintf("is production, and it is %s %s in %s; wait for Monday to Friday, %d:00 to %d:00, or add an exception with owner and expiry to the stack file", [
		input.now.weekday,
		input.now.time,
		input.now.zone,
		opens,
		closes,
	])
}

# What exists changes; making a stack that nobody uses yet may be done at any hour.
touches_callers if {
	some change in input.changes
	change.action in {"update", "replace", "delete", "move"}
}

touches_callers if input.operation == "deploy"

open if {
	input.now.weekday in days
	input.now.hour >= opens
	input.now.hour < closes
}
